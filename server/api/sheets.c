/* Sheets: what the back office changes, a page at a time, each row with what a change set makes of
 * it; or the whole of one as a file. */
#include "core/wire/wire_office.h"
#include "server/api/routes.h"
#include "server/book/export_row.h"

#include <string.h>

enum { ROWS_USUAL = 50, ROWS_MOST = 200 };
enum { COL_KEY, COL_NAME, COL_CELLS, COL_BASE, COL_ID, COL_NEW, COL_GONE, COL_OLD };

enum { FILE_ROWS_MOST = 20000 };

struct page {
    enum sheet sheet;
    bool is_xlsx;
    const struct market_snapshot *market;
    int64_t most;
    size_t rows, list;
};

static json_t *json_of(const char *text)
{
    return text ? json_loads(text, 0, NULL) : json_null();
}

/* The row as it is (null: a new one), what it is changed to, and what it was when that began. */
static json_t *row_write(struct call *c, size_t statement, size_t i)
{
    const struct db_batch *b = c->batch;
    const char *id = db_value(b, statement, i, COL_ID);
    json_t *row = json_pack("{s:s,s:s,s:o,s:s?}", "key", db_value(b, statement, i, COL_KEY), "name",
                            db_value(b, statement, i, COL_NAME), "cells",
                            json_of(db_value(b, statement, i, COL_CELLS)), "base",
                            db_value(b, statement, i, COL_BASE));
    json_object_set_new(row, "change",
                        id ? json_pack("{s:s,s:o,s:o,s:b}", "id", id, "old",
                                       json_of(db_value(b, statement, i, COL_OLD)), "new",
                                       json_of(db_value(b, statement, i, COL_NEW)), "gone",
                                       db_bool(b, statement, i, COL_GONE))
                           : json_null());
    return row;
}

static void page_reply(struct call *c)
{
    struct page *p = c->state;
    const struct catalogue *m = &p->market->catalogue;
    size_t n = db_rows(c->batch, p->rows);
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(items, row_write(c, p->rows, i));
    const char *list = db_rows(c->batch, p->list) ? db_value(c->batch, p->list, 0, 0) : NULL;
    const char *next = (int64_t)n == p->most ? db_value(c->batch, p->rows, n - 1, COL_KEY) : NULL;
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:s,s:i,s:s?,s:o,s:o,s:s?}", "sheet", sheet_info(p->sheet).name,
                         "market", m->market, "currency", m->currency, "exponent", m->exponent,
                         "list", list, "columns", wire_columns_write(c->language, p->sheet),
                         "items", items, "next", next));
}

/* The audience of prices; false when there is no such one (answered). */
static bool audience_ok(struct call *c, const char **audience)
{
    *audience = http_query(c->request, "audience");
    if (!*audience)
        *audience = audience_name(AUDIENCE_retail);
    if (audience_by_name(*audience) != AUDIENCES)
        return true;
    call_fail(c, STATUS_MALFORMED, "audience or date cannot be read");
    return false;
}

static void page_load(struct call *c)
{
    struct page *p = c->state;
    const char *list = http_query(c->request, "list"), *audience,
               *words = http_query(c->request, "q");
    const char *language = http_query(c->request, "lang");
    p->market = call_market(c, http_query(c->request, "market"));
    if (!p->market || !audience_ok(c, &audience) ||
        !(p->most = call_limit(c, ROWS_USUAL, ROWS_MOST)))
        return;
    const char *market = p->market->catalogue.market, *name = sheet_info(p->sheet).name;
    p->list = DB_ADD(call_read(c), Q_sheet_list, market, audience, list);
    p->rows = DB_ADD(call_read(c), Q_sheet_page, name, market, audience, list,
                     language && *language ? language : "en", words && *words ? words : NULL,
                     http_query(c->request, "cursor"), db_text_int(c->arena, p->most),
                     http_query(c->request, "changeset"));
    call_then(c, page_reply);
}

/* NULL when there is no such sheet (answered). */
static struct page *page_of(struct call *c)
{
    struct page *p = c->state = ARENA_NEW(c->arena, struct page);
    p->sheet = sheet_by_name(c->params[0]);
    if (p->sheet != SHEETS)
        return p;
    call_fail(c, STATUS_NOT_FOUND, "there is no such sheet");
    return NULL;
}

void sheet_get(struct call *c)
{
    if (!page_of(c))
        return;
    call_read(c);
    call_then(c, page_load);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void file_reply(struct call *c)
{
    static const char *const types[] = {
        "text/csv; charset=utf-8",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"};
    struct page *p = c->state;
    struct book_writer writer;
    size_t n = db_rows(c->batch, p->rows), len = 0;
    if (n > FILE_ROWS_MOST) {
        call_fail(c, STATUS_PROBLEMS, "more than 20,000 rows: partylinectl export writes them");
        return;
    }
    bool began = book_write_begin(&writer, c->arena, p->is_xlsx);
    if (began)
        export_head(&writer, p->sheet);
    for (size_t i = 0; began && i < n; i++)
        export_row(&writer, c->arena, p->sheet, db_value(c->batch, p->rows, i, 0),
                   (int)db_int(c->batch, p->rows, i, 1));
    const char *bytes = began ? book_write_end(&writer, c->arena, &len) : NULL;
    if (!bytes) {
        call_fail(c, STATUS_UNAVAILABLE, "the file cannot be written now");
        return;
    }
    call_header(c, "Content-Disposition",
                arena_printf(c->arena, "attachment; filename=\"%s.%s\"", sheet_info(p->sheet).name,
                             p->is_xlsx ? "xlsx" : "csv"));
    call_reply_text(c, STATUS_OK, types[p->is_xlsx], bytes, len);
}

static void file_load(struct call *c)
{
    struct page *p = c->state;
    const char *format = http_query(c->request, "format"), *audience,
               *language = http_query(c->request, "lang");
    p->is_xlsx = format && strcmp(format, "xlsx") == 0;
    if (format && !p->is_xlsx && strcmp(format, "csv") != 0) {
        call_fail(c, STATUS_MALFORMED, "format is csv or xlsx");
        return;
    }
    p->market = call_market(c, http_query(c->request, "market"));
    if (!p->market || !audience_ok(c, &audience))
        return;
    p->rows = DB_ADD(call_read(c), Q_sheet_all, sheet_info(p->sheet).name,
                     language && *language ? language : "en", p->market->catalogue.market, audience,
                     http_query(c->request, "list"), http_query(c->request, "changeset"),
                     db_text_int(c->arena, FILE_ROWS_MOST + 1));
    call_then(c, file_reply);
}

void sheet_file(struct call *c)
{
    if (!page_of(c))
        return;
    call_read(c);
    call_then(c, file_load);
}
