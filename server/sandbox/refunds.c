#include "server/sandbox/charge.h"
#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/later.h"
#include "server/sandbox/list.h"
#include "server/sandbox/method.h"

#include <string.h>

enum { REFUND_SECONDS = 2 };

/* The charge that the request means, by its id or by that of its intent. NULL: failed. */
static json_t *charge_meant(struct call *call)
{
    const char *id = call_text(call, "charge"), *intent_id = call_text(call, "payment_intent");
    if (id && intent_id)
        call_refuse(call, ERROR_one_of_two, "charge", "charge", "payment_intent");
    else if (!id && !intent_id)
        call_refuse(call, ERROR_missing, "charge", "charge");
    const json_t *intent = call_find(call, "payment_intent", intent_id, "payment_intent");
    if (intent)
        id = get_text(intent, "latest_charge");
    const json_t *charge =
        call_failed(call) || !id || !*id ? NULL : call_find(call, "charge", id, "charge");
    if (call_failed(call))
        return NULL;
    if (!charge || strcmp(get_text(charge, "status"), "succeeded") != 0)
        call_refuse(call, ERROR_no_charge_yet, NULL, intent ? get_text(intent, "id") : id);
    else if (!get_bool(charge, "captured"))
        call_refuse(call, ERROR_charge_not_captured, NULL, id);
    else if (get_bool(charge, "refunded"))
        call_refuse(call, ERROR_refunded, NULL, id);
    else if (get_bool(charge, "_charged_back"))
        call_refuse(call, ERROR_refund_disputed, NULL, id);
    return call_failed(call) ? NULL : change_edit(&call->change, id);
}

static void put_off(struct call *call, json_t *refund, const json_t *charge)
{
    const struct card *card =
        method_card(change_get(&call->change, get_text(charge, "payment_method")));
    if (card->does == CARD_REFUND_WAITS)
        set_text(refund, "status", "pending");
    if (card->does == CARD_REFUND_WAITS)
        later_add(call, "refund", get_text(refund, "id"), REFUND_SECONDS);
    else if (card->does == CARD_REFUND_FAILS)
        later_add(call, "refund_fails", get_text(refund, "id"), REFUND_SECONDS);
}

void api_refunds_create(struct call *call)
{
    json_t *charge = charge_meant(call);
    if (!charge)
        return;
    int64_t most = charge_refundable(charge), amount = call_int(call, "amount", most);
    if (amount > most) {
        call_refuse(call, ERROR_refund_too_large, "amount",
                    arena_printf(call->arena, "%lld", (long long)amount),
                    arena_printf(call->arena, "%lld", (long long)most));
        return;
    }
    json_t *refund = call_new(call, "refund", "re_");
    set_int(refund, "amount", amount);
    set_text(refund, "charge", get_text(charge, "id"));
    json_object_set(refund, "currency", json_object_get(charge, "currency"));
    json_object_set(refund, "payment_intent", json_object_get(charge, "payment_intent"));
    set_param(refund, "reason", call, "reason");
    set_map(refund, "metadata", call, "metadata");
    charge_refund(charge, amount);
    put_off(call, refund, charge);
    event_happened(call, "refund.created", refund);
    event_happened(call, "charge.refunded", charge);
    call_answer(call, refund);
}

void api_refunds_get(struct call *call)
{
    const json_t *refund = call_find(call, "refund", call->id, "id");
    if (refund)
        call_answer(call, refund);
}

void api_refunds_list(struct call *call)
{
    static const char *const by[] = {"charge", "payment_intent", NULL};
    list_answer(call, "refund", "/v1/refunds", by);
}
