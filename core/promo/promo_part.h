/* What the parts of core/promo share. Not for others. */
#pragma once

#include "core/promo/promo.h"

/* A priced line of the order. */
struct promo_line {
    struct quote_line *line;
    uint32_t item;      /* index into the catalogue */
    uint32_t slot;      /* of its tax rate */
    int64_t qty, goods; /* goods: by the list */
    int64_t left;       /* amount at the beginning of the lane */
    int64_t reducing;   /* what was taken off that reduces its volumes */
};

/* What a promotion takes off one line. */
struct promo_cut {
    uint32_t line;
    int64_t amount;
};

struct promo_gift {
    const struct promotion *promotion;
    uint32_t item;
    int64_t qty;
    struct money unit, goods; /* by the list, 0 where that has none */
};

/* A promotion that is considered, and what it would give alone. */
struct promo_offer {
    const struct promotion *promotion;
    const struct promotion_fact *fact; /* NULL: nothing was used, nothing earned */
    struct quote_promotion *told;
    int64_t times;   /* how often its requirements are met, as far as that counts */
    int64_t batches; /* of "buy n get m", or sets */
    struct promo_cut *cuts;
    size_t ncuts;
    int64_t discount; /* all its cuts */
    bool waives;      /* the delivery charge */
    struct money credit, gifts;
    const struct promo_gift *gift; /* one for each benefit that is a gift */
    size_t ngifts;
};

struct promo_known {
    const struct promotion_fact *fact;
};

/* One pricing. `lines` in canonical order, in three parts: those that promotions look at (`n`),
 * choices of a promotion (to `nchosen`), and all others (to `nall`), which only tax counts. */
struct promo_run {
    struct arena *arena;
    struct quote *quote;
    const struct buyer_facts *buyer;
    const struct order_draft *draft;
    const struct stock_fact *stock; /* NULL: unknown */
    size_t nstock;
    int64_t *free; /* what the order leaves of the stock; NULL until it is asked for */
    struct promo_line *lines;
    size_t n, nchosen, nall;
    struct rate *slots; /* the different tax rates */
    size_t nslots;
    struct promo_known *facts; /* by code */
    struct promo_gift *gifts;  /* given so far */
    size_t ngifts;
    /* of one lane */
    uint32_t *by_value; /* the first `n` lines by value of a piece, dearest first */
    bool by_value_known;
    /* room for one promotion, by line */
    int64_t *cut, *value, *use, *weights;
    int64_t *pieces; /* in none of its sets yet */
    struct money *parts;
    uint32_t *at;
};

/* a + b, at the ends of the range where it would leave it. */
static inline int64_t promo_sum(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? (a > 0 ? INT64_MAX : INT64_MIN) : sum;
}
/* a x b for what is not negative, at most MONEY_MAX. */
static inline int64_t promo_product(int64_t a, int64_t b)
{
    int64_t product;
    return __builtin_mul_overflow(a, b, &product) || product > MONEY_MAX ? MONEY_MAX : product;
}

/* Certificates are money, and fees are no goods: nothing takes them down. */
static inline bool promo_is_apart(const struct item *item)
{
    return item->kind == ITEM_CERTIFICATE || item->kind == ITEM_FEE;
}

/* core/promo/promo_run.c: lines and facts made ready. */
void promo_run_init(struct promo_run *run);
const struct promotion_fact *promo_run_fact(const struct promo_run *run, const char *code);
/* The first `n` lines by value of a piece, dearest first, ties in canonical order. */
const uint32_t *promo_run_by_value(struct promo_run *run);
int64_t promo_line_value(const struct promo_line *line); /* of a piece, rounded down */
/* Whether the stock has them, after the order's own lines and `run->gifts`. */
bool promo_run_has_stock(struct promo_run *run, const struct promo_gift *gift);

/* core/promo/promo_consider.c: whether the promotion is for this order at all. */
bool promo_considers(const struct promo_run *run, const struct promotion *promotion);
/* The promotion that a coupon of the draft opens; NULL when there is no such coupon. */
const char *promo_coupon_opens(const struct promo_run *run, const char *coupon);

/* core/promo/promo_condition.c: fills `times`, or tells the need. */
bool promo_requires_met(const struct promo_run *run, struct promo_offer *offer);
void promo_need(struct promo_offer *offer, enum need_kind need, const struct item_set *of,
                int64_t actual, int64_t needed);

/* core/promo/promo_benefit.c: what it gives alone; false, and the need told, when that is nothing.
 */
bool promo_gives(struct promo_run *run, struct promo_offer *offer);
/* Shares `total` among the lines run->at[0..n) by run->weights, as cuts. */
void promo_hand_out(struct promo_run *run, int64_t total, size_t n);
/* core/promo/promo_pieces.c: benefits that count pieces. */
bool promo_give_cheapest(struct promo_run *run, const struct benefit *benefit,
                         struct promo_offer *offer);
bool promo_give_set(struct promo_run *run, const struct benefit *benefit,
                    struct promo_offer *offer);
/* core/promo/promo_pick.c: what the buyer chooses. */
const struct benefit *promo_pick_of(const struct promotion *promotion,
                                    const struct promo_line *line);
bool promo_is_pick_of(const struct promo_line *line, const struct promotion *promotion,
                      const struct benefit *benefit);
int64_t promo_pick_max(const struct benefit *benefit, int64_t times); /* pieces */
bool promo_give_pick(struct promo_run *run, const struct benefit *benefit,
                     struct promo_offer *offer);

/* core/promo/promo_search.c: which of a lane's candidates, by priority and code, are taken. Bits by
 * index; false when there were too many combinations to try all. */
enum { PROMO_WORD = 64 };
static inline bool promo_bit(const uint64_t *bits, size_t i)
{
    return bits[i / PROMO_WORD] >> (i % PROMO_WORD) & 1;
}
struct promo_choice {
    uint64_t *taken;     /* by index of the candidate */
    uint64_t **excludes; /* by index: those that do not go with it */
    bool bounded;
};
void promo_search(struct promo_run *run, struct promo_offer *const *candidates, size_t n,
                  struct promo_choice *out);
/* core/promo/promo_pay.c: what is left to pay after the promotions of a set. In which order they
 * take from a line does not change what is left of it, so those that are in every set (`always`)
 * are taken once. */
struct promo_payment {
    struct promo_run *run;
    struct promo_offer *const *candidates;
    size_t *varying; /* candidates that are in some sets only */
    size_t nvarying;
    int64_t *base; /* by line, after those that are in all */
    bool waived;
};
void promo_payment_init(struct promo_payment *payment, struct promo_run *run,
                        struct promo_offer *const *candidates, size_t n, const uint64_t *always);
int64_t promo_pay(const struct promo_payment *payment, const uint64_t *set);
/* All that it gives alone: discount, delivery charge, gifts by the list, credit. */
int64_t promo_worth(const struct promo_run *run, const struct promo_offer *offer);

/* core/promo/promo_check.c: coupons and choices that come to nothing. */
void promo_check(const struct promo_run *run);
/* core/promo/promo_take.c: the candidates that are taken lower the lines; what each gave is told.
 */
void promo_take(struct promo_run *run, struct promo_offer *offer);
/* After the last lane: steps of the price, volumes, lines of the gifts. */
void promo_finish(struct promo_run *run);
