#include "server/net/process.h"

#include "server/net/process_private.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum {
    YOUNG_MS = 10000, /* who dies younger makes the next one wait */
    YOUNG_DEATHS = 5,
    BACKOFF_LEAST_MS = 100,
    BACKOFF_MOST_MS = 5000,
};

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

static int free_slot(const struct family *family)
{
    for (int i = 1; i < ASIDE_FIRST; i++)
        if (family->workers[i].state == WORKER_NONE)
            return i;
    return 0;
}

static void fill_up(struct family *family)
{
    if (family->stopping || process_now_ms() < family->fork_after)
        return;
    int have =
        count(family, family->set, WORKER_STARTING) + count(family, family->set, WORKER_READY);
    for (; have < family->plan->workers; have++)
        if (!worker_fork(family, free_slot(family))) {
            family->fork_after = process_now_ms() + BACKOFF_MOST_MS / 5;
            return;
        }
    if (!family->set_ready && count(family, family->set, WORKER_READY) >= family->plan->workers)
        set_is_ready(family);
}

/* ---- those that live aside ------------------------------------------------------------------- */

static void fill_up_aside(struct family *family)
{
    for (int i = 0; i < PROCESS_ASIDE_MAX && family->plan->aside[i]; i++) {
        struct worker *worker = &family->workers[ASIDE_FIRST + i];
        if (family->stopping || worker->state != WORKER_NONE ||
            process_now_ms() < worker->fork_after)
            continue;
        if (!worker_fork(family, ASIDE_FIRST + i))
            worker->fork_after = process_now_ms() + BACKOFF_MOST_MS / 5;
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
    if (expected || process_now_ms() - dead->born >= YOUNG_MS)
        return;
    worker->backoff_ms = dead->backoff_ms ? dead->backoff_ms * 2 : BACKOFF_LEAST_MS;
    if (worker->backoff_ms > BACKOFF_MOST_MS)
        worker->backoff_ms = BACKOFF_MOST_MS;
    worker->fork_after = process_now_ms() + worker->backoff_ms;
}

/* ---- what happens ---------------------------------------------------------------------------- */

/* `cannot`: by itself and before it was ready. Who is killed from outside could have lived. */
static void died_young(struct family *family, bool cannot)
{
    family->backoff_ms = family->backoff_ms ? family->backoff_ms * 2 : BACKOFF_LEAST_MS;
    if (family->backoff_ms > BACKOFF_MOST_MS)
        family->backoff_ms = BACKOFF_MOST_MS;
    family->fork_after = process_now_ms() + family->backoff_ms;
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
    worker_log(family, expected ? LOG_INFO_ : LOG_ERROR_,
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
    if (process_now_ms() - worker.born < YOUNG_MS)
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
    snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)process_now_ms() * 1000);
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
    int64_t now = process_now_ms();
    for (int i = 1; i < METRICS_WORKERS; i++) {
        struct worker *worker = &family->workers[i];
        if (worker->state != WORKER_STOPPING || worker->kill_at > now)
            continue;
        worker_log(family, LOG_WARN_, "worker_killed", i, worker->pid, "did not stop in time");
        kill(worker->pid, SIGKILL);
        worker->kill_at = INT64_MAX;
    }
}

static void tick(struct family *family)
{
    const struct process_plan *plan = family->plan;
    if (!plan->tick || process_now_ms() < family->tick_at || family->stopping)
        return;
    plan->tick(plan->arg);
    family->tick_at = process_now_ms() + (plan->tick_ms ? plan->tick_ms : 1000);
}

/* Milliseconds until something is due; the bound makes a forgotten reason harmless. */
static int wait_ms(const struct family *family)
{
    int64_t now = process_now_ms(), due = now + 1000;
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
