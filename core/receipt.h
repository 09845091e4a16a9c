/* Receipts of a counter, and the X and Z reports of its shifts, laid out for a printer of 42
 * columns (core/paper.h) in the reader's language. Amounts are minor units; names are data. */
#pragma once

#include "core/money.h"
#include "core/paper.h"
#include "core/tr.h"

struct receipt_line {
    const char *sku, *name;
    int64_t qty;
    struct money unit, discount, amount; /* amount: after the discount */
};
struct receipt_tax {
    int64_t ppm;
    struct money goods, tax;
};
struct receipt_tender {
    const char *kind;                     /* "cash" */
    struct money amount, given, refunded; /* given: of cash; 0: exactly the amount */
};

/* What came back for it, of an exchange, and the money that went back with that. */
struct receipt_exchange {
    const char *number, *of; /* the return's, the order's */
    struct receipt_line *lines;
    size_t nlines;
    struct receipt_tender *given; /* kind and amount */
    size_t ngiven;
};

struct receipt {
    const char *company, *site, *till, *seller; /* till: NULL: not sold at a counter */
    const char *number, *at;                    /* of the order; "2025-11-22 12:05" */
    const char *buyer;                          /* "1047296 JONES, Sarah"; NULL: nobody says */
    const char *currency;
    int exponent;
    bool tax_included, is_void, is_copy;
    struct receipt_line *lines;
    size_t nlines;
    struct money goods, discount, delivery, tax_added, total, due;
    struct receipt_tax *taxes;
    size_t ntaxes;
    struct receipt_tender *tenders;
    size_t ntenders;
    const struct receipt_exchange *exchange; /* or NULL */
    const char *link;                        /* where the rest is paid, or NULL */
};
void receipt_write(struct paper *paper, enum language language, const struct receipt *receipt);

/* A count and its sum. */
struct report_sum {
    int64_t count;
    struct money total;
};
struct report_tender {
    const char *kind;
    int64_t count;
    struct money amount, given_back;
    bool is_hidden; /* the count only */
};
struct report_move {
    bool is_in;
    struct money amount;
    const char *reason;
};
struct report {
    const char *company, *site, *till, *seller;
    const char *opened, *at; /* at: when it was closed, or is asked for */
    int64_t z;               /* 0: an X report */
    const char *currency;
    int exponent;
    bool is_blind; /* what tells how much should be in the drawer is left out */
    struct report_sum sales, voids, returns, pickups, waiting;
    struct report_tender *tenders;
    size_t ntenders;
    struct receipt_tax *taxes;
    size_t ntaxes;
    struct report_move *moves;
    size_t nmoves;
    struct money change_fund, cash_taken, cash_given_back, pay_in, pay_out, expected;
    struct money counted, difference; /* of a Z report */
    const char *note;
};
void report_write(struct paper *paper, enum language language, const struct report *report);
