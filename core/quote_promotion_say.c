#include "core/quote.h"

#include <assert.h>

static const char *const state_names[] = {"applied", "lost", "failed"};

const char *promotion_state_name(enum promotion_state state)
{
    return state_names[state];
}

static const char *const need_names[NEED_KINDS] = {
    [NEED_none] = "none",
    [NEED_spend] = "spend",
    [NEED_quantity] = "quantity",
    [NEED_order] = "order",
    [NEED_first_order] = "first_order",
    [NEED_party] = "party",
    [NEED_recruits] = "recruits",
    [NEED_pieces] = "pieces",
    [NEED_goods] = "goods",
    [NEED_stock] = "stock",
    [NEED_limit_uses] = "limit_uses",
    [NEED_limit_person] = "limit_person",
    [NEED_limit_budget] = "limit_budget",
};

const char *need_name(enum need_kind need)
{
    return need_names[need];
}

static const char *failed_say(struct arena *arena, enum language language, int exponent,
                              const struct quote_promotion *p)
{
    char actual[MONEY_TEXT], needed[MONEY_TEXT];
    money_format(actual, money_of(p->actual), exponent, true);
    money_format(needed, money_of(p->needed), exponent, true);
    long long has = p->actual, needs = p->needed;
    switch (p->need) {
    case NEED_spend:
        return arena_printf(arena, tr(language, "%s of %s spent on it"), actual, needed);
    case NEED_quantity:
    case NEED_pieces:
        return arena_printf(arena, tr(language, "%lld of %lld pieces"), has, needs);
    case NEED_order:
        return arena_printf(arena, tr(language, "Order of %s, %s needed"), actual, needed);
    case NEED_first_order:
        return tr(language, "Only for the first order");
    case NEED_party:
        return arena_printf(arena, tr(language, "Party of %s, %s needed"), actual, needed);
    case NEED_recruits:
        return arena_printf(arena, tr(language, "%lld of %lld new customers"), has, needs);
    case NEED_goods:
        if (p->picks > p->picked)
            return arena_printf(arena, tr(language, "Choose up to %lld pieces"),
                                (long long)p->picks);
        return tr(language, "Nothing on the order that it could reduce");
    case NEED_stock:
        return tr(language, "Its gift is out of stock");
    case NEED_limit_uses:
        return tr(language, "Used up");
    case NEED_limit_person:
        return tr(language, "This buyer has used it already");
    case NEED_limit_budget:
        return arena_printf(arena, tr(language, "%s of its budget left, %s needed"), actual,
                            needed);
    case NEED_none:
    case NEED_KINDS:
        break;
    }
    assert(!"a need without a sentence");
    return "";
}

/* What it gave, the greatest part of it told. */
static const char *applied_say(struct arena *arena, enum language language, int exponent,
                               const struct quote_promotion *p)
{
    char amount[MONEY_TEXT];
    if (p->picks > p->picked && p->picked == 0)
        return arena_printf(arena, tr(language, "Applied: choose up to %lld pieces"),
                            (long long)p->picks);
    if (p->picks > p->picked)
        return arena_printf(arena, tr(language, "Applied: %lld of %lld pieces chosen"),
                            (long long)p->picked, (long long)p->picks);
    if (p->amount.minor > 0)
        return arena_printf(arena, tr(language, "Applied: %s off"),
                            money_format(amount, p->amount, exponent, true));
    if (p->credit.minor > 0)
        return arena_printf(arena, tr(language, "Applied: %s credit"),
                            money_format(amount, p->credit, exponent, true));
    if (p->delivery.minor > 0)
        return tr(language, "Applied: free delivery");
    return tr(language, "Applied");
}

const char *quote_promotion_say(struct arena *arena, enum language language,
                                const struct quote *quote, const struct quote_promotion *promotion)
{
    int exponent = quote->catalogue->exponent;
    switch (promotion->state) {
    case PROMOTION_applied:
        return applied_say(arena, language, exponent, promotion);
    case PROMOTION_lost:
        return arena_printf(arena, tr(language, "Lost to %s: only one of them counts"),
                            promotion->lost_to->code);
    case PROMOTION_failed:
        return failed_say(arena, language, exponent, promotion);
    }
    assert(!"a promotion without a state");
    return "";
}

const char *quote_hint_say(struct arena *arena, enum language language, const struct quote *quote,
                           const struct quote_hint *hint)
{
    char saves[MONEY_TEXT];
    money_format(saves, hint->saves, quote->catalogue->exponent, true);
    if (hint->picks)
        return arena_printf(arena, tr(language, "Choose %lld: %s, for example, saves %s"),
                            (long long)hint->qty, hint->item->sku, saves);
    return arena_printf(arena, tr(language, "%lld more %s saves %s"), (long long)hint->qty,
                        hint->item->sku, saves);
}
