/* The private PostgreSQL of an embedded server: made by initdb on first use, on a unix socket only,
 * supervised by the parent, adopted when a killed parent left it running. */
#pragma once

#include "core/base.h"

struct cluster;

enum { CLUSTER_WHY = 512 };

struct cluster_place {
    char dir[512];      /* the data folder that is really used, absolute */
    char pgdata[600];   /* DIR/pg */
    char socket[96];    /* folder of the socket; its path stays under 107 bytes */
    char conninfo[512]; /* for the server's own connections */
};

/* Where things go, and as whom. Started as root the process drops to one user for everything
 * (`partyline` if it exists, else `postgres`, else a clear refusal), before any file is made; when
 * that user cannot reach `dir` (a home of root), the data goes under /var/lib/partyline/ instead.
 * Makes the folders (0700; DIR itself 0711 so that clients can read ca.pem). The same `dir` always
 * gives the same place. False and `why` (CLUSTER_WHY bytes). */
bool cluster_prepare(const char *dir, struct cluster_place *out, char *why);
/* Takes the folder's lock (one server per folder), initdb when needed (-k, C.UTF-8, into a
 * temporary name that is renamed when whole: an interrupted first run starts again), then starts
 * PostgreSQL or adopts the running one, and waits until it answers. Another major version of the
 * data folder is refused with the way to dump and restore. NULL and `why` (CLUSTER_WHY bytes) on
 * failure. The lock belongs to the calling process and is not inherited by forked workers. */
struct cluster *cluster_start(const struct cluster_place *place, char *why);
/* For partylinectl beside a server: connects to the running one, or takes the lock and starts one
 * for itself (`*started`); waits when a server is just starting. */
struct cluster *cluster_attach(const struct cluster_place *place, bool *started, char *why);
/* Starts it again when it died (kill -9, out of memory); true when it runs. Never blocks longer
 * than a few ms. */
bool cluster_supervise(struct cluster *cluster);
/* Fast shutdown, waits up to 20 s, then immediate. Only what this process started or adopted. */
void cluster_stop(struct cluster *cluster);
void cluster_free(struct cluster *cluster);

/* The other process that serves this folder (holds its lock), 0 when there is none. */
int cluster_server_pid(const struct cluster_place *place);
/* The running postmaster of this folder, 0 when there is none. */
int cluster_postmaster_pid(const struct cluster_place *place);
/* Full path of one of PostgreSQL's programs: from $PARTYLINE_PGBIN, else `pg_config --bindir`, else
 * the newest /usr/lib/postgresql/N/bin. False and `why` when there is none. */
bool cluster_program(const char *name, char *path, size_t size, char *why);
