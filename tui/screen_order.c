/* The order while it is keyed: who, what, and what it comes to. */
#include "core/text.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/order_view.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

enum { HEAD_ROWS = 3 };

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

static void draw_line(const struct app *app, const struct frame *frame, int row, size_t number)
{
    const struct order *order = app->order;
    int exponent = app_exponent(app);
    const struct draft_line *line = order_line(order, number);
    const struct reply_line *quoted = order_line_quoted(order, number);
    char ln[16], qty[24], price[MONEY_TEXT], amount[MONEY_TEXT], cv[MONEY_TEXT], stock[24];
    const char *texts[CELLS] = {ln, line->sku, "..", qty, "..", "..", "..", "..", ""};
    snprintf(ln, sizeof ln, "%zu", number);
    snprintf(qty, sizeof qty, "%lld", (long long)line->qty);
    if (quoted) {
        texts[CELL_NAME] = *quoted->name ? quoted->name : "?";
        texts[CELL_PRICE] = quoted->priced ? fit(price, CELL_PRICE, quoted->unit, exponent) : "-";
        snprintf(stock, sizeof stock, "%lld", (long long)quoted->free_stock);
        texts[CELL_STOCK] = quoted->free_stock >= 0 ? stock : "-";
    }
    if (quoted && order_line_confirmed(order, number)) {
        texts[CELL_AMOUNT] =
            quoted->priced ? fit(amount, CELL_AMOUNT, quoted->amount, exponent) : "-";
        texts[CELL_CV] =
            quoted->priced ? order_view_fit_volume(cv, columns[CELL_CV].width, quoted->cv) : "-";
        texts[CELL_FLAG] = flag(order, number);
    }
    draw_cells(frame, row, *texts[CELL_FLAG] ? ROLE_STRONG : ROLE_PLAIN, texts);
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
        if (at >= HEAD_ROWS && at < frame->rows)
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
    if (!order_line_confirmed(app->order, number))
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

static int draw_lines(struct app *app, const struct frame *frame, int room)
{
    struct order *order = app->order;
    size_t lines = order_lines(order), first = lines;
    int used = 0, below = 0;
    for (size_t number = lines; number > 0 && below < app->scroll; number--, first--)
        below++;
    size_t last = first;
    while (first > 0 && used + rows_of(app, frame, first) <= room)
        used += rows_of(app, frame, first--);
    int row = HEAD_ROWS;
    for (size_t number = first + 1; number <= last; number++) {
        draw_line(app, frame, row, number);
        row += 1 + draw_problems(app, frame, row + 1, number);
    }
    return (int)(first + (lines - last));
}

/* ---- head and totals ------------------------------------------------------------------------- */

static void draw_person(const struct app *app, const struct frame *frame)
{
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_quote *quote = &app->order->quote;
    char balance[MONEY_TEXT];
    if (!draft->distributor) {
        frame_text(frame, 0, ROLE_WARN,
                   _(" who orders? type the distributor's number, name or telephone"));
        return;
    }
    bool known = app->order->quote_arena && strcmp(quote->distributor, draft->distributor) == 0;
    if (known)
        frame_printf(frame, 0, order_person_refused(app->order) ? ROLE_STOP : ROLE_STRONG,
                     " %s %s   %s   %s   Balance %s", draft->distributor, quote->distributor_name,
                     quote->rank_name, tongue_word("person", quote->status),
                     app_amount(app, balance, quote->balance));
    else if (order_confirmed(app->order))
        frame_printf(frame, 0, ROLE_STOP, " %s ?", draft->distributor);
    else
        frame_printf(frame, 0, ROLE_DIM, " %s ..", draft->distributor);
}

static void draw_head(const struct app *app, const struct frame *frame, struct arena *arena)
{
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_quote *quote = &app->order->quote;
    struct text ship, head;
    text_init(&ship, arena);
    text_init(&head, arena);
    if (app->order->quote_arena)
        order_view_address(&ship, &quote->ship_to);
    order_view_type(&head, app->order);
    text_printf(&head, _("   Ship %s"), ship.len ? ship.data : "-");
    if (draft->note)
        text_printf(&head, _("   Note %s"), draft->note);
    frame_text(frame, 1, ROLE_PLAIN, head.data);
    const char *titles[CELLS];
    for (enum cell cell = 0; cell < CELLS; cell++)
        titles[cell] = *columns[cell].title ? _(columns[cell].title) : "";
    draw_cells(frame, 2, ROLE_HEAD, titles);
}

/* Problems of the whole order, the worst first; those of nothing keyed yet are no news. */
static const struct reply_problem *general_problem(const struct order *order)
{
    const struct reply_problem *problem, *found = NULL;
    for (size_t nth = 0; (problem = order_problem(order, 0, nth)); nth++)
        if (strcmp(problem->code, "no_lines") != 0 &&
            (!found || (found->warning && !problem->warning)))
            found = problem;
    return found;
}

static void draw_general(const struct frame *frame, int row, const struct reply_problem *problem)
{
    const char *with = order_view_mend(problem);
    bool has_room =
        !problem->warning && text_cells(problem->say) + text_cells(with) + 8 < frame->cols;
    frame_printf(frame, row, problem->warning ? ROLE_WARN : ROLE_STOP, " %s %s%s%s",
                 problem->warning ? "!" : "!!", problem->say, has_room && *with ? "  > " : "",
                 has_room ? with : "");
}

static void draw(struct app *app, struct frame *frame)
{
    struct arena *arena = arena_new();
    if (!app->order)
        app_order(app);
    draw_person(app, frame);
    draw_head(app, frame, arena);
    const struct reply_problem *problem = general_problem(app->order);
    int bottom = ORDER_VIEW_TOTALS + 1;
    int hidden = draw_lines(app, frame, frame->rows - HEAD_ROWS - bottom);
    if (problem && order_confirmed(app->order))
        draw_general(frame, frame->rows - bottom, problem);
    else if (hidden)
        frame_printf(frame, frame->rows - bottom, ROLE_DIM, " %d more: PgUp PgDn", hidden);
    order_view_totals(app, frame);
    arena_free(arena);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    int most = app->order ? (int)order_lines(app->order) - 1 : 0;
    if (input->code == INPUT_PAGE_UP)
        app->scroll = app->scroll + 8 < most ? app->scroll + 8 : most;
    else if (input->code == INPUT_PAGE_DOWN)
        app->scroll = app->scroll > 8 ? app->scroll - 8 : 0;
    else {
        if (input->code == INPUT_ENTER)
            app->scroll = 0;
        return false;
    }
    return true;
}

static int candidates(const struct app *app)
{
    const struct reply_problem *problem;
    return app->order && order_line_to_mend(app->order, &problem) ? (int)problem->ncandidates : 0;
}

static void pick(struct app *app, const struct entry_command *command)
{
    const struct reply_problem *problem;
    size_t number = order_line_to_mend(app->order, &problem);
    if (!number || (size_t)command->number > problem->ncandidates)
        return;
    const char *sku = problem->candidates[command->number - 1];
    app_say(app, ROLE_OK, "ok  line %zu is %s %s", number, sku,
            problem->candidate_names[command->number - 1]);
    order_set_sku(app->order, number, sku);
}

static void back(struct app *app)
{
    app_hold(app);
    app_home(app);
}

static void recall(struct app *app)
{
    back(app);
    app_function(app, 7);
}

static void reprice(struct app *app)
{
    order_reprice(app->order);
}

static void review(struct app *app)
{
    if (order_lines(app->order) == 0)
        app_say(app, ROLE_STOP, "there is nothing on the order yet.");
    else
        open_review(app);
}

const struct screen screen_order = {
    .id = SCREEN_order,
    .grammar = AT_ORDER,
    .draw = draw,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions = {[ACTION_BACK] = back,
                [ACTION_HOLD] = back,
                [ACTION_RECALL] = recall,
                [ACTION_REPRICE] = reprice,
                [ACTION_REVIEW] = review},
};
