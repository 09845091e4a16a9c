#include "server/net/process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum { BACKLOG = 1024, WHY_MAX = 256, ACTUAL_MAX = 128, HOST_MAX = 96 };

/* "host:port", "[v6]:port" -> host and port; false when it is neither. */
static bool split(const char *address, char *host, size_t host_max, char *port, size_t port_max)
{
    const char *colon = strrchr(address, ':'), *begin = address, *end = colon;
    if (!colon)
        return false;
    if (*address == '[') {
        begin++;
        end = colon - 1;
        if (end < begin || *end != ']')
            return false;
    } else if (memchr(address, ':', (size_t)(colon - address))) {
        return false; /* an IPv6 address without brackets */
    }
    size_t host_len = (size_t)(end - begin), port_len = strlen(colon + 1);
    if (!host_len || host_len >= host_max || !port_len || port_len >= port_max ||
        strspn(colon + 1, "0123456789") != port_len)
        return false;
    memcpy(host, begin, host_len);
    host[host_len] = '\0';
    memcpy(port, colon + 1, port_len + 1);
    return true;
}

static int bind_one(const struct addrinfo *ai)
{
    int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, ai->ai_protocol);
    int on = 1;
    if (fd < 0)
        return -1;
    /* SO_REUSEADDR: a restart need not wait for connections in TIME_WAIT. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static int bind_any(const char *address, const char *host, const char *port, char *why)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list;
    int error = getaddrinfo(host, port, &hints, &list);
    if (error) {
        snprintf(why, WHY_MAX, "cannot listen on %s: %s", address, gai_strerror(error));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *ai = list; ai && fd < 0; ai = ai->ai_next)
        fd = bind_one(ai);
    if (fd < 0)
        snprintf(why, WHY_MAX, "cannot listen on %s: %s", address, strerror(errno));
    freeaddrinfo(list);
    return fd;
}

/* The socket that systemd passed; -1 and no message when there is none. sd_listen_fds looks whether
 * LISTEN_PID is us, and takes the variables out of the environment. */
static int inherited(char *why)
{
    int n = sd_listen_fds(1);
    if (n <= 0)
        return -1;
    if (n == 1 && sd_is_socket(SD_LISTEN_FDS_START, AF_UNSPEC, SOCK_STREAM, 1) > 0)
        return SD_LISTEN_FDS_START;
    snprintf(why, WHY_MAX, "systemd must pass exactly one listening stream socket, not %d", n);
    return -1;
}

static int wildcard_family(const struct sockaddr_storage *ss)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)ss;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)ss;
    if (ss->ss_family == AF_INET && v4->sin_addr.s_addr == htonl(INADDR_ANY))
        return AF_INET;
    if (ss->ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr))
        return AF_INET6;
    return AF_UNSPEC;
}

/* What a client can be told: the name as it was given, since the certificate names it; for "all
 * addresses" the loopback one. */
static void tell_actual(int fd, const char *host, char *actual)
{
    struct sockaddr_storage ss;
    socklen_t len = sizeof ss;
    char numeric[INET6_ADDRSTRLEN + 32] = "", port[16] = "0";
    memset(&ss, 0, sizeof ss);
    getsockname(fd, (struct sockaddr *)&ss, &len);
    getnameinfo((struct sockaddr *)&ss, len, numeric, sizeof numeric, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    int wildcard = wildcard_family(&ss);
    if (wildcard != AF_UNSPEC)
        host = wildcard == AF_INET ? "127.0.0.1" : "::1";
    else if (!host)
        host = numeric;
    bool v6 = strchr(host, ':') != NULL;
    snprintf(actual, ACTUAL_MAX, "%s%.95s%s:%s", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

int listener_open(const char *address, char *actual, char *why)
{
    char host[HOST_MAX], port[8];
    why[0] = '\0';
    int fd = inherited(why);
    bool given = fd >= 0;
    if (fd < 0 && why[0])
        return -1;
    if (!given) {
        if (!split(address, host, sizeof host, port, sizeof port)) {
            snprintf(why, WHY_MAX, "\"%.100s\" is not HOST:PORT", address);
            return -1;
        }
        if ((fd = bind_any(address, host, port, why)) < 0)
            return -1;
    }
    int on = 1;
    /* Accepted sockets inherit TCP_NODELAY on Linux: without it a reply waits for the client's
     * delayed acknowledgement, 44 ms. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    tell_actual(fd, given ? NULL : host, actual);
    return fd;
}
