/* partylinectl import KIND FILE: a spreadsheet as CSV or XLSX. Either all of it is brought in, in
 * one transaction, or nothing, and every fault is listed as FILE:LINE: field: what. What the back
 * office has as sheets goes through a change set, and so through the same checks as what is typed
 * there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "core/wire/wire_office.h"
#include "server/auth/token.h"
#include "server/ctl/ctl.h"
#include "server/ctl/import_columns.h"

enum { FILE_MAX = 256 << 20 };

/* ---- the file ---------------------------------------------------------------------------------
 */

static bool read_file(struct ctl *ctl, const char *path, struct text *out)
{
    static char buffer[65536];
    ssize_t n = 0;
    int fd = ctl_open_input(path);
    text_init(out, ctl->arena);
    while (fd >= 0 && out->len <= FILE_MAX && (n = read(fd, buffer, sizeof buffer)) > 0)
        text_addn(out, buffer, (size_t)n);
    if (fd < 0 || n < 0) {
        ctl_fail(1, "cannot read %s: %s", path, strerror(errno));
        return false;
    }
    close(fd);
    if (out->len > FILE_MAX)
        return ctl_fail(1, "%s is larger than 256 MiB", path) == 0;
    return true;
}

/* False when the file is no spreadsheet at all, which has been told. */
static bool read_rows(struct import *import, const char *path, const struct text *text)
{
    const char *why = "";
    if (import_read(import, text->data, text->len, &book_any, &why))
        return true;
    if (!*why)
        return ctl_fail(1, "%s is empty", path) == 0;
    if (import->broken_line)
        return ctl_fail(1, "%s:%lld:%lld: %s", path, (long long)import->broken_line,
                        (long long)import->broken_column, why) == 0;
    return ctl_fail(1, "%s: %s", path, why) == 0;
}

/* ---- the database -----------------------------------------------------------------------------
 */

static void clear(void *rows)
{
    PQclear(rows);
}

/* NULL with its line printed. */
static PGresult *ask(struct ctl *ctl, enum query query, const char *const *params)
{
    PGresult *rows = PQexecParams(ctl->conn, query_table[query].sql, query_table[query].nparams,
                                  NULL, params, NULL, NULL, 0);
    arena_defer(ctl->arena, clear, rows);
    if (PQresultStatus(rows) == PGRES_TUPLES_OK)
        return rows;
    const char *said = PQresultErrorField(rows, PG_DIAG_MESSAGE_PRIMARY);
    ctl_fail(1, "nothing was imported: %s", said ? said : PQerrorMessage(ctl->conn));
    return NULL;
}

static bool load_markets(struct ctl *ctl, struct import *import)
{
    PGresult *rows = ask(ctl, Q_import_markets, NULL);
    size_t n = rows ? (size_t)PQntuples(rows) : 0;
    struct import_market *markets = ARENA_ARRAY(ctl->arena, struct import_market, n);
    for (size_t i = 0; i < n; i++)
        markets[i] =
            (struct import_market){PQgetvalue(rows, (int)i, 0), atoi(PQgetvalue(rows, (int)i, 1))};
    import->markets = markets;
    import->nmarkets = n;
    return rows;
}

/* What only the database can tell: unknown groups, numbers that are taken. */
static bool find_faults(struct ctl *ctl, struct import *import, const struct ctl_import *kind,
                        const char *const *params)
{
    PGresult *rows = ask(ctl, kind->faults, params);
    for (int i = 0; rows && i < PQntuples(rows); i++)
        import_fault(import, atoll(PQgetvalue(rows, i, 0)), PQgetvalue(rows, i, 1),
                     PQgetvalue(rows, i, 2));
    return rows;
}

/* ---- the outcome ------------------------------------------------------------------------------
 */

static int list_faults(struct import *import, const char *path)
{
    import_sort(import);
    for (size_t i = 0; i < import->nfaults; i++) {
        const struct import_fault *fault = &import->faults[i];
        const char *colon = *fault->field ? ": " : "";
        if (fault->line)
            ctl_say(stdout, "%s:%lld: %s%s%s", path, (long long)fault->line, fault->field, colon,
                    fault->what);
        else /* of a row that is not in the file */
            ctl_say(stdout, "%s: %s%s%s", path, fault->field, colon, fault->what);
    }
    return ctl_fail(1, "nothing was imported: %zu fault%s in %s", import->nfaults,
                    import->nfaults == 1 ? "" : "s", path);
}

static int apply(struct ctl *ctl, struct import *import, const struct ctl_import *kind,
                 const char *path)
{
    const char *slash = strrchr(path, '/');
    char *json = json_dumps(import->rows, JSON_COMPACT);
    const char *params[] = {json, slash ? slash + 1 : path};
    int code = 1;
    PQclear(PQexec(ctl->conn, query_table[Q_import_begin].sql));
    if (find_faults(ctl, import, kind, params) && import->nfaults == 0) {
        PGresult *done = ask(ctl, kind->apply, params);
        PGresult *end = done ? PQexec(ctl->conn, query_table[Q_import_commit].sql) : NULL;
        if (PQresultStatus(end) == PGRES_COMMAND_OK)
            code = 0;
        else if (done)
            ctl_fail(1, "nothing was imported: %s", PQerrorMessage(ctl->conn));
        PQclear(end);
        if (code == 0)
            printf("%s: %s added, %s changed, %s as they were\n", import->kind->name,
                   PQgetvalue(done, 0, 0), PQgetvalue(done, 0, 1), PQgetvalue(done, 0, 2));
    } else if (import->nfaults > 0) {
        list_faults(import, path);
    }
    free(json);
    return code;
}

static const struct ctl_import *kind_by_name(const char *name)
{
    const struct ctl_import *kind = ctl_imports;
    while (kind->kind.name && strcmp(kind->kind.name, name) != 0)
        kind++;
    return kind->kind.name ? kind : NULL;
}

static void release(void *rows)
{
    json_decref(rows);
}

/* ---- sheets -----------------------------------------------------------------------------------
 */

/* The faults of a change set, by their lines. */
static void read_faults(struct import *import, const char *text)
{
    json_t *faults = json_loads(text, 0, NULL), *fault;
    size_t i;
    json_array_foreach(faults, i, fault)
    {
        struct problems problems;
        problems_init(&problems, import->arena);
        wire_fault_read(&problems, fault);
        const char *column = json_string_value(json_object_get(fault, "column"));
        if (problems.count && problem_severity(problems.items[0].code) == SEVERITY_stop)
            import_fault(import, json_integer_value(json_object_get(fault, "line")),
                         arena_strdup(import->arena, column),
                         problem_say(import->arena, LANGUAGE_en, &problems.items[0]));
    }
    json_decref(faults);
}

static bool find_twice(struct ctl *ctl, struct import *import, const char *const *params)
{
    PGresult *rows = ask(ctl, Q_import_twice, params);
    for (int i = 0; rows && i < PQntuples(rows); i++)
        import_fault(import, atoll(PQgetvalue(rows, i, 0)), "",
                     arena_printf(import->arena, "%s stands there twice", PQgetvalue(rows, i, 1)));
    return rows;
}

/* Fills the change set and publishes it; with a login it is left for that one to publish. */
static bool publish(struct ctl *ctl, struct import *import, const char *const *params,
                    const char *login)
{
    const char *looks[] = {params[2], NULL, "partylinectl", params[2], "f", "t"};
    if (!login && import->nfaults == 0)
        looks[4] = "t";
    PGresult *put = ask(ctl, Q_import_sheet, params);
    PGresult *done = put ? ask(ctl, Q_changeset_publish, looks) : NULL;
    if (done)
        read_faults(import, PQgetvalue(done, 0, 3));
    return done;
}

static int apply_sheet(struct ctl *ctl, struct import *import, const char *path, const char *login)
{
    const char *slash = strrchr(path, '/');
    char *json = json_dumps(import->rows, JSON_COMPACT), ulid[ULID_TEXT];
    ulid_new(ulid);
    const char *params[] = {
        sheet_info(import->kind->sheet).name, json, ulid, slash ? slash + 1 : path, login, NULL};
    PGresult *counts = NULL;
    PQclear(PQexec(ctl->conn, query_table[Q_import_begin].sql));
    bool asked = find_twice(ctl, import, params) && publish(ctl, import, params, login);
    if (asked)
        counts = ask(ctl, Q_import_counts, (const char *const[]){params[0], json, ulid});
    free(json);
    bool keep = counts && (import->nfaults == 0 || login);
    PGresult *end = PQexec(ctl->conn, query_table[keep ? Q_import_commit : Q_import_rollback].sql);
    bool good = keep && PQresultStatus(end) == PGRES_COMMAND_OK;
    PQclear(end);
    if (!asked || !counts)
        return 1;
    if (!good)
        return list_faults(import, path);
    printf("%s: %s added, %s changed, %s as they were\n", import->kind->name,
           PQgetvalue(counts, 0, 0), PQgetvalue(counts, 0, 1), PQgetvalue(counts, 0, 2));
    if (login && import->nfaults)
        list_faults(import, path);
    if (login)
        printf("change set %s waits for %s to publish it\n", ulid, login);
    return 0;
}

int ctl_import(struct ctl *ctl, int argc, char **argv)
{
    struct text text;
    struct import import = {.arena = ctl->arena, .rows = json_array()};
    bool is_draft = argc == 5 && strcmp(argv[1], "--draft") == 0;
    const char *login = is_draft ? argv[2] : NULL;
    arena_defer(ctl->arena, release, import.rows);
    if (argc != 3 && !is_draft)
        return ctl_usage(argv[0]);
    const char *name = argv[argc - 2], *path = argv[argc - 1];
    const struct ctl_import *other = kind_by_name(name);
    enum sheet sheet = sheet_by_name(name);
    struct import_kind kind = other             ? other->kind
                              : sheet == SHEETS ? (struct import_kind){NULL, SHEETS, NULL, 0}
                                                : import_of_sheet(sheet);
    import.kind = &kind;
    if (!kind.name || (is_draft && other))
        return ctl_usage(argv[0]);
    if (!read_file(ctl, path, &text) || !load_markets(ctl, &import) ||
        !read_rows(&import, path, &text))
        return 1;
    if (import.nfaults > 0 && json_array_size(import.rows) == 0)
        return list_faults(&import, path);
    return other ? apply(ctl, &import, other, path) : apply_sheet(ctl, &import, path, login);
}
