#include "tests/bench/load/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_STEP = 16384, ANSWER_MOST = 64 << 20 };

void link_net_init(struct link_net *net, int port, const char *ca)
{
    *net = (struct link_net){.tls = SSL_CTX_new(TLS_client_method()), .port = port};
    net->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!net->tls || net->epoll < 0 || SSL_CTX_load_verify_locations(net->tls, ca, NULL) != 1) {
        fprintf(stderr, "load: cannot read %s\n", ca);
        exit(1);
    }
    SSL_CTX_set_verify(net->tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(net->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

static void watch(struct link *link, int how, bool write)
{
    struct epoll_event event = {.events = EPOLLIN | (write ? EPOLLOUT : 0u), .data.ptr = link};
    link->wants_write = write;
    if (epoll_ctl(link->net->epoll, how, link->fd, &event) != 0)
        abort();
}

static void want_write(struct link *link, bool write)
{
    if (write != link->wants_write)
        watch(link, EPOLL_CTL_MOD, write);
}

void link_open(struct link *link, struct link_net *net)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)net->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    link->net = net;
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0)
        abort();
    setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    link->state = LINK_CONNECTING;
    link->in_len = link->head = link->out_at = link->out_len = 0;
    link->closes = false;
    link->ssl = SSL_new(net->tls);
    if (!link->ssl || !SSL_set_fd(link->ssl, link->fd) || !SSL_set1_host(link->ssl, "localhost"))
        abort();
    SSL_set_connect_state(link->ssl);
    /* A refusal at once is told by epoll all the same: the socket is then in error. */
    int begun = connect(link->fd, (const struct sockaddr *)&to, sizeof to);
    (void)begun;
    watch(link, EPOLL_CTL_ADD, true);
}

void link_close(struct link *link)
{
    if (link->state == LINK_DOWN)
        return;
    SSL_free(link->ssl);
    close(link->fd);
    link->ssl = NULL;
    link->fd = -1;
    link->state = LINK_DOWN;
}

static enum link_news lost(struct link *link)
{
    ERR_clear_error();
    link->lost_in = link->state;
    link_close(link);
    return LINK_LOST;
}

/* What OpenSSL waits for; false when the connection is gone. */
static bool blocked(struct link *link, int result)
{
    int error = SSL_get_error(link->ssl, result);
    want_write(link, error == SSL_ERROR_WANT_WRITE);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static enum link_news shake(struct link *link)
{
    if (link->state == LINK_CONNECTING) {
        int error = 0;
        socklen_t len = sizeof error;
        getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &len);
        if (error)
            return lost(link);
        link->state = LINK_SHAKING;
    }
    int done = SSL_do_handshake(link->ssl);
    if (done != 1)
        return blocked(link, done) ? LINK_NOTHING : lost(link);
    want_write(link, false);
    link->state = LINK_IDLE;
    return LINK_UP;
}

static enum link_news push(struct link *link)
{
    while (link->out_at < link->out_len) {
        int n = SSL_write(link->ssl, link->out + link->out_at, (int)(link->out_len - link->out_at));
        if (n <= 0)
            return blocked(link, n) ? LINK_NOTHING : lost(link);
        link->out_at += (size_t)n;
    }
    want_write(link, false);
    link->state = LINK_WAITING;
    return LINK_NOTHING;
}

enum link_news link_send(struct link *link, const char *text, size_t len)
{
    link->out = text;
    link->out_len = len;
    link->out_at = link->in_len = link->head = 0;
    link->status = 0;
    link->state = LINK_SENDING;
    return push(link);
}

static const char *header(const char *head, const char *name)
{
    const char *at = strcasestr(head, name);
    return at ? at + strlen(name) : NULL;
}

/* The head is whole: what it says of status, length and the connection. */
static bool read_head(struct link *link)
{
    char *end = strstr(link->in, "\r\n\r\n");
    if (!end)
        return false;
    link->head = (size_t)(end + 4 - link->in);
    *end = '\0';
    const char *length = header(link->in, "\r\nContent-Length:"),
               *kept = header(link->in, "\r\nConnection:");
    link->status = link->in_len > 12 ? atoi(link->in + 9) : 0;
    link->content = length ? (size_t)strtoul(length, NULL, 10) : 0;
    link->closes = kept && strcasestr(kept, "close") == kept + strspn(kept, " ");
    return true;
}

static enum link_news pull(struct link *link)
{
    for (;;) {
        if (link->in_size - link->in_len < READ_STEP + 1) {
            link->in_size = link->in_size * 2 + READ_STEP + 1;
            link->in = realloc(link->in, link->in_size);
            if (!link->in || link->in_size > ANSWER_MOST)
                abort();
        }
        int n = SSL_read(link->ssl, link->in + link->in_len, READ_STEP);
        if (n <= 0)
            return blocked(link, n) ? LINK_NOTHING : lost(link);
        link->in_len += (size_t)n;
        link->in[link->in_len] = '\0';
        if (!link->head && !read_head(link))
            continue;
        if (link->in_len < link->head + link->content)
            continue;
        link->body = link->in + link->head;
        link->state = LINK_IDLE;
        return LINK_ANSWERED;
    }
}

enum link_news link_step(struct link *link)
{
    if (link->state == LINK_CONNECTING || link->state == LINK_SHAKING)
        return shake(link);
    if (link->state == LINK_SENDING) {
        enum link_news news = push(link);
        if (news != LINK_NOTHING || link->state == LINK_SENDING)
            return news;
    }
    if (link->state == LINK_IDLE) {
        /* Between two requests: TLS's own messages, or the server's goodbye. */
        char byte;
        int n = SSL_read(link->ssl, &byte, 1);
        return n <= 0 && blocked(link, n) ? LINK_NOTHING : lost(link);
    }
    return link->state == LINK_WAITING ? pull(link) : LINK_NOTHING;
}
