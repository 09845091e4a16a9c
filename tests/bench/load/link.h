/* A kept TLS connection of the load driver, never blocking: it carries one request after another
 * and tells apart what a client must know apart: answered, lost before the request was out, lost
 * after it. */
#pragma once

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum link_state {
    LINK_DOWN,
    LINK_CONNECTING, /* TCP */
    LINK_SHAKING,    /* TLS */
    LINK_IDLE,
    LINK_SENDING,
    LINK_WAITING /* the request is out */
};

enum link_news {
    LINK_NOTHING,
    LINK_UP,       /* ready for the first request */
    LINK_ANSWERED, /* status, body */
    LINK_LOST      /* `lost_in` tells in which state; the link is down now */
};

struct link_net {
    SSL_CTX *tls;
    int epoll, port;
};

struct link {
    struct link_net *net;
    int fd;
    SSL *ssl;
    enum link_state state, lost_in;
    bool wants_write;
    const char *out; /* the caller's */
    size_t out_len, out_at;
    char *in;
    size_t in_len, in_size, head; /* `head`: bytes up to the body, 0 not known yet */
    size_t content;
    int status;
    bool closes; /* the answer said Connection: close */
    char *body;  /* NUL-terminated, until the next request */
};

/* Aborts the program when `ca` cannot be read. */
void link_net_init(struct link_net *net, int port, const char *ca);
/* Begins to connect; the outcome comes from link_step. */
void link_open(struct link *link, struct link_net *net);
void link_close(struct link *link);
/* On an idle link; `text` stays the caller's until the answer. Sends what it can at once. */
enum link_news link_send(struct link *link, const char *text, size_t len);
/* After epoll has named the link. */
enum link_news link_step(struct link *link);
