#include "tui/order_lines.h"

#include "tui/kit_choose.h"
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

/* Side by side; the description has what is left. */
static const struct {
    const char *title;
    int width;
    bool right;
    int least_cols; /* the terminal's columns below which it is left out */
} columns[CELLS] = {
    [CELL_LN] = {N_("Ln"), 2, true, 0},
    [CELL_SKU] = {N_("SKU"), 6, false, 0},
    [CELL_NAME] = {N_("Description"), 0, false, 0},
    [CELL_QTY] = {N_("Qty"), 4, true, 0},
    [CELL_PRICE] = {N_("Price"), 8, true, 56},
    [CELL_AMOUNT] = {N_("Amount"), 9, true, 0},
    [CELL_CV] = {N_("CV"), 7, true, 80},
    [CELL_STOCK] = {N_("Stock"), 6, true, 70},
    [CELL_FLAG] = {"", 2, false, 0},
};

struct place {
    int row, x, width; /* width 0: left out */
};

/* Two rows for each line, on a handheld; what is as wide as the terminal allows has REST. */
enum { STACKED = 40, REST = 999 };
static const struct place stacked[CELLS] = {
    [CELL_LN] = {0, 0, 2},         [CELL_SKU] = {0, 3, 6},  [CELL_QTY] = {0, 9, 4},
    [CELL_AMOUNT] = {0, 13, REST}, [CELL_FLAG] = {1, 0, 2}, [CELL_NAME] = {1, 3, REST},
};

struct layout {
    struct place at[CELLS];
    int rows; /* of a line */
};

/* Digits that the last line's number has beyond two: it is what is typed to change the line, and
 * shown whole. */
static int more_digits(const struct app *app)
{
    size_t lines = app->order ? order_lines(app->order) : 0;
    return (lines > 99) + (lines > 999);
}

static struct layout layout_stacked(int cols, int more)
{
    struct layout layout = {.rows = 2};
    for (enum cell cell = 0; cell < CELLS; cell++) {
        struct place *at = &layout.at[cell];
        *at = stacked[cell];
        if (at->row == 0 && cell != CELL_LN)
            at->x += more;
        if (at->width == REST)
            at->width = cols > at->x ? cols - at->x : 0;
    }
    layout.at[CELL_LN].width += more;
    return layout;
}

static struct layout layout_of(const struct app *app, int cols)
{
    if (cols < STACKED)
        return layout_stacked(cols, more_digits(app));
    struct layout layout = {.rows = 1};
    int sku = app->session.lengths.length[CODE_SKU], name = cols, x = 0;
    for (enum cell cell = 0; cell < CELLS; cell++) {
        int width = cell == CELL_SKU && sku > columns[cell].width ? sku : columns[cell].width;
        width += cell == CELL_LN ? more_digits(app) : 0;
        layout.at[cell].width = cols < columns[cell].least_cols ? 0 : width;
        if (layout.at[cell].width || cell == CELL_NAME)
            name -= width + 1;
    }
    layout.at[CELL_NAME].width = name > 0 ? name : 0;
    for (enum cell cell = 0; cell < CELLS; cell++)
        if (layout.at[cell].width) {
            layout.at[cell].x = x + 1;
            x += layout.at[cell].width + 1;
        }
    return layout;
}

/* A number in less room than it was made for: without grouping, and rather not at all than a part
 * of it. */
static void put_number(int y, int x, int width, enum role role, const char *text)
{
    char plain[64];
    size_t n = 0;
    if (text_cells(text) > width) {
        for (; *text && n + 1 < sizeof plain; text++)
            if (*text != ',')
                plain[n++] = *text;
        plain[n] = '\0';
        text = plain;
        if (text_cells(text) > width)
            memset(plain, '#', strlen(plain));
    }
    terminal_put_right(y, x, width, role, text);
}

static void draw_cells(const struct frame *frame, const struct layout *layout, int row,
                       enum role role, const char *const texts[CELLS])
{
    for (enum cell cell = 0; cell < CELLS; cell++) {
        struct place at = layout->at[cell];
        int y = row + at.row;
        if (!at.width || y < 0 || y >= frame->rows)
            continue;
        if (columns[cell].right)
            put_number(frame->top + y, at.x, at.width, role, texts[cell]);
        else
            terminal_put(frame->top + y, at.x, at.width, role, texts[cell]);
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
    const char *name = *quoted->name ? quoted->name : "?",
               *picks = order_line(order, number)->picks;
    char was[MONEY_TEXT];
    int64_t amount;
    if (order_line_was(order, number, &amount))
        snprintf(out, LINE_NAME, _("was %s  %s"),
                 money_format(was, money_of(amount), exponent, true), name);
    else if (picks)
        snprintf(out, LINE_NAME, quoted->amount ? _("choice %s  %s") : _("free %s  %s"), picks,
                 name);
    else
        return name;
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
    struct layout layout = layout_of(app, frame->cols);
    bool is_marked = layout.at[CELL_STOCK].width && *texts[CELL_STOCK] == '.';
    texts[CELL_FLAG] = !*wrong && known != LINE_CONFIRMED && !is_marked ? ".." : wrong;
    draw_cells(frame, &layout, row, *wrong ? ROLE_STRONG : ROLE_PLAIN, texts);
}

/* What promotions have added stands behind what was keyed, without a number: nobody types it. */
static size_t gifts_of(const struct order *order, const struct reply_line ***out,
                       struct arena *arena)
{
    size_t n = 0;
    *out = ARENA_ARRAY(arena, const struct reply_line *, order->quote.nlines);
    for (size_t i = 0; order_priced(order) && i < order->quote.nlines; i++)
        if (*order->quote.lines[i].gift_of)
            (*out)[n++] = &order->quote.lines[i];
    return n;
}

static int gift_rows(const struct app *app, const struct frame *frame)
{
    const struct reply_line **gifts;
    struct arena *arena = arena_new();
    size_t n = app->order ? gifts_of(app->order, &gifts, arena) : 0;
    arena_free(arena);
    return (int)n * layout_of(app, frame->cols).rows;
}

static void draw_gift(const struct app *app, const struct frame *frame, int row,
                      const struct reply_line *gift)
{
    char qty[24], price[MONEY_TEXT], amount[MONEY_TEXT], name[LINE_NAME];
    int exponent = app_exponent(app);
    const char *texts[CELLS] = {"", gift->sku, name, qty, price, amount, "", "", ""};
    struct layout layout = layout_of(app, frame->cols);
    snprintf(qty, sizeof qty, "%lld", (long long)gift->qty);
    snprintf(name, sizeof name, _("gift %s  %s"), gift->gift_of, gift->name);
    fit(price, CELL_PRICE, gift->unit, exponent);
    fit(amount, CELL_AMOUNT, gift->amount, exponent);
    draw_cells(frame, &layout, row, ROLE_PLAIN, texts);
}

static void draw_gifts(const struct app *app, const struct frame *frame, int row)
{
    const struct reply_line **gifts;
    struct arena *arena = arena_new();
    size_t n = app->order ? gifts_of(app->order, &gifts, arena) : 0;
    for (size_t i = 0; i < n; i++, row += layout_of(app, frame->cols).rows)
        draw_gift(app, frame, row, gifts[i]);
    arena_free(arena);
}

enum { NARROW = 60, PROBLEMS_X = 10, CANDIDATES_X = 13, CANDIDATES_WIDE = 22 };

/* `1 40216 Velvet Rose ea`, side by side; the rows they take. */
static int draw_candidates(const struct frame *frame, int row, const struct reply_problem *problem)
{
    int x = frame->cols < NARROW ? 1 : CANDIDATES_X, beside = (frame->cols - x) / CANDIDATES_WIDE;
    if (beside < 1)
        beside = 1;
    for (int i = 0; i < (int)problem->ncandidates; i++) {
        int at = row + i / beside;
        if (at < frame->rows)
            terminal_printf(frame->top + at, x + i % beside * CANDIDATES_WIDE, CANDIDATES_WIDE - 1,
                            ROLE_PLAIN, "%d %s %s", i + 1, problem->candidates[i],
                            problem->candidate_names[i]);
    }
    return ((int)problem->ncandidates + beside - 1) / beside;
}

/* What is chosen in a kit, below it. */
static int draw_choices(const struct app *app, const struct frame *frame, int row, size_t number)
{
    const struct reply_line *quoted = order_line_quoted(app->order, number);
    if (!quoted || !quoted->nchoices)
        return 0;
    struct arena *arena = arena_new();
    int used = frame_wrap(frame, row, frame->cols < NARROW ? 3 : PROBLEMS_X, 2, ROLE_DIM,
                          kit_names(arena, quoted));
    arena_free(arena);
    return used;
}

/* The rows that the problems of a line take; drawn when `frame` is there. */
static int draw_problems(const struct app *app, const struct frame *frame, int row, size_t number)
{
    const struct reply_problem *problem, *to_mend;
    size_t mend = order_line_to_mend(app->order, &to_mend);
    int used = draw_choices(app, frame, row, number);
    if (!order_line_is_judged(app->order, number))
        return used;
    for (size_t nth = 0; (problem = order_problem(app->order, number, nth)); nth++) {
        enum role role = problem->warning ? ROLE_WARN : ROLE_STOP;
        int x = frame->cols < NARROW ? 0 : PROBLEMS_X, most = frame->cols < NARROW ? 6 : 2;
        if (order_problem_follows(app->order, problem))
            continue;
        if (row + used < frame->rows)
            terminal_put(frame->top + row + used, x, 2, role, problem->warning ? " !" : "!!");
        used += frame_wrap(frame, row + used, x + 3, most, role, problem->say);
        if (mend == number && problem == to_mend)
            used += draw_candidates(frame, row + used, problem);
    }
    return used;
}

static int rows_of(const struct app *app, const struct frame *frame, size_t number)
{
    return layout_of(app, frame->cols).rows +
           draw_problems(app, &(struct frame){.cols = frame->cols}, 0, number);
}

/* The rows that the heads take; a handheld has none to spare. */
static int draw_heads(const struct app *app, const struct frame *frame, int row)
{
    const char *titles[CELLS];
    struct layout layout = layout_of(app, frame->cols);
    if (layout.rows > 1)
        return 0;
    for (enum cell cell = 0; cell < CELLS; cell++)
        titles[cell] = *columns[cell].title ? _(columns[cell].title) : "";
    frame_text(frame, row, ROLE_HEAD, "");
    draw_cells(frame, &layout, row, ROLE_HEAD, titles);
    return 1;
}

int order_lines_rows(const struct app *app, const struct frame *frame)
{
    size_t lines = order_lines(app->order);
    int rows = layout_of(app, frame->cols).rows == 1;
    for (size_t number = 1; number <= lines && rows < frame->rows; number++)
        rows += rows_of(app, frame, number);
    return rows + gift_rows(app, frame);
}

int order_lines_draw(const struct app *app, const struct frame *whole, int top, int bottom)
{
    struct frame body = *whole;
    const struct frame *frame = &body;
    body.rows = bottom < whole->rows ? bottom : whole->rows;
    size_t lines = app->order ? order_lines(app->order) : 0, first = lines;
    int gifts = app->scroll ? 0 : gift_rows(app, frame);
    int row = top + draw_heads(app, frame, top), room = bottom - row - gifts, used = 0, below = 0;
    for (size_t number = lines; number > 0 && below < app->scroll; number--, first--)
        below++;
    size_t last = first;
    while (first > 0 && (used == 0 || used + rows_of(app, frame, first) <= room))
        used += rows_of(app, frame, first--);
    for (size_t number = first + 1; number <= last; number++) {
        int rows = layout_of(app, frame->cols).rows;
        draw_line(app, frame, row, number);
        row += rows + draw_problems(app, frame, row + rows, number);
    }
    if (gifts)
        draw_gifts(app, frame, row);
    return (int)(first + (lines - last));
}
