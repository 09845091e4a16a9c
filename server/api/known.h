/* What this worker knows of callers and buyers: what pricing last read of them, kept while there is
 * room. An order can so be priced without asking, and placed in one round trip: the database
 * compares what was taken for true with what is (order_known, sql/schema/019_placing.sql), so
 * that nothing old is ever believed. Of what others change all the time, stock, balances and limits
 * of promotions, it knows nothing: an order that found enough of them is priced as if nothing were
 * short. */
#pragma once

#include "server/api/pricing.h"

struct known {
    int refs;
    struct arena *arena;
    /* whom it is about */
    struct actor actor; /* with the hash of the token */
    const char *market, *distributor, *customer, *address_of;
    int64_t address_choice;
    /* what was found */
    int64_t catalogue; /* version of the snapshot */
    struct buyer_facts buyer;
    const char *distributor_id, *distributor_version;
    const int64_t *recruits; /* of each promotion that asks for them, in the catalogue's order */
    int64_t touched;         /* when the session was last seen, in the loop's time */
    /* as fields of the type `priced_order`: the address; from `token` on */
    const char *ship_to, *fields;
};

struct known_store;
struct known_store *known_store_new(void);
void known_store_free(struct known_store *store);

/* Keeps what the batch just answered has told of caller and buyer; after pricing_decide. */
void known_keep(struct call *call, const struct pricing *pricing);
/* The same of the buyer of a draft, for the caller's token, while the catalogue is the same; NULL
 * when nothing is known or the order looks at more. As long as the call. */
struct known *known_find(struct call *call, const struct pricing *pricing);
/* Instead of pricing_decide. */
void known_decide(struct call *call, struct pricing *pricing, const struct known *known);
/* It was right: tells the session now and then that it is in use. */
void known_used(struct call *call, struct known *known);
