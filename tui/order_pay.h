/* How an order is paid: tenders that were chosen in the review, what the buyer could pay with, and
 * what comes of both. What they leave goes to the buyer's stored card, if there is a default one
 * and nothing else was said, else it is due later. */
#pragma once

#include "core/tender.h"
#include "core/wire/reply_around.h"

enum { PAY_PICKS = 8, PAY_REF = 24, PAY_WHOSE = 64 };

/* A tender that was chosen; undone with the rest of the order. */
struct pay_pick {
    enum tender_kind kind;
    int64_t amount, most; /* see tender_pick; the balance's and the credit's `most` are not kept */
    char ref[PAY_REF];    /* certificate: digits; token: the card's id */
    bool kept;            /* it was chosen before the order was parked: it is looked up again */
    bool gone;            /* and is worth nothing by now */
};
struct order_paying {
    struct pay_pick picks[PAY_PICKS];
    size_t n;
    bool later; /* what they leave is due, card or not */
};

/* What there is to pay with, asked for when the review opens. */
struct order_means {
    struct arena *arena; /* of the reply; NULL: not known */
    struct reply_means reply;
    char whose[PAY_WHOSE]; /* the query it was asked with */
    bool waiting;
    /* certificates that are looked up, one after the other */
    struct pay_pick looks[PAY_PICKS];
    size_t nlooks;
};

struct order;
void order_means_ask(struct order *order);
void order_means_release(struct order_means *means);
/* Nothing is asked that placing must wait for. */
bool order_pay_is_ready(const struct order *order);

/* Chooses a tender; one of the same kind and reference is replaced. `amount` 0: as much as it can.
 * False: it has nothing, or there are too many. */
bool order_pay_with(struct order *order, enum tender_kind kind, int64_t amount, const char *ref);
/* A certificate, by its number or its last six digits: taken when it is found, ORDER_PAY_FOUND.
 * False: too many at once. */
bool order_pay_certificate(struct order *order, const char *digits, int64_t amount);
/* What is chosen goes with the draft when it is left, and is there again when it is recalled; cash
 * at a till only. Nothing is charged by either. `out` has room for PAY_PICKS. */
size_t order_pay_kept(const struct order *order, struct draft_tender out[PAY_PICKS]);
void order_pay_recall(struct order *order, const struct order_draft *stored);
bool order_pay_same(const struct order_paying *a, const struct order_paying *b);
/* Of what is chosen, how much pays nothing any more; a short text for each is added to `text`,
 * which may be NULL, commas between and, if there was something before, in front. */
struct text;
size_t order_pay_gone(const struct order *order, struct text *text);
/* A change of a placed order takes the balance only. */
bool order_only_balance(const struct order *order);
/* All of it is due later. */
void order_pay_later(struct order *order);

/* The tenders as they would be sent now, for the total that is frozen. */
size_t order_pay_plan(const struct order *order, struct draft_tender out[PAY_PICKS + 1]);
/* The same for a total that is shown, but not confirmed yet. */
size_t order_pay_plan_of(const struct order *order, int64_t to_pay,
                         struct draft_tender out[PAY_PICKS + 1]);
/* What they pay together. */
int64_t order_pays(const struct order *order);
/* A sale that cannot be made as it is: it is not paid in full, or its total is another than the
 * buyer was told. */
bool order_sale_waits(const struct order *order);
/* What a balance or credit could pay at most. */
int64_t order_holds(const struct order *order, enum tender_kind kind);
/* The stored card with that id, or (0) the default one; NULL. `number` counts from 1. */
const struct reply_card *order_card(const struct order *order, const char *id);
const struct reply_card *order_card_number(const struct order *order, int number);
