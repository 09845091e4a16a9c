#include "server/db/catalogue_store.h"

#include "server/db/catalogue_load.h"
#include "server/net/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct catalogue_store {
    struct loop *loop;
    char *conninfo;
    int poll_ms;
    catalogue_finish_fn *finish;
    struct catalogue_snapshot *current; /* the loop's */

    char told[256]; /* the thread's: the last reason logged */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping;
    struct catalogue_snapshot *built; /* waits for the loop; newest only */
};

/* References are counted on the loop only; the thread hands over its one. */
void catalogue_snapshot_release(void *snapshot)
{
    struct catalogue_snapshot *s = snapshot;
    if (s && --s->refs == 0)
        arena_free(s->arena);
}

static void swap_in(void *arg)
{
    struct catalogue_store *store = arg;
    pthread_mutex_lock(&store->lock);
    struct catalogue_snapshot *built = store->built;
    store->built = NULL;
    pthread_mutex_unlock(&store->lock);
    if (!built)
        return;
    catalogue_snapshot_release(store->current);
    store->current = built;
}

static void hand_over(struct catalogue_store *store, struct catalogue_snapshot *built)
{
    pthread_mutex_lock(&store->lock);
    struct catalogue_snapshot *older = store->built;
    store->built = built;
    pthread_mutex_unlock(&store->lock);
    if (older)
        arena_free(older->arena); /* nobody has seen it */
    loop_post(store->loop, swap_in, store);
}

/* False when the store is to stop. */
static bool pause_for(struct catalogue_store *store, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&store->lock);
    while (!store->stopping && pthread_cond_timedwait(&store->wake, &store->lock, &until) == 0)
        ;
    bool go_on = !store->stopping;
    pthread_mutex_unlock(&store->lock);
    return go_on;
}

/* The same reason is told once, not at every look. */
static void tell(struct catalogue_store *store, const char *why)
{
    if (strcmp(store->told, why) == 0)
        return;
    snprintf(store->told, sizeof store->told, "%s", why);
    log_event(LOG_WARN_, "catalogue_not_loaded", "why", why, NULL);
}

/* A text may have been right when it was published: an item of it is gone since. */
static void tell_unread(const struct catalogue_snapshot *s)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < s->nmarkets; i++)
        for (size_t k = 0; k < s->markets[i].nunread; k++) {
            const struct promotion_unread *unread = &s->markets[i].unread[k];
            log_event(LOG_WARN_, "promotion_left_out", "promotion", unread->source->code, "line",
                      arena_printf(arena, "%d", unread->mistake.line), "why",
                      promotion_mistake_say(arena, LANGUAGE_en, &unread->mistake), NULL);
        }
    arena_free(arena);
}

static int64_t build(struct catalogue_store *store, PGconn *conn, int64_t have)
{
    char why[256] = "";
    int64_t version = catalogue_load_version(conn);
    if (version < 0 || version == have)
        return have;
    struct catalogue_snapshot *built = catalogue_load(conn, store->finish, why);
    if (!built) {
        tell(store, why);
        return have;
    }
    int64_t got = built->version;
    store->told[0] = '\0';
    tell_unread(built);
    hand_over(store, built);
    return got;
}

static void *run(void *arg)
{
    struct catalogue_store *store = arg;
    PGconn *conn = NULL;
    int64_t have = -1;
    do {
        if (conn && PQstatus(conn) != CONNECTION_OK) {
            PQfinish(conn);
            conn = NULL;
        }
        if (!conn)
            conn = PQconnectdb(store->conninfo);
        if (PQstatus(conn) == CONNECTION_OK)
            have = build(store, conn, have);
    } while (pause_for(store, store->poll_ms));
    PQfinish(conn);
    return NULL;
}

struct catalogue_store *catalogue_store_new(struct loop *loop, const char *conninfo, int poll_ms,
                                            catalogue_finish_fn *finish)
{
    struct catalogue_store *store = calloc(1, sizeof *store);
    if (!store)
        abort();
    *store = (struct catalogue_store){.loop = loop, .poll_ms = poll_ms, .finish = finish};
    store->conninfo = strdup(conninfo);
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->wake, NULL);
    int error = store->conninfo ? pthread_create(&store->thread, NULL, run, store) : ENOMEM;
    if (error)
        die(1, "cannot start the catalogue's thread: %s", strerror(error));
    return store;
}

void catalogue_store_free(struct catalogue_store *store)
{
    if (!store)
        return;
    pthread_mutex_lock(&store->lock);
    store->stopping = true;
    pthread_cond_signal(&store->wake);
    pthread_mutex_unlock(&store->lock);
    pthread_join(store->thread, NULL);
    catalogue_snapshot_release(store->built);
    catalogue_snapshot_release(store->current);
    pthread_mutex_destroy(&store->lock);
    pthread_cond_destroy(&store->wake);
    free(store->conninfo);
    free(store);
}

struct catalogue_snapshot *catalogue_store_take(struct catalogue_store *store)
{
    if (store->current)
        store->current->refs++;
    return store->current;
}

const struct market_snapshot *catalogue_snapshot_market(const struct catalogue_snapshot *snapshot,
                                                        const char *code)
{
    for (size_t i = 0; i < snapshot->nmarkets; i++)
        if (strcmp(snapshot->markets[i].catalogue.market, code) == 0)
            return &snapshot->markets[i];
    return NULL;
}
