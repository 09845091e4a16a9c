/* The order while it is keyed: who, what, and what it comes to. */
#include "core/text.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/home_drafts.h"
#include "tui/kit_choose.h"
#include "tui/last_order.h"
#include "tui/open.h"
#include "tui/order_change.h"
#include "tui/order_change_view.h"
#include "tui/order_head.h"
#include "tui/order_lines.h"
#include "tui/order_pane.h"
#include "tui/order_promo.h"
#include "tui/order_speech.h"
#include "tui/order_view.h"
#include "tui/ship.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

/* ---- drawing --------------------------------------------------------------------------------- */

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

static void draw_pane(struct app *app, struct frame *main)
{
    struct frame pane = *main;
    main->cols -= ORDER_PANE + 2;
    pane.left = main->cols + 2;
    pane.cols = ORDER_PANE;
    order_pane_draw(app, &pane);
}

/* What the lines leave; where they leave nothing, older lines make room for what matters most. */
static int promo_rows(const struct app *app, const struct frame *frame, int below)
{
    enum { TALL = 16, LEAST = 2 };
    int room = below - ORDER_HEAD - order_lines_rows(app, frame);
    int least = frame->rows >= TALL ? LEAST : 1;
    return order_promo_rows(app, frame, room < least ? least : room);
}

static void draw(struct app *app, struct frame *frame)
{
    struct frame main = *frame;
    if (app->order && frame->cols >= ORDER_PANE_FROM)
        draw_pane(app, &main);
    order_head_draw(app, &main);
    if (!app->order) { /* the one before was placed, the next is not begun */
        order_lines_draw(app, &main, ORDER_HEAD, main.rows);
        return;
    }
    if (order_lines(app->order) && app->order->price.served_arena)
        ship_ask(app); /* for the review, which has the addresses at once then */
    const struct reply_problem *problem = general_problem(app->order);
    int bottom = order_view_totals_rows(&main), spare = bottom > 1 || problem != NULL;
    int below = main.rows - bottom - spare - order_change_rows(app, &main);
    int promo = promo_rows(app, &main, below);
    int hidden = order_lines_draw(app, &main, ORDER_HEAD, below - promo);
    order_promo_draw(app, &main, below - promo, promo);
    order_change_draw(app, &main, below);
    if (problem && order_priced(app->order))
        draw_general(&main, main.rows - bottom - spare, problem);
    else if (hidden && spare)
        frame_printf(&main, main.rows - bottom - spare, ROLE_DIM, " %d more: PgUp PgDn", hidden);
    order_view_totals(app, &main);
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
    if (kit_is_choice(problem)) {
        kit_pick(app, number, problem, (size_t)command->number - 1);
        return;
    }
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
    if (app->order)
        order_reprice(app->order);
}

/* Of a change: what the order is. Else the last one once more. */
static void duplicate(struct app *app)
{
    if (app->order && app->order->change)
        order_change_reset(app);
    else
        last_order_repeat(app);
}

static void review(struct app *app)
{
    if (app->order && app->order->change && !order_change_any(app->order))
        app_say(app, ROLE_WARN, "nothing is changed yet.");
    else if (!app->order || order_lines(app->order) == 0)
        app_say(app, ROLE_STOP, "there is nothing on the order yet.");
    else
        open_review(app);
}

const struct screen screen_order = {
    .id = SCREEN_order,
    .adapts = true,
    .grammar = AT_ORDER,
    .draw = draw,
    .say = order_say,
    .say_once = true,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions = {[ACTION_BACK] = back,
                [ACTION_HOLD] = back,
                [ACTION_RECALL] = recall,
                [ACTION_REPRICE] = reprice,
                [ACTION_DUPLICATE] = duplicate,
                [ACTION_REVIEW] = review},
};
