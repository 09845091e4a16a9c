/* What every channel fills and one function prices: an order as far as it has been keyed. Strings
 * are the arena's of whoever filled it. */
#pragma once

#include "core/catalogue.h"
#include "core/problem.h"

enum { DRAFT_LINES_MAX = 1000, QTY_MAX = 99999, DRAFT_TYPED_MAX = 500 };

struct draft_line {
    const char *id;  /* the client's, unique in the draft, at most 32 characters */
    const char *sku; /* as keyed */
    int64_t qty;
    bool back_order; /* what is not in stock may come later */
};

struct address {
    const char *name, *line1, *line2, *city, *postcode, *region, *country; /* "" when absent */
};

struct draft_tender {
    const char *kind; /* "balance", "later" */
    int64_t amount;
    const char *ref; /* or NULL */
};

struct order_draft {
    const char *market;
    enum order_type type;
    const char *distributor; /* number, or NULL */
    const char *customer;    /* id, or NULL */
    struct draft_line *lines;
    size_t nlines;
    enum destination destination;
    bool has_address;       /* an address of its own (`address`), else that of the destination */
    int64_t address_choice; /* 1-based: which of the person's addresses; 0 the first */
    struct address address;
    const char *price_list; /* code, or NULL: by date */
    struct date date;       /* pricing date; DATE_MIN: today */
    const char *note;       /* or NULL */
    const char *typed;      /* text not yet entered, or NULL */
};

/* Whether both are the same order: everything but `typed`; an absent text is an empty one. */
bool draft_equal(const struct order_draft *a, const struct order_draft *b);
bool draft_line_equal(const struct draft_line *a, const struct draft_line *b);
/* How many bytes of a text that is not entered yet may be mirrored or journalled: it may be half a
 * card number, so it ends before the first run of 8 or more digits, of any script, be they written
 * in groups or in one piece. At most DRAFT_TYPED_MAX, never within a character. */
size_t draft_typed_safe(const char *typed);

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
};

/* Free stock of one item at the site that ships. */
struct stock_fact {
    uint32_t item; /* index into catalogue.items */
    int64_t free;
};
