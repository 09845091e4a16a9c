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

/* ---- each of them ------------------------------------------------------------------------------
 */

/* An act: what F9 would do, what stands in its way (NULL: nothing), what is sent and where, and
 * what is to be told when it is done. */
struct act {
    const char *path; /* behind "/shifts", or behind the open one */
    bool of_shift;    /* there has to be one */
    const char *(*says)(const struct app *app, struct arena *arena, const char *amount);
    const char *(*obstacle)(const struct app *app);
    void (*body)(const struct app *app, const struct counter_armed *armed, struct json_out *out);
    void (*done)(struct app *app, const struct counter_armed *armed, const struct answer *answer);
};

/* ---- opening ---- */

static const char *says_open(const struct app *app, struct arena *arena, const char *amount)
{
    return arena_printf(arena, _("OPEN %s with a float of %s: F9 does it, u drops it"),
                        app->counter->till, amount);
}

static const char *obstacle_open(const struct app *app)
{
    const struct counter *counter = app->counter;
    if (counter->has_shift)
        return N_("the shift is open already: scan, or in and out move money.");
    if (!counter->is_known)
        return N_("whether your shift is open is not known yet; F5 asks again.");
    return *counter->till ? NULL : N_("first the till: its digit.");
}

static void body_open(const struct app *app, const struct counter_armed *armed,
                      struct json_out *out)
{
    json_out_string(out, "till", app->counter->till);
    json_out_int(out, "float", armed->amount);
}

static void opened(struct app *app, const struct counter_armed *armed, const struct answer *answer)
{
    char amount[MONEY_TEXT];
    if (counter_take_shift(app, answer))
        app_news(app, ROLE_OK, "the shift at %s is open with %s", app->counter->shift.till,
                 amount_text(app, amount, armed->amount));
}

/* ---- closing ---- */

static const char *says_close(const struct app *app, struct arena *arena, const char *amount)
{
    (void)app;
    return arena_printf(arena, _("CLOSE the shift, %s counted: F9 does it, u drops it"), amount);
}

static const char *obstacle_close(const struct app *app)
{
    return app->order || app->held
               ? N_("a sale is still open or not stored yet: sell, park or void it first.")
               : NULL;
}

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

static void body_close(const struct app *app, const struct counter_armed *armed,
                       struct json_out *out)
{
    json_out_int(out, "counted", armed->amount);
    pieces_write(out, app, armed->text);
}

/* What was counted, and whether it is what should have been there. */
static void closed(struct app *app, const struct counter_armed *armed, const struct answer *answer)
{
    (void)armed;
    app->counter->has_shift = false;
    open_report(app, answer->body, answer->len);
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

/* ---- into the drawer and out of it ---- */

static const char *says_in(const struct app *app, struct arena *arena, const char *amount)
{
    return arena_printf(arena, _("PAY IN %s, %s: F9 does it, u drops it"), amount,
                        app->counter->armed.text);
}

static const char *says_out(const struct app *app, struct arena *arena, const char *amount)
{
    return arena_printf(arena, _("PAY OUT %s, %s: F9 does it, u drops it"), amount,
                        app->counter->armed.text);
}

static void body_move(const struct app *app, const struct counter_armed *armed,
                      struct json_out *out)
{
    (void)app;
    json_out_string(out, "kind", armed->act == COUNTER_PAY_IN ? "pay_in" : "pay_out");
    json_out_int(out, "amount", armed->amount);
    json_out_string(out, "reason", armed->text);
}

static void moved(struct app *app, const struct counter_armed *armed, const struct answer *answer)
{
    char amount[MONEY_TEXT];
    if (counter_take_shift(app, answer))
        app_news(app, ROLE_OK,
                 armed->act == COUNTER_PAY_IN ? N_("%s paid in: %s") : N_("%s paid out: %s"),
                 amount_text(app, amount, armed->amount), armed->text);
}

static const struct act acts[] = {
    [COUNTER_OPEN] = {"", false, says_open, obstacle_open, body_open, opened},
    [COUNTER_CLOSE] = {"/close", true, says_close, obstacle_close, body_close, closed},
    [COUNTER_PAY_IN] = {"/moves", true, says_in, NULL, body_move, moved},
    [COUNTER_PAY_OUT] = {"/moves", true, says_out, NULL, body_move, moved},
};

/* ---- keying ---------------------------------------------------------------------------------- */

const char *counter_armed_text(const struct app *app, struct arena *arena)
{
    const struct counter_armed *armed = &app->counter->armed;
    char amount[MONEY_TEXT];
    amount_text(app, amount, armed->amount);
    return armed->act == COUNTER_NOTHING ? "" : acts[armed->act].says(app, arena, amount);
}

/* What stands in the way of it; NULL when nothing does. */
static const char *obstacle(const struct app *app, enum counter_act act,
                            const struct entry_command *command)
{
    if (strlen(command->text) >= COUNTER_REASON)
        return N_("a reason has at most 200 letters; Up brings yours back.");
    if (acts[act].of_shift && !app->counter->has_shift)
        return N_("no shift is open.");
    return acts[act].obstacle ? acts[act].obstacle(app) : NULL;
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

static void done(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct counter *counter = app->counter;
    struct counter_armed armed = counter->armed;
    counter->armed = (struct counter_armed){0};
    app->said.text[0] = '\0';
    if (answer_is_ok(answer))
        acts[armed.act].done(app, &armed, answer);
    else
        app_say_answer(app, answer);
    counter_ask(app);
}

static void send(struct app *app)
{
    struct counter_armed *armed = &app->counter->armed;
    const struct act *act = &acts[armed->act];
    struct arena *arena = arena_new();
    const char *path = act->of_shift
                           ? arena_printf(arena, "/shifts/%s%s", app->counter->shift.id, act->path)
                           : "/shifts";
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    act->body(app, armed, &out);
    json_out_close(&out, '}');
    armed->sending = true;
    app_say(app, ROLE_PLAIN, "one moment ..");
    counter_post(app, path, armed->key, text.data, done, app);
    arena_free(arena);
}

void counter_do(struct app *app)
{
    if (app->counter->armed.act == COUNTER_NOTHING)
        app_say(app, ROLE_WARN, "nothing is keyed that F9 could do.");
    else if (client_link(app->client) == LINK_LOST)
        app_say(app, ROLE_STOP, "there is no link: nothing was done. F9 again when it is back.");
    else if (!app->counter->armed.sending)
        send(app);
}
