/* A sheet on the screen: as many columns as fit, the changed cells marked, what a cell was below.
 */
#include "core/text.h"
#include "tui/frame.h"
#include "tui/office.h"
#include "tui/speech.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

enum { MARKS = 2, FEET = 2, HEADS = 2 };

static const char *text_of(struct arena *arena, const struct office *office, size_t column,
                           const struct cell *cell)
{
    return cell_format(arena, sheet_info(office->sheet).columns[column].type, cell,
                       office->page.exponent);
}

static bool is_changed(const struct reply_row *row, size_t column)
{
    return !row->exists || !cell_equal(&row->cells[column], &row->news[column]);
}

/* ---- which columns --------------------------------------------------------------------------- */

/* Names have what is left over. */
static int width_of(const struct office *office, size_t column, int cols)
{
    struct sheet_info info = sheet_info(office->sheet);
    int width = info.columns[column].width, all = MARKS;
    bool grows =
        info.columns[column].type == CELL_TEXT && strcmp(info.columns[column].name, "name") == 0;
    for (size_t i = 0; grows && i < info.ncolumns; i++)
        all += office_hides(office, i) ? 0 : info.columns[i].width + 2;
    return grows && all < cols ? width + cols - all : width;
}

/* The first column that is shown stays; others go to the left until the cursor's fits. */
static void scroll_columns(struct office *office, int cols)
{
    struct sheet_info info = sheet_info(office->sheet);
    size_t first = 0;
    while (office_hides(office, first))
        first++;
    if (office->left > office->column || office->left <= first)
        office->left = first + 1;
    for (;; office->left++) {
        int used = MARKS + width_of(office, first, cols) + 2;
        for (size_t i = office->left; i <= office->column && i < info.ncolumns; i++)
            used += office_hides(office, i) ? 0 : width_of(office, i, cols) + 2;
        if (used <= cols || office->left >= office->column)
            return;
    }
}

/* Where each column stands; -1 for those that are not shown. */
static void place_columns(struct office *office, int cols, int x[SHEET_COLUMNS_MOST])
{
    struct sheet_info info = sheet_info(office->sheet);
    bool is_first = true, is_full = false;
    int at = MARKS;
    scroll_columns(office, cols);
    for (size_t i = 0; i < info.ncolumns; i++) {
        int width = width_of(office, i, cols);
        bool shown =
            !office_hides(office, i) && (is_first || i >= office->left) && at + width < cols;
        is_full |= !shown && !office_hides(office, i) && i >= office->left;
        x[i] = shown && !is_full ? at : -1;
        if (x[i] < 0)
            continue;
        is_first = false;
        at += width + 2;
    }
}

static bool is_right(enum cell_type type)
{
    int64_t least, most;
    return cell_range(type, &least, &most);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_title(const struct office *office, const struct frame *frame)
{
    struct sheet_info info = sheet_info(office->sheet);
    const char *title = _(info.title), *day = *office->effective ? office->effective : _("at once");
    struct arena *arena = arena_new();
    struct text what;
    text_init(&what, arena);
    text_printf(&what, " %s", title);
    if (office_has_market(office))
        text_printf(&what, "  %s %s", office->market, office->page.currency);
    if (office->sheet == SHEET_prices)
        text_printf(&what, "  %s %s", office->audience, office->list);
    if (office_has_language(office))
        text_printf(&what, "  %s", office->language);
    if (*office->words)
        text_printf(&what, "  \"%s\"", office->words);
    if (office->query.waiting)
        text_add(&what, "  ..");
    terminal_put(frame->top, 0, frame->cols, ROLE_STRONG, what.data);
    if (office->has_set) {
        text_clear(&what);
        text_printf(&what,
                    tongue_n("%lld row changed, from: %s ", "%lld rows changed, from: %s ",
                             (size_t)office->rows),
                    (long long)office->rows, day);
        int width = text_cells(what.data);
        terminal_put_right(frame->top, frame->cols - width, width, ROLE_WARN, what.data);
    }
    arena_free(arena);
}

static void draw_heads(const struct office *office, const struct frame *frame,
                       const int x[SHEET_COLUMNS_MOST])
{
    struct sheet_info info = sheet_info(office->sheet);
    for (size_t i = 0; i < info.ncolumns; i++) {
        int width = width_of(office, i, frame->cols);
        if (x[i] >= 0)
            (is_right(info.columns[i].type) ? terminal_put_right : terminal_put)(
                frame->top + 1, x[i], width, ROLE_HEAD, _(info.columns[i].title));
    }
}

/* `!` changed by somebody else meanwhile, `*` changed, `+` new, `-` to be taken away, in the first
 * column; a changed cell has its own `*`.
 */
static void draw_row(const struct office *office, struct arena *arena, const struct frame *frame,
                     size_t i, const int x[SHEET_COLUMNS_MOST])
{
    struct sheet_info info = sheet_info(office->sheet);
    const struct reply_row *row = &office->page.rows[i];
    int y = frame->top + HEADS + (int)(i - office->top);
    const char *mark = row->overtaken ? "!"
                       : row->gone    ? "-"
                       : !row->exists ? "+"
                       : row->changed ? "*"
                                      : " ";
    terminal_put(y, 0, 1, ROLE_WARN, mark);
    for (size_t k = 0; k < info.ncolumns; k++) {
        if (x[k] < 0)
            continue;
        int width = width_of(office, k, frame->cols);
        bool here = i == office->row && k == office->column,
             changed = row->exists && is_changed(row, k);
        enum role role = here        ? ROLE_STATUS
                         : row->gone ? ROLE_DIM
                         : changed   ? ROLE_STRONG
                                     : ROLE_PLAIN;
        const char *text = text_of(arena, office, k, &row->news[k]);
        (is_right(info.columns[k].type) ? terminal_put_right : terminal_put)(y, x[k], width, role,
                                                                             text);
        terminal_put(y, x[k] + width, 1, changed ? ROLE_WARN : ROLE_STRONG,
                     changed ? "*"
                     : here  ? "<"
                             : " ");
        if (here)
            terminal_put(y, x[k] - 1, 1, ROLE_STRONG, ">");
    }
}

static void detail_text(struct office *office, struct arena *arena, struct text *out)
{
    const struct reply_row *row = office_row(office);
    const struct sheet_column *column = office_column(office);
    text_init(out, arena);
    if (!row)
        return;
    text_printf(out, "%s %s  ", row->exists ? row->key : _("new row"),
                office->sheet == SHEET_prices || office->sheet == SHEET_kits ? row->name : "");
    text_printf(out, "%s: %s", _(column->title),
                text_of(arena, office, office->column, &row->news[office->column]));
    if (row->exists && is_changed(row, office->column))
        text_printf(out, _("   was %s"),
                    text_of(arena, office, office->column, &row->cells[office->column]));
}

static void draw_feet(struct office *office, struct arena *arena, struct frame *frame)
{
    struct text text;
    detail_text(office, arena, &text);
    terminal_printf(frame->top + frame->rows - 2, 0, frame->cols, ROLE_PLAIN, " %s", text.data);
    frame_text(frame, frame->rows - 1, ROLE_DIM,
               _(" Enter takes it   - empties   u undo   + new row   x takes away   F8 F11 files"));
}

void office_draw(struct office *office, struct frame *frame)
{
    struct arena *arena = arena_new();
    int x[SHEET_COLUMNS_MOST] = {0}, rows = frame->rows - HEADS - FEET;
    size_t room = rows > 1 ? (size_t)rows : 1;
    if (office->row < office->top)
        office->top = office->row;
    if (office->row >= office->top + room)
        office->top = office->row + 1 - room;
    place_columns(office, frame->cols, x);
    draw_title(office, frame);
    draw_heads(office, frame, x);
    if (*office->query.error)
        frame_printf(frame, HEADS, ROLE_STOP, " %s", office->query.error);
    else if (office->page.n == 0)
        frame_text(frame, HEADS, ROLE_DIM,
                   office->query.waiting ? " .." : _(" nothing is there: + begins a row"));
    for (size_t i = office->top; i < office->page.n && i < office->top + room; i++)
        draw_row(office, arena, frame, i, x);
    draw_feet(office, arena, frame);
    arena_free(arena);
}

/* ---- without a screen ------------------------------------------------------------------------ */

void office_say(struct office *office, struct speech *speech)
{
    struct arena *arena = arena_new();
    struct text text;
    speech_say(speech, "title", _("SHEET %s: %s %s"), _(sheet_info(office->sheet).title),
               office->market, office->sheet == SHEET_prices ? office->list : "");
    if (*office->query.error)
        speech_warn(speech, "error", true, "%s", office->query.error);
    detail_text(office, arena, &text);
    if (office->query.waiting)
        speech_say(speech, "cell", "..");
    else
        speech_say(speech, "cell", "%s", text.len ? text.data : _("no rows"));
    arena_free(arena);
}

/* The decimals of the row's market, which its key begins with. */
static int exponent_of(const struct app *app, const char *key)
{
    const struct reply_session *session = &app->session;
    for (size_t i = 0; i < session->nmarkets; i++)
        if (strncmp(session->markets[i].market, key, strcspn(key, "/")) == 0)
            return session->markets[i].exponent;
    return session->market.exponent;
}

void office_change_text(struct arena *arena, struct text *out, const struct app *app,
                        const struct reply_change *change)
{
    struct sheet_info info = sheet_info(change->sheet);
    const struct reply_row *row = &change->row;
    int exponent = exponent_of(app, row->key);
    text_printf(out, "%s %s", _(info.title), row->key);
    if (row->gone)
        text_add(out, _(": taken away"));
    else if (!row->exists)
        text_add(out, _(": new"));
    for (size_t i = 0; i < info.ncolumns && !row->gone; i++) {
        if (info.columns[i].flags & (COLUMN_KEY | COLUMN_FIXED) || !is_changed(row, i) ||
            (!row->exists && row->news[i].kind == CELL_EMPTY))
            continue;
        const char *now = cell_format(arena, info.columns[i].type, &row->news[i], exponent);
        const char *was = cell_format(arena, info.columns[i].type, &row->cells[i], exponent);
        text_printf(out, "  %s: ", _(info.columns[i].title));
        if (row->exists)
            text_printf(out, "%s -> ", *was ? was : "-");
        text_add(out, *now ? now : "-");
    }
}
