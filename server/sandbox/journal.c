#include "server/sandbox/journal.h"

#include "server/net/log.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SUM = 16, HEAD = SUM + 1, PATH = 600 }; /* 16 hex digits, a blank */

struct journal {
    int fd, dir_fd;
    char *pending;
    size_t len, cap;
    int64_t size;
    char path[PATH], fresh[PATH + 8];
};

static void *memory_or_abort(void *p)
{
    if (!p)
        abort();
    return p;
}

static void checksum(const char *record, size_t len, char out[SUM + 1])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)record, len, digest);
    for (int i = 0; i < SUM / 2; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

/* The whole file; NULL when it cannot be read. */
static char *read_all(int fd, size_t *len)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return NULL;
    char *bytes = memory_or_abort(malloc((size_t)st.st_size + 1));
    size_t n = 0;
    while (n < (size_t)st.st_size) {
        ssize_t got = pread(fd, bytes + n, (size_t)st.st_size - n, (off_t)n);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    bytes[n] = '\0';
    *len = n;
    return bytes;
}

static bool line_is_good(const char *line, size_t len)
{
    char sum[SUM + 1];
    if (len <= HEAD || line[SUM] != ' ')
        return false;
    checksum(line + HEAD, len - HEAD, sum);
    return memcmp(line, sum, SUM) == 0;
}

/* Good records from the beginning; `*good` is how many bytes they are, `*torn` whether what follows
 * is the one record that was being written. */
static size_t replay(const char *bytes, size_t len, bool *torn,
                     void (*each)(const char *record, size_t len, void *arg), void *arg)
{
    size_t at = 0;
    *torn = true;
    while (at < len) {
        const char *end = memchr(bytes + at, '\n', len - at);
        size_t line = end ? (size_t)(end - (bytes + at)) : len - at;
        if (!end || !line_is_good(bytes + at, line)) {
            /* Several records are written in one go: a power cut may leave holes in all of them,
             * but nothing good behind them. */
            const char *next = end;
            while (next && *torn) {
                size_t from = (size_t)(next + 1 - bytes);
                const char *stop = memchr(bytes + from, '\n', len - from);
                *torn = !stop || !line_is_good(bytes + from, (size_t)(stop - (bytes + from)));
                next = stop;
            }
            break;
        }
        each(bytes + at + HEAD, line - HEAD, arg);
        at += line + 1;
    }
    return at;
}

static bool load(struct journal *journal, void (*each)(const char *record, size_t len, void *arg),
                 void *arg, char *why)
{
    size_t len;
    bool torn;
    char *bytes = read_all(journal->fd, &len);
    if (!bytes) {
        snprintf(why, JOURNAL_WHY, "cannot read %.150s: %s", journal->path, strerror(errno));
        return false;
    }
    size_t good = replay(bytes, len, &torn, each, arg);
    free(bytes);
    journal->size = (int64_t)good;
    if (good == len)
        return true;
    if (!torn) {
        snprintf(why, JOURNAL_WHY,
                 "%.150s is damaged at byte %zu, and good records follow: restore it from a copy",
                 journal->path, good);
        return false;
    }
    log_event(LOG_WARN_, "journal_end_cut", "path", journal->path, NULL);
    if (ftruncate(journal->fd, (off_t)good) != 0 || fdatasync(journal->fd) != 0) {
        snprintf(why, JOURNAL_WHY, "cannot write %.150s: %s", journal->path, strerror(errno));
        return false;
    }
    return true;
}

static int open_file(const char *path, int flags)
{
    return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0600);
}

struct journal *journal_open(const char *dir,
                             void (*each)(const char *record, size_t len, void *arg), void *arg,
                             char why[JOURNAL_WHY])
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
        snprintf(why, JOURNAL_WHY, "cannot make %.150s: %s", dir, strerror(errno));
        return NULL;
    }
    struct journal *journal = memory_or_abort(calloc(1, sizeof *journal));
    snprintf(journal->path, sizeof journal->path, "%.580s/journal", dir);
    snprintf(journal->fresh, sizeof journal->fresh, "%s.new", journal->path);
    journal->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    journal->fd = open_file(journal->path, 0);
    bool good = journal->dir_fd >= 0 && journal->fd >= 0;
    if (!good)
        snprintf(why, JOURNAL_WHY, "cannot open %.150s: %s", journal->path, strerror(errno));
    /* On the folder, not the file, which is replaced. */
    if (good && flock(journal->dir_fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(why, JOURNAL_WHY, "another sandbox is at work in %.150s", dir);
        good = false;
    }
    if (good && load(journal, each, arg, why) && fsync(journal->dir_fd) == 0)
        return journal;
    journal_close(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->fd >= 0)
        close(journal->fd);
    if (journal->dir_fd >= 0)
        close(journal->dir_fd);
    free(journal->pending);
    free(journal);
}

void journal_add(struct journal *journal, const char *record, size_t len)
{
    size_t need = journal->len + HEAD + len + 1;
    if (need > journal->cap) {
        journal->cap = need * 2;
        journal->pending = memory_or_abort(realloc(journal->pending, journal->cap));
    }
    char *at = journal->pending + journal->len, sum[SUM + 1];
    checksum(record, len, sum);
    memcpy(at, sum, SUM);
    at[SUM] = ' ';
    memcpy(at + HEAD, record, len);
    at[HEAD + len] = '\n';
    journal->len = need;
}

bool journal_flush(struct journal *journal)
{
    size_t done = 0;
    while (done < journal->len) {
        ssize_t n = write(journal->fd, journal->pending + done, journal->len - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    journal->size += (int64_t)done;
    journal->len = 0;
    return !done || fdatasync(journal->fd) == 0;
}

bool journal_rewrite_begin(struct journal *journal, char why[JOURNAL_WHY])
{
    int fd = open_file(journal->fresh, O_TRUNC);
    if (fd < 0) {
        snprintf(why, JOURNAL_WHY, "cannot make %.150s: %s", journal->fresh, strerror(errno));
        return false;
    }
    close(journal->fd);
    journal->fd = fd;
    journal->size = 0;
    return true;
}

bool journal_rewrite_end(struct journal *journal, char why[JOURNAL_WHY])
{
    if (journal_flush(journal) && rename(journal->fresh, journal->path) == 0 &&
        fsync(journal->dir_fd) == 0)
        return true;
    snprintf(why, JOURNAL_WHY, "cannot write %.150s: %s", journal->path, strerror(errno));
    return false;
}

int64_t journal_size(const struct journal *journal)
{
    return journal->size;
}
