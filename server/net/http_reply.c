#include "server/net/http_private.h"

#include "core/text.h"
#include "server/net/metrics.h"

#include <assert.h>
#include <event2/keyvalq_struct.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

enum { ONE_RECORD = 16384 }; /* of TLS */

/* ---- what every reply needs ------------------------------------------------------------------ */

const char *http_date(struct http_server *server)
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

size_t http_problem_json(enum status status, char *out, size_t size)
{
    const struct status_info *info = status_info(status);
    return (size_t)snprintf(
        out, size,
        "{\"type\":\"https://partyline.example/problems/%s\",\"title\":\"%s\",\"status\":%d}",
        info->type, info->title, info->http);
}

void http_count(int code)
{
    metric_add(METRIC_requests, 1);
    if (code >= 500)
        metric_add(METRIC_requests_5xx, 1);
    else if (code >= 400)
        metric_add(METRIC_requests_4xx, 1);
}

void http_exchange_free(struct http_exchange *exchange)
{
    if (exchange->evreq)
        evhttp_request_free(exchange->evreq);
    if (exchange->server)
        LIST_REMOVE(exchange, list);
    arena_free(exchange->request.arena); /* holds the exchange itself */
}

void http_exchange_bury(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    if (!server) {
        http_exchange_free(exchange);
        return;
    }
    exchange->next_buried = server->buried;
    server->buried = exchange;
    http_chores_wake(server);
}

/* ---- replies --------------------------------------------------------------------------------- */

void http_reply_header(struct http_exchange *exchange, const char *name, const char *value)
{
    assert(!exchange->replied);
    assert(utf8_is_printable(value, strlen(value)));
    evhttp_add_header(evhttp_request_get_output_headers(exchange->evreq), name, value);
}

/* evhttp has written the reply, and frees its request when we return. */
void http_exchange_sent(struct evhttp_request *evreq, void *arg)
{
    (void)evreq;
    struct http_exchange *exchange = arg;
    struct conn *conn = exchange->conn;
    exchange->evreq = NULL;
    http_exchange_free(exchange);
    conn->exchange = NULL;
    http_conn_enter(conn, CONN_IDLE);
    if (evbuffer_get_length(bufferevent_get_input(conn->bev)))
        event_active(conn->soon, EV_TIMEOUT, 0);
}

/* Adds a header whose value evhttp does not look at: with more lines behind the first it is
 * several headers, for the price of one. */
static void raw_header(struct evkeyvalq *headers, const char *name, const char *value)
{
    struct evkeyval *header = http_memory(malloc(sizeof *header));
    header->key = http_memory(strdup(name));
    header->value = http_memory(strdup(value));
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
                        int64_t body_len)
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
    raw_header(headers, "Date", http_date(exchange->server));
    /* RFC 9110, 8.6: a 204 has none, and a 304's would be that of the body not sent. */
    if (code != 204 && code != 304 && body_len != HTTP_ENDLESS) {
        struct text length;
        text_init(&length, exchange->request.arena);
        text_add_int(&length, body_len);
        raw_header(headers, "Content-Length", length.data);
    }
    if (exchange->server->draining || body_len == HTTP_ENDLESS)
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
    evhttp_request_set_on_complete_cb(exchange->evreq, http_exchange_sent, exchange);
    http_conn_enter(conn, CONN_REPLYING);
    evhttp_send_reply(exchange->evreq, code, NULL, NULL);
    struct evbuffer *output = bufferevent_get_output(conn->bev);
    size_t len = evbuffer_get_length(output);
    evbuffer_pullup(output, (ev_ssize_t)(len < ONE_RECORD ? len : ONE_RECORD));
    conn_write(conn);
}

bool http_reply_begin(struct http_exchange *exchange, int code, const char *content_type,
                      int64_t body_len)
{
    assert(!exchange->replied);
    exchange->replied = true;
    http_count(code);
    metric_add(METRIC_request_us, http_now_us() - exchange->began_us);
    if (!exchange->conn) {
        http_exchange_bury(exchange);
        return false;
    }
    add_headers(exchange, code, content_type, body_len);
    return true;
}

void http_reply(struct http_exchange *exchange, int code, const char *content_type,
                const char *body, size_t body_len)
{
    if (!http_reply_begin(exchange, code, content_type, (int64_t)body_len))
        return;
    if (exchange->request.method != HTTP_HEAD && body_len)
        evbuffer_add(evhttp_request_get_output_buffer(exchange->evreq), body, body_len);
    reply_send(exchange, code);
}

void http_reply_broken(struct http_exchange *exchange, int code, const char *content_type,
                       const char *body, size_t body_len, size_t sent)
{
    http_reply_header(exchange, "Connection", "close");
    if (!http_reply_begin(exchange, code, content_type, (int64_t)body_len))
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
    bool is_there = http_reply_begin(exchange, code, content_type, (int64_t)len);
    if (!is_there || exchange->request.method == HTTP_HEAD || !n) {
        release(what);
    } else {
        struct evbuffer *out = evhttp_request_get_output_buffer(exchange->evreq);
        struct lent *lent = http_memory(malloc(sizeof *lent));
        *lent = (struct lent){release, what};
        for (size_t i = 0; i < n; i++)
            if (evbuffer_add_reference(out, pieces[i].data, pieces[i].len,
                                       i + 1 == n ? lent_back : NULL, lent) != 0)
                abort(); /* out of memory */
    }
    if (is_there)
        reply_send(exchange, code);
}
