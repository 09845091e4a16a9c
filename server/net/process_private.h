/* What process.c and process_worker.c share: the parent's family, and the life of one worker of it.
 */
#pragma once

#include "server/net/log.h"
#include "server/net/metrics.h"
#include "server/net/process.h"

#include <signal.h>
#include <sys/types.h>

enum {
    ASIDE_FIRST = 2 * PROCESS_WORKERS_MAX + 1, /* slots below are for two sets of workers */
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

/* Monotonic milliseconds. */
int64_t process_now_ms(void);
/* A new worker in this slot; false (and a line in the log) when there can be none now. */
bool worker_fork(struct family *family, int slot);
/* Asks it to stop, once. */
void worker_stop(struct family *family, struct worker *worker);
void worker_log(const struct family *family, enum log_level level, const char *event, int slot,
                pid_t pid, const char *how);
