#include "tui/order_change_view.h"

#include "tui/order_change.h"
#include "tui/tongue.h"

#include <stdio.h>

enum { ROWS_MOST = 2, LABEL = 8, SMALL = 60 };

static const char *difference(const struct app *app, struct arena *arena)
{
    struct text text;
    text_init(&text, arena);
    if (!order_change_is_known(app->order))
        return "..";
    order_change_tell(app->order, &text);
    return text.len ? text.data : _("nothing yet");
}

static int text_x(const struct frame *frame)
{
    return frame->cols < SMALL ? 1 : LABEL;
}

int order_change_rows(const struct app *app, const struct frame *frame)
{
    if (!app->order || !app->order->change)
        return 0;
    struct arena *arena = arena_new();
    struct frame nowhere = {.cols = frame->cols};
    int rows =
        frame_wrap(&nowhere, 0, text_x(frame), ROWS_MOST, ROLE_PLAIN, difference(app, arena));
    arena_free(arena);
    return rows;
}

void order_change_draw(const struct app *app, const struct frame *frame, int row)
{
    if (!app->order || !app->order->change)
        return;
    struct arena *arena = arena_new();
    frame_text(frame, row, ROLE_STRONG, frame->cols < SMALL ? "" : _(" CHANGE"));
    frame_wrap(frame, row, text_x(frame), ROWS_MOST, ROLE_STRONG, difference(app, arena));
    arena_free(arena);
}

void order_change_money(const struct app *app, char *out, size_t size)
{
    const struct order *order = app->order;
    char was[MONEY_TEXT], much[MONEY_TEXT], due[MONEY_TEXT];
    if (!order_change_is_known(order))
        return;
    int64_t total = order->quote.total, before = order->change->was.total;
    int64_t paid = order_change_paid(order);
    app_amount(app, was, before);
    app_amount(app, much, total > before ? total - before : before - total);
    app_amount(app, due, total > paid ? total - paid : paid - total);
    if (total > before)
        snprintf(out, size, _("   was %s, %s more, due %s"), was, much, due);
    else if (total < before && total < paid)
        snprintf(out, size, _("   was %s, %s less, %s goes back"), was, much, due);
    else if (total < before)
        snprintf(out, size, _("   was %s, %s less, due %s"), was, much, due);
    else
        snprintf(out, size, "%s", _("   as before"));
}

void order_change_reset(struct app *app)
{
    struct order *order = app->order;
    if (!order->change) {
        app_say(app, ROLE_WARN, "F8 is for the change of an order that was placed.");
        return;
    }
    bool any = order_change_is_known(order) && order_change_any(order);
    order_change_undo_all(order);
    app_say(app, any ? ROLE_OK : ROLE_WARN,
            any ? _("ok  as the order is; u brings your change back")
                : _("nothing is changed yet."));
}

void order_change_say(const struct app *app, struct speech *speech)
{
    char money[128] = "";
    if (!app->order || !app->order->change)
        return;
    struct arena *arena = arena_new();
    speech_say(speech, arena_printf(arena, "change %s", app->order->ulid), _("change of %s: %s"),
               app->order->change->number, difference(app, arena));
    if (order_confirmed(app->order))
        order_change_money(app, money, sizeof money);
    if (*money)
        speech_say(speech, arena_printf(arena, "difference %s", app->order->ulid),
                   _("difference:%s"), money + 2);
    arena_free(arena);
}
