#include "tui/frame.h"

#include "core/text.h"
#include "tui/charset.h"
#include "tui/tongue.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Below this width the bars say what is needed most, and messages take the rows that they need. */
enum { NAME_LEAST = 10 };
enum { SMALL = 60, SHEET_ROWS = 19, SHEET_COLS = 80 };

static bool is_small(void)
{
    return terminal_cols() < SMALL;
}

static bool is_change(const struct app *app)
{
    return app->order && app->order->change;
}

static const char *title_of(const struct app *app)
{
    enum screen_id id = app_screen(app)->id;
    return id == SCREEN_order && is_change(app) ? _("CHANGE") : _(screen_title(id));
}

/* As wide on all screens, so that what stands behind it stays where it is. */
static void status_title(const struct app *app, struct text *text)
{
    const char *draft = _(" draft");
    int begin = text_cells(text->data),
        width = text_cells(_(screen_title(SCREEN_order))) + text_cells(draft);
    text_add(text, title_of(app));
    if (app->order && *app->order->rev && app_screen(app)->id == SCREEN_order && !is_change(app))
        text_add(text, draft); /* the server has it */
    for (int used = text_cells(text->data) - begin; used < width; used++)
        text_addc(text, ' ');
}

static void status_left(const struct app *app, struct text *text)
{
    const struct reply_session *session = &app->session;
    text_printf(text, "%s%s%s ", is_small() ? "" : " PARTYLINE",
                session->demo ? _(" TRAINING") : "", is_small() ? "" : " ");
    if (is_small()) {
        text_add(text, title_of(app));
        return;
    }
    status_title(app, text);
    if (!app->signed_in || terminal_cols() < SHEET_COLS)
        return;
    bool is_priced = app->order && app->order->quote_arena;
    text_printf(text, "  %s %s  %s %s %s", session->actor_id, session->actor_name,
                session->market.market, session->market.currency,
                is_priced ? app->order->quote.list : app->list);
}

static void status_right(const struct app *app, struct text *text)
{
    static const char *const links[] = {
        [LINK_NEW] = "--", [LINK_OK] = "ok", [LINK_LOST] = N_("LOST")};
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    const char *link =
        _(client_is_expired(app->client) ? N_("SIGN IN") : links[client_link(app->client)]);
    if (is_small()) {
        text_printf(text, " %s ", link);
        return;
    }
    text_printf(text, "%02d:%02d  %s", local.tm_hour, local.tm_min, link);
    if (app->rtt >= 0)
        text_printf(text, " %4dms", app->rtt);
    text_addc(text, ' ');
}

static void draw_status(const struct app *app, struct arena *arena)
{
    struct text left, right;
    text_init(&left, arena);
    text_init(&right, arena);
    status_left(app, &left);
    status_right(app, &right);
    int width = text_cells(right.data) + !is_small();
    int cols = terminal_cols();
    left.data[frame_wrap_len(left.data, cols > width ? cols - width : 1)] = '\0';
    terminal_put(0, 0, cols, ROLE_STATUS, left.data);
    terminal_put_right(0, cols - width, width, ROLE_STATUS, right.data);
}

/* The session has expired, and the password isn't being asked for yet. */
static bool wants_sign_in(const struct app *app)
{
    return client_is_expired(app->client) && !app_screen(app)->has_own_fields;
}

/* In capitals is what the screen is for. */
static bool is_main(const char *hint)
{
    return hint[0] >= 'A' && hint[0] <= 'Z' && hint[1] >= 'A' && hint[1] <= 'Z';
}

enum hints { HINTS_ALL, HINTS_BUT_MENU, HINTS_MAIN, HINTS_OTHERS };

static bool is_hint(const struct app *app, enum action action, enum hints which)
{
    const struct key_info *info = key_info(action);
    bool leads_nowhere = action == ACTION_BACK && app->depth < 2;
    bool is_review = app_screen(app)->id == SCREEN_review; /* its row begins as the order's does */
    bool is_menu = action == ACTION_MENU && (which != HINTS_ALL || wants_sign_in(app) || is_review);
    bool is_other = (which == HINTS_MAIN && !is_main(info->hint)) ||
                    (which == HINTS_OTHERS && is_main(info->hint));
    bool is_other_kind = action == (is_change(app) ? ACTION_DUPLICATE : ACTION_AS_PLACED);
    return *info->hint && !is_other_kind && !leads_nowhere && !is_menu && !is_other &&
           info->screens & UINT64_C(1) << app_screen(app)->id;
}

/* Those that fit: rather none than a part. */
static bool hints_add(const struct app *app, struct text *text, int width, enum hints which)
{
    bool fits = true;
    for (enum action action = 0; action < ACTIONS; action++) {
        size_t before = text->len;
        if (!is_hint(app, action, which))
            continue;
        text_printf(text, " F%d %s", key_info(action)->number, _(key_info(action)->hint));
        if (text_cells(text->data) > width) {
            text->len = before;
            text->data[before] = '\0';
            fits = false;
        }
    }
    return fits;
}

static void draw_hints(const struct app *app, struct arena *arena, int y)
{
    enum { PAGES = 10 }; /* " PgUp PgDn" */
    struct text text;
    int cols = terminal_cols();
    int width = is_small() && !app_screen(app)->adapts ? cols - PAGES : cols;
    const char *first = wants_sign_in(app) ? _(" F2 SIGN IN") : "";
    text_init(&text, arena);
    text_add(&text, first);
    bool fits = hints_add(app, &text, width, HINTS_ALL);
    if (!fits) { /* rather that one than the way back */
        text_clear(&text);
        text_add(&text, first);
        fits = hints_add(app, &text, width, HINTS_BUT_MENU);
    }
    if (!fits) {
        text_clear(&text);
        text_add(&text, first);
        hints_add(app, &text, width, HINTS_MAIN);
        hints_add(app, &text, width, HINTS_OTHERS);
    }
    terminal_put(y, 0, cols, ROLE_PLAIN, text.data);
}

/* Keys kept for the next order, as far as they can be shown. */
static void ahead_text(const struct app *app, struct text *text)
{
    for (size_t i = 0; i < app->ahead.n; i++) {
        const struct input *input = &app->ahead.keys[i];
        if (input->code == INPUT_CHAR && input->ch < 0x80)
            text_addc(text, (char)input->ch);
        else if (input->code == INPUT_FUNCTION)
            text_printf(text, " F%u ", input->ch);
        else
            text_addc(text, ' ');
    }
}

static void draw_entry(const struct app *app, struct arena *arena, struct frame *frame, int y)
{
    struct text right;
    text_init(&right, arena);
    int cols = terminal_cols();
    const struct order_pending_said *said = app->order ? &app->order->pending_said : NULL;
    if (terminal_in_escape(app->now))
        text_add(&right, _("Esc: digit = F-key "));
    else if (app->ahead.n)
        ahead_text(app, &right);
    else if (said && said->lines && app_screen(app) != &screen_review)
        text_printf(&right, _("pending %zu of %zu "), said->n, said->lines);
    int width = text_cells(right.data);
    if (width > cols / 2)
        width = cols < 40 ? 0 : cols / 2;
    frame->cursor_x = entry_line_draw(&app->line, y, cols - width);
    terminal_put(y, cols - width, width, ROLE_PLAIN, right.data);
}

struct message {
    enum role role;
    const char *text;
};

/* Only the draft is still on its way, and goes before the order by itself. */
static bool is_all_but_placed(const struct app *app)
{
    return app->order->placing == PLACING_WANTED && !app->order->change &&
           order_confirmed(app->order) && client_link(app->client) == LINK_OK;
}

static struct message said(const struct app *app)
{
    if (is_change(app) && app->order->placing == PLACING_SENT)
        return (struct message){ROLE_STRONG, _("SENDING THE CHANGE.. (safe to wait)")};
    if (app->order && (app->order->placing == PLACING_SENT || is_all_but_placed(app)))
        return (struct message){ROLE_STRONG, _("PLACING.. (safe to wait)")};
    if (app->order && app->order->placing == PLACING_WANTED)
        return (struct message){ROLE_STRONG,
                                _("waiting for the confirmed total..  F12 takes F9 back")};
    bool is_late =
        app->said_late && !is_small() && app->order && app->order->rested != app->order->edits;
    return (struct message){app->said.role, is_late ? "" : app->said.text};
}

static struct message news(const struct app *app)
{
    if (wants_sign_in(app))
        return (struct message){ROLE_STOP,
                                _("session expired: F2 asks for your password; nothing is lost")};
    if (client_link(app->client) == LINK_LOST && app->signed_in)
        return (struct message){
            ROLE_STOP, _("no link to the server: keep keying, it is sent when it is back")};
    if (*app->news.text)
        return (struct message){app->news.role, app->news.text};
    return (struct message){ROLE_DIM, coach_line(app)};
}

static int rows_of(struct message message, int most)
{
    struct frame measure = {.cols = terminal_cols()};
    return frame_wrap(&measure, 0, 0, most, ROLE_PLAIN, message.text);
}

enum { MESSAGE_ROWS = 4 };

/* How many rows the messages have: two, more for a long answer, or what they need where every row
 * counts. */
static int message_rows(const struct app *app, int rows)
{
    int most = rows >= 14 ? rows / 3 : rows >= 6;
    if (!is_small()) {
        int long_answer = rows_of(said(app), most < MESSAGE_ROWS ? most : MESSAGE_ROWS);
        return most < 2 ? most : long_answer > 2 ? long_answer : 2;
    }
    int needs = rows_of(said(app), most) + rows_of(news(app), most);
    return needs > most ? most : needs > 0 ? needs : most > 0;
}

static void draw_messages(const struct app *app, int y, int rows)
{
    struct message first = said(app), second = news(app);
    struct frame all = {.top = y, .rows = rows, .cols = terminal_cols()};
    int x = !is_small();
    if (rows == 1 || is_small() || text_cells(first.text) >= all.cols) {
        /* a long answer goes before the news */
        int used = frame_wrap(&all, 0, x, rows, first.role, first.text);
        frame_wrap(&all, used, x, rows - used, second.role, second.text);
    } else if (rows > 1) {
        terminal_printf(y, 0, all.cols, first.role, " %s", first.text);
        terminal_printf(y + 1, 0, all.cols, second.role, " %s", second.text);
    }
}

/* What the terminal is too small for is drawn on a sheet, unless the screen knows better. */
static void sheet_begin(const struct app *app, struct frame *frame)
{
    bool fits = frame->rows >= SHEET_ROWS && frame->cols >= SHEET_COLS;
    if (fits || app_screen(app)->adapts || frame->rows < 1)
        return;
    frame->entry_y = frame->cursor_y;
    frame->entry_x = frame->cursor_x;
    frame->cursor_y = -1; /* unless the screen has a better place */
    frame->small_top = frame->top;
    frame->small_rows = frame->rows;
    frame->top = 0;
    frame->rows = frame->rows > SHEET_ROWS ? frame->rows : SHEET_ROWS;
    frame->cols = frame->cols > SHEET_COLS ? frame->cols : SHEET_COLS;
    terminal_sheet(frame->rows, frame->cols);
}

void frame_begin(struct app *app, struct frame *frame)
{
    int rows = terminal_rows();
    int hints = rows >= 10, messages = message_rows(app, rows), status = rows >= 4;
    int entry = rows - 1 - hints;
    *frame = (struct frame){.top = status,
                            .rows = entry - messages - status,
                            .cols = terminal_cols(),
                            .cursor_y = entry};
    struct arena *arena = arena_new();
    if (status)
        draw_status(app, arena);
    draw_messages(app, entry - messages, messages);
    if (hints)
        draw_hints(app, arena, rows - 1);
    if (!app_screen(app)->has_own_fields)
        draw_entry(app, arena, frame, entry);
    sheet_begin(app, frame);
    arena_free(arena);
}

/* A small terminal shows a part of what a screen draws. */
static void flow(struct app *app, struct frame *frame)
{
    int rows = frame->small_rows, cols = terminal_cols();
    struct cell_at cursor = {frame->cursor_y, frame->cursor_x};
    int all = terminal_flow(frame->small_top, rows, &app->first_row, &cursor);
    frame->cursor_y = cursor.y < 0 ? frame->entry_y : cursor.y;
    frame->cursor_x = cursor.y < 0 ? frame->entry_x : cursor.x;
    bool above = app->first_row > 0, below = app->first_row + rows < all;
    const char *more = above && below ? _(" PgUp PgDn") : below ? _(" PgDn") : _(" PgUp");
    int width = text_cells(more);
    if ((above || below) && width < cols)
        terminal_put(terminal_rows() - 1, cols - width, width, ROLE_PLAIN, more);
}

void frame_end(struct app *app, struct frame *frame)
{
    if (frame->small_rows)
        flow(app, frame);
    terminal_show(frame->cursor_y, frame->cursor_x);
}

bool frame_scroll(struct app *app, const struct input *input)
{
    int page = terminal_rows() > 8 ? terminal_rows() - 6 : 2;
    if (input->code == INPUT_PAGE_DOWN)
        app->first_row += page; /* as far as there are rows */
    else if (input->code == INPUT_PAGE_UP)
        app->first_row = app->first_row > page ? app->first_row - page : 0;
    else
        return false;
    return true;
}

/* ---- for screens ----------------------------------------------------------------------------- */

int frame_label(const struct frame *frame, int row, const char *label)
{
    enum { LABEL = 12, NARROW = 40 };
    if (frame->cols < NARROW)
        return 1;
    frame_text(frame, row, ROLE_PLAIN, label);
    return LABEL;
}

/* What may not begin a row: the stops of Chinese. */
static bool is_wide_stop(uint32_t ch)
{
    return ch == 0x3001 || ch == 0x3002 || ch == 0xFF0C || ch == 0xFF1A || ch == 0xFF1B ||
           ch == 0xFF1F || ch == 0xFF01 || ch == 0xFF09;
}

size_t frame_wrap_len(const char *text, int width)
{
    const char *at = text, *end = text + strlen(text), *cut = NULL;
    for (int used = 0, kept = 0; at < end;) {
        const char *last = at;
        if (*at == ' ') {
            cut = at;
            kept = used;
        }
        uint32_t ch = utf8_next(&at, end);
        int cells = charset_cells(ch);
        if (cells == 2 && !is_wide_stop(ch)) {
            cut = last;
            kept = used;
        }
        used += cells;
        if (used > width)
            return (size_t)((cut && cut > text && kept * 4 > width ? cut : last) - text);
    }
    return (size_t)(end - text);
}

const char *frame_name(struct arena *arena, const char *name, int room)
{
    if (text_cells(name) <= room)
        return name;
    int bytes = (int)frame_wrap_len(name, room > NAME_LEAST ? room - 2 : NAME_LEAST - 2);
    return arena_printf(arena, "%.*s..", bytes, name);
}

void frame_text(const struct frame *frame, int row, enum role role, const char *text)
{
    char part[1024];
    if (row < 0 || row >= frame->rows)
        return;
    size_t n = frame_wrap_len(text, frame->cols), last = strspn(text, " ");
    bool is_cut = text[n] != '\0' && n > last && n < sizeof part;
    if (is_cut) /* at a blank: a part of a number would be another number */
        text = memcpy(part, text, n), part[n] = '\0';
    terminal_put(frame->top + row, frame->left, frame->cols, role, text);
}

void frame_printf(const struct frame *frame, int row, enum role role, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, tongue(format), args);
    va_end(args);
    frame_text(frame, row, role, text);
}

int frame_wrap(const struct frame *frame, int row, int x, int most, enum role role,
               const char *text)
{
    char part[1024];
    int used = 0, width = frame->cols - x;
    while (*text && used < most && width > 1) {
        size_t n = frame_wrap_len(text, width);
        if (n == 0 || n >= sizeof part)
            break;
        memcpy(part, text, n);
        part[n] = '\0';
        if (row + used < frame->rows)
            terminal_put(frame->top + row + used, frame->left + x, width, role, part);
        used++;
        text += n;
        text += strspn(text, " ");
    }
    return used;
}
