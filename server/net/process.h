/* The parent and its workers. The parent owns the listening socket and the private database,
 * forks the workers (no exec: they share one address to listen on and one counter page), and
 * restarts one that dies (backing off when they die young). It holds no connection of a client. */
#pragma once

#include "core/base.h"

/* Two sets must find room in the counters' page: during a reload both live. */
enum { PROCESS_WORKERS_MAX = 31, PROCESS_ASIDE_MAX = 4 };

/* A process beside the workers, one of its kind: restarted when it dies, told to stop with them,
 * and begun anew at a reload, when the one before has gone. The service is up without it. */
struct process_aside {
    const char *name;      /* for the log */
    int (*run)(void *arg); /* as a worker's; may become another program */
};

struct process_plan {
    int workers; /* 1..PROCESS_WORKERS_MAX */
    /* The whole life of worker `slot` (1-based), in the forked child; its result is the exit code.
     * SIGTERM asks it to drain and return; it also comes when the parent has died. */
    int (*worker)(int slot, void *arg);
    const struct process_aside *aside[PROCESS_ASIDE_MAX + 1]; /* NULL-ended */
    void (*ready)(void *arg); /* parent, once, when all workers have reported ready; may be NULL */
    void (*tick)(void *arg);  /* parent, every tick_ms: supervises the database; may be NULL */
    int tick_ms;              /* default 1,000 */
    /* Parent, on SIGHUP: reads configuration and certificate anew; true: fork a new set of workers,
     * and drain the old ones once the new are ready (a new set that cannot live is given up, and
     * the old one stays). False: keep what runs (the error is logged). NULL: always true. */
    bool (*reload)(void *arg);
    /* Parent, when it begins to stop, before the workers are told: closes the listening socket, so
     * that nobody waits in its queue; may be NULL. */
    void (*stopping)(void *arg);
    int stop_ms; /* after SIGTERM, how long workers may drain before SIGKILL (default 25,000) */
    void *arg;
};

/* Runs until SIGTERM or SIGINT; then drains and reaps every worker and returns 0 (asked twice, it
 * kills them); returns 1 when workers cannot live (five deaths within ten seconds of their start,
 * not counting those by SIGKILL, without one getting ready). Tells systemd READY, RELOADING and
 * STOPPING. */
int process_run(const struct process_plan *plan);
/* Called by a worker when it can serve. */
void process_ready(void);
/* Binds `host:port` ("127.0.0.1:8443", "[::1]:0"), or takes the socket systemd passed (LISTEN_FDS).
 * Non-blocking, close-on-exec, SO_REUSEADDR, TCP_NODELAY, backlog 1024. -1 and a message in `why`
 * (256 bytes) on failure. `actual` (128 bytes) gets the HOST:PORT that clients can use. */
int listener_open(const char *address, char *actual, char *why);
