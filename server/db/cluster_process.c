/* The processes of the private cluster: finding them, and starting one that outlives a killed
 * parent. PostgreSQL's processes all have PGDATA as their working folder; that is how they are told
 * from whoever got an old process number later. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "server/db/cluster_private.h"

void cluster_sleep(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

int64_t cluster_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- finding ----------------------------------------------------------------------------------
 */

static bool works_in(pid_t pid, const struct stat *folder)
{
    char path[64];
    struct stat st;
    snprintf(path, sizeof path, "/proc/%d/cwd", (int)pid);
    return stat(path, &st) == 0 && st.st_dev == folder->st_dev && st.st_ino == folder->st_ino;
}

static bool is_postgres(pid_t pid)
{
    char path[64], exe[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    ssize_t n = readlink(path, exe, sizeof exe - 1);
    if (n <= 0)
        return false;
    exe[n] = '\0';
    const char *base = strrchr(exe, '/');
    return base && strncmp(base, "/postgres", 9) == 0; /* "(deleted)" after an upgrade */
}

pid_t cluster_any_process(const struct cluster_place *place, int signal)
{
    struct stat folder;
    DIR *proc = opendir("/proc");
    pid_t found = 0;
    if (proc && stat(place->pgdata, &folder) == 0)
        for (struct dirent *entry; (entry = readdir(proc));) {
            pid_t pid = isdigit((unsigned char)*entry->d_name) ? atoi(entry->d_name) : 0;
            if (pid <= 0 || !works_in(pid, &folder) || !is_postgres(pid))
                continue;
            found = pid;
            if (signal)
                kill(pid, signal);
        }
    if (proc)
        closedir(proc);
    return found;
}

bool cluster_is_postmaster(const struct cluster_place *place, pid_t pid)
{
    struct stat folder;
    return pid > 0 && stat(place->pgdata, &folder) == 0 && works_in(pid, &folder) &&
           is_postgres(pid);
}

int cluster_postmaster_pid(const struct cluster_place *place)
{
    char path[700];
    int pid = 0;
    snprintf(path, sizeof path, "%s/postmaster.pid", place->pgdata);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%d", &pid) != 1)
        pid = 0;
    fclose(file);
    return cluster_is_postmaster(place, pid) ? pid : 0;
}

/* ---- starting ---------------------------------------------------------------------------------
 */

/* In the child, between fork and exec: only async-signal-safe calls. */
static void detach(const struct cluster_place *place, int log)
{
    sigset_t none;
    setsid();
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int signal = 1; signal < NSIG; signal++)
        if (signal != SIGKILL && signal != SIGSTOP)
            sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    dup2(log, 1);
    dup2(log, 2);
    close_range(3, ~0u, 0);
    umask(0077);
    if (chdir(place->dir) != 0)
        _exit(126);
}

pid_t cluster_spawn(const struct cluster_place *place, const char *const *argv, const char *log,
                    char *why)
{
    char path[700];
    snprintf(path, sizeof path, "%s/log/%s", place->dir, log);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        cluster_fail(why, "cannot write %s: %s", path, strerror(errno));
        return -1;
    }
    pid_t child = fork();
    if (child == 0) {
        detach(place, fd);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    if (child < 0)
        cluster_fail(why, "cannot start %s: %s", argv[0], strerror(errno));
    close(fd);
    return child;
}

void cluster_last_line(const struct cluster_place *place, const char *log, const char *with,
                       char *out, size_t size)
{
    char path[700], line[1024];
    *out = '\0';
    snprintf(path, sizeof path, "%s/log/%s", place->dir, log);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        /* HINT lines follow the line that tells what happened. */
        if (*line && strstr(line, with) && !strstr(line, "HINT:"))
            snprintf(out, size, "%.200s", line);
    }
    if (file)
        fclose(file);
}
