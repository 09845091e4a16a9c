#include "core/wire/reply_part.h"

static void share_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct reply_share *)out =
        (struct reply_share){get_text(object, "promotion"), get_number(object, "amount")};
}

void reply_shares_read(struct arena *arena, json_t *object, struct reply_line *line)
{
    line->gift_of = get_text(object, "gift_of");
    line->picks = get_text(object, "picks");
    line->shares =
        get_array(arena, object, "shares", sizeof *line->shares, share_read, &line->nshares);
}

static void promotion_read_one(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    const json_t *needs = json_object_get(object, "needs");
    *(struct reply_promotion *)out = (struct reply_promotion){
        .id = get_text(object, "id"),
        .name = get_text(object, "name"),
        .state = get_text(object, "state"),
        .say = get_text(object, "say"),
        .lost_to = get_text(object, "lost_to"),
        .need = get_text(needs, "kind"),
        .actual = get_number(needs, "actual"),
        .needed = get_number(needs, "needed"),
        .amount = get_number(object, "amount"),
        .delivery = get_number(object, "delivery"),
        .credit = get_number(object, "credit"),
        .times = get_number(object, "times"),
        .picks = get_number(object, "picks"),
        .picked = get_number(object, "picked"),
    };
}

void reply_promotions_read(struct arena *arena, json_t *object, struct reply_quote *out)
{
    const json_t *hint = json_object_get(object, "hint");
    out->promotions = get_array(arena, object, "promotions", sizeof *out->promotions,
                                promotion_read_one, &out->npromotions);
    out->hint = (struct reply_hint){
        .promotion = get_text(hint, "promotion"),
        .sku = get_text(hint, "sku"),
        .name = get_text(hint, "name"),
        .say = get_text(hint, "say"),
        .qty = get_number(hint, "qty"),
        .saves = get_number(hint, "saves"),
        .picks = get_true(hint, "picks"),
    };
    out->credit = get_number(object, "credit");
    out->search_bounded = strcmp(get_text(object, "search"), "bounded") == 0;
}
