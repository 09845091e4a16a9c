/* What each language brings to the sentences of a promotion (promotion_say.c): phrases with
 * {parameters}. Not for others.
 *   {set}     "Kitchenware and Textiles except Knives"   {item}     "Pencil"
 *   {pieces}  "any 2 of Knives", "2 x Tea towel"         {parts}    pieces, with "and" between
 *   {amount}, {rate} "25%", {n}, {get}, {all}, {days}, {list}, {from}, {to}, {day}, {month}, {year}
 */
#pragma once

#include "core/promo/promotion.h"
#include "core/text.h"

enum phrase {
    /* what is asked */
    PHRASE_spend,
    PHRASE_spend_all, /* on everything */
    PHRASE_quantity,
    PHRASE_order,
    PHRASE_first_order,
    PHRASE_party,
    PHRASE_recruit,
    PHRASE_recruits,
    /* what is given */
    PHRASE_percent,
    PHRASE_percent_all, /* off the order */
    PHRASE_amount,
    PHRASE_amount_all,
    PHRASE_pick_free,
    PHRASE_pick_rate,
    PHRASE_pick_price,
    PHRASE_cheapest_free, /* of {pieces}, {all} of {set}, the one cheapest */
    PHRASE_cheapest_rate,
    PHRASE_cheapest_n_free, /* the {get} cheapest */
    PHRASE_cheapest_n_rate,
    PHRASE_same_free, /* of {pieces} of one item {get} */
    PHRASE_same_rate,
    PHRASE_set,
    PHRASE_delivery,
    PHRASE_gift,
    PHRASE_gifts,
    PHRASE_credit,
    /* items */
    PHRASE_everything,
    PHRASE_any_one,  /* of everything */
    PHRASE_any_item, /* {n} of everything */
    PHRASE_any,      /* {n} of {set} */
    PHRASE_of_item,  /* {n} of one item */
    PHRASE_and_more, /* {n} that are not named */
    PHRASE_except,   /* {list}: behind what is meant */
    /* between */
    PHRASE_comma,    /* the parts of a list */
    PHRASE_and,      /* the last two */
    PHRASE_or,       /* conditions */
    PHRASE_also,     /* requirements */
    PHRASE_then,     /* one condition and what it gives */
    PHRASE_then_all, /* several */
    PHRASE_and_get,  /* benefits */
    PHRASE_part,     /* what is said of for whom, when and how often */
    PHRASE_end,      /* of a sentence that has none */
    PHRASE_gap,      /* sentences */
    /* for whom, when and how often: parts of one sentence */
    PHRASE_types,
    PHRASE_channels,
    PHRASE_ranks,
    PHRASE_people,
    PHRASE_coupon,
    PHRASE_date,
    PHRASE_dates,
    PHRASE_dates_from,
    PHRASE_dates_to,
    PHRASE_once,
    PHRASE_per_person,
    PHRASE_first_orders,
    PHRASE_budget,
    /* sentences */
    PHRASE_each,
    PHRASE_up_to,
    PHRASE_on_reduced,
    PHRASE_keeps_volumes,
    PHRASE_pre,
    PHRASE_post,
    PHRASE_exclusive,
    PHRASE_tags,
    PHRASES
};

struct promotion_voice {
    const char *phrases[PHRASES];
    const char *channels[CHANNELS]; /* with "or" between */
    const char *types[ORDER_TYPES]; /* NULL: by its title */
    const char *months[12];
    bool has_capitals; /* at the beginning of a sentence */
};

extern const struct promotion_voice promotion_en, promotion_de, promotion_zh_CN;

/* A text on its way. */
struct saying {
    struct text text;
    const struct promotion_voice *voice;
    const struct catalogue *catalogue;
    enum language language;
};

/* What the parameters of a phrase are. Those of text are said before. */
struct values {
    const char *amount, *rate, *set, *pieces, *parts, *item, *list, *from, *to, *month;
    int64_t n, get, all, days, day, year;
};

/* ---- promotion_phrase.c ------------------------------------------------------------------------
 */
void phrase_add(struct saying *s, struct text *out, enum phrase phrase,
                const struct values *values);
void phrase_say(struct saying *s, enum phrase phrase, const struct values *values);
void word_say(struct saying *s, enum phrase phrase); /* one without parameters */
const char *amount_text(struct saying *s, struct money amount);
/* What separates the name at `i` of `n` from the one before it. */
const char *list_between(const struct saying *s, size_t i, size_t n);
const char *codes_text(struct saying *s, const char *const *codes, size_t n);
const char *item_name(const struct catalogue *catalogue, const char *sku);
bool item_set_is_one(const struct item_set *set); /* a SKU */
bool item_set_is_all(const struct item_set *set); /* everything, without exceptions */
/* "Kitchenware, Saucepan and 14 more except Knives"; "any 2 of Knives", "2 x Tea towel" */
const char *set_text(struct saying *s, const struct item_set *set);
const char *pieces_text(struct saying *s, int64_t n, const struct item_set *set);
