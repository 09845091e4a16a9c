/* What the parts of the database client share. db.c decides where a batch goes and what its end is;
 * db_conn.c moves bytes; db_batch.c is the batch as its owner sees it.
 *
 * Who calls whom: nothing here calls a batch's `done` from inside db_send. It is called from the
 * loop's call-backs only (an answer came, the tick), so a handler may send its next batch from it.
 * For the same reason a connection that breaks while sending is only marked (`broken`), and taken
 * down by the call-back that comes next. */
#pragma once

#include <libpq-fe.h>

#include "server/db/db.h"

/* ---- a batch ----------------------------------------------------------------------------------
 */

struct db_statement {
    enum query query;
    int nparams;
    const char *const *params;
    PGresult *result;
    bool preparing; /* the answer to a Prepare comes before its own */
};

struct db_batch {
    struct arena *arena;
    struct db *db;
    enum db_pool pool;
    struct db_statement *statements;
    size_t count, room;
    struct db_statement first[6]; /* room for most batches without another allocation */

    /* One attempt. */
    size_t at;          /* the statement whose answer is next; `count`: the Sync's */
    bool sent;          /* the Sync was given away: from here on it may commit */
    bool failed;        /* an ERROR was answered: surely rolled back */
    enum query culprit; /* what failed; QUERY_COUNT: the commit itself */
    char sqlstate[6];
    const char *constraint, *message; /* from the arena, or "" */

    /* All attempts. */
    int attempts;
    int64_t born, due; /* loop time: of db_send; when a delayed retry may go */
    enum status status;
    bool ambiguous;
    bool own; /* a connection's check: never retried */
    void (*done)(void *arg);
    void *arg;
    struct db_batch *next; /* in the one list it is on */
};

struct db_list {
    struct db_batch *head, *tail;
    size_t count;
};

void db_list_add(struct db_list *list, struct db_batch *batch);
struct db_batch *db_list_take(struct db_list *list); /* NULL when empty */

/* Forgets the last attempt: its results, its error. */
void db_batch_reset(struct db_batch *batch);
/* Remembers the first error of this attempt. */
void db_batch_error(struct db_batch *batch, const PGresult *result);
void db_batch_finish(struct db_batch *batch, enum status status);

/* ---- a connection -----------------------------------------------------------------------------
 */

enum db_conn_state {
    DB_CONN_WAITING,    /* no connection; the next try is due at `due` */
    DB_CONN_CONNECTING, /* must be through by `due` */
    DB_CONN_CHECKING,   /* the same */
    DB_CONN_READY,
};

/* Of a statement on one connection. PENDING: sent, its answer has not come; batches behind it on
 * the same connection may rely on it and are repeated if it failed. */
enum db_prepared { DB_PREPARED_NOT, DB_PREPARED_PENDING, DB_PREPARED_READY };

struct db_conn {
    struct db *db;
    enum db_pool pool;
    enum db_conn_state state;
    PGconn *pg;
    struct loop_watch *watch;
    bool wants_write, broken;
    const char *cause; /* why it is broken */
    int64_t due;
    int failures;          /* in a row */
    struct db_list flying; /* sent, oldest first */
    unsigned char prepared[QUERY_COUNT];
    struct arena *check; /* of the batch that checks it, while CHECKING */
    struct db_batch *check_batch;
};

void db_conn_open(struct db_conn *conn);
/* Sends the batch; a failure only marks the connection. The batch flies in any case. */
void db_conn_send(struct db_conn *conn, struct db_batch *batch);
/* Takes it down, hands what was flying to db_batch_lost, and plans the next try. */
void db_conn_lost(struct db_conn *conn);
/* Takes it down for good; what was flying stays on its list. */
void db_conn_close(struct db_conn *conn);

/* ---- the whole --------------------------------------------------------------------------------
 */

struct db_pool_state {
    struct db_conn *conns;
    int count;
    size_t most_flying; /* batches at once on one connection */
    struct db_list queue;
};

struct db {
    struct loop *loop;
    struct loop_timer *tick;
    char *conninfo, *role;
    int timeout_ms;
    char timeout_text[16];
    size_t queue;
    struct db_pool_state pools[DB_POOLS];
    struct db_list delayed; /* retries that wait for their time */
    uint64_t random;
};

/* A number from 0 to `below` - 1 for jitter. */
int64_t db_jitter(struct db *db, int64_t below);
/* The Sync of `batch` was answered, or its connection was lost. */
void db_batch_answered(struct db_conn *conn, struct db_batch *batch);
void db_batch_lost(struct db *db, struct db_batch *batch);
/* Sends what waits while there is room. */
void db_dispatch(struct db *db, enum db_pool pool);
