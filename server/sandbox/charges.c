#include "server/sandbox/charge.h"
#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"

#include <string.h>

static void copy(json_t *to, const json_t *from, const char *name)
{
    json_object_set(to, name, json_object_get(from, name));
}

static json_t *details_of(struct call *call, const json_t *intent, const json_t *method)
{
    static const char *const names[] = {"brand",       "country", "exp_month", "exp_year",
                                        "fingerprint", "funding", "last4"};
    json_t *details = call_shape(call, "payment_method_details");
    json_t *card = json_object_get(details, "card"), *from = json_object_get(method, "card");
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        copy(card, from, names[i]);
    json_object_set(card, "network", json_object_get(from, "brand"));
    set_int(card, "amount_authorized", get_int(intent, "amount"));
    if (get_bool(intent, "_moto"))
        set_bool(card, "moto", true);
    return details;
}

json_t *charge_new(struct call *call, const json_t *intent, const json_t *method)
{
    static const char *const names[] = {
        "amount",        "currency", "customer",       "description",
        "receipt_email", "shipping", "transfer_group", "statement_descriptor_suffix"};
    json_t *charge = call_new(call, "charge", "ch_");
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        copy(charge, intent, names[i]);
    json_object_set_new(charge, "metadata", json_deep_copy(json_object_get(intent, "metadata")));
    set_text(charge, "payment_intent", get_text(intent, "id"));
    set_text(charge, "payment_method", get_text(method, "id"));
    json_object_set_new(charge, "payment_method_details", details_of(call, intent, method));
    json_object_set_new(charge, "billing_details",
                        json_deep_copy(json_object_get(method, "billing_details")));
    json_object_set_new(charge, "outcome", call_shape(call, "outcome"));
    return charge;
}

void charge_fail(json_t *charge, const char *code, const char *decline_code, const char *say)
{
    json_t *outcome = json_object_get(charge, "outcome");
    set_text(charge, "status", "failed");
    set_text(charge, "failure_code", code);
    set_text(charge, "failure_message", say);
    set_text(outcome, "network_status", "declined_by_network");
    set_text(outcome, "reason", decline_code ? decline_code : code);
    set_text(outcome, "seller_message", "The bank did not accept the payment.");
    set_text(outcome, "type", "issuer_declined");
}

void charge_succeed(json_t *charge, bool captured)
{
    set_text(charge, "status", "succeeded");
    set_bool(charge, "paid", true);
    if (captured)
        charge_capture(charge, get_int(charge, "amount"));
}

void charge_capture(json_t *charge, int64_t amount)
{
    set_bool(charge, "captured", true);
    set_int(charge, "amount_captured", amount);
    set_int(charge, "amount_refunded", get_int(charge, "amount") - amount);
}

void charge_let_go(json_t *charge)
{
    set_int(charge, "amount_refunded", get_int(charge, "amount"));
    set_bool(charge, "refunded", true);
}

int64_t charge_refundable(const json_t *charge)
{
    return get_int(charge, "amount") - get_int(charge, "amount_refunded");
}

void charge_refund(json_t *charge, int64_t amount)
{
    set_int(charge, "amount_refunded", get_int(charge, "amount_refunded") + amount);
    set_bool(charge, "refunded", charge_refundable(charge) == 0);
}

void charge_refund_ends(struct call *call, json_t *refund, bool good)
{
    json_t *charge = change_edit(&call->change, get_text(refund, "charge"));
    set_text(refund, "status", good ? "succeeded" : "failed");
    if (!good) {
        set_text(refund, "failure_reason", "expired_or_canceled_card");
        charge_refund(charge, -get_int(refund, "amount"));
    }
    event_happened(call, "refund.updated", refund);
    event_happened(call, good ? "charge.refund.updated" : "refund.failed", refund);
}

/* ---- the API --------------------------------------------------------------------------------- */

void api_charges_get(struct call *call)
{
    const json_t *charge = call_find(call, "charge", call->id, "id");
    if (charge)
        call_answer(call, charge);
}

void api_charges_list(struct call *call)
{
    static const char *const by[] = {"customer", "payment_intent", NULL};
    list_answer(call, "charge", "/v1/charges", by);
}
