/* All objects of the sandbox, in memory and in its journal. An object is JSON as the API shows it;
 * members that begin with _ are the sandbox's own and are never shown. A request works on a
 * `change`, which sees its own objects first and becomes true as a whole by store_commit, or not at
 * all. What a reply tells must be safe on disk before: store_when_safe. */
#pragma once

#include "core/arena.h"
#include "server/net/loop.h"

#include <jansson.h>

struct store;

enum { STORE_WHY = 256 };

/* NULL and `why` when DIR cannot be used. */
struct store *store_open(struct loop *loop, const char *dir, char why[STORE_WHY]);
void store_free(struct store *store);

/* NULL when there is none. The store's own, for use at once: events and deliveries that are over
 * are kept as text, and made anew for whoever asks. */
json_t *store_get(struct store *store, const char *id);
/* Objects whose "object" is `kind`, in the order of their creation: how many, and the id of one. */
size_t store_count(struct store *store, const char *kind);
const char *store_id(struct store *store, const char *kind, size_t i);

struct change {
    struct store *store;
    struct arena *arena;
    json_t *put; /* id -> object */
    json_t *drop;
};

void change_init(struct change *change, struct store *store, struct arena *arena);
/* To be read; NULL when there is none. */
json_t *change_get(struct change *change, const char *id);
/* To be altered: the change's own copy. */
json_t *change_edit(struct change *change, const char *id);
/* A new object, with "id" and "object"; takes the reference, and returns it for further setting. */
json_t *change_add(struct change *change, json_t *object);
void change_drop(struct change *change, const char *id);
/* Nothing of it is to be. */
void change_forget(struct change *change);
/* Into memory, and on its way to the disk. */
void store_commit(struct change *change);
/* Calls `safe(arg)` when everything committed so far is on the disk; all that are committed within
 * one turn of the loop share one flush. At once when nothing waits. */
void store_when_safe(struct store *store, void (*safe)(void *arg), void *arg);
