/* What the server says of tills: the shifts at them, what these have come to, and receipts. As the
 * other replies (reply.h): leniently read, strings are the arena's. */
#pragma once

#include "core/wire/reply.h"

struct reply_shift {
    const char *id, *till, *till_name, *market, *currency, *login, *name, *state;
    const char *opened_at, *closed_at;
    int exponent;
    int64_t opening; /* the float: what lay in the drawer when it began */
    int64_t sales;
    int64_t drawer; /* what should lie in it; -1: not told to whoever counts it */
    bool blind;
    const char *walk_in_of,
        *walk_in; /* who buys when nobody says who it is: distributor, customer */
};

struct reply_till {
    const char *code, *name, *market, *currency, *site;
    int exponent;
    bool is_open; /* there is a shift at it, of `login`, `who`, since then */
    const char *shift, *login, *who, *opened_at;
};

struct reply_banking {
    const char *id, *currency, *bag, *day, *name;
    bool is_fetched; /* change that came from the bank */
    int exponent;
    int64_t amount;
};

struct reply_bankings {
    struct reply_banking *items;
    size_t n;
    const char *currency; /* of that market's safe, and what it holds */
    int exponent;
    int64_t held;
};

struct reply_tills {
    struct reply_till *items;
    size_t n;
};

/* How many, and what they come to; -1: not told to whoever counts the drawer. */
struct reply_tally {
    int64_t count, total;
};

struct reply_till_tender {
    const char *kind;
    int64_t count, amount, given_back;
};

struct reply_till_report {
    const char *kind; /* "x", "z" */
    int64_t number;   /* of a Z */
    struct reply_shift shift;
    int64_t opening, pay_in, pay_out, cash_taken, cash_given_back;
    bool is_told; /* expected and difference are */
    int64_t expected, counted, difference;
    struct reply_tally sales, returns, voids;
    struct reply_till_tender *tenders;
    size_t ntenders;
    const char *text;         /* lines, as they are printed */
    const unsigned char *raw; /* for the printer */
    size_t nraw;
};

struct reply_receipt {
    const char *text;
    const unsigned char *raw;
    size_t nraw;
    bool is_copy;
};

/* An order that waits for the buyer at the site of a till. */
struct reply_pickup {
    const char *number, *name, *state, *placed_at;
    int exponent;
    int64_t total, due, lines;
};
struct reply_pickups {
    struct reply_pickup *items;
    size_t n;
};

bool reply_shift_read(struct arena *arena, const char *body, size_t len,
                      struct reply_shift *out) MUST_CHECK;
bool reply_bankings_read(struct arena *arena, const char *body, size_t len, const char *market,
                         struct reply_bankings *out) MUST_CHECK;
bool reply_tills_read(struct arena *arena, const char *body, size_t len,
                      struct reply_tills *out) MUST_CHECK;
bool reply_till_report_read(struct arena *arena, const char *body, size_t len,
                            struct reply_till_report *out) MUST_CHECK;
bool reply_receipt_read(struct arena *arena, const char *body, size_t len,
                        struct reply_receipt *out) MUST_CHECK;
bool reply_pickups_read(struct arena *arena, const char *body, size_t len,
                        struct reply_pickups *out) MUST_CHECK;
/* What goes back in cash of a sale, a hand-over or a return; 0 when it does not say. */
int64_t reply_change_read(struct arena *arena, const char *body, size_t len);
