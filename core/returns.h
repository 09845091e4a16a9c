/* Returns: what of an order that was sent may come back, what it gives back, and what goes out in
 * its place. Pure; the database keeps to the same sums (sql/schema, return_book).
 *
 * Any number of returns of a line gives back together exactly what the line cost: each amount is
 * the difference of two floors, whole x parts / all parts, after and before. Parts are pieces; of a
 * kit they are what its components cost, so that whole kits and single components can be mixed. */
#pragma once

#include "core/quote.h"

enum return_kind {
    RETURN_return,
    RETURN_exchange,
    RETURN_buy_back,
    RETURN_withdrawal,
    RETURN_KINDS
};
const char *return_kind_name(enum return_kind kind);    /* "buy_back" */
enum return_kind return_kind_by_name(const char *name); /* RETURN_KINDS: unknown */

struct return_reason {
    const char *code, *letter, *name; /* "damaged", "d", "damaged" in the reader's language */
    bool fee;                         /* it costs the restock fee */
    bool refunds_delivery;            /* when the whole order comes back */
};

/* Where pieces that came back go. */
enum return_place { RETURN_TO_stock, RETURN_TO_quarantine, RETURN_TO_scrap, RETURN_PLACES };
const char *return_place_name(enum return_place place);   /* "stock" */
enum return_place return_place_by_name(const char *name); /* RETURN_PLACES: unknown */
/* At a counter, where nobody inspects them: what is sound by its reason goes to the shelf, at the
 * rest somebody looks first. */
enum return_place return_place_of(const char *reason);

/* A component of a kit on an order. */
struct return_part {
    int position;
    const char *sku, *name;
    int64_t qty, taken; /* pieces in all; those of them that came alone, not with a kit */
    struct money share; /* of the line's amount */
};

/* A gift certificate of a line that can be spent. */
struct return_certificate {
    const char *last; /* digits of its number */
    struct money amount, left;
    bool goes; /* comes back by what is wished: set by return_quote_make */
};

/* A line as it was sold, and how much of it returns have taken already. */
struct return_line {
    const char *id, *sku, *name;
    int number;          /* in the database */
    bool comes_back;     /* not a fee */
    bool is_certificate; /* comes back as far as nothing is spent, and without a parcel */
    bool
        keeps_delivery; /* some of it came back for a reason that does not pay the delivery back, */
    bool exchanged;     /* or something went out for it */
    int64_t qty, taken;
    struct money unit, goods, discount, promoted, amount, tax;
    struct rate tax_rate;
    struct volume cv, pv;
    struct return_part *parts; /* of a kit */
    size_t nparts;
    struct return_certificate *certificates; /* in the order in which they go */
    size_t ncertificates;
};

struct return_order {
    const char *number, *state;
    bool sent, tax_included, by_web,
        of_distributor; /* own purchase: no customer, goods to keep or sell */
    int exponent;
    struct money delivery, delivery_added; /* with the tax that comes on top of it */
    struct date today, sent_on, last_day;  /* of returns */
    struct date withdraw_until, buy_back_until;
    int64_t post_days; /* a parcel may take so long at least */
    struct money fee;
    struct rate buy_back;
    const struct return_reason *reasons;
    size_t nreasons;
    struct return_line *lines; /* `taken` grows by return_quote_make */
    size_t nlines;
};

/* What somebody wants to send back. */
struct return_wish {
    const char *line, *part; /* id of the line; SKU of a component, or NULL */
    int64_t qty;
    const char *reason;   /* code or letter */
    const char *exchange; /* SKU of what is to go out in its place, or NULL */
    const char *choices;  /* of a kit, as a draft has them */
};

/* What one wish gives back. */
struct return_back {
    const struct return_wish *wish;
    const struct return_line *line; /* NULL: there is no such line */
    const struct return_part *part;
    const struct return_reason *reason;
    struct money goods, amount, tax;
    struct money worth; /* amount, with tax that came on top */
    struct volume cv, pv;
};

struct return_quote {
    enum return_kind kind;
    struct return_back *backs; /* one for each wish */
    size_t nbacks;
    struct money worth, fee, delivery; /* of all; kept; given back of the delivery */
    struct money refund; /* worth - fee + delivery: for an exchange as far as that costs it */
    struct volume cv, pv;
    struct date last_day; /* on which the kind is taken */
    struct date deadline; /* the parcel is here by then */
    bool late;
};

/* What `after` of `whole` parts have of an amount beyond what `before` of them had. */
int64_t return_share(int64_t amount, int64_t before, int64_t after, int64_t whole);

/* Mistakes are added to `problems`; what can be told is told all the same. `late_allowed`: somebody
 * who may has said why it is taken although the time is over. */
void return_quote_make(struct arena *arena, struct return_order *order, enum return_kind kind,
                       const struct return_wish *wishes, size_t n, bool late_allowed,
                       struct problems *problems, struct return_quote *out);

/* How many pieces of a line, or of its part, can still come back. */
int64_t return_left(const struct return_line *line, const struct return_part *part);

/* Prices a line of an order that goes out in place of `back`: at the same list price it costs
 * exactly what came back; a dearer one costs the difference at the buyer's own discount, a cheaper
 * one its part of what came back. */
void return_exchange_price(const struct return_back *back, bool tax_included,
                           struct quote_line *line);
