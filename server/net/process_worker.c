#include "server/net/process_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { STOP_DEFAULT_MS = 25000 };

int64_t process_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The worker's end of its ready pipe. */
static int ready_pipe = -1;

void process_ready(void)
{
    if (ready_pipe < 0)
        return;
    ssize_t sent = write(ready_pipe, "r", 1);
    (void)sent; /* the parent sees the close as well */
    close(ready_pipe);
    ready_pipe = -1;
}

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

/* One that lives aside is known by its name. */
static const char *name_of(const struct family *family, int slot)
{
    return slot >= ASIDE_FIRST ? family->plan->aside[slot - ASIDE_FIRST]->name : "worker";
}

void worker_log(const struct family *family, enum log_level level, const char *event, int slot,
                pid_t pid, const char *how)
{
    char slot_text[16], pid_text[16];
    snprintf(slot_text, sizeof slot_text, "%d", slot);
    snprintf(pid_text, sizeof pid_text, "%d", (int)pid);
    log_event(level, event, "what", name_of(family, slot), "slot", slot_text, "pid", pid_text,
              "how", how, NULL);
}

bool worker_fork(struct family *family, int slot)
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
                                            .born = process_now_ms(),
                                            .kill_at = INT64_MAX,
                                            .backoff_ms = family->workers[slot].backoff_ms};
    metric_add(METRIC_worker_starts, 1);
    worker_log(family, LOG_INFO_, "worker_started", slot, pid, NULL);
    return true;
}

void worker_stop(struct family *family, struct worker *worker)
{
    if (worker->state == WORKER_NONE || worker->state == WORKER_STOPPING)
        return;
    int stop_ms = family->plan->stop_ms ? family->plan->stop_ms : STOP_DEFAULT_MS;
    worker->state = WORKER_STOPPING;
    worker->kill_at = process_now_ms() + stop_ms;
    kill(worker->pid, SIGTERM);
}
