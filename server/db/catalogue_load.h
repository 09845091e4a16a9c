/* Reads a whole snapshot, blocking, in one transaction: for the builder thread and for tools. */
#pragma once

#include "server/db/catalogue_store.h"

#include <libpq-fe.h>

/* NULL when the database cannot be read or holds no company yet; `why` (256 bytes) then tells.
 * `finish` may be NULL. */
struct catalogue_snapshot *catalogue_load(PGconn *conn, catalogue_finish_fn *finish, char *why);
/* The version the data has now; -1 when it cannot be read. */
int64_t catalogue_load_version(PGconn *conn);
