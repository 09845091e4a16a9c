/* An order that has been placed, found by its number. */
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct placed {
    char number[64];
    struct query query;
    bool has_order;
    struct reply_order order;
};

static void take(void *owner, const struct answer *answer)
{
    struct placed *placed = owner;
    if (answer->context == placed->query.asked)
        placed->has_order = false;
    if (!query_answer(&placed->query, answer))
        return;
    placed->has_order =
        reply_order_read(placed->query.arena, answer->body, answer->len, &placed->order);
    if (!placed->has_order)
        query_unreadable(&placed->query);
}

static void ask(struct app *app)
{
    struct arena *arena = arena_new();
    query_ask(&app->placed->query, app, arena_printf(arena, "/orders/%s", app->placed->number),
              take, app->placed);
    arena_free(arena);
}

void open_placed(struct app *app, const char *number)
{
    if (!app->placed && !(app->placed = calloc(1, sizeof *app->placed)))
        abort();
    snprintf(app->placed->number, sizeof app->placed->number, "%s", number);
    app->placed->has_order = false;
    ask(app);
    app_show(app, &screen_placed);
}

static void draw_lines(const struct reply_order *order, const struct frame *frame, int row)
{
    char amount[MONEY_TEXT];
    int name = frame->cols - 28;
    for (size_t i = 0; i < order->nlines && row < frame->rows && name > 3; i++, row++) {
        const struct reply_line *line = &order->lines[i];
        int y = frame->top + row;
        terminal_printf(y, 0, 11, ROLE_PLAIN, " %2zu %s", i + 1, line->sku);
        terminal_put(y, 11, name, ROLE_PLAIN, line->name);
        terminal_printf(y, 11 + name, 6, ROLE_PLAIN, "%5lld", (long long)line->qty);
        terminal_put_right(y, 17 + name, 10, ROLE_PLAIN,
                           money_format(amount, money_of(line->amount), order->exponent, true));
    }
}

static void draw(struct app *app, struct frame *frame)
{
    const struct placed *placed = app->placed;
    const struct reply_order *order = &placed->order;
    char total[MONEY_TEXT], due[MONEY_TEXT];
    if (!placed->has_order) {
        frame_printf(frame, 0, placed->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s",
                     placed->number, placed->query.waiting ? ".." : placed->query.error);
        return;
    }
    frame_printf(frame, 0, ROLE_STRONG, " %s   %s   payment %s", order->number,
                 tongue_word("order", order->state), tongue_word("payment", order->payment));
    if (*order->customer_name)
        frame_printf(frame, 1, ROLE_PLAIN, " %s %s   for %s", order->distributor,
                     order->distributor_name, order->customer_name);
    else
        frame_printf(frame, 1, ROLE_PLAIN, " %s %s", order->distributor, order->distributor_name);
    frame_printf(frame, 2, ROLE_PLAIN, " placed %.10s %.5s by %s", order->placed_at,
                 strlen(order->placed_at) > 16 ? order->placed_at + 11 : "", order->placed_by);
    frame_printf(frame, 3, ROLE_STRONG, " TOTAL %s %s   DUE %s",
                 money_format(total, money_of(order->total), order->exponent, true),
                 order->currency, money_format(due, money_of(order->due), order->exponent, true));
    draw_lines(order, frame, 5);
}

static void say_order(const struct reply_order *order, struct speech *speech)
{
    char total[MONEY_TEXT], due[MONEY_TEXT], key[32];
    speech_say(speech, "title", _("PLACED: %s, %s, payment %s"), order->number,
               tongue_word("order", order->state), tongue_word("payment", order->payment));
    speech_say(speech, "person", "%s %s", order->distributor, order->distributor_name);
    if (*order->customer_name)
        speech_say(speech, "customer", _("for %s"), order->customer_name);
    speech_say(speech, "placed", _("placed %.10s %.5s by %s"), order->placed_at,
               strlen(order->placed_at) > 16 ? order->placed_at + 11 : "", order->placed_by);
    for (size_t i = 0; i < order->nlines; i++) {
        const struct reply_line *line = &order->lines[i];
        char amount[MONEY_TEXT];
        snprintf(key, sizeof key, "line %zu", i);
        speech_say(speech, key, _("line %zu: %lld*%s %s, %s"), i + 1, (long long)line->qty,
                   line->sku, line->name,
                   money_format(amount, money_of(line->amount), order->exponent, true));
    }
    speech_say(speech, "total", _("total %s %s, due %s"),
               money_format(total, money_of(order->total), order->exponent, true), order->currency,
               money_format(due, money_of(order->due), order->exponent, true));
}

static void say(struct app *app, struct speech *speech)
{
    const struct placed *placed = app->placed;
    if (placed->has_order)
        say_order(&placed->order, speech);
    else if (placed->query.waiting)
        speech_say(speech, "title", _("PLACED: %s, no answer yet"), placed->number);
    else
        speech_warn(speech, "title", true, "%s: %s", placed->number, placed->query.error);
}

const struct screen screen_placed = {
    .id = SCREEN_placed,
    .grammar = AT_HOME,
    .draw = draw,
    .say = say,
    .actions = {[ACTION_REFRESH] = ask},
};
