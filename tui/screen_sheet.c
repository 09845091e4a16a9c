/* A sheet: the arrows and Tab go from cell to cell, what is typed goes into the cell with Enter. */
#include "tui/frame.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- from cell to cell ----------------------------------------------------------------------- */

static void step_row(struct office *office, int by)
{
    if (office->adding && !office_added(office))
        return;
    if (by > 0 && office->row + 1 < office->page.n)
        office->row++;
    else if (by < 0 && office->row > 0)
        office->row--;
    else if (!office_turn(office, by) && by > 0)
        app_say(office->app, ROLE_WARN, "this is the last row.");
}

static void step_column(struct office *office, int by)
{
    size_t n = sheet_info(office->sheet).ncolumns;
    do
        office->column = (office->column + n + (size_t)by) % n;
    while (office_hides(office, office->column));
}

static void step_page(struct office *office, int by)
{
    int rows = terminal_rows() > 12 ? terminal_rows() - 9 : 3;
    if (office->adding && !office_added(office))
        return;
    if (by > 0 && office->row + 1 < office->page.n) {
        office->row += (size_t)rows;
        if (office->row >= office->page.n)
            office->row = office->page.n - 1;
    } else if (by < 0 && office->row > 0) {
        office->row = office->row > (size_t)rows ? office->row - (size_t)rows : 0;
    } else if (!office_turn(office, by)) {
        app_say(office->app, ROLE_WARN, "there are no more rows.");
    }
}

/* ---- what is typed --------------------------------------------------------------------------- */

static bool is_function(const char *text)
{
    return text[0] == '/' && text[1] >= '0' && text[1] <= '9';
}

static void drop_filter(struct office *office)
{
    office->words[0] = '\0';
    office_ask(office, true);
}

/* True when the text went into the cell. */
static bool take_text(struct office *office, const char *text)
{
    static const struct {
        const char *text;
        void (*run)(struct office *office);
    } commands[] = {{"u", office_undo_one}, {"+", office_add}, {"x", office_remove}};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].text, text) == 0) {
            commands[i].run(office);
            return false;
        }
    if (office_type(office, text))
        return true;
    entry_line_offer(&office->app->line, text); /* to be put right */
    return false;
}

/* What stands in the entry line goes into the cell, if there is anything; false when it stays. */
static bool take_line(struct office *office)
{
    char text[ENTRY_TEXT];
    office->app->said.text[0] = '\0';
    return !entry_line_take(&office->app->line, text) || take_text(office, text);
}

static void enter_key(struct app *app)
{
    struct office *office = app->office;
    char text[ENTRY_TEXT];
    app->said.text[0] = '\0';
    if (app->line.offered) {
        app->line.offered = false;
        return;
    }
    if (!entry_line_take(&app->line, text)) {
        step_row(office, 1);
        return;
    }
    bool was_adding = office->adding;
    if (is_function(text))
        app_function(app, atoi(text + 1));
    else if (take_text(office, text))
        (was_adding ? step_column : step_row)(office, 1);
}

static bool key(struct app *app, const struct input *input)
{
    struct office *office = app->office;
    static const struct {
        enum input_code code;
        void (*step)(struct office *office, int by);
        int by;
        bool within_line; /* moves in the entry line while there is something in it */
    } steps[] = {
        {INPUT_DOWN, step_row, 1, false},       {INPUT_UP, step_row, -1, false},
        {INPUT_TAB, step_column, 1, false},     {INPUT_BACK_TAB, step_column, -1, false},
        {INPUT_RIGHT, step_column, 1, true},    {INPUT_LEFT, step_column, -1, true},
        {INPUT_PAGE_DOWN, step_page, 1, false}, {INPUT_PAGE_UP, step_page, -1, false},
    };
    if (input->code == INPUT_ENTER) {
        app->entries++;
        enter_key(app);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (steps[i].code != input->code || (steps[i].within_line && app->line.len))
            continue;
        if (take_line(office))
            steps[i].step(office, steps[i].by);
        return true;
    }
    return false;
}

/* ---- function keys --------------------------------------------------------------------------- */

static void find(struct app *app)
{
    struct office *office = app->office;
    char text[ENTRY_TEXT];
    if (!entry_line_take(&app->line, text)) {
        drop_filter(office);
        return;
    }
    snprintf(office->words, sizeof office->words, "%.60s", text);
    office_ask(office, true);
}

static void refresh(struct app *app)
{
    office_ask(app->office, false);
}

static void next_market(struct app *app)
{
    struct office *office = app->office;
    const struct reply_session *session = &app->session;
    size_t at = 0;
    while (at < session->nmarkets && strcmp(session->markets[at].market, office->market) != 0)
        at++;
    if (!office_has_market(office) || session->nmarkets == 0) {
        app_say(app, ROLE_WARN, "this sheet is the same in every market.");
        return;
    }
    at = at + 1 < session->nmarkets ? at + 1 : 0;
    snprintf(office->market, sizeof office->market, "%s", session->markets[at].market);
    office->list[0] = '\0';
    office->lists.n = 0;
    office_ask(office, true);
}

/* The list behind the one that is shown, audience by audience. */
static void list_after(struct office *office)
{
    const struct reply_sheet *lists = &office->lists;
    size_t at = 0;
    while (at < lists->n && (strcmp(lists->rows[at].cells[1].text, office->audience) != 0 ||
                             strcmp(lists->rows[at].cells[2].text, office->list) != 0))
        at++;
    if (lists->n == 0)
        return;
    at = at + 1 < lists->n ? at + 1 : 0;
    snprintf(office->audience, sizeof office->audience, "%s", lists->rows[at].cells[1].text);
    snprintf(office->list, sizeof office->list, "%s", lists->rows[at].cells[2].text);
    office_ask(office, true);
}

static void lists_take(void *owner, const struct answer *answer)
{
    struct office *office = owner;
    if (!query_answer(&office->lists_query, answer) ||
        !reply_sheet_read(office->lists_query.arena, answer->body, answer->len, &office->lists))
        return;
    list_after(office);
}

static void next_list(struct app *app)
{
    struct office *office = app->office;
    struct arena *arena = arena_new();
    static const char *const languages[] = {"en", "de", "zh"};
    size_t at = 0;
    if (office_has_language(office)) {
        while (at < ARRAY_LEN(languages) && strcmp(languages[at], office->language) != 0)
            at++;
        snprintf(office->language, sizeof office->language, "%s",
                 languages[(at + 1) % ARRAY_LEN(languages)]);
        office_ask(office, true);
    } else if (office->sheet != SHEET_prices) {
        app_say(app, ROLE_WARN, "only prices, items and choices have others to go to.");
    } else if (office->lists.n) {
        list_after(office);
    } else {
        query_ask(&office->lists_query, app,
                  arena_printf(arena, "/sheets/lists?limit=200&market=%s", office->market),
                  lists_take, office);
    }
    arena_free(arena);
}

static void check(struct app *app)
{
    struct office *office = app->office;
    if (!take_line(office) || !office_added(office))
        return;
    if (office->has_set)
        open_changes(app);
    else
        app_say(app, ROLE_WARN, "nothing is changed yet.");
}

/* A row that is not complete is not thrown away by one key. */
static void back(struct app *app)
{
    if (app->office->adding)
        app_say(app, ROLE_WARN, "the new row is not kept yet: Down keeps it, u drops it.");
    else
        app_back(app);
}

/* ---- the screen ------------------------------------------------------------------------------ */

/* Back from the changes: what somebody else has done meanwhile. */
static void enter(struct app *app)
{
    struct office *office = app->office;
    if (!office->query.waiting && !office->adding)
        office_ask(office, false);
}

static void draw(struct app *app, struct frame *frame)
{
    office_draw(app->office, frame);
}

static void say(struct app *app, struct speech *speech)
{
    office_say(app->office, speech);
}

const struct screen screen_sheet = {
    .id = SCREEN_sheet,
    .grammar = AT_FIND,
    .enter = enter,
    .draw = draw,
    .say = say,
    .key = key,
    .actions = {[ACTION_FIND] = find,
                [ACTION_REFRESH] = refresh,
                [ACTION_MARKET] = next_market,
                [ACTION_LIST] = next_list,
                [ACTION_CHECK] = check,
                [ACTION_EXPORT] = office_export,
                [ACTION_IMPORT] = office_import,
                [ACTION_BACK] = back},
};
