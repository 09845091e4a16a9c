#include "server/db/migrate.h"

#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queries.h"
#include "server/db/embedded.h"

enum { OLDEST_SERVER = 150000, WHY = sizeof((struct migrate_report *)0)->why };

static void conclude(struct migrate_report *out, enum migrate_state state, const char *format, ...)
    PRINTF_LIKE(3, 4);
static void conclude(struct migrate_report *out, enum migrate_state state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    out->state = state;
    vsnprintf(out->why, sizeof out->why, format, args);
    va_end(args);
}

/* The first line of what PostgreSQL says. */
static void first_line(const char *message, char *out, size_t size)
{
    snprintf(out, size, "%.*s", (int)strcspn(message, "\n"), message);
}

static bool unreachable(PGconn *pg, struct migrate_report *out)
{
    char said[400];
    first_line(PQerrorMessage(pg), said, sizeof said);
    conclude(out, MIGRATE_UNREACHABLE, "the database cannot be reached: %s", said);
    return false;
}

/* ---- the embedded files -----------------------------------------------------------------------
 */

/* "005_orders.sql" -> 5 */
static int file_version(const struct embedded_file *file)
{
    return atoi(file->name);
}

static int newest_version(void)
{
    int newest = 0;
    for (const struct embedded_file *file = schema_files; file->name; file++)
        if (file_version(file) > newest)
            newest = file_version(file);
    return newest;
}

/* ---- looking ----------------------------------------------------------------------------------
 */

/* NULL after unreachable() when it fails. */
static PGresult *ask(PGconn *pg, enum query query, struct migrate_report *out)
{
    PGresult *answer = PQexec(pg, query_table[query].sql);
    if (PQresultStatus(answer) == PGRES_TUPLES_OK)
        return answer;
    unreachable(pg, out);
    PQclear(answer);
    return NULL;
}

static const char *field(const PGresult *row, const char *name)
{
    return PQgetvalue(row, 0, PQfnumber(row, name));
}

static bool is_safe(PGconn *pg, struct migrate_report *out)
{
    static const char *const must_be_on[] = {"fsync", "full_page_writes", "synchronous_commit"};
    PGresult *row = ask(pg, Q_connection_check, out);
    if (!row)
        return false;
    bool ok = true;
    for (size_t i = 0; ok && i < ARRAY_LEN(must_be_on); i++)
        if (strcmp(field(row, must_be_on[i]), "off") == 0) {
            conclude(out, MIGRATE_UNSAFE,
                     "the database has %s off: acknowledged orders could be lost; switch it on",
                     must_be_on[i]);
            ok = false;
        }
    if (ok && strcmp(field(row, "server_encoding"), "UTF8") != 0) {
        conclude(out, MIGRATE_UNSAFE, "the database is encoded in %s, it must be UTF8",
                 field(row, "server_encoding"));
        ok = false;
    }
    if (ok && atoi(field(row, "server_version_num")) < OLDEST_SERVER) {
        conclude(out, MIGRATE_UNSAFE, "PostgreSQL %d is too old, it must be 15 or newer",
                 atoi(field(row, "server_version_num")) / 10000);
        ok = false;
    }
    PQclear(row);
    return ok;
}

static void compare_versions(PGconn *pg, struct migrate_report *out)
{
    PGresult *row = ask(pg, Q_schema_have, out);
    if (!row)
        return;
    out->have = atoi(field(row, "have"));
    PQclear(row);
    if (out->have == 0)
        conclude(out, MIGRATE_EMPTY, "the database has no schema: partylinectl init");
    else if (out->have < out->want)
        conclude(out, MIGRATE_BEHIND,
                 "the schema has version %d, this program needs %d: partylinectl migrate",
                 out->have, out->want);
    else if (out->have > out->want)
        conclude(out, MIGRATE_NEWER,
                 "the schema has version %d, this program knows only %d: use the newer program",
                 out->have, out->want);
    else
        conclude(out, MIGRATE_CURRENT, "the schema has version %d, as it should", out->have);
}

static void inspect(PGconn *pg, struct migrate_report *out)
{
    memset(out, 0, sizeof *out);
    out->want = newest_version();
    if (PQstatus(pg) != CONNECTION_OK) {
        unreachable(pg, out);
        return;
    }
    PGresult *row = is_safe(pg, out) ? ask(pg, Q_schema_exists, out) : NULL;
    if (!row)
        return;
    bool versioned = *field(row, "versioned") == 't', used = *field(row, "used") == 't';
    PQclear(row);
    if (versioned)
        compare_versions(pg, out);
    else if (used)
        conclude(out, MIGRATE_UNSAFE,
                 "the database holds other things than Partyline's: give it one "
                 "of its own");
    else
        conclude(out, MIGRATE_EMPTY, "the database has no schema: partylinectl init");
}

void migrate_inspect(const char *conninfo, struct migrate_report *out)
{
    PGconn *pg = PQconnectdb(conninfo);
    inspect(pg, out);
    PQfinish(pg);
}

/* ---- changing ---------------------------------------------------------------------------------
 */

static bool run(PGconn *pg, const char *sql, char *said, size_t size)
{
    PGresult *answer = PQexec(pg, sql);
    bool ok = PQresultStatus(answer) == PGRES_COMMAND_OK ||
              PQresultStatus(answer) == PGRES_TUPLES_OK ||
              PQresultStatus(answer) == PGRES_EMPTY_QUERY;
    if (!ok)
        first_line(PQerrorMessage(pg), said, size);
    PQclear(answer);
    return ok;
}

static bool run_with(PGconn *pg, enum query query, const char *first, const char *second,
                     char *said, size_t size)
{
    const char *values[] = {first, second};
    PGresult *answer = PQexecParams(pg, query_table[query].sql, 2, NULL, values, NULL, NULL, 0);
    bool ok =
        PQresultStatus(answer) == PGRES_COMMAND_OK || PQresultStatus(answer) == PGRES_TUPLES_OK;
    if (!ok)
        first_line(PQerrorMessage(pg), said, size);
    PQclear(answer);
    return ok;
}

/* A script ends as one transaction or leaves nothing. The data is followed by a NUL (embed.sh). */
static bool apply_file(PGconn *pg, const struct embedded_file *file, char *said, size_t size)
{
    char version[16];
    snprintf(version, sizeof version, "%d", file_version(file));
    if (run(pg, "BEGIN", said, size) && run(pg, (const char *)file->data, said, size) &&
        run_with(pg, Q_schema_record, version, file->name, said, size) &&
        run(pg, "COMMIT", said, size))
        return true;
    PQclear(PQexec(pg, "ROLLBACK"));
    return false;
}

static void apply_missing(PGconn *pg, struct migrate_report *out)
{
    char said[400];
    int have = out->have;
    for (const struct embedded_file *file = schema_files; file->name; file++) {
        if (file_version(file) <= have)
            continue;
        if (!apply_file(pg, file, said, sizeof said)) {
            inspect(pg, out);
            conclude(out, out->state == MIGRATE_CURRENT ? MIGRATE_BEHIND : out->state,
                     "%s failed and was undone: %s", file->name, said);
            return;
        }
    }
    inspect(pg, out);
}

void migrate_apply(const char *conninfo, struct migrate_report *out)
{
    char said[400];
    PGconn *pg = PQconnectdb(conninfo);
    inspect(pg, out);
    if (out->state == MIGRATE_EMPTY || out->state == MIGRATE_BEHIND) {
        /* The second of two waits here, and then finds nothing left to do. */
        bool ready = run(pg, query_table[Q_schema_lock].sql, said, sizeof said) &&
                     run(pg, "SET client_min_messages = warning", said, sizeof said) &&
                     run(pg, query_table[Q_schema_bookkeeping].sql, said, sizeof said);
        if (ready) {
            inspect(pg, out);
            if (out->state == MIGRATE_EMPTY || out->state == MIGRATE_BEHIND)
                apply_missing(pg, out);
        } else
            conclude(out, out->state, "the schema cannot be made: %s", said);
    }
    PQfinish(pg);
}

bool migrate_run_script(const char *conninfo, const char *name, const unsigned char *data,
                        size_t size, const char *const *settings, char *why)
{
    char said[400];
    char *script = malloc(size + 1);
    if (!script)
        abort();
    memcpy(script, data, size);
    script[size] = '\0';
    PGconn *pg = PQconnectdb(conninfo);
    bool ok = PQstatus(pg) == CONNECTION_OK;
    if (!ok)
        first_line(PQerrorMessage(pg), said, sizeof said);
    ok = ok && run(pg, "BEGIN", said, sizeof said);
    for (const char *const *one = settings; ok && one && *one; one += 2)
        ok = run_with(pg, Q_setting, one[0], one[1], said, sizeof said);
    ok = ok && run(pg, script, said, sizeof said) && run(pg, "COMMIT", said, sizeof said);
    if (!ok)
        snprintf(why, WHY, "%s failed and was undone: %s", name, said);
    PQfinish(pg); /* and with it an open transaction */
    free(script);
    return ok;
}
