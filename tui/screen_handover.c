#include "tui/handover.h"
#include "tui/pay_watch.h"
#include "tui/placed_link.h"
#include "tui/qr.h"
#include "tui/receipts.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

/* ---- paying ---------------------------------------------------------------------------------- */

static bool may_pay(struct app *app)
{
    struct handover *h = app->handover;
    bool may = h->has_order && h->order.due > 0 && !h->sending;
    if (!may)
        app_say(app, ROLE_WARN,
                h->has_order ? _("there is nothing to pay on it.")
                             : _("the order is not shown yet."));
    return may;
}

static void pay(struct app *app, const struct entry_command *command)
{
    struct handover *h = app->handover;
    if (!may_pay(app) || !till_pay_keyed(app, &h->pay, command, h->order.due))
        return;
    h->reason[0] = '\0';
    handover_changed(h);
}

static void undo(struct app *app, const struct entry_command *command)
{
    struct handover *h = app->handover;
    bool any = *h->reason || h->pay.n;
    (void)command;
    if (h->sending) {
        app_say(app, ROLE_WARN, "it has been sent already.");
        return;
    }
    if (*h->reason)
        h->reason[0] = '\0';
    else if (h->pay.n)
        h->pay.n--;
    handover_changed(h);
    app_say(app, any ? ROLE_OK : ROLE_WARN, any ? _("undone.") : _("nothing to undo."));
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void draw_head(const struct handover *h, const struct frame *frame)
{
    const struct reply_order_card *order = &h->order;
    char when[WHEN_TEXT];
    frame_printf(frame, 0, strcmp(order->state, "cancelled") == 0 ? ROLE_STOP : ROLE_STRONG,
                 " %s   %s   payment %s", order->number, tongue_word("order", order->state),
                 tongue_word("payment", order->payment));
    frame_printf(frame, 1, ROLE_PLAIN, " %s   placed %s by %s",
                 *order->customer_name ? order->customer_name : order->distributor_name,
                 when_text(when, order->placed_at), order->placed_by);
}

static int draw_lines(const struct handover *h, const struct frame *frame, int row, int bottom)
{
    const struct reply_order_card *order = &h->order;
    char sum[MONEY_TEXT];
    for (size_t i = 0; i < order->nlines && row < bottom; i++, row++) {
        const struct reply_line *line = &order->lines[i];
        if (row + 1 == bottom && i + 1 < order->nlines) {
            frame_printf(frame, row, ROLE_DIM, " %zu more", order->nlines - i);
            return row + 1;
        }
        terminal_printf(frame->top + row, 0, 12, ROLE_PLAIN, " %2zu %s", i + 1, line->sku);
        terminal_put(frame->top + row, 12, frame->cols - 34, ROLE_PLAIN, line->name);
        terminal_printf(frame->top + row, frame->cols - 22, 6, ROLE_PLAIN, "%5lld",
                        (long long)line->qty);
        terminal_put_right(frame->top + row, frame->cols - 14, 10, ROLE_PLAIN,
                           money_format(sum, money_of(line->amount), order->exponent, true));
    }
    return row;
}

/* Where it is paid, for whoever has no camera. */
static int draw_payments(const struct handover *h, const struct frame *frame, int row, int bottom)
{
    const struct reply_order_card *order = &h->order;
    char sum[MONEY_TEXT];
    for (size_t i = 0; i < order->npayments && row < bottom; i++) {
        const struct reply_payment *payment = &order->payments[i];
        frame_printf(frame, row++, ROLE_PLAIN, " Payment  %s %s   %s%s%s",
                     money_format(sum, money_of(payment->amount), order->exponent, true),
                     tongue_word("tender", payment->kind), tongue_word("payment", payment->state),
                     *payment->failure ? ": " : "", payment->failure);
        if (*payment->url && strcmp(payment->state, "authorising") == 0)
            row += frame_wrap(frame, row, 1, bottom - row, ROLE_STRONG,
                              *payment->short_url ? payment->short_url : payment->url);
    }
    return row;
}

/* Beside it, where there is room: what the customer's camera reads. The columns that are left. */
static int draw_link(const struct handover *h, const struct frame *frame)
{
    enum { PICTURE = 38, LEAST = 40 };
    const struct reply_payment *link = pay_link_open(&h->order);
    int x = frame->cols - PICTURE;
    bool has_room =
        link && x >= LEAST &&
        qr_draw(frame->top, frame->left + x, frame->rows, PICTURE, link->short_url, false);
    return has_room ? x - 1 : frame->cols;
}

static void draw_order(const struct handover *h, const struct frame *frame)
{
    struct arena *arena = arena_new();
    struct text paid;
    text_init(&paid, arena);
    struct sale_sums sums = handover_sums(h, &paid);
    const char *why = handover_obstacle(h, sums.due);
    int bottom = frame->rows - sale_sums_rows(frame) - 2;
    draw_head(h, frame);
    int row = draw_lines(h, frame, 3, bottom - (int)h->order.npayments - 1);
    draw_payments(h, frame, row + 1, bottom);
    if (*h->reason)
        frame_printf(frame, bottom, ROLE_WARN, " TAKE BACK, %s: F9 does it, u drops it", h->reason);
    else
        frame_wrap(frame, bottom, 1, 2, why ? ROLE_DIM : ROLE_OK,
                   why ? _(why) : _(" F9 hands it over") + 1);
    if (strcmp(h->order.state, "cancelled") != 0)
        sale_sums_draw(frame, &sums);
    arena_free(arena);
}

static void draw(struct app *app, struct frame *frame)
{
    const struct handover *h = app->handover;
    struct frame left = *frame;
    if (!h->has_order) {
        frame_printf(frame, 0, h->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", h->number,
                     h->query.waiting ? ".." : h->query.error);
        return;
    }
    left.cols = draw_link(h, frame);
    draw_order(h, &left);
}

static void say(struct app *app, struct speech *speech)
{
    const struct handover *h = app->handover;
    const struct reply_order_card *order = &h->order;
    struct arena *arena = arena_new();
    struct text paid;
    char sum[MONEY_TEXT];
    text_init(&paid, arena);
    if (!h->has_order) {
        speech_say(speech, "title", "%s: %s", h->number, h->query.waiting ? ".." : h->query.error);
        arena_free(arena);
        return;
    }
    struct sale_sums sums = handover_sums(h, &paid);
    speech_say(speech, "title", _("HAND OVER %s, %s"), order->number,
               *order->customer_name ? order->customer_name : order->distributor_name);
    speech_say(speech, "state", _("%s, payment %s"), tongue_word("order", order->state),
               tongue_word("payment", order->payment));
    for (size_t i = 0; i < order->nlines; i++)
        speech_say(speech, arena_printf(arena, "line %zu", i), _("line %zu: %lld*%s %s, %s"), i + 1,
                   (long long)order->lines[i].qty, order->lines[i].sku, order->lines[i].name,
                   money_format(sum, money_of(order->lines[i].amount), order->exponent, true));
    for (size_t i = 0; i < order->npayments; i++)
        if (*order->payments[i].url && strcmp(order->payments[i].state, "authorising") == 0)
            speech_say(speech, arena_printf(arena, "url %zu", i), "%s", order->payments[i].url);
    sale_sums_say(speech, &sums, order->number);
    arena_free(arena);
}

static void order_number(struct app *app, const struct entry_command *command)
{
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else
        open_handover(app, command->text);
}

static void void_sale(struct app *app, const struct entry_command *command)
{
    handover_void(app, command->text);
}

static void returns(struct app *app, const struct entry_command *command)
{
    struct entry_command of = *command;
    if (!*of.text)
        of.text = app->handover->number;
    open_counter_return(app, &of);
}

static void picture(struct app *app, const struct entry_command *command)
{
    (void)command;
    if (app->handover->has_order)
        placed_link_qr(app, &app->handover->order);
}

static void report(struct app *app, const struct entry_command *command)
{
    (void)command;
    counter_x_report(app);
}

static int no_lines(const struct app *app)
{
    (void)app;
    return 0;
}

static void reprint(struct app *app)
{
    receipt_again(app, app->handover->number);
}

const struct screen screen_handover = {
    .id = SCREEN_handover,
    .grammar = AT_SALE,
    .is_apart = true,
    .draw = draw,
    .say = say,
    .lines = no_lines,
    .commands = {[ENTRY_CASH] = pay,
                 [ENTRY_SLIP] = pay,
                 [ENTRY_CHEQUE] = pay,
                 [ENTRY_CERTIFICATE] = pay,
                 [ENTRY_ORDER] = order_number,
                 [ENTRY_RETURN] = returns,
                 [ENTRY_VOID_SALE] = void_sale,
                 [ENTRY_QR] = picture,
                 [ENTRY_HIDE] = report,
                 [ENTRY_UNDO] = undo},
    .actions = {[ACTION_HAND_OVER] = handover_do,
                [ACTION_REFRESH] = handover_ask,
                [ACTION_REPRINT] = reprint},
};
