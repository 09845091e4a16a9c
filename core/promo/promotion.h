/* A promotion: when (requirements) -> give (benefits), for whom, from when to when, how often, and
 * how it stands to others. Company data: written as a short text that a business person can read
 * (partyline-promotion(5)), kept with its versions, and turned into this structure once for each
 * snapshot of the catalogue. Nothing here knows of one promotion in particular. */
#pragma once

#include "core/catalogue.h"
#include "core/tr.h"

/* Lanes follow one another: each starts from the amounts that the one before has left. */
enum lane { LANE_pre, LANE_default, LANE_post, LANES };

enum channel {
    CHANNEL_call,
    CHANNEL_showroom,
    CHANNEL_web,
    CHANNEL_sms,
    CHANNEL_voice,
    CHANNEL_paper,
    CHANNEL_autosave,
    CHANNELS
};

/* Which items are meant. Everything when `groups` and `skus` are both empty. */
struct item_set {
    const char *const *groups, *const *skus;               /* as written: codes of groups, SKUs */
    const char *const *except_groups, *const *except_skus; /* taken out again */
    size_t ngroups, nskus, nexcept_groups, nexcept_skus;
    const uint64_t *bits; /* by index of the item; NULL: every item */
};

enum condition_kind {
    CONDITION_spend,       /* `amount` on `of` */
    CONDITION_quantity,    /* `count` pieces of `of` */
    CONDITION_order,       /* order value of `amount` */
    CONDITION_first_order, /* the buyer's first */
    CONDITION_party,       /* the party's total with this order: `amount` */
    CONDITION_recruits,    /* `count` new customers who bought for `amount` within `days` */
    CONDITION_KINDS
};

struct condition {
    enum condition_kind kind;
    struct item_set of;
    struct money amount;
    int64_t count;
    int days;
};

/* One of the conditions must hold; of a promotion's requirements all must. */
struct requirement {
    const struct condition *any;
    size_t nany;
};

enum benefit_kind {
    BENEFIT_percent, /* `rate` off `of`; everything: off the order */
    BENEFIT_amount,  /* `amount` off `of` */
    BENEFIT_pick, /* the buyer chooses `get` pieces of `of`, at `rate` off or for `amount` each */
    BENEFIT_cheapest, /* of every `buy` + `get` pieces of `of` the `get` cheapest at `rate` off */
    BENEFIT_set,      /* `parts` together for `amount` */
    BENEFIT_delivery, /* no delivery charge */
    BENEFIT_gift,     /* `get` pieces of `item`, added to the order */
    BENEFIT_credit,   /* `amount` onto the buyer's account */
    BENEFIT_KINDS
};

struct set_part {
    int64_t count;
    struct item_set of;
};

struct benefit {
    enum benefit_kind kind;
    struct item_set of;
    struct rate rate; /* 1,000,000: free */
    bool at_price;    /* pick: for `amount` each, instead of `rate` off */
    struct money amount;
    int64_t buy, get;
    const char *sku; /* of the gift */
    uint32_t item;   /* its index */
    const struct set_part *parts;
    size_t nparts;
};

struct promotion_text {
    enum language language;
    const char *text;
};

struct promotion {
    const char *code;                   /* "KNIVES-2": what people call it, unique in the company */
    int64_t version;                    /* of its text, from 1 */
    const struct promotion_text *names; /* the first one where a language has none */
    size_t nnames;
    struct date from, to; /* from <= pricing date < to */
    unsigned types;       /* 1u << enum order_type; who it is for: 0 is everybody, in all five */
    unsigned channels;    /* 1u << enum channel */
    uint64_t ranks;       /* 1u << rank */
    const char *const *people; /* codes of groups of people: a member of one of them */
    size_t npeople;
    bool needs_coupon; /* the codes are kept apart: there may be thousands */
    enum lane lane;
    int priority;            /* the greater goes first where amounts tie */
    bool exclusive;          /* alone in its lane */
    const char *const *tags; /* not together with another of the same tag in its lane */
    size_t ntags;
    int64_t limit_uses, limit_person; /* orders; 0: no limit */
    struct money limit_budget;        /* 0: no limit */
    int64_t
        times; /* how often its benefits are given for a multiple of what is required: 1; 0: each */
    bool on_reduced;    /* requirements look at reduced amounts, not at the list's */
    bool keeps_volumes; /* CV and PV stay as they are, not in proportion to what is paid */
    const struct requirement *requires;
    size_t nrequires;
    const struct benefit *benefits;
    size_t nbenefits;
};

/* A mistake in the text of a promotion: where, and what to do instead. */
struct promotion_mistake {
    int line, column;    /* from 1; column in characters */
    const char *say;     /* English words for tr(), whole, with {word} and {instead} in them */
    const char *word;    /* what stands there; "" at the end of a line */
    const char *instead; /* what may have been meant, or what there is; "" when unknown */
};
enum { PROMOTION_MISTAKES = 20, PROMOTION_TEXT_MAX = 8000 };
/* Characters of a code (of a promotion, a tag, a group of people) and of a name; pieces, times and
 * orders; and amounts, in minor units. */
enum { PROMOTION_CODE_MAX = 24, PROMOTION_NAME_MAX = 80 };
#define PROMOTION_COUNT_MAX INT64_C(99999)
#define PROMOTION_ORDERS_MAX INT64_C(1000000000)
#define PROMOTION_AMOUNT_MAX INT64_C(1000000000000)

/* Reads one promotion; every mistake is told, up to PROMOTION_MISTAKES, in the order of the lines.
 * The result is the arena's and holds to the catalogue, whose items and groups it names; its
 * version is 1 until the caller knows better. False, with an empty result, when there was a
 * mistake. */
bool promotion_read(struct arena *arena, const struct catalogue *catalogue, const char *text,
                    size_t len, struct promotion *out, struct promotion_mistake *mistakes,
                    size_t *nmistakes) MUST_CHECK;
/* "There is no item 41108. Was 41109 meant?" Without the place. */
const char *promotion_mistake_say(struct arena *arena, enum language language,
                                  const struct promotion_mistake *mistake);
/* The same text in its one regular form: read again, it gives the same promotion. */
const char *promotion_write(struct arena *arena, const struct catalogue *catalogue,
                            const struct promotion *promotion);
/* "Buy 100.00 of Kitchenware and choose 2 of Knives free. From 1 September 2025, once for each
 * customer.": what it asks and gives, for whom, when and how often. */
const char *promotion_say(struct arena *arena, enum language language,
                          const struct catalogue *catalogue, const struct promotion *promotion);
const char *promotion_name(const struct promotion *promotion, enum language language);
/* The condition by which it looks at new customers, or NULL. */
const struct condition *promotion_recruits_condition(const struct promotion *promotion);

bool item_set_has(const struct item_set *set, uint32_t item);
/* Fills `bits` from what is written. */
void item_set_resolve(struct arena *arena, const struct catalogue *catalogue, struct item_set *set);

/* The published names: "call", "default", "spend". The _by_name give the count when unknown. */
const char *lane_name(enum lane lane);
enum lane lane_by_name(const char *name);
const char *channel_name(enum channel channel);
enum channel channel_by_name(const char *name);
const char *condition_kind_name(enum condition_kind kind);
const char *benefit_kind_name(enum benefit_kind kind);
