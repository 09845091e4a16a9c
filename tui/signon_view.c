/* How sign-on looks, also on a handheld. */
#include "tui/signon.h"

#include "core/text.h"
#include "tui/charset.h"
#include "tui/frame.h"
#include "tui/tongue.h"

#include <string.h>

enum { LABEL = 14, SHOWN = 32, HANDHELD = 40, ROWS_FULL = 9 };

static const struct {
    const char *label;
    int width, row;
} layout[FIELDS] = {
    [FIELD_LOGIN] = {N_("Operator"), LOGIN_WIDTH, 3},
    [FIELD_PASSWORD] = {N_("Password"), PASSWORD_WIDTH, 4},
    [FIELD_DESK] = {N_("Desk"), DESK_WIDTH, 5},
    [FIELD_CODE] = {N_("Code"), CODE_WIDTH, 6},
};

/* Where a field and its label go; on a handheld there is room for little else. */
struct spot {
    int row, label, x, width;
};

static struct spot spot_of(const struct signon *signon, const struct frame *frame, int field)
{
    enum { NARROW = 50, LABEL_NARROW = 10 };
    bool is_narrow = frame->cols < NARROW;
    int row = frame->rows < ROWS_FULL ? field : is_narrow ? field + 1 : layout[field].row;
    row -= field == FIELD_CODE && !signon_has(signon, FIELD_DESK); /* it has its place */
    int x = is_narrow ? LABEL_NARROW : LABEL, width = layout[field].width;
    if (width > SHOWN)
        width = SHOWN;
    if (width > frame->cols - x - 1)
        width = frame->cols - x - 1; /* and a cell for the cursor */
    return (struct spot){row, is_narrow ? 0 : 3, x, width > 0 ? width : 0};
}

/* The part of a text that ends at the cursor. */
static const char *tail(const char *text, int skip)
{
    const char *end = text + strlen(text);
    while (skip > 0 && text < end)
        skip -= charset_cells(utf8_next(&text, end));
    return text;
}

bool signon_has(const struct signon *signon, int field)
{
    bool has_desk = !signon->again && terminal_cols() >= HANDHELD;
    return field == FIELD_CODE ? signon->asks_code : field != FIELD_DESK || has_desk;
}

static void draw_field(struct signon *signon, struct arena *arena, struct frame *frame, int field)
{
    char *text = signon_text(signon, arena, field);
    struct spot spot = spot_of(signon, frame, field);
    int y = frame->top + spot.row, len = (int)strlen(text), at = signon->form->curcol;
    if (spot.row >= frame->rows)
        return;
    if (field == FIELD_PASSWORD) { /* never drawn: a star for each */
        int stars = text_cells(text);
        explicit_bzero(text, (size_t)len);
        memset(text, '*', (size_t)(stars < len ? stars : len));
    }
    bool is_current = signon_current(signon) == field;
    int skip = is_current && at > spot.width ? at - spot.width : 0;
    const char *shown = tail(text, skip);
    int cells = text_cells(shown);
    terminal_put(y, 0, spot.x, ROLE_HEAD, "");
    terminal_put(y, spot.label, spot.x - spot.label, ROLE_HEAD, _(layout[field].label));
    terminal_put(y, spot.x, spot.width, ROLE_PLAIN, "________________________________");
    terminal_put(y, spot.x, cells < spot.width ? cells : spot.width, ROLE_STRONG, shown);
    if (field == FIELD_DESK)
        terminal_put(y, spot.x + spot.width + 3, frame->cols - spot.x - spot.width - 3, ROLE_DIM,
                     _("1 Call centre   2 Showroom"));
    if (is_current) {
        frame->cursor_y = y;
        frame->cursor_x = spot.x + at - skip;
    }
}

/* What it says below the fields, as far as there is room. */
static void draw_help(const struct app *app, const struct frame *frame, int row)
{
    const struct signon *signon = app->signon;
    int x = frame->cols < 50 ? 0 : 3;
    const char *help =
        signon->again ? _("   Your order is kept. Enter goes on with it, F12 goes back.")
                      : _("   Enter signs on.  No function keys? Esc and a digit do the same.");
    row += frame_wrap(frame, row, x, 4, ROLE_DIM, help + strspn(help, " "));
    if (signon->again)
        return;
    struct arena *arena = arena_new();
    const char *check = arena_printf(arena, _("Key check: press F4, then F9.  Seen: F4 %s  F9 %s"),
                                     signon->seen_f4 ? "ok" : "--", signon->seen_f9 ? "ok" : "--");
    row += frame_wrap(frame, row, x, 4, ROLE_DIM, check);
    frame_wrap(frame, row + 1, x, 4, ROLE_PLAIN, signon->welcome);
    arena_free(arena);
}

void signon_draw(struct app *app, struct frame *frame)
{
    struct signon *signon = app->signon;
    struct arena *arena = arena_new();
    int last = spot_of(signon, frame, FIELD_CODE).row;
    bool is_roomy = frame->rows >= ROWS_FULL;
    if (frame->cols >= 50 && is_roomy)
        frame_printf(frame, 1, ROLE_PLAIN, "   Server      %s", app->options->server);
    for (int field = 0; field < FIELDS; field++)
        if (signon_has(signon, field))
            draw_field(signon, arena, frame, field);
    draw_help(app, frame, last + (is_roomy ? 2 : signon->asks_code));
    arena_free(arena);
}
