/* Orders: one's own of today, somebody's, or those of a day; a digit opens one. */
#include "core/date.h"
#include "core/wire/reply_around.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/speech.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS_MOST = 9, PAGES_MOST = 100 };

struct orders {
    char text[ENTRY_TEXT];        /* what was asked for, as keyed */
    char filter[3 * ENTRY_TEXT];  /* the same as a query */
    char cursors[PAGES_MOST][16]; /* where each page begins; the first is "" */
    size_t page;
    struct query query;
    struct reply_orders list;
};

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct orders *orders = owner;
    if (answer->context == orders->query.asked)
        orders->list.n = 0;
    if (!query_answer(&orders->query, answer))
        return;
    if (!reply_orders_read(orders->query.arena, answer->body, answer->len, &orders->list))
        query_unreadable(&orders->query);
    if (orders->list.n > ORDERS_MOST)
        orders->list.n = ORDERS_MOST;
}

static void ask(struct app *app)
{
    struct orders *orders = app->orders;
    const char *cursor = orders->cursors[orders->page];
    struct arena *arena = arena_new();
    query_ask(&orders->query, app,
              arena_printf(arena, "/orders?limit=%d&%s%s%s", ORDERS_MOST, orders->filter,
                           *cursor ? "&cursor=" : "", cursor),
              take, orders);
    arena_free(arena);
}

/* A number is a distributor's, a date a day's; words are of names; nothing means one's own. */
static const char *filter_of(struct app *app, struct arena *arena, const char *text)
{
    struct date date;
    bool is_number = code_is_digits(text, strlen(text)) &&
                     strlen(text) == app->session.lengths.length[CODE_DISTRIBUTOR];
    if (!*text)
        return "taker=me";
    if (is_number)
        return arena_printf(arena, "distributor=%s", text);
    if (date_parse(text, &date))
        return arena_printf(arena, "from=%s&to=%s", text, text);
    return arena_printf(arena, "q=%s", query_escape(arena, text));
}

void open_orders(struct app *app, const char *text)
{
    if (!app->orders && !(app->orders = calloc(1, sizeof *app->orders)))
        abort();
    struct orders *orders = app->orders;
    struct arena *arena = arena_new();
    snprintf(orders->text, sizeof orders->text, "%s", text);
    snprintf(orders->filter, sizeof orders->filter, "%s", filter_of(app, arena, text));
    arena_free(arena);
    orders->page = 0;
    orders->cursors[0][0] = '\0';
    orders->list.n = 0;
    ask(app);
    app_show(app, &screen_orders);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_title(const struct orders *orders, const struct frame *frame)
{
    const char *of = *orders->text ? orders->text : _("taken by you");
    if (orders->query.waiting)
        frame_printf(frame, 0, ROLE_DIM, " orders: %s ..", of);
    else if (*orders->query.error)
        frame_printf(frame, 0, ROLE_STOP, " orders: %s: %s", of, orders->query.error);
    else if (orders->list.n == 0)
        frame_printf(frame, 0, ROLE_WARN, " no orders: %s", of);
    else
        frame_printf(frame, 0, ROLE_STRONG, " orders: %s", of);
}

enum { NUMBER = 3, WHEN = 14, NAME = 28 };

static int name_width(const struct frame *frame)
{
    int width = frame->cols - NAME - 30;
    return width < 8 ? 8 : width;
}

static void draw_row(const struct frame *frame, int row, size_t i,
                     const struct reply_order_row *order)
{
    char when[WHEN_TEXT], total[MONEY_TEXT];
    int y = frame->top + row, name = name_width(frame);
    bool is_gone = strcmp(order->state, "cancelled") == 0;
    enum role role = is_gone ? ROLE_DIM : ROLE_PLAIN;
    if (row >= frame->rows)
        return;
    terminal_printf(y, 0, NUMBER, ROLE_STRONG, "%2zu", i + 1);
    terminal_put(y, NUMBER, 11, role, order->number);
    terminal_put(y, WHEN, 13, role, when_text(when, order->placed_at));
    terminal_put(y, NAME, name, role, *order->customer_name ? order->customer_name : order->name);
    terminal_put_right(y, NAME + name, 11, role,
                       money_format(total, money_of(order->total), order->exponent, true));
    terminal_printf(y, NAME + name + 11, 10, is_gone ? ROLE_WARN : role, " %s",
                    tongue_word("order", order->state));
    terminal_printf(y, NAME + name + 21, 9, role, " %s", tongue_word("payment", order->payment));
}

static void draw(struct app *app, struct frame *frame)
{
    const struct orders *orders = app->orders;
    size_t n = orders->query.waiting ? 0 : orders->list.n;
    int name = name_width(frame), y = frame->top + 2;
    draw_title(orders, frame);
    if (n) {
        terminal_put(y, 0, frame->cols, ROLE_HEAD, _("   Order"));
        terminal_put(y, WHEN, 13, ROLE_HEAD, _("Placed"));
        terminal_put(y, NAME, name, ROLE_HEAD, _("Buyer"));
        terminal_put_right(y, NAME + name, 11, ROLE_HEAD, _("Total"));
        terminal_put(y, NAME + name + 12, 9, ROLE_HEAD, _("State"));
        terminal_put(y, NAME + name + 22, 8, ROLE_HEAD, _("Payment"));
    }
    for (size_t i = 0; i < n; i++)
        draw_row(frame, 3 + (int)i, i, &orders->list.items[i]);
    if (n)
        frame_text(frame, 4 + (int)n, ROLE_DIM,
                   *orders->list.next || orders->page
                       ? _(" 1-9 and Enter opens one; PgDn PgUp: earlier, later; F12 goes back")
                       : _(" 1-9 and Enter opens one; F12 goes back"));
}

static void say(struct app *app, struct speech *speech)
{
    const struct orders *orders = app->orders;
    const char *of = *orders->text ? orders->text : _("taken by you");
    char when[WHEN_TEXT], total[MONEY_TEXT], key[32];
    speech_say(speech, "title", _("ORDERS: %s"), of);
    if (*orders->query.error)
        speech_warn(speech, "error", true, "%s", orders->query.error);
    else if (orders->list.n == 0)
        speech_say(speech, "none", orders->query.waiting ? _("orders: ..") : _("no orders"));
    for (size_t i = 0; i < orders->list.n; i++) {
        const struct reply_order_row *order = &orders->list.items[i];
        snprintf(key, sizeof key, "order %zu", i);
        speech_say(speech, key, _("%zu: %s, %s, %s, %s %s, %s, payment %s"), i + 1, order->number,
                   when_text(when, order->placed_at),
                   *order->customer_name ? order->customer_name : order->name,
                   money_format(total, money_of(order->total), order->exponent, true),
                   order->currency, tongue_word("order", order->state),
                   tongue_word("payment", order->payment));
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    struct orders *orders = app->orders;
    const char *next = orders->list.next;
    if (input->code == INPUT_PAGE_DOWN && !orders->query.waiting) {
        if (orders->list.n && *next && orders->page + 1 < PAGES_MOST &&
            strlen(next) < sizeof orders->cursors[0]) {
            strcpy(orders->cursors[++orders->page], next);
            ask(app);
        } else {
            app_say(app, ROLE_WARN, "there are no earlier ones.");
        }
        return true;
    }
    if (input->code == INPUT_PAGE_UP && !orders->query.waiting) {
        if (orders->page) {
            orders->page--;
            ask(app);
        }
        return true;
    }
    return false;
}

static int candidates(const struct app *app)
{
    return app->orders->query.waiting ? 0 : (int)app->orders->list.n;
}

static void pick(struct app *app, const struct entry_command *command)
{
    open_placed(app, app->orders->list.items[command->number - 1].number);
}

const struct screen screen_orders = {
    .id = SCREEN_orders,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions = {[ACTION_REFRESH] = ask},
};
