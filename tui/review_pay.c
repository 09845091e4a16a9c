#include "tui/review_pay.h"

#include "tui/order_change.h"
#include "tui/tongue.h"

#include <string.h>

/* ---- the line -------------------------------------------------------------------------------- */

/* "visa ..4242 08/27", from "2027-08". */
static void say_card(struct text *text, const struct reply_card *card)
{
    text_printf(text, "%s ..%s", card->brand, card->last4);
    if (strlen(card->expires) == strlen("2027-08"))
        text_printf(text, " %s/%.2s", card->expires + 5, card->expires + 2);
}

static void say_plan(const struct app *app, struct text *text, const struct draft_tender *plan,
                     size_t n)
{
    char amount[MONEY_TEXT];
    for (size_t i = 0; i < n; i++) {
        const struct reply_card *card =
            strcmp(plan[i].kind, "token") == 0 ? order_card(app->order, plan[i].ref) : NULL;
        text_add(text, i ? ", " : "");
        if (card)
            say_card(text, card);
        else
            text_add(text, tongue_word("tender", plan[i].kind));
        text_printf(text, " %s", app_amount(app, amount, plan[i].amount));
    }
}

/* The verbs of what else could pay, with what there is. */
static void say_ways(const struct app *app, struct text *text)
{
    static const struct {
        enum tender_kind kind;
        const char *verb;
    } accounts[] = {{TENDER_balance, "bal"}, {TENDER_credit, "cr"}};
    const struct order *order = app->order;
    char amount[MONEY_TEXT];
    text_add(text, "   ");
    for (size_t i = 0; i < ARRAY_LEN(accounts); i++)
        if (order_holds(order, accounts[i].kind))
            text_printf(text, "%s %s  ", accounts[i].verb,
                        app_amount(app, amount, order_holds(order, accounts[i].kind)));
    if (order->change)
        return;
    text_add(text, order_card_number(order, 1) ? _("gc  card  link  later") : _("gc  link"));
}

static void say_change(const struct app *app, struct text *text)
{
    const struct order *order = app->order;
    char back[MONEY_TEXT];
    int64_t more = order_change_paid(order) - order->frozen;
    if (more > 0)
        text_printf(text, _("%s goes back to what it was paid with"), app_amount(app, back, more));
    else
        text_add(text, _("nothing more to pay"));
}

void review_pay_text(const struct app *app, struct text *text)
{
    const struct order *order = app->order;
    struct draft_tender plan[PAY_PICKS + 1];
    char due[MONEY_TEXT];
    if (order->frozen < 0)
        return;
    size_t n = order_pay_plan(order, plan);
    int64_t to_pay = order_to_pay(order), left = to_pay - order_pays(order);
    app_amount(app, due, left);
    if (to_pay == 0 && order->change) {
        say_change(app, text);
        return;
    }
    if (n == 0) {
        text_printf(text, _("Due later %s, nothing charged yet"), due);
    } else {
        say_plan(app, text, plan, n);
        if (left)
            text_printf(text, _(", due later %s"), due);
    }
    order_pay_gone(order, text);
    say_ways(app, text);
    if (order->means.nlooks)
        text_add(text, " ..");
}

/* ---- the verbs ------------------------------------------------------------------------------- */

/* What it pays now of it. */
static int64_t pays(const struct order *order, enum tender_kind kind)
{
    struct draft_tender plan[PAY_PICKS + 1];
    size_t n = order_pay_plan(order, plan);
    for (size_t i = 0; i < n; i++)
        if (strcmp(plan[i].kind, tender_info(kind)->name) == 0)
            return plan[i].amount;
    return 0;
}

static int64_t amount_of(const struct entry_command *command)
{
    return command->has_amount ? command->amount.minor : 0;
}

static bool is_confirmed(struct app *app)
{
    return app->order->frozen >= 0;
}

void review_pay_said(struct app *app, enum tender_kind kind)
{
    char amount[MONEY_TEXT];
    if (is_confirmed(app))
        app_say(app, ROLE_OK, "ok  %s from the %s", app_amount(app, amount, pays(app->order, kind)),
                tongue_word("tender", tender_info(kind)->name));
}

void review_pay_account(struct app *app, const struct entry_command *command)
{
    enum tender_kind kind = command->kind == ENTRY_CREDIT ? TENDER_credit : TENDER_balance;
    char amount[MONEY_TEXT];
    int64_t held = order_holds(app->order, kind), to_pay = order_to_pay(app->order);
    int64_t most = held < to_pay ? held : to_pay;
    if (order_only_balance(app->order) && kind != TENDER_balance) {
        app_say(app, ROLE_STOP, "a change is paid from the balance, or left due.");
    } else if (is_confirmed(app) && (most == 0 || amount_of(command) > most)) {
        app_say(app, ROLE_STOP, "the %s can pay %s of this order.",
                tongue_word("tender", tender_info(kind)->name), app_amount(app, amount, most));
    } else {
        order_pay_with(app->order, kind, amount_of(command), NULL);
        review_pay_said(app, kind);
    }
}

void review_pay_card(struct app *app, const struct entry_command *command)
{
    const struct reply_card *card =
        order_card_number(app->order, command->number ? command->number : 1);
    if (order_only_balance(app->order)) {
        app_say(app, ROLE_STOP, "a change is paid from the balance, or left due.");
    } else if (!card) {
        app_say(app, ROLE_STOP, "there is no such stored card; link sends a link to pay.");
    } else {
        order_pay_with(app->order, TENDER_token, amount_of(command), card->id);
        review_pay_said(app, TENDER_token);
    }
}

void review_pay_link(struct app *app, const struct entry_command *command)
{
    if (order_only_balance(app->order)) {
        app_say(app, ROLE_STOP, "a change is paid from the balance, or left due.");
        return;
    }
    order_pay_with(app->order, TENDER_link, amount_of(command), NULL);
    app_say(app, ROLE_OK, "ok  the customer gets a link to pay when the order is placed");
}

void review_pay_certificate(struct app *app, const struct entry_command *command)
{
    if (order_only_balance(app->order))
        app_say(app, ROLE_STOP, "a change is paid from the balance, or left due.");
    else if (!order_pay_certificate(app->order, command->text, amount_of(command)))
        app_say(app, ROLE_STOP, "so many gift certificates cannot be looked up at once.");
    else
        app_say(app, ROLE_PLAIN, "gc %s is being looked up ..", command->text);
}

void review_pay_later(struct app *app, const struct entry_command *command)
{
    (void)command;
    order_pay_later(app->order);
    app_say(app, ROLE_OK, "ok  all of it is due later");
}
