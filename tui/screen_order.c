/* The order while it is keyed: who, what, and what it comes to. */
#include "core/text.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/home_drafts.h"
#include "tui/last_order.h"
#include "tui/open.h"
#include "tui/order_lines.h"
#include "tui/order_pane.h"
#include "tui/order_speech.h"
#include "tui/order_view.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

enum { HEAD_ROWS = 2, HANDHELD = 40 };

/* ---- head and totals ------------------------------------------------------------------------- */

/* On one row, on two of a handheld. */
static void person_row(const struct frame *frame, enum role role, const char *text)
{
    if (frame->cols < HANDHELD)
        frame_wrap(frame, 0, 0, HEAD_ROWS, role, text + strspn(text, " "));
    else
        frame_text(frame, 0, role, text);
}

static const char *person_facts(const struct app *app, struct arena *arena, const char *name)
{
    const struct reply_quote *quote = &app->order->quote;
    char balance[MONEY_TEXT];
    return arena_printf(arena, _(" %s %s   %s   %s   Balance %s"),
                        order_draft(app->order)->distributor, name, quote->rank_name,
                        tongue_word("person", quote->status),
                        app_amount(app, balance, quote->balance));
}

/* Of a long name only what leaves room for the rest: it tells whether this person may order. */
static const char *person_fitted(const struct app *app, struct arena *arena, int cols)
{
    const char *name = app->order->quote.distributor_name;
    const char *row = person_facts(app, arena, name);
    int others = text_cells(row) - text_cells(name);
    return person_facts(app, arena, frame_name(arena, name, cols - others));
}

static void draw_person(const struct app *app, const struct frame *frame, struct arena *arena)
{
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_quote *quote = &app->order->quote;
    if (!draft->distributor) {
        person_row(frame, ROLE_WARN,
                   _(" who orders? type the distributor's number, name or telephone"));
        return;
    }
    bool known = app->order->quote_arena && strcmp(quote->distributor, draft->distributor) == 0;
    if (known)
        person_row(frame, order_person_refused(app->order) ? ROLE_STOP : ROLE_STRONG,
                   frame->cols < HANDHELD ? person_facts(app, arena, quote->distributor_name)
                                          : person_fitted(app, arena, frame->cols));
    else if (order_priced(app->order))
        person_row(frame, ROLE_STOP, arena_printf(arena, " %s ?", draft->distributor));
    else
        person_row(frame, ROLE_DIM, arena_printf(arena, " %s ..", draft->distributor));
}

/* At the end of the row, over the address if need be; not on narrow screens. */
static void draw_last(const struct app *app, const struct frame *frame)
{
    enum { LEAST_COLS = 72 };
    const struct reply_order *last = last_order(app);
    char day[WHEN_TEXT], total[MONEY_TEXT], text[64];
    if (!last || frame->cols < LEAST_COLS)
        return;
    when_short(day, last->placed_at);
    snprintf(text, sizeof text, _("  Last %s %s (F8 dup)"), day,
             money_format(total, money_of(last->total), last->exponent, true));
    int width = (int)text_cells(text);
    terminal_put(frame->top + 1, frame->cols - width, width, ROLE_PLAIN, text);
}

static void draw_head(const struct app *app, const struct frame *frame, struct arena *arena)
{
    if (frame->cols < HANDHELD)
        return; /* the person has both rows; the review shows where it goes */
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
    draw_last(app, frame);
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

static void draw_pane(const struct app *app, struct frame *main)
{
    struct frame pane = *main;
    main->cols -= ORDER_PANE + 2;
    pane.left = main->cols + 2;
    pane.cols = ORDER_PANE;
    order_pane_draw(app, &pane);
}

static void draw(struct app *app, struct frame *frame)
{
    struct arena *arena = arena_new();
    struct frame main = *frame;
    if (!app->order)
        app_order(app);
    if (frame->cols >= ORDER_PANE_FROM)
        draw_pane(app, &main);
    draw_person(app, &main, arena);
    draw_head(app, &main, arena);
    const struct reply_problem *problem = general_problem(app->order);
    int bottom = order_view_totals_rows(&main), spare = bottom > 1 || problem != NULL;
    int hidden = order_lines_draw(app, &main, HEAD_ROWS, main.rows - bottom - spare);
    if (problem && order_priced(app->order))
        draw_general(&main, main.rows - bottom - spare, problem);
    else if (hidden && spare)
        frame_printf(&main, main.rows - bottom - spare, ROLE_DIM, " %d more: PgUp PgDn", hidden);
    order_view_totals(app, &main);
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
                [ACTION_DUPLICATE] = last_order_repeat,
                [ACTION_REVIEW] = review},
};
