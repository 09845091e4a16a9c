#include "core/wire/reply_promotion_desk.h"

#include "core/wire/reply_part.h"

static void row_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_promotion_row *)out = (struct reply_promotion_row){
        .code = get_text(object, "code"),
        .name = get_text(object, "name"),
        .lane = get_text(object, "lane"),
        .state = get_text(object, "state"),
        .from = get_text(object, "from"),
        .to = get_text(object, "to"),
        .say = get_text(object, "say"),
        .has_draft = get_true(object, "draft"),
        .uses = get_number(object, "uses"),
    };
}

bool reply_promotion_rows_read(struct arena *arena, const char *body, size_t len,
                               struct reply_promotion_rows *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_promotion_rows){.next = get_text(object, "next")};
    out->rows = get_array(arena, object, "items", sizeof *out->rows, row_read, &out->n);
    return json_is_array(json_object_get(object, "items"));
}

bool reply_promotion_one_read(struct arena *arena, const char *body, size_t len,
                              struct reply_promotion_one *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *last = json_array_get(json_object_get(object, "versions"), 0);
    *out = (struct reply_promotion_one){
        .code = get_text(object, "code"),
        .market = get_text(object, "market"),
        .state = get_text(object, "state"),
        .rev = get_text(object, "rev"),
        .text = get_text(object, "text"),
        .has_draft = json_is_string(json_object_get(object, "draft")),
        .uses = get_number(object, "uses"),
        .coupons = get_number(object, "coupons"),
        .version = get_number(last, "version"),
        .from = get_text(last, "from"),
        .to = get_text(last, "to"),
    };
    return *out->code != '\0';
}

bool reply_promotion_done_read(struct arena *arena, const char *body, size_t len,
                               struct reply_promotion_done *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_promotion_done){.state = get_text(object, "state"),
                                         .rev = get_text(object, "rev"),
                                         .version = get_number(object, "version")};
    return *out->rev != '\0';
}

bool reply_simulated_read(struct arena *arena, const char *body, size_t len,
                          struct reply_simulated *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_simulated){.n = 0};
    out->lines = get_texts(arena, object, "say", &out->n);
    return out->n > 0;
}

const char *request_promotion_write(struct arena *arena, const char *market, const char *text,
                                    int64_t orders, size_t *len)
{
    json_t *object = json_pack("{s:s,s:s}", "market", market, "text", text);
    if (orders)
        json_object_set_new(object, "orders", json_integer(orders));
    return wire_dump(arena, object, len);
}

const char *request_from_write(struct arena *arena, const char *day, size_t *len)
{
    return wire_dump(arena, *day ? json_pack("{s:s}", "from", day) : json_object(), len);
}
