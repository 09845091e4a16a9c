/* The schema's versions: numbered files of sql/schema, forward only, each in a transaction of its
 * own under an advisory lock. Blocking calls, for the start of a program and partylinectl. */
#pragma once

#include "core/base.h"

enum migrate_state {
    MIGRATE_CURRENT,
    MIGRATE_EMPTY,  /* no schema at all */
    MIGRATE_BEHIND, /* `have` < `want` */
    MIGRATE_NEWER,  /* made by a newer program: refuse */
    MIGRATE_UNSAFE, /* fsync, full_page_writes or synchronous_commit off, not UTF8, too old, or
                       other tables in it: refuse */
    MIGRATE_UNREACHABLE,
};

struct migrate_report {
    enum migrate_state state;
    int have, want;
    char why[512]; /* one clear line */
};

void migrate_inspect(const char *conninfo, struct migrate_report *out);
/* Brings an EMPTY or BEHIND schema to `want`; as migrate_inspect afterwards, so anything else than
 * MIGRATE_CURRENT is a failure told by `why`. Two at once: the second waits. */
void migrate_apply(const char *conninfo, struct migrate_report *out);
/* Runs one embedded script (the demonstration company) in one transaction. `settings` are pairs of
 * name and value, NULL-ended, that the script reads with current_setting: {"demo.scale", "2",
 * NULL}; NULL for none. False and `why` (512 bytes). */
bool migrate_run_script(const char *conninfo, const char *name, const unsigned char *data,
                        size_t size, const char *const *settings, char *why);
