#include "server/sandbox/store.h"

#include "server/net/log.h"
#include "server/sandbox/journal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REWRITE_LEAST = 1 << 20, THAWED = 512 };

struct waiting {
    void (*safe)(void *arg);
    void *arg;
};

struct store {
    struct loop *loop;
    struct journal *journal;
    json_t *objects, *kinds; /* id -> object, or its text; kind -> array of ids */
    json_t *thawed[THAWED];  /* what was asked for last of those that are kept as text */
    size_t thaws;
    struct waiting *waiting;
    size_t nwaiting, cap;
    bool dirty, posted;
};

static void *memory_or_abort(void *p)
{
    if (!p)
        abort();
    return p;
}

static json_t *kind_ids(struct store *store, const char *kind)
{
    json_t *ids = json_object_get(store->kinds, kind);
    if (!ids) {
        ids = json_array();
        json_object_set_new(store->kinds, kind, ids);
    }
    return ids;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* What is over is hardly ever asked for again, and a tree takes ten times the room of its text. */
static bool is_kept_as_text(const json_t *object)
{
    const char *kind = text_of(object, "object"), *state = text_of(object, "state");
    bool waits = json_integer_value(json_object_get(object, "pending_webhooks")) > 0;
    return (strcmp(kind, "event") == 0 && !waits) ||
           (strcmp(kind, "delivery") == 0 && strcmp(state, "pending") != 0) || kind[0] == '_';
}

static void put(struct store *store, json_t *object)
{
    const char *id = text_of(object, "id"), *kind = text_of(object, "object");
    if (!json_object_get(store->objects, id))
        json_array_append_new(kind_ids(store, kind), json_string(id));
    if (is_kept_as_text(object)) {
        char *text = memory_or_abort(json_dumps(object, JSON_COMPACT));
        json_object_set_new(store->objects, id, json_string(text));
        free(text);
    } else {
        json_object_set(store->objects, id, object);
    }
}

static void drop(struct store *store, const char *id)
{
    const json_t *object = store_get(store, id);
    if (!object)
        return;
    json_t *ids = kind_ids(store, text_of(object, "object"));
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (strcmp(json_string_value(json_array_get(ids, i)), id) == 0) {
            json_array_remove(ids, i);
            break;
        }
    json_object_del(store->objects, id);
}

/* A record: {"put":[object,...],"drop":[id,...]}. */
static void apply(struct store *store, const json_t *puts, const json_t *drops)
{
    for (size_t i = 0; i < json_array_size(puts); i++)
        put(store, json_array_get(puts, i));
    for (size_t i = 0; i < json_array_size(drops); i++)
        drop(store, json_string_value(json_array_get(drops, i)));
}

static void replay(const char *record, size_t len, void *arg)
{
    struct store *store = arg;
    json_error_t error;
    json_t *change = json_loadb(record, len, JSON_REJECT_DUPLICATES, &error);
    if (!change) { /* its checksum is right: written by another program */
        log_event(LOG_ERROR_, "record_not_read", "why", error.text, NULL);
        return;
    }
    apply(store, json_object_get(change, "put"), json_object_get(change, "drop"));
    json_decref(change);
}

static void journal_objects(struct store *store, json_t *puts, json_t *drops)
{
    json_t *record = json_pack("{s:O, s:O}", "put", puts, "drop", drops);
    char *text = memory_or_abort(json_dumps(record, JSON_COMPACT));
    journal_add(store->journal, text, strlen(text));
    free(text);
    json_decref(record);
}

/* Most of an old journal is states that objects have left: it is written anew when that is more
 * than half of it. */
static bool rewrite(struct store *store, char *why)
{
    json_t *none = json_array(), *one = json_array(), *object, *ids;
    const char *kind;
    bool good = journal_rewrite_begin(store->journal, why);
    if (good)
        json_object_foreach(store->kinds, kind, ids) for (size_t i = 0; i < json_array_size(ids);
                                                          i++)
        {
            object = store_get(store, json_string_value(json_array_get(ids, i)));
            json_array_clear(one);
            json_array_append(one, object);
            journal_objects(store, one, none);
        }
    json_decref(none);
    json_decref(one);
    return good && journal_rewrite_end(store->journal, why);
}

static int64_t bytes_of(const json_t *objects)
{
    int64_t n = 0;
    const char *id;
    json_t *object;
    json_object_foreach((json_t *)objects, id, object) n +=
        (int64_t)json_dumpb(object, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) + 40;
    return n;
}

struct store *store_open(struct loop *loop, const char *dir, char why[STORE_WHY])
{
    struct store *store = memory_or_abort(calloc(1, sizeof *store));
    store->loop = loop;
    store->objects = memory_or_abort(json_object());
    store->kinds = memory_or_abort(json_object());
    store->journal = journal_open(dir, replay, store, why);
    if (store->journal &&
        (journal_size(store->journal) < REWRITE_LEAST ||
         journal_size(store->journal) < 2 * bytes_of(store->objects) || rewrite(store, why)))
        return store;
    store_free(store);
    return NULL;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    journal_close(store->journal);
    for (size_t i = 0; i < THAWED; i++)
        json_decref(store->thawed[i]);
    json_decref(store->objects);
    json_decref(store->kinds);
    free(store->waiting);
    free(store);
}

json_t *store_get(struct store *store, const char *id)
{
    json_t *object = id ? json_object_get(store->objects, id) : NULL;
    if (!json_is_string(object))
        return object;
    json_t **place = &store->thawed[store->thaws++ % THAWED];
    json_decref(*place);
    *place =
        memory_or_abort(json_loadb(json_string_value(object), json_string_length(object), 0, NULL));
    return *place;
}

size_t store_count(struct store *store, const char *kind)
{
    return json_array_size(json_object_get(store->kinds, kind));
}

const char *store_id(struct store *store, const char *kind, size_t i)
{
    return json_string_value(json_array_get(json_object_get(store->kinds, kind), i));
}

/* ---- changes --------------------------------------------------------------------------------- */

static void let_go(void *what)
{
    json_decref(what);
}

void change_init(struct change *change, struct store *store, struct arena *arena)
{
    *change = (struct change){store, arena, json_object(), json_array()};
    arena_defer(arena, let_go, change->put);
    arena_defer(arena, let_go, change->drop);
}

json_t *change_get(struct change *change, const char *id)
{
    json_t *own = id ? json_object_get(change->put, id) : NULL;
    return own ? own : store_get(change->store, id);
}

json_t *change_edit(struct change *change, const char *id)
{
    json_t *own = json_object_get(change->put, id);
    if (own)
        return own;
    const json_t *object = store_get(change->store, id);
    assert(object);
    return change_add(change, json_deep_copy(object));
}

json_t *change_add(struct change *change, json_t *object)
{
    json_object_set_new(change->put, text_of(object, "id"), object);
    return object;
}

void change_drop(struct change *change, const char *id)
{
    json_array_append_new(change->drop, json_string(id));
}

void change_forget(struct change *change)
{
    json_object_clear(change->put);
    json_array_clear(change->drop);
}

static void flush(void *arg)
{
    struct store *store = arg;
    store->posted = false;
    if (!journal_flush(store->journal)) {
        /* Memory tells more than the disk will: nobody may hear of it. Whoever waits finds the
         * connection closed, and must ask again. */
        log_event(LOG_ERROR_, "journal_not_written", "why", strerror(errno), NULL);
        _exit(1);
    }
    store->dirty = false;
    struct waiting *waiting = store->waiting;
    size_t n = store->nwaiting;
    store->waiting = NULL;
    store->nwaiting = store->cap = 0;
    for (size_t i = 0; i < n; i++)
        waiting[i].safe(waiting[i].arg);
    free(waiting);
}

static void flush_soon(struct store *store)
{
    if (!store->posted)
        loop_post(store->loop, flush, store);
    store->posted = true;
}

void store_commit(struct change *change)
{
    struct store *store = change->store;
    if (!json_object_size(change->put) && !json_array_size(change->drop))
        return;
    json_t *puts = json_array(), *object;
    const char *id;
    json_object_foreach(change->put, id, object) json_array_append(puts, object);
    apply(store, puts, change->drop);
    journal_objects(store, puts, change->drop);
    json_decref(puts);
    store->dirty = true;
    flush_soon(store);
}

void store_when_safe(struct store *store, void (*safe)(void *arg), void *arg)
{
    if (!store->dirty) {
        safe(arg);
        return;
    }
    if (store->nwaiting == store->cap) {
        store->cap = store->cap ? store->cap * 2 : 16;
        store->waiting =
            memory_or_abort(realloc(store->waiting, store->cap * sizeof *store->waiting));
    }
    store->waiting[store->nwaiting++] = (struct waiting){safe, arg};
    flush_soon(store);
}
