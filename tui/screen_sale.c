/* The sale: what is scanned, what pays it, and the change. */
#include "tui/counter.h"
#include "tui/handover.h"
#include "tui/kit_choose.h"
#include "tui/open.h"
#include "tui/order_offers.h"
#include "tui/receipts.h"
#include "tui/review_pay.h"
#include "tui/sale_view.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

/* ---- paying ---------------------------------------------------------------------------------- */

static bool has_sale(struct app *app)
{
    bool has = app->order && order_lines(app->order);
    if (!has)
        app_say(app, ROLE_STOP, "there is nothing to pay yet: scan, or q*SKU.");
    return has;
}

/* What is left to pay but for the cash that was keyed; -1: not known. */
static int64_t due_but_cash(const struct order *order)
{
    struct draft_tender plan[PAY_PICKS + 1];
    int64_t due = sale_total(order);
    size_t n = due >= 0 ? order_pay_plan_of(order, due, plan) : 0;
    for (size_t i = 0; i < n; i++)
        due -= plan[i].given ? 0 : plan[i].amount;
    return due;
}

static void say_cash(struct app *app, int64_t given)
{
    char cash[MONEY_TEXT], other[MONEY_TEXT];
    int64_t due = due_but_cash(app->order);
    app_amount(app, cash, given);
    if (due < 0 || given == due)
        app_say(app, ROLE_OK, "ok  cash %s", cash);
    else if (given >= due)
        app_say(app, ROLE_OK, "ok  cash %s, change %s", cash, app_amount(app, other, given - due));
    else
        app_say(app, ROLE_OK, "ok  cash %s, still to pay %s", cash,
                app_amount(app, other, due - given));
}

/* Digits alone that are less than what is to be paid are rather a slip than a part of it. */
static void cash(struct app *app, const struct entry_command *command)
{
    int64_t given = command->amount.minor;
    char keyed[MONEY_TEXT], due[MONEY_TEXT];
    if (!has_sale(app))
        return;
    if (command->is_bare && given < due_but_cash(app->order)) {
        app_amount(app, keyed, given);
        app_say(app, ROLE_STOP, "%s is less than the %s to be paid; ca %s takes it as a part.",
                keyed, app_amount(app, due, due_but_cash(app->order)), keyed);
    } else if (!order_pay_with(app->order, TENDER_cash, given, NULL)) {
        app_say(app, ROLE_STOP, "a sale is paid in at most %d ways.", PAY_PICKS);
    } else {
        say_cash(app, given);
    }
}

static void slip(struct app *app, const struct entry_command *command)
{
    enum tender_kind kind = command->kind == ENTRY_SLIP ? TENDER_card_present : TENDER_cheque;
    int64_t amount = command->has_amount ? command->amount.minor : 0;
    if (!has_sale(app))
        return;
    if (order_pay_with(app->order, kind, amount, command->text))
        app_say(app, ROLE_OK, "ok  %s %s", tongue_word("tender", tender_info(kind)->name),
                command->text);
    else
        app_say(app, ROLE_STOP, "a sale is paid in at most %d ways.", PAY_PICKS);
}

static void link(struct app *app, const struct entry_command *command)
{
    if (!has_sale(app))
        return;
    order_pay_with(app->order, TENDER_link, command->has_amount ? command->amount.minor : 0, NULL);
    app_say(app, ROLE_OK, "ok  by link: F9 shows it; the goods stay here until it is paid");
}

static void account(struct app *app, const struct entry_command *command)
{
    if (has_sale(app))
        review_pay_account(app, command);
}

static void card(struct app *app, const struct entry_command *command)
{
    if (has_sale(app))
        review_pay_card(app, command);
}

static void certificate(struct app *app, const struct entry_command *command)
{
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else if (has_sale(app))
        review_pay_certificate(app, command);
}

/* ---- other entries --------------------------------------------------------------------------- */

static void order_number(struct app *app, const struct entry_command *command)
{
    if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else
        open_handover(app, command->text);
}

/* `r` alone does again what was undone, as on an order. */
static void returns(struct app *app, const struct entry_command *command)
{
    bool done = !*command->text && app->order && order_redo(app->order);
    if (*command->text)
        open_counter_return(app, command);
    else
        app_say(app, done ? ROLE_OK : ROLE_WARN,
                done ? _("done again") : _("r and the number on the receipt takes goods back."));
}

static void void_sale(struct app *app, const struct entry_command *command)
{
    const char *number = app->counter->sold.number;
    if (!*number)
        app_say(app, ROLE_STOP, "which sale? Its number shows it; then void and why.");
    else
        open_void(app, number, command->text);
}

/* A hint that is shown goes; else it is the report, as at home. */
static void hide(struct app *app, const struct entry_command *command)
{
    if (app->order && offers_hint(app))
        offers_hide(app, command);
    else
        counter_x_report(app);
}

static int candidates(const struct app *app)
{
    return screen_order.candidates(app);
}

static void pick(struct app *app, const struct entry_command *command)
{
    screen_order.commands[ENTRY_PICK](app, command);
}

static bool key(struct app *app, const struct input *input)
{
    return screen_order.key(app, input);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void park(struct app *app)
{
    if (app->order && order_lines(app->order))
        app_hold(app);
    else
        app_say(app, ROLE_WARN, "there is no sale to park.");
}

static void back(struct app *app)
{
    app_hold(app);
    app_home(app);
}

static void recall(struct app *app)
{
    back(app);
    app_function(app, 7);
}

static void reprice(struct app *app)
{
    if (app->order)
        order_reprice(app->order);
}

static void reprint(struct app *app)
{
    receipt_again(app, app->counter->sold.number);
}

const struct screen screen_sale = {
    .id = SCREEN_sale,
    .adapts = true,
    .grammar = AT_SALE,
    .draw = sale_draw,
    .say = sale_say,
    .say_once = true,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick,
                 [ENTRY_CASH] = cash,
                 [ENTRY_SLIP] = slip,
                 [ENTRY_CHEQUE] = slip,
                 [ENTRY_LINK] = link,
                 [ENTRY_SHOW_LINK] = link,
                 [ENTRY_BALANCE] = account,
                 [ENTRY_CREDIT] = account,
                 [ENTRY_CARD] = card,
                 [ENTRY_CERTIFICATE] = certificate,
                 [ENTRY_ORDER] = order_number,
                 [ENTRY_RETURN] = returns,
                 [ENTRY_HIDE] = hide,
                 [ENTRY_VOID_SALE] = void_sale},
    .actions = {[ACTION_SELL] = sale_pay,
                [ACTION_PARK] = park,
                [ACTION_RECALL] = recall,
                [ACTION_REPRICE] = reprice,
                [ACTION_REPRINT] = reprint,
                [ACTION_BACK] = back},
};
