#include "tui/last_order.h"

#include "tui/app.h"
#include "tui/buyer_orders.h"
#include "tui/query.h"
#include "tui/tongue.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_AT = 3 }; /* orders: the newest may have been cancelled */

struct last_order {
    struct app *app;
    char distributor[32]; /* whose; "" nobody's */
    struct query list, one;
    struct reply_order order;
    bool found, none, wanted;
};

static void failed(struct last_order *last, const char *why)
{
    if (!last->wanted)
        return;
    last->wanted = false;
    app_say(last->app, ROLE_STOP, "the last order could not be had: %s", why);
    app_ahead_drop(last->app);
}

static void repeat(struct last_order *last)
{
    struct app *app = last->app;
    bool waited = last->wanted;
    last->wanted = false;
    if (last->none) {
        app_say(app, ROLE_WARN, "%s has no earlier order.", last->distributor);
        if (waited)
            app_ahead_drop(app);
        return;
    }
    if (order_add_all(app_order(app), last->order.lines, last->order.nlines))
        app_say(app, ROLE_OK,
                tongue_n("ok  %zu line of order %s; u takes it off again",
                         "ok  %zu lines of order %s; u takes them off again", last->order.nlines),
                last->order.nlines, last->order.number);
    else
        app_say(app, ROLE_STOP, "an order has at most %d lines.", DRAFT_LINES_MAX);
    if (waited)
        app_ahead_replay(app);
}

static void order_take(void *owner, const struct answer *answer)
{
    struct last_order *last = owner;
    if (!query_answer(&last->one, answer)) {
        if (!last->one.waiting)
            failed(last, last->one.error);
        return;
    }
    last->found = reply_order_read(last->one.arena, answer->body, answer->len, &last->order);
    if (!last->found)
        failed(last, _("the answer cannot be read."));
    else if (last->wanted)
        repeat(last);
}

static void list_take(void *owner, const struct answer *answer)
{
    struct last_order *last = owner;
    if (!query_answer(&last->list, answer)) {
        if (!last->list.waiting)
            failed(last, last->list.error);
        return;
    }
    const char *number = reply_last_read(last->list.arena, answer->body, answer->len);
    last->none = *number == '\0';
    if (!last->none)
        query_ask(
            &last->one, last->app,
            arena_printf(last->list.arena, "/orders/%s", query_escape(last->list.arena, number)),
            order_take, last);
    else if (last->wanted)
        repeat(last);
}

static struct last_order *last_of(struct app *app)
{
    if (!app->last && !(app->last = calloc(1, sizeof *app->last)))
        abort();
    app->last->app = app;
    return app->last;
}

void last_order_tick(struct app *app)
{
    const char *person = app->order ? order_draft(app->order)->distributor : NULL;
    struct last_order *last = last_of(app);
    if (!person || strlen(person) >= sizeof last->distributor ||
        strcmp(person, last->distributor) == 0)
        return;
    strcpy(last->distributor, person);
    last->found = last->none = last->wanted = false;
    struct arena *arena = arena_new();
    query_ask(&last->list, app,
              arena_printf(arena, "/orders?limit=%d&distributor=%s", LOOK_AT,
                           query_escape(arena, person)),
              list_take, last);
    arena_free(arena);
}

const struct reply_order *last_order(const struct app *app)
{
    const struct last_order *last = app->last;
    const char *person = app->order ? order_draft(app->order)->distributor : NULL;
    bool fits = last && last->found && person && strcmp(person, last->distributor) == 0;
    return fits ? &last->order : NULL;
}

void last_order_forget(struct app *app)
{
    if (app->last)
        app->last->distributor[0] = '\0';
    buyer_orders_forget(app);
}

void last_order_repeat(struct app *app)
{
    if (!app->order || !order_draft(app->order)->distributor) {
        app_say(app, ROLE_WARN, "whose last order? type the distributor first.");
        return;
    }
    last_order_tick(app);
    struct last_order *last = last_of(app);
    if (last->found || last->none)
        repeat(last);
    else if (!last->list.waiting && !last->one.waiting) {
        last->distributor[0] = '\0'; /* it could not be had: once more */
        last_order_tick(app);
        last->wanted = true;
    } else
        last->wanted = true;
    if (last->wanted)
        app_say(app, ROLE_PLAIN, "the last order ..");
}

bool last_order_awaited(const struct app *app)
{
    return app->last && app->last->wanted;
}

bool last_order_not(struct app *app)
{
    app->last->wanted = false;
    return true;
}
