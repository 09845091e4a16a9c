/* The catalogue in memory: one immutable snapshot of every market, built in a thread of its own
 * (reading and sorting tens of thousands of prices would hold the loop up), swapped in on the loop,
 * and freed when the last request that prices with it is done. */
#pragma once

#include "core/catalogue.h"
#include "core/code.h"
#include "core/promo/promotion_fill.h"
#include "server/net/loop.h"

/* One market of a snapshot: the catalogue that core prices with, and what only lists need. */
struct market_snapshot {
    struct catalogue catalogue;
    const char *name, *language;
    const char *const *skus;               /* of the items, in their order: for nearest_codes */
    const char *const *barcodes;           /* of the items; "" where there is none */
    const int64_t *promotion_ids;          /* the database's, of catalogue.sources */
    const struct promotion_unread *unread; /* left out of catalogue.promotions */
    size_t nunread;
};

/* The items' names in one language, in the order of the items, and those of what is chosen in kits,
 * in the order of catalogue.slots. */
struct catalogue_names {
    const char *language, **names, **spoken;
    const char *const *slots;
};
struct catalogue_bodies;

struct catalogue_snapshot {
    struct arena *arena;
    int refs;
    int64_t version;
    const char *company, *default_market;
    bool demo;
    struct code_lengths lengths;
    struct market_snapshot *markets;
    size_t nmarkets;
    struct catalogue_bodies *bodies; /* of whoever finishes the snapshot */
};

/* Adds to a new snapshot what takes time, in the builder's thread; the names go when it returns. */
typedef void catalogue_finish_fn(struct catalogue_snapshot *snapshot,
                                 const struct catalogue_names *names, size_t n);

struct catalogue_store;

/* Starts the thread; it looks for a new version every `poll_ms` and connects again when it must. */
struct catalogue_store *catalogue_store_new(struct loop *loop, const char *conninfo, int poll_ms,
                                            catalogue_finish_fn *finish);
/* Stops the thread; waits for it. */
void catalogue_store_free(struct catalogue_store *store);
/* The newest snapshot with a reference of the caller's, NULL before the first. Loop only. */
struct catalogue_snapshot *catalogue_store_take(struct catalogue_store *store);
void catalogue_snapshot_release(void *snapshot);
const struct market_snapshot *catalogue_snapshot_market(const struct catalogue_snapshot *snapshot,
                                                        const char *code);
