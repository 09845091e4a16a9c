/* What is read to the caller, where it goes, how it is paid, and what stands in the way; F9 here
 * places the order for exactly the total shown. */
#include "core/text.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/order_change.h"
#include "tui/order_change_view.h"
#include "tui/order_head.h"
#include "tui/order_lines.h"
#include "tui/order_view.h"
#include "tui/review_pay.h"
#include "tui/review_read.h"
#include "tui/review_say.h"
#include "tui/ship.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct review {
    int64_t shown;  /* the total on the screen; -1: none yet */
    int64_t before; /* what it was until it changed; -1: it did not */
    size_t item;    /* that is being read out; 0: none */
};

enum {
    READ_MOST = 6,  /* rows of what is read back */
    WAIT_MS = 1500, /* a total that is confirmed sooner needs no word about that */
};

void open_review(struct app *app)
{
    if (!app->review && !(app->review = calloc(1, sizeof *app->review)))
        abort();
    *app->review = (struct review){.shown = -1, .before = -1};
    app->order->frozen = -1;
    order_review(app->order);
    ship_ask(app);
    order_means_ask(app->order);
    app_show(app, &screen_review);
}

/* The total that stands there is the one that is placed; when it becomes another, both are shown.
 */
static void track_total(struct review *review, int64_t frozen)
{
    if (frozen < 0 || frozen == review->shown)
        return;
    review->before = review->shown;
    review->shown = frozen;
}

int review_tick(const struct app *app)
{
    int64_t left = app->keyed_at + WAIT_MS - app->now;
    bool waits = app_screen(app) == &screen_review && app->order && app->order->frozen < 0;
    return waits && left > 0 ? (int)left : 60 * 1000;
}

int64_t review_total_before(const struct app *app)
{
    struct review *review = app->review;
    track_total(review, app->order->frozen);
    return review->before;
}

/* ---- drawing --------------------------------------------------------------------------------- */

/* Why there is nothing to read yet, or what has changed meanwhile. */
static bool has_notice(const struct app *app)
{
    return app->order->frozen < 0 || app->review->before >= 0;
}

static void draw_notice(const struct app *app, const struct frame *frame, int row)
{
    const struct order *order = app->order;
    char total[MONEY_TEXT], old[MONEY_TEXT];
    if (order->frozen < 0 && app->now - app->keyed_at >= WAIT_MS)
        frame_text(frame, row, ROLE_DIM, _(" the total is being confirmed .."));
    else if (app->review->before >= 0)
        frame_printf(frame, row, ROLE_WARN, " total was %s -> now %s %s   nothing charged yet",
                     app_amount(app, old, app->review->before),
                     app_amount(app, total, order->frozen), order->quote.currency);
}

static int draw_pay(const struct app *app, const struct frame *frame, int row)
{
    int x = frame_label(frame, row, _(" Pay"));
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    review_pay_text(app, &text);
    row += text.len ? frame_wrap(frame, row, x, 2, ROLE_PLAIN, text.data) : 1;
    arena_free(arena);
    return row;
}

/* As many as there is room for; the last row counts the others. */
static int draw_check(const struct app *app, const struct frame *frame, int row, int x,
                      const struct reply_problem *problems, size_t n)
{
    struct arena *arena = arena_new();
    struct text text;
    int last = frame->rows - 1;
    for (size_t i = 0; i < n && row <= last; i++) {
        const struct reply_problem *problem = &problems[i];
        enum role role = problem->warning ? ROLE_WARN : ROLE_STOP;
        if (order_problem_follows(app->order, problem))
            continue;
        text_init(&text, arena);
        order_view_problem(&text, app->order, problem);
        int needs = frame_wrap(&(struct frame){.cols = frame->cols}, 0, x, 2, role, text.data);
        bool is_last = i + 1 == n;
        if (row + needs - !is_last > last) {
            text_clear(&text);
            text_printf(&text, _("and %zu more"), n - i);
            row += frame_wrap(frame, last, x, 1, role, text.data) + last - row;
            break;
        }
        row += frame_wrap(frame, row, x, 2, role, text.data);
    }
    arena_free(arena);
    return row;
}

/* What has nothing against it, by name, so that one sees that it was looked at. */
enum check { PERSON, PRICE, QUANTITIES, STOCK, ADDRESS, PAYMENT, DUPLICATE, CHECKS };

static const char *const passed[CHECKS] = {
    [PERSON] = N_("person"),          [PRICE] = N_("price"),
    [QUANTITIES] = N_("qty"),         [STOCK] = N_("stock"),
    [ADDRESS] = N_("address"),        [PAYMENT] = N_("payment"),
    [DUPLICATE] = N_("no duplicate"),
};

static const struct {
    const char *code;
    enum check check;
} checked_by[] = {
    {"required", PERSON},
    {"unknown_distributor", PERSON},
    {"distributor_status", PERSON},
    {"unknown_customer", PERSON},
    {"customer_needed", PERSON},
    {"customer_of_other", PERSON},
    {"customer_not_allowed", PERSON},
    {"wrong_market", PERSON},
    {"unknown_sku", PRICE},
    {"check_digit", PRICE},
    {"not_in_list", PRICE},
    {"not_on_sale", PRICE},
    {"wrong_kind", PRICE},
    {"unknown_list", PRICE},
    {"no_list", PRICE},
    {"amount_too_large", PRICE},
    {"no_tax_rate", PRICE},
    {"no_delivery", PRICE},
    {"type_not_yet", PRICE},
    {"unknown_coupon", PRICE},
    {"coupon_used_up", PRICE},
    {"coupon_no_effect", PRICE},
    {"pick_not_offered", PRICE},
    {"pick_not_earned", PRICE},
    {"pick_too_many", QUANTITIES},
    {"bad_quantity", QUANTITIES},
    {"max_per_order", QUANTITIES},
    {"too_many_lines", QUANTITIES},
    {"no_lines", QUANTITIES},
    {"stock_short", STOCK},
    {"back_ordered", STOCK},
    {"address_needed", ADDRESS},
    {"address_missing", ADDRESS},
    {"address_incomplete", ADDRESS},
    {"tender_kind", PAYMENT},
    {"tender_amount", PAYMENT},
    {"tenders_exceed", PAYMENT},
    {"balance_short", PAYMENT},
    {"duplicate", DUPLICATE},
};

static bool has_failed(const struct reply_problem *problems, size_t n, enum check check)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < ARRAY_LEN(checked_by); k++)
            if (checked_by[k].check == check && strcmp(checked_by[k].code, problems[i].code) == 0)
                return true;
    return false;
}

static int draw_passed(const struct app *app, const struct frame *frame, int row, int x)
{
    const struct order *order = app->order;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (enum check check = 0; check < CHECKS; check++)
        if (!has_failed(order->quote.problems, order->quote.nproblems, check) &&
            !has_failed(order->trouble.problems, order->trouble.nproblems, check))
            text_printf(&text, "%s%s", text.len ? ", " : _("ok: "), _(passed[check]));
    if (row < frame->rows)
        row += frame_wrap(frame, row, x, 2, ROLE_OK, text.data);
    arena_free(arena);
    return row;
}

/* The rows that are needed below the lines; a problem has two at most. */
static int rows_below(const struct app *app, const struct frame *frame)
{
    enum { SHIP = 1, PAY = 1, PASSED = 1, NOTICE = 1, EACH = 2 };
    struct frame nowhere = {.cols = frame->cols};
    const struct order *order = app->order;
    size_t problems = order->quote.nproblems + order->trouble.nproblems;
    return review_read_draw(app, &nowhere, 0, READ_MOST, 0) + SHIP + PAY + PASSED + NOTICE +
           EACH * (int)problems;
}

/* The lines stay where they were keyed, and what is read back stands below them; orders that are
 * too long for that make room for it. The row after them. */
static int draw_order(const struct app *app, const struct frame *frame)
{
    int row = ORDER_HEAD, lines = order_lines_rows(app, frame);
    int change = order_change_rows(app, frame);
    order_head_draw(app, frame);
    if (!frame->small_rows && row + lines + change + rows_below(app, frame) <= frame->rows) {
        order_lines_draw(app, frame, row, row + lines);
        row += lines;
    }
    order_change_draw(app, frame, row);
    row += change;
    draw_notice(app, frame, row);
    return has_notice(app) || row > ORDER_HEAD ? row + 1 : row;
}

/* The total is on its way and nothing has been said against it: what stands below the lines comes
 * at once with it, and nothing moves down on the way. Without a link, what is known has to do. */
static bool is_coming(const struct app *app)
{
    return app->order->frozen < 0 && app->order->trouble.nproblems == 0 &&
           client_link(app->client) == LINK_OK;
}

static void draw_below(struct app *app, struct frame *frame, int row)
{
    struct order *order = app->order;
    row = review_read_draw(app, frame, row, READ_MOST, app->review->item);
    row = ship_draw(app, frame, row, frame->rows - row - 2);
    row = draw_pay(app, frame, row);
    int x = frame_label(frame, row, _(" Check"));
    bool confirmed = order_confirmed(order);
    size_t n = confirmed ? order->quote.nproblems : 0;
    row = draw_check(app, frame, row, x, order->quote.problems, n);
    row = draw_check(app, frame, row, x, order->trouble.problems, order->trouble.nproblems);
    if (confirmed)
        draw_passed(app, frame, row, x);
}

static void draw(struct app *app, struct frame *frame)
{
    struct frame above = *frame; /* the sums keep their rows */
    above.rows -= ORDER_VIEW_TOTALS;
    ship_ask(app);
    track_total(app->review, app->order->frozen);
    int row = draw_order(app, &above);
    if (!is_coming(app))
        draw_below(app, &above, row);
    order_view_totals(app, frame);
    frame->cursor_y = above.cursor_y;
    frame->cursor_x = above.cursor_x;
}

/* ---- commands -------------------------------------------------------------------------------- */

/* Enter goes through the items while they are read out, and round again. */
static void step(struct app *app, const struct entry_command *command)
{
    struct review *review = app->review;
    (void)command;
    if (app->order->frozen < 0) {
        app_say(app, ROLE_PLAIN, "the total is being confirmed; then it can be read out.");
        return;
    }
    review->item = review->item < review_read_items(app) ? review->item + 1 : 0;
    review_read_say(app, review->item);
}

/* The order that this one may repeat. */
static void other(struct app *app, const struct entry_command *command)
{
    const struct reply_problem *found = order_duplicate(app->order);
    (void)command;
    if (found && *found->order)
        open_placed(app, found->order);
    else
        app_say(app, ROLE_WARN, "there is no other order to show.");
}

/* Of the order before: this one has none until it is placed. */
static void qr(struct app *app, const struct entry_command *command)
{
    const struct pay_watches *watches = &app->pay_watches;
    (void)command;
    if (*watches->url)
        open_qr(app, watches->newest, watches->url, watches->sum);
    else
        app_say(app, ROLE_PLAIN, "a pay link is made when the order is placed: then q shows it.");
}

static void place(struct app *app)
{
    if (client_is_expired(app->client)) {
        app_sign_in_again(app);
        return;
    }
    order_place(app->order);
}

static void reprice(struct app *app)
{
    app->order->frozen = -1;
    order_reprice(app->order);
}

static void hold(struct app *app)
{
    app_back_to(app, &screen_order);
    app_function(app, 6);
}

static void back(struct app *app)
{
    app_back_to(app, &screen_order);
}

const struct screen screen_review = {
    .id = SCREEN_review,
    .grammar = AT_REVIEW,
    .draw = draw,
    .say = review_say,
    .commands = {[ENTRY_BALANCE] = review_pay_account,
                 [ENTRY_CREDIT] = review_pay_account,
                 [ENTRY_CARD] = review_pay_card,
                 [ENTRY_LINK] = review_pay_link,
                 [ENTRY_CERTIFICATE] = review_pay_certificate,
                 [ENTRY_LATER] = review_pay_later,
                 [ENTRY_EMPTY] = step,
                 [ENTRY_OTHER] = other,
                 [ENTRY_QR] = qr},
    .actions = {[ACTION_PLACE] = place,
                [ACTION_REPRICE] = reprice,
                [ACTION_AS_PLACED] = order_change_reset,
                [ACTION_HOLD] = hold,
                [ACTION_BACK] = back},
};
