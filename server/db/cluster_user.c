/* As whom the server runs and where its data is. Everything here is decided from the folder's name
 * and the file system alone, so that partylinectl finds what the server has made. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/db/cluster_private.h"
#include "server/net/log.h"

#define FALLBACK_DIR "/var/lib/partyline"

bool cluster_fail(char *why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, CLUSTER_WHY, format, args);
    va_end(args);
    return false;
}

bool cluster_path(char *out, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out, size, format, args);
    va_end(args);
    return n >= 0 && (size_t)n < size;
}

/* FNV-1a: short names for long paths. */
uint32_t cluster_hash(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

/* `a/b/../c//` -> `/cwd/a/b/../c`: absolute and without a slash at the end. Links stay as they are:
 * the folder may not exist yet. */
static bool path_absolute(const char *dir, char *out, size_t size, char *why)
{
    char cwd[PATH_MAX] = "";
    if (!*dir)
        return cluster_fail(why, "the data folder has an empty name");
    if (*dir != '/' && !getcwd(cwd, sizeof cwd))
        return cluster_fail(why, "cannot tell the working folder: %s", strerror(errno));
    if (!cluster_path(out, size, "%s%s%s", cwd, *dir == '/' ? "" : "/", dir))
        return cluster_fail(why, "the name of the data folder is too long: %s", dir);
    for (size_t n = strlen(out); n > 1 && out[n - 1] == '/'; n--)
        out[n - 1] = '\0';
    if (strcmp(out, "/") == 0)
        return cluster_fail(why, "the data folder cannot be /");
    return true;
}

/* mkdir -p; only the last folder gets `mode`, its parents are for everybody to pass. */
bool cluster_make_folder(const char *path, mode_t mode, char *why)
{
    char part[PATH_MAX];
    struct stat st;
    if (!cluster_path(part, sizeof part, "%s", path))
        return cluster_fail(why, "the name is too long: %s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return cluster_fail(why, "cannot make the folder %s: %s", part, strerror(errno));
        *slash = '/';
    }
    if (mkdir(path, mode) == 0)
        return chmod(path, mode) == 0 /* whatever the umask */ ||
               cluster_fail(why, "cannot protect the folder %s: %s", path, strerror(errno));
    int cause = errno;
    if (stat(path, &st) != 0)
        return cluster_fail(why, "cannot make the folder %s: %s", path, strerror(cause));
    return S_ISDIR(st.st_mode) || cluster_fail(why, "%s is not a folder", path);
}

/* ---- started as root --------------------------------------------------------------------------
 */

static bool drop_to(const struct passwd *user)
{
    return initgroups(user->pw_name, user->pw_gid) == 0 && setgid(user->pw_gid) == 0 &&
           setuid(user->pw_uid) == 0;
}

/* What access(2) would say to that user, asked by a child that has become them. */
static bool user_can(const struct passwd *user, const char *path, int how)
{
    pid_t child = fork();
    if (child == 0)
        _exit(drop_to(user) && access(path, how) == 0 ? 0 : 1);
    int status = 1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && status == 0;
}

/* Cuts `path` to its nearest existing folder above. */
static void path_to_existing_parent(char *path)
{
    struct stat st;
    do {
        char *slash = strrchr(path, '/');
        slash[slash == path] = '\0';
    } while (path[1] && stat(path, &st) != 0);
}

/* /root/shop -> /var/lib/partyline/root-shop-5f0e8a11 */
static bool path_fallback(const char *dir, char *out, size_t size, char *why)
{
    size_t len = strlen(dir);
    const char *tail = len > 40 ? dir + len - 40 : dir + 1;
    char name[48];
    size_t n = 0;
    for (; *tail; tail++)
        name[n++] = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *tail)
                        ? *tail
                        : '-';
    name[n] = '\0';
    return cluster_path(out, size, FALLBACK_DIR "/%s-%08x", name, cluster_hash(dir)) ||
           cluster_fail(why, "the name of the data folder is too long: %s", dir);
}

static bool folder_is_empty(int fd)
{
    int again = dup(fd);
    DIR *dir = again >= 0 ? fdopendir(again) : NULL;
    if (!dir)
        return false;
    bool empty = true;
    for (struct dirent *entry; empty && (entry = readdir(dir));)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(dir);
    return empty;
}

/* A folder that root has just made, or made empty for us, is handed over; nobody else's is. */
static bool folder_hand_over(const struct passwd *user, const char *dir, char *why)
{
    struct stat st;
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd >= 0)
            close(fd);
        return cluster_fail(why, "cannot open the folder %s: %s", dir, strerror(errno));
    }
    bool ok = st.st_uid == user->pw_uid || user_can(user, dir, R_OK | W_OK | X_OK);
    if (!ok && st.st_uid == 0 && folder_is_empty(fd))
        ok = fchown(fd, user->pw_uid, user->pw_gid) == 0 && fchmod(fd, 0711) == 0;
    close(fd);
    if (ok)
        return true;
    const struct passwd *owner = getpwuid(st.st_uid);
    char name[64];
    snprintf(name, sizeof name, "%s", owner ? owner->pw_name : "somebody else");
    return cluster_fail(why, "%s belongs to %s and the server runs as %s: give it another folder",
                        dir, name, user->pw_name);
}

static bool become(const struct passwd *user, const char *dir, char *why)
{
    if (!drop_to(user))
        return cluster_fail(why, "cannot become the user %s: %s", user->pw_name, strerror(errno));
    if (setuid(0) == 0)
        return cluster_fail(why, "the privileges of root were not given up");
    /* A folder that one may not enter makes PostgreSQL's programs complain. */
    if (access(".", X_OK) != 0 && chdir(dir) != 0)
        return cluster_fail(why, "cannot enter the folder %s: %s", dir, strerror(errno));
    setenv("HOME", user->pw_dir, 1);
    setenv("USER", user->pw_name, 1);
    setenv("LOGNAME", user->pw_name, 1);
    return true;
}

bool cluster_settle_user(char *dir, size_t size, char *why)
{
    if (geteuid() != 0)
        return true;
    struct passwd *user = getpwnam("partyline");
    if (!user)
        user = getpwnam("postgres");
    if (!user)
        return cluster_fail(why,
                            "PostgreSQL does not run as root, and there is no user partyline or "
                            "postgres to run as: start as an ordinary user");
    struct passwd copy = *user;
    char name[64], home[256]; /* getpw*'s storage is reused below */
    snprintf(name, sizeof name, "%s", user->pw_name);
    snprintf(home, sizeof home, "%s", user->pw_dir);
    copy.pw_name = name;
    copy.pw_dir = home;

    char parent[PATH_MAX], asked[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", dir);
    snprintf(asked, sizeof asked, "%s", dir);
    path_to_existing_parent(parent);
    if (!user_can(&copy, parent, X_OK)) {
        if (!path_fallback(asked, dir, size, why) || !cluster_make_folder(FALLBACK_DIR, 0755, why))
            return false;
        log_event(LOG_INFO_, "data_folder_moved", "asked", asked, "used", dir, "user", name, NULL);
    }
    return cluster_make_folder(dir, 0711, why) && folder_hand_over(&copy, dir, why) &&
           become(&copy, dir, why);
}

/* ---- the place --------------------------------------------------------------------------------
 */

/* DIR/run, or a folder with a short name: a unix socket's path must fit into 107 bytes, and libpq
 * and PostgreSQL read it as a list. Not /run/user/UID, which comes and goes with the user's
 * sessions. */
static bool settle_socket(struct cluster_place *place, char *why)
{
    char path[PATH_MAX];
    struct stat st;
    size_t room = sizeof place->socket - sizeof "/.s.PGSQL.5432" + 12; /* 107 - file name */
    snprintf(path, sizeof path, "%s/run", place->dir);
    if (strlen(path) >= room || strpbrk(path, ",\""))
        snprintf(path, sizeof path, "/tmp/partyline-%u-%08x", (unsigned)geteuid(),
                 cluster_hash(place->dir));
    if (!cluster_make_folder(path, 0700, why))
        return false;
    /* Somebody else could have made it first in /tmp. */
    if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
        (st.st_mode & 0077) != 0)
        return cluster_fail(why, "%s is not a private folder of the server's user", path);
    return cluster_path(place->socket, sizeof place->socket, "%s", path);
}

/* libpq's quoting of a value. */
static void conninfo_quote(const char *value, char *out)
{
    *out++ = '\'';
    for (; *value; value++) {
        if (*value == '\'' || *value == '\\')
            *out++ = '\\';
        *out++ = *value;
    }
    *out++ = '\'';
    *out = '\0';
}

bool cluster_prepare(const char *dir, struct cluster_place *out, char *why)
{
    char path[sizeof out->dir + 16], quoted[2 * sizeof out->socket + 3];
    memset(out, 0, sizeof *out);
    if (!path_absolute(dir, out->dir, sizeof out->dir, why) ||
        !cluster_settle_user(out->dir, sizeof out->dir, why) ||
        !cluster_make_folder(out->dir, 0711, why))
        return false;
    snprintf(path, sizeof path, "%s/log", out->dir);
    if (!cluster_make_folder(path, 0700, why) || !settle_socket(out, why))
        return false;
    snprintf(out->pgdata, sizeof out->pgdata, "%s/pg", out->dir);
    conninfo_quote(out->socket, quoted);
    snprintf(out->conninfo, sizeof out->conninfo,
             "host=%s port=%d user=" CLUSTER_NAME " dbname=" CLUSTER_NAME, quoted, CLUSTER_PORT);
    return true;
}
