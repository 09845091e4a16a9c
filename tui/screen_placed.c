/* One order after it was placed, from its number: who, what, the money, and what became of it. `u`
 * takes it back while that may be done, and i shows the person. */
#include "core/wire/reply_around.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/order_change.h"
#include "tui/order_view.h"
#include "tui/pay_watch.h"
#include "tui/placed_dispute.h"
#include "tui/placed_hold.h"
#include "tui/placed_link.h"
#include "tui/query.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct placed {
    char number[64];
    struct query query;
    bool has_order;
    struct reply_order_card order;
    const char *body; /* that it was read from */
    size_t len;
    int first; /* row of the lines and the history that is shown at their top */
    int rows;  /* they have */
};

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct placed *placed = app->placed;
    if (answer->context == placed->query.asked)
        placed->has_order = false;
    if (!query_answer(&placed->query, answer))
        return;
    placed->has_order =
        reply_order_card_read(placed->query.arena, answer->body, answer->len, &placed->order);
    if (!placed->has_order)
        query_unreadable(&placed->query);
    placed->body = arena_strndup(placed->query.arena, answer->body, answer->len);
    placed->len = answer->len;
    if (placed->has_order)
        pay_watch_seen(app, &placed->order);
}

static void ask(struct app *app)
{
    struct arena *arena = arena_new();
    query_ask(&app->placed->query, app, arena_printf(arena, "/orders/%s", app->placed->number),
              take, app);
    arena_free(arena);
}

void placed_refresh(struct app *app)
{
    ask(app);
}

void open_placed(struct app *app, const char *number)
{
    if (!app->placed && !(app->placed = calloc(1, sizeof *app->placed)))
        abort();
    snprintf(app->placed->number, sizeof app->placed->number, "%s", number);
    app->placed->has_order = false;
    app->placed->first = 0;
    ask(app);
    app_show(app, &screen_placed);
}

const char *placed_distributor(const struct app *app)
{
    const struct placed *placed = app->placed;
    return placed && placed->has_order ? placed->order.distributor : NULL;
}

const char *placed_number(const struct app *app)
{
    return app->placed ? app->placed->number : NULL;
}

bool placed_draft(const struct app *app, struct arena *arena, struct order_draft *out)
{
    const struct placed *placed = app->placed;
    if (placed && placed->has_order)
        order_card_draft(arena, &placed->order, out);
    return placed && placed->has_order;
}

/* ---- the head -------------------------------------------------------------------------------- */

static const char *amount(const struct reply_order_card *order, char out[MONEY_TEXT], int64_t minor)
{
    return money_format(out, money_of(minor), order->exponent, true);
}

static void draw_who(const struct reply_order_card *order, const struct frame *frame)
{
    char when[WHEN_TEXT];
    enum role role = strcmp(order->state, "cancelled") == 0 ? ROLE_STOP : ROLE_STRONG;
    frame_printf(frame, 0, role, " %s   %s   payment %s   %s", order->number,
                 tongue_word("order", order->state), tongue_word("payment", order->payment),
                 tongue_word("type", order->type));
    if (*order->customer_name)
        frame_printf(frame, 1, ROLE_PLAIN, " %s %s   for %s", order->distributor,
                     order->distributor_name, order->customer_name);
    else
        frame_printf(frame, 1, ROLE_PLAIN, " %s %s", order->distributor, order->distributor_name);
    frame_printf(frame, 2, ROLE_PLAIN, " placed %s by %s   list %s of %s",
                 when_text(when, order->placed_at), order->placed_by, order->list, order->date);
}

static void draw_where(const struct reply_order_card *order, const struct frame *frame)
{
    struct arena *arena = arena_new();
    struct text place;
    text_init(&place, arena);
    if (*order->ship_to.name)
        text_printf(&place, "%s, ", order->ship_to.name);
    order_view_address(&place, &order->ship_to);
    if (*order->ship_method)
        text_printf(&place, "  (%s)", order->ship_method);
    bool is_pickup = strcmp(order->ship_kind, "pickup") == 0;
    frame_printf(frame, 3, ROLE_PLAIN, " Ship %s",
                 is_pickup ? _("picked up by the buyer") : place.data);
    arena_free(arena);
}

/* What has come in: neither what is due, nor what a card or a link is still asked for. */
static int64_t paid_in(const struct reply_order_card *order)
{
    int64_t paid = order->total - order->due;
    for (size_t i = 0; i < order->npayments; i++)
        if (strcmp(order->payments[i].state, "authorising") == 0 ||
            strcmp(order->payments[i].state, "authorised") == 0 ||
            strcmp(order->payments[i].state, "unknown") == 0)
            paid -= order->payments[i].amount;
    return strcmp(order->state, "cancelled") == 0 ? 0 : paid;
}

/* Goods less discount, with delivery and what tax adds: the total. */
static int draw_money(const struct reply_order_card *order, const struct frame *frame, int row)
{
    char goods[MONEY_TEXT], discount[MONEY_TEXT], ship[MONEY_TEXT], tax[MONEY_TEXT],
        total[MONEY_TEXT], due[MONEY_TEXT], paid[MONEY_TEXT], cv[MONEY_TEXT];
    amount(order, goods, order->goods), amount(order, discount, order->discount);
    amount(order, ship, order->delivery), amount(order, tax, order->tax + order->delivery_tax);
    money_format(cv, money_of(order->cv), 2, true);
    if (order->tax_included)
        frame_printf(frame, row, ROLE_PLAIN, " Goods %s  Disc %s  Ship %s  Tax incl %s  CV %s",
                     goods, discount, ship, tax, cv);
    else
        frame_printf(frame, row, ROLE_PLAIN, " Goods %s  Disc %s  Ship %s  Tax added %s  CV %s",
                     goods, discount, ship, tax, cv);
    frame_printf(frame, row + 1, ROLE_STRONG, " TOTAL %s %s   PAID %s   DUE %s",
                 amount(order, total, order->total), order->currency,
                 amount(order, paid, paid_in(order)), amount(order, due, order->due));
    return row + 2;
}

/* ---- lines, payments, history: as many rows as there are, from a first one on ---------------- */

/* Where the n-th row is drawn; -1: not now. */
static int at(const struct placed *placed, const struct frame *frame, int top, int n)
{
    int row = top + n - placed->first;
    return n >= placed->first && row < frame->rows - 1 ? row : -1;
}

static void draw_line(const struct reply_order_card *order, const struct frame *frame, int row,
                      size_t i)
{
    char sum[MONEY_TEXT];
    const struct reply_line *line = &order->lines[i];
    int y = frame->top + row, name = frame->cols - 40;
    if (row < 0)
        return;
    if (name < 6)
        name = 6;
    terminal_printf(y, 0, 12, ROLE_PLAIN, " %2zu %s", i + 1, line->sku);
    terminal_put(y, 12, name, ROLE_PLAIN, line->name);
    terminal_printf(y, 12 + name, 6, ROLE_PLAIN, "%5lld", (long long)line->qty);
    terminal_put_right(y, 18 + name, 10, ROLE_PLAIN, amount(order, sum, line->amount));
    if (line->back_ordered && strcmp(line->state, "back_ordered") == 0)
        terminal_printf(y, 28 + name, 12, ROLE_WARN, _(" %lld later"),
                        (long long)line->back_ordered);
    else
        terminal_printf(y, 28 + name, 12, ROLE_PLAIN, " %s", tongue_word("line", line->state));
}

static int64_t total_after(const struct reply_order_card *order, size_t revision)
{
    return revision + 1 < order->nrevisions ? order->revisions[revision + 1].total : order->total;
}

static void draw_revision(const struct reply_order_card *order, const struct frame *frame, int row,
                          size_t i)
{
    const struct reply_revision *revision = &order->revisions[i];
    char was[MONEY_TEXT], is[MONEY_TEXT], when[WHEN_TEXT];
    frame_printf(frame, row, ROLE_PLAIN, " Changed  %s  %s -> %s  %s  %s",
                 when_text(when, revision->until), amount(order, was, revision->total),
                 amount(order, is, total_after(order, i)), revision->by, revision->reason);
}

/* Where a link is paid, and what became of its letter; the row after. */
static int draw_link(const struct placed *placed, const struct frame *frame, int top, int n,
                     const struct reply_payment *payment)
{
    const char *url = *payment->short_url ? payment->short_url : payment->url;
    struct arena *arena = arena_new();
    struct text letter;
    int row;
    for (; *url; url += strnlen(url, (size_t)frame->cols - 4))
        if ((row = at(placed, frame, top, n++)) >= 0)
            terminal_put(frame->top + row, 3, frame->cols - 4, ROLE_STRONG, url);
    text_init(&letter, arena);
    placed_link_text(&letter, payment);
    if (*payment->short_url && (row = at(placed, frame, top, n++)) >= 0)
        frame_text(frame, row, ROLE_DIM, letter.data);
    arena_free(arena);
    return n;
}

/* The row after. */
static int draw_disputes(const struct placed *placed, const struct frame *frame, int top, int n)
{
    const struct reply_order_card *order = &placed->order;
    for (size_t i = 0; i < order->ndisputes; i++) {
        const struct reply_dispute *dispute = &order->disputes[i];
        struct arena *arena = arena_new();
        struct text stands, waits;
        int row;
        text_init(&stands, arena), text_init(&waits, arena);
        placed_dispute_text(&stands, order, dispute);
        placed_dispute_waits(&waits, order, dispute);
        if ((row = at(placed, frame, top, n++)) >= 0)
            frame_printf(frame, row, *dispute->ended_at ? ROLE_PLAIN : ROLE_WARN, " Dispute  %s",
                         stands.data);
        if (waits.len && (row = at(placed, frame, top, n++)) >= 0)
            frame_printf(frame, row, ROLE_WARN, "          %s", waits.data);
        arena_free(arena);
    }
    return n;
}

static int draw_lines(struct placed *placed, const struct frame *frame, int top)
{
    const struct reply_order_card *order = &placed->order;
    char sum[MONEY_TEXT], when[WHEN_TEXT];
    int n = 0, row;
    for (size_t i = 0; i < order->nlines; i++)
        draw_line(order, frame, at(placed, frame, top, n++), i);
    n++;
    if (*order->note && (row = at(placed, frame, top, n++)) >= 0)
        frame_printf(frame, row, ROLE_PLAIN, " Note     %s", order->note);
    for (size_t i = 0; i < order->npayments; i++) {
        const struct reply_payment *payment = &order->payments[i];
        if ((row = at(placed, frame, top, n++)) >= 0)
            frame_printf(frame, row, ROLE_PLAIN, " Payment  %s %s%s%s   %s%s%s",
                         amount(order, sum, payment->amount), tongue_word("tender", payment->kind),
                         *payment->last4 ? " .." : "", payment->last4,
                         tongue_word("payment", payment->state), *payment->failure ? ": " : "",
                         payment->failure);
        n = draw_link(placed, frame, top, n, payment);
    }
    n = draw_disputes(placed, frame, top, n);
    for (size_t i = 0; i < order->nhistory; i++) {
        const struct reply_event *event = &order->history[i];
        if (strcmp(event->machine, "order") != 0 || (row = at(placed, frame, top, n++)) < 0)
            continue;
        frame_printf(frame, row, ROLE_PLAIN, " History  %s  %s  %s  %s", when_text(when, event->at),
                     tongue_word("order", event->to), event->by, event->reason);
    }
    for (size_t i = 0; i < order->nrevisions; i++)
        if ((row = at(placed, frame, top, n++)) >= 0)
            draw_revision(order, frame, row, i);
    return n;
}

static bool may_change(const struct reply_order_card *order)
{
    return strcmp(order->state, "placed") == 0 || strcmp(order->state, "on_hold") == 0;
}

static void draw_foot(const struct placed *placed, const struct frame *frame, int room)
{
    char until[WHEN_TEXT];
    int row = frame->rows - 1;
    const char *more = placed->rows > room ? _("   PgDn PgUp: more") : "";
    when_hour(until, placed->order.cancel_until);
    if (may_change(&placed->order) && placed->order.may_cancel)
        frame_printf(frame, row, ROLE_DIM,
                     " c changes it   u cancels it (who took it: until %s)   i the person%s", until,
                     more);
    else if (may_change(&placed->order))
        frame_printf(frame, row, ROLE_DIM, " c changes it   i the person%s", more);
    else if (placed->order.may_cancel)
        frame_printf(frame, row, ROLE_DIM, " u cancels it (who took it: until %s)   i the person%s",
                     until, more);
    else
        frame_printf(frame, row, ROLE_DIM, " i the person%s", more);
}

static void draw(struct app *app, struct frame *frame)
{
    struct placed *placed = app->placed;
    const struct reply_order_card *order = &placed->order;
    enum { LINES_TOP = 8 };
    if (!placed->has_order) {
        frame_printf(frame, 0, placed->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s",
                     placed->number, placed->query.waiting ? ".." : placed->query.error);
        return;
    }
    draw_who(order, frame);
    draw_where(order, frame);
    draw_money(order, frame, 4);
    int y = frame->top + LINES_TOP - 1, name = frame->cols - 40 < 6 ? 6 : frame->cols - 40;
    if (LINES_TOP - 1 < frame->rows) {
        terminal_put(y, 0, frame->cols, ROLE_HEAD, _(" Ln SKU     Description"));
        terminal_put_right(y, 12 + name, 5, ROLE_HEAD, _("Qty"));
        terminal_put_right(y, 18 + name, 10, ROLE_HEAD, _("Amount"));
        terminal_put(y, 28 + name, 12, ROLE_HEAD, _(" State"));
    }
    placed->rows = draw_lines(placed, frame, LINES_TOP);
    draw_foot(placed, frame, frame->rows - 1 - LINES_TOP);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    struct placed *placed = app->placed;
    enum { PAGE = 8 };
    if (input->code == INPUT_PAGE_DOWN && placed->first + PAGE < placed->rows)
        placed->first += PAGE;
    else if (input->code == INPUT_PAGE_UP)
        placed->first = placed->first > PAGE ? placed->first - PAGE : 0;
    else
        return false;
    return true;
}

static void undo(struct app *app, const struct entry_command *command)
{
    const struct placed *placed = app->placed;
    char total[MONEY_TEXT], say[128];
    (void)command;
    if (!placed->has_order) {
        app_say(app, ROLE_WARN, "the order is not shown yet: nothing was cancelled.");
    } else if (!placed->order.may_cancel) {
        app_say(app, ROLE_STOP, "%s", placed->order.cancel_say);
    } else {
        snprintf(say, sizeof say, "%s %s, %s", amount(&placed->order, total, placed->order.total),
                 placed->order.currency, placed->order.distributor_name);
        cancel_ask(app, placed->order.number, say);
    }
}

static bool is_shown(struct app *app)
{
    if (!app->placed->has_order)
        app_say(app, ROLE_WARN, "the order is not shown yet.");
    return app->placed->has_order;
}

static void hold_or_not(struct app *app)
{
    const struct reply_order_card *order = &app->placed->order;
    if (is_shown(app))
        placed_hold(app, order->number, strcmp(order->state, "on_hold") != 0, "");
}

static void hold(struct app *app, const struct entry_command *command)
{
    enum { REASON_MOST = 200 }; /* bytes are never fewer than characters */
    if (!is_shown(app))
        return;
    if (strlen(command->text) > REASON_MOST)
        app_say(app, ROLE_STOP, "a reason has at most %d letters; Up brings yours back.",
                REASON_MOST);
    else
        placed_hold(app, app->placed->order.number, true, command->text);
}

static void change(struct app *app, const struct entry_command *command)
{
    const struct placed *placed = app->placed;
    (void)command;
    if (is_shown(app))
        open_change(app, placed->body, placed->len);
}

static void qr(struct app *app, const struct entry_command *command)
{
    (void)command;
    if (is_shown(app))
        placed_link_qr(app, &app->placed->order);
}

static void mail(struct app *app, const struct entry_command *command)
{
    (void)command;
    if (is_shown(app))
        placed_link_mail(app, &app->placed->order);
}

/* The same once more, for the same people. */
static void repeat(struct app *app)
{
    const struct placed *placed = app->placed;
    const struct reply_order_card *card = &placed->order;
    if (!is_shown(app))
        return;
    open_order_for(app, card->distributor);
    if (*card->customer)
        order_set_customer(app->order, card->customer);
    if (order_add_all(app->order, card->lines, card->nlines))
        app_say(app, ROLE_OK,
                tongue_n("ok  %zu line of order %s; u takes it off again",
                         "ok  %zu lines of order %s; u takes them off again", card->nlines),
                card->nlines, card->number);
    else
        app_say(app, ROLE_STOP, "an order has at most %d lines.", DRAFT_LINES_MAX);
}

static void say_disputes(const struct reply_order_card *order, struct speech *speech)
{
    struct arena *arena = arena_new();
    struct text stands, waits;
    char key[32];
    for (size_t i = 0; i < order->ndisputes; i++) {
        text_init(&stands, arena), text_init(&waits, arena);
        placed_dispute_text(&stands, order, &order->disputes[i]);
        placed_dispute_waits(&waits, order, &order->disputes[i]);
        snprintf(key, sizeof key, "dispute %zu", i);
        speech_say(speech, key, _("dispute: %s"), stands.data);
        snprintf(key, sizeof key, "waits %zu", i);
        if (waits.len)
            speech_say(speech, key, "%s", waits.data);
    }
    arena_free(arena);
}

static void say_order(const struct reply_order_card *order, struct speech *speech)
{
    char sum[MONEY_TEXT], due[MONEY_TEXT], when[WHEN_TEXT], key[32];
    speech_say(speech, "title", _("PLACED: %s, %s, payment %s"), order->number,
               tongue_word("order", order->state), tongue_word("payment", order->payment));
    speech_say(speech, "person", "%s %s", order->distributor, order->distributor_name);
    if (*order->customer_name)
        speech_say(speech, "customer", _("for %s"), order->customer_name);
    speech_say(speech, "placed", _("placed %s by %s"), when_text(when, order->placed_at),
               order->placed_by);
    for (size_t i = 0; i < order->nlines; i++) {
        const struct reply_line *line = &order->lines[i];
        snprintf(key, sizeof key, "line %zu", i);
        speech_say(speech, key, _("line %zu: %lld*%s %s, %s"), i + 1, (long long)line->qty,
                   line->sku, line->name, amount(order, sum, line->amount));
    }
    speech_say(speech, "total", _("total %s %s, due %s"), amount(order, sum, order->total),
               order->currency, amount(order, due, order->due));
    say_disputes(order, speech);
    for (size_t i = 0; i < order->nrevisions; i++) {
        snprintf(key, sizeof key, "revision %zu", i);
        speech_say(speech, key, _("changed %s by %s, from %s to %s"),
                   when_text(when, order->revisions[i].until), order->revisions[i].by,
                   amount(order, sum, order->revisions[i].total),
                   amount(order, due, total_after(order, i)));
    }
    if (may_change(order))
        speech_say(speech, "change", _("c changes it"));
    if (order->may_cancel)
        speech_say(speech, "cancel", _("u cancels it; who took it: until %s"),
                   when_hour(when, order->cancel_until));
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
    .grammar = AT_CARD,
    .draw = draw,
    .say = say,
    .key = key,
    .commands = {[ENTRY_UNDO] = undo,
                 [ENTRY_CHANGE] = change,
                 [ENTRY_HOLD] = hold,
                 [ENTRY_QR] = qr,
                 [ENTRY_LETTER] = mail},
    .actions =
        {[ACTION_REFRESH] = ask, [ACTION_REPEAT] = repeat, [ACTION_HOLD_PLACED] = hold_or_not},
};
