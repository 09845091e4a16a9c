/* Selling: the total that was shown is the one that is paid, in full, and the goods are handed over
 * in the same moment. What cannot be sent is not sold, and says so. */
#include "tui/counter.h"
#include "tui/handover.h"
#include "tui/receipts.h"
#include "tui/sale_view.h"
#include "tui/tongue.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

int64_t sale_total(const struct order *order)
{
    bool is_known = order_lines(order) && order->quote_arena && order_priced(order);
    return is_known ? order->quote.total : -1;
}

/* ---- F9 -------------------------------------------------------------------------------------- */

static int64_t still_due(const struct order *order, int64_t total)
{
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = order_pay_plan_of(order, total, plan);
    for (size_t i = 0; i < n; i++)
        total -= plan[i].amount;
    return total;
}

static void say_short(struct app *app, int64_t due)
{
    char amount[MONEY_TEXT];
    app_say(
        app, ROLE_STOP,
        "%s is to be paid yet: 100 is cash, v0423 a card slip, gc a gift certificate, l a link.",
        app_amount(app, amount, due));
}

static void say_no_link(struct app *app, struct order *order)
{
    snprintf(app->counter->unsold, ULID_TEXT, "%s", order->ulid);
    if (app->journal)
        app_say(app, ROLE_STOP,
                "NOT SOLD YET: there is no link. It is kept here and on this machine's disk; F9 "
                "sells it, once, when the link is back; F6 parks it.");
    else
        app_say(app, ROLE_STOP,
                "NOT SOLD YET: there is no link. It is kept here; F9 sells it, once, when the link "
                "is back; F6 parks it.");
}

void sale_pay(struct app *app)
{
    struct order *order = app->order;
    if (!order || order_lines(order) == 0) {
        app_say(app, ROLE_STOP, "there is nothing to sell yet: scan, or q*SKU.");
        return;
    }
    if (client_is_expired(app->client)) {
        app_sign_in_again(app);
        return;
    }
    if (!counter_is_open(app))
        return;
    if (!*order->shift) {
        counter_order(app, order);
        order_reprice(order);
    }
    order->told = sale_total(order);
    if (order->told >= 0 && still_due(order, order->told) != 0)
        say_short(app, still_due(order, order->told));
    else if (client_link(app->client) == LINK_LOST)
        say_no_link(app, order);
    else
        order_place(order);
}

/* ---- what became of it ----------------------------------------------------------------------- */

static void say_other_total(struct app *app, const struct order *order)
{
    char was[MONEY_TEXT], is[MONEY_TEXT];
    app_say(app, ROLE_STOP, "not sold: the total is %s now, it was %s. F9 again sells for %s.",
            app_amount(app, is, order->frozen), app_amount(app, was, order->told), is);
}

static void say_trouble(struct app *app, const struct order *order)
{
    const struct reply_trouble *trouble = &order->trouble;
    const struct reply_problem *problems =
        trouble->nproblems ? trouble->problems : order->quote.problems;
    size_t n = trouble->nproblems ? trouble->nproblems : order->quote.nproblems;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < n && !text.len; i++)
        if (!problems[i].warning || trouble->nproblems)
            order_view_problem(&text, order, &problems[i]);
    if (!text.len)
        text_printf(&text, "%s%s%s", trouble->title, *trouble->detail ? ": " : "", trouble->detail);
    app_say(app, ROLE_STOP, "not sold: %s", text.data);
    arena_free(arena);
}

void counter_not_sold(struct app *app, struct order *order)
{
    if (client_link(app->client) == LINK_LOST)
        say_no_link(app, order);
    else if (*order->error)
        app_say(app, ROLE_STOP, "not known whether it was sold: %s. F9 asks again, once only.",
                order->error);
    else if (order->trouble.nproblems == 0 && !order_stops(order) && order->frozen >= 0 &&
             order->told >= 0 && order->told != order->frozen)
        say_other_total(app, order);
    else if (order->trouble.nproblems == 0 && !order_stops(order) && order->frozen >= 0 &&
             order_pays(order) != order->frozen)
        say_short(app, order->frozen - order_pays(order));
    else
        say_trouble(app, order);
}

static void remember(struct counter *counter, const struct order *order)
{
    struct counter_sold *sold = &counter->sold;
    const struct reply_order *placed = &order->placed;
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = order_pay_plan_of(order, placed->total, plan);
    struct arena *arena = arena_new();
    struct text text;
    *sold =
        (struct counter_sold){.total = placed->total,
                              .given = tender_given(plan, n),
                              .change = placed->change ? placed->change : tender_change(plan, n),
                              .due = placed->due,
                              .exponent = placed->exponent};
    snprintf(sold->number, sizeof sold->number, "%s", placed->number);
    snprintf(sold->currency, sizeof sold->currency, "%s", placed->currency);
    text_init(&text, arena);
    sale_view_paid(&text, plan, n, placed->exponent);
    snprintf(sold->paid, sizeof sold->paid, "%s", text.data);
    counter->unsold[0] = '\0';
    arena_free(arena);
}

/* Paid by a link or a stored card: the money is on its way, the goods are still here. */
static bool waits_for_money(const struct reply_order *placed)
{
    return strcmp(placed->state, "placed") == 0 || strcmp(placed->state, "on_hold") == 0;
}

void counter_sold(struct app *app, struct order *order)
{
    struct counter *counter = app->counter;
    bool waits = waits_for_money(&order->placed);
    char total[MONEY_TEXT], change[MONEY_TEXT];
    remember(counter, order);
    const struct counter_sold *sold = &counter->sold;
    money_format(total, money_of(sold->total), sold->exponent, true);
    money_format(change, money_of(sold->change), sold->exponent, true);
    app->said.text[0] = '\0';
    if (waits)
        app_news(app, ROLE_WARN, "placed %s  %s %s: the goods stay here until it is paid",
                 sold->number, total, sold->currency);
    else
        app_news(app, ROLE_OK, "sold %s  %s %s  change %s", sold->number, total, sold->currency,
                 change);
    order_free(order);
    app->order = NULL;
    app_back_to(app, &screen_sale);
    if (waits)
        open_handover(app, sold->number);
    else
        receipt_print(app, sold->number);
    counter_ask(app);
    app_ahead_replay(app);
}
