/* The life of the private PostgreSQL: lock, start or adopt, supervise, stop. */
#include "server/db/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/db/cluster_private.h"
#include "server/net/log.h"

enum {
    START_MS = 300000, /* crash recovery of a busy database takes its time */
    ATTACH_MS = 30000, /* how long partylinectl waits for a server that is just starting */
    ORPHANS_MS = 5000, /* backends that lost their postmaster get this long to notice */
    STOP_FAST_MS = 20000,
    STOP_IMMEDIATE_MS = 10000,
    PAUSE_MS = 10,
    RESTART_LEAST_MS = 100, /* between two starts, doubled up to */
    RESTART_MOST_MS = 5000,
};

struct cluster {
    struct cluster_place place;
    pid_t pid;          /* the postmaster, 0 when it is known to be dead */
    int lock;           /* -1: only attached, nothing here is ours to stop */
    int64_t started;    /* when it was last started, */
    int64_t not_before; /* and when the next start is due */
    int64_t orphans;    /* since when we wait for backends without a postmaster, 0: we do not */
    int backoff;
};

/* ---- the lock ---------------------------------------------------------------------------------
 */

/* A POSIX record lock: of the process alone, so that it ends with a killed parent even while forked
 * workers live on, and it tells its holder. The file must be opened nowhere else in the process:
 * closing any descriptor of it would give the lock up. */
static bool lock_is_ours;

static bool lock_take(const struct cluster_place *place, int *fd, char *why)
{
    char path[700];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    snprintf(path, sizeof path, "%s/server.lock", place->dir);
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0)
        return cluster_fail(why, "cannot open %s: %s", path, strerror(errno));
    if (fcntl(*fd, F_SETLK, &lock) == 0)
        return lock_is_ours = true;
    if (fcntl(*fd, F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK)
        lock.l_pid = 0; /* gone between the two calls */
    close(*fd);
    *fd = -1;
    return cluster_fail(why, "%s is in use by process %d: only one server per folder", place->dir,
                        (int)lock.l_pid);
}

int cluster_server_pid(const struct cluster_place *place)
{
    char path[700];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    snprintf(path, sizeof path, "%s/server.lock", place->dir);
    int fd = lock_is_ours ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return 0;
    bool held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    close(fd);
    return held ? (int)lock.l_pid : 0;
}

/* ---- the postmaster ---------------------------------------------------------------------------
 */

/* Ours to wait for, or adopted; and somebody's waitpid(-1) may have been quicker. */
static bool postmaster_lives(struct cluster *cluster)
{
    if (cluster->pid <= 0)
        return false;
    pid_t ended = waitpid(cluster->pid, NULL, WNOHANG);
    return ended == 0 || (ended < 0 && cluster_is_postmaster(&cluster->place, cluster->pid));
}

/* Backends that survive a killed postmaster still hold its shared memory: PostgreSQL refuses to
 * start beside them. Most notice at once; one in a long computation is told to quit. */
static bool orphans_are_gone(struct cluster *cluster)
{
    if (!cluster_any_process(&cluster->place, 0)) {
        cluster->orphans = 0;
        return true;
    }
    if (cluster->orphans == 0)
        cluster->orphans = cluster_clock();
    else if (cluster_clock() - cluster->orphans > ORPHANS_MS)
        cluster_any_process(&cluster->place, SIGQUIT);
    return false;
}

/* No process works in PGDATA, so its lock files are stale; PostgreSQL would believe them while the
 * number they hold belongs to a process: another one after the restart of a container, or a dead
 * one that nobody has reaped. */
static void remove_stale_locks(const struct cluster_place *place)
{
    char path[700];
    snprintf(path, sizeof path, "%s/postmaster.pid", place->pgdata);
    unlink(path);
    snprintf(path, sizeof path, "%s/.s.PGSQL.%d.lock", place->socket, CLUSTER_PORT);
    unlink(path);
}

static bool postmaster_spawn(struct cluster *cluster, char *why)
{
    const struct cluster_place *place = &cluster->place;
    char postgres[PATH_MAX], sockets[sizeof place->socket + 32], port[16];
    if (!cluster_program("postgres", postgres, sizeof postgres, why))
        return false;
    remove_stale_locks(place);
    /* On the command line, because the folder may have been moved. */
    snprintf(sockets, sizeof sockets, "unix_socket_directories=\"%s\"", place->socket);
    snprintf(port, sizeof port, "port=%d", CLUSTER_PORT);
    cluster->pid = cluster_spawn(place,
                                 (const char *[]){postgres, "-D", place->pgdata, "-c", sockets,
                                                  "-c", port, "-c", "listen_addresses=", NULL},
                                 "start.log", why);
    cluster->started = cluster_clock();
    return cluster->pid > 0;
}

/* One step towards a running postmaster: adopts it, waits for orphans or a pause, or starts it. */
static bool postmaster_step(struct cluster *cluster, char *why)
{
    if (postmaster_lives(cluster))
        return true;
    int running = cluster_postmaster_pid(&cluster->place);
    if (running) {
        log_event(LOG_WARN_, "database_adopted", "folder", cluster->place.dir, NULL);
        cluster->pid = running;
        return true;
    }
    if (cluster->pid > 0) {
        /* It has just died: at once again after a long life, later and later after short ones. */
        bool young = cluster_clock() - cluster->started < RESTART_MOST_MS;
        cluster->backoff = !young ? 0 : cluster->backoff ? cluster->backoff * 2 : RESTART_LEAST_MS;
        if (cluster->backoff > RESTART_MOST_MS)
            cluster->backoff = RESTART_MOST_MS;
        cluster->not_before = cluster_clock() + cluster->backoff;
        cluster->pid = 0;
    }
    if (cluster_clock() < cluster->not_before || !orphans_are_gone(cluster))
        return true;
    return postmaster_spawn(cluster, why);
}

/* It speaks to start.log until its collector runs, then to the day's file. */
static void postmaster_last_words(const struct cluster_place *place, char *out, size_t size)
{
    char name[64];
    struct tm day;
    time_t now = time(NULL);
    strftime(name, sizeof name, "postgresql-%a.log", gmtime_r(&now, &day));
    cluster_last_line(place, name, "FATAL:", out, size);
    if (!*out)
        cluster_last_line(place, "start.log", "", out, size);
}

/* Blocking, for starts: until it answers. A postmaster that will never start says so by dying
 * several times. */
static bool wait_until_it_answers(struct cluster *cluster, char *why)
{
    int64_t end = cluster_clock() + START_MS;
    char conninfo[sizeof cluster->place.conninfo + 64], said[256];
    snprintf(conninfo, sizeof conninfo, "%s dbname=postgres connect_timeout=2",
             cluster->place.conninfo);
    int deaths = 0;
    while (cluster_clock() < end) {
        pid_t before = cluster->pid;
        if (!postmaster_step(cluster, why))
            return false;
        deaths += before > 0 && cluster->pid != before;
        if (cluster->pid > 0 && PQping(conninfo) == PQPING_OK && postmaster_lives(cluster))
            return true;
        if (deaths >= 4)
            break;
        cluster_sleep(PAUSE_MS);
    }
    postmaster_last_words(&cluster->place, said, sizeof said);
    return cluster_fail(why, "PostgreSQL does not start (see %s/log): %s", cluster->place.dir,
                        said);
}

static struct cluster *cluster_new(const struct cluster_place *place)
{
    struct cluster *cluster = calloc(1, sizeof *cluster);
    if (!cluster)
        abort();
    cluster->place = *place;
    cluster->lock = -1;
    return cluster;
}

/* The lock is held: make it, start it, see that it is whole. */
static bool bring_up(struct cluster *cluster, char *why)
{
    if (!cluster_init(&cluster->place, why))
        return false;
    if (wait_until_it_answers(cluster, why) && cluster_init_database(&cluster->place, why))
        return true;
    cluster_stop(cluster);
    return false;
}

struct cluster *cluster_start(const struct cluster_place *place, char *why)
{
    struct cluster *cluster = cluster_new(place);
    if (lock_take(place, &cluster->lock, why) && bring_up(cluster, why))
        return cluster;
    cluster_free(cluster);
    return NULL;
}

static bool answers(const struct cluster_place *place)
{
    char conninfo[sizeof place->conninfo + 64];
    snprintf(conninfo, sizeof conninfo, "%s connect_timeout=2", place->conninfo);
    return cluster_postmaster_pid(place) && PQping(conninfo) == PQPING_OK;
}

struct cluster *cluster_attach(const struct cluster_place *place, bool *started, char *why)
{
    struct cluster *cluster = cluster_new(place);
    int64_t end = cluster_clock() + ATTACH_MS;
    *started = false;
    do {
        if (answers(place)) {
            cluster->pid = cluster_postmaster_pid(place);
            return cluster;
        }
        if (!cluster_postmaster_pid(place) && lock_take(place, &cluster->lock, why)) {
            *started = true;
            if (bring_up(cluster, why))
                return cluster;
            break;
        }
        cluster_fail(why, "PostgreSQL in %s does not answer", place->dir);
        cluster_sleep(PAUSE_MS * 5);
    } while (cluster_clock() < end);
    cluster_free(cluster);
    return NULL;
}

bool cluster_supervise(struct cluster *cluster)
{
    char why[CLUSTER_WHY] = "";
    if (cluster->lock < 0 || postmaster_lives(cluster))
        return true;
    pid_t before = cluster->pid;
    if (before > 0)
        log_event(LOG_ERROR_, "database_died", "folder", cluster->place.dir, NULL);
    if (!postmaster_step(cluster, why))
        log_event(LOG_ERROR_, "database_start_failed", "why", why, NULL);
    else if (cluster->pid > 0 && cluster->pid != before)
        log_event(LOG_INFO_, "database_started", "folder", cluster->place.dir, NULL);
    return cluster->pid > 0;
}

static bool wait_until_it_ends(struct cluster *cluster, int ms)
{
    int64_t end = cluster_clock() + ms;
    while (postmaster_lives(cluster)) {
        if (cluster_clock() > end)
            return false;
        cluster_sleep(PAUSE_MS);
    }
    cluster->pid = 0;
    /* Its log collector ends a moment later. */
    while (cluster_any_process(&cluster->place, 0) && cluster_clock() < end)
        cluster_sleep(PAUSE_MS);
    return true;
}

void cluster_stop(struct cluster *cluster)
{
    if (cluster->lock < 0 || !postmaster_lives(cluster))
        return;
    kill(cluster->pid, SIGINT);
    if (wait_until_it_ends(cluster, STOP_FAST_MS))
        return;
    log_event(LOG_WARN_, "database_stops_hard", "folder", cluster->place.dir, NULL);
    kill(cluster->pid, SIGQUIT);
    wait_until_it_ends(cluster, STOP_IMMEDIATE_MS);
}

void cluster_free(struct cluster *cluster)
{
    if (!cluster)
        return;
    if (cluster->lock >= 0) {
        close(cluster->lock);
        lock_is_ours = false;
    }
    free(cluster);
}
