#include "tui/journal_file.h"

#include "tui/tongue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUM = 16, READ_MOST = 256 << 20 };

/* ---- the folder ------------------------------------------------------------------------------ */

/* Everything but letters, digits and dashes as %XX, so that two names never share a folder. */
static bool add_name(char path[PATH_MAX], const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t at = strlen(path);
    if (at + 2 > PATH_MAX)
        return false;
    path[at++] = '/';
    for (; *name; name++) {
        bool is_plain = strchr(plain, *name);
        if (at + 4 > PATH_MAX)
            return false;
        if (is_plain)
            path[at] = *name;
        else
            snprintf(path + at, 4, "%%%02X", (unsigned)(unsigned char)*name);
        at += is_plain ? 1 : 3;
    }
    path[at] = '\0';
    return true;
}

/* Ours and nobody else's: what lies there says what customers have ordered. */
static bool folder_make(const char *path)
{
    struct stat stat;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return false;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool ours = fd >= 0 && fstat(fd, &stat) == 0 && stat.st_uid == geteuid();
    if (ours && (stat.st_mode & 077))
        ours = fchmod(fd, 0700) == 0;
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && !ours)
        errno = EACCES;
    return ours;
}

static bool state_folder(char out[PATH_MAX])
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    char local[PATH_MAX];
    if (state && *state == '/') {
        int n = snprintf(out, PATH_MAX, "%s", state);
        (void)mkdir(out, 0700);
        return n > 0 && n < PATH_MAX;
    }
    if (!home || *home != '/' || access(home, W_OK | X_OK) != 0)
        return false;
    int n = snprintf(local, sizeof local, "%s/.local", home);
    if (n < 0 || n >= PATH_MAX - 8)
        return false;
    (void)mkdir(local, 0700);
    snprintf(out, PATH_MAX, "%.*s/state", PATH_MAX - 8, local);
    (void)mkdir(out, 0700);
    return true;
}

bool journal_folder(char out[PATH_MAX], const char *server, const char *login, const char **why)
{
    const char *const names[] = {"partyline", server, login};
    if (!state_folder(out)) {
        *why = _("there is no home folder");
        return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (!add_name(out, names[i]) || !folder_make(out)) {
            *why = strerror(errno);
            return false;
        }
    return true;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void folder_sync(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    close(fd);
}

int journal_file_make(const char *folder, const char *path)
{
    char hidden[PATH_MAX];
    int n = snprintf(hidden, sizeof hidden, "%s~", path);
    if (n < 0 || (size_t)n >= sizeof hidden)
        return -1;
    int fd = open(hidden, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 || rename(hidden, path) != 0) {
        unlink(hidden);
        close(fd);
        return -1;
    }
    folder_sync(folder);
    return fd;
}

int journal_file_take(const char *path)
{
    struct stat stat;
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -1;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) &&
        stat.st_uid == geteuid() && stat.st_nlink == 1)
        return fd;
    close(fd);
    return -1;
}

static uint64_t sum_of(const char *text, size_t len)
{
    uint64_t sum = 0xCBF29CE484222325;
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ (unsigned char)text[i]) * 0x100000001B3;
    return sum;
}

static bool write_all(int fd, const char *data, size_t len, size_t at)
{
    while (len) {
        ssize_t n = pwrite(fd, data, len, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
        at += (size_t)n;
    }
    return true;
}

bool journal_file_add(int fd, size_t *size, const char *text, size_t len)
{
    struct arena *arena = arena_new();
    const char *line = arena_printf(arena, "%016llx %.*s\n", (unsigned long long)sum_of(text, len),
                                    (int)len, text);
    bool done = write_all(fd, line, len + SUM + 2, *size);
    if (done)
        *size += len + SUM + 2;
    else if (ftruncate(fd, (off_t)*size) != 0)
        done = false; /* a torn end: reading leaves it out */
    arena_free(arena);
    return done;
}

char *journal_file_read(struct arena *arena, int fd, size_t *len)
{
    struct stat stat;
    size_t size = fstat(fd, &stat) == 0 && stat.st_size < READ_MOST ? (size_t)stat.st_size : 0;
    char *text = arena_alloc(arena, size + 1);
    for (*len = 0; *len < size;) {
        ssize_t n = pread(fd, text + *len, size - *len, (off_t)*len);
        if (n <= 0)
            break;
        *len += (size_t)n;
    }
    return text;
}

const char *journal_file_line(const char *text, size_t len, size_t *at)
{
    char sum[SUM + 1];
    const char *end = memchr(text + *at, '\n', len - *at);
    if (!end || end - (text + *at) < SUM + 1)
        return NULL;
    const char *line = text + *at + SUM + 1;
    snprintf(sum, sizeof sum, "%016llx", (unsigned long long)sum_of(line, (size_t)(end - line)));
    if (memcmp(sum, text + *at, SUM) != 0 || line[-1] != ' ')
        return NULL;
    *at = (size_t)(end - text) + 1;
    return line;
}
