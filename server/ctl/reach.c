#include "server/ctl/reach.h"
#include "core/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_harmless(uint32_t c)
{
    bool turns = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                 (c >= 0x2066 && c <= 0x2069);
    bool ends_line = c == 0x2028 || c == 0x2029;
    return c >= 0x20 && (c < 0x7F || c >= 0xA0) && !turns && !ends_line;
}

static void say(FILE *out, const char *format, va_list args)
{
    char *line = NULL;
    int len = vasprintf(&line, format, args);
    if (len < 0)
        abort();
    while (len > 0 && line[len - 1] == '\n') /* libpq ends with one */
        len--;
    for (const char *at = line, *end = line + len, *next = at; at < end; at = next) {
        uint32_t c = utf8_next(&next, end);
        if (is_harmless(c) && (c != 0xFFFD || next - at > 1))
            fwrite(at, 1, (size_t)(next - at), out);
        else
            fputc(c == '\n' ? ' ' : '?', out);
    }
    fputc('\n', out);
    free(line);
}

void ctl_say(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(out, format, args);
    va_end(args);
}

int ctl_fail(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fflush(stdout); /* what was printed before stands before */
    fputs("partylinectl: ", stderr);
    say(stderr, format, args);
    va_end(args);
    return code;
}

/* ---- reaching the database --------------------------------------------------------------------
 */

static int reach_place(struct ctl *ctl)
{
    char why[CLUSTER_WHY];
    ctl->embedded = ctl->config.embedded != NULL;
    if (!ctl->embedded) {
        ctl->conninfo = ctl->config.database;
        return 0;
    }
    if (*ctl->place.dir)
        return 0;
    if (!cluster_prepare(ctl->config.embedded, &ctl->place, why))
        return ctl_fail(1, "%s", why);
    ctl->conninfo = ctl->place.conninfo;
    return 0;
}

static int reach_database(struct ctl *ctl)
{
    char why[CLUSTER_WHY];
    bool started;
    if (ctl->conn)
        return 0;
    if (ctl->embedded && !(ctl->cluster = cluster_attach(&ctl->place, &started, why)))
        return ctl_fail(1, "%s", why);
    ctl->conn = PQconnectdb(ctl->conninfo);
    if (PQstatus(ctl->conn) != CONNECTION_OK) {
        const char *said = PQerrorMessage(ctl->conn);
        int code =
            ctl_fail(1, "the database cannot be reached: %.*s", (int)strcspn(said, "\n"), said);
        PQfinish(ctl->conn);
        ctl->conn = NULL;
        return code;
    }
    PQclear(PQexec(ctl->conn, "SET client_min_messages = warning"));
    return 0;
}

static int reach_schema(struct ctl *ctl)
{
    struct migrate_report report;
    migrate_inspect(ctl->conninfo, &report);
    return report.state == MIGRATE_CURRENT ? 0 : ctl_fail(1, "%s", report.why);
}

int ctl_reach(struct ctl *ctl, enum ctl_need need)
{
    int code = reach_place(ctl);
    if (code == 0 && need >= CTL_DATABASE)
        code = reach_database(ctl);
    if (code == 0 && need >= CTL_SCHEMA)
        code = reach_schema(ctl);
    return code;
}

void ctl_release(struct ctl *ctl)
{
    if (ctl->conn)
        PQfinish(ctl->conn);
    if (ctl->cluster)
        cluster_stop(ctl->cluster);
    cluster_free(ctl->cluster);
    config_release(&ctl->config);
    arena_free(ctl->arena);
}

const char *ctl_value(struct ctl *ctl, const char *sql)
{
    PGresult *answer = PQexec(ctl->conn, sql);
    const char *value = NULL;
    if (PQresultStatus(answer) == PGRES_TUPLES_OK && PQntuples(answer) > 0 &&
        !PQgetisnull(answer, 0, 0))
        value = arena_strdup(ctl->arena, PQgetvalue(answer, 0, 0));
    PQclear(answer);
    return value;
}

static void clear(void *rows)
{
    PQclear(rows);
}

PGresult *ctl_ask(struct ctl *ctl, enum query query, const char *const *params)
{
    PGresult *rows = PQexecParams(ctl->conn, query_table[query].sql, query_table[query].nparams,
                                  NULL, params, NULL, NULL, 0);
    arena_defer(ctl->arena, clear, rows);
    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        return rows;
    ctl_fail(1, "%s: %s", query_table[query].name, PQerrorMessage(ctl->conn));
    return NULL;
}

/* ---- PostgreSQL's programs --------------------------------------------------------------------
 */

/* The conninfo without its password, which goes to the environment of this process's children. */
static const char *public_conninfo(struct ctl *ctl)
{
    PQconninfoOption *options = PQconninfoParse(ctl->conninfo, NULL);
    char *out = arena_strdup(ctl->arena, "");
    for (PQconninfoOption *one = options; one && one->keyword; one++) {
        if (!one->val)
            continue;
        if (strcmp(one->keyword, "password") == 0) {
            setenv("PGPASSWORD", one->val, 1);
            continue;
        }
        char *quoted = arena_alloc(ctl->arena, 2 * strlen(one->val) + 1), *to = quoted;
        for (const char *from = one->val; *from; from++) {
            if (*from == '\'' || *from == '\\')
                *to++ = '\\';
            *to++ = *from;
        }
        out = arena_printf(ctl->arena, "%s%s='%s'", out, one->keyword, quoted);
        out = arena_printf(ctl->arena, "%s ", out);
    }
    PQconninfoFree(options);
    return out;
}

pid_t ctl_spawn(struct ctl *ctl, const char *const *argv, int in, int out)
{
    char path[600], why[CLUSTER_WHY];
    const char *words[32];
    size_t n = 0;
    if (!cluster_program(argv[0], path, sizeof path, why)) {
        ctl_fail(1, "%s", why);
        return -1;
    }
    for (; argv[n] && n + 1 < ARRAY_LEN(words); n++)
        words[n] = strcmp(argv[n], "%") == 0 ? public_conninfo(ctl) : argv[n];
    words[n] = NULL;
    pid_t child = fork();
    if (child == 0) {
        /* Files come as descriptors; the folder may be one that the user we dropped to cannot
         * enter. */
        if ((in >= 0 && dup2(in, 0) < 0) || (out >= 0 && dup2(out, 1) < 0) || chdir("/") != 0)
            _exit(126);
        execv(path, (char *const *)(uintptr_t)words);
        _exit(127);
    }
    return child;
}

int ctl_wait(pid_t child)
{
    int status = -1;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int ctl_run(struct ctl *ctl, const char *const *argv, int in, int out)
{
    return ctl_wait(ctl_spawn(ctl, argv, in, out));
}
