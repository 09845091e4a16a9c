#include "tui/frame.h"

#include "core/text.h"
#include "tui/charset.h"
#include "tui/tongue.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void status_left(const struct app *app, struct text *text)
{
    const struct reply_session *session = &app->session;
    text_printf(text, " PARTYLINE%s  %s", session->demo ? _(" TRAINING") : "",
                _(screen_title(app_screen(app)->id)));
    if (app->order && app_screen(app)->id == SCREEN_order)
        text_add(text, *app->order->rev ? _(" draft") : _(" new"));
    if (!app->signed_in)
        return;
    const char *list = app->order && app->order->quote_arena ? app->order->quote.list : "";
    text_printf(text, "  %s %s  %s %s %s", session->actor_id, session->actor_name,
                session->market.market, session->market.currency, list);
}

static void status_right(const struct app *app, struct text *text)
{
    static const char *const links[] = {
        [LINK_NEW] = "--", [LINK_OK] = "ok", [LINK_LOST] = N_("LOST")};
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    text_printf(
        text, "%02d:%02d  %s", local.tm_hour, local.tm_min,
        _(client_is_expired(app->client) ? N_("SIGN IN") : links[client_link(app->client)]));
    if (client_rtt(app->client) >= 0)
        text_printf(text, " %4dms", client_rtt(app->client));
    text_addc(text, ' ');
}

static void draw_status(const struct app *app, struct arena *arena)
{
    struct text left, right;
    text_init(&left, arena);
    text_init(&right, arena);
    status_left(app, &left);
    status_right(app, &right);
    int width = text_cells(right.data) + 1;
    int cols = terminal_cols();
    terminal_put(0, 0, cols, ROLE_STATUS, left.data);
    if (cols > 40)
        terminal_put_right(0, cols - width, width, ROLE_STATUS, right.data);
}

/* The session has expired, and the password isn't being asked for yet. */
static bool wants_sign_in(const struct app *app)
{
    return client_is_expired(app->client) && !app_screen(app)->has_own_fields;
}

static void hints_text(const struct app *app, struct text *text, bool has_menu)
{
    text_clear(text);
    if (wants_sign_in(app))
        text_add(text, _(" F2 SIGN IN"));
    for (enum action action = 0; action < ACTIONS; action++) {
        const struct key_info *info = key_info(action);
        bool leads_nowhere = action == ACTION_BACK && app->depth < 2;
        bool hidden = action == ACTION_MENU && (!has_menu || wants_sign_in(app));
        if (*info->hint && !leads_nowhere && !hidden && info->screens & 1U << app_screen(app)->id)
            text_printf(text, " F%d %s", info->number, _(info->hint));
    }
}

static void draw_hints(const struct app *app, struct arena *arena, int y)
{
    struct text text;
    text_init(&text, arena);
    hints_text(app, &text, true);
    if (text_cells(text.data) > terminal_cols())
        hints_text(app, &text, false); /* rather that one than the way back */
    terminal_put(y, 0, terminal_cols(), ROLE_HEAD, text.data);
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
    size_t lines = app->order ? order_lines(app->order) : 0;
    if (terminal_in_escape(app->now))
        text_add(&right, _("Esc: digit = F-key "));
    else if (app->ahead.n)
        ahead_text(app, &right);
    else if (lines)
        text_printf(&right, _("pending %zu of %zu "), order_pending(app->order), lines);
    int width = text_cells(right.data);
    if (width > cols / 2)
        width = cols < 40 ? 0 : cols / 2;
    frame->cursor_x = entry_line_draw(&app->line, y, cols - width);
    terminal_put(y, cols - width, width, ROLE_DIM, right.data);
}

static void draw_messages(const struct app *app, int y, int rows)
{
    enum role role = app->said.role;
    const char *text = app->said.text;
    if (app->order && app->order->placing == PLACING_SENT)
        role = ROLE_STRONG, text = _("PLACING..  (safe to wait)");
    else if (app->order && app->order->placing == PLACING_WANTED)
        role = ROLE_STRONG, text = _("waiting for the confirmed total..  F12 takes F9 back");
    int cols = terminal_cols();
    enum role news_role = *app->news.text ? app->news.role : ROLE_DIM;
    const char *news = *app->news.text ? app->news.text : coach_line(app);
    if (wants_sign_in(app))
        news_role = ROLE_STOP,
        news = _("session expired: F2 asks for your password; nothing is lost");
    else if (client_link(app->client) == LINK_LOST && app->signed_in)
        news_role = ROLE_STOP,
        news = _("no link to the server: keep keying, it is sent when it is back");
    if (rows > 1 && text_cells(text) >= cols) {
        struct frame two = {.top = y, .rows = 2, .cols = cols};
        frame_wrap(&two, 0, 1, 2, role, text); /* a long answer goes before the news */
    } else if (rows > 1) {
        terminal_printf(y, 0, cols, role, " %s", text);
        terminal_printf(y + 1, 0, cols, news_role, " %s", news);
    } else if (rows == 1) {
        terminal_printf(y, 0, cols, role, " %s", *text ? text : news);
    }
}

void frame_begin(struct app *app, struct frame *frame)
{
    int rows = terminal_rows();
    int hints = rows >= 10, messages = rows >= 14 ? 2 : rows >= 6 ? 1 : 0, status = rows >= 4;
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
    arena_free(arena);
}

void frame_end(struct app *app, const struct frame *frame)
{
    (void)app;
    terminal_show(frame->cursor_y, frame->cursor_x);
}

/* ---- for screens ----------------------------------------------------------------------------- */

void frame_text(const struct frame *frame, int row, enum role role, const char *text)
{
    if (row >= 0 && row < frame->rows)
        terminal_put(frame->top + row, 0, frame->cols, role, text);
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

/* What may not begin a row: the stops of Chinese. */
static bool is_wide_stop(uint32_t ch)
{
    return ch == 0x3001 || ch == 0x3002 || ch == 0xFF0C || ch == 0xFF1A || ch == 0xFF1B ||
           ch == 0xFF1F || ch == 0xFF01 || ch == 0xFF09;
}

size_t frame_wrap_len(const char *text, int width)
{
    const char *at = text, *end = text + strlen(text), *cut = NULL;
    for (int used = 0; at < end;) {
        const char *last = at;
        if (*at == ' ')
            cut = at;
        uint32_t ch = utf8_next(&at, end);
        int cells = charset_cells(ch);
        if (cells == 2 && !is_wide_stop(ch))
            cut = last;
        used += cells;
        if (used > width)
            return (size_t)((cut && cut > text ? cut : last) - text);
    }
    return (size_t)(end - text);
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
            terminal_put(frame->top + row + used, x, width, role, part);
        used++;
        text += n;
        text += strspn(text, " ");
    }
    return used;
}
