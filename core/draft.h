/* What every channel fills and one function prices: an order as far as it has been keyed. Strings
 * are the arena's of whoever filled it. */
#pragma once

#include "core/catalogue.h"
#include "core/problem.h"
#include "core/promo/promotion.h"

enum { DRAFT_LINES_MAX = 1000, QTY_MAX = 99999, DRAFT_TYPED_MAX = 500 };

struct draft_line {
    const char *id;  /* the client's, unique in the draft, at most 32 characters */
    const char *sku; /* as keyed */
    int64_t qty;
    bool back_order;   /* what is not in stock may come later */
    const char *picks; /* the promotion of which the buyer chose this, or NULL: bought */
    /* Of a kit, in the order of its slots, a blank between: SKUs, or the numbers of options as they
     * were keyed. NULL: none. */
    const char *choices;
    int64_t value; /* of each gift certificate, in minor units; 0: none said */
};

struct address {
    const char *name, *line1, *line2, *city, *postcode, *region, *country; /* "" when absent */
};

struct draft_tender {
    const char *kind; /* "balance", "later" */
    int64_t amount;
    const char *ref; /* or NULL */
    int64_t given;   /* cash: what was handed over, more of it is change; 0: exactly the amount */
};

/* Of a draft that is no new order: which one it changes, and the version of it that was read. */
struct draft_changes {
    const char *order;   /* the number of a placed order, or NULL */
    const char *version; /* or NULL */
};

struct order_draft {
    const char *market;
    enum order_type type;
    const char *distributor; /* number, or NULL */
    const char *customer;    /* id, or NULL */
    struct draft_line *lines;
    size_t nlines;
    enum destination destination;
    const char *method;     /* of delivery: "express"; NULL: standard */
    bool has_address;       /* an address of its own (`address`), else that of the destination */
    int64_t address_choice; /* 1-based: which of the person's addresses; 0 the first */
    struct address address;
    bool at_counter;            /* sold at a till: taken along at once */
    const char *price_list;     /* code, or NULL: by date */
    struct date date;           /* pricing date; DATE_MIN: today */
    const char *const *coupons; /* codes as given */
    size_t ncoupons;
    const char *note;  /* or NULL */
    const char *typed; /* text not yet entered, or NULL */
    /* How it is going to be paid, as far as that is chosen; nothing is charged for it. An amount of
     * 0: as much as it can; cash: what was handed over. */
    const struct draft_tender *paying;
    size_t npaying;
    struct draft_changes changes;
};

/* Whether both are the same order: everything but `typed` and `paying`; an absent text is an empty
 * one. */
bool draft_equal(const struct order_draft *a, const struct order_draft *b);
/* Whether the same was chosen to pay them. */
bool draft_paid_alike(const struct order_draft *a, const struct order_draft *b);
bool draft_line_equal(const struct draft_line *a, const struct draft_line *b);
/* Whether both go to the same place in the same way. */
bool draft_ships_as(const struct order_draft *a, const struct order_draft *b);
/* How many bytes of a text that is not entered yet may be mirrored or journalled: it may be half a
 * card number, so it ends before the first run of 8 or more digits, of any script, be they written
 * in groups or in one piece. At most DRAFT_TYPED_MAX, never within a character. */
size_t draft_typed_safe(const char *typed);

/* A code of the draft that is known, and the promotion it opens. */
struct coupon_fact {
    const char *code, *promotion;
};

/* What has been used of a promotion, and what has been earned across orders: of those that have
 * limits or look at recruits. -1: no such limit. */
struct promotion_fact {
    const char *promotion; /* its code */
    int64_t uses_left, person_left;
    struct money budget_left;
    int64_t recruits; /* new customers who bought enough in time and were not rewarded yet */
};

/* What the buyer and the day bring to the price: loaded with the quote. */
struct buyer_facts {
    const char *distributor; /* number; NULL when there is no such distributor */
    const char *name, *status, *market;
    int rank;
    bool may_order;          /* status allows ordering */
    const char *customer;    /* id; NULL when there is no such customer */
    const char *customer_of; /* number of the customer's distributor, or NULL */
    bool has_ship_to;        /* the destination's address was found */
    struct address ship_to;
    struct money balance; /* of the account that pays: the distributor's */
    struct date today;    /* business date in the market's zone */
    enum channel channel;
    bool first_order;          /* the buyer (customer, else distributor) has none that counts */
    const char *const *people; /* groups of people that the buyer is in */
    size_t npeople;
    const struct coupon_fact *coupons;
    size_t ncoupons;
    const struct promotion_fact *promotions; /* in no order */
    size_t npromotions;
    bool has_party;
    struct money party_total; /* of the other orders of the draft's party */
};

/* Free stock of one item at the site that ships. */
struct stock_fact {
    uint32_t item; /* index into catalogue.items */
    int64_t free;
};
