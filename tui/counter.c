#include "tui/counter.h"

#include "tui/handover.h"
#include "tui/open.h"
#include "tui/receipts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- who may --------------------------------------------------------------------------------- */

static bool has_role(const struct app *app, const char *role)
{
    for (size_t i = 0; i < app->session.nroles; i++)
        if (strcmp(app->session.roles[i], role) == 0)
            return true;
    return false;
}

bool counter_may(const struct app *app)
{
    return has_role(app, "counter") || has_role(app, "supervisor");
}

bool counter_only(const struct app *app)
{
    return has_role(app, "counter") && !has_role(app, "operator") && !has_role(app, "supervisor");
}

void counter_begin(struct app *app)
{
    if (!app->counter && !(app->counter = calloc(1, sizeof *app->counter)))
        abort();
    app->counter->app = app;
    if (app->options->till)
        snprintf(app->counter->till, sizeof app->counter->till, "%s", app->options->till);
}

/* ---- the shift ------------------------------------------------------------------------------- */

const struct reply_shift *counter_shift(const struct app *app)
{
    return app->counter && app->counter->has_shift ? &app->counter->shift : NULL;
}

bool counter_is_open(struct app *app)
{
    if (!app->counter || app->counter->has_shift)
        return true;
    if (!app->counter->is_known)
        app_say(app, ROLE_WARN, "whether your shift is open is not known yet; F5 asks again.");
    else
        app_say(app, ROLE_STOP, "open the shift first: the float in the drawer, then F9.");
    return false;
}

bool counter_till(const struct app *app, struct order_till *out)
{
    const struct reply_shift *shift = counter_shift(app);
    if (shift)
        *out = (struct order_till){shift->id, shift->walk_in_of, shift->walk_in};
    return shift != NULL;
}

void counter_order(struct app *app, struct order *order)
{
    struct order_till till;
    if (counter_till(app, &till) && !order->change)
        order_sell(order, &till);
}

/* Without a shift a till has to be chosen, unless there is no choice. */
static void choose_only_till(struct counter *counter)
{
    size_t free = 0, at = 0;
    for (size_t i = 0; i < counter->tills.n; i++)
        if (!counter->tills.items[i].is_open) {
            free++;
            at = i;
        }
    if (!*counter->till && free == 1)
        snprintf(counter->till, sizeof counter->till, "%s", counter->tills.items[at].code);
}

static void tills_take(void *owner, const struct answer *answer)
{
    struct counter *counter = owner;
    if (!query_answer(&counter->tills_query, answer))
        return;
    counter->has_tills =
        reply_tills_read(counter->tills_query.arena, answer->body, answer->len, &counter->tills);
    if (!counter->has_tills)
        query_unreadable(&counter->tills_query);
    else
        choose_only_till(counter);
}

static void pickups_take(void *owner, const struct answer *answer)
{
    struct counter *counter = owner;
    counter->has_pickups = query_answer(&counter->pickups_query, answer) &&
                           reply_pickups_read(counter->pickups_query.arena, answer->body,
                                              answer->len, &counter->pickups);
    if (counter->has_pickups && counter->pickups.n > COUNTER_PICKUPS)
        counter->pickups.n = COUNTER_PICKUPS;
}

static void report_take(void *owner, const struct answer *answer)
{
    struct counter *counter = owner;
    counter->has_report = query_answer(&counter->report_query, answer) &&
                          reply_till_report_read(counter->report_query.arena, answer->body,
                                                 answer->len, &counter->report);
}

/* What is shown beside the shift. */
static void figures_ask(struct counter *counter)
{
    struct app *app = counter->app;
    struct arena *arena = arena_new();
    query_ask(&counter->report_query, app,
              arena_printf(arena, "/shifts/%s/report", counter->shift.id), report_take, counter);
    query_ask(
        &counter->pickups_query, app,
        arena_printf(arena, "/tills/%s/pickups?limit=%d", counter->shift.till, COUNTER_PICKUPS),
        pickups_take, counter);
    arena_free(arena);
}

static void shift_read(struct counter *counter, const struct answer *answer)
{
    struct reply_shift *shift = &counter->shift;
    counter->is_known = true;
    counter->has_shift =
        reply_shift_read(counter->shift_query.arena, answer->body, answer->len, shift) &&
        strcmp(shift->state, "closed") != 0;
}

static void shift_take(void *owner, const struct answer *answer)
{
    struct counter *counter = owner;
    if (answer->context != counter->shift_query.asked)
        return;
    bool is_none = answer->arrived && answer->http == 404;
    if (!is_none && !answer_is_ok(answer)) {
        app_say_answer(counter->app, answer); /* what is known of it stays */
        counter->shift_query.waiting = false;
        return;
    }
    query_answer(&counter->shift_query, answer);
    counter->has_shift = false;
    if (is_none)
        counter->is_known = true;
    else
        shift_read(counter, answer);
    if (counter->has_shift)
        figures_ask(counter);
    else
        query_ask(&counter->tills_query, counter->app, "/tills", tills_take, counter);
}

bool counter_take_shift(struct app *app, const struct answer *answer)
{
    struct counter *counter = app->counter;
    if (!answer_is_ok(answer))
        return false;
    query_own(&counter->shift_query);
    shift_read(counter, answer);
    return counter->has_shift;
}

void counter_ask(struct app *app)
{
    struct counter *counter = app->counter;
    query_ask(&counter->shift_query, app, "/shifts/current", shift_take, counter);
}

/* ---- the rest -------------------------------------------------------------------------------- */

void counter_post(struct app *app, const char *path, const char *key, const char *body,
                  answer_fn *done, void *owner)
{
    struct arena *arena = arena_new();
    client_send(app->client,
                &(struct request){.method = "POST",
                                  .path = path,
                                  .header = arena_printf(arena, "Idempotency-Key: %s", key),
                                  .body = body,
                                  .len = strlen(body),
                                  .before_reads = true,
                                  .done = done,
                                  .owner = owner});
    arena_free(arena);
}

/* Without a link nothing is sold: what waits for its total is not sent behind one's back. */
static void link_look(struct app *app)
{
    struct order *order = app->order;
    bool lost = client_link(app->client) == LINK_LOST;
    if (order && *order->shift && lost && order->placing == PLACING_WANTED) {
        order_place_not(order);
        counter_not_sold(app, order);
        app_ahead_drop(app);
    }
}

int counter_tick(struct app *app)
{
    enum { MINUTE_MS = 60 * 1000 };
    int receipts = receipts_tick(app);
    if (!app->counter)
        return receipts < MINUTE_MS ? receipts : MINUTE_MS;
    link_look(app);
    int handover = handover_tick(app);
    return handover < receipts ? handover : receipts;
}
