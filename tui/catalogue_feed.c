#include "tui/catalogue_feed.h"

#include "tui/catalogue_file.h"
#include "tui/catalogue_read.h"
#include "tui/tongue.h"

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    CHECK_MS = 5 * 60 * 1000, /* between two looks whether it has changed */
    HEARD_MS = 5 * 1000,      /* the same when it is known, or matters */
    FAILED_MS = 60 * 1000,    /* after an answer that was of no use */
    BEHIND = 10,              /* niceness of the thread */
};

/* One catalogue being made by the thread: from the file, or from what has come. */
struct making {
    pthread_t thread;
    atomic_bool done;
    struct client *client; /* to be woken */
    struct arena *arena;   /* of the key and what has come */
    struct catalogue_key key;
    const char *path; /* NULL: no disk */
    struct catalogue_file came;
    bool from_file;
    struct catalogue_held *made; /* NULL: it could not be read */
};

struct catalogue_feed {
    struct client *client;
    struct arena *arena; /* of the texts */
    const char *server;
    const char *market;     /* NULL: nothing asked for yet */
    enum language language; /* of the names */
    struct catalogue_held *now;
    struct making *making;
    struct date day;
    bool asking, is_new;
    int64_t turn, next_check;
};

/* ---- references ------------------------------------------------------------------------------ */

void catalogue_release(void *held)
{
    struct catalogue_held *one = held;
    if (one && --one->refs == 0) {
        arena_free(one->arena);
        malloc_trim(0); /* it is megabytes, and soon another thread's */
    }
}

/* ---- the thread ------------------------------------------------------------------------------ */

static void *make(void *arg)
{
    struct making *m = arg;
    setpriority(PRIO_PROCESS, (id_t)gettid(), BEHIND); /* this thread's alone; keys go first */
    if (!m->from_file || (m->path && catalogue_file_read(m->arena, m->path, &m->key, &m->came)))
        m->made = catalogue_read(m->came.body, m->came.len, m->came.tag);
    if (m->made && !m->from_file && m->path)
        catalogue_file_write(m->path, &m->key, &m->came);
    atomic_store(&m->done, true);
    client_wake(m->client);
    return NULL;
}

static struct making *making_new(struct catalogue_feed *feed)
{
    struct making *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->arena = arena_new();
    m->client = feed->client;
    m->key = (struct catalogue_key){feed->server, feed->market, language_info(feed->language)->tag};
    m->path = catalogue_file_path(m->arena, &m->key);
    return m;
}

static void making_free(struct making *m)
{
    arena_free(m->arena);
    free(m);
}

static void making_start(struct catalogue_feed *feed, struct making *m)
{
    if (pthread_create(&m->thread, NULL, make, m) == 0)
        feed->making = m;
    else
        making_free(m); /* prices come from the server then */
}

/* Not of another market, and not older than what is there: the file in another language may be. */
static bool is_wanted(const struct catalogue_feed *feed, const struct making *m)
{
    const struct catalogue *made = &m->made->wire.catalogue;
    bool is_old = m->from_file && feed->now && feed->now->wire.catalogue.version > made->version;
    return feed->market && strcmp(made->market, feed->market) == 0 && !is_old;
}

static void making_end(struct catalogue_feed *feed)
{
    struct making *m = feed->making;
    pthread_join(m->thread, NULL);
    feed->making = NULL;
    if (m->made && is_wanted(feed, m)) {
        catalogue_release(feed->now);
        feed->now = m->made;
        feed->is_new = true;
    } else {
        catalogue_release(m->made);
        if (!m->from_file)
            feed->next_check = feed->turn + FAILED_MS;
    }
    making_free(m);
}

/* ---- the server ------------------------------------------------------------------------------ */

void catalogue_feed_set_day(struct catalogue_feed *feed, const char *day)
{
    struct date date;
    if (!date_parse(day, &date) || date.days == feed->day.days)
        return;
    feed->day = date;
    feed->is_new = true;
}

static void came(struct catalogue_feed *feed, const struct answer *answer)
{
    struct making *m = making_new(feed);
    m->came =
        (struct catalogue_file){arena_strdup(m->arena, answer->etag),
                                arena_strndup(m->arena, answer->body, answer->len), answer->len};
    making_start(feed, m);
}

static void answered(void *owner, const struct answer *answer)
{
    struct catalogue_feed *feed = owner;
    bool is_same = answer->arrived && answer->http == 304;
    feed->asking = false;
    feed->next_check = feed->turn + (is_same || answer_is_ok(answer) ? CHECK_MS : FAILED_MS);
    if (answer->arrived)
        catalogue_feed_set_day(feed, answer->day);
    if (answer_is_ok(answer) && !feed->making)
        came(feed, answer);
}

static void ask(struct catalogue_feed *feed)
{
    struct arena *arena = arena_new();
    struct request request = {
        .method = "GET",
        .path = arena_printf(arena, "/catalogue?market=%s&lang=%s", feed->market,
                             language_info(feed->language)->tag),
        .tries = 5,
        .waits_for_none = true,
        .bulk = true,
        .done = answered,
        .owner = feed,
    };
    if (feed->now && *feed->now->tag)
        request.header = arena_printf(arena, "If-None-Match: %s", feed->now->tag);
    client_send(feed->client, &request);
    feed->asking = true;
    arena_free(arena);
}

/* ---- one feed -------------------------------------------------------------------------------- */

struct catalogue_feed *catalogue_feed_new(struct client *client, const char *server)
{
    struct catalogue_feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        abort();
    feed->client = client;
    feed->arena = arena_new();
    feed->server = arena_strdup(feed->arena, server);
    feed->day = DATE_MIN;
    return feed;
}

void catalogue_feed_free(struct catalogue_feed *feed)
{
    if (!feed)
        return;
    client_forget(feed->client, feed);
    if (feed->making)
        making_end(feed);
    catalogue_release(feed->now);
    arena_free(feed->arena);
    free(feed);
}

static void begin(struct catalogue_feed *feed, const char *market)
{
    client_forget(feed->client, feed);
    feed->asking = false;
    feed->language = tongue_language();
    feed->next_check = 0;
    if (!feed->market ||
        strcmp(feed->market, market) != 0) { /* in another language it still prices */
        feed->market = arena_strdup(feed->arena, market);
        catalogue_release(feed->now);
        feed->now = NULL;
        feed->day = DATE_MIN;
    }
    struct making *m = making_new(feed);
    m->from_file = true;
    making_start(feed, m);
}

bool catalogue_feed_tick(struct catalogue_feed *feed, const char *market, int64_t now)
{
    feed->turn = now;
    if (feed->making && atomic_load(&feed->making->done))
        making_end(feed);
    bool is_other = !feed->market || strcmp(feed->market, market) != 0;
    if (!feed->making && (is_other || feed->language != tongue_language()))
        begin(feed, market);
    if (!feed->making && !feed->asking && now >= feed->next_check)
        ask(feed);
    bool is_new = feed->is_new;
    feed->is_new = false;
    return is_new;
}

struct catalogue_held *catalogue_feed_now(const struct catalogue_feed *feed)
{
    return feed->now;
}

struct date catalogue_feed_day(const struct catalogue_feed *feed)
{
    return feed->day;
}

int catalogue_feed_hurry(struct catalogue_feed *feed)
{
    if (feed->now && feed->next_check > feed->turn + HEARD_MS)
        feed->next_check = feed->turn + HEARD_MS;
    int64_t wait = feed->next_check - feed->turn;
    return wait > 0 && wait < HEARD_MS ? (int)wait : HEARD_MS;
}

void catalogue_feed_heard(struct catalogue_feed *feed, int64_t version)
{
    if (feed->now && version != 0 && version != feed->now->wire.catalogue.version)
        catalogue_feed_hurry(feed);
}

void catalogue_feed_told(struct catalogue_feed *feed, int64_t version)
{
    if (feed->now && version != 0 && version != feed->now->wire.catalogue.version)
        feed->next_check = feed->turn;
}
