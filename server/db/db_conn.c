/* One connection: from nothing to READY, batches out, answers in. libpq in pipeline mode, never
 * blocking (but for the look-up of a host's name, which libpq does itself). */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/db/db_private.h"
#include "server/net/log.h"
#include "server/net/metrics.h"

enum {
    CONNECT_MS = 15000, /* connecting to some host and checking, together */
    PAUSE_LEAST_MS = 50,
    PAUSE_MOST_MS = 5000,
    OLDEST_SERVER = 150000,
};

static void on_ready(void *arg, int what);

static void conn_break(struct db_conn *conn, const char *cause)
{
    if (conn->broken)
        return;
    conn->broken = true;
    conn->cause = cause;
}

/* Always a new watch: while it tries one host after another libpq closes its socket and may get
 * the same number again. */
static void conn_watch(struct db_conn *conn, int what)
{
    loop_watch_free(conn->watch);
    conn->watch = loop_watch_new(conn->db->loop, PQsocket(conn->pg), what, on_ready, conn);
}

/* ---- connecting -------------------------------------------------------------------------------
 */

static void ignore_notice(void *arg, const char *message)
{
    (void)arg, (void)message;
}

void db_conn_open(struct db_conn *conn)
{
    /* Before `dbname`, which is expanded, come defaults, behind it what nobody may override. With
     * several hosts one that is silent must fail soon, so that the next is tried: libpq's
     * connect_timeout does not work for asynchronous connections, the kernel's does. */
    const char *const names[] = {"fallback_application_name", "tcp_user_timeout",
                                 "keepalives_idle",           "dbname",
                                 "client_encoding",           NULL};
    const char *const values[] = {"partylined", "5000", "20", conn->db->conninfo, "UTF8", NULL};
    conn->state = DB_CONN_CONNECTING;
    conn->due = loop_now(conn->db->loop) + CONNECT_MS;
    conn->pg = PQconnectStartParams(names, values, 1);
    if (!conn->pg)
        abort(); /* out of memory */
    if (PQstatus(conn->pg) == CONNECTION_BAD || PQsocket(conn->pg) < 0) {
        conn_break(conn, "cannot connect");
        return; /* the tick takes it down */
    }
    PQsetNoticeProcessor(conn->pg, ignore_notice, NULL);
    conn_watch(conn, LOOP_WRITE);
}

static const char *unsafe_reason(const struct db_batch *check, size_t row)
{
    static const char *const must_be_on[] = {"fsync", "full_page_writes", "synchronous_commit"};
    static const char *const reasons[] = {"fsync is off", "full_page_writes is off",
                                          "synchronous_commit is off"};
    for (size_t i = 0; i < ARRAY_LEN(must_be_on); i++)
        if (strcmp(db_value(check, row, 0, db_column(check, row, must_be_on[i])), "off") == 0)
            return reasons[i];
    if (strcmp(db_value(check, row, 0, db_column(check, row, "server_encoding")), "UTF8") != 0)
        return "it is not encoded in UTF8";
    if (db_int(check, row, 0, db_column(check, row, "server_version_num")) < OLDEST_SERVER)
        return "it is older than PostgreSQL 15";
    return NULL;
}

enum { CHECK_ROLE, CHECK_LIMITS, CHECK_SAFE };

static void on_checked(void *arg)
{
    struct db_conn *conn = arg;
    const struct db_batch *check = conn->check_batch;
    if (db_status(check) != STATUS_OK) {
        conn_break(conn, "its check failed");
        return;
    }
    const char *unsafe = unsafe_reason(check, CHECK_SAFE);
    if (unsafe) {
        /* A connection that was lost and comes back unsafe has failed once already. */
        if (conn->failures % 100 <= 1)
            log_event(LOG_ERROR_, "database_unsafe", "reason", unsafe, NULL);
        conn_break(conn, unsafe);
        return;
    }
    if (db_bool(check, CHECK_SAFE, 0, db_column(check, CHECK_SAFE, "standby"))) {
        conn_break(conn, "it is a standby");
        return;
    }
    conn->state = DB_CONN_READY;
    conn->failures = 0;
    metric_add(METRIC_db_connections, 1);
}

/* The first pipeline of every connection: drop to the role of the application, set the limits, and
 * look whether what PostgreSQL acknowledges is on the disk. After conninfo, so that its `options`
 * are seen through. */
static void conn_check(struct db_conn *conn)
{
    conn->state = DB_CONN_CHECKING;
    conn->check = arena_new();
    struct db_batch *check = db_batch_new(conn->check, conn->pool);
    conn->check_batch = check;
    check->db = conn->db;
    check->own = true;
    check->done = on_checked;
    check->arg = conn;
    check->born = loop_now(conn->db->loop);
    DB_ADD(check, Q_connection_role, conn->db->role);
    DB_ADD(check, Q_connection_limits, conn->db->timeout_text);
    db_batch_add(check, Q_connection_check, 0, NULL);
    db_conn_send(conn, check);
}

static void conn_connect(struct db_conn *conn)
{
    switch (PQconnectPoll(conn->pg)) {
    case PGRES_POLLING_READING:
        conn_watch(conn, LOOP_READ);
        return;
    case PGRES_POLLING_WRITING:
        conn_watch(conn, LOOP_WRITE);
        return;
    case PGRES_POLLING_OK:
        break;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
    default:
        conn_break(conn, "cannot connect");
        return;
    }
    conn_watch(conn, LOOP_READ);
    conn->wants_write = false;
    if (PQsetnonblocking(conn->pg, 1) != 0 || !PQenterPipelineMode(conn->pg))
        conn_break(conn, "libpq refuses pipelines");
    else
        conn_check(conn);
}

/* ---- out --------------------------------------------------------------------------------------
 */

static void conn_flush(struct db_conn *conn)
{
    int left = PQflush(conn->pg);
    if (left < 0)
        conn_break(conn, "lost while sending");
    bool wants_write = left > 0;
    if (wants_write != conn->wants_write) {
        conn->wants_write = wants_write;
        loop_watch_change(conn->watch, wants_write ? LOOP_READ | LOOP_WRITE : LOOP_READ);
    }
}

static bool send_statement(struct db_conn *conn, struct db_statement *statement)
{
    const struct query_text *query = &query_table[statement->query];
    unsigned char *prepared = &conn->prepared[statement->query];
    statement->preparing = *prepared == DB_PREPARED_NOT;
    if (statement->preparing) {
        if (!PQsendPrepare(conn->pg, query->name, query->sql, 0, NULL))
            return false;
        *prepared = DB_PREPARED_PENDING;
    }
    return PQsendQueryPrepared(conn->pg, query->name, statement->nparams, statement->params, NULL,
                               NULL, 0);
}

void db_conn_send(struct db_conn *conn, struct db_batch *batch)
{
    db_list_add(&conn->flying, batch);
    batch->attempts++;
    metric_add(METRIC_db_batches, 1);
    for (size_t i = 0; i < batch->count; i++)
        if (!send_statement(conn, &batch->statements[i])) {
            /* No Sync went out, so nothing of it can be committed. */
            conn_break(conn, "lost while sending");
            return;
        }
    batch->sent = true;
    if (!PQpipelineSync(conn->pg)) {
        conn_break(conn, "lost while sending");
        return;
    }
    conn_flush(conn);
}

/* ---- in ---------------------------------------------------------------------------------------
 */

static void take_prepare(struct db_conn *conn, struct db_batch *batch, PGresult *result)
{
    struct db_statement *statement = &batch->statements[batch->at];
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    /* In an aborted pipeline the server has skipped it. */
    conn->prepared[statement->query] = ok ? DB_PREPARED_READY : DB_PREPARED_NOT;
    statement->preparing = false;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        db_batch_error(batch, result);
    PQclear(result);
}

static void take_statement(struct db_batch *batch, PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        batch->statements[batch->at++].result = result;
        return;
    }
    if (status == PGRES_FATAL_ERROR)
        db_batch_error(batch, result);
    if (batch->at < batch->count)
        batch->at++;
    PQclear(result);
}

static void take_result(struct db_conn *conn, PGresult *result)
{
    struct db_batch *batch = conn->flying.head;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        db_list_take(&conn->flying);
        db_batch_answered(conn, batch);
    } else if (batch->at < batch->count && batch->statements[batch->at].preparing)
        take_prepare(conn, batch, result);
    else
        take_statement(batch, result);
}

/* Each answer ends with a NULL, a Sync's does not; two in a row mean that libpq has lost count. */
static void conn_read(struct db_conn *conn)
{
    if (!PQconsumeInput(conn->pg))
        conn_break(conn, "lost");
    for (int nothing = 0; conn->flying.head && !PQisBusy(conn->pg);) {
        PGresult *result = PQgetResult(conn->pg);
        if (result) {
            nothing = 0;
            take_result(conn, result);
        } else if (++nothing > 1) {
            conn_break(conn, "out of step");
            break;
        }
        if (PQstatus(conn->pg) == CONNECTION_BAD)
            break;
    }
    if (PQstatus(conn->pg) == CONNECTION_BAD)
        conn_break(conn, "lost");
}

static void on_ready(void *arg, int what)
{
    struct db_conn *conn = arg;
    struct db *db = conn->db;
    enum db_pool pool = conn->pool;
    if (conn->state == DB_CONN_CONNECTING)
        conn_connect(conn);
    else {
        if (what & LOOP_WRITE)
            conn_flush(conn);
        if (what & LOOP_READ)
            conn_read(conn);
    }
    if (conn->state != DB_CONN_CHECKING && conn->check) {
        arena_free(conn->check);
        conn->check = NULL;
    }
    if (conn->broken)
        db_conn_lost(conn);
    db_dispatch(db, pool);
}

/* ---- the end ----------------------------------------------------------------------------------
 */

void db_conn_close(struct db_conn *conn)
{
    if (conn->state == DB_CONN_READY)
        metric_add(METRIC_db_connections, -1);
    loop_watch_free(conn->watch);
    PQfinish(conn->pg);
    arena_free(conn->check);
    conn->watch = NULL;
    conn->pg = NULL;
    conn->check = NULL;
    conn->state = DB_CONN_WAITING;
    conn->broken = conn->wants_write = false;
    memset(conn->prepared, DB_PREPARED_NOT, sizeof conn->prepared);
}

static void say_lost(const struct db_conn *conn)
{
    const char *said = PQerrorMessage(conn->pg);
    char line[256];
    snprintf(line, sizeof line, "%.*s", (int)strcspn(said, "\n"), said);
    log_event(LOG_WARN_, "database_connection_lost", "pool",
              conn->pool == DB_COMMIT ? "commit" : "read", "cause", conn->cause, "said", line,
              NULL);
}

void db_conn_lost(struct db_conn *conn)
{
    struct db *db = conn->db;
    struct db_list flying = conn->flying;
    conn->flying = (struct db_list){0};
    /* Once when it is lost, then once in a while: it is tried for ever. */
    if (conn->failures % 100 == 0)
        say_lost(conn);
    /* The check's batch lies in conn->check, which goes with the connection. */
    bool checking = conn->state == DB_CONN_CHECKING;
    db_conn_close(conn);
    int64_t pause = PAUSE_LEAST_MS << (conn->failures < 7 ? conn->failures : 7);
    if (pause > PAUSE_MOST_MS)
        pause = PAUSE_MOST_MS;
    conn->due = loop_now(db->loop) + pause / 2 + db_jitter(db, pause);
    conn->failures++;
    if (checking)
        return;
    for (struct db_batch *batch; (batch = db_list_take(&flying));)
        db_batch_lost(db, batch);
}
