/* What of an order comes back: lines, reasons, what goes out for them, and the money. F9 twice
 * issues the return's number. */
#include "tui/back.h"
#include "tui/open.h"
#include "tui/return_view.h"
#include "tui/tongue.h"

#include "core/returns.h"

#include <stdio.h>
#include <string.h>

void open_return(struct app *app, const char *order)
{
    back_begin(app, order);
    app_back_to(app, &screen_return);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool is_open(struct app *app)
{
    if (!app->back->made_arena)
        return true;
    app_say(app, ROLE_WARN, "%s is issued. The next number or name begins something else.",
            app->back->made.number);
    return false;
}

static void returned(struct app *app, const struct entry_command *command)
{
    struct back *back = app->back;
    struct back_line line = {
        .line = command->number, .part = command->part, .qty = command->quantity};
    struct arena *arena = arena_new();
    if (!is_open(app)) {
        ;
    } else if (line.qty && !*command->text) {
        app_say(app, ROLE_STOP, "why? .%d*%lld and a reason: %s", line.line, (long long)line.qty,
                return_view_reasons(arena, back));
    } else {
        snprintf(line.reason, sizeof line.reason, "%s", command->text);
        snprintf(line.exchange, sizeof line.exchange, "%s", command->exchange);
        snprintf(line.choices, sizeof line.choices, "%s", command->choices);
        if (back_set(back, &line))
            back_ask(app);
    }
    arena_free(arena);
}

static void text_set(struct app *app, char *out, const char *text)
{
    if (!is_open(app))
        return;
    snprintf(out, BACK_TEXT, "%s", text);
    app->back->confirmed = false;
    app_say(app, ROLE_OK, "ok  %s", text);
    back_ask(app);
}

static const char *place_named(const char *text)
{
    static const struct {
        char letter;
        enum return_place place;
    } letters[] = {{'s', RETURN_TO_stock}, {'q', RETURN_TO_quarantine}, {'x', RETURN_TO_scrap}};
    for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
        const char *name = return_place_name(letters[i].place);
        if ((text[0] == letters[i].letter && !text[1]) || strcmp(text, name) == 0)
            return name;
    }
    return NULL;
}

/* `to q`, `to 2 x`, `to 2/3 s`: without a line it is the one that was keyed last. */
static void goes_to(struct app *app, const struct entry_command *command)
{
    struct back *back = app->back;
    int line = back->n ? back->lines[back->n - 1].line : 0,
        part = back->n ? back->lines[back->n - 1].part : 0, at = 0;
    if (sscanf(command->text, "%3d%n", &line, &at) == 1) {
        int more = 0;
        part = 0;
        if (sscanf(command->text + at, "/%3d%n", &part, &more) == 1)
            at += more;
    }
    const char *place = place_named(command->text + at + strspn(command->text + at, " "));
    if (!is_open(app))
        return;
    if (!*back->shift)
        app_say(app, ROLE_STOP, "where it goes is said when the parcel is here.");
    else if (!place)
        app_say(app, ROLE_STOP, "where to? to s, to q or to x: stock, quarantine, scrap.");
    else if (!back_send_to(back, line, part, place))
        app_say(app, ROLE_STOP, "nothing comes back of that line yet: .2*1 and a reason.");
    else
        app_say(app, ROLE_OK, "ok  %s", tongue_word("place", place));
}

static void pay(struct app *app, const struct entry_command *command)
{
    struct back *back = app->back;
    if (!is_open(app))
        return;
    if (!*back->shift)
        app_say(app, ROLE_STOP, "it is paid when the order that goes out is; cash is for a till.");
    else if (!back->has_quote || !back->quote.due)
        app_say(app, ROLE_WARN, "there is nothing to pay on it.");
    else if (till_pay_keyed(app, &back->pay, command, back->quote.due))
        back_changed(back);
}

/* At the call desk, and where nothing is to be paid, it is looked at. */
static void certificate(struct app *app, const struct entry_command *command)
{
    const struct back *back = app->back;
    if (*back->shift && back->has_quote && back->quote.due && !back->made_arena)
        pay(app, command);
    else if (command->check_fails)
        app_say(app, ROLE_STOP, "%s is mistyped: its check digit does not fit.", command->text);
    else
        open_certificate(app, command->text, NULL, back->has_quote ? back->quote.distributor : "");
}

/* The tender keyed last; else the line. */
static void undo(struct app *app, const struct entry_command *command)
{
    struct back *back = app->back;
    (void)command;
    if (!is_open(app))
        return;
    if (!back->pay.n && !back->n) {
        app_say(app, ROLE_WARN, "nothing to undo.");
        return;
    }
    if (back->pay.n) {
        back->pay.n--;
        back_changed(back);
    } else {
        back->n--;
        back_ask(app);
    }
    app_say(app, ROLE_OK, "undone.");
}

static void note(struct app *app, const struct entry_command *command)
{
    text_set(app, app->back->note, command->text);
}

static void override(struct app *app, const struct entry_command *command)
{
    text_set(app, app->back->override, command->text);
}

static void type(struct app *app, const struct entry_command *command)
{
    static const struct {
        const char *word, *kind;
    } kinds[] = {{"back", "return"}, {"buyback", "buy_back"}, {"withdraw", "withdrawal"}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].word, command->text) == 0 && is_open(app)) {
            snprintf(app->back->kind, sizeof app->back->kind, "%s", kinds[i].kind);
            app->back->confirmed = false;
            back_ask(app);
            return;
        }
    app_say(app, ROLE_STOP, "a return is t back, t buyback or t withdraw, not %s.", command->text);
}

static void refresh(struct app *app)
{
    app->back->confirmed = false;
    back_ask(app);
}

/* The first says what it will be, the second does it. */
static void issue(struct app *app)
{
    struct back *back = app->back;
    if (!is_open(app))
        return;
    if (back->confirmed) {
        back_issue(app);
    } else if (back->n == 0) {
        app_say(app, ROLE_STOP, "nothing comes back yet: .2*1 and a reason.");
    } else {
        back->confirmed = true;
        app_say(app, ROLE_OK, "F9 again issues the return.");
    }
}

const struct screen screen_return = {
    .id = SCREEN_return,
    .grammar = AT_RETURN,
    .draw = return_view_draw,
    .say = return_view_say,
    .commands = {[ENTRY_RETURNED] = returned,
                 [ENTRY_NOTE] = note,
                 [ENTRY_OVERRIDE] = override,
                 [ENTRY_TYPE] = type,
                 [ENTRY_GOES_TO] = goes_to,
                 [ENTRY_UNDO] = undo,
                 [ENTRY_CASH] = pay,
                 [ENTRY_SLIP] = pay,
                 [ENTRY_CHEQUE] = pay,
                 [ENTRY_CERTIFICATE] = certificate},
    .actions = {[ACTION_REFRESH] = refresh, [ACTION_ISSUE] = issue},
};
