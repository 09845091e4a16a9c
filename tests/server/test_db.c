/* server/db/db.h against a real PostgreSQL: TEST_PG is the conninfo of a database in which the
 * tests may make a schema of their own (test_db). */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/db/db.h"
#include "server/net/log.h"
#include "server/net/metrics.h"
#include "tests/report.h"

/* The tests bring their own table of statements, of the same size as the real one, which so is not
 * linked: what a connection needs for itself stands in its place, the tests' fill the places
 * behind. */
#define SLOT(i) ((enum query)(((int)Q_connection_check + 1 + (i)) % (int)QUERY_COUNT))
#define T_ECHO SLOT(0)
#define T_ARRAYS SLOT(1)
#define T_INSERT SLOT(2)
#define T_COUNT SLOT(3)
#define T_FAIL SLOT(4)
#define T_SLEEP SLOT(5)
#define T_FLAKY SLOT(6)
#define T_DEFERRED SLOT(7)
#define T_FORGET SLOT(8)
#define T_ANY SLOT(9)
_Static_assert(QUERY_COUNT >= 13, "places for the tests' statements");

const struct query_text query_table[QUERY_COUNT] = {
    [Q_connection_role] = {"role", "SELECT set_config('role', current_user, false) WHERE $1 <> ''",
                           1},
    [Q_connection_limits] = {"limits",
                             "SELECT set_config('statement_timeout', $1, false), "
                             "set_config('idle_in_transaction_session_timeout', $1, false)",
                             1},
    [Q_connection_check] = {"check",
                            "SELECT current_setting('fsync') AS fsync, "
                            "current_setting('full_page_writes') AS full_page_writes, "
                            "current_setting('synchronous_commit') AS synchronous_commit, "
                            "current_setting('server_encoding') AS server_encoding, "
                            "current_setting('server_version_num') AS server_version_num, "
                            "pg_is_in_recovery() AS standby",
                            0},
    [T_ECHO] = {"echo", "SELECT $1::text AS said", 1},
    [T_ARRAYS] = {"arrays", "SELECT i, t FROM unnest($1::bigint[], $2::text[]) AS u (i, t)", 2},
    [T_INSERT] = {"insert", "INSERT INTO test_db.thing (id) VALUES ($1)", 1},
    [T_COUNT] = {"count", "SELECT count(*) FROM test_db.thing", 0},
    [T_FAIL] = {"fail", "SELECT 1 / $1::int", 1},
    [T_SLEEP] = {"sleep", "SELECT pg_sleep($1::float)", 1},
    [T_FLAKY] = {"flaky", "SELECT test_db.flaky($1)", 1},
    [T_DEFERRED] = {"deferred", "INSERT INTO test_db.child (thing) VALUES ($1)", 1},
    [T_FORGET] = {"forget", "DEALLOCATE ALL", 0},
    [T_ANY] = {"any", "SELECT * FROM test_db.shape", 0},
};

static const char schema[] =
    "DROP SCHEMA IF EXISTS test_db CASCADE; CREATE SCHEMA test_db; SET search_path TO test_db;"
    "CREATE TABLE thing (id int CONSTRAINT thing_once PRIMARY KEY);"
    "CREATE TABLE child (thing int REFERENCES thing DEFERRABLE INITIALLY DEFERRED);"
    "CREATE TABLE shape (a int); INSERT INTO shape VALUES (1);"
    "CREATE SEQUENCE tries;"
    /* Fails with the state in the first two transactions: a sequence is not rolled back. */
    "CREATE FUNCTION flaky(state text) RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE n bigint; "
    "BEGIN"
    " n := nextval('test_db.tries');"
    " IF n < 3 THEN RAISE EXCEPTION 'try again' USING ERRCODE = state; END IF; RETURN n; END $$;";

/* ---- a loop that runs until so many batches are done ------------------------------------------
 */

static const char *conninfo;
static struct loop *loop;
static struct arena *arena;
static struct db *db;
static int waiting;
static bool late;

static PGconn *side_connection(void)
{
    PGconn *pg = PQconnectdb(conninfo);
    if (PQstatus(pg) != CONNECTION_OK) {
        printf("test_db: %s\ntest_db: 0 passed, 1 failed\n", PQerrorMessage(pg));
        exit(1);
    }
    return pg;
}

static void run_sql(const char *sql)
{
    PGconn *pg = side_connection();
    PQclear(PQexec(pg, "SET client_min_messages = warning"));
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) == PGRES_FATAL_ERROR)
        printf("%s", PQerrorMessage(pg));
    PQclear(result);
    PQfinish(pg);
}

static void on_late(void *arg)
{
    (void)arg;
    late = true;
    loop_stop(loop);
}

static void on_done(void *arg)
{
    (*(int *)arg)++;
    if (--waiting == 0)
        loop_stop(loop);
}

static void pause_ms(int ms)
{
    struct loop_timer *timer = loop_timer_new(loop, ms, false, on_late, NULL);
    loop_run(loop);
    loop_timer_free(timer);
    late = false;
}

static void await(void)
{
    if (waiting == 0)
        return;
    struct loop_timer *timer = loop_timer_new(loop, 20000, false, on_late, NULL);
    late = false;
    loop_run(loop);
    loop_timer_free(timer);
    CU_ASSERT_FALSE(late);
}

static int calls; /* of done, over a test */

static void send_one(struct db_batch *batch)
{
    waiting++;
    db_send(db, batch, on_done, &calls);
}

static enum status run_one(struct db_batch *batch)
{
    send_one(batch);
    await();
    return db_status(batch);
}

static struct db_batch *batch_of(enum db_pool pool, enum query query, const char *param)
{
    struct db_batch *batch = db_batch_new(arena, pool);
    DB_ADD(batch, query, param);
    return batch;
}

static void open_db(const char *info, int reads, int timeout_ms, size_t queue)
{
    struct db_config config = {.conninfo = info,
                               .connections = {[DB_READ] = reads, [DB_COMMIT] = 2},
                               .timeout_ms = timeout_ms,
                               .queue = queue};
    run_sql(schema);
    loop = loop_new();
    arena = arena_new();
    waiting = calls = 0;
    db = db_new(loop, &config);
}

static void close_db(void)
{
    db_free(db);
    db = NULL;
    arena_free(arena);
    loop_free(loop);
    CU_ASSERT_EQUAL(metric_total(METRIC_db_connections), 0);
}

static void open_usual(void)
{
    open_db(conninfo, 1, 10000, 0);
}

static int64_t things(void)
{
    struct db_batch *batch = db_batch_new(arena, DB_READ);
    db_batch_add(batch, T_COUNT, 0, NULL);
    CU_ASSERT_EQUAL(run_one(batch), STATUS_OK);
    return db_status(batch) == STATUS_OK ? db_int(batch, 0, 0, 0) : -1;
}

/* ---- rows and parameters ----------------------------------------------------------------------
 */

static void test_values(void)
{
    open_usual();
    struct db_batch *batch = db_batch_new(arena, DB_READ);
    size_t text = DB_ADD(batch, T_ECHO, "Zoë \"O'Neil\" \\ 陳");
    size_t null = DB_ADD(batch, T_ECHO, NULL);
    CU_ASSERT_EQUAL(run_one(batch), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(db_value(batch, text, 0, db_column(batch, text, "said")),
                           "Zoë \"O'Neil\" \\ 陳");
    CU_ASSERT_PTR_NULL(db_value(batch, null, 0, 0));
    CU_ASSERT_EQUAL(db_rows(batch, null), 1);
    CU_ASSERT_STRING_EQUAL(db_sqlstate(batch), "");
    CU_ASSERT_STRING_EQUAL(db_constraint(batch), "");
    close_db();
}

static void test_arrays(void)
{
    static const int64_t numbers[] = {INT64_MIN, 0, INT64_MAX, -1};
    static const char *const texts[] = {"a,b}{", "", NULL, "NULL \"\\ \n é"};
    open_usual();
    struct db_batch *batch = db_batch_new(arena, DB_READ);
    DB_ADD(batch, T_ARRAYS, db_array_int(arena, numbers, 4), db_array_text(arena, texts, 4));
    DB_ADD(batch, T_ARRAYS, db_array_int(arena, NULL, 0), db_array_text(arena, NULL, 0));
    CU_ASSERT_EQUAL(run_one(batch), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(db_rows(batch, 0), 4);
    for (size_t i = 0; i < 4; i++) {
        const char *said = db_value(batch, 0, i, 1);
        CU_ASSERT_EQUAL(db_int(batch, 0, i, 0), numbers[i]);
        CU_ASSERT(texts[i] ? said && strcmp(said, texts[i]) == 0 : !said);
    }
    CU_ASSERT_EQUAL(db_rows(batch, 1), 0);
    close_db();
}

static void test_wide(void)
{
    enum { WIDE = 40, BIG = 3000000 };
    open_usual();
    struct db_batch *batch = db_batch_new(arena, DB_READ);
    char *big = arena_alloc(arena, BIG + 1);
    memset(big, 'x', BIG);
    for (int i = 0; i < WIDE; i++)
        DB_ADD(batch, T_ECHO, i == WIDE / 2 ? big : db_text_int(arena, i));
    CU_ASSERT_EQUAL(run_one(batch), STATUS_OK);
    for (size_t i = 0; i < WIDE; i++)
        if (i == WIDE / 2)
            CU_ASSERT_EQUAL(strlen(db_value(batch, i, 0, 0)), BIG)
        else
            CU_ASSERT_EQUAL(db_int(batch, i, 0, 0), (int64_t)i);
    close_db();
}

/* ---- transactions and errors ------------------------------------------------------------------
 */

static void test_one_transaction(void)
{
    open_usual();
    struct db_batch *batch = db_batch_new(arena, DB_COMMIT);
    DB_ADD(batch, T_INSERT, "1");
    DB_ADD(batch, T_FAIL, "0");
    CU_ASSERT_EQUAL(run_one(batch), STATUS_INTERNAL);
    CU_ASSERT_STRING_EQUAL(db_sqlstate(batch), "22012");
    CU_ASSERT_FALSE(db_is_ambiguous(batch));
    CU_ASSERT_EQUAL(things(), 0);
    CU_ASSERT_EQUAL(run_one(batch_of(DB_COMMIT, T_INSERT, "1")), STATUS_OK);
    CU_ASSERT_EQUAL(things(), 1);
    close_db();
}

static void test_constraint(void)
{
    open_usual();
    CU_ASSERT_EQUAL(run_one(batch_of(DB_COMMIT, T_INSERT, "7")), STATUS_OK);
    struct db_batch *again = batch_of(DB_COMMIT, T_INSERT, "7");
    CU_ASSERT_EQUAL(run_one(again), STATUS_INTERNAL);
    CU_ASSERT_STRING_EQUAL(db_sqlstate(again), "23505");
    CU_ASSERT_STRING_EQUAL(db_constraint(again), "thing_once");
    close_db();
}

static void test_deferred_constraint(void)
{
    open_usual();
    struct db_batch *batch = batch_of(DB_COMMIT, T_DEFERRED, "99");
    CU_ASSERT_EQUAL(run_one(batch), STATUS_INTERNAL);
    CU_ASSERT_STRING_EQUAL(db_sqlstate(batch), "23503");
    CU_ASSERT_FALSE(db_is_ambiguous(batch));
    CU_ASSERT_EQUAL(run_one(batch_of(DB_COMMIT, T_INSERT, "1")), STATUS_OK);
    close_db();
}

/* ---- prepared statements ----------------------------------------------------------------------
 */

static void test_prepared_after_failure(void)
{
    open_usual();
    struct db_batch *bad = db_batch_new(arena, DB_READ);
    DB_ADD(bad, T_FAIL, "0");
    DB_ADD(bad, T_ECHO, "x"); /* its Prepare is skipped */
    /* Sent behind it on the same connection, relying on that Prepare. */
    struct db_batch *behind = batch_of(DB_READ, T_ECHO, "behind");
    struct db_batch *third = batch_of(DB_READ, T_ECHO, "third");
    send_one(bad);
    send_one(behind);
    send_one(third);
    await();
    CU_ASSERT_EQUAL(db_status(bad), STATUS_INTERNAL);
    CU_ASSERT_EQUAL_FATAL(db_status(behind), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(db_value(behind, 0, 0, 0), "behind");
    CU_ASSERT_EQUAL(db_status(third), STATUS_OK);
    CU_ASSERT_EQUAL(run_one(batch_of(DB_READ, T_ECHO, "after")), STATUS_OK);
    CU_ASSERT_EQUAL(calls, 4);
    close_db();
}

/* Without the cure above, that is without a retry. */
static void test_prepared_is_known(void)
{
    open_usual();
    struct db_batch *bad = db_batch_new(arena, DB_READ);
    DB_ADD(bad, T_FAIL, "0");
    db_batch_add(bad, T_COUNT, 0, NULL);
    CU_ASSERT_EQUAL(run_one(bad), STATUS_INTERNAL);
    int64_t retries = metric_total(METRIC_db_retries);
    CU_ASSERT_EQUAL(things(), 0);
    CU_ASSERT_EQUAL(things(), 0);
    CU_ASSERT_EQUAL(metric_total(METRIC_db_retries), retries);
    close_db();
}

static void test_statements_forgotten(void)
{
    open_usual();
    CU_ASSERT_EQUAL(run_one(batch_of(DB_READ, T_ECHO, "1")), STATUS_OK);
    struct db_batch *forget = db_batch_new(arena, DB_READ);
    db_batch_add(forget, T_FORGET, 0, NULL);
    CU_ASSERT_EQUAL(run_one(forget), STATUS_OK);
    CU_ASSERT_EQUAL(run_one(batch_of(DB_READ, T_ECHO, "2")), STATUS_OK);
    close_db();
}

static void test_table_altered(void)
{
    open_usual();
    struct db_batch *before = db_batch_new(arena, DB_COMMIT),
                    *after = db_batch_new(arena, DB_COMMIT);
    db_batch_add(before, T_ANY, 0, NULL);
    db_batch_add(after, T_ANY, 0, NULL);
    pause_ms(300);
    CU_ASSERT_EQUAL(run_one(before), STATUS_OK);
    run_sql("ALTER TABLE test_db.shape ADD COLUMN b text DEFAULT 'new'");
    CU_ASSERT_EQUAL_FATAL(run_one(after), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(db_value(after, 0, 0, 0), "1");
    close_db();
}

/* ---- retries ----------------------------------------------------------------------------------
 */

static void expect_flaky(enum db_pool pool, const char *sqlstate, enum status expected,
                         int64_t expected_retries)
{
    run_sql("ALTER SEQUENCE test_db.tries RESTART");
    int64_t retries = metric_total(METRIC_db_retries);
    struct db_batch *batch = batch_of(pool, T_FLAKY, sqlstate);
    CU_ASSERT_EQUAL(run_one(batch), expected);
    CU_ASSERT_FALSE(db_is_ambiguous(batch));
    CU_ASSERT_EQUAL(metric_total(METRIC_db_retries) - retries, expected_retries);
}

static void test_retries(void)
{
    open_usual();
    expect_flaky(DB_COMMIT, "40001", STATUS_OK, 2);
    expect_flaky(DB_COMMIT, "40P01", STATUS_OK, 2);
    expect_flaky(DB_COMMIT, "53200", STATUS_UNAVAILABLE, 0);
    expect_flaky(DB_COMMIT, "57014", STATUS_UNAVAILABLE, 0);
    expect_flaky(DB_COMMIT, "25006", STATUS_OK, 2);
    expect_flaky(DB_COMMIT, "22023", STATUS_INTERNAL, 0);
    expect_flaky(DB_READ, "53200", STATUS_OK, 2);
    expect_flaky(DB_READ, "58030", STATUS_OK, 2);
    expect_flaky(DB_READ, "P0001", STATUS_INTERNAL, 0);
    expect_flaky(DB_READ, "42501", STATUS_INTERNAL, 0);
    close_db();
}

static const char kill_sleepers[] = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                    "WHERE query LIKE '%pg_sleep($1%' AND pid <> pg_backend_pid()";
static const char kill_all[] = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                               "WHERE application_name = 'partylined'";

static void on_kill(void *arg)
{
    run_sql(arg);
}

static enum status run_and_kill(struct db_batch *batch)
{
    struct loop_timer *timer =
        loop_timer_new(loop, 200, false, on_kill, (void *)(uintptr_t)kill_sleepers);
    enum status status = run_one(batch);
    loop_timer_free(timer);
    return status;
}

static void test_lost_connections(void)
{
    open_usual();
    pause_ms(300);
    struct db_batch *read = batch_of(DB_READ, T_SLEEP, "0.4");
    CU_ASSERT_EQUAL(run_and_kill(read), STATUS_OK);
    struct db_batch *commit = batch_of(DB_COMMIT, T_SLEEP, "0.4");
    CU_ASSERT_EQUAL(run_and_kill(commit), STATUS_UNAVAILABLE);
    CU_ASSERT_TRUE(db_is_ambiguous(commit));
    CU_ASSERT_EQUAL(calls, 2);
    close_db();
}

static void test_idle_connections_lost(void)
{
    open_usual();
    CU_ASSERT_EQUAL(run_one(batch_of(DB_COMMIT, T_INSERT, "1")), STATUS_OK);
    run_sql(kill_all);
    pause_ms(50); /* the loop sees them end */
    CU_ASSERT_EQUAL(run_one(batch_of(DB_COMMIT, T_INSERT, "2")), STATUS_OK);
    CU_ASSERT_EQUAL(things(), 2);
    pause_ms(500);
    CU_ASSERT_TRUE(db_is_ready(db));
    close_db();
}

/* ---- limits -----------------------------------------------------------------------------------
 */

static void test_many_in_flight(void)
{
    enum { MANY = 1000 };
    static struct db_batch *batches[MANY];
    open_db(conninfo, 2, 10000, MANY);
    for (int i = 0; i < MANY; i++) {
        batches[i] = batch_of(i % 4 ? DB_READ : DB_COMMIT, i % 10 == 9 ? T_FAIL : T_ECHO,
                              i % 10 == 9 ? "0" : db_text_int(arena, i));
        send_one(batches[i]);
    }
    await();
    CU_ASSERT_EQUAL(calls, MANY);
    int wrong = 0;
    for (int i = 0; i < MANY; i++)
        if (i % 10 == 9)
            wrong += db_status(batches[i]) != STATUS_INTERNAL;
        else
            wrong += db_status(batches[i]) != STATUS_OK || db_int(batches[i], 0, 0, 0) != i;
    CU_ASSERT_EQUAL(wrong, 0);
    close_db();
}

static void test_slow_commit(void)
{
    open_usual();
    pause_ms(300);
    struct db_batch *slow = batch_of(DB_COMMIT, T_SLEEP, "1");
    send_one(slow);
    waiting = 1; /* the look-up's */
    struct db_batch *read = batch_of(DB_READ, T_ECHO, "quick");
    int64_t begin = loop_now(loop);
    db_send(db, read, on_done, &calls);
    await();
    CU_ASSERT_EQUAL(db_status(read), STATUS_OK);
    CU_ASSERT_TRUE(loop_now(loop) - begin < 700);
    waiting = 1;
    await();
    CU_ASSERT_EQUAL(db_status(slow), STATUS_OK);
    close_db();
}

/* Of a length that no statement_timeout of the server's ends. */
static struct db_batch *slow_batch(enum db_pool pool)
{
    struct db_batch *batch = db_batch_new(arena, pool);
    for (int i = 0; i < 10; i++)
        DB_ADD(batch, T_SLEEP, "0.3");
    return batch;
}

static void test_timeout(void)
{
    open_db(conninfo, 1, 500, 0);
    pause_ms(300);
    struct db_batch *read = slow_batch(DB_READ), *commit = slow_batch(DB_COMMIT);
    int64_t begin = loop_now(loop);
    send_one(read);
    CU_ASSERT_EQUAL(run_one(commit), STATUS_UNAVAILABLE);
    CU_ASSERT_EQUAL(db_status(read), STATUS_UNAVAILABLE);
    CU_ASSERT_FALSE(db_is_ambiguous(read));
    CU_ASSERT_TRUE(db_is_ambiguous(commit));
    CU_ASSERT_TRUE(loop_now(loop) - begin < 1500);
    CU_ASSERT_EQUAL(run_one(batch_of(DB_READ, T_ECHO, "after")), STATUS_OK);
    close_db();
}

static void test_statement_timeout(void)
{
    open_db(conninfo, 1, 500, 0);
    CU_ASSERT_EQUAL(run_one(batch_of(DB_COMMIT, T_SLEEP, "5")), STATUS_UNAVAILABLE);
    close_db();
    run_sql("SELECT pg_sleep(0.3)"); /* the server has ended it by itself, too */
    PGconn *pg = side_connection();
    PGresult *left = PQexec(pg, "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep($1%' "
                                "AND pid <> pg_backend_pid()");
    CU_ASSERT_EQUAL(PQntuples(left), 0);
    PQclear(left);
    PQfinish(pg);
}

static void test_no_database(void)
{
    open_db("host=/nonexistent dbname=x", 1, 400, 2);
    struct db_batch *batches[3];
    int64_t begin = loop_now(loop);
    for (int i = 0; i < 3; i++) {
        batches[i] = batch_of(DB_COMMIT, T_ECHO, "x");
        send_one(batches[i]);
    }
    CU_ASSERT_EQUAL(calls, 0); /* never from inside db_send */
    await();
    CU_ASSERT_TRUE(loop_now(loop) - begin >= 400);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(db_status(batches[i]), STATUS_UNAVAILABLE);
        CU_ASSERT_FALSE(db_is_ambiguous(batches[i]));
    }
    CU_ASSERT_FALSE(db_is_ready(db));
    close_db();
}

static void test_unsafe(void)
{
    char info[1024];
    snprintf(info, sizeof info, "%s options='-c synchronous_commit=off'", conninfo);
    open_db(info, 1, 700, 0);
    CU_ASSERT_EQUAL(run_one(batch_of(DB_COMMIT, T_INSERT, "1")), STATUS_UNAVAILABLE);
    CU_ASSERT_FALSE(db_is_ready(db));
    close_db();
}

static void test_free_in_flight(void)
{
    open_usual();
    pause_ms(300);
    struct db_batch *read = batch_of(DB_READ, T_SLEEP, "0.2");
    struct db_batch *commit = batch_of(DB_COMMIT, T_SLEEP, "0.2");
    struct db_batch *queued[4];
    send_one(read);
    send_one(commit);
    for (int i = 0; i < 4; i++)
        send_one(queued[i] = batch_of(DB_COMMIT, T_SLEEP, "0.2"));
    db_free(db);
    db = NULL;
    CU_ASSERT_EQUAL(calls, 6);
    CU_ASSERT_EQUAL(db_status(read), STATUS_UNAVAILABLE);
    CU_ASSERT_FALSE(db_is_ambiguous(read));
    CU_ASSERT_TRUE(db_is_ambiguous(commit));
    CU_ASSERT_FALSE(db_is_ambiguous(queued[3]));
    close_db();
}

static const struct test_case cases[] = {
    {"texts and NULL go there and back unchanged", test_values},
    {"array literals survive every character", test_arrays},
    {"a batch of forty statements and three megabytes is one round trip", test_wide},
    {"a batch is one transaction", test_one_transaction},
    {"a broken constraint is named", test_constraint},
    {"a constraint that breaks at the commit is an error, not a success", test_deferred_constraint},
    {"a Prepare skipped by a failure is made good", test_prepared_after_failure},
    {"what a failure left unprepared is known", test_prepared_is_known},
    {"prepared statements that have vanished are prepared again", test_statements_forgotten},
    {"a table altered under a prepared statement is survived", test_table_altered},
    {"passing errors are retried, and only where it is safe", test_retries},
    {"a lost look-up is repeated, a lost commit is ambiguous", test_lost_connections},
    {"idle connections that end are replaced", test_idle_connections_lost},
    {"a thousand batches in flight each get their own answer", test_many_in_flight},
    {"a slow commit does not delay a look-up", test_slow_commit},
    {"PostgreSQL ends by itself what was given up", test_statement_timeout},
    {"a batch that is too slow fails, a commit so ambiguously", test_timeout},
    {"without a database batches wait, a full queue refuses at once", test_no_database},
    {"a connection with synchronous_commit off is never used", test_unsafe},
    {"freeing fails what is in flight", test_free_in_flight},
};

int main(void)
{
    conninfo = getenv("TEST_PG");
    if (!conninfo || !*conninfo) {
        puts("test_db: TEST_PG is not set: it must be the conninfo of a PostgreSQL for tests");
        puts("test_db: 0 passed, 1 failed");
        return 1;
    }
    log_init("test_db", getenv("TEST_VERBOSE") ? LOG_DEBUG_ : (enum log_level)(LOG_ERROR_ + 1));
    metrics_init();
    int code = report_run("test_db", cases, ARRAY_LEN(cases));
    run_sql("DROP SCHEMA IF EXISTS test_db CASCADE");
    return code;
}
