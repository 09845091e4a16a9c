/* What is done to a shift: it is opened with its float, money goes into the drawer and out of it,
 * and it is closed with what was counted. */
#include "core/pieces.h"
#include "core/text.h"
#include "core/wire/json_out.h"
#include "tui/counter.h"
#include "tui/receipts.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

static const char *amount_text(const struct app *app, char out[MONEY_TEXT], int64_t minor)
{
    return money_format(out, money_of(minor), app->session.market.exponent, true);
}

/* ---- saying ---------------------------------------------------------------------------------- */

const char *counter_armed_text(const struct app *app, struct arena *arena)
{
    const struct counter_armed *armed = &app->counter->armed;
    char amount[MONEY_TEXT];
    amount_text(app, amount, armed->amount);
    if (armed->act == COUNTER_OPEN)
        return arena_printf(arena, _("OPEN %s with a float of %s: F9 does it, u drops it"),
                            app->counter->till, amount);
    if (armed->act == COUNTER_CLOSE)
        return arena_printf(arena, _("CLOSE the shift, %s counted: F9 does it, u drops it"),
                            amount);
    if (armed->act == COUNTER_PAY_IN)
        return arena_printf(arena, _("PAY IN %s, %s: F9 does it, u drops it"), amount, armed->text);
    if (armed->act == COUNTER_PAY_OUT)
        return arena_printf(arena, _("PAY OUT %s, %s: F9 does it, u drops it"), amount,
                            armed->text);
    return "";
}

/* ---- keying ---------------------------------------------------------------------------------- */

/* What stands in the way of it; NULL when nothing does. */
static const char *obstacle(const struct app *app, enum counter_act act,
                            const struct entry_command *command)
{
    const struct counter *counter = app->counter;
    if (strlen(command->text) >= COUNTER_REASON)
        return N_("a reason has at most 200 letters; Up brings yours back.");
    if (act == COUNTER_OPEN && counter->has_shift)
        return N_("the shift is open already: scan, or in and out move money.");
    if (act == COUNTER_OPEN && !counter->is_known)
        return N_("whether your shift is open is not known yet; F5 asks again.");
    if (act == COUNTER_OPEN && !*counter->till)
        return N_("first the till: its digit.");
    if (act != COUNTER_OPEN && !counter->has_shift)
        return N_("no shift is open.");
    if (act == COUNTER_CLOSE && (app->order || app->held))
        return N_("a sale is still open or not stored yet: sell, park or void it first.");
    return NULL;
}

void counter_arm(struct app *app, enum counter_act act, const struct entry_command *command)
{
    struct counter_armed *armed = &app->counter->armed;
    const char *why = obstacle(app, act, command);
    if (armed->sending) {
        app_say(app, ROLE_WARN, "one moment: the last one is not answered yet.");
        return;
    }
    if (why) {
        app_say(app, ROLE_STOP, "%s", _(why));
        return;
    }
    *armed = (struct counter_armed){.act = act, .amount = command->amount.minor};
    snprintf(armed->text, sizeof armed->text, "%s", command->text);
    order_ulid(armed->key);
    struct arena *arena = arena_new();
    app_say(app, ROLE_STRONG, "%s", counter_armed_text(app, arena));
    arena_free(arena);
}

void counter_disarm(struct app *app)
{
    if (app->counter->armed.sending) {
        app_say(app, ROLE_WARN, "it has been sent already.");
        return;
    }
    app_say(app, ROLE_OK,
            app->counter->armed.act ? _("dropped; nothing was done.") : _("nothing to undo."));
    app->counter->armed = (struct counter_armed){0};
}

void counter_x_report(struct app *app)
{
    if (counter_shift(app))
        open_x_report(app);
    else
        app_say(app, ROLE_STOP, "no shift is open.");
}

/* ---- doing ----------------------------------------------------------------------------------- */

static void pieces_write(struct json_out *out, const struct app *app, const char *text)
{
    struct pieces pieces;
    if (!*text || !pieces_read(text, strlen(text), app->session.market.exponent, &pieces))
        return;
    json_out_open(out, "pieces", '[');
    for (size_t i = 0; i < pieces.n; i++) {
        json_out_open(out, NULL, '{');
        json_out_int(out, "value", pieces.items[i].value);
        json_out_int(out, "count", pieces.items[i].count);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static const char *body(const struct app *app, struct arena *arena)
{
    const struct counter *counter = app->counter;
    const struct counter_armed *armed = &counter->armed;
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    if (armed->act == COUNTER_OPEN) {
        json_out_string(&out, "till", counter->till);
        json_out_int(&out, "float", armed->amount);
    } else if (armed->act == COUNTER_CLOSE) {
        json_out_int(&out, "counted", armed->amount);
        pieces_write(&out, app, armed->text);
    } else {
        json_out_string(&out, "kind", armed->act == COUNTER_PAY_IN ? "pay_in" : "pay_out");
        json_out_int(&out, "amount", armed->amount);
        json_out_string(&out, "reason", armed->text);
    }
    json_out_close(&out, '}');
    return text.data;
}

static void tell_done(struct app *app, const struct counter_armed *done)
{
    char amount[MONEY_TEXT];
    amount_text(app, amount, done->amount);
    if (done->act == COUNTER_OPEN)
        app_news(app, ROLE_OK, "the shift at %s is open with %s", app->counter->shift.till, amount);
    else if (done->act == COUNTER_PAY_IN)
        app_news(app, ROLE_OK, "%s paid in: %s", amount, done->text);
    else
        app_news(app, ROLE_OK, "%s paid out: %s", amount, done->text);
}

/* What was counted, and whether it is what should have been there. */
static void tell_closed(struct app *app, const struct answer *answer)
{
    struct arena *arena = arena_new();
    struct reply_till_report report;
    char counted[MONEY_TEXT], off[MONEY_TEXT];
    if (reply_till_report_read(arena, answer->body, answer->len, &report)) {
        int64_t by = report.difference;
        amount_text(app, counted, report.counted);
        amount_text(app, off, by < 0 ? -by : by);
        if (by == 0)
            app_news(app, ROLE_OK, "closed, Z %lld: %s counted, as it should be",
                     (long long)report.number, counted);
        else if (by < 0)
            app_news(app, ROLE_WARN, "closed, Z %lld: %s counted, %s too little (-)",
                     (long long)report.number, counted, off);
        else
            app_news(app, ROLE_WARN, "closed, Z %lld: %s counted, %s too much (+)",
                     (long long)report.number, counted, off);
    }
    arena_free(arena);
}

static void done(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct counter *counter = app->counter;
    struct counter_armed armed = counter->armed;
    counter->armed.sending = false;
    app->said.text[0] = '\0';
    if (!answer_is_ok(answer)) {
        app_say_answer(app, answer);
        counter->armed = (struct counter_armed){0};
    } else {
        counter->armed = (struct counter_armed){0};
        if (armed.act == COUNTER_CLOSE) {
            counter->has_shift = false;
            open_report(app, answer->body, answer->len);
            tell_closed(app, answer);
        } else if (counter_take_shift(app, answer)) {
            tell_done(app, &armed);
        }
    }
    counter_ask(app);
}

void counter_do(struct app *app)
{
    struct counter *counter = app->counter;
    struct counter_armed *armed = &counter->armed;
    struct arena *arena = arena_new();
    if (armed->act == COUNTER_NOTHING) {
        app_say(app, ROLE_WARN, "nothing is keyed that F9 could do.");
    } else if (client_link(app->client) == LINK_LOST) {
        app_say(app, ROLE_STOP, "there is no link: nothing was done. F9 again when it is back.");
    } else if (!armed->sending) {
        const char *path = armed->act == COUNTER_OPEN ? "/shifts"
                           : armed->act == COUNTER_CLOSE
                               ? arena_printf(arena, "/shifts/%s/close", counter->shift.id)
                               : arena_printf(arena, "/shifts/%s/moves", counter->shift.id);
        armed->sending = true;
        app_say(app, ROLE_PLAIN, "one moment ..");
        counter_post(app, path, armed->key, body(app, arena), done, app);
    }
    arena_free(arena);
}
