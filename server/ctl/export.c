/* partylinectl export KIND FILE.csv|FILE.xlsx: a sheet as a spreadsheet that import takes back. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/sheet.h"
#include "queries.h"
#include "server/book/book.h"
#include "server/ctl/ctl.h"

struct export
{
    struct ctl *ctl;
    enum sheet sheet;
    struct book_writer writer;
    long long rows;
};

static struct cell cell_of(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return (struct cell){CELL_IS_TEXT, arena_strdup(arena, json_string_value(value)), 0};
    if (json_is_boolean(value))
        return (struct cell){CELL_IS_BOOL, NULL, json_is_true(value)};
    if (json_is_integer(value))
        return (struct cell){CELL_IS_NUMBER, NULL, json_integer_value(value)};
    return (struct cell){.kind = CELL_EMPTY};
}

static void write_head(struct export *e)
{
    struct sheet_info info = sheet_info(e->sheet);
    for (size_t i = 0; i < info.ncolumns; i++)
        book_write_cell(&e->writer, info.columns[i].name, false);
    book_write_row(&e->writer);
}

static void write_row(struct export *e, struct arena *arena, const char *json, int exponent)
{
    struct sheet_info info = sheet_info(e->sheet);
    json_t *cells = json_loads(json, 0, NULL);
    for (size_t i = 0; i < info.ncolumns; i++) {
        struct cell cell = cell_of(arena, json_object_get(cells, info.columns[i].name));
        book_write_cell(&e->writer, cell_format(arena, info.columns[i].type, &cell, exponent),
                        cell.kind == CELL_IS_NUMBER);
    }
    book_write_row(&e->writer);
    json_decref(cells);
    e->rows++;
}

/* The rows of one language, which matters to items only; false with the reason told. */
static bool write_rows(struct export *e, const char *language)
{
    const char *params[] = {sheet_info(e->sheet).name, language, NULL, NULL};
    PGresult *rows = PQexecParams(e->ctl->conn, query_table[Q_sheet_all].sql,
                                  query_table[Q_sheet_all].nparams, NULL, params, NULL, NULL, 0);
    bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    if (!good)
        ctl_fail(1, "nothing was exported: %s", PQerrorMessage(e->ctl->conn));
    for (int i = 0; good && i < PQntuples(rows); i++) {
        struct arena *arena = arena_new();
        write_row(e, arena, PQgetvalue(rows, i, 0), atoi(PQgetvalue(rows, i, 1)));
        arena_free(arena);
    }
    PQclear(rows);
    return good;
}

static bool write_all(struct export *e)
{
    write_head(e);
    if (e->sheet != SHEET_items)
        return write_rows(e, "en");
    PGresult *languages = PQexec(e->ctl->conn, query_table[Q_sheet_languages].sql);
    bool good = PQresultStatus(languages) == PGRES_TUPLES_OK;
    for (int i = 0; good && i < PQntuples(languages); i++)
        good = write_rows(e, PQgetvalue(languages, i, 0));
    PQclear(languages);
    return good;
}

static bool put(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n <= 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

int ctl_save_book(struct ctl *ctl, struct book_writer *writer, const char *path, const char *what,
                  long long rows)
{
    size_t len = 0;
    const char *bytes = book_write_end(writer, ctl->arena, &len);
    int fd = bytes ? ctl_output_begin(path) : -1;
    bool good = fd >= 0 && put(fd, bytes, len);
    if (fd >= 0)
        good = ctl_output_end(path, fd, good) && good;
    if (!good)
        return ctl_fail(1, "cannot write %s: %s", path, strerror(errno));
    printf("%s: %lld rows in %s\n", what, rows, path);
    return 0;
}

int ctl_export(struct ctl *ctl, int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "ledger") == 0)
        return ctl_export_ledger(ctl, argc, argv);
    if (argc == 3 && strcmp(argv[1], "certificates") == 0)
        return ctl_export_certificates(ctl, argv[2]);
    if (argc != 3 || sheet_by_name(argv[1]) == SHEETS)
        return ctl_usage(argv[0]);
    struct export e = {.ctl = ctl, .sheet = sheet_by_name(argv[1])};
    if (!book_write_begin(&e.writer, ctl->arena, book_is_xlsx(argv[2])))
        return ctl_fail(1, "no room for a spreadsheet: %s", strerror(errno));
    if (write_all(&e))
        return ctl_save_book(ctl, &e.writer, argv[2], sheet_info(e.sheet).name, e.rows);
    return 1;
}
