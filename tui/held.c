#include "tui/held.h"

#include "tui/app.h"
#include "tui/open.h"

#include <string.h>

void held_add(struct app *app, struct order *order)
{
    order->next_held = app->held;
    app->held = order;
    app->leaving++;
}

void held_remove(struct app *app, struct order *order)
{
    struct order **at = &app->held;
    while (*at && *at != order)
        at = &(*at)->next_held;
    if (!*at)
        return;
    *at = order->next_held;
    app->leaving--;
}

struct order *held_find(const struct app *app, const char *ulid)
{
    struct order *order = app->held;
    while (order && strcmp(order->ulid, ulid) != 0)
        order = order->next_held;
    return order;
}

void held_open(struct app *app, struct order *order)
{
    app_leave_order(app);
    held_remove(app, order);
    app->order = order;
    order_return(order);
    app_home(app);
    app_show(app, app_order_screen(app));
}

void held_release(struct app *app)
{
    while (app->held) {
        struct order *order = app->held;
        held_remove(app, order);
        order_free(order);
    }
}
