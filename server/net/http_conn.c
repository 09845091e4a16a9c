#include "server/net/http_private.h"

#include "server/net/log.h"
#include "server/net/metrics.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <string.h>
#include <sys/socket.h>

enum {
    REFUSAL_LINGER_MS = 1000,
    AHEAD_MAX = 256 * 1024, /* what a client may send while it takes a reply */
};

#define ALLOWED "GET, HEAD, POST, PUT, PATCH, DELETE"

void http_conn_enter(struct conn *conn, enum phase phase)
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
    case CONN_STREAMING: /* http_stream.c sets it while something is to be taken */
    case CONN_WORKING:   /* the handler's time is the handler's matter */
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
    http_conn_enter(conn, CONN_LINGERING);
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
    size_t body_len = http_problem_json(status, body, sizeof body);
    int code = status_info(status)->http;
    http_new_id(conn->server, id);
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
                        line, http_date(conn->server), body_len, id, body);
    bufferevent_enable(conn->bev, EV_READ | EV_WRITE);
    http_conn_enter(conn, CONN_REFUSING);
    http_count(code);
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
    http_conn_enter(conn, CONN_READING);
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
    case CONN_STREAMING:
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
        if (exchange->closed)
            exchange->closed(exchange->closed_arg);
        if (exchange->replied)
            http_exchange_bury(exchange);
    }
    if (conn->ssl)
        tls_end(conn);
    evbuffer_remove_cb(bufferevent_get_input(conn->bev), conn_input, conn);
    server->conns[bufferevent_getfd(conn->bev)] = NULL;
    server->open--;
    metric_add(METRIC_connections, -1);
    event_free(conn->soon);
    free(conn);
    http_chores_wake(server);
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
        server->conns = http_memory(realloc(server->conns, len * sizeof(struct conn *)));
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
        return http_memory(bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE));
    conn->ssl = http_memory(SSL_new(conn->server->tls));
    struct bufferevent *bev = http_memory(bufferevent_openssl_socket_new(
        base, -1, conn->ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE));
    /* Every reply has its length: a close without close_notify cuts nothing off unseen. */
    bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}

struct bufferevent *http_conn_new(struct event_base *base, void *arg)
{
    struct http_server *server = arg;
    struct conn *conn = http_memory(calloc(1, sizeof *conn));
    conn->server = server;
    conn->surplus = server->open >= server->config.limits.connections;
    conn->bev = bufferevent_for(conn, base);
    conn->soon = http_memory(event_new(base, -1, 0, conn_soon, conn));
    http_conn_enter(conn, CONN_NEW);
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

void http_conn_overdue(struct conn *conn)
{
    if (is_merely_idle(conn))
        http_conn_enter(conn, CONN_IDLE);
    else if (conn->phase != CONN_STREAMING || http_stream_is_stuck(conn))
        evhttp_connection_free(conn->evcon);
}
