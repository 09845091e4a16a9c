/* Random promotions on the catalogues and drafts of random_order.h, of every kind and most often
 * such that something comes of them, with the facts and coupons that they look at. */
#pragma once

#include "tests/core/random_order.h"

enum { RANDOM_PROMOTIONS = 20, RANDOM_PARTS = 3 };

struct random_promotions {
    struct promotion all[RANDOM_PROMOTIONS];
    size_t n;
    uint64_t bits[RANDOM_PROMOTIONS * 12];
    size_t nbits;
    struct condition conditions[RANDOM_PROMOTIONS * 4];
    struct requirement requirements[RANDOM_PROMOTIONS][2];
    struct benefit benefits[RANDOM_PROMOTIONS][2];
    struct set_part parts[RANDOM_PROMOTIONS][2][RANDOM_PARTS];
    size_t nconditions;
    struct promotion_fact facts[RANDOM_PROMOTIONS];
    struct coupon_fact coupons[4];
    const char *codes[4];
};

static const char *const random_promotion_codes[RANDOM_PROMOTIONS] = {
    "K", "B", "T", "A", "S", "C", "R", "D", "Q", "E",
    "P", "F", "O", "G", "N", "H", "M", "I", "L", "J",
};

static inline struct item_set random_set(struct random_promotions *r, uint64_t *state)
{
    struct item_set set = {0};
    if (random_chance(state, 25))
        return set;
    uint64_t *bits = &r->bits[r->nbits++];
    *bits = random_next(state);
    if (random_chance(state, 50))
        *bits &= random_next(state);
    set.bits = bits;
    return set;
}

static inline struct money random_threshold(uint64_t *state)
{
    return money_of(1 + (int64_t)random_below(state, random_chance(state, 60) ? 20000 : 200000));
}

static inline struct condition random_condition(struct random_promotions *r, uint64_t *state)
{
    struct condition c = {.kind = (enum condition_kind)random_below(state, CONDITION_KINDS)};
    if (random_chance(state, 40))
        c.kind = (enum condition_kind)random_below(state, CONDITION_first_order);
    c.of = random_set(r, state);
    c.amount = random_threshold(state);
    c.count = 1 + (int64_t)random_below(state, 6);
    return c;
}

static inline void random_requirements(struct random_promotions *r, size_t i, uint64_t *state)
{
    struct promotion *p = &r->all[i];
    p->requires = r->requirements[i];
    p->nrequires = random_chance(state, 55) ? 1 : random_chance(state, 30) ? 2 : 0;
    for (size_t k = 0; k < p->nrequires; k++) {
        size_t n = random_chance(state, 30) ? 2 : 1;
        r->requirements[i][k] = (struct requirement){&r->conditions[r->nconditions], n};
        for (size_t c = 0; c < n; c++)
            r->conditions[r->nconditions++] = random_condition(r, state);
    }
}

static inline struct benefit random_benefit(struct random_promotions *r, size_t i, size_t k,
                                            uint64_t *state)
{
    struct benefit b = {.kind = (enum benefit_kind)random_below(state, BENEFIT_KINDS),
                        .of = random_set(r, state),
                        .rate = {1 + (int64_t)random_below(state, 1000000)},
                        .at_price = random_chance(state, 30),
                        .amount = money_of(1 + (int64_t)random_below(state, 20000)),
                        .buy = 1 + (int64_t)random_below(state, 3),
                        .get = 1 + (int64_t)random_below(state, 2),
                        .item = (uint32_t)random_below(state, RANDOM_ITEMS),
                        .parts = r->parts[i][k]};
    if (random_chance(state, 30))
        b.rate.ppm = 1000000;
    b.nparts = b.kind == BENEFIT_set ? 1 + random_below(state, RANDOM_PARTS) : 0;
    for (size_t p = 0; p < b.nparts; p++)
        r->parts[i][k][p] =
            (struct set_part){1 + (int64_t)random_below(state, 3), random_set(r, state)};
    return b;
}

/* How it stands to others, and how often it is given. */
static inline void random_frame(struct promotion *p, uint64_t *state)
{
    static const char *const tags[] = {"X", "Y", "Z"};
    static const char *const people[] = {"VIP", "STAFF"};
    p->lane = random_chance(state, 60) ? LANE_default : (enum lane)random_below(state, LANES);
    p->priority = (int)random_below(state, 3) - 1;
    p->exclusive = random_chance(state, 8);
    p->tags = &tags[random_below(state, 2)];
    p->ntags = random_chance(state, 40) ? 1 + random_below(state, 2) : 0;
    p->times = random_chance(state, 50) ? 1 : (int64_t)random_below(state, 4);
    p->on_reduced = random_chance(state, 15);
    p->keeps_volumes = random_chance(state, 15);
    p->types = random_chance(state, 90) ? 0 : 1U << random_below(state, ORDER_TYPES);
    p->channels = random_chance(state, 90) ? 0 : 3U;
    p->ranks = random_chance(state, 90) ? 0 : random_below(state, 64);
    p->people = people;
    p->npeople = random_chance(state, 92) ? 0 : 1 + random_below(state, 2);
    random_span(state, &p->from, &p->to);
}

static inline void random_limits(struct random_promotions *r, size_t i, uint64_t *state)
{
    struct promotion *p = &r->all[i];
    struct promotion_fact *f = &r->facts[i];
    p->limit_uses = random_chance(state, 85) ? 0 : 5;
    p->limit_person = random_chance(state, 90) ? 0 : 1;
    p->limit_budget = random_chance(state, 85) ? money_of(0) : random_threshold(state);
    *f = (struct promotion_fact){.promotion = p->code,
                                 .uses_left = (int64_t)random_below(state, 3) - 1,
                                 .person_left = (int64_t)random_below(state, 3) - 1,
                                 .budget_left = money_of(-1),
                                 .recruits = (int64_t)random_below(state, 5)};
    if (random_chance(state, 50))
        f->budget_left = random_threshold(state);
}

/* Pairs of which one counts, for nearly everybody: too many combinations to try all. */
static inline void random_pairs(struct random_promotions *r, uint64_t *state)
{
    static const char *const tags[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    for (size_t i = 0; i < r->n; i++) {
        struct promotion *p = &r->all[i];
        p->lane = LANE_default;
        p->tags = &tags[i / 2];
        p->ntags = 1;
        p->exclusive = p->needs_coupon = false;
        p->nrequires = p->npeople = 0;
        p->types = p->channels = 0;
        p->ranks = 0;
        p->limit_uses = p->limit_person = 0;
        p->limit_budget = money_of(0);
        r->benefits[i][0].kind = random_chance(state, 50) ? BENEFIT_percent : BENEFIT_amount;
        r->benefits[i][0].of.bits = NULL;
    }
}

/* Promotions for the catalogue and draft of `order`, to which coupons and choices are added. */
static inline void random_promotions(struct random_promotions *r, struct random_order *order,
                                     uint64_t *state)
{
    static const char *const groups[] = {"STAFF"};
    memset(r, 0, sizeof *r);
    r->n = random_below(state, random_chance(state, 90) ? 8 : RANDOM_PROMOTIONS + 1);
    for (size_t i = 0; i < r->n; i++) {
        struct promotion *p = &r->all[i];
        *p = (struct promotion){.code = random_promotion_codes[i], .version = 1};
        random_frame(p, state);
        random_limits(r, i, state);
        random_requirements(r, i, state);
        p->needs_coupon = random_chance(state, 8);
        p->benefits = r->benefits[i];
        p->nbenefits = random_chance(state, 75) ? 1 : 2;
        for (size_t k = 0; k < p->nbenefits; k++)
            r->benefits[i][k] = random_benefit(r, i, k, state);
    }
    if (r->n == RANDOM_PROMOTIONS)
        random_pairs(r, state);
    order->catalogue.promotions = r->all;
    order->catalogue.npromotions = r->n;
    order->buyer.promotions = r->facts;
    order->buyer.npromotions = r->n;
    order->buyer.people = groups;
    order->buyer.npeople = random_chance(state, 30);
    order->buyer.channel = (enum channel)random_below(state, CHANNELS);
    order->buyer.first_order = random_chance(state, 20);
    order->buyer.has_party = random_chance(state, 30);
    order->buyer.party_total = money_of((int64_t)random_below(state, 50000));
    order->buyer.coupons = r->coupons;
    order->buyer.ncoupons = 0;
    order->draft.coupons = r->codes;
    order->draft.ncoupons = random_below(state, 3);
    for (size_t i = 0; i < order->draft.ncoupons; i++) {
        r->codes[i] = i ? "TWO" : "ONE";
        if (random_chance(state, 80))
            r->coupons[order->buyer.ncoupons++] = (struct coupon_fact){
                r->codes[i], random_below(state, 9)
                                 ? random_promotion_codes[random_below(state, RANDOM_PROMOTIONS)]
                                 : "GONE"};
    }
    for (size_t i = 0; i < order->draft.nlines; i++)
        if (r->n && random_chance(state, 20))
            order->lines[i].picks = random_promotion_codes[random_below(state, r->n)];
}
