/* Files of whoever called partylinectl. Root becomes the server's user before anything else, but
 * "backup /root/today.dump" is meant as it says: such files are opened before, and a helper that
 * stays root waits to give the finished one its name. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/ctl/ctl.h"
#include "server/ctl/reach.h"

enum { INPUTS = 16 };

static struct {
    const char *path;
    int fd;
} inputs[INPUTS];

static struct {
    const char *path;
    int fd;
    pid_t helper;
    int to_helper; /* 'y': name it; its end: remove it */
} output;

/* ---- naming -----------------------------------------------------------------------------------
 */

static int open_fresh(const char *path)
{
    char fresh[4096];
    if ((size_t)snprintf(fresh, sizeof fresh, "%s.new", path) >= sizeof fresh) {
        errno = ENAMETOOLONG;
        return -1;
    }
    unlink(fresh); /* of an earlier try */
    return open(fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static bool name_it(const char *path)
{
    char fresh[4096], folder[4096];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    snprintf(folder, sizeof folder, "%s", path);
    if (rename(fresh, path) != 0)
        return false;
    int fd = open(dirname(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool remove_it(const char *path)
{
    char fresh[4096];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    return unlink(fresh) == 0;
}

/* ---- before the privileges are dropped --------------------------------------------------------
 */

NORETURN static void help(const char *path, int from_parent)
{
    char word = 'n';
    signal(SIGINT, SIG_IGN); /* the parent's end tells it */
    signal(SIGTERM, SIG_IGN);
    if (read(from_parent, &word, 1) == 1 && word == 'y')
        _exit(name_it(path) ? 0 : errno);
    remove_it(path);
    _exit(0);
}

static void keep_output(const char *path)
{
    int pipe_ends[2];
    int fd = open_fresh(path);
    if (fd < 0)
        return; /* shows again, with its cause, when it is asked for */
    if (pipe2(pipe_ends, O_CLOEXEC) != 0) {
        close(fd);
        remove_it(path);
        return;
    }
    pid_t helper = fork();
    if (helper == 0) {
        close(pipe_ends[1]);
        help(path, pipe_ends[0]);
    }
    close(pipe_ends[0]);
    output.path = path;
    output.fd = fd;
    output.helper = helper;
    output.to_helper = pipe_ends[1];
}

void ctl_keep_files(int argc, char **argv, bool writes)
{
    struct stat st;
    if (geteuid() != 0)
        return;
    if (writes && argc > 0 && argv[0][0] != '-')
        keep_output(argv[0]);
    for (int i = 0, n = 0; i < argc && n < INPUTS && !writes; i++) {
        bool regular = stat(argv[i], &st) == 0 && S_ISREG(st.st_mode);
        int fd = regular ? open(argv[i], O_RDONLY | O_CLOEXEC) : -1;
        if (fd < 0)
            continue;
        inputs[n].path = argv[i];
        inputs[n++].fd = fd;
    }
}

/* ---- after ------------------------------------------------------------------------------------
 */

int ctl_open_input(const char *path)
{
    for (int i = 0; i < INPUTS && inputs[i].path; i++)
        if (strcmp(inputs[i].path, path) == 0) {
            int fd = fcntl(inputs[i].fd, F_DUPFD_CLOEXEC, 3);
            if (fd >= 0)
                lseek(fd, 0, SEEK_SET);
            return fd;
        }
    return open(path, O_RDONLY | O_CLOEXEC);
}

int ctl_output_begin(const char *path)
{
    if (output.path && strcmp(output.path, path) == 0)
        return output.fd;
    return open_fresh(path);
}

/* The helper's exit code is an errno. */
static bool ask_helper(bool good)
{
    int status = 0;
    bool told = !good || write(output.to_helper, "y", 1) == 1;
    close(output.to_helper);
    while (waitpid(output.helper, &status, 0) < 0 && errno == EINTR)
        ;
    output.path = NULL;
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
    return told && status == 0;
}

bool ctl_output_end(const char *path, int fd, bool good)
{
    bool on_disk = !good || fsync(fd) == 0;
    bool closed = close(fd) == 0;
    bool name = good && on_disk && closed;
    if (output.path && strcmp(output.path, path) == 0)
        return ask_helper(name) && on_disk && closed;
    bool done = name ? name_it(path) : remove_it(path);
    return done && on_disk && closed;
}
