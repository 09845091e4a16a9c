#include "server/sandbox/event.h"
#include "server/sandbox/payment.h"
#include "server/sandbox/session.h"
#include "server/sandbox/setup.h"

#include <stdio.h>
#include <string.h>

static bool is_setup(const json_t *session)
{
    return strcmp(get_text(session, "mode"), "setup") == 0;
}

json_t *session_intent(struct call *call, const json_t *session)
{
    const char *id = get_text(session, is_setup(session) ? "setup_intent" : "payment_intent");
    return *id ? change_edit(&call->change, id) : NULL;
}

static void set_details(json_t *session, json_t *method, const char *name, const char *email)
{
    json_t *billing = json_object_get(method, "billing_details");
    set_text(billing, "name", name);
    set_text(billing, "email", email);
    json_t *details = json_pack("{s:n, s:s?, s:s?, s:n, s:s, s:n}", "address", "email", email,
                                "name", name, "phone", "tax_exempt", "none", "tax_ids");
    json_object_set_new(session, "customer_details", details);
}

/* A card that shall pay again needs somebody whose it is. */
static void ensure_customer(struct call *call, json_t *session, const char *name, const char *email)
{
    const json_t *data = json_object_get(session, "_intent_data");
    bool wanted = strcmp(get_text(session, "customer_creation"), "always") == 0 ||
                  *get_text(data, "setup_future_usage");
    if (!wanted || *get_text(session, "customer"))
        return;
    json_t *customer = call_new(call, "customer", "cus_");
    set_text(customer, "name", name);
    set_text(customer, "email", email);
    set_text(session, "customer", get_text(customer, "id"));
    event_happened(call, "customer.created", customer);
}

static json_t *payment_intent_for(struct call *call, json_t *session)
{
    json_t *intent = session_intent(call, session);
    if (intent)
        return intent;
    json_t *data = json_object_get(session, "_intent_data"), *value;
    const char *name;
    intent = call_new(call, "payment_intent", "pi_");
    json_object_foreach(data, name, value) json_object_set_new(intent, name, json_deep_copy(value));
    set_int(intent, "amount", get_int(session, "amount_total"));
    set_text(intent, "currency", get_text(session, "currency"));
    set_text(intent, "_session", get_text(session, "id"));
    set_text(session, "payment_intent", get_text(intent, "id"));
    event_happened(call, "payment_intent.created", intent);
    return intent;
}

/* Complete, when the intent is through. What is authorised only, or still processing, is unpaid. */
static void finish(struct call *call, json_t *session, const json_t *intent)
{
    if (!payment_is(intent, "succeeded|requires_capture|processing"))
        return;
    set_text(session, "status", "complete");
    set_text(session, "url", NULL);
    if (!is_setup(session))
        set_text(session, "payment_status", payment_is(intent, "succeeded") ? "paid" : "unpaid");
    event_happened(call, "checkout.session.completed", session);
}

void session_pay(struct call *call, json_t *session, json_t *method, const char *name,
                 const char *email)
{
    ensure_customer(call, session, name, email);
    set_details(session, method, name, email);
    json_t *intent =
        is_setup(session) ? session_intent(call, session) : payment_intent_for(call, session);
    json_object_set(intent, "customer", json_object_get(session, "customer"));
    if (is_setup(session)) {
        const struct setup_attempt attempt = {.intent = intent, .method = method};
        setup_attempt(call, &attempt);
    } else {
        const struct attempt attempt = {.intent = intent, .method = method};
        payment_attempt(call, &attempt);
    }
    finish(call, session, intent);
}

void session_authenticated(struct call *call, json_t *session, bool accepted)
{
    json_t *intent = session_intent(call, session);
    (is_setup(session) ? setup_authenticated : payment_authenticated)(call, intent, accepted);
    finish(call, session, intent);
}

void session_settled(struct call *call, const json_t *intent)
{
    const char *id = get_text(intent, "_session");
    if (!*id)
        return;
    json_t *session = change_edit(&call->change, id);
    bool good = payment_is(intent, "succeeded");
    if (good)
        set_text(session, "payment_status", "paid");
    event_happened(call,
                   good ? "checkout.session.async_payment_succeeded"
                        : "checkout.session.async_payment_failed",
                   session);
}

const char *session_success_url(struct call *call, const json_t *session)
{
    static const char place[] = "{CHECKOUT_SESSION_ID}";
    const char *url = get_text(session, "success_url"), *at = strstr(url, place);
    if (!at)
        return arena_strdup(call->arena, url);
    return arena_printf(call->arena, "%.*s%s%s", (int)(at - url), url, get_text(session, "id"),
                        at + strlen(place));
}
