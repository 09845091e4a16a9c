/* A sheet of comfortable size for screens that the terminal has not: it is drawn on, and then flows
 * into what rows there are, broken at blanks, a part at a time. Nothing is lost on a handheld. */
#include "tui/terminal.h"
#include "tui/terminal_window.h"

#include <stdlib.h>
#include <wchar.h>

enum { GAP = 2 }; /* blanks between two words of a row that is broken */

struct flow {
    int top, rows, first; /* rows of the screen; the first row that is shown */
    int y, x;             /* where the next cell goes, from 0 */
    bool draws, blanks;   /* or only counts; rows without anything count */
    struct cell_at from;  /* the cursor on the sheet, and in the rows that are made */
    struct cell_at to;
};

static WINDOW *sheet;

void terminal_sheet(int rows, int cols)
{
    if (sheet && (getmaxy(sheet) != rows || getmaxx(sheet) != cols)) {
        delwin(sheet);
        sheet = NULL;
    }
    if (!sheet && !(sheet = newpad(rows, cols)))
        abort();
    werase(sheet);
    terminal_put_on(sheet);
}

/* The cell of the sheet, and how many columns it takes. */
static int cell_of(int y, int x, cchar_t *cell, bool *is_blank)
{
    wchar_t text[CCHARW_MAX + 1] = L" ";
    attr_t attributes;
    short pair;
    mvwin_wch(sheet, y, x, cell);
    getcchar(cell, text, &attributes, &pair, NULL);
    *is_blank = text[0] == L' ' && text[1] == L'\0' && !(attributes & A_REVERSE);
    int width = wcwidth(text[0]);
    return width > 0 ? width : 1;
}

static int row_length(int y)
{
    int length = 0;
    for (int x = 0, width; x < getmaxx(sheet); x += width) {
        cchar_t cell;
        bool is_blank;
        width = cell_of(y, x, &cell, &is_blank);
        if (!is_blank)
            length = x + width;
    }
    return length;
}

static int word_length(int y, int x, int length)
{
    int from = x;
    for (int width; x < length; x += width) {
        cchar_t cell;
        bool is_blank;
        width = cell_of(y, x, &cell, &is_blank);
        if (is_blank)
            break;
    }
    return x - from;
}

static void next_row(struct flow *flow)
{
    flow->y++;
    flow->x = 0;
}

/* Copies cells; a word that is longer than a row goes on in the next one. */
static void copy(struct flow *flow, int y, int x, int n)
{
    for (int width, end = x + n; x < end; x += width) {
        cchar_t cell;
        bool is_blank;
        width = cell_of(y, x, &cell, &is_blank);
        if (flow->x + width > COLS && flow->x > 0)
            next_row(flow);
        int row = flow->y - flow->first;
        if (flow->draws && row >= 0 && row < flow->rows && flow->x + width <= COLS)
            mvwadd_wch(stdscr, flow->top + row, flow->x, &cell);
        if (y == flow->from.y && x <= flow->from.x) /* on it, or the last before it */
            flow->to = (struct cell_at){flow->y, flow->x + flow->from.x - x};
        flow->x += width;
    }
}

static void break_row(struct flow *flow, int y, int length)
{
    for (int x = 0, blanks = 0; x < length;) {
        int word = word_length(y, x, length);
        if (word == 0) {
            blanks++;
            x++;
            continue;
        }
        int gap = flow->x == 0 ? blanks > 0 : blanks < GAP ? blanks : GAP;
        if (flow->x > 0 && flow->x + gap + word > COLS) {
            next_row(flow);
            gap = 1;
        }
        flow->x += gap;
        copy(flow, y, x, word);
        x += word;
        blanks = 0;
    }
}

static int flow_rows(struct flow *flow)
{
    flow->y = 0;
    for (int y = 0, last = getmaxy(sheet); y < last; y++) {
        int length = row_length(y);
        flow->x = 0;
        if (length == 0) {
            flow->y += flow->blanks;
            continue;
        }
        if (length <= COLS)
            copy(flow, y, 0, length);
        else
            break_row(flow, y, length);
        flow->y++;
    }
    return flow->y;
}

/* Rows up to the last one with anything on it. */
static int rows_used(void)
{
    int used = getmaxy(sheet);
    while (used > 0 && row_length(used - 1) == 0)
        used--;
    return used;
}

static int between(int least, int value, int most)
{
    return value > most ? most : value < least ? least : value;
}

int terminal_flow(int top, int rows, int *first, struct cell_at *cursor)
{
    struct flow flow = {.top = top, .rows = rows, .blanks = true, .from = *cursor, .to = {-1, 0}};
    terminal_put_on(stdscr);
    int all = flow_rows(&flow) - (getmaxy(sheet) - rows_used());
    if (all > rows) { /* no room to leave rows empty */
        flow.blanks = false;
        all = flow_rows(&flow);
    }
    *first = between(0, *first, all > rows ? all - rows : 0);
    if (flow.to.y >= 0)
        *first = between(flow.to.y - rows + 1, *first, flow.to.y);
    flow.first = *first;
    flow.draws = true;
    flow_rows(&flow);
    if (flow.to.y >= 0)
        flow.to = (struct cell_at){top + flow.to.y - *first, between(0, flow.to.x, COLS - 1)};
    *cursor = flow.to;
    return all;
}
