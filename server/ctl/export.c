/* partylinectl export KIND FILE.csv|FILE.xlsx: a sheet as a spreadsheet that import takes back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "queries.h"
#include "server/book/export_row.h"
#include "server/ctl/ctl.h"

struct export
{
    struct ctl *ctl;
    enum sheet sheet;
    struct book_writer writer;
    long long rows;
};

/* The rows of one language, which matters to names only; false with the reason told. */
static bool write_rows(struct export *e, const char *language)
{
    const char *params[] = {sheet_info(e->sheet).name, language, NULL, NULL, NULL, NULL, NULL};
    PGresult *rows = PQexecParams(e->ctl->conn, query_table[Q_sheet_all].sql,
                                  query_table[Q_sheet_all].nparams, NULL, params, NULL, NULL, 0);
    bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    if (!good)
        ctl_fail(1, "nothing was exported: %s", PQerrorMessage(e->ctl->conn));
    for (int i = 0; good && i < PQntuples(rows); i++) {
        struct arena *arena = arena_new();
        export_row(&e->writer, arena, e->sheet, PQgetvalue(rows, i, 0),
                   atoi(PQgetvalue(rows, i, 1)));
        e->rows++;
        arena_free(arena);
    }
    PQclear(rows);
    return good;
}

static bool write_all(struct export *e)
{
    export_head(&e->writer, e->sheet);
    if (e->sheet != SHEET_items && e->sheet != SHEET_choices)
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
