/* What a promotion would have done to orders that were placed: each is priced again from its own
 * list and day, once with the promotions that are in force on a day, once with the new one among
 * them (instead of the one of the same code, if there is one). Limits begin unused and are counted
 * along the orders; who needs a coupon of the new one is taken to bring it; stock is not looked at.
 * Nothing is stored, and the same orders give the same figures. */
#pragma once

#include "core/quote.h"

enum { SIMULATION_EXAMPLES = 5, SIMULATION_ORDERS = 1000, SIMULATION_ORDERS_MAX = 5000 };

struct simulation_order {
    const char *number;
    struct order_draft draft; /* with its own list and pricing date */
    struct buyer_facts
        buyer; /* as when it was placed; what is used of promotions is counted here */
    int64_t person, recruiter; /* who buys, and whose new customers count: any numbers */
    /* New customers who had bought enough by then, for each of simulation_asks. */
    const int64_t *recruits;
    size_t nrecruits;
};

struct simulation_sum {
    int64_t goods, discount, delivery, tax, total, cv, pv;
};

/* Orders by another promotion: to which it lost, or which it displaced. */
struct simulation_rival {
    const char *code;
    int64_t orders;
};

struct simulation_example {
    char number[16];
    int64_t before, after; /* to be paid */
};

struct simulation_report {
    int64_t orders, applied, lost, failed; /* the others: it was not for them */
    int64_t unpriced;                      /* an item of theirs is in no list any more: left out */
    int64_t discount, delivery, credit;    /* what the promotion gives */
    int64_t choosers, choices, choices_worth; /* free choices that nobody had made; at most worth */
    struct simulation_sum before, after;
    const struct simulation_rival *lost_to, *displaced; /* by code */
    size_t nlost_to, ndisplaced;
    const int64_t *given; /* pieces that it gave, by index of the item; NULL: none */
    struct simulation_example best[SIMULATION_EXAMPLES], worst[SIMULATION_EXAMPLES];
    size_t nbest, nworst; /* for the buyer; no order is in both */
};

struct simulation;

/* `promotion` as it was read; `day`: the promotions that are in force then. All in the arena, which
 * the catalogue outlives. */
struct simulation *simulation_new(struct arena *arena, const struct catalogue *catalogue,
                                  const struct promotion *promotion, struct date day);
/* The conditions by which its promotions look at new customers; how many. */
size_t simulation_asks(const struct simulation *simulation, const struct condition *const **out);
/* One more order; the oldest first. */
void simulation_add(struct simulation *simulation, const struct simulation_order *order);
const struct simulation_report *simulation_end(struct simulation *simulation);
/* The same as lines of text that fit into 78 columns; how many. The arena's. */
size_t simulation_say(struct arena *arena, enum language language,
                      const struct catalogue *catalogue, const char *code,
                      const struct simulation_report *report, const char *const **out);
