#include "server/repeat.h"

#include "server/api/catalogue_body.h"
#include "server/api/inside.h"
#include "server/jobs/autosave.h"
#include "server/net/metrics.h"

#include <stdio.h>

enum {
    READY_POLL_MS = 20,
    READY_TRIES = 500,
    HELD_TRIES = 20,
    HELD_MS = 1000,
    CATALOGUE_POLL_MS = 1000
};

static void ask_inside(void *server, const struct autosave_ask *what)
{
    api_ask(server, &(struct inside){.path = what->path,
                                     .key = what->key,
                                     .body = what->body,
                                     .login_id = what->login_id,
                                     .channel = "autosave",
                                     .id = what->id,
                                     .done = what->done,
                                     .arg = what->arg});
}

struct autosave *repeat_start(struct server *server)
{
    if (server->config->autosave_seconds == 0)
        return NULL;
    return autosave_new(
        &(struct autosave_config){.loop = server->loop,
                                  .db = server->db,
                                  .ask = ask_inside,
                                  .server = server,
                                  .every_ms = (int64_t)server->config->autosave_seconds * 1000});
}

/* ---- once -------------------------------------------------------------------------------------
 */

struct once {
    struct server server;
    struct autosave_config config;
    struct autosave *job;
    struct loop_timer *timer;
    int looks, rounds;
    bool done;
    char *why;
    void (*said)(void *arg, const char *id, const char *due, const char *result, const char *order);
    void *arg;
};

static void say(void *arg, const char *id, const char *due, const char *result, const char *order)
{
    const struct once *once = arg;
    once->said(once->arg, id, due, result, order);
}

static void start(void *arg);

static void finished(void *arg, bool done)
{
    struct once *once = arg;
    once->done = done;
    if (done || ++once->rounds == HELD_TRIES) {
        snprintf(once->why, 256, "it cannot be done now: the log says why, or a server is at it");
        loop_stop(once->server.loop);
        return;
    }
    loop_timer_free(once->timer);
    once->timer = loop_timer_new(once->server.loop, HELD_MS, true, start, once);
}

static void start(void *arg)
{
    struct once *once = arg;
    struct catalogue_snapshot *snapshot = catalogue_store_take(once->server.catalogues);
    catalogue_snapshot_release(snapshot);
    if (snapshot && db_is_ready(once->server.db)) {
        loop_timer_free(once->timer);
        once->timer = NULL;
        autosave_free(once->job);
        once->job = autosave_new(&once->config);
    } else if (++once->looks == READY_TRIES) {
        snprintf(once->why, 256, "the database does not answer, or there is no company in it");
        loop_stop(once->server.loop);
    }
}

bool repeat_once(const char *conninfo, const struct config *config,
                 void (*said)(void *arg, const char *id, const char *due, const char *result,
                              const char *order),
                 void *arg, char *why)
{
    struct once once = {.why = why, .said = said, .arg = arg};
    metrics_init();
    once.server.config = config;
    once.server.loop = loop_new();
    once.server.db = db_new(once.server.loop,
                            &(struct db_config){.conninfo = conninfo,
                                                .connections = {[DB_READ] = 1, [DB_COMMIT] = 1},
                                                .timeout_ms = config->db_timeout_ms,
                                                .queue = (size_t)config->db_queue});
    once.server.catalogues =
        catalogue_store_new(once.server.loop, conninfo, CATALOGUE_POLL_MS, catalogue_bodies_make);
    once.config = (struct autosave_config){.loop = once.server.loop,
                                           .db = once.server.db,
                                           .ask = ask_inside,
                                           .server = &once.server,

                                           .said = say,
                                           .finished = finished,
                                           .arg = &once};
    once.timer = loop_timer_new(once.server.loop, READY_POLL_MS, true, start, &once);
    loop_run(once.server.loop);
    if (once.timer)
        loop_timer_free(once.timer);
    autosave_free(once.job);
    db_free(once.server.db);
    catalogue_store_free(once.server.catalogues);
    loop_free(once.server.loop);
    return once.done;
}
