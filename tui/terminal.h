/* The screen and the keys: the only file that talks to curses about them (screen_signon's form is
 * the exception). Text is UTF-8, is measured in cells, and never carries a control character to the
 * terminal, wherever it came from. There is one terminal, so there is no handle. */
#pragma once

#include "tui/keyboard.h"

/* What a piece of text is for; a theme says how it looks. No meaning is by colour alone. */
enum role {
    ROLE_PLAIN,
    ROLE_STATUS, /* row 1 */
    ROLE_HEAD,   /* column heads, labels */
    ROLE_STRONG, /* totals, the person */
    ROLE_DIM,    /* not confirmed, explanations */
    ROLE_OK,
    ROLE_WARN,
    ROLE_STOP,
    ROLE_PAPER, /* black on white, where there are colours: what a camera reads */
    ROLE_INK,   /* a piece that is all pen */
    ROLES
};

/* `charset` as charset_apply() takes it. `theme` NULL: "default", or "mono" when NO_COLOR is set.
 * False, with a sentence in *why, when there is no terminal. */
bool terminal_open(const char *theme, const char *charset, const char **why) MUST_CHECK;
/* Without a screen: only so that forms, whose windows are never shown, have one to be on. */
bool terminal_open_nowhere(const char *charset, const char **why) MUST_CHECK;
/* Gives the terminal back as it was; more than once is allowed. */
void terminal_close(void);
bool terminal_theme_known(const char *theme);
/* Whether ROLE_PAPER really is dark on light; else it is the terminal's own pen and ground. */
bool terminal_has_paper(void);
/* Goes on to the next theme; its name. */
const char *terminal_theme_next(void);

int terminal_rows(void);
int terminal_cols(void);
/* After SIGWINCH. */
void terminal_resize(void);

/* What the terminal's own description says of its keys; once, by terminal_open(). */
void terminal_keys_open(void);
/* The next key, without waiting; false when there is none. */
bool terminal_read(int64_t now, struct input *out);
/* Milliseconds until terminal_read() or terminal_in_escape() may tell something new without a byte
 * from the terminal; -1: never. */
int terminal_due(int64_t now);
/* An Escape waits for its digit. */
bool terminal_in_escape(int64_t now);

void terminal_clear(void);
/* Everything is drawn afresh: a line's noise has spoiled the screen. */
void terminal_redraw(void);
/* Exactly `width` cells from (y, x): padded or clipped; what lies outside the screen is dropped. */
void terminal_put(int y, int x, int width, enum role role, const char *text);
/* The same, to the right. */
void terminal_put_right(int y, int x, int width, enum role role, const char *text);
void terminal_printf(int y, int x, int width, enum role role, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* What is put from now on goes to an empty sheet of so many rows and columns. */
void terminal_sheet(int rows, int cols);
struct cell_at {
    int y, x;
};
/* Shows the sheet in `rows` rows of the screen from `top` on, rows that are too long broken at
 * blanks, from the `first` of the rows that this makes; how many they are. `cursor` goes from its
 * cell of the sheet, y below 0 for none, to that of the screen; `first` is brought into range, and
 * to where the cursor can be seen. */
int terminal_flow(int top, int rows, int *first, struct cell_at *cursor);
/* Shows what was drawn, with the cursor at (y, x). */
void terminal_show(int y, int x);
void terminal_bell(void);

/* Cells that a text takes as it is shown (charset.h). */
int text_cells(const char *text);
