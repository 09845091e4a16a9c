#include "core/wire/json_out.h"
#include "core/wire/reply_around.h"
#include "tui/counter.h"
#include "tui/handover.h"
#include "tui/open.h"
#include "tui/receipts.h"
#include "tui/sale_view.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct handover {
    struct app *app;
    char number[32];
    struct query query;
    bool has_order;
    struct reply_order_card order;
    struct pay_pick picks[PAY_PICKS];
    size_t n;
    char reason[COUNTER_REASON]; /* it is to be taken back; "": to be given out */
    char key[ULID_TEXT];         /* of what F9 sends, until something changes */
    bool sending;
    int64_t looked; /* when it was asked for last */
};

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
}

static void ask(struct app *app)
{
    struct handover *h = app->handover;
    struct arena *arena = arena_new();
    h->looked = app->now;
    query_ask(&h->query, app, arena_printf(arena, "/orders/%s", h->number), take, h);
    arena_free(arena);
}

static void changed(struct handover *h)
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
    h->n = 0;
    h->reason[0] = '\0';
    changed(h);
    app_hold(app); /* what was being sold is parked, not mixed up with it */
    ask(app);
    app_show(app, &screen_handover);
}

static void void_arm(struct app *app, const char *reason)
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
    changed(h);
    app_say(app, ROLE_STRONG,
            "TAKE BACK %s, %s: F9 does it, money goes back as it was paid; u drops it", h->number,
            reason);
}

void open_void(struct app *app, const char *number, const char *reason)
{
    open_handover(app, number);
    void_arm(app, reason);
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

static size_t plan_of(const struct handover *h, struct draft_tender *out)
{
    struct tender_pick picks[PAY_PICKS];
    for (size_t i = 0; i < h->n; i++)
        picks[i] = (struct tender_pick){h->picks[i].kind, h->picks[i].amount, h->picks[i].most,
                                        *h->picks[i].ref ? h->picks[i].ref : NULL};
    return pay_plan(picks, h->n, h->order.due, out);
}

static struct sale_sums sums_of(const struct handover *h, struct text *paid)
{
    const struct reply_order_card *order = &h->order;
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = plan_of(h, plan);
    struct sale_sums sums = {.total = order->total,
                             .due = order->due,
                             .awaited = asked_for(order),
                             .given = pay_given(plan, n),
                             .change = pay_change(plan, n),
                             .exponent = order->exponent,
                             .currency = order->currency};
    for (size_t i = 0; i < n; i++)
        sums.due -= plan[i].amount;
    sale_view_paid(paid, plan, n, order->exponent);
    sums.paid = paid->data;
    return sums;
}

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

/* One of the same kind and number takes its place. */
static void pick(struct app *app, enum tender_kind kind, int64_t amount, const char *ref)
{
    struct handover *h = app->handover;
    char keyed[MONEY_TEXT];
    size_t i = 0;
    while (i < h->n && (h->picks[i].kind != kind || strcmp(h->picks[i].ref, ref) != 0))
        i++;
    if (i == PAY_PICKS) {
        app_say(app, ROLE_STOP, "a sale is paid in at most %d ways.", PAY_PICKS);
        return;
    }
    h->picks[i] = (struct pay_pick){.kind = kind, .amount = amount, .most = -1};
    snprintf(h->picks[i].ref, PAY_REF, "%s", ref);
    h->n += i == h->n;
    h->reason[0] = '\0';
    changed(h);
    if (kind == TENDER_cash)
        app_say(app, ROLE_OK, "ok  cash %s",
                money_format(keyed, money_of(amount), h->order.exponent, true));
    else
        app_say(app, ROLE_OK, "ok  %s %s", tongue_word("tender", tender_info(kind)->name), ref);
}

static void cash(struct app *app, const struct entry_command *command)
{
    struct handover *h = app->handover;
    char keyed[MONEY_TEXT], due[MONEY_TEXT];
    if (!may_pay(app))
        return;
    money_format(keyed, command->amount, h->order.exponent, true);
    if (command->is_bare && h->n == 0 && command->amount.minor < h->order.due)
        app_say(app, ROLE_STOP, "%s is less than the %s to be paid; ca %s takes it as a part.",
                keyed, money_format(due, money_of(h->order.due), h->order.exponent, true), keyed);
    else
        pick(app, TENDER_cash, command->amount.minor, "");
}

static void slip(struct app *app, const struct entry_command *command)
{
    static const struct {
        enum entry_kind entry;
        enum tender_kind tender;
    } kinds[] = {{ENTRY_SLIP, TENDER_card_present},
                 {ENTRY_CHEQUE, TENDER_cheque},
                 {ENTRY_CERTIFICATE, TENDER_certificate}};
    if (command->check_fails) {
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(kinds) && may_pay(app); i++)
        if (kinds[i].entry == command->kind) {
            pick(app, kinds[i].tender, command->has_amount ? command->amount.minor : 0,
                 command->text);
            return;
        }
}

/* ---- F9 -------------------------------------------------------------------------------------- */

static const char *body(const struct handover *h, struct arena *arena)
{
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = *h->reason ? 0 : plan_of(h, plan);
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_string(&out, "shift", counter_shift(h->app)->id);
    if (*h->reason)
        json_out_string(&out, "reason", h->reason);
    if (n)
        json_out_open(&out, "tenders", '[');
    for (size_t i = 0; i < n; i++) {
        json_out_open(&out, NULL, '{');
        json_out_string(&out, "kind", plan[i].kind);
        json_out_int(&out, "amount", plan[i].amount);
        if (plan[i].ref)
            json_out_string(&out, "ref", plan[i].ref);
        if (plan[i].given)
            json_out_int(&out, "given", plan[i].given);
        json_out_close(&out, '}');
    }
    if (n)
        json_out_close(&out, ']');
    json_out_close(&out, '}');
    return text.data;
}

static void failed(struct handover *h, const struct answer *answer)
{
    h->app->said.text[0] = '\0';
    app_say_answer(h->app, answer);
    changed(h); /* what is sent next is something else */
    ask(h->app);
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
    struct sale_sums sums = sums_of(h, &paid);
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
    ask(app);
    counter_ask(app);
}

/* What stands in the way of giving it out; NULL when nothing does. */
static const char *obstacle(const struct handover *h, int64_t due)
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

static void hand_over(struct app *app)
{
    struct handover *h = app->handover;
    struct arena *arena = arena_new();
    struct text paid;
    text_init(&paid, arena);
    const char *why =
        h->has_order ? obstacle(h, sums_of(h, &paid).due) : N_("the order is not shown yet.");
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

static void undo(struct app *app, const struct entry_command *command)
{
    struct handover *h = app->handover;
    bool any = *h->reason || h->n;
    (void)command;
    if (h->sending) {
        app_say(app, ROLE_WARN, "it has been sent already.");
        return;
    }
    if (*h->reason)
        h->reason[0] = '\0';
    else if (h->n)
        h->n--;
    changed(h);
    app_say(app, any ? ROLE_OK : ROLE_WARN, any ? _("undone.") : _("nothing to undo."));
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
    ask(app);
    return LOOK_MS;
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
            row += frame_wrap(frame, row, 1, bottom - row, ROLE_STRONG, payment->url);
    }
    return row;
}

static void draw(struct app *app, struct frame *frame)
{
    const struct handover *h = app->handover;
    struct arena *arena = arena_new();
    struct text paid;
    text_init(&paid, arena);
    if (!h->has_order) {
        frame_printf(frame, 0, h->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", h->number,
                     h->query.waiting ? ".." : h->query.error);
        arena_free(arena);
        return;
    }
    struct sale_sums sums = sums_of(h, &paid);
    int bottom = frame->rows - sale_sums_rows(frame) - 1;
    draw_head(h, frame);
    int row = draw_lines(h, frame, 3, bottom - (int)h->order.npayments - 1);
    draw_payments(h, frame, row + 1, bottom);
    if (*h->reason)
        frame_printf(frame, bottom, ROLE_WARN, " TAKE BACK, %s: F9 does it, u drops it", h->reason);
    else if (!obstacle(h, sums.due))
        frame_text(frame, bottom, ROLE_OK, _(" F9 hands it over"));
    else
        frame_printf(frame, bottom, ROLE_DIM, " %s", _(obstacle(h, sums.due)));
    if (strcmp(h->order.state, "cancelled") != 0)
        sale_sums_draw(frame, &sums);
    arena_free(arena);
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
    struct sale_sums sums = sums_of(h, &paid);
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
    void_arm(app, command->text);
}

static void returns(struct app *app, const struct entry_command *command)
{
    struct entry_command of = *command;
    if (!*of.text)
        of.text = app->handover->number;
    open_counter_return(app, &of);
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
    .draw = draw,
    .say = say,
    .lines = no_lines,
    .commands = {[ENTRY_CASH] = cash,
                 [ENTRY_SLIP] = slip,
                 [ENTRY_CHEQUE] = slip,
                 [ENTRY_CERTIFICATE] = slip,
                 [ENTRY_ORDER] = order_number,
                 [ENTRY_RETURN] = returns,
                 [ENTRY_VOID_SALE] = void_sale,
                 [ENTRY_UNDO] = undo},
    .actions = {[ACTION_HAND_OVER] = hand_over, [ACTION_REFRESH] = ask, [ACTION_REPRINT] = reprint},
};
