#include "core/wire/reply_around.h"

#include "core/wire/reply_part.h"

static void event_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_certificate_event *)out = (struct reply_certificate_event){
        .at = get_text(object, "at"),
        .act = get_text(object, "act"),
        .order = get_text(object, "order"),
        .amount = get_number(object, "amount"),
    };
}

static void card_read(struct arena *arena, json_t *object, void *out)
{
    struct reply_certificate_card *card = out;
    const json_t *seller = json_object_get(object, "seller");
    *card = (struct reply_certificate_card){
        .number = get_text(object, "number"),
        .last = get_text(object, "last"),
        .currency = get_text(object, "currency"),
        .state = get_text(object, "state"),
        .issued_at = get_text(object, "issued_at"),
        .order = get_text(object, "order"),
        .seller = get_text(seller, "id"),
        .seller_name = get_text(seller, "name"),
        .customer_name = get_text(json_object_get(object, "customer"), "name"),
        .exponent = get_exponent(object),
        .amount = get_number(object, "amount"),
        .balance = get_number(object, "balance"),
    };
    card->history =
        get_array(arena, object, "history", sizeof *card->history, event_read, &card->nhistory);
}

bool reply_certificates_read(struct arena *arena, const char *body, size_t len,
                             struct reply_certificates *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_certificates){.next = get_text(object, "next")};
    out->items = get_array(arena, object, "items", sizeof *out->items, card_read, &out->n);
    return object && json_is_array(json_object_get(object, "items"));
}

bool reply_certificate_card_read(struct arena *arena, const char *body, size_t len,
                                 struct reply_certificate_card *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *items = json_object_get(object, "items");
    if (items)
        object = json_array_size(items) == 1 ? json_array_get(items, 0) : NULL;
    card_read(arena, object, out);
    return object && *out->last;
}
