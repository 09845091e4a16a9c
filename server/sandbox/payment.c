#include "server/sandbox/payment.h"

#include "core/tr.h"
#include "server/sandbox/charge.h"
#include "server/sandbox/event.h"
#include "server/sandbox/later.h"
#include "server/sandbox/method.h"
#include "server/sandbox/session.h"

#include <string.h>

enum { PROCESSING_SECONDS = 2 };

static const char sandbox_asks[] =
    N_("Your card was declined. This transaction requires authentication.");
static const char not_authenticated[] = N_(
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again.");

bool payment_is(const json_t *intent, const char *states)
{
    const char *status = get_text(intent, "status");
    size_t len = strlen(status);
    for (const char *at = states; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, status, len) == 0 && (!at[len] || at[len] == '|'))
            return true;
    }
    return false;
}

const char *payment_id_of_secret(struct arena *arena, const char *secret)
{
    const char *end = strstr(secret, "_secret_");
    return end ? arena_strndup(arena, secret, (size_t)(end - secret)) : NULL;
}

const char *payment_action_url(struct call *call, const json_t *intent)
{
    return arena_printf(call->arena, "%s/3ds/%s", call->sandbox->base,
                        get_text(intent, "client_secret"));
}

json_t *payment_next_action(struct call *call, const json_t *intent, const char *return_url)
{
    const char *url = payment_action_url(call, intent);
    if (return_url)
        return json_pack("{s:s, s:{s:s, s:s}}", "type", "redirect_to_url", "redirect_to_url", "url",
                         url, "return_url", return_url);
    return json_pack("{s:s, s:{s:s, s:s}}", "type", "use_stripe_sdk", "use_stripe_sdk", "type",
                     "three_d_secure_redirect", "stripe_js", url);
}

/* ---- declines -------------------------------------------------------------------------------- */

/* The intent needs another payment method; takes `error`. The call fails with it and the intent. */
static void declined(struct call *call, json_t *intent, json_t *method, json_t *charge,
                     json_t *error)
{
    json_t *shown = object_public(method);
    if (charge)
        set_text(error, "charge", get_text(charge, "id"));
    json_object_set_new(error, "payment_method", shown);
    json_object_set(intent, "last_payment_error", error);
    set_text(intent, "status", "requires_payment_method");
    set_text(intent, "payment_method", NULL);
    set_text(intent, "next_action", NULL);
    set_text(intent, "processing", NULL);
    if (charge)
        event_happened(call, "charge.failed", charge);
    event_happened(call, "payment_intent.payment_failed", intent);
    json_t *told = json_copy(error);
    json_object_set_new(told, "payment_intent", object_public(intent));
    json_decref(error);
    call->stands = true;
    call_refuse_with(call, 402, told);
}

static void decline(struct call *call, json_t *intent, json_t *method, const char *code,
                    const char *decline_code, const char *say)
{
    json_t *charge = charge_new(call, intent, method);
    charge_fail(charge, code, decline_code, say);
    set_text(intent, "latest_charge", get_text(charge, "id"));
    declined(call, intent, method, charge, method_decline(code, decline_code, say));
}

/* ---- going through --------------------------------------------------------------------------- */

/* A card that pays once more later, or one that cannot be used again. */
static void keep_method(struct call *call, const json_t *intent, json_t *method, bool authenticated)
{
    const char *customer = get_text(intent, "customer");
    bool keep = *customer && *get_text(intent, "setup_future_usage");
    if (keep && method_attach(call, method, customer) && authenticated)
        set_bool(method, "_authenticated", true);
    if (!*get_text(method, "customer"))
        set_bool(method, "_used", true);
}

static void succeeded(struct call *call, json_t *intent, const json_t *charge)
{
    set_int(intent, "amount_received", get_int(charge, "amount_captured"));
    set_int(intent, "amount_capturable", 0);
    set_text(intent, "status", "succeeded");
    event_happened(call, "payment_intent.succeeded", intent);
    if (strcmp(get_text(charge, "_does"), "dispute") == 0)
        later_add(call, "dispute", get_text(charge, "id"), 1);
}

static void charged(struct call *call, json_t *intent, json_t *charge)
{
    bool manual = strcmp(get_text(intent, "capture_method"), "manual") == 0;
    charge_succeed(charge, !manual);
    event_happened(call, "charge.succeeded", charge);
    if (!manual) {
        succeeded(call, intent, charge);
        return;
    }
    set_int(intent, "amount_capturable", get_int(intent, "amount"));
    set_text(intent, "status", "requires_capture");
    event_happened(call, "payment_intent.amount_capturable_updated", intent);
}

static void take(struct call *call, const struct attempt *attempt, const struct card *card)
{
    json_t *intent = attempt->intent;
    bool waits = card->does == CARD_PROCESSING || card->does == CARD_PROCESSING_DECLINES;
    json_t *charge = charge_new(call, intent, attempt->method);
    set_text(intent, "latest_charge", get_text(charge, "id"));
    set_text(intent, "last_payment_error", NULL);
    set_text(intent, "next_action", NULL);
    keep_method(call, intent, attempt->method, attempt->authenticated);
    if (card->does == CARD_DISPUTES || card->does == CARD_INQUIRES)
        set_text(charge, "_does", "dispute");
    if (waits) {
        set_text(intent, "status", "processing");
        json_object_set_new(intent, "processing", json_pack("{s:s, s:{}}", "type", "card", "card"));
        event_happened(call, "payment_intent.processing", intent);
        later_add(call, "settle", get_text(intent, "id"), PROCESSING_SECONDS);
    } else {
        charged(call, intent, charge);
    }
    call->fate = card->does == CARD_SLOW             ? FATE_SLOW
                 : card->does == CARD_CHARGED_SILENT ? FATE_SILENT
                                                     : call->fate;
}

void payment_settle(struct call *call, json_t *intent)
{
    if (!payment_is(intent, "processing"))
        return;
    json_t *charge = change_edit(&call->change, get_text(intent, "latest_charge"));
    json_t *method = change_edit(&call->change, get_text(intent, "payment_method"));
    const struct card *card = method_card(method);
    set_text(intent, "processing", NULL);
    if (card->does == CARD_PROCESSING) {
        charged(call, intent, charge);
    } else {
        charge_fail(charge, card->code, card->decline_code, card->say);
        declined(call, intent, method, charge,
                 method_decline(card->code, card->decline_code, card->say));
    }
    session_settled(call, intent);
}

/* Whether the card wants the payer to confirm. By letter or telephone nobody is asked. */
static bool asks(const struct attempt *attempt, const struct card *card)
{
    bool always = card->does == CARD_ASKS_ALWAYS || card->does == CARD_ASKS_DECLINES;
    bool once = card->does == CARD_ASKS_ONCE && !get_bool(attempt->method, "_authenticated");
    return !attempt->moto && !attempt->authenticated && (always || once);
}

void payment_attempt(struct call *call, const struct attempt *attempt)
{
    json_t *intent = attempt->intent, *method = attempt->method;
    const struct card *card = method_card(method);
    set_text(intent, "payment_method", get_text(method, "id"));
    if (asks(attempt, card) && (attempt->off_session || attempt->refuse_action)) {
        decline(call, intent, method, "authentication_required", "authentication_required",
                sandbox_asks);
    } else if (asks(attempt, card)) {
        set_text(intent, "status", "requires_action");
        json_object_set_new(intent, "next_action",
                            payment_next_action(call, intent, attempt->return_url));
        set_text(intent, "_return_url", attempt->return_url);
        event_happened(call, "payment_intent.requires_action", intent);
    } else if (card->does == CARD_DECLINES || card->does == CARD_DECLINES_LATER ||
               card->does == CARD_ASKS_DECLINES) {
        decline(call, intent, method, card->code, card->decline_code, card->say);
    } else if (card->does == CARD_SILENT) {
        call->fate = FATE_SILENT;
        call->undone = true;
    } else {
        take(call, attempt, card);
    }
}

void payment_authenticated(struct call *call, json_t *intent, bool accepted)
{
    json_t *method = change_edit(&call->change, get_text(intent, "payment_method"));
    const struct attempt attempt = {.intent = intent, .method = method, .authenticated = true};
    if (accepted)
        payment_attempt(call, &attempt);
    else
        declined(call, intent, method, NULL,
                 method_decline("payment_intent_authentication_failure", NULL, not_authenticated));
}

/* ---- afterwards ------------------------------------------------------------------------------ */

void payment_capture(struct call *call, json_t *intent, int64_t amount)
{
    json_t *charge = change_edit(&call->change, get_text(intent, "latest_charge"));
    charge_capture(charge, amount);
    event_happened(call, "charge.captured", charge);
    succeeded(call, intent, charge);
}

void payment_cancel(struct call *call, json_t *intent, const char *reason)
{
    bool held = payment_is(intent, "requires_capture");
    set_text(intent, "status", "canceled");
    set_text(intent, "cancellation_reason", reason);
    set_text(intent, "next_action", NULL);
    set_int(intent, "canceled_at", call->now);
    set_int(intent, "amount_capturable", 0);
    if (held) {
        json_t *charge = change_edit(&call->change, get_text(intent, "latest_charge"));
        charge_let_go(charge);
        event_happened(call, "charge.refunded", charge);
    }
    event_happened(call, "payment_intent.canceled", intent);
}
