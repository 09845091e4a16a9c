/* Replies that are looked at between orders: the day, lists of orders, one order in full, a person.
 * Readers as in reply.h. */
#pragma once

#include "core/wire/reply.h"

/* A card that the buyer lets us charge. */
struct reply_card {
    const char *id, *brand, *last4, *expires; /* "visa", "4242", "2027-08" */
    bool is_default;
};

/* What a buyer could pay with. */
struct reply_means {
    int64_t balance, credit;
    struct reply_card *cards; /* the default one first */
    size_t ncards;
};

struct reply_certificate {
    const char *number, *last, *state;
    int64_t balance;
};

struct reply_day_total {
    const char *currency;
    int exponent;
    int64_t orders, total, cv, due_orders, due;
};

struct reply_day_duplicate {
    const char *order, *earlier, *at, *by, *name;
};

/* Somebody on a waiting list for whom something is there. */
struct reply_day_arrived {
    const char *id, *sku, *item, *distributor, *name, *phone;
    int64_t qty;
};

struct reply_day_notice {
    const char *id, *kind, *ref, *item; /* kind: "back_order", "autosave_balance" ... */
};

struct reply_day {
    const char *date, *month_ends;
    int64_t orders, cancelled;
    int64_t seconds_per_order; /* -1: not known */
    int64_t experience, days_left;
    struct reply_day_total *totals;
    size_t ntotals;
    struct reply_day_duplicate *duplicates;
    size_t nduplicates;
    struct reply_day_arrived *arrived;
    size_t narrived;
    struct reply_day_notice *notices;
    size_t nnotices;
};

struct reply_order_row {
    const char *number, *state, *payment, *type, *distributor, *name, *customer_name, *currency;
    const char *placed_at, *placed_by;
    int exponent;
    int64_t total, lines;
};

struct reply_orders {
    struct reply_order_row *items;
    size_t n;
    const char *next; /* "" at the end */
};

struct reply_payment {
    const char *id, *kind, *state;
    int64_t amount, refunded;
    const char *failure, *url; /* why it was declined; where a link is paid, until it is */
    const char *short_url;     /* the same, to be given to people */
    const char *letter;        /* what became of the letter that brings it; "" for no link */
    const char *brand, *last4; /* of a stored card */
};

/* A payment that the card's owner has taken back at the bank. */
struct reply_dispute {
    const char *state, *reason, *due_by, *ended_at; /* due_by: until then evidence is taken */
    int64_t amount, fee, waits;                     /* waits: refunds that wait for its end */
    /* In a list alone. */
    const char *order, *order_state, *currency, *name;
    int exponent;
};

struct reply_disputes {
    struct reply_dispute *items;
    size_t n;
    const char *next; /* "" at the end */
};
bool reply_disputes_read(struct arena *arena, const char *body, size_t len,
                         struct reply_disputes *out) MUST_CHECK;

struct reply_event {
    const char *at, *machine, *to, *by, *reason;
};

/* What the order was until a change. */
struct reply_revision {
    const char *until, *by, *reason;
    int64_t total, lines;
};

struct reply_order_card {
    const char *number, *state, *payment, *type, *market, *currency, *list, *date, *note;
    const char *distributor, *distributor_name, *customer, *customer_name, *placed_at, *placed_by;
    const char *ship_kind, *ship_method; /* "": standard */
    struct address ship_to;
    int exponent;
    bool tax_included;
    int64_t goods, discount, delivery, tax, tax_added, delivery_tax, total, due, cv, pv;
    struct reply_line *lines;
    size_t nlines;
    struct reply_payment *payments;
    size_t npayments;
    struct reply_dispute *disputes;
    size_t ndisputes;
    struct reply_event *history;
    size_t nhistory;
    bool may_cancel;
    const char *cancel_until, *cancel_say; /* say: why not */
    const char *version;
    struct reply_revision *revisions; /* the first first */
    size_t nrevisions;
    const char **coupons;
    size_t ncoupons;
};

struct reply_person_card {
    const char *id, *name, *status, *rank_name, *sponsor, *joined, *last_active, *phone, *email,
        *language, *currency, *market;
    const char *usable_on; /* when the first of `pending` becomes store credit; "" not known yet */
    const char *distributor; /* a customer's; "" for a distributor */
    int exponent;
    int64_t version, balance, pv, cv;
    int64_t credit, pending; /* store credit, and what promotions gave and is none yet */
    bool has_balance;
    struct address *addresses;
    const char **labels; /* "HOME" */
    size_t naddresses;
};

/* A gift certificate as a card; in lists without `number` and `history`. */
struct reply_certificate_event {
    const char *at, *act, *order;
    int64_t amount;
};
struct reply_certificate_card {
    const char *number, *last, *currency, *state, *issued_at, *order;
    const char *seller, *seller_name, *customer_name; /* "" where the seller bought it */
    int exponent;
    int64_t amount, balance;
    struct reply_certificate_event *history;
    size_t nhistory;
};
struct reply_certificates {
    struct reply_certificate_card *items;
    size_t n;
    const char *next; /* "" at the end */
};
/* One of them: also the only one of a list. */
bool reply_certificate_card_read(struct arena *arena, const char *body, size_t len,
                                 struct reply_certificate_card *out) MUST_CHECK;
bool reply_certificates_read(struct arena *arena, const char *body, size_t len,
                             struct reply_certificates *out) MUST_CHECK;

bool reply_day_read(struct arena *arena, const char *body, size_t len,
                    struct reply_day *out) MUST_CHECK;
bool reply_orders_read(struct arena *arena, const char *body, size_t len,
                       struct reply_orders *out) MUST_CHECK;
bool reply_order_card_read(struct arena *arena, const char *body, size_t len,
                           struct reply_order_card *out) MUST_CHECK;
/* To whom a pay link is sent. */
bool reply_letter_read(struct arena *arena, const char *body, size_t len, const char **to);
bool reply_means_read(struct arena *arena, const char *body, size_t len, struct reply_means *out);
/* One certificate, or the only one of a list. */
bool reply_certificate_read(struct arena *arena, const char *body, size_t len,
                            struct reply_certificate *out);
bool reply_person_card_read(struct arena *arena, const char *body, size_t len,
                            struct reply_person_card *out) MUST_CHECK;
/* What a change would cost, or has come to. */
struct reply_changed {
    const char *version; /* of the order that it was computed from; behind a change, its new one */
    int64_t total, due, difference, refunded;
    struct reply_quote quote; /* of a preview */
};
bool reply_changed_read(struct arena *arena, const char *body, size_t len,
                        struct reply_changed *out) MUST_CHECK;
/* The id of what a POST has made, or NULL. */
const char *reply_made_read(struct arena *arena, const char *body, size_t len);
