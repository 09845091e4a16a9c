#include "tui/journal.h"

#include "core/pan.h"
#include "core/text.h"
#include "tui/journal_file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct journal {
    char folder[PATH_MAX], path[PATH_MAX];
    int fd; /* -1: no file yet */
    size_t size;
    unsigned age;
    bool unsynced, told;
    int failed;   /* errno of what could not be written since the last sync */
    size_t needs; /* orders of which it holds something that the server may not have */
};

struct leftover {
    struct arena *arena;
    char path[PATH_MAX];
    int fd;
    size_t size; /* of what is undamaged */
    struct record *records;
    size_t n;
};

static const char ending[] = ".journal";

struct journal *journal_open(const char *server, const char *login, const char **why)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal)
        abort();
    journal->fd = -1;
    if (journal_folder(journal->folder, server, login, why))
        return journal;
    free(journal);
    return NULL;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->fd >= 0 && journal->size == 0)
        unlink(journal->path);
    if (journal->fd >= 0)
        close(journal->fd);
    free(journal);
}

/* ---- writing --------------------------------------------------------------------------------- */

/* A name that no other process has. */
static bool file_make(struct journal *journal)
{
    uint64_t random;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return false;
    int n = snprintf(journal->path, sizeof journal->path, "%s/%016llx%s", journal->folder,
                     (unsigned long long)random, ending);
    if (n < 0 || (size_t)n >= sizeof journal->path)
        return false;
    journal->fd = journal_file_make(journal->folder, journal->path);
    return journal->fd >= 0;
}

/* What is read by people and may be anything. Codes are left alone: a barcode may look like a card.
 */
static const char *guarded(struct arena *arena, const char *text)
{
    if (!text || !pan_found(text, strlen(text)))
        return text;
    char *scrubbed = arena_strdup(arena, text);
    pan_scrub(scrubbed, strlen(scrubbed));
    return scrubbed;
}

static struct record record_guarded(struct arena *arena, const struct record *record)
{
    struct record out = *record;
    struct address *to = &out.draft.address;
    const char **const texts[] = {&out.draft.note, &out.typed,   &to->name,
                                  &to->line1,      &to->line2,   &to->city,
                                  &to->region,     &to->country, &to->postcode};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = guarded(arena, *texts[i]);
    out.draft.typed = NULL;
    return out;
}

void journal_add(struct journal *journal, const struct record *record)
{
    if (!journal)
        return;
    struct arena *arena = arena_new();
    struct record safe = record_guarded(arena, record);
    size_t len;
    const char *text = record_write(arena, &safe, &len);
    bool done = journal->fd >= 0 || file_make(journal);
    done = done && journal_file_add(journal->fd, &journal->size, text, len);
    if (!done)
        journal->failed = errno;
    journal->unsynced |= done;
    arena_free(arena);
}

bool journal_sync(struct journal *journal, const char **why)
{
    if (!journal)
        return true;
    if (journal->unsynced && fdatasync(journal->fd) != 0)
        journal->failed = errno;
    int failed = journal->failed;
    bool news = failed && !journal->told;
    if (journal->unsynced || failed)
        journal->told = failed;
    journal->unsynced = false;
    journal->failed = 0;
    if (news)
        *why = strerror(failed);
    return !news;
}

void journal_need(struct journal *journal, bool needed)
{
    if (journal)
        journal->needs += needed ? 1 : (size_t)-1;
}

void journal_trim(struct journal *journal, size_t allowed)
{
    if (!journal || journal->needs || journal->size <= allowed)
        return;
    if (ftruncate(journal->fd, 0) == 0) {
        journal->size = 0;
        journal->age++;
    }
}

unsigned journal_age(const struct journal *journal)
{
    return journal ? journal->age : 0;
}

/* ---- what another one left ------------------------------------------------------------------- */

static void records_read(struct leftover *leftover)
{
    size_t len, cap = 0, at = 0;
    char *text = journal_file_read(leftover->arena, leftover->fd, &len);
    for (size_t i = 0; i < len; i++)
        cap += text[i] == '\n';
    leftover->records = ARENA_ARRAY(leftover->arena, struct record, cap);
    for (const char *line; (line = journal_file_line(text, len, &at));) {
        if (!record_read(leftover->arena, line, (size_t)(text + at - 1 - line),
                         &leftover->records[leftover->n]))
            break;
        leftover->n++;
        leftover->size = at;
    }
}

static struct leftover *leftover_open(const char *path)
{
    int fd = journal_file_take(path);
    if (fd < 0)
        return NULL;
    struct leftover *leftover = calloc(1, sizeof *leftover);
    if (!leftover)
        abort();
    leftover->arena = arena_new();
    leftover->fd = fd;
    snprintf(leftover->path, sizeof leftover->path, "%s", path);
    records_read(leftover);
    return leftover;
}

struct leftover *leftover_next(const struct journal *journal)
{
    struct leftover *found = NULL;
    DIR *folder = journal ? opendir(journal->folder) : NULL;
    if (!folder)
        return NULL;
    for (struct dirent *entry; !found && (entry = readdir(folder));) {
        size_t len = strlen(entry->d_name);
        char path[PATH_MAX];
        if (len < sizeof ending || strcmp(entry->d_name + len + 1 - sizeof ending, ending) != 0)
            continue;
        int n = snprintf(path, sizeof path, "%s/%s", journal->folder, entry->d_name);
        if (n > 0 && (size_t)n < sizeof path)
            found = leftover_open(path);
    }
    closedir(folder);
    return found;
}

const struct record *leftover_records(const struct leftover *leftover, size_t *n)
{
    *n = leftover->n;
    return leftover->records;
}

void leftover_add(struct leftover *leftover, const struct record *record)
{
    size_t len;
    const char *text = record_write(leftover->arena, record, &len);
    if (ftruncate(leftover->fd, (off_t)leftover->size) == 0 &&
        journal_file_add(leftover->fd, &leftover->size, text, len))
        (void)fdatasync(leftover->fd);
}

void leftover_set_aside(struct leftover *leftover, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%.*s.refused", PATH_MAX - 16, leftover->path);
    (void)rename(leftover->path, out);
}

void leftover_free(struct leftover *leftover, bool remove)
{
    if (!leftover)
        return;
    if (remove)
        unlink(leftover->path);
    close(leftover->fd);
    arena_free(leftover->arena);
    free(leftover);
}
