#include "server/net/process.h"

#include "server/net/log.h"
#include "server/net/metrics.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

enum {
    ASIDE_FIRST = 2 * PROCESS_WORKERS_MAX + 1, /* slots below are for two sets of workers */
    YOUNG_MS = 10000,                          /* who dies younger makes the next one wait */
    YOUNG_DEATHS = 5,
    BACKOFF_LEAST_MS = 100,
    BACKOFF_MOST_MS = 5000,
    STOP_DEFAULT_MS = 25000,
};

enum worker_state { WORKER_NONE, WORKER_STARTING, WORKER_READY, WORKER_STOPPING };

struct worker {
    pid_t pid;
    enum worker_state state;
    unsigned set; /* which reload made it */
    int ready_fd; /* our end of its ready pipe; -1 when it has said so, or closed it */
    int64_t born, kill_at;
    int64_t fork_after; /* of one that lives aside: when the next may be made */
    int backoff_ms;
};

struct family {
    const struct process_plan *plan;
    struct worker workers[METRICS_WORKERS]; /* by slot; 0 is the parent's, the last live aside */
    int signal_fd;
    sigset_t old_mask;
    unsigned set; /* workers of older sets are kept until this one is ready */
    bool set_ready, announced, reload_asked, stopping;
    int early_deaths; /* of the set, before one of it was ready */
    int backoff_ms;
    int64_t fork_after, tick_at;
    int result;
};

/* The worker's end of its ready pipe. */
static int ready_pipe = -1;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void process_ready(void)
{
    if (ready_pipe < 0)
        return;
    ssize_t sent = write(ready_pipe, "r", 1);
    (void)sent; /* the parent sees the close as well */
    close(ready_pipe);
    ready_pipe = -1;
}

/* ---- the life of a worker -------------------------------------------------------------------- */

/* In the child: nothing of the parent's stays but the listener and the counters. */
static void worker_live(struct family *family, int slot, int pipe_end, pid_t parent)
{
    /* A parent killed hard must not leave workers behind that hold the port. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    /* Ctrl-C and SIGHUP of a terminal reach the whole group; the parent decides what they mean. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    sigprocmask(SIG_SETMASK, &family->old_mask, NULL);
    close(family->signal_fd);
    for (int i = 1; i < METRICS_WORKERS; i++)
        if (family->workers[i].ready_fd >= 0)
            close(family->workers[i].ready_fd);
    ready_pipe = pipe_end;
    metrics_attach(slot);
    exit(slot >= ASIDE_FIRST ? family->plan->aside[slot - ASIDE_FIRST]->run(family->plan->arg)
                             : family->plan->worker(slot, family->plan->arg));
}

static int free_slot(const struct family *family)
{
    for (int i = 1; i < ASIDE_FIRST; i++)
        if (family->workers[i].state == WORKER_NONE)
            return i;
    return 0;
}

/* One that lives aside is known by its name. */
static const char *name_of(const struct family *family, int slot)
{
    return slot >= ASIDE_FIRST ? family->plan->aside[slot - ASIDE_FIRST]->name : "worker";
}

static void log_worker(const struct family *family, enum log_level level, const char *event,
                       int slot, pid_t pid, const char *how)
{
    char slot_text[16], pid_text[16];
    snprintf(slot_text, sizeof slot_text, "%d", slot);
    snprintf(pid_text, sizeof pid_text, "%d", (int)pid);
    log_event(level, event, "what", name_of(family, slot), "slot", slot_text, "pid", pid_text,
              "how", how, NULL);
}

static bool worker_fork(struct family *family, int slot)
{
    int ends[2];
    if (!slot || pipe2(ends, O_CLOEXEC) < 0)
        return false;
    fflush(NULL); /* or the child's exit would print it again */
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(ends[0]);
        worker_live(family, slot, ends[1], parent);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        log_event(LOG_ERROR_, "fork_failed", "why", strerror(errno), NULL);
        return false;
    }
    family->workers[slot] = (struct worker){.pid = pid,
                                            .state = WORKER_STARTING,
                                            .set = family->set,
                                            .ready_fd = ends[0],
                                            .born = now_ms(),
                                            .kill_at = INT64_MAX,
                                            .backoff_ms = family->workers[slot].backoff_ms};
    metric_add(METRIC_worker_starts, 1);
    log_worker(family, LOG_INFO_, "worker_started", slot, pid, NULL);
    return true;
}

static void worker_stop(struct family *family, struct worker *worker)
{
    if (worker->state == WORKER_NONE || worker->state == WORKER_STOPPING)
        return;
    int stop_ms = family->plan->stop_ms ? family->plan->stop_ms : STOP_DEFAULT_MS;
    worker->state = WORKER_STOPPING;
    worker->kill_at = now_ms() + stop_ms;
    kill(worker->pid, SIGTERM);
}

/* ---- the set: how many there are and should be ----------------------------------------------- */

static int count(const struct family *family, unsigned set, enum worker_state state)
{
    int n = 0;
    for (int i = 1; i < ASIDE_FIRST; i++)
        n += family->workers[i].state == state && family->workers[i].set == set;
    return n;
}

static bool is_empty(const struct family *family)
{
    for (int i = 1; i < METRICS_WORKERS; i++)
        if (family->workers[i].state != WORKER_NONE)
            return false;
    return true;
}

static void stop_others(struct family *family, unsigned keep)
{
    for (int i = 1; i < ASIDE_FIRST; i++)
        if (family->workers[i].set != keep)
            worker_stop(family, &family->workers[i]);
}

static void stop_all(struct family *family, int result)
{
    if (family->stopping) {
        /* Asked twice: now. */
        for (int i = 1; i < METRICS_WORKERS; i++)
            family->workers[i].kill_at = 0;
        return;
    }
    family->stopping = true;
    family->result = result;
    sd_notify(0, "STOPPING=1");
    if (family->plan->stopping)
        family->plan->stopping(family->plan->arg);
    for (int i = 1; i < METRICS_WORKERS; i++)
        worker_stop(family, &family->workers[i]);
}

static void set_begin(struct family *family)
{
    family->set++;
    family->set_ready = false;
    family->early_deaths = 0;
    family->backoff_ms = 0;
    family->fork_after = 0;
}

/* The first time, the service is up; later, the old set has been replaced. */
static void set_is_ready(struct family *family)
{
    family->set_ready = true;
    stop_others(family, family->set);
    if (!family->announced && family->plan->ready)
        family->plan->ready(family->plan->arg);
    family->announced = true;
    sd_notify(0, "READY=1");
}

/* A new set that cannot live must not take the service with it: back to the one before. */
static void set_give_up(struct family *family)
{
    unsigned before = family->set - 1;
    if (family->set_ready && count(family, family->set, WORKER_READY)) {
        family->early_deaths = 0; /* others of the set serve: go on trying, ever more slowly */
        return;
    }
    log_event(LOG_ERROR_, "workers_cannot_live", "kept",
              count(family, before, WORKER_READY) ? "the old ones" : NULL, NULL);
    if (!count(family, before, WORKER_READY)) {
        stop_all(family, 1);
        return;
    }
    stop_others(family, before);
    /* Numbered up rather than down, so that no number is ever used twice. */
    set_begin(family);
    for (int i = 1; i < ASIDE_FIRST; i++)
        if (family->workers[i].state == WORKER_READY && family->workers[i].set == before)
            family->workers[i].set = family->set;
    family->set_ready = true;
    sd_notify(0, "READY=1");
}

static void fill_up(struct family *family)
{
    if (family->stopping || now_ms() < family->fork_after)
        return;
    int have =
        count(family, family->set, WORKER_STARTING) + count(family, family->set, WORKER_READY);
    for (; have < family->plan->workers; have++)
        if (!worker_fork(family, free_slot(family))) {
            family->fork_after = now_ms() + BACKOFF_MOST_MS / 5;
            return;
        }
    if (!family->set_ready && count(family, family->set, WORKER_READY) >= family->plan->workers)
        set_is_ready(family);
}

/* ---- those that live aside --------------------------------------------------------------------
 */

static void fill_up_aside(struct family *family)
{
    for (int i = 0; i < PROCESS_ASIDE_MAX && family->plan->aside[i]; i++) {
        struct worker *worker = &family->workers[ASIDE_FIRST + i];
        if (family->stopping || worker->state != WORKER_NONE || now_ms() < worker->fork_after)
            continue;
        if (!worker_fork(family, ASIDE_FIRST + i))
            worker->fork_after = now_ms() + BACKOFF_MOST_MS / 5;
    }
}

/* They read their configuration once, at their birth: the next ones read the new. */
static void renew_aside(struct family *family)
{
    for (int i = ASIDE_FIRST; i < METRICS_WORKERS; i++)
        worker_stop(family, &family->workers[i]);
}

/* However often it dies, another one is made, after ever longer waits. */
static void aside_died(struct family *family, int slot, const struct worker *dead, bool expected)
{
    struct worker *worker = &family->workers[slot];
    if (expected || now_ms() - dead->born >= YOUNG_MS)
        return;
    worker->backoff_ms = dead->backoff_ms ? dead->backoff_ms * 2 : BACKOFF_LEAST_MS;
    if (worker->backoff_ms > BACKOFF_MOST_MS)
        worker->backoff_ms = BACKOFF_MOST_MS;
    worker->fork_after = now_ms() + worker->backoff_ms;
}

/* ---- what happens ---------------------------------------------------------------------------- */

/* `cannot`: by itself and before it was ready. Who is killed from outside could have lived. */
static void died_young(struct family *family, bool cannot)
{
    family->backoff_ms = family->backoff_ms ? family->backoff_ms * 2 : BACKOFF_LEAST_MS;
    if (family->backoff_ms > BACKOFF_MOST_MS)
        family->backoff_ms = BACKOFF_MOST_MS;
    family->fork_after = now_ms() + family->backoff_ms;
    if (cannot && ++family->early_deaths >= YOUNG_DEATHS)
        set_give_up(family);
}

static void worker_died(struct family *family, int slot, int status)
{
    struct worker worker = family->workers[slot];
    char how[32];
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "signal %d", WTERMSIG(status));
    else
        snprintf(how, sizeof how, "exit %d", WEXITSTATUS(status));
    bool expected = worker.state == WORKER_STOPPING;
    log_worker(family, expected ? LOG_INFO_ : LOG_ERROR_,
               expected ? "worker_stopped" : "worker_died", slot, worker.pid, how);
    if (worker.ready_fd >= 0)
        close(worker.ready_fd);
    family->workers[slot] = (struct worker){.ready_fd = -1};
    metrics_clear_gauges(slot);
    if (slot >= ASIDE_FIRST) {
        aside_died(family, slot, &worker, expected);
        return;
    }
    if (expected || worker.set != family->set)
        return;
    if (now_ms() - worker.born < YOUNG_MS)
        died_young(family, worker.state != WORKER_READY &&
                               !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    else
        family->backoff_ms = 0;
}

/* Asks for our own children one by one: the embedded database's tools are children too, and their
 * ends belong to those who started them. As process 1 of a container we inherit everybody's. */
static void reap(struct family *family)
{
    int status;
    for (int i = 1; i < METRICS_WORKERS; i++)
        if (family->workers[i].state != WORKER_NONE &&
            waitpid(family->workers[i].pid, &status, WNOHANG) > 0)
            worker_died(family, i, status);
    while (getpid() == 1 && waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

static void reload(struct family *family)
{
    family->reload_asked = false;
    char text[64];
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)now_ms() * 1000);
    sd_notify(0, text);
    if (family->plan->reload && !family->plan->reload(family->plan->arg)) {
        log_event(LOG_WARN_, "reload_refused", "kept", "the old configuration", NULL);
        sd_notify(0, "READY=1");
        return;
    }
    log_event(LOG_INFO_, "reload", NULL);
    set_begin(family);
    renew_aside(family);
}

static void read_signals(struct family *family)
{
    struct signalfd_siginfo info;
    while (read(family->signal_fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGHUP)
            family->reload_asked = true;
        else if (info.ssi_signo != SIGCHLD)
            stop_all(family, 0);
    }
}

static void read_ready(struct family *family, struct worker *worker)
{
    char byte;
    ssize_t n = read(worker->ready_fd, &byte, 1);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    close(worker->ready_fd);
    worker->ready_fd = -1;
    if (n <= 0 || worker->state != WORKER_STARTING)
        return;
    worker->state = WORKER_READY;
    if (worker->set == family->set)
        family->early_deaths = 0;
}

static void kill_overdue(struct family *family)
{
    int64_t now = now_ms();
    for (int i = 1; i < METRICS_WORKERS; i++) {
        struct worker *worker = &family->workers[i];
        if (worker->state != WORKER_STOPPING || worker->kill_at > now)
            continue;
        log_worker(family, LOG_WARN_, "worker_killed", i, worker->pid, "did not stop in time");
        kill(worker->pid, SIGKILL);
        worker->kill_at = INT64_MAX;
    }
}

static void tick(struct family *family)
{
    const struct process_plan *plan = family->plan;
    if (!plan->tick || now_ms() < family->tick_at || family->stopping)
        return;
    plan->tick(plan->arg);
    family->tick_at = now_ms() + (plan->tick_ms ? plan->tick_ms : 1000);
}

/* Milliseconds until something is due; the bound makes a forgotten reason harmless. */
static int wait_ms(const struct family *family)
{
    int64_t now = now_ms(), due = now + 1000;
    if (family->plan->tick && !family->stopping && family->tick_at < due)
        due = family->tick_at;
    if (family->fork_after > now && family->fork_after < due)
        due = family->fork_after;
    for (int i = 1; i < METRICS_WORKERS; i++) {
        const struct worker *worker = &family->workers[i];
        if (worker->state == WORKER_STOPPING && worker->kill_at < due)
            due = worker->kill_at;
        if (worker->fork_after > now && worker->fork_after < due)
            due = worker->fork_after;
    }
    return due > now ? (int)(due - now) : 0;
}

static void wait_for_news(struct family *family)
{
    struct pollfd fds[METRICS_WORKERS + 1] = {{.fd = family->signal_fd, .events = POLLIN}};
    struct worker *owners[METRICS_WORKERS + 1];
    nfds_t n = 1;
    for (int i = 1; i < METRICS_WORKERS; i++)
        if (family->workers[i].ready_fd >= 0) {
            owners[n] = &family->workers[i];
            fds[n++] = (struct pollfd){.fd = family->workers[i].ready_fd, .events = POLLIN};
        }
    if (poll(fds, n, wait_ms(family)) <= 0)
        return;
    for (nfds_t i = 1; i < n; i++)
        if (fds[i].revents)
            read_ready(family, owners[i]);
    if (fds[0].revents)
        read_signals(family);
}

static void family_begin(struct family *family)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGHUP);
    sigaddset(&mask, SIGCHLD);
    sigprocmask(SIG_BLOCK, &mask, &family->old_mask);
    family->signal_fd = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
    if (family->signal_fd < 0)
        die(1, "signalfd: %s", strerror(errno));
    for (int i = 0; i < METRICS_WORKERS; i++)
        family->workers[i].ready_fd = -1;
    set_begin(family);
}

int process_run(const struct process_plan *plan)
{
    assert(plan->workers >= 1 && plan->workers <= PROCESS_WORKERS_MAX);
    static_assert(ASIDE_FIRST + PROCESS_ASIDE_MAX <= METRICS_WORKERS,
                  "slots for two sets and those aside");
    struct family family = {.plan = plan};
    family_begin(&family);
    while (!family.stopping || !is_empty(&family)) {
        fill_up(&family);
        fill_up_aside(&family);
        wait_for_news(&family);
        reap(&family);
        kill_overdue(&family);
        tick(&family);
        /* One reload after the other: each needs slots for two sets. */
        if (family.reload_asked && family.set_ready && !family.stopping)
            reload(&family);
    }
    close(family.signal_fd);
    sigprocmask(SIG_SETMASK, &family.old_mask, NULL);
    return family.result;
}
