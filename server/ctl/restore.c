/* partylinectl restore [--replace] FILE: fills a database from a backup. All of it happens in one
 * transaction, whose COMMIT is sent only when the whole backup has been read: a broken backup or a
 * crash leaves the database as it was. Never below a running server. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "server/ctl/ctl.h"

/* Grants in the backup name the roles, which are not part of it. */
static const char begin[] =
    "\\set ON_ERROR_STOP on\n"
    "BEGIN;\n"
    "SET client_min_messages = warning;\n"
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partyline_app') THEN "
    "CREATE ROLE partyline_app NOLOGIN; END IF; END $$;\n"
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'partyline_gateway') THEN "
    "CREATE ROLE partyline_gateway LOGIN; END IF; END $$;\n";
/* Everything of ours lives in public; it is made again as initdb makes it. */
static const char clear[] = "DROP SCHEMA public CASCADE;\n"
                            "CREATE SCHEMA public AUTHORIZATION pg_database_owner;\n"
                            "COMMENT ON SCHEMA public IS 'standard public schema';\n"
                            "GRANT USAGE ON SCHEMA public TO PUBLIC;\n";
static const char commit[] = "\nCOMMIT;\n";

static bool say(int fd, const char *text)
{
    size_t len = strlen(text);
    return write(fd, text, len) == (ssize_t)len;
}

/* pg_restore writes the SQL, psql runs it, this process frames it. */
static int replay(struct ctl *ctl, int dump, bool replace)
{
    int pipe_ends[2];
    if (pipe2(pipe_ends, O_CLOEXEC) != 0)
        return ctl_fail(1, "cannot make a pipe: %s", strerror(errno));
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    signal(SIGPIPE, SIG_IGN); /* psql's exit code tells more */
    pid_t psql = ctl_spawn(
        ctl, (const char *[]){"psql", "-Xq", "-v", "VERBOSITY=terse", "--dbname", "%", NULL},
        pipe_ends[0], nothing);
    close(pipe_ends[0]);
    close(nothing);
    bool ok = say(pipe_ends[1], begin) && (!replace || say(pipe_ends[1], clear)) &&
              ctl_run(ctl, (const char *[]){"pg_restore", "--no-owner", "--file=-", NULL}, dump,
                      pipe_ends[1]) == 0 &&
              say(pipe_ends[1], commit);
    close(pipe_ends[1]);
    ok = ctl_wait(psql) == 0 && ok;
    return ok ? 0 : ctl_fail(1, "the restore failed; the database is as it was");
}

static int check_target(struct ctl *ctl, bool replace)
{
    struct migrate_report report;
    migrate_inspect(ctl->conninfo, &report);
    if (report.state == MIGRATE_UNREACHABLE)
        return ctl_fail(1, "%s", report.why);
    if (report.state != MIGRATE_EMPTY && !replace)
        return ctl_fail(1, "the database is not empty; --replace removes what is in it");
    return 0;
}

static int restore(struct ctl *ctl, int dump, bool replace)
{
    struct migrate_report report;
    int code = ctl_reach(ctl, CTL_DATABASE);
    if (code == 0)
        code = check_target(ctl, replace);
    if (code == 0)
        code = replay(ctl, dump, replace);
    if (code != 0)
        return code;
    migrate_inspect(ctl->conninfo, &report);
    printf("restored; %s\n", report.why);
    /* An older backup is whole; the schema is brought up by the next start or by migrate. */
    return report.state == MIGRATE_CURRENT || report.state == MIGRATE_BEHIND ? 0 : 1;
}

int ctl_restore(struct ctl *ctl, int argc, char **argv)
{
    bool replace = argc > 1 && strcmp(argv[1], "--replace") == 0;
    if (argc != 2 + replace || argv[1 + replace][0] == '-')
        return ctl_usage(argv[0]);
    int server = ctl->embedded ? cluster_server_pid(&ctl->place) : 0;
    if (server)
        return ctl_fail(1, "%s is served by process %d: stop it first", ctl->place.dir, server);
    int dump = ctl_open_input(argv[1 + replace]);
    if (dump < 0)
        return ctl_fail(1, "cannot read %s: %s", argv[1 + replace], strerror(errno));
    int code = restore(ctl, dump, replace);
    close(dump);
    return code;
}
