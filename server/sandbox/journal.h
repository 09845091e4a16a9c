/* What the sandbox must not forget, in one append-only file: a record a line, its checksum before
 * it. A record is one change as a whole, so that a kill leaves it there or not. Only the last
 * record can be torn; it was never acknowledged, and is cut off when the file is opened. */
#pragma once

#include "core/base.h"

struct journal;

enum { JOURNAL_WHY = 256 };

/* Opens or makes DIR/journal (DIR with mode 0700, the file 0600) and calls `each` for every record.
 * NULL and `why`, when it cannot be used: another sandbox has it, or a record before the last is
 * damaged. */
struct journal *journal_open(const char *dir,
                             void (*each)(const char *record, size_t len, void *arg), void *arg,
                             char why[JOURNAL_WHY]);
void journal_close(struct journal *journal);
/* Into memory only; `record` has no line end. */
void journal_add(struct journal *journal, const char *record, size_t len);
/* Writes what was added, and waits for the disk. False when it cannot: then what is in memory is
 * not what is on the disk, and nothing may be acknowledged any more. */
MUST_CHECK bool journal_flush(struct journal *journal);
/* Puts a new file in the place of the old one; what was added since is its contents. False and
 * `why`, and the old file stays. */
MUST_CHECK bool journal_rewrite_begin(struct journal *journal, char why[JOURNAL_WHY]);
MUST_CHECK bool journal_rewrite_end(struct journal *journal, char why[JOURNAL_WHY]);
/* Bytes of the file. */
int64_t journal_size(const struct journal *journal);
