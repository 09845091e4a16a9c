/* A return that is asked for: what its request, its answer and its commit share. */
#pragma once

#include "core/wire/wire.h"
#include "server/api/order_store.h"
#include "server/api/return_facts.h"

struct returning {
    const char *key, *hash, *number, *override, *note;
    bool preview, has_kind;
    enum return_kind kind;
    struct return_wish *wishes;
    size_t nwishes;
    const char *shift;            /* at a counter: received at once; or NULL */
    const char **to;              /* there, where each of the wishes goes: "stock" */
    struct draft_tender *tenders; /* and what pays the rest of what goes out */
    size_t ntenders;
    int64_t expect_refund, expect_due;
    size_t done; /* statement */
    struct return_facts facts;
    struct return_quote quote;
    struct problems problems;
    /* What goes out: the wishes that it is for, in the order of its lines. */
    struct pricing pricing;
    size_t *out, nout;
    struct quote exchange;
    int64_t refund, due; /* money that goes back, that is still to be paid */
};

/* What goes out in place of what comes back, as a draft that is priced; false when the request was
 * refused. After the round trip: its price, with what is wrong with it in r->problems. */
bool return_exchange_want(struct call *c, struct returning *r);
void return_exchange_quote(struct call *c, struct returning *r);
/* What the database found short of it. */
void return_exchange_shortages(struct call *c, struct returning *r, const char *detail);

/* Money and days, and all of it with the lines. */
json_t *return_money_write(struct call *c, const struct returning *r);
json_t *return_quote_write(struct call *c, const struct returning *r);
json_t *return_address_write(const char *address);
json_t *return_person_write(const char *id, const char *name);
const char *return_day_text(struct call *c, struct date date);
json_t *return_problems_write(struct call *c, const struct returning *r);

/* Stores it, and answers. */
void return_commit(struct call *c, struct returning *r);
