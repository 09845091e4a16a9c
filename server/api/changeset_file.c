/* A spreadsheet into a change set: what can be taken is, each row that cannot is told with its line
 * and column, and nothing that is in the change set already is lost by it. The rows are read and
 * checked by the same code as partylinectl's. */
#include <string.h>

#include "server/api/changeset_part.h"
#include "server/api/routes.h"
#include "server/book/import_row.h"

enum { FAULTS_TOLD = 500, ROWS_MOST = 20000, UNPACKED_MOST = 16 << 20 };

struct taking {
    enum sheet sheet;
    struct import_kind kind;
    struct import import;
    size_t markets, twice, put; /* statements */
    int64_t rows, taken, same;
};

static void release(void *rows)
{
    json_decref(rows);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static json_t *faults_write(const struct import *import)
{
    json_t *items = json_array();
    for (size_t i = 0; i < import->nfaults && i < FAULTS_TOLD; i++) {
        const struct import_fault *fault = &import->faults[i];
        json_array_append_new(items, json_pack("{s:I,s:s,s:s}", "line", (json_int_t)fault->line,
                                               "column", fault->field, "say", fault->what));
    }
    return items;
}

static void answer(struct call *c)
{
    struct taking *t = c->state;
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:I,s:I,s:I,s:I,s:o}", "sheet", t->kind.name, "rows",
                         (json_int_t)t->rows, "taken", (json_int_t)t->taken, "same",
                         (json_int_t)t->same, "refused", (json_int_t)(t->rows - t->taken - t->same),
                         "problems", faults_write(&t->import)));
}

static void put_reply(struct call *c)
{
    struct taking *t = c->state;
    const struct db_batch *b = c->batch;
    for (size_t i = 0; i < db_rows(b, t->put); i++) {
        const char *result = db_value(b, t->put, i, 0);
        if (changeset_refused(c, result))
            return;
        struct problems problems;
        problems_init(&problems, c->arena);
        const struct problem *problem = changeset_row_problem(
            &problems, result, db_value(b, t->put, i, 1), db_value(b, t->put, i, 3));
        t->taken += strcmp(result, "saved") == 0;
        t->same += strcmp(result, "same") == 0;
        if (problem)
            import_fault(&t->import, db_int(b, t->put, i, 2), "",
                         problem_say(c->arena, c->language, problem));
    }
    import_sort(&t->import);
    answer(c);
}

/* ---- the rows -------------------------------------------------------------------------------- */

/* Of lines with the same key the first is taken. */
static void drop_twice(struct call *c, struct taking *t)
{
    size_t n = db_rows(c->batch, t->twice);
    int64_t *lines = ARENA_ARRAY(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        lines[i] = db_int(c->batch, t->twice, i, 0);
        import_fault(&t->import, lines[i], "",
                     arena_printf(c->arena, tr(c->language, "%s stands there twice"),
                                  db_value(c->batch, t->twice, i, 1)));
    }
    import_drop(&t->import, lines, n);
}

static void put_store(struct call *c)
{
    struct taking *t = c->state;
    drop_twice(c, t);
    t->put = DB_ADD(call_write(c), Q_import_sheet, t->kind.name,
                    wire_dump(c->arena, json_deep_copy(t->import.rows), NULL), c->params[0], "",
                    c->actor.login, c->actor.market);
    call_then(c, put_reply);
}

/* Also of a file without a row that can be taken it is told whether the change set is one. */
static void twice_load(struct call *c)
{
    struct taking *t = c->state;
    t->twice = DB_ADD(call_read(c), Q_import_twice, t->kind.name,
                      wire_dump(c->arena, json_deep_copy(t->import.rows), NULL));
    call_then(c, put_store);
}

/* ---- the file -------------------------------------------------------------------------------- */

static void markets_read(struct call *c, struct taking *t)
{
    size_t n = db_rows(c->batch, t->markets);
    struct import_market *markets = ARENA_ARRAY(c->arena, struct import_market, n);
    for (size_t i = 0; i < n; i++)
        markets[i] = (struct import_market){db_value(c->batch, t->markets, i, 0),
                                            (int)db_int(c->batch, t->markets, i, 1)};
    t->import.markets = markets;
    t->import.nmarkets = n;
}

static void unreadable(struct call *c, const struct import *import, const char *why)
{
    const char *say = *why ? tr(c->language, why) : tr(c->language, "there is nothing in the file");
    json_t *about = json_pack("{s:s}", "detail", say);
    if (import->broken_line) {
        json_object_set_new(about, "line", json_integer(import->broken_line));
        json_object_set_new(about, "column", json_integer(import->broken_column));
    }
    call_problem(c, STATUS_MALFORMED, about);
}

static void file_read(struct call *c)
{
    static const struct book_limits limits = {UNPACKED_MOST, ROWS_MOST};
    struct taking *t = c->state;
    const char *why = "";
    markets_read(c, t);
    if (!import_read(&t->import, c->request->body, c->request->body_len, &limits, &why)) {
        unreadable(c, &t->import, why);
        return;
    }
    t->rows = t->import.nrows;
    twice_load(c);
}

void changeset_import(struct call *c)
{
    struct taking *t = c->state = ARENA_NEW(c->arena, struct taking);
    const char *sheet = http_query(c->request, "sheet");
    t->sheet = sheet_by_name(sheet ? sheet : "");
    if (!changeset_id_ok(c))
        return;
    if (t->sheet == SHEETS) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such sheet");
        return;
    }
    t->kind = import_of_sheet(t->sheet);
    t->import = (struct import){
        .arena = c->arena, .language = c->language, .kind = &t->kind, .rows = json_array()};
    arena_defer(c->arena, release, t->import.rows);
    t->markets = DB_ADD(call_read(c), Q_import_markets);
    call_then(c, file_read);
}
