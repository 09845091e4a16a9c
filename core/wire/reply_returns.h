/* Replies about returns. Readers as in reply.h. */
#pragma once

#include "core/wire/reply.h"

struct reply_return_part {
    const char *sku, *name;
    int64_t qty, left;
};

/* A gift certificate of the line that can be spent. */
struct reply_return_certificate {
    const char *last; /* digits of its number */
    int64_t amount, left;
    bool goes; /* comes back */
};

struct reply_return_line {
    const char *id, *sku, *name;
    int64_t qty, left, amount, tax, cv; /* left: can still come back */
    struct reply_return_part *parts;    /* of a kit */
    size_t nparts;
    struct reply_return_certificate *certificates;
    size_t ncertificates;
};

struct reply_return_reason {
    const char *code, *letter, *name;
    bool fee;
};

/* What comes back of a line, and what goes out for it. */
struct reply_return_back {
    const char *line, *component, *reason; /* component: "" the line itself */
    int64_t qty, worth, cv;
    const char *exchange, *exchange_name; /* "" none */
    int64_t exchange_amount, exchange_cv, free_stock;
};

struct reply_return_quote {
    const char *order, *kind, *currency, *list, *distributor, *distributor_name, *customer_name;
    const char *sent_on, *today, *last_day, *deadline;
    bool late, tax_included;
    int exponent;
    int64_t worth, fee, delivery, exchange_total, refund, due, cv;
    struct reply_return_line *lines;
    size_t nlines;
    struct reply_return_back *backs; /* one for each line of the request */
    size_t nbacks;
    struct reply_return_reason *reasons;
    size_t nreasons;
    struct reply_problem *problems;
    size_t nproblems;
};

struct reply_return_made {
    const char *number, *order, *exchange, *currency, *deadline; /* exchange: an order, or "" */
    bool closed; /* nothing is to be sent: gift certificates alone */
    int exponent;
    int64_t refund, due, cash, change; /* at a till: out of the drawer, of what was handed over */
    struct address address;
};

struct reply_return_piece {
    int64_t position, qty, stock, quarantine, scrap;
    const char *sku, *name, *reason, *exchange; /* reason: its name */
};

struct reply_return_card {
    const char *number, *order, *state, *kind, *deadline, *exchange, *currency, *name, *asked_at,
        *asked_by, *note, *override, *reason;
    int exponent;
    int64_t expected, refund, fee;
    struct reply_return_piece *lines;
    size_t nlines;
};

bool reply_return_quote_read(struct arena *arena, const char *body, size_t len,
                             struct reply_return_quote *out) MUST_CHECK;
bool reply_return_made_read(struct arena *arena, const char *body, size_t len,
                            struct reply_return_made *out) MUST_CHECK;
bool reply_return_card_read(struct arena *arena, const char *body, size_t len,
                            struct reply_return_card *out) MUST_CHECK;
