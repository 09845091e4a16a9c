#include "server/net/multi.h"

#include <stdlib.h>

/* One transfer; on the list of all that are under way. */
struct transfer {
    struct transfer *next, **self;
    struct multi *multi;
    CURL *easy;
    void (*done)(void *arg, CURL *easy, CURLcode result);
    void *arg;
};

struct multi {
    struct loop *loop;
    CURLM *curl;
    struct loop_timer *timer;
    struct transfer *first;
};

/* One socket of curl's, as long as it wants to know of it. */
struct watched {
    struct multi *multi;
    struct loop_watch *watch;
    curl_socket_t fd;
};

static void *memory_or_abort(void *p)
{
    if (!p)
        abort();
    return p;
}

static void transfer_free(struct transfer *transfer)
{
    *transfer->self = transfer->next;
    if (transfer->next)
        transfer->next->self = transfer->self;
    curl_multi_remove_handle(transfer->multi->curl, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    free(transfer);
}

static void collect(struct multi *multi)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi->curl, &left));) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct transfer *transfer = NULL;
        CURLcode result = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        transfer->done(transfer->arg, transfer->easy, result);
        transfer_free(transfer);
    }
}

static void act(struct multi *multi, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(multi->curl, fd, what, &running);
    collect(multi);
}

static void due(void *arg)
{
    struct multi *multi = arg;
    struct loop_timer *timer = multi->timer;
    multi->timer = NULL;
    loop_timer_free(timer);
    act(multi, CURL_SOCKET_TIMEOUT, 0);
}

static int set_timer(CURLM *curl, long ms, void *arg)
{
    (void)curl;
    struct multi *multi = arg;
    loop_timer_free(multi->timer);
    multi->timer = ms < 0 ? NULL : loop_timer_new(multi->loop, ms, false, due, multi);
    return 0;
}

static void socket_ready(void *arg, int what)
{
    struct watched *watched = arg;
    int seen =
        (what & LOOP_READ ? CURL_CSELECT_IN : 0) | (what & LOOP_WRITE ? CURL_CSELECT_OUT : 0);
    act(watched->multi, watched->fd, seen);
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    (void)easy;
    struct multi *multi = arg;
    struct watched *watched = known;
    int wanted = (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);
    if (what == CURL_POLL_REMOVE) {
        if (watched)
            loop_watch_free(watched->watch);
        free(watched);
        curl_multi_assign(multi->curl, fd, NULL);
    } else if (watched) {
        loop_watch_change(watched->watch, wanted);
    } else {
        watched = memory_or_abort(malloc(sizeof *watched));
        *watched = (struct watched){multi, NULL, fd};
        watched->watch = loop_watch_new(multi->loop, fd, wanted, socket_ready, watched);
        curl_multi_assign(multi->curl, fd, watched);
    }
    return 0;
}

struct multi *multi_new(struct loop *loop, int at_once)
{
    struct multi *multi = memory_or_abort(calloc(1, sizeof *multi));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort();
    multi->loop = loop;
    multi->curl = memory_or_abort(curl_multi_init());
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(multi->curl, CURLMOPT_SOCKETDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi->curl, CURLMOPT_TIMERDATA, multi);
    curl_multi_setopt(multi->curl, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)at_once);
    return multi;
}

void multi_free(struct multi *multi)
{
    if (!multi)
        return;
    for (struct transfer *one = multi->first, *next; one; one = next) {
        next = one->next;
        transfer_free(one);
    }
    curl_multi_cleanup(multi->curl);
    loop_timer_free(multi->timer);
    curl_global_cleanup();
    free(multi);
}

void multi_add(struct multi *multi, CURL *easy,
               void (*done)(void *arg, CURL *easy, CURLcode result), void *arg)
{
    struct transfer *transfer = memory_or_abort(calloc(1, sizeof *transfer));
    *transfer = (struct transfer){multi->first, &multi->first, multi, easy, done, arg};
    if (transfer->next)
        transfer->next->self = &transfer->next;
    multi->first = transfer;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_multi_add_handle(multi->curl, easy);
}
