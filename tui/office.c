/* The page of a sheet that is in memory, and how one gets to others. */
#include "tui/office.h"

#include "core/text.h"
#include "tui/open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct office *office_of(struct app *app)
{
    if (app->office)
        return app->office;
    struct office *office = app->office = calloc(1, sizeof *office);
    if (!office)
        abort();
    office->app = app;
    snprintf(office->market, sizeof office->market, "%s", app->session.market.market);
    snprintf(office->audience, sizeof office->audience, "retail");
    snprintf(office->language, sizeof office->language, "en");
    return office;
}

bool office_may(const struct app *app)
{
    for (size_t i = 0; i < app->session.nroles; i++)
        if (strcmp(app->session.roles[i], "office") == 0)
            return true;
    return false;
}

/* ---- where one is ---------------------------------------------------------------------------- */

struct reply_row *office_row(struct office *office)
{
    return office->row < office->page.n ? &office->page.rows[office->row] : NULL;
}

const struct sheet_column *office_column(const struct office *office)
{
    const struct sheet_column *columns = sheet_info(office->sheet).columns;
    return columns + office->column;
}

bool office_has_language(const struct office *office)
{
    return sheet_column(office->sheet, "language") != NULL;
}

bool office_has_market(const struct office *office)
{
    return sheet_column(office->sheet, "market") != NULL;
}

bool office_hides(const struct office *office, size_t column)
{
    const char *name = sheet_info(office->sheet).columns[column].name;
    bool of_list = strcmp(name, "audience") == 0 || strcmp(name, "list") == 0;
    return strcmp(name, "market") == 0 || strcmp(name, "language") == 0 ||
           (of_list && office->sheet == SHEET_prices);
}

/* ---- pages ----------------------------------------------------------------------------------- */

static void cursor_keep(struct office *office, size_t page, const char *cursor)
{
    if (page >= office->npages) {
        office->cursors = realloc(office->cursors, (page + 1) * sizeof *office->cursors);
        if (!office->cursors)
            abort();
        office->npages = page + 1;
    } else {
        free(office->cursors[page]);
    }
    if (!(office->cursors[page] = strdup(cursor)))
        abort();
}

static void loaded(struct office *office)
{
    bool waited = office->loading;
    office->loading = false;
    if (office->to_last || office->row >= office->page.n)
        office->row = office->page.n ? office->page.n - 1 : 0;
    office->to_last = false;
    if (waited)
        app_ahead_replay(office->app);
}

/* Pages have an owner of their own: giving up one of them loses no cell that is on its way. */
static void take(void *owner, const struct answer *answer)
{
    struct office *office = (struct office *)((char *)owner - offsetof(struct office, query));
    bool is_latest = answer->context == office->query.asked;
    if (is_latest)
        office->page.n = 0;
    if (query_answer(&office->query, answer) &&
        !reply_sheet_read(office->query.arena, answer->body, answer->len, &office->page))
        query_unreadable(&office->query);
    if (!is_latest)
        return;
    if (*office->page.list)
        snprintf(office->list, sizeof office->list, "%s", office->page.list);
    loaded(office);
}

void office_ask(struct office *office, bool from_start)
{
    struct arena *arena = arena_new();
    struct text path;
    if (from_start) {
        office->page_no = office->row = office->top = 0;
        cursor_keep(office, 0, "");
    }
    const char *pairs[][2] = {
        {"market", office->market},
        {"audience", office->sheet == SHEET_prices ? office->audience : ""},
        {"list", office->sheet == SHEET_prices ? office->list : ""},
        {"lang", office_has_language(office) ? office->language : ""},
        {"q", office->words},
        {"changeset", office->has_set ? office->changeset : ""},
        {"cursor", office->cursors[office->page_no]},
    };
    text_init(&path, arena);
    text_printf(&path, "/sheets/%s?limit=%d", sheet_info(office->sheet).name, OFFICE_PAGE);
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        if (*pairs[i][1])
            text_printf(&path, "&%s=%s", pairs[i][0], query_escape(arena, pairs[i][1]));
    office->adding = false;
    query_ask(&office->query, office->app, path.data, take, &office->query);
    arena_free(arena);
}

bool office_turn(struct office *office, int by)
{
    if (by > 0 ? !*office->page.next || office->page.n == 0 : office->page_no == 0)
        return false;
    if (by > 0)
        cursor_keep(office, office->page_no + 1, office->page.next);
    office->page_no += by > 0 ? 1 : (size_t)-1;
    office->to_last = by < 0;
    office->row = office->top = 0;
    office->loading = true;
    office_ask(office, false);
    return true;
}

bool office_not(struct app *app)
{
    struct office *office = app->office;
    client_forget(app->client, &office->query);
    office->query.waiting = office->loading = false;
    return true;
}

/* ---- opening --------------------------------------------------------------------------------- */

void open_sheet(struct app *app, enum sheet sheet)
{
    struct office *office = office_of(app);
    struct sheet_info info = sheet_info(sheet);
    office->sheet = sheet;
    office->words[0] = '\0';
    office->page = (struct reply_sheet){.sheet = sheet, .list = "", .next = "", .currency = ""};
    office->column = office->left = 0;
    while (office->column + 1 < info.ncolumns &&
           (office_hides(office, office->column) ||
            office_column(office)->flags & (COLUMN_KEY | COLUMN_FIXED)))
        office->column++;
    office_ask(office, true);
    app_show(app, &screen_sheet);
}
