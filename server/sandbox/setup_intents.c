#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"
#include "server/sandbox/method.h"
#include "server/sandbox/payment.h"
#include "server/sandbox/setup.h"

#include <string.h>

#define UNCONFIRMED "requires_payment_method|requires_confirmation|requires_action"

/* Takes `error`. */
static void declined(struct call *call, json_t *intent, const json_t *method, json_t *error)
{
    json_object_set_new(error, "payment_method", object_public(method));
    json_object_set(intent, "last_setup_error", error);
    set_text(intent, "status", "requires_payment_method");
    set_text(intent, "payment_method", NULL);
    set_text(intent, "next_action", NULL);
    event_happened(call, "setup_intent.setup_failed", intent);
    json_t *told = json_copy(error);
    json_object_set_new(told, "setup_intent", object_public(intent));
    json_decref(error);
    call->stands = true;
    call_refuse_with(call, 402, told);
}

static bool asks(const struct setup_attempt *attempt, const struct card *card)
{
    bool is_asking = card->does == CARD_ASKS_ONCE || card->does == CARD_ASKS_ALWAYS ||
                     card->does == CARD_ASKS_DECLINES;
    return is_asking && !attempt->moto && !attempt->authenticated;
}

void setup_attempt(struct call *call, const struct setup_attempt *attempt)
{
    json_t *intent = attempt->intent, *method = attempt->method;
    const struct card *card = method_card(method);
    const char *customer = get_text(intent, "customer");
    set_text(intent, "payment_method", get_text(method, "id"));
    if (asks(attempt, card)) {
        set_text(intent, "status", "requires_action");
        json_object_set_new(intent, "next_action",
                            payment_next_action(call, intent, attempt->return_url));
        set_text(intent, "_return_url", attempt->return_url);
        event_happened(call, "setup_intent.requires_action", intent);
        return;
    }
    if (card->does == CARD_DECLINES) {
        declined(call, intent, method, method_decline(card->code, card->decline_code, card->say));
        return;
    }
    if (*customer && !method_attach(call, method, customer))
        return;
    set_bool(method, "_authenticated", true);
    set_text(intent, "status", "succeeded");
    set_text(intent, "next_action", NULL);
    set_text(intent, "last_setup_error", NULL);
    event_happened(call, "setup_intent.succeeded", intent);
}

void setup_authenticated(struct call *call, json_t *intent, bool accepted)
{
    json_t *method = change_edit(&call->change, get_text(intent, "payment_method"));
    const struct setup_attempt attempt = {
        .intent = intent, .method = method, .authenticated = true};
    if (accepted)
        setup_attempt(call, &attempt);
    else
        declined(call, intent, method,
                 method_decline("setup_intent_authentication_failure", NULL,
                                "The provided PaymentMethod has failed authentication."));
}

/* ---- the API --------------------------------------------------------------------------------- */

static json_t *intent_in_state(struct call *call, const char *verb)
{
    const json_t *intent = call_find(call, "setup_intent", call->id, "intent");
    if (intent && !payment_is(intent, UNCONFIRMED))
        call_refuse(call, ERROR_setup_state, NULL, verb, get_text(intent, "status"));
    return intent && !call_failed(call) ? change_edit(&call->change, call->id) : NULL;
}

static void confirm(struct call *call, json_t *intent)
{
    json_t *method = method_from_params(call);
    const char *kept = get_text(intent, "payment_method");
    if (!method && *kept && !call_failed(call))
        method = change_edit(&call->change, kept);
    if (!method)
        call_refuse(call, ERROR_setup_no_method, NULL);
    else if (!method_check(call, method, get_text(intent, "customer")))
        method = NULL;
    if (call_failed(call))
        return;
    const struct setup_attempt attempt = {
        .intent = intent,
        .method = method,
        .moto = call_bool(call, "payment_method_options[card][moto]"),
        .return_url = call_text(call, "return_url"),
    };
    setup_attempt(call, &attempt);
    call_answer(call, intent);
}

void api_setup_intents_create(struct call *call)
{
    const char *customer = call_text(call, "customer");
    if (customer && !call_find(call, "customer", customer, "customer"))
        return;
    json_t *intent = call_new(call, "setup_intent", "seti_");
    set_param(intent, "customer", call, "customer");
    set_param(intent, "usage", call, "usage");
    set_param(intent, "description", call, "description");
    set_map(intent, "metadata", call, "metadata");
    if (call_bool(call, "automatic_payment_methods[enabled]"))
        json_object_set_new(intent, "automatic_payment_methods",
                            json_pack("{s:s, s:b}", "allow_redirects", "always", "enabled", 1));
    event_happened(call, "setup_intent.created", intent);
    if (call_bool(call, "confirm")) {
        confirm(call, intent);
        return;
    }
    const json_t *method = method_from_params(call);
    if (call_failed(call) || (method && !method_check(call, method, customer)))
        return;
    if (method) {
        set_text(intent, "payment_method", get_text(method, "id"));
        set_text(intent, "status", "requires_confirmation");
    }
    call_answer(call, intent);
}

void api_setup_intents_get(struct call *call)
{
    const json_t *intent = call_find(call, "setup_intent", call->id, "intent");
    if (intent)
        call_answer(call, intent);
}

void api_setup_intents_list(struct call *call)
{
    static const char *const by[] = {"customer", "payment_method", NULL};
    list_answer(call, "setup_intent", "/v1/setup_intents", by);
}

void api_setup_intents_confirm(struct call *call)
{
    json_t *intent = intent_in_state(call, "confirm");
    if (intent)
        confirm(call, intent);
}

void api_setup_intents_cancel(struct call *call)
{
    json_t *intent = intent_in_state(call, "cancel");
    if (!intent)
        return;
    set_text(intent, "status", "canceled");
    set_param(intent, "cancellation_reason", call, "cancellation_reason");
    set_text(intent, "next_action", NULL);
    event_happened(call, "setup_intent.canceled", intent);
    call_answer(call, intent);
}
