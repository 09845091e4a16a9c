#include "tui/order_lines.h"

#include "tui/order_view.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

/* ---- columns --------------------------------------------------------------------------------- */

enum cell {
    CELL_LN,
    CELL_SKU,
    CELL_NAME,
    CELL_QTY,
    CELL_PRICE,
    CELL_AMOUNT,
    CELL_CV,
    CELL_STOCK,
    CELL_FLAG,
    CELLS
};

static const struct {
    const char *title;
    int width;
    bool right;
    int least_cols; /* the terminal's columns below which it is left out */
} columns[CELLS] = {
    [CELL_LN] = {N_("Ln"), 2, true, 0},
    [CELL_SKU] = {N_("SKU"), 6, false, 0},
    [CELL_NAME] = {N_("Description"), 0, false, 30},
    [CELL_QTY] = {N_("Qty"), 4, true, 0},
    [CELL_PRICE] = {N_("Price"), 8, true, 56},
    [CELL_AMOUNT] = {N_("Amount"), 9, true, 40},
    [CELL_CV] = {N_("CV"), 7, true, 80},
    [CELL_STOCK] = {N_("Stock"), 6, true, 66},
    [CELL_FLAG] = {"", 2, false, 0},
};

static int name_width(int cols)
{
    int width = cols;
    for (enum cell cell = 0; cell < CELLS; cell++)
        if (cols >= columns[cell].least_cols)
            width -= columns[cell].width + 1;
    return width > 0 ? width : 0;
}

static void draw_cells(const struct frame *frame, int row, enum role role,
                       const char *const texts[CELLS])
{
    int x = 0;
    if (row < 0 || row >= frame->rows)
        return;
    for (enum cell cell = 0; cell < CELLS; cell++) {
        if (frame->cols < columns[cell].least_cols)
            continue;
        int width = cell == CELL_NAME ? name_width(frame->cols) : columns[cell].width;
        enum role cell_role = strcmp(texts[cell], "..") == 0 ? ROLE_DIM : role;
        x++;
        if (columns[cell].right)
            terminal_put_right(frame->top + row, x, width, cell_role, texts[cell]);
        else
            terminal_put(frame->top + row, x, width, cell_role, texts[cell]);
        x += width;
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

enum { LINE_NAME = 512 };

static const char *flag(const struct order *order, size_t number)
{
    const char *flag = "";
    const struct reply_problem *problem;
    for (size_t nth = 0; (problem = order_problem(order, number, nth)); nth++) {
        if (!problem->warning)
            return "!!";
        flag = "!";
    }
    return flag;
}

static const char *fit(char out[MONEY_TEXT], enum cell cell, int64_t minor, int exponent)
{
    return order_view_fit(out, columns[cell].width, minor, exponent);
}

/* A price that was shown and has been corrected, before the name so that it is never cut off. */
static const char *name_of(const struct order *order, size_t number, int exponent,
                           char out[LINE_NAME])
{
    const struct reply_line *quoted = order_line_quoted(order, number);
    const char *name = *quoted->name ? quoted->name : "?";
    char was[MONEY_TEXT];
    int64_t amount;
    if (!order_line_was(order, number, &amount))
        return name;
    snprintf(out, LINE_NAME, _("was %s  %s"), money_format(was, money_of(amount), exponent, true),
             name);
    return out;
}

static void draw_line(const struct app *app, const struct frame *frame, int row, size_t number)
{
    const struct order *order = app->order;
    int exponent = app_exponent(app);
    const struct draft_line *line = order_line(order, number);
    const struct reply_line *quoted = order_line_quoted(order, number);
    enum line_known known = order_line_known(order, number);
    char ln[16], qty[24], price[MONEY_TEXT], amount[MONEY_TEXT], cv[MONEY_TEXT], stock[24],
        name[LINE_NAME];
    const char *texts[CELLS] = {ln, line->sku, "..", qty, "..", "..", "..", "..", ""};
    const char *wrong = order_line_is_judged(order, number) ? flag(order, number) : "";
    snprintf(ln, sizeof ln, "%zu", number);
    snprintf(qty, sizeof qty, "%lld", (long long)line->qty);
    if (quoted) {
        texts[CELL_NAME] = name_of(order, number, exponent, name);
        texts[CELL_PRICE] = quoted->priced ? fit(price, CELL_PRICE, quoted->unit, exponent) : "-";
        snprintf(stock, sizeof stock, "%lld", (long long)quoted->free_stock);
        texts[CELL_STOCK] = quoted->free_stock >= 0 ? stock : known == LINE_CONFIRMED ? "-" : "..";
    }
    if (quoted && known >= LINE_HERE) {
        texts[CELL_AMOUNT] =
            quoted->priced ? fit(amount, CELL_AMOUNT, quoted->amount, exponent) : "-";
        texts[CELL_CV] =
            quoted->priced ? order_view_fit_volume(cv, columns[CELL_CV].width, quoted->cv) : "-";
    }
    bool is_marked = frame->cols >= columns[CELL_STOCK].least_cols && *texts[CELL_STOCK] == '.';
    texts[CELL_FLAG] = !*wrong && known != LINE_CONFIRMED && !is_marked ? ".." : wrong;
    draw_cells(frame, row, *wrong ? ROLE_STRONG : ROLE_PLAIN, texts);
}

enum { PROBLEMS_X = 10, CANDIDATES_X = 13, CANDIDATES_WIDE = 22 };

/* `1 40216 Velvet Rose ea`, side by side; the rows they take. */
static int draw_candidates(const struct frame *frame, int row, const struct reply_problem *problem)
{
    int beside = (frame->cols - CANDIDATES_X) / CANDIDATES_WIDE;
    if (beside < 1)
        beside = 1;
    for (int i = 0; i < (int)problem->ncandidates; i++) {
        int at = row + i / beside;
        if (at < frame->rows)
            terminal_printf(frame->top + at, CANDIDATES_X + i % beside * CANDIDATES_WIDE,
                            CANDIDATES_WIDE - 1, ROLE_PLAIN, "%d %s %s", i + 1,
                            problem->candidates[i], problem->candidate_names[i]);
    }
    return ((int)problem->ncandidates + beside - 1) / beside;
}

/* The rows that the problems of a line take; drawn when `frame` is there. */
static int draw_problems(const struct app *app, const struct frame *frame, int row, size_t number)
{
    const struct reply_problem *problem, *to_mend;
    size_t mend = order_line_to_mend(app->order, &to_mend);
    int used = 0;
    if (!order_line_is_judged(app->order, number))
        return 0;
    for (size_t nth = 0; (problem = order_problem(app->order, number, nth)); nth++) {
        enum role role = problem->warning ? ROLE_WARN : ROLE_STOP;
        int x = frame->cols < 60 ? 0 : PROBLEMS_X;
        if (order_problem_follows(app->order, problem))
            continue;
        if (row + used < frame->rows)
            terminal_put(frame->top + row + used, x, 2, role, problem->warning ? " !" : "!!");
        used += frame_wrap(frame, row + used, x + 3, 2, role, problem->say);
        if (mend == number && problem == to_mend)
            used += draw_candidates(frame, row + used, problem);
    }
    return used;
}

static int rows_of(const struct app *app, const struct frame *frame, size_t number)
{
    return 1 + draw_problems(app, &(struct frame){.cols = frame->cols}, 0, number);
}

static void draw_heads(const struct frame *frame, int row)
{
    const char *titles[CELLS];
    for (enum cell cell = 0; cell < CELLS; cell++)
        titles[cell] = *columns[cell].title ? _(columns[cell].title) : "";
    draw_cells(frame, row, ROLE_HEAD, titles);
}

int order_lines_draw(const struct app *app, const struct frame *whole, int top, int bottom)
{
    struct frame body = *whole;
    const struct frame *frame = &body;
    body.rows = bottom < whole->rows ? bottom : whole->rows;
    size_t lines = order_lines(app->order), first = lines;
    int used = 0, below = 0, room = bottom - top - 1;
    draw_heads(frame, top);
    for (size_t number = lines; number > 0 && below < app->scroll; number--, first--)
        below++;
    size_t last = first;
    while (first > 0 && used + rows_of(app, frame, first) <= room)
        used += rows_of(app, frame, first--);
    int row = top + 1;
    for (size_t number = first + 1; number <= last; number++) {
        draw_line(app, frame, row, number);
        row += 1 + draw_problems(app, frame, row + 1, number);
    }
    return (int)(first + (lines - last));
}
