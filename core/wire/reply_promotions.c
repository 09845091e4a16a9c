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

static void coupon_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct coupon_fact *)out =
        (struct coupon_fact){get_text(object, "code"), get_text(object, "promotion")};
}

static void fact_read(struct arena *arena, json_t *object, void *out)
{
    (void)arena;
    *(struct promotion_fact *)out = (struct promotion_fact){
        .promotion = get_text(object, "promotion"),
        .uses_left = get_number_or(object, "uses_left", -1),
        .person_left = get_number_or(object, "person_left", -1),
        .budget_left = money_of(get_number_or(object, "budget_left", -1)),
        .recruits = get_number(object, "recruits"),
    };
}

void reply_buyer_read(struct arena *arena, json_t *object, struct reply_person *person)
{
    person->channel = get_text(object, "channel");
    person->first_order = get_true(object, "first_order");
    person->people = get_texts(arena, object, "people", &person->npeople);
    person->coupons = get_array(arena, object, "coupons", sizeof *person->coupons, coupon_read,
                                &person->ncoupons);
    person->promotions = get_array(arena, object, "promotions", sizeof *person->promotions,
                                   fact_read, &person->npromotions);
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
