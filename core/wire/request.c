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

const char *request_order_write(struct arena *arena, const struct request_order *order, size_t *len)
{
    json_t *object = wire_draft_write(order->draft);
    if (order->rev)
        json_object_set_new(object, "rev", json_string(order->rev));
    json_object_set_new(object, "expect_total", json_integer(order->expect_total));
    json_object_set_new(object, "tenders", wire_tenders_write(order->tenders, order->ntenders));
    json_t *accept = json_array();
    if (order->accept_duplicate)
        json_array_append_new(accept, json_string("duplicate"));
    if (order->accept_age)
        json_array_append_new(accept, json_string("age"));
    if (json_array_size(accept))
        json_object_set(object, "accept", accept);
    json_decref(accept);
    return wire_dump(arena, object, len);
}
