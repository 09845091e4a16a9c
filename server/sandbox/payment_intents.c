#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"
#include "server/sandbox/method.h"
#include "server/sandbox/payment.h"

#include <string.h>

#define UNCONFIRMED "requires_payment_method|requires_confirmation|requires_action"

/* The intent in the path, to be edited; NULL: failed. */
static json_t *intent_in_state(struct call *call, const char *states, const char *verb)
{
    const json_t *intent = call_find(call, "payment_intent", call->id, "intent");
    if (intent && !payment_is(intent, states))
        call_refuse(call, ERROR_intent_state, NULL, verb, get_text(intent, "status"));
    return intent && !call_failed(call) ? change_edit(&call->change, call->id) : NULL;
}

static void set_texts(struct call *call, json_t *intent)
{
    static const char *const names[] = {"description", "receipt_email", "statement_descriptor",
                                        "statement_descriptor_suffix", "transfer_group"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        set_param(intent, names[i], call, names[i]);
    set_map(intent, "metadata", call, "metadata");
    if (call_has(call, "shipping[")) {
        json_t *shipping = json_object();
        set_text(shipping, "name", call_text(call, "shipping[name]"));
        set_text(shipping, "phone", call_text(call, "shipping[phone]"));
        set_address(shipping, "address", call, "shipping[address]");
        json_object_set_new(intent, "shipping", shipping);
    }
}

static void set_capture(struct call *call, json_t *intent)
{
    set_param(intent, "capture_method", call, "capture_method");
    if (call_text(call, "payment_method_options[card][capture_method]"))
        set_text(intent, "capture_method", "manual");
}

static void confirm(struct call *call, json_t *intent)
{
    json_t *method = method_from_params(call);
    const char *kept = get_text(intent, "payment_method");
    if (!method && *kept && !call_failed(call))
        method = change_edit(&call->change, kept);
    if (!method)
        call_refuse(call, ERROR_intent_no_method, NULL);
    else if (!method_check(call, method, get_text(intent, "customer")))
        method = NULL;
    if (call_failed(call))
        return;
    set_param(intent, "setup_future_usage", call, "setup_future_usage");
    set_param(intent, "receipt_email", call, "receipt_email");
    set_capture(call, intent);
    struct attempt attempt = {
        .intent = intent,
        .method = method,
        .off_session = call_bool(call, "off_session"),
        .moto = call_bool(call, "payment_method_options[card][moto]"),
        .refuse_action = call_bool(call, "error_on_requires_action"),
        .return_url = call_text(call, "return_url"),
    };
    set_bool(intent, "_moto", attempt.moto);
    payment_attempt(call, &attempt);
    call_answer(call, intent);
}

/* What only makes sense while confirming. */
static void check_confirming(struct call *call)
{
    static const char *const names[] = {"off_session", "error_on_requires_action", "return_url",
                                        "payment_method_options[card][moto]"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (!call_bool(call, "confirm") && call_text(call, names[i]) && !call_failed(call))
            call_refuse(call, ERROR_off_session_confirm, names[i], names[i]);
}

void api_payment_intents_create(struct call *call)
{
    const char *customer = call_text(call, "customer");
    check_confirming(call);
    if (call_failed(call) || (customer && !call_find(call, "customer", customer, "customer")))
        return;
    json_t *intent = call_new(call, "payment_intent", "pi_");
    set_int(intent, "amount", call_int(call, "amount", 0));
    set_param(intent, "currency", call, "currency");
    set_param(intent, "customer", call, "customer");
    set_param(intent, "setup_future_usage", call, "setup_future_usage");
    set_param(intent, "confirmation_method", call, "confirmation_method");
    set_capture(call, intent);
    set_texts(call, intent);
    if (call_bool(call, "automatic_payment_methods[enabled]"))
        json_object_set_new(intent, "automatic_payment_methods",
                            json_pack("{s:s, s:b}", "allow_redirects", "always", "enabled", 1));
    event_happened(call, "payment_intent.created", intent);
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

void api_payment_intents_update(struct call *call)
{
    json_t *intent = intent_in_state(call, UNCONFIRMED, "update");
    const char *customer = call_text(call, "customer");
    if (!intent || (customer && !call_find(call, "customer", customer, "customer")))
        return;
    set_int(intent, "amount", call_int(call, "amount", get_int(intent, "amount")));
    set_param(intent, "currency", call, "currency");
    set_param(intent, "customer", call, "customer");
    set_param(intent, "setup_future_usage", call, "setup_future_usage");
    set_capture(call, intent);
    set_texts(call, intent);
    const json_t *method = method_from_params(call);
    if (call_failed(call) || (method && !method_check(call, method, get_text(intent, "customer"))))
        return;
    if (form_get(&call->form, "payment_method")) {
        set_text(intent, "payment_method", method ? get_text(method, "id") : NULL);
        set_text(intent, "status", method ? "requires_confirmation" : "requires_payment_method");
        set_text(intent, "next_action", NULL);
    }
    call_answer(call, intent);
}

void api_payment_intents_get(struct call *call)
{
    const json_t *intent = call_find(call, "payment_intent", call->id, "intent");
    if (intent)
        call_answer(call, intent);
}

void api_payment_intents_list(struct call *call)
{
    static const char *const by[] = {"customer", NULL};
    list_answer(call, "payment_intent", "/v1/payment_intents", by);
}

void api_payment_intents_confirm(struct call *call)
{
    json_t *intent = intent_in_state(call, UNCONFIRMED, "confirm");
    if (intent)
        confirm(call, intent);
}

void api_payment_intents_capture(struct call *call)
{
    json_t *intent = intent_in_state(call, "requires_capture", "capture");
    int64_t most = intent ? get_int(intent, "amount_capturable") : 0;
    int64_t amount = call_int(call, "amount_to_capture", most);
    if (!intent)
        return;
    if (amount > most) {
        call_refuse(call, ERROR_capture_too_large, "amount_to_capture",
                    arena_printf(call->arena, "%lld", (long long)most));
        return;
    }
    set_map(intent, "metadata", call, "metadata");
    payment_capture(call, intent, amount);
    call_answer(call, intent);
}

void api_payment_intents_cancel(struct call *call)
{
    json_t *intent = intent_in_state(call, UNCONFIRMED "|requires_capture|processing", "cancel");
    if (!intent)
        return;
    payment_cancel(call, intent, call_text(call, "cancellation_reason"));
    call_answer(call, intent);
}
