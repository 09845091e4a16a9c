#include "core/wire/reply_around.h"

#include "core/wire/reply_part.h"

/* ---- the day --------------------------------------------------------------------------------- */

static void total_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_day_total *)out = (struct reply_day_total){
        .currency = get_text(object, "currency"),
        .exponent = get_exponent(object),
        .orders = get_number(object, "orders"),
        .total = get_number(object, "total"),
        .cv = get_number(object, "cv"),
        .due_orders = get_number(object, "due_orders"),
        .due = get_number(object, "due"),
    };
}

static void duplicate_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_day_duplicate *)out = (struct reply_day_duplicate){
        .order = get_text(object, "order"),
        .earlier = get_text(object, "earlier"),
        .at = get_text(object, "at"),
        .by = get_text(object, "by"),
        .name = get_text(object, "name"),
    };
}

static void arrived_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_day_arrived *)out = (struct reply_day_arrived){
        .id = get_text(object, "id"),
        .sku = get_text(object, "sku"),
        .item = get_text(object, "item"),
        .distributor = get_text(object, "distributor"),
        .name = get_text(object, "name"),
        .phone = get_text(object, "phone"),
        .qty = get_number(object, "qty"),
    };
}

static void notice_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_day_notice *)out = (struct reply_day_notice){
        .id = get_text(object, "id"),
        .kind = get_text(object, "kind"),
        .ref = get_text(object, "ref"),
        .item = get_text(object, "name"),
    };
}

bool reply_day_read(struct arena *arena, const char *body, size_t len, struct reply_day *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *month = json_object_get(object, "month");
    *out = (struct reply_day){
        .date = get_text(object, "date"),
        .month_ends = get_text(month, "ends"),
        .days_left = get_number(month, "days_left"),
        .orders = get_number(object, "orders"),
        .cancelled = get_number(object, "cancelled"),
        .seconds_per_order = get_number_or(object, "seconds_per_order", -1),
        .experience = get_number(object, "experience"),
    };
    out->totals =
        get_array(arena, object, "totals", sizeof *out->totals, total_read, &out->ntotals);
    out->duplicates = get_array(arena, object, "duplicates", sizeof *out->duplicates,
                                duplicate_read, &out->nduplicates);
    out->arrived =
        get_array(arena, object, "arrived", sizeof *out->arrived, arrived_read, &out->narrived);
    out->notices =
        get_array(arena, object, "notices", sizeof *out->notices, notice_read, &out->nnotices);
    return *out->date != '\0';
}

/* ---- orders ---------------------------------------------------------------------------------- */

static void row_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_order_row *)out = (struct reply_order_row){
        .number = get_text(object, "number"),
        .state = get_text(object, "state"),
        .payment = get_text(object, "payment"),
        .type = get_text(object, "type"),
        .distributor = get_text(object, "distributor"),
        .name = get_text(object, "name"),
        .customer_name = get_text(object, "customer_name"),
        .currency = get_text(object, "currency"),
        .placed_at = get_text(object, "placed_at"),
        .placed_by = get_text(object, "placed_by"),
        .exponent = get_exponent(object),
        .total = get_number(object, "total"),
        .lines = get_number(object, "lines"),
    };
}

bool reply_orders_read(struct arena *arena, const char *body, size_t len, struct reply_orders *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, row_read, &out->n);
    out->next = get_text(object, "next");
    return object != NULL;
}

static void payment_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_payment *)out = (struct reply_payment){
        .id = get_text(object, "id"),
        .kind = get_text(object, "kind"),
        .state = get_text(object, "state"),
        .short_url = get_text(object, "short_url"),
        .letter = get_text(object, "letter"),
        .amount = get_number(object, "amount"),
        .refunded = get_number(object, "refunded"),
        .failure = get_text(object, "failure"),
        .url = get_text(object, "url"),
        .brand = get_text(object, "brand"),
        .last4 = get_text(object, "last4"),
    };
}

static void dispute_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_dispute *)out = (struct reply_dispute){
        .state = get_text(object, "state"),
        .reason = get_text(object, "reason"),
        .due_by = get_text(object, "due_by"),
        .ended_at = get_text(object, "ended_at"),
        .amount = get_number(object, "amount"),
        .fee = get_number(object, "fee"),
        .waits = get_number(object, "waits"),
        .order = get_text(object, "order"),
        .order_state = get_text(object, "order_state"),
        .currency = get_text(object, "currency"),
        .name = get_text(object, "name"),
        .exponent = get_exponent(object),
    };
}

bool reply_disputes_read(struct arena *arena, const char *body, size_t len,
                         struct reply_disputes *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, dispute_read, &out->n);
    out->next = get_text(object, "next");
    return object != NULL;
}

static void event_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_event *)out = (struct reply_event){
        .at = get_text(object, "at"),
        .machine = get_text(object, "machine"),
        .to = get_text(object, "to"),
        .by = get_text(object, "by"),
        .reason = get_text(object, "reason"),
    };
}

static void revision_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_revision *)out = (struct reply_revision){
        .until = get_text(object, "until"),
        .by = get_text(object, "by"),
        .reason = get_text(object, "reason"),
        .total = get_number(object, "total"),
        .lines = (int64_t)json_array_size(json_object_get(object, "lines")),
    };
}

static void card_head(const json_t *object, struct reply_order_card *out)
{
    const json_t *distributor = json_object_get(object, "distributor"),
                 *customer = json_object_get(object, "customer"),
                 *cancel = json_object_get(object, "cancel");
    *out = (struct reply_order_card){
        .number = get_text(object, "number"),
        .state = get_text(object, "state"),
        .payment = get_text(object, "payment"),
        .type = get_text(object, "type"),
        .market = get_text(object, "market"),
        .currency = get_text(object, "currency"),
        .list = get_text(object, "price_list"),
        .date = get_text(object, "date"),
        .note = get_text(object, "note"),
        .distributor = get_text(distributor, "id"),
        .distributor_name = get_text(distributor, "name"),
        .customer = get_text(customer, "id"),
        .customer_name = get_text(customer, "name"),
        .placed_at = get_text(object, "placed_at"),
        .placed_by = get_text(object, "placed_by"),
        .may_cancel = get_true(cancel, "may"),
        .cancel_until = get_text(cancel, "until"),
        .cancel_say = get_text(cancel, "say"),
        .version = get_text(object, "version"),
    };
}

static void card_money(const json_t *object, struct reply_order_card *out)
{
    out->exponent = get_exponent(object);
    out->tax_included = get_true(object, "tax_included");
    out->goods = get_number(object, "goods");
    out->discount = get_number(object, "discount");
    out->delivery = get_number(object, "delivery");
    out->delivery_tax = get_number(object, "delivery_tax");
    out->tax = get_number(object, "tax");
    out->tax_added = get_number(object, "tax_added");
    out->total = get_number(object, "total");
    out->due = get_number(object, "due");
    out->cv = get_number(object, "cv");
    out->pv = get_number(object, "pv");
}

bool reply_order_card_read(struct arena *arena, const char *body, size_t len,
                           struct reply_order_card *out)
{
    json_t *object = body_object(arena, body, len);
    json_t *ship_to = json_object_get(object, "ship_to");
    card_head(object, out);
    card_money(object, out);
    out->ship_kind = get_text(ship_to, "kind");
    out->ship_method = get_text(ship_to, "method");
    reply_address_read(arena, json_object_get(ship_to, "address"), &out->ship_to);
    out->lines =
        get_array(arena, object, "lines", sizeof *out->lines, reply_line_read, &out->nlines);
    out->payments =
        get_array(arena, object, "payments", sizeof *out->payments, payment_read, &out->npayments);
    out->disputes =
        get_array(arena, object, "disputes", sizeof *out->disputes, dispute_read, &out->ndisputes);
    out->history =
        get_array(arena, object, "history", sizeof *out->history, event_read, &out->nhistory);
    out->revisions = get_array(arena, object, "revisions", sizeof *out->revisions, revision_read,
                               &out->nrevisions);
    out->coupons = get_texts(arena, object, "coupons", &out->ncoupons);
    return *out->number != '\0';
}

/* ---- paying ---------------------------------------------------------------------------------- */

bool reply_letter_read(struct arena *arena, const char *body, size_t len, const char **to)
{
    json_t *object = body_object(arena, body, len);
    *to = get_text(object, "to");
    return object != NULL;
}

static void card_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_card *)out = (struct reply_card){
        .id = get_text(object, "id"),
        .brand = get_text(object, "brand"),
        .last4 = get_text(object, "last4"),
        .expires = get_text(object, "expires"),
        .is_default = json_is_true(json_object_get(object, "default")),
    };
}

bool reply_means_read(struct arena *arena, const char *body, size_t len, struct reply_means *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_means){.balance = get_number(object, "balance"),
                                .credit = get_number(object, "credit")};
    out->cards = get_array(arena, object, "cards", sizeof *out->cards, card_read, &out->ncards);
    return object != NULL;
}

bool reply_certificate_read(struct arena *arena, const char *body, size_t len,
                            struct reply_certificate *out)
{
    json_t *object = body_object(arena, body, len), *items = json_object_get(object, "items");
    if (items)
        object = json_array_size(items) == 1 ? json_array_get(items, 0) : NULL;
    *out = (struct reply_certificate){.number = get_text(object, "number"),
                                      .last = get_text(object, "last"),
                                      .state = get_text(object, "state"),
                                      .balance = get_number(object, "balance")};
    return object && strcmp(out->state, "active") == 0;
}

/* ---- people ---------------------------------------------------------------------------------- */

static void label_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(const char **)out = get_text(object, "label");
}

bool reply_person_card_read(struct arena *arena, const char *body, size_t len,
                            struct reply_person_card *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_person_card){
        .id = get_text(object, "id"),
        .name = get_text(object, "name"),
        .status = get_text(object, "status"),
        .rank_name = get_text(object, "rank_name"),
        .sponsor = get_text(object, "sponsor"),
        .joined = get_text(object, "joined"),
        .last_active = get_text(object, "last_active"),
        .phone = get_text(object, "phone"),
        .email = get_text(object, "email"),
        .language = get_text(object, "language"),
        .currency = get_text(object, "currency"),
        .market = get_text(object, "market"),
        .distributor = get_text(object, "distributor"),
        .exponent = get_exponent(object),
        .version = get_number(object, "version"),
        .has_balance = json_is_integer(json_object_get(object, "balance")),
        .balance = get_number(object, "balance"),
        .pv = get_number(object, "pv"),
        .cv = get_number(object, "cv"),
        .credit = get_number(object, "credit"),
        .pending = get_number(object, "pending"),
        .usable_on = get_text(object, "usable_on"),
    };
    size_t nlabels;
    out->addresses = get_array(arena, object, "addresses", sizeof *out->addresses,
                               reply_address_read, &out->naddresses);
    out->labels = get_array(arena, object, "addresses", sizeof *out->labels, label_read, &nlabels);
    return *out->id != '\0';
}

const char *reply_made_read(struct arena *arena, const char *body, size_t len)
{
    return json_string_value(json_object_get(body_object(arena, body, len), "id"));
}

bool reply_changed_read(struct arena *arena, const char *body, size_t len,
                        struct reply_changed *out)
{
    json_t *object = body_object(arena, body, len), *quote = json_object_get(object, "quote");
    *out = (struct reply_changed){
        .version = get_text(object, "version"),
        .total = get_number(object, "total"),
        .due = get_number(object, "due"),
        .difference = get_number(object, "difference"),
        .refunded = get_number(object, "refunded"),
    };
    return *out->version != '\0' && (!quote || wire_quote_read(arena, quote, &out->quote));
}
