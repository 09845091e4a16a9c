/* The server's replies as a client sees them, without any JSON in sight: each reader takes the body
 * of one reply and fills a struct whose strings live in the arena. Unknown members are ignored, and
 * absent ones leave "" or 0 (free stock: -1), so that an older client reads a newer server. Readers
 * return false when the body is no JSON object or lacks what the struct cannot do without. */
#pragma once

#include "core/code.h"
#include "core/draft.h"
#include "core/status.h"

enum { REPLY_CANDIDATES = 9 };

struct reply_problem {
    const char *field, *line, *code, *say; /* line: the client's id, "" for none */
    const char *order;                     /* the other order's number, "" for none */
    bool warning;
    const char *candidates[REPLY_CANDIDATES]; /* nearest SKUs of an unknown one */
    const char *candidate_names[REPLY_CANDIDATES];
    size_t ncandidates;
};

/* What a promotion takes off a line. */
struct reply_share {
    const char *promotion;
    int64_t amount;
};

struct reply_component {
    const char *sku, *name, *spoken;
    int64_t qty;
};

struct reply_line {
    const char *id, *sku, *name, *spoken;
    int64_t qty, unit, discount, amount, tax, cv, pv;
    int64_t free_stock; /* -1: not known */
    int64_t back_ordered;
    int64_t value;     /* that was keyed for a gift certificate; 0: its item's */
    const char *state; /* of a placed order's line */
    bool priced;
    const char **why; /* sentences */
    size_t nwhy;
    const char *gift_of, *picks; /* a promotion's code: it added the line; it was chosen; or "" */
    struct reply_share *shares;
    size_t nshares;
    struct reply_component *choices; /* in a kit, in the order of its slots */
    size_t nchoices;
};

/* What became of a promotion; texts that do not apply are "". */
struct reply_promotion {
    const char *id, *name, *state, *say; /* the code; "applied", "lost", "failed" */
    const char *lost_to;
    const char *need; /* "spend": of a failed one */
    int64_t actual, needed;
    int64_t amount, delivery, credit, times;
    int64_t picks, picked; /* pieces that may be chosen, and that were */
};

/* The best that is nearly there. */
struct reply_hint {
    const char *promotion, *sku, *name, *say; /* promotion "": none */
    int64_t qty, saves;
    bool picks;
};

struct reply_quote {
    const char *currency, *list, *date;
    int64_t catalogue_version; /* 0: not said */
    int exponent;
    bool tax_included;
    int64_t goods, discount, delivery, delivery_tax, tax, tax_added, total, cv, pv, balance;
    struct reply_line *lines;
    size_t nlines;
    struct reply_problem *problems;
    size_t nproblems;
    struct reply_promotion *promotions;
    size_t npromotions;
    struct reply_hint hint;
    int64_t credit;      /* that it will bring */
    bool search_bounded; /* not every combination of promotions was tried */
    struct address ship_to;
    const char *distributor, *distributor_name, *rank_name, *status; /* "" when there is none */
    const char *customer, *customer_name;
};

/* All the tax of the total: on the goods and on their delivery. */
static inline int64_t reply_quote_tax(const struct reply_quote *quote)
{
    return quote->tax + quote->delivery_tax;
}

struct reply_market {
    const char *market, *currency;
    int exponent;
};

struct reply_session {
    const char *token, *expires_at;
    const char *actor_kind, *actor_id, *actor_name;
    const char **roles;
    size_t nroles;
    const char *company;
    bool demo;
    struct code_lengths lengths;
    struct reply_market *markets;
    size_t nmarkets;
    struct reply_market market; /* the operator's own */
};

/* A reply that is not a success: problem+json when it is, else what the HTTP code says. */
struct reply_trouble {
    enum status status;
    const char *title, *detail;
    struct reply_problem *problems;
    size_t nproblems;
    const char *locked_by, *locked_since; /* of a draft that somebody else has open */
    bool has_quote;                       /* total-changed brings the new one */
    struct reply_quote quote;
};

struct reply_person {
    const char *id, *name, *city, *postcode, *phone;
    const char *rank_name, *status, *last_active; /* distributors */
    const char *distributor;                      /* of a customer */
    const char *market;
    /* of a distributor whose pricing facts were asked for */
    const char *today; /* the business day in the market */
    bool may_order;
    int rank;
    int64_t balance;
    struct address *addresses; /* of a single distributor */
    size_t naddresses;
    const char *channel; /* and what promotions look at */
    bool first_order;
    const char **people; /* groups of people */
    size_t npeople;
    struct coupon_fact *coupons;
    size_t ncoupons;
    struct promotion_fact *promotions;
    size_t npromotions;
};

struct reply_people {
    struct reply_person *items;
    size_t n;
    int64_t total; /* -1: not said */
};

struct reply_site {
    const char *site, *name;
    int64_t on_hand, reserved, free;
};

struct reply_due {
    const char *site, *date;
    int64_t qty;
    bool firm;
};

struct reply_item {
    const char *sku, *name, *spoken, *group, *kind, *currency, *list, *barcode;
    int exponent;
    int64_t price, cv, pv;
    int64_t free, on_hand, reserved; /* free: -1 when not known */
    int64_t max_per_order;
    bool back_order;
    struct reply_site *sites;
    size_t nsites;
    const char **kits;
    size_t nkits;
    struct reply_due *dues; /* what is on its way, the next first */
    size_t ndues;
    const char *next_list, *next_from; /* the list that is coming; "" for none */
    int64_t next_price;
    struct reply_component *components;
    size_t ncomponents;
};

struct reply_items {
    struct reply_item *items;
    size_t n;
};

struct reply_draft_row {
    const char *ulid, *rev, *distributor, *name, *currency, *updated_at;
    const char *locked_by, *locked_login, *locked_since; /* "" when nobody has it open */
    const char *recovered_from;                          /* "" unless it is a copy of that draft */
    const char *owner;
    const char *changes; /* "", or the number of the order that it is to change */
    int exponent;
    int64_t lines, total;
};

struct reply_drafts {
    struct reply_draft_row *items;
    size_t n;
};

struct reply_draft {
    const char *ulid, *rev;
    const char *state; /* "open", "placed" */
    bool has_draft;    /* PUT and lock answer with the revision only */
    struct order_draft draft;
};

struct reply_order {
    const char *number, *state, *payment, *type, *currency;
    const char *distributor, *distributor_name, *customer_name, *placed_at, *placed_by;
    int exponent;
    int64_t total, due;
    int64_t change; /* of a sale at a till: cash to be given back */
    struct reply_line *lines;
    size_t nlines;
};

/* What the server says to anybody before the sign-on; NULL when nothing. */
const char *reply_welcome_read(struct arena *arena, const char *body, size_t len);
bool reply_session_read(struct arena *arena, const char *body, size_t len,
                        struct reply_session *out) MUST_CHECK;
bool reply_quote_read(struct arena *arena, const char *body, size_t len,
                      struct reply_quote *out) MUST_CHECK;
bool reply_people_read(struct arena *arena, const char *body, size_t len,
                       struct reply_people *out) MUST_CHECK;
bool reply_person_read(struct arena *arena, const char *body, size_t len,
                       struct reply_person *out) MUST_CHECK;
bool reply_items_read(struct arena *arena, const char *body, size_t len,
                      struct reply_items *out) MUST_CHECK;
bool reply_item_read(struct arena *arena, const char *body, size_t len,
                     struct reply_item *out) MUST_CHECK;
bool reply_drafts_read(struct arena *arena, const char *body, size_t len,
                       struct reply_drafts *out) MUST_CHECK;
bool reply_draft_read(struct arena *arena, const char *body, size_t len,
                      struct reply_draft *out) MUST_CHECK;
/* Of a list of orders, newest first: the number of the first that stands; "" for none. */
const char *reply_last_read(struct arena *arena, const char *body, size_t len);
bool reply_order_read(struct arena *arena, const char *body, size_t len,
                      struct reply_order *out) MUST_CHECK;
/* Never fails: a body that cannot be read leaves what the HTTP code says. */
void reply_trouble_read(struct arena *arena, int http, const char *body, size_t len,
                        struct reply_trouble *out);
/* The problem with that code, or NULL. */
const struct reply_problem *reply_problem_find(const struct reply_problem *problems, size_t n,
                                               const char *code);
