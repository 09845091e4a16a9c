#include "core/wire/reply_returns.h"

#include "core/wire/reply_part.h"

static void part_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_return_part *)out = (struct reply_return_part){
        .sku = get_text(object, "sku"),
        .name = get_text(object, "name"),
        .qty = get_number(object, "qty"),
        .left = get_number(object, "left"),
    };
}

static void certificate_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_return_certificate *)out = (struct reply_return_certificate){
        .last = get_text(object, "last"),
        .amount = get_number(object, "amount"),
        .left = get_number(object, "left"),
        .goes = get_true(object, "goes"),
    };
}

static void line_read(struct arena *arena, json_t *object, void *out)
{
    struct reply_return_line *line = out;
    *line = (struct reply_return_line){
        .id = get_text(object, "id"),
        .sku = get_text(object, "sku"),
        .name = get_text(object, "name"),
        .qty = get_number(object, "qty"),
        .left = get_number(object, "left"),
        .amount = get_number(object, "amount"),
        .tax = get_number(object, "tax"),
        .cv = get_number(object, "cv"),
    };
    line->parts =
        get_array(arena, object, "components", sizeof *line->parts, part_read, &line->nparts);
    line->certificates = get_array(arena, object, "certificates", sizeof *line->certificates,
                                   certificate_read, &line->ncertificates);
}

static void reason_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_return_reason *)out = (struct reply_return_reason){
        .code = get_text(object, "code"),
        .letter = get_text(object, "letter"),
        .name = get_text(object, "name"),
        .fee = get_true(object, "fee"),
    };
}

static void back_read(struct arena *arena, json_t *object, void *out)
{
    const json_t *exchange = json_object_get(object, "exchange");
    (void)arena;
    *(struct reply_return_back *)out = (struct reply_return_back){
        .line = get_text(object, "line"),
        .component = get_text(object, "component"),
        .reason = get_text(object, "reason"),
        .qty = get_number(object, "qty"),
        .worth = get_number(object, "worth"),
        .cv = get_number(object, "cv"),
        .exchange = get_text(exchange, "sku"),
        .exchange_name = get_text(exchange, "name"),
        .exchange_amount = get_number(exchange, "amount"),
        .exchange_cv = get_number(exchange, "cv"),
        .free_stock = get_number_or(exchange, "free_stock", -1),
    };
}

bool reply_return_quote_read(struct arena *arena, const char *body, size_t len,
                             struct reply_return_quote *out)
{
    json_t *o = body_object(arena, body, len);
    const json_t *distributor = json_object_get(o, "distributor");
    *out = (struct reply_return_quote){
        .order = get_text(o, "order"),
        .kind = get_text(o, "kind"),
        .currency = get_text(o, "currency"),
        .list = get_text(o, "list"),
        .distributor = get_text(distributor, "id"),
        .distributor_name = get_text(distributor, "name"),
        .customer_name = get_text(json_object_get(o, "customer"), "name"),
        .sent_on = get_text(o, "sent_on"),
        .today = get_text(o, "today"),
        .last_day = get_text(o, "last_day"),
        .deadline = get_text(o, "deadline"),
        .late = get_true(o, "late"),
        .tax_included = get_true(o, "tax_included"),
        .exponent = get_exponent(o),
        .worth = get_number(o, "worth"),
        .fee = get_number(o, "fee"),
        .delivery = get_number(o, "delivery"),
        .exchange_total = get_number(o, "exchange_total"),
        .refund = get_number(o, "refund"),
        .due = get_number(o, "due"),
        .cv = get_number(o, "cv"),
    };
    out->lines = get_array(arena, o, "lines", sizeof *out->lines, line_read, &out->nlines);
    out->backs = get_array(arena, o, "back", sizeof *out->backs, back_read, &out->nbacks);
    out->reasons =
        get_array(arena, o, "reasons", sizeof *out->reasons, reason_read, &out->nreasons);
    out->nproblems = wire_problems_read(arena, o, &out->problems);
    return *out->order != '\0';
}

bool reply_return_made_read(struct arena *arena, const char *body, size_t len,
                            struct reply_return_made *out)
{
    json_t *o = body_object(arena, body, len);
    *out = (struct reply_return_made){
        .number = get_text(o, "number"),
        .order = get_text(o, "order"),
        .exchange = get_text(o, "exchange"),
        .currency = get_text(o, "currency"),
        .deadline = get_text(o, "deadline"),
        .closed = strcmp(get_text(o, "state"), "closed") == 0,
        .exponent = get_exponent(o),
        .refund = get_number(o, "refund"),
        .due = get_number(o, "due"),
        .cash = get_number(o, "cash"),
        .change = get_number(o, "change"),
    };
    reply_address_read(arena, json_object_get(o, "address"), &out->address);
    return *out->number != '\0';
}

static void piece_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_return_piece *)out = (struct reply_return_piece){
        .position = get_number(object, "position"),
        .qty = get_number(object, "qty"),
        .stock = get_number(object, "stock"),
        .quarantine = get_number(object, "quarantine"),
        .scrap = get_number(object, "scrap"),
        .sku = get_text(object, "sku"),
        .name = get_text(object, "name"),
        .reason = get_text(object, "reason_name"),
        .exchange = get_text(json_object_get(object, "exchange"), "sku"),
    };
}

bool reply_return_card_read(struct arena *arena, const char *body, size_t len,
                            struct reply_return_card *out)
{
    json_t *o = body_object(arena, body, len);
    const json_t *customer = json_object_get(o, "customer");
    *out = (struct reply_return_card){
        .number = get_text(o, "number"),
        .order = get_text(o, "order"),
        .state = get_text(o, "state"),
        .kind = get_text(o, "kind"),
        .deadline = get_text(o, "deadline"),
        .exchange = get_text(o, "exchange"),
        .currency = get_text(o, "currency"),
        .name = get_text(json_is_object(customer) ? customer : json_object_get(o, "distributor"),
                         "name"),
        .asked_at = get_text(o, "asked_at"),
        .asked_by = get_text(o, "asked_by"),
        .note = get_text(o, "note"),
        .override = get_text(o, "override"),
        .reason = get_text(o, "reason"),
        .exponent = get_exponent(o),
        .expected = get_number(o, "expected"),
        .refund = get_number(o, "refund"),
        .fee = get_number(o, "fee"),
    };
    out->lines = get_array(arena, o, "lines", sizeof *out->lines, piece_read, &out->nlines);
    return *out->number != '\0';
}
