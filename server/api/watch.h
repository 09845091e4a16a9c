/* What an event stream watches and what it was told, as data: reads `watch`, tells what differs
 * from what was told, and writes and reads the ids of events. Pure: no clock, no network.
 *
 * A thing that is watched (an order, the stock of an item, ...) has a mark: a digest of what it is
 * and how it stands. The id of an event is the set of the marks that its stream has told by then,
 * so that any server can go on behind it: what stands as one of the marks says was told, all else
 * is told anew. An id does not grow old. */
#pragma once

#include "core/arena.h"
#include "core/text.h"

enum watch_kind {
    WATCH_orders,
    WATCH_stock,
    WATCH_drafts,
    WATCH_notices,
    WATCH_catalogue,
    WATCH_KINDS
};

enum {
    WATCH_ORDERS = 16,
    WATCH_ITEMS = 64,
    WATCH_MOST = WATCH_ORDERS + WATCH_ITEMS + WATCH_KINDS,
    WATCH_KEY = 64,
    WATCH_ID = 6 * WATCH_MOST + 8, /* bytes of an id, at most */
};

struct watch_thing {
    enum watch_kind kind;
    const char *key; /* the order's number, the item's SKU, "" */
    uint64_t told;   /* its mark when it was told last; 0: never */
};

struct watch {
    struct watch_thing things[WATCH_MOST];
    size_t n;
};

const char *watch_kind_name(enum watch_kind kind);
/* "orders:100007038,100007039;stock:40216;drafts" -> things, none of them told. NULL, or a sentence
 * that says what is wrong. */
const char *watch_read(struct arena *arena, const char *text, struct watch *out);
/* The mark of a thing of `scope` (a market, a sign-in: what its key means) that stands so; never 0.
 */
uint64_t watch_mark(const char *scope, const struct watch_thing *thing, const char *state);
/* Which things stand otherwise than they were told: their places to `out`; returns how many. */
size_t watch_differs(const struct watch *watch, const uint64_t *now, size_t *out);
/* The id of a stream that was told so. */
void watch_id_write(const struct watch *watch, struct text *out);
/* Takes for told what the id says, of what stands `now`; false, and nothing is told, when it is no
 * id. */
bool watch_id_read(struct watch *watch, const char *id, const uint64_t *now);
