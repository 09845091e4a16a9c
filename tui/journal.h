/* The client's own record of what was keyed (core/wire/record.h), on this machine's disk: it covers
 * a dead link, a dead server and the death of the client itself. One file per process, under
 * $XDG_STATE_HOME/partyline/SERVER/LOGIN/, readable by its owner only and locked while the process
 * lives: a file that can be locked is left over from one that died. Each line has a checksum, so
 * that a torn end is seen and left out. */
#pragma once

#include "core/wire/record.h"

#include <limits.h>

struct journal;

/* NULL, with a sentence in *why, when there is no place for it. No file is made before the first
 * record. */
struct journal *journal_open(const char *server, const char *login, const char **why);
/* The file is removed when it holds nothing, else left for the next sign-on. NULL is allowed. */
void journal_close(struct journal *journal);

/* Adds a record; it is safe once journal_sync has returned. Its texts are guarded here: card
 * numbers are starred. */
void journal_add(struct journal *journal, const struct record *record);
/* Everything added is on the disk. False, with a sentence in *why, the first time that it cannot
 * be written; what follows is tried all the same. */
bool journal_sync(struct journal *journal, const char **why);
/* One more order of which it holds something that the server may not have; or one less. */
void journal_need(struct journal *journal, bool needed);
/* Forgets everything once nothing is needed and it is larger than allowed. */
void journal_trim(struct journal *journal, size_t allowed);
/* Counts the clearings: a record may refer to earlier ones of the same age only. */
unsigned journal_age(const struct journal *journal);

/* The journal of a client that died, locked for us until it is freed. */
struct leftover;
/* The next one of this login, or NULL. */
struct leftover *leftover_next(const struct journal *journal);
/* Its records up to the first that is damaged; the leftover's. */
const struct record *leftover_records(const struct leftover *leftover, size_t *n);
void leftover_add(struct leftover *leftover, const struct record *record);
/* Under another name, which no sign-on looks at. */
void leftover_set_aside(struct leftover *leftover, char out[PATH_MAX]);
/* Removed from the disk, or left there for another time. */
void leftover_free(struct leftover *leftover, bool remove);
