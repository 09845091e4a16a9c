/* Cells that are typed over go to the server at once, into the user's change set: a dead terminal
 * loses nothing, and whoever else has the row in hand is heard of. */
#include "core/text.h"
#include "core/wire/request.h"
#include "tui/office.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the change set -------------------------------------------------------------------------- */

static void set_take(void *owner, const struct answer *answer)
{
    struct office *office = owner;
    struct arena *arena = arena_new();
    struct reply_changeset set;
    if (!answer_is_ok(answer)) {
        app_say_answer(office->app, answer);
    } else if (reply_changeset_read(arena, answer->body, answer->len, &set) &&
               strcmp(set.state, "draft") == 0) {
        bool is_other = !office->has_set;
        snprintf(office->changeset, sizeof office->changeset, "%s", set.id);
        snprintf(office->rev, sizeof office->rev, "%s", set.rev);
        snprintf(office->effective, sizeof office->effective, "%s", set.effective);
        office->rows = set.rows;
        office->has_set = true;
        if (is_other && app_screen(office->app)->id == SCREEN_sheet)
            office_ask(office, false); /* what it changes was not shown */
    }
    arena_free(arena);
}

void office_set_ask(struct office *office)
{
    struct arena *arena = arena_new();
    const char *path = office->has_set ? arena_printf(arena, "/changesets/%s", office->changeset)
                                       : "/changesets?state=draft&owner=me&limit=1";
    client_send(office->app->client,
                &(struct request){
                    .method = "GET", .path = path, .tries = 3, .done = set_take, .owner = office});
    arena_free(arena);
}

/* The first rows that are sent to it make it. */
void office_set_need(struct office *office)
{
    if (office->has_set)
        return;
    order_ulid(office->changeset);
    office->effective[0] = '\0';
    office->rows = 0;
    office->has_set = true;
}

void office_set_day(struct office *office, const char *day)
{
    struct arena *arena = arena_new();
    struct request request = {
        .method = "PATCH", .before_reads = true, .done = set_take, .owner = office};
    request.path = arena_printf(arena, "/changesets/%s", office->changeset);
    request.header = arena_printf(arena, "If-Match: \"%s\"", office->rev);
    request.body = request_day_write(arena, day, &request.len);
    client_send(office->app->client, &request);
    arena_free(arena);
}

/* ---- sending --------------------------------------------------------------------------------- */

/* One after another, so that a cell that is typed over twice ends as it was typed last. */
static void send_next(struct office *office);

/* A new row stays to be put right; of others the page shows what is there now. */
static void not_taken(struct office *office, bool is_fresh)
{
    if (is_fresh && !office->adding && office->fresh < office->page.n) {
        office->row = office->fresh;
        office->adding = true;
    } else {
        office_ask(office, false);
    }
}

/* What was not taken is said, and the page shows what is there now. */
static void taken(void *owner, const struct answer *answer)
{
    struct office *office = owner;
    struct arena *arena = arena_new();
    struct reply_taken row;
    free(office->outbox[0]);
    memmove(office->outbox, office->outbox + 1, --office->noutbox * sizeof *office->outbox);
    send_next(office);
    bool is_fresh = office->fresh_left && --office->fresh_left == 0;
    if (!answer_is_ok(answer)) {
        app_say_answer(office->app, answer);
        not_taken(office, is_fresh);
    } else if (reply_taken_read(arena, answer->body, answer->len, &row) && *row.say) {
        app_say(office->app, ROLE_STOP, "not taken: %s", row.say);
        not_taken(office, is_fresh);
    } else if (!office->noutbox) {
        office_set_ask(office);
        if (strcmp(row.result, "saved") != 0 || office->ask_again)
            office_ask(office, false);
        office->ask_again = false;
    }
    arena_free(arena);
}

static void send_next(struct office *office)
{
    if (!office->noutbox)
        return;
    struct arena *arena = arena_new();
    client_send(office->app->client,
                &(struct request){
                    .method = "PUT",
                    .path = arena_printf(arena, "/changesets/%s/rows", office->changeset),
                    .body = office->outbox[0],
                    .len = strlen(office->outbox[0]),
                    .before_reads = true,
                    .done = taken,
                    .owner = office,
                });
    arena_free(arena);
}

static void send(struct office *office, const struct request_row *row)
{
    struct arena *arena = arena_new();
    size_t len;
    office_set_need(office);
    office->outbox = realloc(office->outbox, (office->noutbox + 1) * sizeof *office->outbox);
    if (!office->outbox ||
        !(office->outbox[office->noutbox++] = strdup(request_row_write(arena, row, &len))))
        abort();
    if (office->noutbox == 1)
        send_next(office);
    arena_free(arena);
}

static void send_cell(struct office *office, struct reply_row *row, size_t column)
{
    bool given[SHEET_COLUMNS_MOST] = {false};
    given[column] = true;
    row->changed = true;
    row->overtaken = false; /* what it is now has been seen */
    send(office, &(struct request_row){.sheet = office->sheet,
                                       .key = row->key,
                                       .base = row->exists && *row->base ? row->base : NULL,
                                       .cells = row->news,
                                       .given = given,
                                       .gone = row->gone});
}

/* ---- typing ---------------------------------------------------------------------------------- */

static char *copied(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        abort();
    return copy;
}

static void undo_keep(struct office *office, const struct reply_row *row)
{
    if (office->nundo == office->cap) {
        office->cap = office->cap ? office->cap * 2 : 64;
        office->undo = realloc(office->undo, office->cap * sizeof *office->undo);
        if (!office->undo)
            abort();
    }
    struct cell cell = row->news[office->column];
    struct office_undo *undo = &office->undo[office->nundo++];
    *undo = (struct office_undo){copied(row->key), NULL, office->column, cell};
    if (cell.kind == CELL_IS_TEXT)
        undo->cell.text = undo->text = copied(cell.text);
}

static bool read_cell(struct office *office, const char *text, struct cell *out)
{
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);
    bool good = cell_read(office->query.arena, office_column(office), text, strlen(text),
                          office->page.exponent, &problems, "", out);
    if (!good)
        app_say(office->app, ROLE_STOP, "%s",
                problem_say(arena, tongue_language(), &problems.items[0]));
    arena_free(arena);
    return good;
}

bool office_type(struct office *office, const char *text)
{
    struct reply_row *row = office_row(office);
    const struct sheet_column *column = office_column(office);
    struct cell cell;
    if (!row)
        return false;
    if (column->flags & COLUMN_FIXED || (column->flags & COLUMN_KEY && !office->adding)) {
        app_say(office->app, ROLE_STOP, "%s stays as it is; + begins a new row.", _(column->title));
        return false;
    }
    if (!read_cell(office, strcmp(text, "-") == 0 ? "" : text, &cell))
        return false;
    if (cell_equal(&cell, &row->news[office->column]) && !row->overtaken)
        return true;
    if (!office->adding)
        undo_keep(office, row);
    row->news[office->column] = cell;
    if (!office->adding)
        send_cell(office, row, office->column);
    return true;
}

static struct reply_row *row_by_key(struct office *office, const char *key)
{
    for (size_t i = 0; i < office->page.n; i++)
        if (strcmp(office->page.rows[i].key, key) == 0) {
            office->row = i;
            return &office->page.rows[i];
        }
    return NULL;
}

void office_undo_one(struct office *office)
{
    if (office->adding) {
        office_ask(office, false);
        app_say(office->app, ROLE_OK, "the new row is gone.");
        return;
    }
    if (office->nundo == 0) {
        app_say(office->app, ROLE_WARN, "there is nothing to undo.");
        return;
    }
    struct office_undo *undo = &office->undo[office->nundo - 1];
    struct reply_row *row = row_by_key(office, undo->key);
    if (!row) {
        app_say(office->app, ROLE_WARN, "what was typed last is on another page or sheet.");
        return;
    }
    office->nundo--;
    office->column = undo->column;
    row->news[undo->column] = undo->cell;
    if (undo->text)
        row->news[undo->column].text = arena_strdup(office->query.arena, undo->text);
    send_cell(office, row, undo->column);
    free(undo->key);
    free(undo->text);
}

void office_undo_forget(struct office *office)
{
    while (office->nundo) {
        struct office_undo *undo = &office->undo[--office->nundo];
        free(undo->key);
        free(undo->text);
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* It stands where the cursor is, with the same key; what only one can have is empty. */
void office_add(struct office *office)
{
    struct sheet_info info = sheet_info(office->sheet);
    struct reply_row *rows = ARENA_ARRAY(office->query.arena, struct reply_row, office->page.n + 1);
    struct reply_row *like = office_row(office),
                     fresh = {.key = "", .name = "", .base = "", .id = ""};
    if (office->adding && !office_added(office))
        return;
    if (like)
        memcpy(fresh.news, like->news, sizeof fresh.news);
    for (size_t i = 0; i < info.ncolumns; i++)
        if (strcmp(info.columns[i].name, "sku") == 0 || info.columns[i].type == CELL_BARCODE ||
            info.columns[i].flags & COLUMN_FIXED)
            fresh.news[i] = (struct cell){.kind = CELL_EMPTY};
    memcpy(rows, office->page.rows, office->row * sizeof *rows);
    rows[office->row] = fresh;
    if (office->page.n)
        memcpy(rows + office->row + 1, office->page.rows + office->row,
               (office->page.n - office->row) * sizeof *rows);
    office->page.rows = rows;
    office->page.n++;
    office->adding = true;
    for (office->column = 0; office_hides(office, office->column);)
        office->column++;
    app_say(office->app, ROLE_PLAIN,
            "a new row like the one below: Tab goes through it, Down keeps it, u drops it.");
}

/* What the sheet is filtered by belongs to the row as well. */
static void fill(struct office *office, struct reply_row *row)
{
    const struct {
        const char *name, *value;
    } known[] = {{"market", office->market},
                 {"audience", office->sheet == SHEET_prices ? office->audience : ""},
                 {"list", office->sheet == SHEET_prices ? office->list : ""},
                 {"language", office->language}};
    struct sheet_info info = sheet_info(office->sheet);
    for (size_t i = 0; i < info.ncolumns; i++)
        for (size_t k = 0; k < ARRAY_LEN(known); k++)
            if (strcmp(info.columns[i].name, known[k].name) == 0 && *known[k].value)
                row->news[i] = (struct cell){CELL_IS_TEXT, known[k].value, 0};
}

bool office_added(struct office *office)
{
    struct sheet_info info = sheet_info(office->sheet);
    struct reply_row *row = office_row(office);
    bool given[SHEET_COLUMNS_MOST] = {false};
    if (!office->adding || !row)
        return true;
    fill(office, row);
    for (size_t i = 0; i < info.ncolumns; i++) {
        if (info.columns[i].flags & COLUMN_NEEDED && row->news[i].kind == CELL_EMPTY) {
            office->column = i;
            app_say(office->app, ROLE_STOP, "the new row needs: %s. u drops it.",
                    _(info.columns[i].title));
            return false;
        }
        given[i] = row->news[i].kind != CELL_EMPTY && !(info.columns[i].flags & COLUMN_FIXED);
    }
    send(office, &(struct request_row){.sheet = office->sheet, .cells = row->news, .given = given});
    office->adding = false;
    office->ask_again = true;
    office->fresh = office->row;
    office->fresh_left = office->noutbox;
    return true;
}

void office_remove(struct office *office)
{
    struct reply_row *row = office_row(office);
    if (office->adding || !row) {
        office_undo_one(office);
        return;
    }
    row->gone = row->exists && !row->gone;
    row->changed = row->gone;
    send(office, &(struct request_row){.sheet = office->sheet,
                                       .key = row->key,
                                       .gone = row->gone,
                                       .drop = !row->gone && !row->exists});
    if (row->gone) {
        app_say(office->app, ROLE_OK, "this row will be taken away; x again keeps it.");
    } else {
        app_say(office->app, ROLE_OK, "this row stays as it was.");
        office->ask_again = true;
    }
}
