#include "server/net/loop.h"

#include "server/net/log.h"

#include <assert.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

struct posted {
    struct posted *next;
    void (*run)(void *arg);
    void *arg;
};

struct loop {
    struct event_base *base;
    struct event *wake;
    int wake_fd;
    pthread_mutex_t lock; /* guards the list, which other threads add to */
    struct posted *first, **last;
};

struct loop_watch {
    struct event *event;
    short what;
    void (*ready)(void *arg, int what);
    void *arg;
};

struct loop_timer {
    struct event *event;
    void (*due)(void *arg);
    void *arg;
};

static void *memory_or_abort(size_t size)
{
    void *p = calloc(1, size);
    if (!p)
        abort();
    return p;
}

/* libevent allocates with malloc too: a NULL from it is out of memory. */
static struct event *event_or_abort(struct event *event)
{
    if (!event)
        abort();
    return event;
}

static void library_says(int severity, const char *text)
{
    enum log_level level = severity >= EVENT_LOG_ERR    ? LOG_ERROR_
                           : severity >= EVENT_LOG_WARN ? LOG_WARN_
                                                        : LOG_DEBUG_;
    log_event(level, "libevent", "text", text, NULL);
}

static void posted_run(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    struct loop *loop = arg;
    uint64_t count;
    if (read(fd, &count, sizeof count) < 0)
        return;
    pthread_mutex_lock(&loop->lock);
    struct posted *p = loop->first;
    loop->first = NULL;
    loop->last = &loop->first;
    pthread_mutex_unlock(&loop->lock);
    while (p) {
        struct posted *next = p->next;
        p->run(p->arg);
        free(p);
        p = next;
    }
}

/* The change list saves most calls of epoll_ctl, a fifth of a request's CPU: changes are made known
 * once per turn. The price: who shares a descriptor with another process must let a turn pass
 * between its last loop_watch_free and its close, or epoll goes on reporting it. */
static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    struct event_base *base = NULL;
    if (config && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0)
        base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

struct loop *loop_new(void)
{
    /* A client that goes away is an error of write(2), no reason to die. */
    signal(SIGPIPE, SIG_IGN);
    event_set_log_callback(library_says);
    struct loop *loop = memory_or_abort(sizeof *loop);
    loop->base = base_new();
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!loop->base || loop->wake_fd < 0)
        die(1, "cannot make an event loop");
    pthread_mutex_init(&loop->lock, NULL);
    loop->last = &loop->first;
    loop->wake = event_or_abort(
        event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, posted_run, loop));
    event_add(loop->wake, NULL);
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    event_free(loop->wake);
    close(loop->wake_fd);
    for (struct posted *p = loop->first, *next; p; p = next) {
        next = p->next;
        free(p);
    }
    pthread_mutex_destroy(&loop->lock);
    event_base_free(loop->base);
    free(loop);
}

void loop_run(struct loop *loop)
{
    event_base_dispatch(loop->base);
}

void loop_stop(struct loop *loop)
{
    event_base_loopexit(loop->base, NULL);
}

struct event_base *loop_event_base(struct loop *loop)
{
    return loop->base;
}

int64_t loop_now(struct loop *loop)
{
    (void)loop;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- descriptors and signals ----------------------------------------------------------------- */

static void watch_ready(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    struct loop_watch *watch = arg;
    int seen = (what & EV_READ ? LOOP_READ : 0) | (what & EV_WRITE ? LOOP_WRITE : 0);
    watch->ready(watch->arg, seen);
}

static short watch_events(int what)
{
    return (short)((what & LOOP_READ ? EV_READ : 0) | (what & LOOP_WRITE ? EV_WRITE : 0));
}

struct loop_watch *loop_watch_new(struct loop *loop, int fd, int what,
                                  void (*ready)(void *arg, int what), void *arg)
{
    struct loop_watch *watch = memory_or_abort(sizeof *watch);
    *watch = (struct loop_watch){.ready = ready, .arg = arg};
    watch->event = event_or_abort(event_new(loop->base, fd, EV_PERSIST, watch_ready, watch));
    loop_watch_change(watch, what);
    return watch;
}

void loop_watch_change(struct loop_watch *watch, int what)
{
    short events = watch_events(what);
    if (events == watch->what)
        return;
    event_del(watch->event);
    watch->what = events;
    if (!events)
        return;
    event_assign(watch->event, event_get_base(watch->event), event_get_fd(watch->event),
                 (short)(events | EV_PERSIST), watch_ready, watch);
    event_add(watch->event, NULL);
}

struct loop_watch *loop_signal_new(struct loop *loop, int signal, void (*seen)(void *arg, int what),
                                   void *arg)
{
    struct loop_watch *watch = memory_or_abort(sizeof *watch);
    *watch = (struct loop_watch){.what = EV_SIGNAL, .ready = seen, .arg = arg};
    watch->event = event_or_abort(evsignal_new(loop->base, signal, watch_ready, watch));
    event_add(watch->event, NULL);
    return watch;
}

void loop_watch_free(struct loop_watch *watch)
{
    if (!watch)
        return;
    event_free(watch->event);
    free(watch);
}

/* ---- time and threads ------------------------------------------------------------------------ */

static void timer_due(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct loop_timer *timer = arg;
    timer->due(timer->arg);
}

struct loop_timer *loop_timer_new(struct loop *loop, int64_t ms, bool every, void (*due)(void *arg),
                                  void *arg)
{
    assert(ms >= 0);
    struct loop_timer *timer = memory_or_abort(sizeof *timer);
    *timer = (struct loop_timer){.due = due, .arg = arg};
    timer->event =
        event_or_abort(event_new(loop->base, -1, every ? EV_PERSIST : 0, timer_due, timer));
    struct timeval after = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    event_add(timer->event, &after);
    return timer;
}

void loop_timer_free(struct loop_timer *timer)
{
    if (!timer)
        return;
    event_free(timer->event);
    free(timer);
}

void loop_post(struct loop *loop, void (*run)(void *arg), void *arg)
{
    struct posted *posted = memory_or_abort(sizeof *posted);
    *posted = (struct posted){.run = run, .arg = arg};
    pthread_mutex_lock(&loop->lock);
    *loop->last = posted;
    loop->last = &posted->next;
    pthread_mutex_unlock(&loop->lock);
    uint64_t one = 1;
    /* Only a full counter can fail, and then the loop is awake anyway. */
    ssize_t sent = write(loop->wake_fd, &one, sizeof one);
    (void)sent;
}
