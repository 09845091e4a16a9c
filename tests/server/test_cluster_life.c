/* server/db/cluster.h with real processes: "a server" is a forked child that starts the cluster,
 * supervises it and is killed. Needs PostgreSQL's programs; makes everything in a temporary folder.
 */
#include <errno.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/db/cluster_private.h"
#include "server/db/migrate.h"
#include "server/net/log.h"
#include "tests/report.h"

static struct cluster_place place;
static char why[CLUSTER_WHY];

/* The life of a server: tells through `said` that it runs, supervises until SIGTERM. */
static volatile sig_atomic_t stopping;

static void on_term(int signal)
{
    (void)signal;
    stopping = 1;
}

NORETURN static void be_a_server(int said)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGTERM, on_term);
    struct cluster *cluster = cluster_start(&place, why);
    if (!cluster)
        fprintf(stderr, "cluster_start: %s\n", why);
    if (!cluster || write(said, "r", 1) != 1)
        _exit(1);
    while (!stopping) {
        cluster_supervise(cluster);
        cluster_sleep(20);
    }
    cluster_stop(cluster);
    cluster_free(cluster);
    _exit(0);
}

/* 0 when it could not start. */
static pid_t server_start(void)
{
    int said[2];
    char ready;
    if (pipe(said) != 0)
        return 0;
    pid_t child = fork();
    if (child == 0)
        be_a_server(said[1]);
    close(said[1]);
    bool ok = read(said[0], &ready, 1) == 1;
    close(said[0]);
    if (!ok)
        waitpid(child, NULL, 0);
    return ok ? child : 0;
}

static int server_end(pid_t server, int signal)
{
    int status = -1;
    kill(server, signal);
    waitpid(server, &status, 0);
    return status;
}

static bool answers_within(int ms)
{
    int64_t end = cluster_clock() + ms;
    while (cluster_clock() < end) {
        if (cluster_postmaster_pid(&place) && PQping(place.conninfo) == PQPING_OK)
            return true;
        cluster_sleep(20);
    }
    return false;
}

static void test_start_and_stop(void)
{
    struct stat st;
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    CU_ASSERT_EQUAL(cluster_server_pid(&place), server);
    CU_ASSERT_TRUE(answers_within(0x7fff));
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
    CU_ASSERT_EQUAL(cluster_server_pid(&place), 0);
    CU_ASSERT_EQUAL(cluster_any_process(&place, 0), 0);
    CU_ASSERT_EQUAL(stat(place.pgdata, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
    CU_ASSERT_EQUAL(stat(place.socket, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0700);
}

static void test_second_start_is_quick(void)
{
    int64_t begin = cluster_clock();
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    CU_ASSERT_TRUE(cluster_clock() - begin < 2000);
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
}

static void test_two_servers(void)
{
    char pid[32];
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    CU_ASSERT_PTR_NULL(cluster_start(&place, why));
    snprintf(pid, sizeof pid, "process %d", (int)server);
    CU_ASSERT_PTR_NOT_NULL(strstr(why, pid));
    CU_ASSERT_PTR_NOT_NULL(strstr(why, "only one server"));
    CU_ASSERT_TRUE(answers_within(1));
    server_end(server, SIGTERM);
}

static void test_attach(void)
{
    bool started;
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    struct cluster *beside = cluster_attach(&place, &started, why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(beside);
    CU_ASSERT_FALSE(started);
    cluster_stop(beside); /* not ours */
    cluster_free(beside);
    CU_ASSERT_TRUE(answers_within(1));
    server_end(server, SIGTERM);
    struct cluster *alone = cluster_attach(&place, &started, why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(alone);
    CU_ASSERT_TRUE(started);
    CU_ASSERT_TRUE(answers_within(1));
    cluster_stop(alone);
    cluster_free(alone);
    CU_ASSERT_EQUAL(cluster_any_process(&place, 0), 0);
}

static void test_adoption(void)
{
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    int postmaster = cluster_postmaster_pid(&place);
    server_end(server, SIGKILL);
    CU_ASSERT_EQUAL(cluster_postmaster_pid(&place), postmaster);
    server = server_start();
    CU_ASSERT_FATAL(server > 0);
    CU_ASSERT_EQUAL(cluster_postmaster_pid(&place), postmaster);
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
    CU_ASSERT_EQUAL(cluster_any_process(&place, 0), 0);
}

static void test_postmaster_killed(void)
{
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    for (int i = 0; i < 3; i++) {
        /* A backend in the middle of something holds the shared memory on. */
        PGconn *busy = PQconnectdb(place.conninfo);
        PQsendQuery(busy, "SELECT pg_sleep(60)");
        int postmaster = cluster_postmaster_pid(&place);
        kill(postmaster, SIGKILL);
        while (cluster_is_postmaster(&place, postmaster))
            cluster_sleep(1);
        CU_ASSERT_TRUE(answers_within(30000));
        CU_ASSERT_NOT_EQUAL(cluster_postmaster_pid(&place), postmaster);
        PQfinish(busy);
    }
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
}

static void test_adopted_is_supervised(void)
{
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    server_end(server, SIGKILL);
    server = server_start();
    CU_ASSERT_FATAL(server > 0);
    int postmaster = cluster_postmaster_pid(&place);
    kill(postmaster, SIGKILL);
    while (cluster_is_postmaster(&place, postmaster))
        cluster_sleep(1);
    CU_ASSERT_TRUE(answers_within(30000));
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
}

static void test_both_killed(void)
{
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    int postmaster = cluster_postmaster_pid(&place);
    PGconn *busy = PQconnectdb(place.conninfo);
    PQsendQuery(busy, "SELECT pg_sleep(60)");
    server_end(server, SIGKILL);
    kill(postmaster, SIGKILL);
    server = server_start();
    PQfinish(busy);
    CU_ASSERT_FATAL(server > 0);
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
}

/* After a restart of a container its number belongs to somebody else. */
static void test_stale_pid_file(void)
{
    char path[700];
    snprintf(path, sizeof path, "%s/postmaster.pid", place.pgdata);
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fprintf(file, "%d\n%s\n1\n5432\n%s\n\n  1  1\nready\n", (int)getpid(), place.pgdata,
            place.socket);
    fclose(file);
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
}

static void test_interrupted_first_run(void)
{
    char command[2000];
    /* initdb was killed, its folder is half. */
    snprintf(command, sizeof command,
             "rm -rf '%s' && mkdir -p '%s.new/base' && "
             "echo 15 > '%s.new/PG_VERSION'",
             place.pgdata, place.pgdata, place.pgdata);
    CU_ASSERT_EQUAL(system(command), 0);
    pid_t server = server_start();
    CU_ASSERT_FATAL(server > 0);
    /* It was killed before the database was made. */
    char conninfo[600];
    snprintf(conninfo, sizeof conninfo, "%s dbname=postgres", place.conninfo);
    PGconn *pg = PQconnectdb(conninfo);
    PQclear(PQexec(pg, "DROP DATABASE partyline"));
    PQfinish(pg);
    server_end(server, SIGKILL);
    server = server_start();
    CU_ASSERT_FATAL(server > 0);
    CU_ASSERT_EQUAL(PQping(place.conninfo), PQPING_OK);
    pg = PQconnectdb(place.conninfo);
    CU_ASSERT_EQUAL(PQstatus(pg), CONNECTION_OK);
    PQfinish(pg);
    CU_ASSERT_EQUAL(server_end(server, SIGTERM), 0);
}

static const struct test_case cases[] = {
    {"the first start makes everything, the end leaves no process", test_start_and_stop},
    {"the second start is quick", test_second_start_is_quick},
    {"a second server is refused and told the first", test_two_servers},
    {"partylinectl attaches to a running one or starts its own", test_attach},
    {"a PostgreSQL left by a killed server is adopted", test_adoption},
    {"a killed postmaster is started again, busy backends or not", test_postmaster_killed},
    {"an adopted postmaster is supervised too", test_adopted_is_supervised},
    {"server and postmaster killed together come back", test_both_killed},
    {"a pid file that names somebody else is not believed", test_stale_pid_file},
    {"an interrupted first run starts again", test_interrupted_first_run},
};

int main(void)
{
    char dir[64], command[128];
    snprintf(dir, sizeof dir, "/tmp/partyline-test-%d", (int)getpid());
    log_init("test_cluster_life", (enum log_level)(LOG_ERROR_ + 1));
    if (!cluster_prepare(dir, &place, why)) {
        printf("test_cluster_life: %s\ntest_cluster_life: 0 passed, 1 failed\n", why);
        return 1;
    }
    int code = report_run("test_cluster_life", cases, ARRAY_LEN(cases));
    cluster_any_process(&place, SIGQUIT);
    while (cluster_any_process(&place, 0))
        cluster_sleep(20);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0)
        code = 1;
    return code;
}
