/* What partylinectl imports beside the back office's sheets. */
#pragma once

#include "queries.h"
#include "server/book/import_row.h"

/* Both queries take the rows as JSON and the file's name: `faults` answers (line, field, what),
 * `apply` one row (added, changed, unchanged). */
struct ctl_import {
    struct import_kind kind;
    enum query faults, apply;
};
extern const struct ctl_import ctl_imports[]; /* ended by a NULL name */
