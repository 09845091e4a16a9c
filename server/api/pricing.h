/* What quotes and orders share: load the facts and the live stock beside the session, then price
 * with core. */
#pragma once

#include "server/api/pricing_facts.h"

/* Pieces that an order being changed has reserved: as good as free for it. */
struct stock_held {
    int64_t item; /* the database's id */
    int64_t qty;
};

struct pricing {
    struct order_draft draft;
    const struct market_snapshot *market;
    struct buyer_facts buyer;
    struct quote quote;
    const char *distributor_id, *distributor_version, *rank_name, *customer_name;
    const char *fingerprint;
    size_t facts, stock, duplicates; /* statements of the batch */
    struct pricing_facts promotions;
    uint32_t *stock_items;
    struct stock_fact *stock_facts;
    size_t nstock;
    const struct stock_held *held; /* what the order has already; ascending by item */
    size_t nheld;
    const char *order;   /* the one that is changed: what it has of promotions can be had again */
    const char *shift;   /* it is sold in, at a till: from the stock of its site; or NULL */
    const char *channel; /* where it came from; NULL: from the caller's desk */
};

/* Reads c->body as a draft (`also`: further members) and adds the statements to call_read(c).
 * False when the request was refused. */
bool pricing_load(struct call *c, const char *const *also, struct pricing *out);
/* Its three steps: out->draft; market and fingerprint; the statements. */
bool pricing_read(struct call *c, const char *const *also, struct pricing *out);
bool pricing_begin(struct call *c, struct pricing *p);
void pricing_ask(struct call *c, struct pricing *p);
/* The same for a draft that is not the body: out->draft (held, order, channel) are filled already.
 */
bool pricing_want(struct call *c, struct pricing *out);
/* The member `shift` of the body, of what is sold at a till; after pricing_read. What is sold there
 * is taken along: nothing of it is delivered, or comes later. */
void pricing_read_shift(struct call *c, struct pricing *p);
/* Whose address is meant; an address of the draft's own needs nobody's. A party's host is nobody we
 * know here. */
const char *pricing_address_owner(const struct order_draft *draft);
/* After the round trip: what it has read of buyer and address, but for the balance; how many. */
size_t pricing_facts_columns(struct call *c, const struct pricing *p, const char **out);
/* After the round trip: fills the facts and prices. */
void pricing_decide(struct call *c, struct pricing *p);
/* Same buyer, SKUs and quantities within a day: adds the warning. True when there is one. */
bool pricing_check_duplicate(struct call *c, struct pricing *p);
/* The quote with buyer, address and candidates. */
json_t *pricing_write(struct call *c, struct pricing *p);
