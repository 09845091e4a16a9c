#include "core/wire/request.h"

#include "core/wire/wire.h"

const char *request_session_write(struct arena *arena, const char *login, const char *password,
                                  const char *otp, size_t *len)
{
    json_t *object = json_pack("{s:s, s:s}", "login", login, "password", password);
    if (object && otp && *otp)
        json_object_set_new(object, "otp", json_string(otp));
    return wire_dump(arena, object ? object : json_object(), len);
}

const char *request_draft_write(struct arena *arena, const struct order_draft *draft, size_t *len)
{
    return wire_dump(arena, wire_draft_write(draft), len);
}

static void set_shift(json_t *object, const char *shift)
{
    if (shift && *shift)
        json_object_set_new(object, "shift", json_string(shift));
}

const char *request_quote_write(struct arena *arena, const struct order_draft *draft,
                                const char *shift, size_t *len)
{
    json_t *object = wire_draft_write(draft);
    set_shift(object, shift);
    return wire_dump(arena, object, len);
}

static void set_accept(json_t *object, bool duplicate, bool age)
{
    json_t *accept = json_array();
    if (duplicate)
        json_array_append_new(accept, json_string("duplicate"));
    if (age)
        json_array_append_new(accept, json_string("age"));
    if (json_array_size(accept))
        json_object_set(object, "accept", accept);
    json_decref(accept);
}

/* So that the server need not bring it into this form first. */
static const char *canonical(struct arena *arena, json_t *object, size_t *len)
{
    struct text text;
    text_init(&text, arena);
    wire_canonical(&text, object);
    json_decref(object);
    *len = text.len;
    return text.data;
}

const char *request_order_write(struct arena *arena, const struct request_order *order, size_t *len)
{
    json_t *object = wire_draft_write(order->draft);
    if (order->rev)
        json_object_set_new(object, "rev", json_string(order->rev));
    json_object_set_new(object, "expect_total", json_integer(order->expect_total));
    json_object_set_new(object, "tenders", wire_tenders_write(order->tenders, order->ntenders));
    set_accept(object, order->accept_duplicate, order->accept_age);
    set_shift(object, order->shift);
    return canonical(arena, object, len);
}

/* What is not in the draft it shall not have any more. */
const char *request_change_write(struct arena *arena, const struct request_change *change,
                                 size_t *len)
{
    const char *note = change->draft->note;
    json_t *draft = wire_draft_write(change->draft), *object = json_object();
    json_t *coupons = json_object_get(draft, "coupons");
    json_object_set(object, "lines", json_object_get(draft, "lines"));
    json_object_set(object, "ship_to", json_object_get(draft, "ship_to"));
    json_object_set_new(object, "coupons", coupons ? json_incref(coupons) : json_array());
    json_object_set_new(object, "note", json_string(note ? note : ""));
    json_decref(draft);
    if (!change->preview) {
        json_object_set_new(object, "expect_total", json_integer(change->expect_total));
        json_object_set_new(object, "tenders",
                            wire_tenders_write(change->tenders, change->ntenders));
        set_accept(object, false, change->accept_age);
    }
    return wire_dump(arena, object, len);
}

const char *request_reason_write(struct arena *arena, const char *reason, size_t *len)
{
    json_t *object = json_object();
    if (*reason)
        json_object_set_new(object, "reason", json_string(reason));
    return wire_dump(arena, object, len);
}
