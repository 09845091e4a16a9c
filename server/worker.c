#include "server/worker.h"

#include "server/api/catalogue_body.h"
#include "server/api/events.h"
#include "server/api/known.h"
#include "server/api/routes.h"
#include "server/auth/hasher.h"
#include "server/auth/signature.h"
#include "server/jobs/autosave.h"
#include "server/mail/mail.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/process.h"
#include "server/repeat.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>

enum {
    CATALOGUE_POLL_MS = 1000,
    READY_POLL_MS = 20,
    KEPT_MEMORY = 16 << 20,
    HOUSEKEEPING_MS = 600000,
    CATALOGUE_WAIT_MS = 3000,
    LINGER_MS = 1500,     /* kept connections may send one more request while we drain */
    COMMITS_OVER_ALL = 16 /* connections for commits, shared out among the workers */
};

struct worker {
    const struct worker_plan *plan;
    struct server server;
    struct http_server *http;
    struct loop_timer *ready_timer;
    struct loop_timer *housekeeping;
    struct autosave *repeat;
    struct mail *mail;
    struct signature_secrets secrets;
    int looks;
};

static void stop_loop(void *arg)
{
    struct worker *w = arg;
    loop_stop(w->server.loop);
}

static void drain(void *arg, int signal)
{
    (void)signal;
    struct worker *w = arg;
    if (w->server.draining)
        return;
    w->server.draining = true;
    if (w->http) {
        http_server_drain(w->http, LINGER_MS, stop_loop, w);
        events_stop(w->server.events);
    } else {
        loop_stop(w->server.loop);
    }
}

static bool open_door(struct worker *w)
{
    const struct worker_plan *plan = w->plan;
    char why[256] = "";
    struct http_config http = {
        .listener = plan->listener,
        .certificate = plan->certificate,
        .key = plan->key,
        .proxies = (const char *const *)plan->config->proxies,
        .limits = {.header_bytes = (size_t)plan->config->header_bytes,
                   .body_bytes = (size_t)plan->config->body_bytes,
                   .deadline_ms = plan->config->deadline_ms,
                   .idle_ms = plan->config->idle_ms,
                   .connections = (size_t)plan->config->connections},
        .handle = api_handle,
        .arg = &w->server,
    };
    w->http = http_server_new(w->server.loop, &http, why);
    if (!w->http)
        log_event(LOG_ERROR_, "door_not_opened", "why", why, NULL);
    return w->http != NULL;
}

/* Serves when the database answers and the first catalogue is there; a database without a company
 * is served after a moment all the same: /readyz tells. */
static void look_ready(void *arg)
{
    struct worker *w = arg;
    struct catalogue_snapshot *snapshot = catalogue_store_take(w->server.catalogues);
    catalogue_snapshot_release(snapshot);
    bool waited = ++w->looks > CATALOGUE_WAIT_MS / READY_POLL_MS;
    if (!db_is_ready(w->server.db) || (!snapshot && !waited))
        return;
    loop_timer_free(w->ready_timer);
    w->ready_timer = NULL;
    if (!open_door(w)) {
        loop_stop(w->server.loop);
        return;
    }
    process_ready();
}

static void housekept(void *arg)
{
    arena_free(arg);
}

static void keep(struct worker *w, enum query query)
{
    struct arena *arena = arena_new();
    struct db_batch *batch = db_batch_new(arena, DB_COMMIT);
    DB_ADD(batch, query);
    db_send(w->server.db, batch, housekept, arena);
}

/* A few at a time; who comes later sees to the rest. */
static void keep_some(struct worker *w, enum query query)
{
    struct arena *arena = arena_new();
    struct db_batch *batch = db_batch_new(arena, DB_COMMIT);
    DB_ADD(batch, query, "200");
    db_send(w->server.db, batch, housekept, arena);
}

/* Each by itself: one that fails does not hold up the other. */
static void housekeep(void *arg)
{
    keep(arg, Q_housekeep);
    keep(arg, Q_returns_expire);
    keep_some(arg, Q_credits_due);
}

static int commit_connections(const struct config *config)
{
    int workers = config->workers > 0 ? config->workers : 1;
    if (config->db_commit_connections > 0)
        return config->db_commit_connections;
    return COMMITS_OVER_ALL / workers > 2 ? COMMITS_OVER_ALL / workers : 2;
}

static struct mail *start_mail(const struct server *server)
{
    const struct config *config = server->config;
    return mail_new(&(struct mail_config){
        .loop = server->loop,
        .db = server->db,
        .every_ms = (int64_t)config->mail_seconds * 1000,
        .url = config->smtp_url,
        .from = config->mail_from,
        .public_url = server->public_url,
        .user = config->smtp_user,
        .password_file = config->smtp_password_file,
        .ca_file = config->smtp_ca_file,
        .with_tls = config->smtp_user || strcmp(config->smtp_tls, "need") == 0,
        .only_count = !config->smtp_url,
    });
}

int worker_run(int slot, const struct worker_plan *plan)
{
    const struct config *config = plan->config;
    struct worker w = {.plan = plan};
    /* Requests come and go: memory that one gives back is for the next, not for the system. */
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
    mallopt(M_TOP_PAD, KEPT_MEMORY / 16);
    w.server.config = config;
    w.server.public_url = plan->public_url;
    signature_secrets_read(config->webhook_secret_file, &w.secrets);
    w.server.webhook_secrets = &w.secrets;
    w.server.loop = loop_new();
    struct db_config db = {
        .conninfo = plan->conninfo,
        .connections =
            {[DB_READ] = config->db_read_connections, [DB_COMMIT] = commit_connections(config)},
        .timeout_ms = config->db_timeout_ms,
        .queue = (size_t)config->db_queue,
    };
    w.server.db = db_new(w.server.loop, &db);
    w.server.hasher = hasher_new(w.server.loop, config->hash_threads, (size_t)config->hash_queue);
    w.server.catalogues = catalogue_store_new(w.server.loop, plan->conninfo, CATALOGUE_POLL_MS,
                                              catalogue_bodies_make);
    w.server.known = known_store_new();
    w.server.events = events_new(&w.server);
    struct loop_watch *term = loop_signal_new(w.server.loop, SIGTERM, drain, &w);
    struct loop_watch *interrupt = loop_signal_new(w.server.loop, SIGINT, drain, &w);
    w.ready_timer = loop_timer_new(w.server.loop, READY_POLL_MS, true, look_ready, &w);
    if (slot == 1)
        w.repeat = repeat_start(&w.server);
    if (slot == 1)
        w.mail = start_mail(&w.server);
    if (slot == 1)
        w.housekeeping = loop_timer_new(w.server.loop, HOUSEKEEPING_MS, true, housekeep, &w);
    loop_run(w.server.loop);

    bool served = w.http != NULL;
    if (w.ready_timer)
        loop_timer_free(w.ready_timer);
    if (w.housekeeping)
        loop_timer_free(w.housekeeping);
    http_server_free(w.http);
    autosave_free(w.repeat);
    mail_free(w.mail);
    hasher_free(w.server.hasher);
    db_free(w.server.db);
    events_free(w.server.events);
    known_store_free(w.server.known);
    catalogue_store_free(w.server.catalogues);
    loop_watch_free(term);
    loop_watch_free(interrupt);
    loop_free(w.server.loop);
    return served || w.server.draining ? 0 : 1;
}
