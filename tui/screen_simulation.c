/* What the promotion in the form would have done to the last orders: the lines of the server's
 * report. */
#include "core/promo/simulation.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/promodesk.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take(void *owner, const struct answer *answer)
{
    struct promodesk *desk =
        (struct promodesk *)((char *)owner - offsetof(struct promodesk, tried));
    if (query_answer(&desk->tried, answer) &&
        !reply_simulated_read(desk->tried.arena, answer->body, answer->len, &desk->report))
        query_unreadable(&desk->tried);
}

/* What stands in the form, whether it is stored or not. */
static void ask(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    struct request request = {.method = "POST", .tries = 3, .done = take, .owner = &desk->tried};
    request.path = arena_printf(arena, "/promotions/%s/simulate", query_escape(arena, desk->code));
    request.body = request_promotion_write(arena, desk->market, promo_form_text(desk, arena),
                                           desk->orders, &request.len);
    request.context = ++desk->tried.asked;
    desk->tried.waiting = true;
    desk->tried.error[0] = '\0';
    desk->report.n = 0;
    desk->line = 0;
    client_send(desk->app->client, &request);
    arena_free(arena);
}

/* A number in the entry line: so many orders. */
static bool take_orders(struct promodesk *desk)
{
    char text[ENTRY_TEXT], *end;
    desk->orders = SIMULATION_ORDERS;
    if (!entry_line_take(&desk->app->line, text))
        return true;
    desk->orders = strtol(text, &end, 10);
    if (!*end && desk->orders >= 1 && desk->orders <= SIMULATION_ORDERS_MAX)
        return true;
    app_say(desk->app, ROLE_STOP, "how many orders? From 1 to %d.", SIMULATION_ORDERS_MAX);
    entry_line_set(&desk->app->line, text);
    return false;
}

void open_simulation(struct app *app)
{
    struct promodesk *desk = app->promodesk;
    if (desk->check.n) {
        app_say(app, ROLE_STOP, "what is marked !! stands in the way.");
        return;
    }
    if (!take_orders(desk))
        return;
    ask(desk);
    app_show(app, &screen_simulation);
}

static void refresh(struct app *app)
{
    ask(app->promodesk);
}

static bool key(struct app *app, const struct input *input)
{
    struct promodesk *desk = app->promodesk;
    enum { ROWS = 10 };
    static const struct {
        enum input_code code;
        int by;
    } steps[] = {{INPUT_DOWN, 1}, {INPUT_UP, -1}, {INPUT_PAGE_DOWN, ROWS}, {INPUT_PAGE_UP, -ROWS}};
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (steps[i].code != input->code)
            continue;
        int64_t line = (int64_t)desk->line + steps[i].by;
        desk->line = line < 0 ? 0 : (size_t)line;
        return true;
    }
    return false;
}

static void draw(struct app *app, struct frame *frame)
{
    struct promodesk *desk = app->promodesk;
    size_t room = frame->rows > 3 ? (size_t)(frame->rows - 3) : 1, n = desk->report.n;
    if (desk->line + room > n)
        desk->line = n > room ? n - room : 0;
    frame_printf(frame, 0, ROLE_STRONG, " %s  %s", desk->code, desk->market);
    if (*desk->tried.error)
        frame_printf(frame, 2, ROLE_STOP, " %s", desk->tried.error);
    else if (desk->tried.waiting)
        frame_text(frame, 2, ROLE_DIM, _(" orders are being priced again .."));
    for (size_t i = desk->line; i < n && i < desk->line + room; i++)
        frame_printf(frame, 1 + (int)(i - desk->line), ROLE_PLAIN, " %s", desk->report.lines[i]);
    frame_text(frame, frame->rows - 1, ROLE_DIM,
               n > room ? _(" PgDn PgUp the rest; nothing is stored; F12 goes back to the form")
                        : _(" nothing is stored; F12 goes back to the form"));
}

static void say(struct app *app, struct speech *speech)
{
    const struct promodesk *desk = app->promodesk;
    char name[32];
    speech_say(speech, "title", _("SIMULATION of %s"), desk->code);
    if (*desk->tried.error)
        speech_warn(speech, "error", true, "%s", desk->tried.error);
    for (size_t i = 0; i < desk->report.n; i++) {
        snprintf(name, sizeof name, "line %zu", i);
        speech_say(speech, name, "%s", desk->report.lines[i]);
    }
}

const struct screen screen_simulation = {
    .id = SCREEN_simulation,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .key = key,
    .actions = {[ACTION_REFRESH] = refresh},
};
