#include "server/net/http_private.h"

#include "core/text.h"
#include "server/net/uri.h"

#include <arpa/inet.h>
#include <event2/keyvalq_struct.h>
#include <string.h>
#include <strings.h>

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
        http_new_id(conn->server, id);
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
    request->body = http_memory(evbuffer_pullup(input, -1));
}

static struct http_exchange *exchange_new(struct conn *conn, struct evhttp_request *evreq)
{
    struct arena *arena = arena_new();
    struct http_exchange *exchange = ARENA_NEW(arena, struct http_exchange);
    exchange->server = conn->server;
    exchange->conn = conn;
    exchange->evreq = evreq;
    exchange->request.arena = arena;
    exchange->began_us = http_now_us();
    LIST_INSERT_HEAD(&conn->server->exchanges, exchange, list);
    conn->exchange = exchange;
    evhttp_request_own(evreq);
    return exchange;
}

static void reply_problem(struct http_exchange *exchange, enum status status)
{
    char body[256];
    size_t len = http_problem_json(status, body, sizeof body);
    http_reply(exchange, status_info(status)->http, "application/problem+json", body, len);
}

void http_on_request(struct evhttp_request *evreq, void *arg)
{
    struct http_server *server = arg;
    struct evhttp_connection *evcon = evhttp_request_get_connection(evreq);
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(evcon));
    struct conn *conn = server->conns[fd];
    http_conn_enter(conn, CONN_WORKING);
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
