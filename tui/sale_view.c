#include "tui/sale_view.h"

#include "tui/order_lines.h"
#include "tui/order_promo.h"
#include "tui/order_speech.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

enum { HEAD = 2, VERBS_LEAST = 14 };

/* ---- the head -------------------------------------------------------------------------------- */

static void draw_till(const struct app *app, const struct frame *frame)
{
    const struct reply_shift *shift = counter_shift(app);
    char drawer[MONEY_TEXT];
    if (!shift)
        frame_text(frame, 0, ROLE_WARN, _(" no shift is open: F12, and the float"));
    else if (shift->drawer >= 0)
        frame_printf(frame, 0, ROLE_PLAIN, " %s  %s   drawer %s", shift->till, shift->till_name,
                     money_format(drawer, money_of(shift->drawer), shift->exponent, true));
    else
        frame_printf(frame, 0, ROLE_PLAIN, " %s  %s", shift->till, shift->till_name);
}

static const char *person_text(const struct app *app, struct arena *arena)
{
    const struct order *order = app->order;
    const struct order_draft *draft = order ? order_draft(order) : NULL;
    char balance[MONEY_TEXT];
    if (!draft || !draft->distributor || order_is_walk_in(order))
        return _(" Retail price   a distributor's number: theirs");
    bool known = order->quote_arena && strcmp(order->quote.distributor, draft->distributor) == 0;
    if (!known)
        return arena_printf(arena, " %s ..", draft->distributor);
    if (draft->customer)
        return arena_printf(arena, _(" %s   customer of %s %s"), order->quote.customer_name,
                            draft->distributor, order->quote.distributor_name);
    return arena_printf(arena, _(" %s %s   distributor price   %s   Balance %s"),
                        draft->distributor, order->quote.distributor_name, order->quote.rank_name,
                        app_amount(app, balance, order->quote.balance));
}

static void draw_head(const struct app *app, const struct frame *frame)
{
    struct arena *arena = arena_new();
    const struct order *order = app->order;
    bool refused = order && order_person_refused(order) && !order_is_walk_in(order);
    draw_till(app, frame);
    frame_text(frame, 1, refused ? ROLE_STOP : ROLE_STRONG, person_text(app, arena));
    arena_free(arena);
}

/* ---- the sums -------------------------------------------------------------------------------- */

static int64_t pieces(const struct order *order)
{
    int64_t n = 0;
    for (size_t i = 1; i <= order_lines(order); i++)
        n += order_line(order, i)->qty;
    return n;
}

static struct sale_sums sums_of(const struct app *app, struct arena *arena)
{
    const struct order *order = app->order;
    struct draft_tender plan[PAY_PICKS + 1];
    struct text paid;
    struct sale_sums sums = {.items = pieces(order),
                             .total = sale_total(order),
                             .exponent = app_exponent(app),
                             .currency = order->quote_arena ? order->quote.currency : ""};
    size_t n = sums.total >= 0 ? order_pay_plan_of(order, sums.total, plan) : 0;
    text_init(&paid, arena);
    sale_view_paid(&paid, plan, n, sums.exponent);
    order_pay_gone(order, &paid);
    if (order->means.nlooks)
        text_add(&paid, " ..");
    sums.due = sums.total;
    for (size_t i = 0; i < n; i++)
        sums.due -= plan[i].amount;
    sums.given = tender_given(plan, n);
    sums.change = tender_change(plan, n);
    sums.paid = paid.data;
    return sums;
}

static struct sale_sums sums_sold(const struct counter_sold *sold)
{
    return (struct sale_sums){.total = sold->total,
                              .given = sold->given,
                              .change = sold->change,
                              .exponent = sold->exponent,
                              .currency = sold->currency,
                              .paid = sold->paid};
}

/* ---- drawing --------------------------------------------------------------------------------- */

static bool is_unsold(const struct app *app)
{
    bool sending = app->order->placing != PLACING_NO && client_link(app->client) == LINK_LOST;
    return sending || strcmp(app->counter->unsold, app->order->ulid) == 0;
}

/* What stands in the way, the worst first. */
static const struct reply_problem *problem_of(const struct order *order)
{
    const struct reply_problem *problem, *found = NULL;
    for (size_t nth = 0; (problem = order_problem(order, 0, nth)); nth++)
        if (strcmp(problem->code, "no_lines") != 0 &&
            (!found || (found->warning && !problem->warning)))
            found = problem;
    return found;
}

/* The row above the sums: what is wrong, else what may be keyed. */
static void draw_state(const struct app *app, const struct frame *frame, int row, int hidden)
{
    const struct reply_problem *problem = problem_of(app->order);
    if (is_unsold(app))
        frame_text(frame, row, ROLE_STOP, _(" !! NOT SOLD YET: F9 sells it when the link is back"));
    else if (problem && order_priced(app->order))
        frame_printf(frame, row, problem->warning ? ROLE_WARN : ROLE_STOP, " %s %s",
                     problem->warning ? "!" : "!!", problem->say);
    else if (hidden)
        frame_printf(frame, row, ROLE_DIM, " %d more: PgUp PgDn", hidden);
    else
        frame_text(frame, row, ROLE_DIM,
                   _(" 100 cash   v0423 card slip   l pay link   gc certificate   r return"));
}

static void draw_open(struct app *app, struct frame *frame)
{
    struct arena *arena = arena_new();
    struct sale_sums sums = sums_of(app, arena);
    int head = frame->rows >= VERBS_LEAST ? HEAD : 1;
    int state = frame->rows >= 8, below = frame->rows - sale_sums_rows(frame) - state;
    int promo = frame->rows >= VERBS_LEAST ? order_promo_rows(app, frame, 1) : 0;
    int hidden = order_lines_draw(app, frame, head, below - promo);
    order_promo_draw(app, frame, below - promo, promo);
    if (state)
        draw_state(app, frame, below, hidden);
    sale_sums_draw(frame, &sums);
    arena_free(arena);
}

static void draw_last(const struct app *app, struct frame *frame)
{
    const struct counter_sold *sold = &app->counter->sold;
    char total[MONEY_TEXT];
    struct sale_sums sums = sums_sold(sold);
    if (!*sold->number) {
        frame_text(frame, HEAD + 1, ROLE_DIM, _(" scan, or q*SKU, or words; F12 is the till"));
        return;
    }
    frame_printf(frame, HEAD + 1, ROLE_OK,
                 sold->was_handed_over ? N_(" HANDED OVER %s   %s %s") : N_(" SOLD %s   %s %s"),
                 sold->number, money_format(total, money_of(sold->total), sold->exponent, true),
                 sold->currency);
    frame_wrap(frame, HEAD + 2, 1, 2, ROLE_DIM,
               _("F8 prints the receipt again; void and why takes the sale back; the next scan "
                 "begins the next sale"));
    sale_sums_draw(frame, &sums);
}

void sale_draw(struct app *app, struct frame *frame)
{
    struct order *order = app->order;
    if (order && !order_is_walk_in(order) && order_lines(order) && !*order->means.whose)
        order_means_ask(order); /* what else could pay */
    if (frame->rows >= VERBS_LEAST || !order)
        draw_head(app, frame);
    else
        draw_till(app, frame);
    if (order && order_lines(order))
        draw_open(app, frame);
    else
        draw_last(app, frame);
}

/* ---- without a screen ------------------------------------------------------------------------ */

void sale_say(struct app *app, struct speech *speech)
{
    const struct order *order = app->order;
    const struct reply_shift *shift = counter_shift(app);
    struct arena *arena = arena_new();
    const char *person = person_text(app, arena);
    speech_say(speech, "title", _("SALE at %s"), shift ? shift->till : "-");
    if (order && order_lines(order)) {
        struct sale_sums sums = sums_of(app, arena);
        speech_say(speech, "person", "%s", person + strspn(person, " "));
        order_say_lines(app, speech);
        sale_sums_say(speech, &sums, order->ulid);
        if (is_unsold(app))
            speech_warn(speech, "unsold", true, "%s",
                        _("not sold yet: /9 sells it when the link is back"));
    }
    arena_free(arena);
}
