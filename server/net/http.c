#include "server/net/http_private.h"

#include "server/net/log.h"
#include "server/net/tls.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum {
    SWEEP_LEAST_MS = 20,
    SWEEP_MOST_MS = 200,
};

int64_t http_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Unique without asking the kernel each time: a bijection (splitmix64) of a counter that begins at
 * a random place in each worker. */
void http_new_id(struct http_server *server, char *out)
{
    uint64_t z = server->id_key + ++server->id_count * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    for (int i = 0; i < 16; i++, z >>= 4)
        out[i] = "0123456789abcdef"[z & 15];
    out[16] = '\0';
}

/* ---- between the turns of the loop ----------------------------------------------------------- */

void http_chores_wake(struct http_server *server)
{
    event_active(server->chores, EV_TIMEOUT, 0);
}

static void buried_free(struct http_server *server)
{
    while (server->buried) {
        struct http_exchange *exchange = server->buried;
        server->buried = exchange->next_buried;
        http_exchange_free(exchange);
    }
}

/* Frees what was buried, and tells when nothing is left of a draining server. */
static void chores_run(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct http_server *server = arg;
    buried_free(server);
    bool empty = !server->bound && !server->open && LIST_EMPTY(&server->exchanges);
    if (empty && server->drained) {
        void (*drained)(void *) = server->drained;
        server->drained = NULL;
        drained(server->drained_arg); /* may free the server */
    }
}

/* A turn of the loop after the listener was disabled (see loop.c: others share it). */
static void listener_close(void *arg)
{
    struct http_server *server = arg;
    evhttp_del_accept_socket(server->evhttp, server->bound);
    server->bound = NULL;
    http_chores_wake(server);
}

static void sweep_run(void *arg)
{
    struct http_server *server = arg;
    int64_t now = loop_now(server->loop);
    if (!server->draining)
        evconnlistener_enable(server->accepting); /* accept_failed may have made a pause */
    for (size_t i = 0; i < server->conns_len; i++) {
        struct conn *conn = server->conns[i];
        if (conn && conn->due <= now)
            http_conn_overdue(conn);
    }
}

/* ---- the server ------------------------------------------------------------------------------ */

/* Out of descriptors or memory: the connection stays in the kernel's queue, and asking for it again
 * at once would spin; the next sweep goes on. (An accept that finds nothing, because another worker
 * was quicker, is no error and does not come here.) */
static void accept_failed(struct evconnlistener *listener, void *arg)
{
    (void)arg; /* evhttp's */
    log_event(LOG_WARN_, "accept_failed", "why", strerror(errno), NULL);
    evconnlistener_disable(listener);
}

static void limits_default(struct http_limits *limits)
{
    if (!limits->header_bytes)
        limits->header_bytes = 16 * 1024;
    if (!limits->body_bytes)
        limits->body_bytes = 1024 * 1024;
    if (!limits->deadline_ms)
        limits->deadline_ms = 30000;
    if (!limits->idle_ms)
        limits->idle_ms = 60000;
    if (!limits->connections)
        limits->connections = 4096;
}

static struct evhttp *evhttp_for(struct http_server *server)
{
    const struct http_limits *limits = &server->config.limits;
    struct evhttp *evhttp = http_memory(evhttp_new(loop_event_base(server->loop)));
    /* Looser than the guard, so that it is the guard that answers. */
    evhttp_set_max_headers_size(evhttp, (ev_ssize_t)limits->header_bytes + 1024);
    evhttp_set_max_body_size(evhttp, (ev_ssize_t)limits->body_bytes);
    evhttp_set_default_content_type(evhttp, NULL);
    evhttp_set_allowed_methods(evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                           EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE | EVHTTP_REQ_HEAD);
    evhttp_set_bevcb(evhttp, http_conn_new, server);
    evhttp_set_gencb(evhttp, http_on_request, server);
    return evhttp;
}

static void accept_start(struct http_server *server)
{
    struct event_base *base = loop_event_base(server->loop);
    server->accepting = http_memory(
        evconnlistener_new(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0,
                           server->config.listener));
    evconnlistener_set_error_cb(server->accepting, accept_failed);
    server->bound = http_memory(evhttp_bind_listener(server->evhttp, server->accepting));
}

static void sweep_start(struct http_server *server, int64_t every_ms)
{
    loop_timer_free(server->sweep);
    every_ms = every_ms < SWEEP_LEAST_MS  ? SWEEP_LEAST_MS
               : every_ms > SWEEP_MOST_MS ? SWEEP_MOST_MS
                                          : every_ms;
    server->sweep = loop_timer_new(server->loop, every_ms, true, sweep_run, server);
}

struct http_server *http_server_new(struct loop *loop, const struct http_config *config, char *why)
{
    SSL_CTX *tls = NULL;
    if (config->certificate && !(tls = tls_server_new(config->certificate, config->key, why)))
        return NULL;
    struct http_server *server = http_memory(calloc(1, sizeof *server));
    server->loop = loop;
    server->config = *config;
    server->tls = tls;
    LIST_INIT(&server->exchanges);
    limits_default(&server->config.limits);
    if (getrandom(&server->id_key, sizeof server->id_key, 0) != sizeof server->id_key)
        abort();
    server->chores = http_memory(event_new(loop_event_base(loop), -1, 0, chores_run, server));
    server->evhttp = evhttp_for(server);
    accept_start(server);
    sweep_start(server, server->config.limits.deadline_ms / 20);
    return server;
}

void http_server_drain(struct http_server *server, int linger_ms, void (*drained)(void *arg),
                       void *arg)
{
    if (server->draining)
        return;
    server->draining = true;
    server->linger_ms = linger_ms;
    server->drained = drained;
    server->drained_arg = arg;
    evconnlistener_disable(server->accepting);
    loop_post(server->loop, listener_close,
              server); /* at once: whoever comes next wants the port */
    for (size_t i = 0; i < server->conns_len; i++) {
        struct conn *conn = server->conns[i];
        if (conn && (conn->phase == CONN_NEW || conn->phase == CONN_IDLE))
            http_conn_enter(conn, conn->phase);
    }
    sweep_start(server, linger_ms / 10);
}

void http_server_free(struct http_server *server)
{
    if (!server)
        return;
    evhttp_free(server->evhttp); /* closes what is open, by conn_closed */
    buried_free(server);
    struct http_exchange *exchange;
    while ((exchange = LIST_FIRST(&server->exchanges))) {
        LIST_REMOVE(exchange, list);
        exchange->server = NULL;
    }
    event_free(server->chores);
    loop_timer_free(server->sweep);
    SSL_CTX_free(server->tls);
    free(server->conns);
    free(server);
}
