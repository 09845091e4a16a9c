#include "server/net/http_private.h"

#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* What is written is given to the bufferevent in the next turn of the loop: only then it is known
 * whether the network takes it. So a backlog is judged before more is added to it. */

static size_t waiting(const struct conn *conn)
{
    return evbuffer_get_length(bufferevent_get_output(conn->bev));
}

bool http_stream_is_stuck(struct conn *conn)
{
    bool is_stuck = conn->due == 0 || waiting(conn);
    conn->due = INT64_MAX;
    return is_stuck;
}

static void take_in_time(struct conn *conn)
{
    conn->due = loop_now(conn->server->loop) + conn->server->config.limits.deadline_ms;
}

/* A peer that has vanished without a word acknowledges nothing: the kernel gives up on it. */
static void give_up_in_time(const struct conn *conn)
{
    unsigned ms = (unsigned)conn->server->config.limits.deadline_ms;
    setsockopt(bufferevent_getfd(conn->bev), IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

bool http_stream_open(struct http_exchange *exchange, const char *content_type,
                      void (*closed)(void *arg), void *arg)
{
    if (!http_reply_begin(exchange, 200, content_type, HTTP_ENDLESS))
        return false;
    exchange->closed = closed;
    exchange->closed_arg = arg;
    evhttp_request_set_on_complete_cb(exchange->evreq, http_exchange_sent, exchange);
    http_conn_enter(exchange->conn, CONN_STREAMING);
    give_up_in_time(exchange->conn);
    take_in_time(exchange->conn);
    evhttp_send_reply_start(exchange->evreq, 200, NULL);
    return true;
}

void http_stream_write(struct http_exchange *exchange, const char *data, size_t len)
{
    struct conn *conn = exchange->conn;
    assert(conn->phase == CONN_STREAMING);
    if (waiting(conn) > HTTP_STREAM_BACKLOG) {
        conn->due = 0; /* the next sweep cuts it off */
        return;
    }
    if (!waiting(conn)) /* all before was taken */
        take_in_time(conn);
    struct evbuffer *piece = http_memory(evbuffer_new());
    if (evbuffer_add(piece, data, len) != 0)
        abort(); /* out of memory */
    evhttp_send_reply_chunk(exchange->evreq, piece);
    evbuffer_free(piece);
}

void http_stream_end(struct http_exchange *exchange)
{
    struct conn *conn = exchange->conn;
    exchange->closed = NULL;
    http_conn_enter(conn, CONN_REPLYING);
    if (conn->server->draining)
        conn->due = loop_now(conn->server->loop) + conn->server->linger_ms;
    evhttp_send_reply_end(exchange->evreq);
}
