#include "tui/catalogue_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_LINE "partyline catalogue 1\n"

enum { FILE_MOST = 64 << 20 };

/* FNV-1a: a short name for what may not stand in one. */
static uint64_t hash(uint64_t sum, const char *text)
{
    do
        sum = (sum ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    while (*text++);
    return sum;
}

const char *catalogue_file_path(struct arena *arena, const struct catalogue_key *key)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/')
        cache = arena_strdup(arena, cache);
    else if (home && *home == '/')
        cache = arena_printf(arena, "%s/.cache", home);
    else
        return NULL;
    uint64_t sum = UINT64_C(0xCBF29CE484222325);
    sum = hash(hash(hash(sum, key->server), key->market), key->language);
    return arena_printf(arena, "%s/partyline/catalogue-%016llx", cache, (unsigned long long)sum);
}

static const char *head_of(struct arena *arena, const struct catalogue_key *key)
{
    return arena_printf(arena, FIRST_LINE "%s\n%s\n%s\n", key->server, key->market, key->language);
}

/* ---- reading --------------------------------------------------------------------------------- */

static char *read_all(struct arena *arena, int fd, size_t *len)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MOST)
        return NULL;
    char *data = arena_alloc(arena, (size_t)st.st_size + 1);
    *len = 0;
    for (ssize_t got; *len < (size_t)st.st_size; *len += (size_t)got) {
        got = read(fd, data + *len, (size_t)st.st_size - *len);
        if (got <= 0)
            return NULL;
    }
    return data;
}

bool catalogue_file_read(struct arena *arena, const char *path, const struct catalogue_key *key,
                         struct catalogue_file *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    size_t len = 0;
    char *data = read_all(arena, fd, &len);
    close(fd);
    const char *head = head_of(arena, key);
    size_t head_len = strlen(head);
    if (!data || len <= head_len || memcmp(data, head, head_len) != 0)
        return false;
    char *tag = data + head_len, *end = memchr(tag, '\n', len - head_len);
    if (!end)
        return false;
    *end++ = '\0';
    *out = (struct catalogue_file){tag, end, (size_t)(data + len - end)};
    return true;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* The folder and the one above it. */
static void folders_make(const char *path)
{
    struct arena *arena = arena_new();
    char *folder = arena_strdup(arena, path);
    *strrchr(folder, '/') = '\0';
    char *last = strrchr(folder, '/');
    *last = '\0';
    mkdir(folder, 0700);
    *last = '/';
    mkdir(folder, 0700);
    arena_free(arena);
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t put = write(fd, data, len);
        if (put < 0 && errno != EINTR)
            return false;
        data += put > 0 ? put : 0;
        len -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

void catalogue_file_write(const char *path, const struct catalogue_key *key,
                          const struct catalogue_file *file)
{
    struct arena *arena = arena_new();
    char *fresh = arena_printf(arena, "%s.XXXXXX", path);
    const char *head = head_of(arena, key);
    folders_make(path);
    int fd = mkostemp(fresh, O_CLOEXEC); /* 0600 */
    if (fd >= 0) {
        bool whole = write_all(fd, head, strlen(head)) &&
                     write_all(fd, file->tag, strlen(file->tag)) && write_all(fd, "\n", 1) &&
                     write_all(fd, file->body, file->len);
        if (close(fd) != 0 || !whole || rename(fresh, path) != 0)
            unlink(fresh);
    }
    arena_free(arena);
}
