/* What happens on the screens when the open order has something to tell. */
#include "tui/app.h"
#include "tui/counter.h"
#include "tui/held.h"
#include "tui/kit_ask.h"
#include "tui/last_order.h"
#include "tui/open.h"
#include "tui/order_change.h"
#include "tui/review_pay.h"

#include <stdio.h>
#include <string.h>

/* What the caller may have been told. */
static void tell_corrected(struct app *app, const struct order *order)
{
    char was[MONEY_TEXT];
    size_t corrected = 0, last = 0;
    int64_t amount = 0, found;
    for (size_t number = 1; order->price.nwas && number <= order_lines(order); number++)
        if (order_line_was(order, number, &found)) {
            corrected++;
            last = number;
            amount = found;
        }
    if (corrected == 1)
        app_news(app, ROLE_WARN, "the price of line %zu has changed: it was %s", last,
                 app_amount(app, was, amount));
    else if (corrected)
        app_news(app, ROLE_WARN, "the prices of %zu lines have changed: each says what it was",
                 corrected);
}

static void priced(struct app *app, struct order *order)
{
    tell_corrected(app, order);
    if (app_screen(app)->id == SCREEN_review)
        order_review(app->order);
}

/* Of an order that was placed, and cannot be changed any more. */
static void say_over(struct app *app, const struct order *order)
{
    const struct reply_trouble *trouble = &order->trouble;
    app_say(app, ROLE_STOP, "not changed: %s",
            trouble->nproblems ? trouble->problems[0].say : trouble->title);
}

static void refused(struct app *app, struct order *order)
{
    if (order->change && order->change->is_over)
        say_over(app, order);
    else if (*order->error)
        app_say(app, ROLE_STOP, "not priced: %s", order->error);
    else
        app_say(app, ROLE_STOP, "not priced: %s %s", order->trouble.title,
                order->trouble.nproblems ? order->trouble.problems[0].say : order->trouble.detail);
    app_ahead_drop(app);
}

/* Whoever has it now may place it too: what was about to be placed here is asked for again. */
static void copied(struct app *app, struct order *order)
{
    if (*order->taken_by)
        app_news(app, ROLE_WARN,
                 "%s has taken this draft over: what you key goes into a copy of your own",
                 order->taken_by);
    else
        app_news(app, ROLE_WARN,
                 "somebody else has this draft now: what you key goes into a copy of your own");
    if (order->placing != PLACING_WANTED)
        return;
    order_place_not(order);
    app_say(app, ROLE_STOP,
            "not placed: somebody else has this order, too. F9 places your copy all the same.");
    app_ahead_drop(app);
}

static void unsaved(struct app *app, struct order *order)
{
    const struct reply_trouble *trouble = &order->trouble;
    const char *person = order_draft(order)->distributor;
    const char *why = trouble->nproblems ? trouble->problems[0].say
                      : *trouble->detail ? trouble->detail
                                         : trouble->title;
    if (person)
        app_news(app, ROLE_STOP, "the server does not store the draft of %s: %s", person, why);
    else
        app_news(app, ROLE_STOP, "the server does not store the draft: %s", why);
}

static void changed(struct app *app, struct order *order)
{
    const struct reply_order *now = &order->placed;
    char total[MONEY_TEXT], due[MONEY_TEXT], back[MONEY_TEXT], number[sizeof order->change->number];
    int64_t paid = order_change_paid(order);
    snprintf(number, sizeof number, "%s", order->change->number);
    money_format(total, money_of(now->total), now->exponent, true);
    app->said.text[0] = '\0';
    if (now->total < paid)
        app_news(app, ROLE_OK, "changed %s  now %s %s, %s goes back", number, total, now->currency,
                 money_format(back, money_of(paid - now->total), now->exponent, true));
    else
        app_news(app, ROLE_OK, "changed %s  now %s %s, due %s", number, total, now->currency,
                 money_format(due, money_of(now->due), now->exponent, true));
    if (order->quote.npromotions)
        prices_doubt(app->prices, &order->quote);
    order_free(order);
    app->order = NULL;
    last_order_forget(app);
    app_home(app);
    open_placed(app, number);
    app_ahead_replay(app);
}

static bool pays_by_link(const struct order *order)
{
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = order_pay_plan(order, plan);
    for (size_t i = 0; i < n; i++)
        if (strcmp(plan[i].kind, tender_info(TENDER_link)->name) == 0)
            return true;
    return false;
}

static void placed(struct app *app, struct order *order)
{
    const struct reply_order *placed = &order->placed;
    if (order->change) {
        changed(app, order);
        return;
    }
    if (*order->shift && app->counter) {
        counter_sold(app, order);
        return;
    }
    char total[MONEY_TEXT], due[MONEY_TEXT], say[80], number[64];
    bool by_link = pays_by_link(order);
    snprintf(number, sizeof number, "%s", placed->number);
    app->said.text[0] = '\0';
    tail_placed(&app->tail, order->ulid, app->now);
    snprintf(say, sizeof say, "%s %s",
             money_format(total, money_of(placed->total), placed->exponent, true),
             placed->currency);
    cancel_placed(app, placed->number, say);
    app_news(app, ROLE_OK, "placed %s  %s %s  due %s", placed->number,
             money_format(total, money_of(placed->total), placed->exponent, true), placed->currency,
             money_format(due, money_of(placed->due), placed->exponent, true));
    if (!order_draft(order)
             ->price_list) /* no dated one: the next is most likely priced by it, too */
        snprintf(app->list, sizeof app->list, "%s", order->quote.list);
    if (order->quote.npromotions) /* a first order, a use that is taken */
        prices_doubt(app->prices, &order->quote);
    order_free(order);
    app->order = NULL;
    last_order_forget(app);
    app_back_to(app,
                app_order_screen(app)); /* where the next number is typed: home is an F12 away */
    if (by_link) { /* the customer wants to know where to pay; the next number can be typed there,
                      too */
        pay_watch(app, number);
        open_placed(app, number);
    }
    app_ahead_replay(app);
}

static void left(struct app *app, struct order *order)
{
    held_remove(app, order);
    bool lists = app_screen(app)->id == SCREEN_home || app_screen(app)->id == SCREEN_counter;
    if (!app->quit && lists)
        app_screen(app)->actions[ACTION_REFRESH](app);
}

/* Nothing is merged: what theirs and ours make of it stands on the screen, and F9 is asked again.
 */
static void moved(struct app *app, struct order *order)
{
    const struct order_change *change = order->change;
    const char *by = change->was.nrevisions ? change->was.revisions[change->was.nrevisions - 1].by
                                            : change->was.placed_by;
    char total[MONEY_TEXT];
    app_say(
        app, ROLE_STOP,
        "order %s has been changed by %s meanwhile, it is %s now. CHANGE shows what yours makes "
        "of it: F9 goes on with yours, F8 takes theirs.",
        change->number, by,
        money_format(total, money_of(change->was.total), change->was.exponent, true));
    app_ahead_drop(app);
}

static void say_not_placed(struct app *app, struct order *order)
{
    const struct reply_trouble *trouble = &order->trouble;
    const char *why = trouble->nproblems ? trouble->problems[0].say : trouble->detail;
    if (order->change && order->change->is_over)
        say_over(app, order);
    else if (order->change && *order->error)
        app_say(app, ROLE_STOP, "not known whether it was changed: %s. F9 asks again, once only.",
                order->error);
    else if (order->change && !order_stops(order))
        app_say(app, ROLE_STOP, "not changed: %s%s%s", trouble->title, *why ? ": " : "", why);
    else if (*order->error)
        app_say(app, ROLE_STOP, "not known whether it was placed: %s. F9 asks again, once only.",
                order->error);
    else if (order_stops(order))
        app_say(app, ROLE_STOP, "not placed: see Check.");
    else
        app_say(app, ROLE_STOP, "not placed: %s%s%s", trouble->title, *why ? ": " : "", why);
}

static void not_placed(struct app *app, struct order *order)
{
    bool is_sale = *order->shift && app->counter;
    if (!kit_ask(app, order)) /* what it asks, F9 answers */
        (is_sale ? counter_not_sold : say_not_placed)(app, order);
    order_review(order);
    app_ahead_drop(app);
}

static void pay_told(struct app *app, struct order *order)
{
    (void)app, (void)order; /* the review shows it */
}

static void pay_found(struct app *app, struct order *order)
{
    (void)order;
    review_pay_said(app, TENDER_certificate);
}

/* Who has typed ahead reckoned with it. */
static void pay_nothing(struct app *app, struct order *order)
{
    order_place_not(order);
    app_say(app, ROLE_STOP, "there is no such gift certificate, or nothing is left of it.");
    app_ahead_drop(app);
}

static void pay_untold(struct app *app, struct order *order)
{
    order_place_not(order);
    app_say(app, ROLE_STOP,
            "the server does not look up gift certificates now: try again in a minute.");
    app_ahead_drop(app);
}

/* What is short of the total stands where it always does. */
static void pay_gone(struct app *app, struct order *order)
{
    order_place_not(order);
    app_say(app, ROLE_STOP,
            "a gift certificate that was chosen is worth nothing now: choose another, or u.");
    app_ahead_drop(app);
}

void order_event_take(void *user, struct order *order, int event)
{
    static void (*const events[])(struct app *, struct order *) = {
        [ORDER_PRICED] = priced,
        [ORDER_REFUSED] = refused,
        [ORDER_COPIED] = copied,
        [ORDER_UNSAVED] = unsaved,
        [ORDER_PLACED] = placed,
        [ORDER_NOT_PLACED] = not_placed,
        [ORDER_LEFT] = left,
        [ORDER_MOVED] = moved,
        [ORDER_PAY_TOLD] = pay_told,
        [ORDER_PAY_FOUND] = pay_found,
        [ORDER_PAY_UNTOLD] = pay_untold,
        [ORDER_PAY_NOTHING] = pay_nothing,
        [ORDER_PAY_GONE] = pay_gone,
    };
    events[event](user, order);
}
