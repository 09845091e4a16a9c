#include "server/net/http.h"

#include "core/text.h"
#include "server/net/guard.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/tls.h"
#include "server/net/uri.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

/* How evhttp is used, since its manual is its source (2.1.12):
 * - It makes a bufferevent per connection by our conn_new, and tells us of the end of a connection
 *   by the close callback. Between accept and the next turn of the loop it cannot be asked for its
 *   connection; conn_soon picks it up then, before any byte can have been read.
 * - The bytes read are seen first by conn_input, a callback of the input buffer, which knows when a
 *   request begins (for the deadline) and lets the guard judge it. What the guard refuses is
 *   answered by ourselves, with evhttp's callbacks taken off the bufferevent.
 * - A request given to on_request is ours (evhttp_request_own) until evhttp has sent the reply,
 *   so that a client that goes away takes no memory from under a handler.
 * - A bufferevent writes when epoll says that it may. A reply is given to TLS at once, which saves
 *   asking; evhttp is told by conn_soon, since it may free what a handler still has on the stack.
 * - Times are looked after by one sweep over all connections, not by a timer for each. */

enum phase {
    CONN_NEW,       /* accepted; in the TLS handshake, or no byte of a request yet */
    CONN_IDLE,      /* kept, no byte of the next request yet */
    CONN_READING,   /* a request has begun */
    CONN_WORKING,   /* a handler has it */
    CONN_REPLYING,  /* the reply is being written */
    CONN_REFUSING,  /* our own answer to a bad request is being written */
    CONN_LINGERING, /* written; what the client still sends is thrown away for a moment, since a
                       close with unread bytes would reset the connection and lose the answer */
};

struct conn {
    struct http_server *server;
    struct bufferevent *bev;
    struct evhttp_connection *evcon;
    SSL *ssl; /* NULL: plain */
    struct event *soon;
    struct http_exchange *exchange; /* in flight */
    int64_t due;                    /* when the phase must have ended */
    enum phase phase;
    bool surplus; /* above the limit of connections */
    struct guard guard;
};

struct http_exchange {
    LIST_ENTRY(http_exchange) list;
    struct http_exchange *next_buried;
    struct http_server *server; /* NULL after http_server_free */
    struct conn *conn;          /* NULL when the client has gone */
    struct evhttp_request *evreq;
    struct http_request request;
    int64_t began_us;
    bool replied;
};

struct http_server {
    struct loop *loop;
    struct evhttp *evhttp;
    struct evconnlistener *accepting;
    struct evhttp_bound_socket *bound;
    SSL_CTX *tls;
    struct http_config config;
    struct conn **conns; /* by descriptor */
    size_t conns_len, open;
    LIST_HEAD(, http_exchange) exchanges;
    struct http_exchange *buried; /* to be freed when no handler is on the stack */
    struct event *chores;
    struct loop_timer *sweep;
    void (*drained)(void *arg);
    void *drained_arg;
    int linger_ms;
    bool draining;
    uint64_t id_key, id_count;
    time_t date_at;
    char date[40];
};

enum {
    REFUSAL_LINGER_MS = 1000,
    SWEEP_LEAST_MS = 20,
    SWEEP_MOST_MS = 200,
    ONE_RECORD = 16384,     /* of TLS */
    AHEAD_MAX = 256 * 1024, /* what a client may send while it takes a reply */
};

#define ALLOWED "GET, HEAD, POST, PUT, PATCH, DELETE"
#define HSTS "max-age=31536000; includeSubDomains"
#define NO_CONTENT_POLICY "default-src 'none'; frame-ancestors 'none'"

/* ---- small things ---------------------------------------------------------------------------- */

static void *memory_or_abort(void *p)
{
    if (!p)
        abort();
    return p;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Unique without asking the kernel each time: a bijection (splitmix64) of a counter that begins at
 * a random place in each worker. */
static void new_id(struct http_server *server, char *out)
{
    uint64_t z = server->id_key + ++server->id_count * UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    z ^= z >> 31;
    for (int i = 0; i < 16; i++, z >>= 4)
        out[i] = "0123456789abcdef"[z & 15];
    out[16] = '\0';
}

static const char *date_now(struct http_server *server)
{
    time_t now = time(NULL);
    if (now != server->date_at) {
        struct tm tm;
        gmtime_r(&now, &tm);
        /* evhttp's helper, since strftime's names of days depend on the locale. */
        evutil_date_rfc1123(server->date, sizeof server->date, &tm);
        server->date_at = now;
    }
    return server->date;
}

static size_t problem_json(enum status status, char *out, size_t size)
{
    const struct status_info *info = status_info(status);
    return (size_t)snprintf(
        out, size,
        "{\"type\":\"https://partyline.example/problems/%s\",\"title\":\"%s\",\"status\":%d}",
        info->type, info->title, info->http);
}

static void count_reply(int code)
{
    metric_add(METRIC_requests, 1);
    if (code >= 500)
        metric_add(METRIC_requests_5xx, 1);
    else if (code >= 400)
        metric_add(METRIC_requests_4xx, 1);
}

/* ---- exchanges ------------------------------------------------------------------------------- */

static void exchange_free(struct http_exchange *exchange)
{
    if (exchange->evreq)
        evhttp_request_free(exchange->evreq);
    if (exchange->server)
        LIST_REMOVE(exchange, list);
    arena_free(exchange->request.arena); /* holds the exchange itself */
}

static void chores_wake(struct http_server *server)
{
    event_active(server->chores, EV_TIMEOUT, 0);
}

/* To be freed a little later: a handler, or evhttp, may still hold it on the stack. */
static void exchange_bury(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    if (!server) {
        exchange_free(exchange);
        return;
    }
    exchange->next_buried = server->buried;
    server->buried = exchange;
    chores_wake(server);
}

static void buried_free(struct http_server *server)
{
    while (server->buried) {
        struct http_exchange *exchange = server->buried;
        server->buried = exchange->next_buried;
        exchange_free(exchange);
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

/* ---- connections: from one phase to the next ------------------------------------------------- */

static void conn_enter(struct conn *conn, enum phase phase)
{
    const struct http_limits *limits = &conn->server->config.limits;
    int64_t now = loop_now(conn->server->loop);
    conn->phase = phase;
    switch (phase) {
    case CONN_NEW:
    case CONN_READING:
    case CONN_REPLYING:
    case CONN_REFUSING:
        conn->due = now + limits->deadline_ms;
        break;
    case CONN_IDLE:
        conn->due = now + limits->idle_ms;
        break;
    case CONN_LINGERING:
        conn->due = now + REFUSAL_LINGER_MS;
        break;
    case CONN_WORKING: /* the handler's time is the handler's matter */
        conn->due = INT64_MAX;
        break;
    }
    if (conn->server->draining && (phase == CONN_NEW || phase == CONN_IDLE))
        conn->due = now + conn->server->linger_ms;
}

static void input_discard(struct bufferevent *bev, void *arg)
{
    (void)arg;
    struct evbuffer *input = bufferevent_get_input(bev);
    evbuffer_drain(input, evbuffer_get_length(input));
}

static void refusal_written(struct bufferevent *bev, void *arg)
{
    struct conn *conn = arg;
    if (conn->phase != CONN_REFUSING)
        return;
    conn_enter(conn, CONN_LINGERING);
    if (conn->ssl)
        SSL_shutdown(conn->ssl);
    ERR_clear_error();
    shutdown(bufferevent_getfd(bev), SHUT_WR);
}

static void refusal_ended(struct bufferevent *bev, short what, void *arg)
{
    (void)bev;
    (void)what;
    struct conn *conn = arg;
    evhttp_connection_free(conn->evcon);
}

/* Answers a request that evhttp must not see, and closes. Safe within a callback of the input:
 * takes evhttp off the connection, and frees nothing. */
static void conn_refuse(struct conn *conn, enum status status)
{
    char body[256], id[17];
    size_t body_len = problem_json(status, body, sizeof body);
    int code = status_info(status)->http;
    new_id(conn->server, id);
    const char *line = code == 405   ? "405 Method Not Allowed\r\nAllow: " ALLOWED
                       : code == 413 ? "413 Content Too Large"
                                     : "400 Bad Request";
    bufferevent_setcb(conn->bev, input_discard, refusal_written, refusal_ended, conn);
    evbuffer_add_printf(bufferevent_get_output(conn->bev),
                        "HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: application/problem+json\r\n"
                        "Content-Length: %zu\r\nConnection: close\r\nCache-Control: no-store\r\n"
                        "Strict-Transport-Security: " HSTS "\r\n"
                        "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                        "Content-Security-Policy: " NO_CONTENT_POLICY "\r\nX-Request-Id: %s\r\n"
                        "\r\n%s",
                        line, date_now(conn->server), body_len, id, body);
    bufferevent_enable(conn->bev, EV_READ | EV_WRITE);
    conn_enter(conn, CONN_REFUSING);
    count_reply(code);
    log_event(LOG_DEBUG_, "request_refused", "request", id, "status", status_info(status)->name,
              NULL);
}

/* Shows the guard the input from `from` on; the rest is the next request's. */
static void conn_scan(struct conn *conn, size_t from)
{
    struct evbuffer *input = bufferevent_get_input(conn->bev);
    struct evbuffer_ptr start;
    struct evbuffer_iovec piece[16];
    enum guard_step step = GUARD_MORE;
    while (step == GUARD_MORE && from < evbuffer_get_length(input)) {
        evbuffer_ptr_set(input, &start, from, EVBUFFER_PTR_SET);
        int n = evbuffer_peek(input, -1, &start, piece, ARRAY_LEN(piece));
        n = n > (int)ARRAY_LEN(piece) ? (int)ARRAY_LEN(piece) : n;
        for (int i = 0; i < n && step == GUARD_MORE; i++) {
            size_t used;
            step = guard_feed(&conn->guard, piece[i].iov_base, piece[i].iov_len, &used);
            from += used;
        }
    }
    if (step == GUARD_REFUSE)
        conn_refuse(conn, conn->guard.refusal);
}

static void request_begins(struct conn *conn)
{
    const struct http_limits *limits = &conn->server->config.limits;
    conn_enter(conn, CONN_READING);
    guard_begin(&conn->guard, limits->header_bytes, limits->body_bytes);
    conn_scan(conn, 0);
}

/* Called for every change of the input buffer, before evhttp reads from it. */
static void conn_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *arg)
{
    struct conn *conn = arg;
    if (!info->n_added)
        return;
    switch (conn->phase) {
    case CONN_NEW:
    case CONN_IDLE:
        request_begins(conn);
        break;
    case CONN_READING:
        conn_scan(conn, info->orig_size);
        break;
    case CONN_WORKING:
    case CONN_REPLYING:
        if (evbuffer_get_length(input) > AHEAD_MAX)
            conn->due = 0;
        break;
    case CONN_REFUSING:
    case CONN_LINGERING:
        break;
    }
}

/* Whether the client has finished the handshake. (SSL_is_init_finished says no again after an
 * error, which a close without close_notify is too.) */
static bool tls_is_established(const SSL *ssl)
{
    char byte;
    return SSL_get_peer_finished(ssl, &byte, 1) > 0;
}

static void tls_end(struct conn *conn)
{
    if (SSL_is_init_finished(conn->ssl))
        SSL_shutdown(conn->ssl); /* close_notify, if it can be sent at once */
    /* Who connects and says nothing has not failed. */
    if (!tls_is_established(conn->ssl) && BIO_number_read(SSL_get_rbio(conn->ssl)) > 0)
        metric_add(METRIC_tls_failures, 1);
    ERR_clear_error();
}

/* evhttp's close callback: the last that is heard of a connection. */
static void conn_closed(struct evhttp_connection *evcon, void *arg)
{
    (void)evcon;
    struct conn *conn = arg;
    struct http_server *server = conn->server;
    struct http_exchange *exchange = conn->exchange;
    if (exchange) {
        exchange->conn = NULL;
        if (exchange->replied)
            exchange_bury(exchange);
    }
    if (conn->ssl)
        tls_end(conn);
    evbuffer_remove_cb(bufferevent_get_input(conn->bev), conn_input, conn);
    server->conns[bufferevent_getfd(conn->bev)] = NULL;
    server->open--;
    metric_add(METRIC_connections, -1);
    event_free(conn->soon);
    free(conn);
    chores_wake(server);
}

/* evhttp has made its connection around our bufferevent: find it (it is the argument of its own
 * callbacks) and enter it in the table. */
static void conn_adopt(struct conn *conn)
{
    struct http_server *server = conn->server;
    bufferevent_getcb(conn->bev, NULL, NULL, NULL, (void **)&conn->evcon);
    size_t fd = (size_t)bufferevent_getfd(conn->bev);
    if (fd >= server->conns_len) {
        size_t len = fd * 2 + 64;
        server->conns = memory_or_abort(realloc(server->conns, len * sizeof(struct conn *)));
        memset(server->conns + server->conns_len, 0,
               (len - server->conns_len) * sizeof(struct conn *));
        server->conns_len = len;
    }
    server->conns[fd] = conn;
    evhttp_connection_set_closecb(conn->evcon, conn_closed, conn);
    if (conn->surplus)
        evhttp_connection_free(conn->evcon);
}

/* When nothing is on the stack any more: after an accept; when a reply has been written at once; or
 * after a reply behind which the client had already sent another request, before evhttp reads it.
 */
static void conn_soon(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct conn *conn = arg;
    if (!conn->evcon)
        conn_adopt(conn);
    else if (conn->phase == CONN_REPLYING &&
             !evbuffer_get_length(bufferevent_get_output(conn->bev)))
        bufferevent_trigger(conn->bev, EV_WRITE, 0); /* may free the connection */
    else if (conn->phase == CONN_IDLE && evbuffer_get_length(bufferevent_get_input(conn->bev)))
        request_begins(conn);
}

static struct bufferevent *bufferevent_for(struct conn *conn, struct event_base *base)
{
    if (!conn->server->tls || conn->surplus)
        return memory_or_abort(bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE));
    conn->ssl = memory_or_abort(SSL_new(conn->server->tls));
    struct bufferevent *bev = memory_or_abort(bufferevent_openssl_socket_new(
        base, -1, conn->ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE));
    /* Every reply has its length: a close without close_notify cuts nothing off unseen. */
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

/* evhttp asks for the bufferevent of a connection just accepted. */
static struct bufferevent *conn_new(struct event_base *base, void *arg)
{
    struct http_server *server = arg;
    struct conn *conn = memory_or_abort(calloc(1, sizeof *conn));
    conn->server = server;
    conn->surplus = server->open >= server->config.limits.connections;
    conn->bev = bufferevent_for(conn, base);
    conn->soon = memory_or_abort(event_new(base, -1, 0, conn_soon, conn));
    conn_enter(conn, CONN_NEW);
    evbuffer_add_cb(bufferevent_get_input(conn->bev), conn_input, conn);
    event_active(conn->soon, EV_TIMEOUT, 0);
    server->open++;
    metric_add(METRIC_connections, 1);
    metric_add(METRIC_connections_total, 1);
    return conn->bev;
}

/* A browser may connect ahead of need: done with the handshake it is idle, not slow. */
static bool is_merely_idle(struct conn *conn)
{
    return conn->phase == CONN_NEW && !conn->server->draining &&
           (!conn->ssl || tls_is_established(conn->ssl));
}

/* A turn of the loop after the listener was disabled (see loop.c: others share it). */
static void listener_close(void *arg)
{
    struct http_server *server = arg;
    evhttp_del_accept_socket(server->evhttp, server->bound);
    server->bound = NULL;
    chores_wake(server);
}

static void sweep_run(void *arg)
{
    struct http_server *server = arg;
    int64_t now = loop_now(server->loop);
    if (!server->draining)
        evconnlistener_enable(server->accepting); /* accept_failed may have made a pause */
    for (size_t i = 0; i < server->conns_len; i++) {
        struct conn *conn = server->conns[i];
        if (!conn || conn->due > now)
            continue;
        if (is_merely_idle(conn))
            conn_enter(conn, CONN_IDLE);
        else
            evhttp_connection_free(conn->evcon);
    }
}

/* ---- requests -------------------------------------------------------------------------------- */

static const char *input_header(struct http_exchange *exchange, const char *name)
{
    return evhttp_find_header(evhttp_request_get_input_headers(exchange->evreq), name);
}

static bool is_proxy(const struct http_server *server, const char *address)
{
    for (const char *const *p = server->config.proxies; p && *p; p++)
        if (strcmp(*p, address) == 0)
            return true;
    return false;
}

/* The last entry of the last X-Forwarded-For is the one that our own proxy wrote. */
static const char *forwarded_for(struct http_exchange *exchange)
{
    const char *list = NULL;
    struct evkeyval *header;
    TAILQ_FOREACH(header, evhttp_request_get_input_headers(exchange->evreq), next)
    if (strcasecmp(header->key, "X-Forwarded-For") == 0)
        list = header->value;
    if (!list)
        return NULL;
    const char *comma = strrchr(list, ',');
    const char *last = comma ? comma + 1 : list;
    last += strspn(last, " \t");
    unsigned char binary[16];
    bool valid = inet_pton(AF_INET, last, binary) == 1 || inet_pton(AF_INET6, last, binary) == 1;
    return valid ? last : NULL;
}

static const char *proxy_id(struct http_exchange *exchange)
{
    const char *id = input_header(exchange, "X-Request-Id");
    size_t len = id ? strlen(id) : 0;
    bool fine = len >= 8 && len <= 64 && strspn(id, "0123456789abcdefABCDEF-") == len;
    return fine ? id : NULL;
}

/* On a socket for both families an IPv4 client has a mapped address; nobody configures that. */
static const char *unmapped(const char *address)
{
    bool mapped = strncmp(address, "::ffff:", 7) == 0 && strchr(address, '.');
    return mapped ? address + 7 : address;
}

static void fill_peer(struct http_exchange *exchange, struct conn *conn)
{
    struct http_request *request = &exchange->request;
    char *address = NULL;
    uint16_t port;
    evhttp_connection_get_peer(conn->evcon, &address, &port);
    request->peer = arena_strdup(request->arena, unmapped(address));
    if (is_proxy(conn->server, request->peer)) {
        const char *client = forwarded_for(exchange);
        request->peer = client ? client : request->peer;
        request->id = proxy_id(exchange);
    }
    if (!request->id) {
        char *id = arena_alloc(request->arena, 17);
        new_id(conn->server, id);
        request->id = id;
    }
}

static enum http_method method_of(const struct evhttp_request *evreq)
{
    switch ((int)evhttp_request_get_command(evreq)) {
    case EVHTTP_REQ_POST:
        return HTTP_POST;
    case EVHTTP_REQ_PUT:
        return HTTP_PUT;
    case EVHTTP_REQ_PATCH:
        return HTTP_PATCH;
    case EVHTTP_REQ_DELETE:
        return HTTP_DELETE;
    case EVHTTP_REQ_HEAD:
        return HTTP_HEAD;
    default: /* the guard lets no others in */
        return HTTP_GET;
    }
}

static bool fill_target(struct http_request *request, const char *target)
{
    size_t len = strcspn(target, "?");
    request->query = target[len] == '?' ? target + len + 1 : "";
    request->path = uri_decode(request->arena, target, len, false);
    return request->path && utf8_is_printable(request->path, strlen(request->path));
}

static void fill_body(struct http_request *request, struct evbuffer *input)
{
    request->body_len = evbuffer_get_length(input);
    request->body = "";
    if (!request->body_len)
        return;
    evbuffer_add(input, "", 1);
    request->body = memory_or_abort(evbuffer_pullup(input, -1));
}

static struct http_exchange *exchange_new(struct conn *conn, struct evhttp_request *evreq)
{
    struct arena *arena = arena_new();
    struct http_exchange *exchange = ARENA_NEW(arena, struct http_exchange);
    exchange->server = conn->server;
    exchange->conn = conn;
    exchange->evreq = evreq;
    exchange->request.arena = arena;
    exchange->began_us = now_us();
    LIST_INSERT_HEAD(&conn->server->exchanges, exchange, list);
    conn->exchange = exchange;
    evhttp_request_own(evreq);
    return exchange;
}

static void reply_problem(struct http_exchange *exchange, enum status status)
{
    char body[256];
    size_t len = problem_json(status, body, sizeof body);
    http_reply(exchange, status_info(status)->http, "application/problem+json", body, len);
}

/* evhttp has read a whole request that the guard found well-formed. */
static void on_request(struct evhttp_request *evreq, void *arg)
{
    struct http_server *server = arg;
    struct evhttp_connection *evcon = evhttp_request_get_connection(evreq);
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));
    struct conn *conn = server->conns[fd];
    conn_enter(conn, CONN_WORKING);
    struct http_exchange *exchange = exchange_new(conn, evreq);
    struct http_request *request = &exchange->request;
    request->method = method_of(evreq);
    fill_peer(exchange, conn);
    fill_body(request, evhttp_request_get_input_buffer(evreq));
    if (fill_target(request, evhttp_request_get_uri(evreq)))
        server->config.handle(exchange, request, server->config.arg);
    else
        reply_problem(exchange, STATUS_MALFORMED);
}

const char *http_header(struct http_exchange *exchange, const char *name)
{
    return input_header(exchange, name);
}

const char *http_query(const struct http_request *request, const char *name)
{
    for (const char *at = request->query; *at;) {
        size_t len = strcspn(at, "&"), key = strcspn(at, "=&");
        const char *decoded = uri_decode(request->arena, at, key, true);
        if (decoded && strcmp(decoded, name) == 0)
            return key < len ? uri_decode(request->arena, at + key + 1, len - key - 1, true) : "";
        at += len + (at[len] == '&');
    }
    return NULL;
}

/* ---- replies --------------------------------------------------------------------------------- */

void http_reply_header(struct http_exchange *exchange, const char *name, const char *value)
{
    assert(!exchange->replied);
    assert(utf8_is_printable(value, strlen(value)));
    evhttp_add_header(evhttp_request_get_output_headers(exchange->evreq), name, value);
}

/* evhttp has written the reply, and frees its request when we return. */
static void exchange_sent(struct evhttp_request *evreq, void *arg)
{
    (void)evreq;
    struct http_exchange *exchange = arg;
    struct conn *conn = exchange->conn;
    exchange->evreq = NULL;
    exchange_free(exchange);
    conn->exchange = NULL;
    conn_enter(conn, CONN_IDLE);
    if (evbuffer_get_length(bufferevent_get_input(conn->bev)))
        event_active(conn->soon, EV_TIMEOUT, 0);
}

/* Adds a header whose value evhttp does not look at: with more lines behind the first it is
 * several headers, for the price of one. */
static void raw_header(struct evkeyvalq *headers, const char *name, const char *value)
{
    struct evkeyval *header = memory_or_abort(malloc(sizeof *header));
    header->key = memory_or_abort(strdup(name));
    header->value = memory_or_abort(strdup(value));
    TAILQ_INSERT_TAIL(headers, header, next);
}

static void line_add(struct text *lines, const char *line, const char *value)
{
    text_add(lines, line);
    text_add(lines, value);
}

/* evhttp looks for Date, Content-Length and Connection among the headers of a reply: those are its
 * own kind; all others are one to it. */
static void add_headers(struct http_exchange *exchange, int code, const char *content_type,
                        size_t body_len)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(exchange->evreq);
    struct text lines;
    text_init_room(&lines, exchange->request.arena, 400);
    text_add(&lines, exchange->request.id);
    if (content_type)
        line_add(&lines, "\r\nContent-Type: ", content_type);
    text_add(&lines, "\r\nStrict-Transport-Security: " HSTS
                     "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer");
    if (!evhttp_find_header(headers, "Cache-Control"))
        text_add(&lines, "\r\nCache-Control: no-store");
    if (!evhttp_find_header(headers, "Content-Security-Policy"))
        text_add(&lines, "\r\nContent-Security-Policy: " NO_CONTENT_POLICY);
    raw_header(headers, "Date", date_now(exchange->server));
    /* RFC 9110, 8.6: a 204 has none, and a 304's would be that of the body not sent. */
    if (code != 204 && code != 304) {
        struct text length;
        text_init(&length, exchange->request.arena);
        text_add_int(&length, (int64_t)body_len);
        raw_header(headers, "Content-Length", length.data);
    }
    if (exchange->server->draining)
        raw_header(headers, "Connection", "close");
    raw_header(headers, "X-Request-Id", lines.data);
}

/* Writes the first piece of the output. What the socket does not take, what comes behind it and
 * every error is left to the bufferevent, which tries the same write again. */
static void conn_write(struct conn *conn)
{
    struct evbuffer *output = bufferevent_get_output(conn->bev);
    struct evbuffer_iovec piece;
    if (!conn->ssl || evbuffer_peek(output, 1, NULL, &piece, 1) < 1)
        return;
    int written = SSL_write(conn->ssl, piece.iov_base, (int)piece.iov_len);
    if (written > 0)
        evbuffer_drain(output, (size_t)written);
    ERR_clear_error();
    if (evbuffer_get_length(output))
        return;
    bufferevent_disable(conn->bev, EV_WRITE); /* until the next reply */
    event_active(conn->soon, EV_TIMEOUT, 0);
}

/* Head and body in one TLS record and one write(2). */
static void reply_send(struct http_exchange *exchange, int code)
{
    struct conn *conn = exchange->conn;
    evhttp_request_set_on_complete_cb(exchange->evreq, exchange_sent, exchange);
    conn_enter(conn, CONN_REPLYING);
    evhttp_send_reply(exchange->evreq, code, NULL, NULL);
    struct evbuffer *output = bufferevent_get_output(conn->bev);
    size_t len = evbuffer_get_length(output);
    evbuffer_pullup(output, (ev_ssize_t)(len < ONE_RECORD ? len : ONE_RECORD));
    conn_write(conn);
}

/* False when the client has gone: the exchange is no more. */
static bool reply_begin(struct http_exchange *exchange, int code, const char *content_type,
                        size_t body_len)
{
    assert(!exchange->replied);
    exchange->replied = true;
    count_reply(code);
    metric_add(METRIC_request_us, now_us() - exchange->began_us);
    if (!exchange->conn) {
        exchange_bury(exchange);
        return false;
    }
    add_headers(exchange, code, content_type, body_len);
    return true;
}

void http_reply(struct http_exchange *exchange, int code, const char *content_type,
                const char *body, size_t body_len)
{
    if (!reply_begin(exchange, code, content_type, body_len))
        return;
    if (exchange->request.method != HTTP_HEAD && body_len)
        evbuffer_add(evhttp_request_get_output_buffer(exchange->evreq), body, body_len);
    reply_send(exchange, code);
}

void http_reply_broken(struct http_exchange *exchange, int code, const char *content_type,
                       const char *body, size_t body_len, size_t sent)
{
    http_reply_header(exchange, "Connection", "close");
    if (!reply_begin(exchange, code, content_type, body_len))
        return;
    if (sent)
        evbuffer_add(evhttp_request_get_output_buffer(exchange->evreq), body, sent);
    reply_send(exchange, code);
}

/* A body of references: the buffer lets go of its pieces in their order, so that the last one tells
 * the end. */
struct lent {
    void (*release)(void *what);
    void *what;
};

static void lent_back(const void *data, size_t len, void *arg)
{
    (void)data;
    (void)len;
    struct lent *lent = arg;
    lent->release(lent->what);
    free(lent);
}

void http_reply_pieces(struct http_exchange *exchange, int code, const char *content_type,
                       const struct http_piece *pieces, size_t n, void (*release)(void *what),
                       void *what)
{
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        assert(pieces[i].len);
        len += pieces[i].len;
    }
    bool is_there = reply_begin(exchange, code, content_type, len);
    if (!is_there || exchange->request.method == HTTP_HEAD || !n) {
        release(what);
    } else {
        struct evbuffer *out = evhttp_request_get_output_buffer(exchange->evreq);
        struct lent *lent = memory_or_abort(malloc(sizeof *lent));
        *lent = (struct lent){release, what};
        for (size_t i = 0; i < n; i++)
            if (evbuffer_add_reference(out, pieces[i].data, pieces[i].len,
                                       i + 1 == n ? lent_back : NULL, lent) != 0)
                abort(); /* out of memory */
    }
    if (is_there)
        reply_send(exchange, code);
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
    struct evhttp *evhttp = memory_or_abort(evhttp_new(loop_event_base(server->loop)));
    /* Looser than the guard, so that it is the guard that answers. */
    evhttp_set_max_headers_size(evhttp, (ev_ssize_t)limits->header_bytes + 1024);
    evhttp_set_max_body_size(evhttp, (ev_ssize_t)limits->body_bytes);
    evhttp_set_default_content_type(evhttp, NULL);
    evhttp_set_allowed_methods(evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                           EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE | EVHTTP_REQ_HEAD);
    evhttp_set_bevcb(evhttp, conn_new, server);
    evhttp_set_gencb(evhttp, on_request, server);
    return evhttp;
}

static void accept_start(struct http_server *server)
{
    struct event_base *base = loop_event_base(server->loop);
    server->accepting = memory_or_abort(
        evconnlistener_new(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0,
                           server->config.listener));
    evconnlistener_set_error_cb(server->accepting, accept_failed);
    server->bound = memory_or_abort(evhttp_bind_listener(server->evhttp, server->accepting));
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
    struct http_server *server = memory_or_abort(calloc(1, sizeof *server));
    server->loop = loop;
    server->config = *config;
    server->tls = tls;
    LIST_INIT(&server->exchanges);
    limits_default(&server->config.limits);
    if (getrandom(&server->id_key, sizeof server->id_key, 0) != sizeof server->id_key)
        abort();
    server->chores = memory_or_abort(event_new(loop_event_base(loop), -1, 0, chores_run, server));
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
            conn_enter(conn, conn->phase);
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
