/* The parts of the HTTP server, among themselves: http.c (the server), http_conn.c (connections),
 * http_request.c (what was asked), http_reply.c (what is answered), http_stream.c (answers without
 * an end).
 *
 * How evhttp is used, since its manual is its source (2.1.12):
 * - It makes a bufferevent per connection by our http_conn_new, and tells us of the end of one by
 * the close callback. Between accept and the next turn of the loop it cannot be asked for its
 *   connection; conn_soon picks it up then, before any byte can have been read.
 * - The bytes read are seen first by conn_input, a callback of the input buffer, which knows when a
 *   request begins (for the deadline) and lets the guard judge it. What the guard refuses is
 *   answered by ourselves, with evhttp's callbacks taken off the bufferevent.
 * - A request given to http_on_request is ours (evhttp_request_own) until evhttp has sent the
 *   reply, so that a client that goes away takes no memory from under a handler.
 * - A bufferevent writes when epoll says that it may. A reply is given to TLS at once, which saves
 *   asking; evhttp is told by conn_soon, since it may free what a handler still has on the stack.
 * - Times are looked after by one sweep over all connections, not by a timer for each. */
#pragma once

#include "server/net/guard.h"
#include "server/net/http.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <time.h>

enum phase {
    CONN_NEW,       /* accepted; in the TLS handshake, or no byte of a request yet */
    CONN_IDLE,      /* kept, no byte of the next request yet */
    CONN_READING,   /* a request has begun */
    CONN_WORKING,   /* a handler has it */
    CONN_REPLYING,  /* the reply is being written */
    CONN_STREAMING, /* the head of a stream was written, its end was not */
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
    void (*closed)(void *arg); /* of a stream that is open; else NULL */
    void *closed_arg;
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

#define HSTS "max-age=31536000; includeSubDomains"
#define NO_CONTENT_POLICY "default-src 'none'; frame-ancestors 'none'"

/* Out of memory aborts. */
static inline void *http_memory(void *p)
{
    if (!p)
        abort();
    return p;
}

/* ---- http.c ---- */
int64_t http_now_us(void);
/* 16 hexadecimal digits and the end. */
void http_new_id(struct http_server *server, char *out);
/* Soon, when nothing is on the stack: what was buried is freed, a drained server told of. */
void http_chores_wake(struct http_server *server);

/* ---- http_conn.c ---- */
/* evhttp asks for the bufferevent of a connection just accepted; `arg`: the server. */
struct bufferevent *http_conn_new(struct event_base *base, void *arg);
void http_conn_enter(struct conn *conn, enum phase phase);
/* The time of its phase is over: it is closed, or it was merely idle. */
void http_conn_overdue(struct conn *conn);

/* ---- http_request.c ---- */
/* evhttp has read a whole request that the guard found well-formed; `arg`: the server. */
void http_on_request(struct evhttp_request *evreq, void *arg);

/* ---- http_reply.c ---- */
/* The RFC 1123 date of this second. */
const char *http_date(struct http_server *server);
size_t http_problem_json(enum status status, char *out, size_t size);
void http_count(int code);
void http_exchange_free(struct http_exchange *exchange);
/* What comes before the body of every reply; HTTP_ENDLESS: it has no length. False when the client
 * has gone: the exchange is no more. */
enum { HTTP_ENDLESS = -1 };
bool http_reply_begin(struct http_exchange *exchange, int code, const char *content_type,
                      int64_t body_len);
/* evhttp has written a whole reply, and frees its request on return; `arg`: the exchange. */
void http_exchange_sent(struct evhttp_request *evreq, void *arg);
/* To be freed a little later: a handler, or evhttp, may still hold it on the stack. */
void http_exchange_bury(struct http_exchange *exchange);

/* ---- http_stream.c ---- */
/* Its time is over: it is cut off when something still waits to be taken. False: it goes on. */
bool http_stream_is_stuck(struct conn *conn);
