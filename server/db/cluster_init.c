/* Making the cluster: which PostgreSQL, initdb under a temporary name, our settings, the database.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <libpq-fe.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "queries.h"
#include "server/db/cluster_private.h"

/* ---- which PostgreSQL -------------------------------------------------------------------------
 */

static bool has_program(const char *dir, const char *name, char *path, size_t size)
{
    return *dir && cluster_path(path, size, "%s/%s", dir, name) && access(path, X_OK) == 0;
}

static void ask_pg_config(char *dir, int size)
{
    *dir = '\0';
    /* A fixed command, before anything of the outside is read. NOLINTNEXTLINE(cert-env33-c) */
    FILE *answer = popen("pg_config --bindir 2>/dev/null", "re");
    if (answer && fgets(dir, size, answer))
        dir[strcspn(dir, "\n")] = '\0';
    if (answer)
        pclose(answer);
}

/* Of /usr/lib/postgresql/N/bin the one with the greatest N that has the program. */
static bool newest_installed(const char *name, char *path, size_t size)
{
    glob_t found;
    int best = -1;
    if (glob("/usr/lib/postgresql/*/bin", 0, NULL, &found) != 0)
        return false;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        char candidate[PATH_MAX];
        int version = atoi(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"));
        if (version > best && has_program(found.gl_pathv[i], name, candidate, sizeof candidate) &&
            cluster_path(path, size, "%s", candidate))
            best = version;
    }
    globfree(&found);
    return best >= 0;
}

bool cluster_program(const char *name, char *path, size_t size, char *why)
{
    char dir[PATH_MAX];
    const char *chosen = getenv("PARTYLINE_PGBIN");
    if (chosen && *chosen)
        return has_program(chosen, name, path, size) ||
               cluster_fail(why, "PARTYLINE_PGBIN=%s has no program %s", chosen, name);
    ask_pg_config(dir, sizeof dir);
    return has_program(dir, name, path, size) || newest_installed(name, path, size) ||
           cluster_fail(why,
                        "PostgreSQL's program %s is missing: apt-get install postgresql-15 (or "
                        "name its folder in PARTYLINE_PGBIN)",
                        name);
}

/* "postgres (PostgreSQL) 15.6 (Debian ...)" -> 15; 0 when it cannot be told. */
static int program_version(const char *postgres)
{
    char command[PATH_MAX + 32], line[128] = "";
    snprintf(command, sizeof command, "'%s' --version 2>/dev/null", postgres);
    /* The path is quoted, and holds no quote. NOLINTNEXTLINE(cert-env33-c) */
    FILE *answer = strchr(postgres, '\'') ? NULL : popen(command, "re");
    if (answer && !fgets(line, sizeof line, answer))
        *line = '\0';
    if (answer)
        pclose(answer);
    const char *digits = line;
    while (*digits && !isdigit((unsigned char)*digits))
        digits++;
    return atoi(digits);
}

static int data_version(const struct cluster_place *place)
{
    char path[700], line[32] = "";
    snprintf(path, sizeof path, "%s/PG_VERSION", place->pgdata);
    FILE *file = fopen(path, "re");
    if (file && !fgets(line, sizeof line, file))
        *line = '\0';
    if (file)
        fclose(file);
    return atoi(line);
}

static bool version_matches(const struct cluster_place *place, const char *postgres, char *why)
{
    int have = data_version(place), want = program_version(postgres);
    if (want == 0)
        return cluster_fail(why, "cannot run %s", postgres);
    if (have == want)
        return true;
    if (have == 0)
        return cluster_fail(why, "%s is not a folder of PostgreSQL", place->pgdata);
    return cluster_fail(
        why,
        "%s was made by PostgreSQL %d, this is %d; to move the data: "
        "PARTYLINE_PGBIN=/usr/lib/postgresql/%d/bin partylinectl --embedded %s backup "
        "FILE; mv %s %s.%d; partylinectl --embedded %s restore FILE",
        place->pgdata, have, want, have, place->dir, place->pgdata, place->pgdata, have,
        place->dir);
}

/* ---- initdb -----------------------------------------------------------------------------------
 */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

static bool run_initdb(const struct cluster_place *place, const char *fresh, char *why)
{
    char initdb[PATH_MAX], said[256];
    if (!cluster_program("initdb", initdb, sizeof initdb, why))
        return false;
    pid_t child = cluster_spawn(place,
                                (const char *[]){initdb, "-D", fresh, "-k", "--encoding=UTF8",
                                                 "--locale=C.UTF-8", "--lc-messages=C",
                                                 "--username=" CLUSTER_NAME, "--auth-local=trust",
                                                 "--auth-host=reject", NULL},
                                "initdb.log", why);
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (child < 0 || status == 0)
        return child > 0;
    cluster_last_line(place, "initdb.log", "", said, sizeof said);
    return cluster_fail(why, "initdb failed: %s", said);
}

static long shared_buffers_mb(void)
{
    long mb = sysconf(_SC_PHYS_PAGES) / 1024 * sysconf(_SC_PAGESIZE) / 1024 / 4;
    return mb < 32 ? 32 : mb > 1024 ? 1024 : mb;
}

/* The administrator may edit them; the three of safety are checked on every connection. */
static bool write_settings(const char *fresh, char *why)
{
    char path[700];
    snprintf(path, sizeof path, "%s/postgresql.conf", fresh);
    FILE *file = fopen(path, "ae");
    if (!file)
        return cluster_fail(why, "cannot write %s: %s", path, strerror(errno));
    fprintf(file,
            "\n# ---- Partyline ----\n"
            "listen_addresses = ''\n"
            "unix_socket_permissions = 0700\n"
            "max_connections = 100\n"
            "shared_buffers = %ldMB\n"
            "fsync = on\n"
            "synchronous_commit = on\n"
            "full_page_writes = on\n"
            "wal_level = replica\n"
            "wal_compression = on\n"
            "max_wal_size = 2GB\n"
            "jit = off\n"
            "timezone = 'UTC'\n"
            "log_timezone = 'UTC'\n"
            "log_destination = 'stderr'\n"
            "logging_collector = on\n"
            "log_directory = '../log'\n"
            "log_filename = 'postgresql-%%a.log'\n"
            "log_rotation_age = 1d\n"
            "log_rotation_size = 0\n"
            "log_truncate_on_rotation = on\n"
            /* Parameters hold names, addresses and secrets: never in a log. */
            "log_parameter_max_length = 0\n"
            "log_parameter_max_length_on_error = 0\n",
            shared_buffers_mb());
    bool ok = fflush(file) == 0 && fsync(fileno(file)) == 0;
    return (fclose(file) == 0 && ok) ||
           cluster_fail(why, "cannot write %s: %s", path, strerror(errno));
}

static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

bool cluster_init(const struct cluster_place *place, char *why)
{
    char postgres[PATH_MAX], fresh[sizeof place->pgdata + 8];
    struct stat st;
    if (!cluster_program("postgres", postgres, sizeof postgres, why))
        return false;
    if (stat(place->pgdata, &st) == 0)
        return version_matches(place, postgres, why);
    snprintf(fresh, sizeof fresh, "%s.new", place->pgdata);
    nftw(fresh, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* what an interrupted first run left */
    if (!run_initdb(place, fresh, why) || !write_settings(fresh, why))
        return false;
    if (rename(fresh, place->pgdata) != 0)
        return cluster_fail(why, "cannot rename %s: %s", fresh, strerror(errno));
    sync_folder(place->dir);
    return true;
}

/* ---- the database -----------------------------------------------------------------------------
 */

bool cluster_init_database(const struct cluster_place *place, char *why)
{
    char conninfo[sizeof place->conninfo + 32];
    snprintf(conninfo, sizeof conninfo, "%s dbname=postgres",
             place->conninfo); /* the last one wins */
    PGconn *pg = PQconnectdb(conninfo);
    const char *name = CLUSTER_NAME;
    PGresult *found =
        PQexecParams(pg, query_table[Q_cluster_database].sql, 1, NULL, &name, NULL, NULL, 0);
    bool ok = PQresultStatus(found) == PGRES_TUPLES_OK;
    if (ok && PQntuples(found) == 0) {
        PGresult *made = PQexec(pg, "CREATE DATABASE " CLUSTER_NAME);
        ok = PQresultStatus(made) == PGRES_COMMAND_OK;
        PQclear(made);
    }
    if (!ok)
        cluster_fail(why, "cannot make the database: %.*s", (int)strcspn(PQerrorMessage(pg), "\n"),
                     PQerrorMessage(pg));
    PQclear(found);
    PQfinish(pg);
    return ok;
}
