#include "tui/handover.h"

#include "core/wire/json_out.h"
#include "tui/open.h"
#include "tui/pay_watch.h"
#include "tui/receipts.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct handover *h = owner;
    if (answer->context == h->query.asked)
        h->has_order = false;
    if (!query_answer(&h->query, answer))
        return;
    h->has_order = reply_order_card_read(h->query.arena, answer->body, answer->len, &h->order);
    if (!h->has_order)
        query_unreadable(&h->query);
    else
        pay_watch_seen(h->app, &h->order); /* on other screens, too */
}

void handover_ask(struct app *app)
{
    struct handover *h = app->handover;
    struct arena *arena = arena_new();
    h->looked = app->now;
    query_ask(&h->query, app, arena_printf(arena, "/orders/%s", h->number), take, h);
    arena_free(arena);
}

void handover_changed(struct handover *h)
{
    order_ulid(h->key);
}

void open_handover(struct app *app, const char *number)
{
    if (!app->handover && !(app->handover = calloc(1, sizeof *app->handover)))
        abort();
    struct handover *h = app->handover;
    h->app = app;
    snprintf(h->number, sizeof h->number, "%s", number);
    h->has_order = false;
    h->pay.n = 0;
    h->reason[0] = '\0';
    handover_changed(h);
    app_hold(app); /* what was being sold is parked, not mixed up with it */
    handover_ask(app);
    app_show(app, &screen_handover);
}

void handover_void(struct app *app, const char *reason)
{
    struct handover *h = app->handover;
    if (!*reason) {
        app_say(app, ROLE_STOP, "why? void and the reason.");
        return;
    }
    if (strlen(reason) >= COUNTER_REASON) {
        app_say(app, ROLE_STOP, "a reason has at most 200 letters; Up brings yours back.");
        return;
    }
    snprintf(h->reason, sizeof h->reason, "%s", reason);
    handover_changed(h);
    app_say(app, ROLE_STRONG,
            "TAKE BACK %s, %s: F9 does it, money goes back as it was paid; u drops it", h->number,
            reason);
}

void open_void(struct app *app, const char *number, const char *reason)
{
    open_handover(app, number);
    handover_void(app, reason);
}

void open_counter_return(struct app *app, const struct entry_command *command)
{
    const char *text = command->text;
    bool is_order = code_kinds(&app->session.lengths, text, strlen(text)) & CODE_BIT(CODE_ORDER);
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", text);
    else if (!*text)
        app_say(app, ROLE_WARN, "r and the number on the receipt takes goods back.");
    else if (is_order)
        open_return(app, text);
    else
        open_receive(app, text);
}

/* ---- what is to be paid ---------------------------------------------------------------------- */

static bool is_gone(const struct reply_order_card *order)
{
    static const char *const states[] = {"shipped", "received", "cancelled"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(order->state, states[i]) == 0)
            return true;
    return false;
}

/* What a link or a card is still asked for: paid soon, or not. */
static int64_t asked_for(const struct reply_order_card *order)
{
    int64_t sum = 0;
    for (size_t i = 0; i < order->npayments; i++)
        if (strcmp(order->payments[i].state, "authorising") == 0 ||
            strcmp(order->payments[i].state, "unknown") == 0)
            sum += order->payments[i].amount;
    return sum;
}

struct sale_sums handover_sums(const struct handover *h, struct text *paid)
{
    const struct reply_order_card *order = &h->order;
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = till_pay_plan(&h->pay, h->order.due, plan);
    struct sale_sums sums = {.total = order->total,
                             .due = order->due,
                             .awaited = asked_for(order),
                             .given = tender_given(plan, n),
                             .change = tender_change(plan, n),
                             .exponent = order->exponent,
                             .currency = order->currency};
    for (size_t i = 0; i < n; i++)
        sums.due -= plan[i].amount;
    sale_view_paid(paid, plan, n, order->exponent);
    sums.paid = paid->data;
    return sums;
}

/* ---- F9 -------------------------------------------------------------------------------------- */

static const char *body(const struct handover *h, struct arena *arena)
{
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = *h->reason ? 0 : till_pay_plan(&h->pay, h->order.due, plan);
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_string(&out, "shift", counter_shift(h->app)->id);
    if (*h->reason)
        json_out_string(&out, "reason", h->reason);
    till_pay_write(&out, plan, n);
    json_out_close(&out, '}');
    return text.data;
}

static void failed(struct handover *h, const struct answer *answer)
{
    h->app->said.text[0] = '\0';
    app_say_answer(h->app, answer);
    handover_changed(h); /* what is sent next is something else */
    handover_ask(h->app);
}

/* What is shown until the next sale, as of a sale. */
static void given_out(void *owner, const struct answer *answer)
{
    struct handover *h = owner;
    struct app *app = h->app;
    h->sending = false;
    if (!answer_is_ok(answer)) {
        failed(h, answer);
        return;
    }
    struct arena *arena = arena_new();
    struct counter_sold *sold = &app->counter->sold;
    struct text paid;
    text_init(&paid, arena);
    struct sale_sums sums = handover_sums(h, &paid);
    int64_t change = reply_change_read(arena, answer->body, answer->len);
    *sold = (struct counter_sold){.total = h->order.total,
                                  .given = sums.given,
                                  .change = change ? change : sums.change,
                                  .exponent = h->order.exponent,
                                  .was_handed_over = true};
    snprintf(sold->number, sizeof sold->number, "%s", h->number);
    snprintf(sold->currency, sizeof sold->currency, "%s", h->order.currency);
    snprintf(sold->paid, sizeof sold->paid, "%s", paid.data);
    arena_free(arena);
    app->said.text[0] = '\0';
    app_news(app, ROLE_OK, "handed over: %s", h->number);
    app_back_to(app, &screen_sale);
    receipt_print(app, sold->number);
    counter_ask(app);
}

static void taken_back(void *owner, const struct answer *answer)
{
    struct handover *h = owner;
    struct app *app = h->app;
    h->sending = false;
    if (!answer_is_ok(answer)) {
        failed(h, answer);
        return;
    }
    h->reason[0] = '\0';
    app->said.text[0] = '\0';
    app_news(app, ROLE_WARN, "taken back: %s; money goes back as it was paid", h->number);
    if (strcmp(app->counter->sold.number, h->number) == 0)
        app->counter->sold = (struct counter_sold){0};
    handover_ask(app);
    counter_ask(app);
}

/* What stands in the way of giving it out; NULL when nothing does. */
const char *handover_obstacle(const struct handover *h, int64_t due)
{
    if (strcmp(h->order.state, "cancelled") == 0)
        return N_("it is cancelled.");
    if (is_gone(&h->order))
        return N_("it was handed over already. void and why takes a sale of this shift back.");
    if (due > 0)
        return N_("it is to be paid first: 100 is cash, v0423 a card slip, gc a gift certificate.");
    if (asked_for(&h->order))
        return N_("the payment is not there yet: it is looked for; F5 looks now.");
    return NULL;
}

void handover_do(struct app *app)
{
    struct handover *h = app->handover;
    struct arena *arena = arena_new();
    struct text paid;
    text_init(&paid, arena);
    const char *why = h->has_order ? handover_obstacle(h, handover_sums(h, &paid).due)
                                   : N_("the order is not shown yet.");
    if (h->sending || !counter_is_open(app)) {
        arena_free(arena);
        return;
    }
    if (*h->reason)
        why = NULL;
    if (why)
        app_say(app, ROLE_STOP, "%s", _(why));
    else if (client_link(app->client) == LINK_LOST)
        app_say(app, ROLE_STOP, "there is no link: nothing was done. F9 again when it is back.");
    else {
        h->sending = true;
        app_say(app, ROLE_PLAIN, "one moment ..");
        counter_post(
            app, arena_printf(arena, "/orders/%s/%s", h->number, *h->reason ? "void" : "hand-over"),
            h->key, body(h, arena), *h->reason ? taken_back : given_out, h);
    }
    arena_free(arena);
}

int handover_tick(struct app *app)
{
    enum { LOOK_MS = 3000, IDLE_MS = 60 * 1000 };
    struct handover *h = app->handover;
    bool waits = h && app_screen(app)->id == SCREEN_handover && h->has_order && !h->query.waiting &&
                 !is_gone(&h->order) && asked_for(&h->order);
    if (!waits)
        return IDLE_MS;
    int64_t left = h->looked + LOOK_MS - app->now;
    if (left > 0)
        return (int)left;
    handover_ask(app);
    return LOOK_MS;
}
