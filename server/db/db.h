/* The database, asynchronously: batches of named statements, each batch one pipelined round trip
 * and one transaction (PostgreSQL's implicit one up to the Sync), never blocking the loop.
 *
 * Two pools per worker. READ: few connections, many batches in flight on each. COMMIT: a pool of
 * its own (about 16 over all workers), one batch at a time on each, so that a slow commit never
 * delays a look-up. A batch waits in a queue when all are busy; a full queue fails it at once with
 * STATUS_UNAVAILABLE. Statements come from sql/q only (enum query); each is prepared on a
 * connection the first time it is used there. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "queries.h"
#include "server/net/loop.h"

struct db;
struct db_batch;

enum db_pool { DB_READ, DB_COMMIT, DB_POOLS };

struct db_config {
    const char *conninfo; /* libpq's; several hosts allowed */
    const char *role;     /* what each connection may do is what this role may; default
                             "partyline_app" */
    int connections[DB_POOLS];
    int timeout_ms; /* a batch older than this fails with STATUS_UNAVAILABLE (default 15,000) */
    size_t queue;   /* batches waiting per pool (default 1,024) */
};

struct db *db_new(struct loop *loop, const struct db_config *config);
/* Batches in flight are failed with STATUS_UNAVAILABLE; their `done` may not send again. */
void db_free(struct db *db);
/* At least one connection of each pool has answered and was found safe. */
bool db_is_ready(const struct db *db);

/* A batch lives in the caller's arena; the results too (freed by arena_defer). */
struct db_batch *db_batch_new(struct arena *arena, enum db_pool pool);
/* Adds a statement; `params` are NUL-terminated texts (NULL is SQL's NULL) that must live until the
 * batch is done. Returns the statement's index for db_rows and db_value. */
size_t db_batch_add(struct db_batch *batch, enum query query, int nparams,
                    const char *const *params);
#define DB_ADD(batch, query, ...)                                                                  \
    db_batch_add((batch), (query), (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),  \
                 db_params((batch), sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),        \
                           (const char *[]){__VA_ARGS__}))
/* Copies the array of pointers into the batch's arena. */
const char *const *db_params(struct db_batch *batch, size_t n, const char *const *params);
/* Sends it; calls `done(arg)` on the loop when the whole batch has its answer. Passing failures
 * (SQLSTATE classes 08, 40, 53, 57, 58 and lost connections) BEFORE anything was sent, and for READ
 * batches always, are retried a few times with jitter; a COMMIT batch whose connection was lost
 * after it was sent ends as STATUS_UNAVAILABLE with db_is_ambiguous (only serialization failures
 * and deadlocks, 40001 and 40P01, and errors of a session that is out of date (25006: it became a
 * standby; a lost prepared statement), are surely rolled back and retried). Permanent errors (22,
 * 23, 42, P0) are never retried. `done` is never called from inside db_send. Results of an earlier
 * attempt are never seen. */
void db_send(struct db *db, struct db_batch *batch, void (*done)(void *arg), void *arg);

/* After `done`: STATUS_OK, STATUS_UNAVAILABLE, or STATUS_INTERNAL (refused by PostgreSQL: logged
 * with SQLSTATE and query name). Only after STATUS_OK there are rows. */
enum status db_status(const struct db_batch *batch);
/* The commit may or may not have happened: the same idempotency key will tell. */
bool db_is_ambiguous(const struct db_batch *batch);
/* The five characters of the error, "" when there is none; and the constraint's name or "". */
const char *db_sqlstate(const struct db_batch *batch);
const char *db_constraint(const struct db_batch *batch);

size_t db_rows(const struct db_batch *batch, size_t statement);
/* NULL for SQL's NULL; valid as long as the arena. */
const char *db_value(const struct db_batch *batch, size_t statement, size_t row, int column);
int db_column(const struct db_batch *batch, size_t statement,
              const char *name); /* asserts it exists */
int64_t db_int(const struct db_batch *batch, size_t statement, size_t row, int column);
bool db_bool(const struct db_batch *batch, size_t statement, size_t row, int column);

/* PostgreSQL array literals for parameters: "{1,2,3}", "{\"a\",NULL}". */
const char *db_array_int(struct arena *arena, const int64_t *values, size_t n);
const char *db_array_text(struct arena *arena, const char *const *values, size_t n);
const char *db_text_int(struct arena *arena, int64_t value);
