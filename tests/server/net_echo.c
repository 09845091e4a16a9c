/* A small server on server/net alone, for test_net.py and for measuring:
 *   net_echo LISTEN DIR|plain WORKERS DEADLINE_MS LINGER_MS
 * makes a private CA in DIR and prints `ready HOST:PORT PARENT_PID`.
 *   GET /echo        what arrived, as JSON     GET /slow?ms=N   answered after N ms
 *   GET /json        200 bytes, for measuring  GET /big?n=N     N bytes
 *   GET /metrics     GET /pid                  GET /abort       kills its worker */
#include "core/text.h"
#include "server/net/http.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/pki.h"
#include "server/net/process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct setup {
    int listener, deadline_ms, linger_ms;
    const char *dir; /* NULL: plain */
    char actual[128], certificate[256], key[256];
    struct loop *loop;
    struct http_server *server;
};

/* A reply that comes later: where the exchange is kept meanwhile. */
struct pause {
    struct http_exchange *exchange;
    struct loop_timer *timer;
};

static void reply_text(struct http_exchange *exchange, const char *type, const struct text *text)
{
    http_reply(exchange, 200, type, text->data, text->len);
}

static void add_quoted(struct text *out, const char *name, const char *value)
{
    text_printf(out, "\"%s\":\"", name);
    for (; *value; value++)
        text_printf(
            out, (unsigned char)*value < 0x20 || *value == '"' || *value == '\\' ? "\\u%04x" : "%c",
            (unsigned char)*value);
    text_add(out, "\",");
}

static void echo(struct http_exchange *exchange, const struct http_request *request)
{
    struct text out;
    const char *q = http_query(request, "q"), *header = http_header(exchange, "X-Test");
    text_init(&out, request->arena);
    text_addc(&out, '{');
    add_quoted(&out, "path", request->path);
    add_quoted(&out, "query", request->query);
    add_quoted(&out, "q", q ? q : "");
    add_quoted(&out, "header", header ? header : "");
    add_quoted(&out, "peer", request->peer);
    add_quoted(&out, "id", request->id);
    unsigned sum = 0;
    for (size_t i = 0; i < request->body_len; i++)
        sum = sum * 31 + (unsigned char)request->body[i];
    text_printf(&out, "\"method\":%d,\"body\":%zu,\"sum\":%u}", (int)request->method,
                request->body_len, sum);
    reply_text(exchange, "application/json", &out);
}

static void pause_over(void *arg)
{
    struct pause *pause = arg;
    loop_timer_free(pause->timer);
    http_reply_header(pause->exchange, "X-Slow", "yes");
    http_reply(pause->exchange, 200, "text/plain", "slow", 4);
}

static void slow(struct setup *setup, struct http_exchange *exchange,
                 const struct http_request *request)
{
    const char *ms = http_query(request, "ms");
    struct pause *pause = ARENA_NEW(request->arena, struct pause);
    pause->exchange = exchange;
    pause->timer = loop_timer_new(setup->loop, ms ? atoi(ms) : 0, false, pause_over, pause);
}

static void json(struct http_exchange *exchange)
{
    static char body[201];
    if (!body[0]) {
        memset(body, 'x', 200);
        memcpy(body, "{\"text\":\"", 9);
        memcpy(body + 198, "\"}", 2);
    }
    http_reply(exchange, 200, "application/json", body, 200);
}

static void big(struct http_exchange *exchange, const struct http_request *request)
{
    const char *n = http_query(request, "n");
    size_t len = n ? strtoul(n, NULL, 10) : 0;
    char *body = arena_alloc(request->arena, len);
    memset(body, 'b', len);
    http_reply(exchange, 200, "text/plain", body, len);
}

static void handle(struct http_exchange *exchange, const struct http_request *request, void *arg)
{
    struct setup *setup = arg;
    struct text out;
    const char *path = request->path;
    text_init(&out, request->arena);
    if (strcmp(path, "/json") == 0) {
        json(exchange);
    } else if (strcmp(path, "/slow") == 0) {
        slow(setup, exchange, request);
    } else if (strcmp(path, "/big") == 0) {
        big(exchange, request);
    } else if (strcmp(path, "/metrics") == 0) {
        metrics_print(&out);
        reply_text(exchange, "text/plain; version=0.0.4", &out);
    } else if (strcmp(path, "/pid") == 0) {
        text_printf(&out, "%d", (int)getpid());
        reply_text(exchange, "text/plain", &out);
    } else if (strcmp(path, "/abort") == 0) {
        kill(getpid(), SIGKILL);
    } else if (strcmp(path, "/none") == 0) {
        http_reply(exchange, 204, NULL, NULL, 0);
    } else if (strncmp(path, "/echo", 5) == 0) {
        echo(exchange, request);
    } else {
        http_reply(exchange, 404, "application/problem+json", "{}", 2);
    }
}

static void drained(void *arg)
{
    struct setup *setup = arg;
    loop_stop(setup->loop);
}

static void stop(void *arg, int what)
{
    (void)what;
    struct setup *setup = arg;
    http_server_drain(setup->server, setup->linger_ms, drained, setup);
}

static int worker(int slot, void *arg)
{
    (void)slot;
    static const char *const proxies[] = {"127.0.0.1", NULL};
    struct setup *setup = arg;
    char why[256];
    setup->loop = loop_new();
    struct http_config config = {.listener = setup->listener,
                                 .certificate = setup->dir ? setup->certificate : NULL,
                                 .key = setup->key,
                                 .proxies = getenv("NET_ECHO_PROXY") ? proxies : NULL,
                                 .limits = {.header_bytes = 8192,
                                            .body_bytes = 100000,
                                            .deadline_ms = setup->deadline_ms,
                                            .idle_ms = 20000,
                                            .connections = 500},
                                 .handle = handle,
                                 .arg = setup};
    setup->server = http_server_new(setup->loop, &config, why);
    if (!setup->server) {
        log_event(LOG_ERROR_, "no_server", "why", why, NULL);
        return 1;
    }
    struct loop_watch *term = loop_signal_new(setup->loop, SIGTERM, stop, setup);
    process_ready();
    loop_run(setup->loop);
    loop_watch_free(term);
    http_server_free(setup->server);
    loop_free(setup->loop);
    return 0;
}

static void ready(void *arg)
{
    const struct setup *setup = arg;
    printf("ready %s %d\n", setup->actual, (int)getpid());
    fflush(stdout);
}

static void stopping(void *arg)
{
    const struct setup *setup = arg;
    close(setup->listener);
}

static bool reload(void *arg)
{
    const struct setup *setup = arg;
    struct stat st;
    /* A test puts this file there to have a reload refused. */
    return !setup->dir || stat(setup->certificate, &st) == 0;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"localhost", "127.0.0.1", NULL};
    if (argc != 6)
        die(EXIT_USAGE, "usage: net_echo LISTEN DIR|plain WORKERS DEADLINE_MS LINGER_MS");
    log_init("net_echo", LOG_INFO_);
    char why[256];
    struct setup setup = {.dir = strcmp(argv[2], "plain") == 0 ? NULL : argv[2],
                          .deadline_ms = atoi(argv[4]),
                          .linger_ms = atoi(argv[5])};
    if (setup.dir && !pki_ensure(setup.dir, names, why))
        die(1, "%s", why);
    snprintf(setup.certificate, sizeof setup.certificate, "%s/server.pem", argv[2]);
    snprintf(setup.key, sizeof setup.key, "%s/server.key", argv[2]);
    setup.listener = listener_open(argv[1], setup.actual, why);
    if (setup.listener < 0)
        die(1, "%s", why);
    metrics_init();
    struct process_plan plan = {.workers = atoi(argv[3]),
                                .worker = worker,
                                .ready = ready,
                                .reload = reload,
                                .stopping = stopping,
                                .stop_ms = 5000,
                                .arg = &setup};
    return process_run(&plan);
}
