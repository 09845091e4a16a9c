/* HTTP/1.1 over TLS for one worker: evhttp behind a narrow door. Only http.c knows libevent's HTTP.
 *
 * The door is strict where evhttp is lenient (guard.h): a duplicate or non-numeric Content-Length,
 * a Transfer-Encoding beside a Content-Length, a missing or doubled Host (HTTP/1.1), an unknown
 * method, a target that is not an absolute path, header bytes outside printable ASCII and
 * horizontal tab, or a head or body above the limit are answered here (400, 405, 413) and never
 * reach a handler. A request must arrive whole within the deadline (slowloris), and a reply must be
 * taken within it. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "server/net/loop.h"

struct http_server;
struct http_exchange; /* one request and its reply */

enum http_method {
    HTTP_GET,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_HEAD,
    HTTP_METHODS
};

struct http_request {
    enum http_method method;
    const char *path;  /* percent-decoded once, no query, valid UTF-8, begins with '/' */
    const char *query; /* raw, without '?'; "" when there is none */
    const char *body;  /* NUL-terminated behind `body_len` bytes */
    size_t body_len;
    const char *peer; /* the client's address: of the socket, or X-Forwarded-For's last entry when
                         the socket's address is a configured proxy */
    const char *id;   /* request id: 16 hex digits, or the X-Request-Id (8 to 64 hex digits and
                         dashes) of a configured proxy */
    struct arena *arena; /* lives until the reply has been sent */
};

struct http_limits {
    size_t header_bytes; /* default 16 KiB */
    size_t body_bytes;   /* default 1 MiB */
    int deadline_ms;     /* whole request, default 30,000 */
    int idle_ms;         /* kept connection without a request, default 60,000 */
    size_t connections;  /* per worker, default 4,096; more are closed at once */
};

struct http_config {
    int listener; /* bound, listening, non-blocking; shared by all workers. The server takes this
                     process's copy, and closes it when it drains or is freed */
    const char *certificate, *key; /* PEM files; NULL: plain HTTP (tests only) */
    const char *const *proxies; /* NULL-ended list of addresses whose X-Forwarded-For is believed */
    struct http_limits limits;
    /* Called for each well-formed request; answers now or later with http_reply. */
    void (*handle)(struct http_exchange *exchange, const struct http_request *request, void *arg);
    void *arg;
};

/* NULL and a message in `why` (of at least 256 bytes) when the certificate cannot be used. */
struct http_server *http_server_new(struct loop *loop, const struct http_config *config, char *why);
/* Stops accepting; every further reply carries `Connection: close`; connections without a request
 * in flight get `linger_ms` to send one, then are closed; calls `drained(arg)`, which may free the
 * server, when no connection and no exchange is left. */
void http_server_drain(struct http_server *server, int linger_ms, void (*drained)(void *arg),
                       void *arg);
/* Closes every connection; exchanges not yet replied to stay valid until they are. Without a drain
 * before, the loop must not be run any more. */
void http_server_free(struct http_server *server);

/* A request header's value, NULL when absent; also after the client has gone, but not after the
 * reply. */
const char *http_header(struct http_exchange *exchange, const char *name);
/* The decoded value of a query parameter, NULL when absent or not valid UTF-8; from the arena. */
const char *http_query(const struct http_request *request, const char *name);

/* Adds a reply header; the value must be free of control characters (asserted). */
void http_reply_header(struct http_exchange *exchange, const char *name, const char *value);
/* Sends the reply; the body is copied. Exactly once per exchange; allowed when the client has gone.
 * Security headers (HSTS, nosniff, no-store, CSP) are added to every reply. */
void http_reply(struct http_exchange *exchange, int code, const char *content_type,
                const char *body, size_t body_len);
/* The head of this reply, `sent` bytes of its body, and the end of the connection: what a client
 * sees when the network breaks in the middle. For a double that has to fail as networks do. */
void http_reply_broken(struct http_exchange *exchange, int code, const char *content_type,
                       const char *body, size_t body_len, size_t sent);

struct http_piece {
    const char *data;
    size_t len;
};
/* The same with a body that is not copied, for one of megabytes: its pieces must stay until
 * `release(what)` is called on the loop, once, when the network is done with them. */
void http_reply_pieces(struct http_exchange *exchange, int code, const char *content_type,
                       const struct http_piece *pieces, size_t n, void (*release)(void *what),
                       void *what);

/* A reply without an end (200, chunked, never kept by anybody): what is written goes out as soon as
 * the network takes it. The request's deadline does not hold for it; but a reader who has not taken
 * what waits for him within that time, or lets more than HTTP_STREAM_BACKLOG bytes wait, is cut
 * off. `closed(arg)` is called once when it is over otherwise than by http_stream_end: the client
 * has gone or was cut off, or the server is freed; never from inside these functions. After it, or
 * after the end, exchange and request are no more. http_stream_open is the exchange's reply; false
 * when the client has gone: there is no stream, and `closed` is not called. */
enum { HTTP_STREAM_BACKLOG = 64 * 1024 };
bool http_stream_open(struct http_exchange *exchange, const char *content_type,
                      void (*closed)(void *arg), void *arg);
void http_stream_write(struct http_exchange *exchange, const char *data, size_t len);
/* When all is written the connection is closed. */
void http_stream_end(struct http_exchange *exchange);
