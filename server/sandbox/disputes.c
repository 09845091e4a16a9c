#include "server/sandbox/dispute.h"

#include "server/sandbox/charge.h"
#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/later.h"
#include "server/sandbox/list.h"
#include "server/sandbox/method.h"

#include <string.h>

enum { DISPUTE_DAYS = 7, DISPUTE_FEE = 1500, DECIDE_SECONDS = 1 };

static bool is_inquiry(const json_t *dispute)
{
    return strncmp(get_text(dispute, "status"), "warning_", strlen("warning_")) == 0;
}

static bool is_over(const json_t *dispute)
{
    static const char *const ends[] = {"won", "lost", "warning_closed"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        if (strcmp(get_text(dispute, "status"), ends[i]) == 0)
            return true;
    return false;
}

/* What it moves on the company's account with the provider: out with `sign` -1, back with 1. */
static void move(struct call *call, json_t *dispute, int sign)
{
    json_t *all = json_object_get(dispute, "balance_transactions");
    json_t *one = call_shape(call, "balance_transaction");
    int64_t amount = sign * get_int(dispute, "amount"), fee = -sign * DISPUTE_FEE;
    set_text(one, "id",
             arena_printf(call->arena, "txn_%zu%s", json_array_size(all) + 1,
                          get_text(dispute, "id") + strlen("dp_")));
    set_int(one, "amount", amount);
    set_int(one, "fee", fee);
    set_int(one, "net", amount - fee);
    set_int(one, "created", call->now);
    set_int(one, "available_on", call->now);
    set_text(one, "currency", get_text(dispute, "currency"));
    set_text(one, "source", get_text(dispute, "id"));
    set_text(one, "reporting_category", sign < 0 ? "dispute" : "dispute_reversal");
    set_text(one, "description",
             arena_printf(call->arena, "Chargeback %s for %s", sign < 0 ? "withdrawal" : "reversal",
                          get_text(dispute, "charge")));
    json_array_append_new(json_object_get(one, "fee_details"),
                          json_pack("{s:I, s:n, s:s, s:s, s:s}", "amount", (json_int_t)fee,
                                    "application", "currency", get_text(dispute, "currency"),
                                    "description", "Dispute fee", "type", "stripe_fee"));
    json_array_append_new(all, one);
}

static json_t *charge_of(struct call *call, const json_t *dispute)
{
    return change_edit(&call->change, get_text(dispute, "charge"));
}

/* The amount and the fee are gone, and the charge cannot be refunded. */
static void withdraw(struct call *call, json_t *dispute)
{
    json_t *card = json_object_get(json_object_get(dispute, "payment_method_details"), "card");
    move(call, dispute, -1);
    set_text(card, "case_type", "chargeback");
    set_text(dispute, "status", "needs_response");
    set_bool(dispute, "is_charge_refundable", false);
    set_bool(charge_of(call, dispute), "_charged_back", true);
}

static json_t *dispute_new(struct call *call, json_t *charge)
{
    json_t *dispute = call_new(call, "dispute", "dp_");
    json_t *details = json_object_get(json_object_get(dispute, "payment_method_details"), "card");
    json_t *card = json_object_get(json_object_get(charge, "payment_method_details"), "card");
    set_int(dispute, "amount", charge_refundable(charge));
    set_text(dispute, "currency", get_text(charge, "currency"));
    set_text(dispute, "payment_intent", get_text(charge, "payment_intent"));
    set_text(dispute, "charge", get_text(charge, "id"));
    set_text(details, "brand", get_text(card, "brand"));
    set_int(json_object_get(dispute, "evidence_details"), "due_by",
            call->now + DISPUTE_DAYS * 24 * 3600);
    set_bool(charge, "disputed", true);
    return dispute;
}

void dispute_opens(struct call *call, json_t *charge)
{
    const struct card *card =
        method_card(change_get(&call->change, get_text(charge, "payment_method")));
    json_t *dispute = dispute_new(call, charge);
    set_text(dispute, "reason", card->code);
    if (card->does == CARD_INQUIRES) {
        json_t *details = json_object_get(dispute, "payment_method_details");
        set_text(json_object_get(details, "card"), "case_type", "inquiry");
        set_text(dispute, "status", "warning_needs_response");
        set_bool(dispute, "is_charge_refundable", true);
        event_happened(call, "charge.dispute.created", dispute);
    } else {
        withdraw(call, dispute);
        event_happened(call, "charge.dispute.created", dispute);
        event_happened(call, "charge.dispute.funds_withdrawn", dispute);
    }
}

void dispute_won(struct call *call, json_t *dispute)
{
    bool inquiry = is_inquiry(dispute);
    if (is_over(dispute))
        return;
    set_text(dispute, "status", inquiry ? "warning_closed" : "won");
    if (!inquiry) {
        move(call, dispute, 1);
        set_bool(charge_of(call, dispute), "_charged_back", false);
    }
    event_happened(call, "charge.dispute.closed", dispute);
    if (!inquiry)
        event_happened(call, "charge.dispute.funds_reinstated", dispute);
}

void dispute_lost(struct call *call, json_t *dispute)
{
    if (is_over(dispute))
        return;
    set_text(dispute, "status", is_inquiry(dispute) ? "warning_closed" : "lost");
    event_happened(call, "charge.dispute.closed", dispute);
}

void dispute_escalates(struct call *call, json_t *dispute)
{
    if (is_over(dispute) || !is_inquiry(dispute))
        return;
    withdraw(call, dispute);
    event_happened(call, "charge.dispute.updated", dispute);
    event_happened(call, "charge.dispute.funds_withdrawn", dispute);
}

/* ---- evidence -------------------------------------------------------------------------------- */

/* As with Stripe's test mode, one sentence decides. */
static const struct {
    const char *evidence, *comes;
} decisions[] = {
    {"winning_evidence", "dispute_won"},
    {"losing_evidence", "dispute_lost"},
    {"escalate_inquiry_evidence", "dispute_escalates"},
};

static bool keep_evidence(struct call *call, json_t *dispute)
{
    json_t *evidence = json_object_get(dispute, "evidence");
    static const char prefix[] = "evidence[";
    bool any = false;
    for (size_t i = 0; i < call->form.n; i++) {
        const struct form_pair *pair = &call->form.pairs[i];
        if (strncmp(pair->name, prefix, sizeof prefix - 1) != 0)
            continue;
        const char *name = pair->name + sizeof prefix - 1;
        set_text(evidence, arena_strndup(call->arena, name, strcspn(name, "]")),
                 *pair->value ? pair->value : NULL);
        any = true;
    }
    if (any)
        set_bool(json_object_get(dispute, "evidence_details"), "has_evidence", true);
    return any;
}

static void submit(struct call *call, json_t *dispute)
{
    json_t *details = json_object_get(dispute, "evidence_details");
    const char *said = get_text(json_object_get(dispute, "evidence"), "uncategorized_text");
    set_int(details, "submission_count", get_int(details, "submission_count") + 1);
    set_text(dispute, "status", is_inquiry(dispute) ? "warning_under_review" : "under_review");
    for (size_t i = 0; i < ARRAY_LEN(decisions); i++)
        if (strcmp(decisions[i].evidence, said) == 0)
            later_add(call, decisions[i].comes, get_text(dispute, "id"), DECIDE_SECONDS);
}

/* ---- the API --------------------------------------------------------------------------------- */

/* One that can still be answered; NULL: failed. */
static json_t *open_dispute(struct call *call)
{
    const json_t *dispute = call_find(call, "dispute", call->id, "id");
    if (!dispute)
        return NULL;
    if (is_over(dispute)) {
        call_refuse(call, ERROR_dispute_over, NULL);
        return NULL;
    }
    return change_edit(&call->change, call->id);
}

void api_disputes_update(struct call *call)
{
    json_t *dispute = open_dispute(call);
    if (!dispute)
        return;
    bool any = keep_evidence(call, dispute);
    set_map(dispute, "metadata", call, "metadata");
    if (call_bool(call, "submit") || (any && !call_text(call, "submit")))
        submit(call, dispute);
    event_happened(call, "charge.dispute.updated", dispute);
    call_answer(call, dispute);
}

/* The company gives in. */
void api_disputes_close(struct call *call)
{
    json_t *dispute = open_dispute(call);
    if (!dispute)
        return;
    dispute_lost(call, dispute);
    call_answer(call, dispute);
}

void api_disputes_get(struct call *call)
{
    const json_t *dispute = call_find(call, "dispute", call->id, "id");
    if (dispute)
        call_answer(call, dispute);
}

void api_disputes_list(struct call *call)
{
    static const char *const by[] = {"charge", "payment_intent", NULL};
    list_answer(call, "dispute", "/v1/disputes", by);
}
