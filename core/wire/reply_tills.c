#include "core/wire/reply_tills.h"

#include "core/base64.h"
#include "core/wire/reply_part.h"

static void shift_read(const json_t *object, struct reply_shift *out)
{
    const json_t *walk_in = json_object_get(object, "walk_in");
    *out = (struct reply_shift){
        .id = get_text(object, "id"),
        .till = get_text(object, "till"),
        .till_name = get_text(object, "till_name"),
        .market = get_text(object, "market"),
        .currency = get_text(object, "currency"),
        .login = get_text(object, "login"),
        .name = get_text(object, "name"),
        .state = get_text(object, "state"),
        .opened_at = get_text(object, "opened_at"),
        .closed_at = get_text(object, "closed_at"),
        .exponent = get_exponent(object),
        .opening = get_number(object, "float"),
        .sales = get_number(object, "sales"),
        .drawer = get_number_or(object, "drawer", -1),
        .blind = get_true(object, "blind"),
        .walk_in_of = get_text(walk_in, "distributor"),
        .walk_in = get_text(walk_in, "customer"),
    };
}

bool reply_shift_read(struct arena *arena, const char *body, size_t len, struct reply_shift *out)
{
    shift_read(body_object(arena, body, len), out);
    return *out->id != '\0';
}

static void till_read(struct arena *arena, json_t *object, void *out)
{
    const json_t *shift = json_object_get(object, "shift");
    (void)arena;
    *(struct reply_till *)out = (struct reply_till){
        .code = get_text(object, "code"),
        .name = get_text(object, "name"),
        .market = get_text(object, "market"),
        .currency = get_text(object, "currency"),
        .site = get_text(object, "site"),
        .exponent = get_exponent(object),
        .is_open = json_is_object(shift),
        .shift = get_text(shift, "id"),
        .login = get_text(shift, "login"),
        .who = get_text(shift, "name"),
        .opened_at = get_text(shift, "opened_at"),
    };
}

bool reply_tills_read(struct arena *arena, const char *body, size_t len, struct reply_tills *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, till_read, &out->n);
    return json_is_array(json_object_get(object, "items"));
}

static void banking_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_banking *)out = (struct reply_banking){
        .id = get_text(object, "id"),
        .currency = get_text(object, "currency"),
        .bag = get_text(object, "bag"),
        .day = get_text(object, "day"),
        .name = get_text(object, "name"),
        .is_fetched = strcmp(get_text(object, "kind"), "withdrawal") == 0,
        .exponent = get_exponent(object),
        .amount = get_number(object, "amount"),
    };
}

bool reply_bankings_read(struct arena *arena, const char *body, size_t len, const char *market,
                         struct reply_bankings *out)
{
    json_t *object = body_object(arena, body, len), *safe;
    size_t i;
    *out = (struct reply_bankings){.currency = ""};
    out->items = get_array(arena, object, "items", sizeof *out->items, banking_read, &out->n);
    json_array_foreach(json_object_get(object, "safes"), i, safe)
    {
        if (strcmp(get_text(safe, "market"), market) != 0)
            continue;
        out->currency = get_text(safe, "currency");
        out->exponent = get_exponent(safe);
        out->held = get_number(safe, "held");
    }
    return json_is_array(json_object_get(object, "items"));
}

static struct reply_tally tally_of(const json_t *object, const char *name)
{
    const json_t *tally = json_object_get(object, name);
    return (struct reply_tally){get_number(tally, "count"), get_number_or(tally, "total", -1)};
}

static void tender_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_till_tender *)out = (struct reply_till_tender){
        .kind = get_text(object, "kind"),
        .count = get_number(object, "count"),
        .amount = get_number(object, "amount"),
        .given_back = get_number(object, "given_back"),
    };
}

bool reply_till_report_read(struct arena *arena, const char *body, size_t len,
                            struct reply_till_report *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_till_report){
        .kind = get_text(object, "kind"),
        .number = get_number(object, "number"),
        .opening = get_number(object, "float"),
        .pay_in = get_number(object, "pay_in"),
        .pay_out = get_number(object, "pay_out"),
        .cash_taken = get_number(object, "cash_taken"),
        .cash_given_back = get_number(object, "cash_given_back"),
        .is_told = json_is_integer(json_object_get(object, "expected")),
        .expected = get_number(object, "expected"),
        .counted = get_number(object, "counted"),
        .difference = get_number(object, "difference"),
        .sales = tally_of(object, "sales"),
        .returns = tally_of(object, "returns"),
        .voids = tally_of(object, "voids"),
        .text = get_text(object, "text"),
    };
    shift_read(json_object_get(object, "shift"), &out->shift);
    out->tenders =
        get_array(arena, object, "tenders", sizeof *out->tenders, tender_read, &out->ntenders);
    out->raw = base64_read(arena, get_text(object, "escpos"), &out->nraw);
    return *out->kind != '\0';
}

bool reply_receipt_read(struct arena *arena, const char *body, size_t len,
                        struct reply_receipt *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_receipt){.text = get_text(object, "text"),
                                  .is_copy = get_true(object, "copy")};
    out->raw = base64_read(arena, get_text(object, "escpos"), &out->nraw);
    return *out->text != '\0';
}

static void pickup_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    const char *customer = get_text(object, "customer_name");
    *(struct reply_pickup *)out = (struct reply_pickup){
        .number = get_text(object, "number"),
        .name = *customer ? customer : get_text(object, "name"),
        .state = get_text(object, "state"),
        .placed_at = get_text(object, "placed_at"),
        .exponent = get_exponent(object),
        .total = get_number(object, "total"),
        .due = get_number(object, "due"),
        .lines = get_number(object, "lines"),
    };
}

bool reply_pickups_read(struct arena *arena, const char *body, size_t len,
                        struct reply_pickups *out)
{
    json_t *object = body_object(arena, body, len);
    out->items = get_array(arena, object, "items", sizeof *out->items, pickup_read, &out->n);
    return json_is_array(json_object_get(object, "items"));
}

int64_t reply_change_read(struct arena *arena, const char *body, size_t len)
{
    const json_t *object = body_object(arena, body, len);
    return get_number_or(object, "change", get_number(object, "cash"));
}
