/* Where a batch goes, and what its end is. */
#include "server/db/db.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "server/db/db_private.h"
#include "server/net/log.h"
#include "server/net/metrics.h"

enum {
    TICK_MS = 50, /* time-outs, retries and reconnections are as exact as this */
    TIMEOUT_MS = 15000,
    QUEUE = 1024,
    READS_FLYING = 32,
    ATTEMPTS = 5,
    RETRY_MS =
        25, /* the first retry goes at once, the others after jitter that doubles from this */
};

/* ---- kinds of failure -------------------------------------------------------------------------
 */

/* What the same batch may well survive the next time. */
enum passing {
    PASSING_NOT,
    PASSING_BUSY,  /* of resources: repeated for READ only, as one that may be harmful to repeat */
    PASSING_RACE,  /* rolled back because of another transaction: repeated always */
    PASSING_STALE, /* the session is out of date: repeated always, on another */
    PASSING_PLAN,  /* a prepared statement is not (or already is) there: repeated always */
};

static const struct {
    const char *sqlstate; /* whole or a class */
    enum passing passing;
} failures[] = {
    {"40001", PASSING_RACE},  /* serialization_failure */
    {"40P01", PASSING_RACE},  /* deadlock_detected */
    {"25006", PASSING_STALE}, /* read_only_sql_transaction: it became a standby */
    {"26000", PASSING_PLAN},  /* the Prepare ahead of it was skipped */
    {"42P05", PASSING_PLAN},  /* duplicate_prepared_statement */
    {"08", PASSING_BUSY},     /* connection */
    {"40", PASSING_BUSY},     /* rollback */
    {"53", PASSING_BUSY},     /* insufficient resources */
    {"57", PASSING_BUSY},     /* operator intervention, statement time-out */
    {"58", PASSING_BUSY},     /* system */
};

static enum passing passing_of(const struct db_batch *batch)
{
    for (size_t i = 0; i < ARRAY_LEN(failures); i++)
        if (strncmp(batch->sqlstate, failures[i].sqlstate, strlen(failures[i].sqlstate)) == 0)
            return failures[i].passing;
    /* After a migration; its only mark is its text, which is the same in every server language C.
     */
    if (strcmp(batch->sqlstate, "0A000") == 0 && strstr(batch->message, "cached plan"))
        return PASSING_STALE;
    return PASSING_NOT;
}

static void log_failure(const struct db_batch *batch, enum status status)
{
    /* A broken constraint or a refusal of a function is often an answer that the handler expects.
     */
    bool answer = strncmp(batch->sqlstate, "23", 2) == 0 || strncmp(batch->sqlstate, "P0", 2) == 0;
    log_event(status == STATUS_INTERNAL && !answer ? LOG_ERROR_ : LOG_WARN_, "database_refused",
              "query", batch->culprit < QUERY_COUNT ? query_table[batch->culprit].name : "commit",
              "sqlstate", batch->sqlstate, "constraint", batch->constraint, "message",
              batch->message, NULL);
}

/* ---- the end of an attempt --------------------------------------------------------------------
 */

int64_t db_jitter(struct db *db, int64_t below)
{
    db->random ^= db->random << 13; /* xorshift64 */
    db->random ^= db->random >> 7;
    db->random ^= db->random << 17;
    return (int64_t)(db->random % (uint64_t)below);
}

static bool is_expired(const struct db *db, const struct db_batch *batch)
{
    return loop_now(db->loop) - batch->born >= db->timeout_ms;
}

static void retry(struct db *db, struct db_batch *batch)
{
    metric_add(METRIC_db_retries, 1);
    db_batch_reset(batch);
    if (batch->attempts == 1) {
        db_list_add(&db->pools[batch->pool].queue, batch);
        return;
    }
    int64_t most = RETRY_MS << batch->attempts;
    batch->due = loop_now(db->loop) + db_jitter(db, most);
    db_list_add(&db->delayed, batch);
}

static bool may_retry(const struct db *db, const struct db_batch *batch)
{
    return !batch->own && batch->attempts < ATTEMPTS && !is_expired(db, batch);
}

/* An ERROR was answered before the commit: nothing of the batch has happened. */
static void conclude_failure(struct db *db, struct db_batch *batch)
{
    enum passing passing = passing_of(batch);
    bool repeat = passing > PASSING_BUSY || (passing == PASSING_BUSY && batch->pool == DB_READ);
    if (repeat && may_retry(db, batch)) {
        retry(db, batch);
        return;
    }
    enum status status = passing == PASSING_NOT ? STATUS_INTERNAL : STATUS_UNAVAILABLE;
    log_failure(batch, status);
    db_batch_finish(batch, status);
}

/* What the error tells about the connection itself. */
static void learn(struct db_conn *conn, const struct db_batch *batch)
{
    enum passing passing = passing_of(batch);
    if (passing == PASSING_STALE && !conn->broken) {
        conn->broken = true;
        conn->cause = "out of date";
    } else if (passing == PASSING_PLAN && batch->culprit < QUERY_COUNT) {
        unsigned char *prepared = &conn->prepared[batch->culprit];
        bool is_there = strcmp(batch->sqlstate, "42P05") == 0;
        if (is_there)
            *prepared = DB_PREPARED_READY;
        else if (*prepared == DB_PREPARED_READY) /* PENDING: a later batch prepares it already */
            *prepared = DB_PREPARED_NOT;
    }
}

void db_batch_answered(struct db_conn *conn, struct db_batch *batch)
{
    if (!batch->failed) {
        db_batch_finish(batch, STATUS_OK);
        return;
    }
    learn(conn, batch);
    conclude_failure(conn->db, batch);
}

void db_batch_lost(struct db *db, struct db_batch *batch)
{
    if (batch->failed)
        conclude_failure(db, batch);
    else if (batch->sent && batch->pool == DB_COMMIT) {
        batch->ambiguous = true;
        db_batch_finish(batch, STATUS_UNAVAILABLE);
    } else if (may_retry(db, batch))
        retry(db, batch);
    else
        db_batch_finish(batch, STATUS_UNAVAILABLE);
}

/* ---- sending ----------------------------------------------------------------------------------
 */

static struct db_conn *least_busy(struct db_pool_state *pool)
{
    struct db_conn *best = NULL;
    for (int i = 0; i < pool->count; i++) {
        struct db_conn *conn = &pool->conns[i];
        if (conn->state == DB_CONN_READY && !conn->broken &&
            conn->flying.count < pool->most_flying &&
            (!best || conn->flying.count < best->flying.count))
            best = conn;
    }
    return best;
}

void db_dispatch(struct db *db, enum db_pool which)
{
    struct db_pool_state *pool = &db->pools[which];
    struct db_conn *conn;
    while (pool->queue.head && (conn = least_busy(pool)))
        db_conn_send(conn, db_list_take(&pool->queue));
}

static void refuse(void *arg)
{
    db_batch_finish(arg, STATUS_UNAVAILABLE);
}

void db_send(struct db *db, struct db_batch *batch, void (*done)(void *arg), void *arg)
{
    assert(batch->count > 0 && !batch->done);
    batch->db = db;
    batch->done = done;
    batch->arg = arg;
    batch->born = loop_now(db->loop);
    if (db->pools[batch->pool].queue.count >= db->queue) {
        loop_post(db->loop, refuse, batch);
        return;
    }
    db_list_add(&db->pools[batch->pool].queue, batch);
    db_dispatch(db, batch->pool);
}

/* ---- the tick ---------------------------------------------------------------------------------
 */

/* Moves those of `from` for which it is time to `to`. */
static void list_sift(struct db *db, struct db_list *from, struct db_list *to,
                      bool (*is_time)(const struct db *, const struct db_batch *))
{
    struct db_list all = *from;
    *from = (struct db_list){0};
    for (struct db_batch *batch; (batch = db_list_take(&all));)
        db_list_add(is_time(db, batch) ? to : from, batch);
}

static bool is_due(const struct db *db, const struct db_batch *batch)
{
    return loop_now(db->loop) >= batch->due;
}

static bool any_expired(const struct db *db, const struct db_list *list)
{
    for (const struct db_batch *batch = list->head; batch; batch = batch->next)
        if (is_expired(db, batch))
            return true;
    return false;
}

static void conn_tick(struct db *db, struct db_conn *conn)
{
    bool late = conn->state != DB_CONN_READY && loop_now(db->loop) >= conn->due;
    if (conn->broken)
        db_conn_lost(conn);
    else if (conn->state == DB_CONN_WAITING && late)
        db_conn_open(conn);
    else if (late || any_expired(db, &conn->flying)) {
        /* Its answers can no longer be told apart from late ones. PostgreSQL ends the statement by
         * itself: statement_timeout is the same. */
        conn->cause = "too slow";
        db_conn_lost(conn);
    }
}

static void on_tick(void *arg)
{
    struct db *db = arg;
    struct db_list expired = {0}, due = {0};
    list_sift(db, &db->delayed, &expired, is_expired);
    list_sift(db, &db->delayed, &due, is_due);
    for (struct db_batch *batch; (batch = db_list_take(&due));)
        db_list_add(&db->pools[batch->pool].queue, batch);
    for (int p = 0; p < DB_POOLS; p++) {
        list_sift(db, &db->pools[p].queue, &expired, is_expired);
        for (int i = 0; i < db->pools[p].count; i++)
            conn_tick(db, &db->pools[p].conns[i]);
        db_dispatch(db, (enum db_pool)p);
    }
    for (struct db_batch *batch; (batch = db_list_take(&expired));)
        db_batch_finish(batch, STATUS_UNAVAILABLE);
}

/* ---- beginning and end ------------------------------------------------------------------------
 */

static void *memory(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p)
        abort();
    return p;
}

static void pool_open(struct db *db, enum db_pool which, int count)
{
    struct db_pool_state *pool = &db->pools[which];
    pool->count = count > 0 ? count : 1;
    pool->conns = memory((size_t)pool->count, sizeof *pool->conns);
    pool->most_flying = which == DB_COMMIT ? 1 : READS_FLYING;
    for (int i = 0; i < pool->count; i++) {
        pool->conns[i].db = db;
        pool->conns[i].pool = which;
        db_conn_open(&pool->conns[i]);
    }
}

struct db *db_new(struct loop *loop, const struct db_config *config)
{
    struct db *db = memory(1, sizeof *db);
    db->loop = loop;
    db->conninfo = strdup(config->conninfo);
    db->role = strdup(config->role ? config->role : "partyline_app");
    if (!db->conninfo || !db->role)
        abort();
    db->timeout_ms = config->timeout_ms > 0 ? config->timeout_ms : TIMEOUT_MS;
    db->queue = config->queue ? config->queue : QUEUE;
    snprintf(db->timeout_text, sizeof db->timeout_text, "%d", db->timeout_ms);
    if (getrandom(&db->random, sizeof db->random, 0) != sizeof db->random || db->random == 0)
        db->random = 88172645463325252u;
    for (int p = 0; p < DB_POOLS; p++)
        pool_open(db, (enum db_pool)p, config->connections[p]);
    db->tick = loop_timer_new(loop, TICK_MS, true, on_tick, db);
    return db;
}

/* A commit that was under way may have happened. */
static void fail_all(struct db_list *list)
{
    for (struct db_batch *batch; (batch = db_list_take(list));) {
        batch->ambiguous = batch->sent && !batch->failed && batch->pool == DB_COMMIT;
        if (!batch->own)
            db_batch_finish(batch, STATUS_UNAVAILABLE);
    }
}

void db_free(struct db *db)
{
    if (!db)
        return;
    struct db_list left = {0};
    loop_timer_free(db->tick);
    for (int p = 0; p < DB_POOLS; p++) {
        for (int i = 0; i < db->pools[p].count; i++) {
            struct db_conn *conn = &db->pools[p].conns[i];
            for (struct db_batch *batch; (batch = db_list_take(&conn->flying));)
                if (!batch->own)
                    db_list_add(&left, batch);
            db_conn_close(conn);
        }
        for (struct db_batch *batch; (batch = db_list_take(&db->pools[p].queue));)
            db_list_add(&left, batch);
        free(db->pools[p].conns);
    }
    for (struct db_batch *batch; (batch = db_list_take(&db->delayed));)
        db_list_add(&left, batch);
    free(db->conninfo);
    free(db->role);
    free(db);
    fail_all(&left);
}

bool db_is_ready(const struct db *db)
{
    for (int p = 0; p < DB_POOLS; p++) {
        bool ready = false;
        for (int i = 0; i < db->pools[p].count && !ready; i++)
            ready = db->pools[p].conns[i].state == DB_CONN_READY && !db->pools[p].conns[i].broken;
        if (!ready)
            return false;
    }
    return true;
}
