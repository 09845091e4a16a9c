#include "tui/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool files_is_plain(const char *name)
{
    return *name && *name != '.' && !strchr(name, '/');
}

static int folder_open(const struct app *app)
{
    return open(app->options->files, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
}

static void close_quietly(int fd)
{
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
}

bool files_is_there(const struct app *app, const char *name)
{
    struct stat info;
    int folder = folder_open(app);
    bool is_there = folder >= 0 && fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
    close_quietly(folder);
    return is_there;
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool write_all(int fd, const char *bytes, size_t len)
{
    for (ssize_t put; len; bytes += put, len -= (size_t)put)
        if ((put = write(fd, bytes, len)) <= 0)
            return false;
    return fsync(fd) == 0;
}

static bool write_in(int folder, const char *name, const char *bytes, size_t len, bool replaces)
{
    char hidden[32];
    snprintf(hidden, sizeof hidden, ".partyline.%d", (int)getpid());
    int fd = openat(folder, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = write_all(fd, bytes, len);
    close_quietly(fd);
    good = good && renameat2(folder, hidden, folder, name, replaces ? 0 : RENAME_NOREPLACE) == 0;
    int why = errno;
    if (!good)
        unlinkat(folder, hidden, 0);
    errno = why;
    return good;
}

bool files_write(const struct app *app, const char *name, const char *bytes, size_t len,
                 bool replaces)
{
    int folder = folder_open(app);
    bool good = folder >= 0 && write_in(folder, name, bytes, len, replaces);
    close_quietly(folder);
    return good;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* A pipe or a device would keep the terminal waiting. */
static char *read_all(int fd, struct arena *arena, size_t most, size_t *len)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return NULL;
    if (!S_ISREG(info.st_mode) || (size_t)info.st_size > most) {
        errno = S_ISREG(info.st_mode) ? EFBIG : EINVAL;
        return NULL;
    }
    char *bytes = arena_alloc(arena, (size_t)info.st_size + 1);
    ssize_t got = 1;
    for (*len = 0; got > 0 && *len < (size_t)info.st_size; *len += (size_t)got)
        if ((got = read(fd, bytes + *len, (size_t)info.st_size - *len)) < 0)
            return NULL;
    bytes[*len] = '\0';
    return bytes;
}

char *files_read(const struct app *app, struct arena *arena, const char *name, size_t most,
                 size_t *len)
{
    int folder = folder_open(app);
    int fd = folder < 0 ? -1 : openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char *bytes = fd < 0 ? NULL : read_all(fd, arena, most, len);
    close_quietly(fd);
    close_quietly(folder);
    return bytes;
}
