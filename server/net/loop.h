/* One event loop per worker process. Callbacks run on it one after another; nothing in the server
 * may keep it longer than 5 ms (argon2 and the like go to threads, see auth/hasher.h). */
#pragma once

#include "core/base.h"

struct event_base;
struct loop;
struct loop_watch;
struct loop_timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* Also makes the process ignore SIGPIPE. */
struct loop *loop_new(void);
void loop_free(struct loop *loop);
/* Runs until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Calls `ready(arg, LOOP_READ|LOOP_WRITE)` whenever `fd` is. Level-triggered, persistent. Free the
 * watch before `fd` is closed; and a turn before, when another process shares what it stands for.
 */
struct loop_watch *loop_watch_new(struct loop *loop, int fd, int what,
                                  void (*ready)(void *arg, int what), void *arg);
void loop_watch_change(struct loop_watch *watch, int what); /* 0 pauses it */
void loop_watch_free(struct loop_watch *watch);

/* Calls `due(arg)` once after `ms`; with `every`, again and again. To be freed in both cases, which
 * stops it; also from within `due`. */
struct loop_timer *loop_timer_new(struct loop *loop, int64_t ms, bool every, void (*due)(void *arg),
                                  void *arg);
void loop_timer_free(struct loop_timer *timer);
/* As loop_watch, for a signal. */
struct loop_watch *loop_signal_new(struct loop *loop, int signal, void (*seen)(void *arg, int what),
                                   void *arg);
/* Calls `run(arg)` on the loop's own thread, in the next turn; the only function here that another
 * thread may call. */
void loop_post(struct loop *loop, void (*run)(void *arg), void *arg);
/* Monotonic milliseconds. */
int64_t loop_now(struct loop *loop);
/* For http.c: evhttp wants to know the loop's own handle. */
struct event_base *loop_event_base(struct loop *loop);
