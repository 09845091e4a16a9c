/* What the parts of the private cluster share: user and place (cluster_user.c), making it
 * (cluster_init.c), its processes (cluster_process.c), start to stop (cluster.c). */
#pragma once

#include <sys/types.h>

#include "server/db/cluster.h"

enum { CLUSTER_PORT = 5432 };    /* names the socket file; nothing listens on TCP */
#define CLUSTER_NAME "partyline" /* superuser and database */

/* PRINTF into `why`; always false, so that a failure reads `return cluster_fail(why, ...)`. */
bool cluster_fail(char *why, const char *format, ...) PRINTF_LIKE(2, 3);
bool cluster_path(char *out, size_t size, const char *format, ...) PRINTF_LIKE(3, 4);

/* cluster_user.c: as root, settles the user and makes `dir` theirs (or moves it), then drops. */
bool cluster_settle_user(char *dir, size_t size, char *why);
bool cluster_make_folder(const char *path, mode_t mode, char *why);
uint32_t cluster_hash(const char *text);

/* cluster_init.c: PGDATA exists afterwards and is of our programs' version. */
bool cluster_init(const struct cluster_place *place, char *why);
/* The database `partyline` exists afterwards; PostgreSQL must answer. */
bool cluster_init_database(const struct cluster_place *place, char *why);

/* cluster_process.c */
/* Forks a detached process: own session, only the three standard descriptors (input from nothing,
 * output appended to DIR/log/LOG), signals as new, working folder DIR. -1 and `why`. */
pid_t cluster_spawn(const struct cluster_place *place, const char *const *argv, const char *log,
                    char *why);
/* Any process that works in PGDATA: a postmaster, or a backend that has lost it; 0 when none. With
 * `signal` each of them is sent it. */
pid_t cluster_any_process(const struct cluster_place *place, int signal);
bool cluster_is_postmaster(const struct cluster_place *place, pid_t pid);
/* The last line of DIR/log/LOG that contains `with`, "" when there is none. */
void cluster_last_line(const struct cluster_place *place, const char *log, const char *with,
                       char *out, size_t size);
void cluster_sleep(int ms);
int64_t cluster_clock(void); /* monotonic ms */
