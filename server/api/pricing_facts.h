/* What promotions look at across orders: loaded beside the session, for quotes and for clients that
 * price by themselves. */
#pragma once

#include "server/api/call.h"

/* Of the promotions that look at facts, each with its market: what was asked. */
struct promotion_asked {
    const struct market_snapshot *market;
    const struct promotion *promotion;
};

struct pricing_facts {
    const struct market_snapshot *market; /* NULL: the distributor's, whichever that is */
    const char *distributor, *customer;   /* number, id or NULL */
    const char *order;                    /* being changed: what it has counts as left; or NULL */
    const char *const *coupons;           /* as given */
    size_t ncoupons;
    /* what was asked, and found */
    const struct promotion_asked *asked;
    size_t nasked;
    size_t statement;
    const char *const *used_up; /* coupons whose uses are all taken */
    size_t nused_up;
};

/* Adds the statement to call_read(c). */
void pricing_facts_ask(struct call *c, struct pricing_facts *facts);
/* After the round trip: fills what promotions look at, of those that count on `date` in `market`.
 */
void pricing_facts_read(struct call *c, struct pricing_facts *facts, const char *market,
                        struct date date, struct buyer_facts *buyer);
/* New customers as they were found, for each promotion that asks for them; how many. */
size_t pricing_facts_recruits(struct call *c, const struct pricing_facts *facts, const char **out);
/* The same for a reply. */
json_t *pricing_facts_write(const struct buyer_facts *buyer);
/* Days since 1970; open ends are far off, PostgreSQL's dates reach beyond both. */
int64_t pricing_day(struct date date);
/* The database's id of a promotion of the market's. */
int64_t pricing_promotion_id(const struct market_snapshot *market,
                             const struct promotion *promotion);
/* The channel of the desk at which the caller has signed in. */
enum channel call_channel(const struct call *c);
