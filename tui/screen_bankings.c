/* What went from the safe to the bank, and the next bag: `bank 250.00 B-1207` and F9. */
#include "core/text.h"
#include "core/wire/json_out.h"
#include "core/wire/reply_tills.h"
#include "tui/counter.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/speech.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOP = 3, BANKINGS_MOST = 14, BAG_MOST = 41 };

struct bankings {
    const char *market;
    struct query query;
    bool has_list;
    struct reply_bankings list;
    /* what F9 does; amount 0: nothing */
    bool is_fetched;
    int64_t amount;
    char bag[BAG_MOST], key[ULID_TEXT];
    bool sending;
};

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct bankings *b = owner;
    if (answer->context == b->query.asked)
        b->has_list = false;
    if (!query_answer(&b->query, answer))
        return;
    b->has_list =
        reply_bankings_read(b->query.arena, answer->body, answer->len, b->market, &b->list);
    if (!b->has_list)
        query_unreadable(&b->query);
}

static void ask(struct app *app)
{
    struct bankings *b = app->bankings;
    struct arena *arena = arena_new();
    query_ask(&b->query, app, arena_printf(arena, "/bankings?limit=%d", BANKINGS_MOST), take, b);
    arena_free(arena);
}

static bool may(const struct app *app)
{
    for (size_t i = 0; i < app->session.nroles; i++)
        if (strcmp(app->session.roles[i], "office") == 0 ||
            strcmp(app->session.roles[i], "supervisor") == 0)
            return true;
    return false;
}

/* ---- what F9 does ---------------------------------------------------------------------------- */

static const char *armed_text(const struct app *app, struct arena *arena)
{
    const struct bankings *b = app->bankings;
    char amount[MONEY_TEXT];
    return arena_printf(
        arena,
        b->is_fetched ? _("FETCH %s from the bank into the safe, %s: F9 does it")
                      : _("TAKE %s from the safe to the bank, bag %s: F9 does it"),
        money_format(amount, money_of(b->amount), app->session.market.exponent, true), b->bag);
}

static void arm(struct app *app, const struct entry_command *command)
{
    struct bankings *b = app->bankings;
    if (b->sending) {
        app_say(app, ROLE_WARN, "one moment: the last one is not answered yet.");
        return;
    }
    if (strlen(command->text) >= BAG_MOST) {
        app_say(app, ROLE_STOP, "the number of a bag has at most %d letters.", BAG_MOST - 1);
        return;
    }
    b->is_fetched = command->kind == ENTRY_FETCH;
    b->amount = command->amount.minor;
    snprintf(b->bag, sizeof b->bag, "%s", command->text);
    order_ulid(b->key);
    struct arena *arena = arena_new();
    app_say(app, ROLE_STRONG, "%s", armed_text(app, arena));
    arena_free(arena);
}

void open_bankings(struct app *app, const struct entry_command *command)
{
    if (!may(app)) {
        app_say(app, ROLE_STOP, "the bank is for the back office and supervisors.");
        return;
    }
    if (!app->bankings && !(app->bankings = calloc(1, sizeof *app->bankings)))
        abort();
    app->bankings->market = app->session.market.market;
    if (app_screen(app)->id != SCREEN_bankings) {
        app->bankings->amount = 0;
        app_show(app, &screen_bankings);
    }
    if (command->has_amount)
        arm(app, command);
}

static void banked(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct bankings *b = app->bankings;
    char amount[MONEY_TEXT];
    b->sending = false;
    app->said.text[0] = '\0';
    if (answer_is_ok(answer)) {
        money_format(amount, money_of(b->amount), app->session.market.exponent, true);
        if (b->is_fetched)
            app_news(app, ROLE_OK, "%s fetched from the bank, %s", amount, b->bag);
        else
            app_news(app, ROLE_OK, "%s taken to the bank, bag %s", amount, b->bag);
    } else {
        app_say_answer(app, answer);
    }
    b->amount = 0;
    ask(app);
}

static const char *body(const struct app *app, struct arena *arena)
{
    const struct bankings *b = app->bankings;
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_string(&out, "market", app->session.market.market);
    json_out_string(&out, "kind", b->is_fetched ? "withdrawal" : "deposit");
    json_out_int(&out, "amount", b->amount);
    json_out_string(&out, "bag", b->bag);
    json_out_close(&out, '}');
    return text.data;
}

static void bank(struct app *app)
{
    struct bankings *b = app->bankings;
    struct arena *arena = arena_new();
    if (!b->amount) {
        app_say(app, ROLE_WARN, "nothing is keyed that F9 could do.");
    } else if (client_link(app->client) == LINK_LOST) {
        app_say(app, ROLE_STOP, "there is no link: nothing was done. F9 again when it is back.");
    } else if (!b->sending) {
        b->sending = true;
        app_say(app, ROLE_PLAIN, "one moment ..");
        counter_post(app, "/bankings", b->key, body(app, arena), banked, app);
    }
    arena_free(arena);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void draw(struct app *app, struct frame *frame)
{
    const struct bankings *b = app->bankings;
    char sum[MONEY_TEXT], when[WHEN_TEXT];
    struct arena *arena = arena_new();
    if (b->has_list)
        frame_printf(frame, 0, ROLE_STRONG, " In the safe, by the books: %s %s",
                     money_format(sum, money_of(b->list.held), b->list.exponent, true),
                     b->list.currency);
    else
        frame_printf(frame, 0, b->query.waiting ? ROLE_DIM : ROLE_STOP, " %s",
                     b->query.waiting ? ".." : b->query.error);
    frame_text(frame, TOP - 1, ROLE_HEAD, _(" Day          To the bank   From it  Bag"));
    for (size_t i = 0; b->has_list && i < b->list.n && TOP + (int)i < frame->rows - 3; i++) {
        const struct reply_banking *one = &b->list.items[i];
        int y = frame->top + TOP + (int)i;
        terminal_printf(y, 0, 14, ROLE_PLAIN, " %s", when_day(when, one->day));
        terminal_put_right(y, one->is_fetched ? 25 : 14, 11, ROLE_PLAIN,
                           money_format(sum, money_of(one->amount), one->exponent, true));
        terminal_printf(y, 38, frame->cols - 38, ROLE_PLAIN, "%s   %s", one->bag, one->name);
    }
    if (b->amount)
        frame_printf(frame, frame->rows - 2, ROLE_STRONG, " %s", armed_text(app, arena));
    frame_text(frame, frame->rows - 1, ROLE_DIM,
               _(" bank 250.00 B-1207 takes it there   fetch 150 S-31 brings change   F9 does it"));
    arena_free(arena);
}

static void say(struct app *app, struct speech *speech)
{
    const struct bankings *b = app->bankings;
    char sum[MONEY_TEXT];
    if (!b->has_list) {
        speech_say(speech, "title", "%s", b->query.waiting ? ".." : b->query.error);
        return;
    }
    speech_say(speech, "title", _("BANK: in the safe, by the books: %s %s"),
               money_format(sum, money_of(b->list.held), b->list.exponent, true), b->list.currency);
    for (size_t i = 0; i < b->list.n; i++) {
        const struct reply_banking *one = &b->list.items[i];
        speech_say(
            speech, one->id,
            one->is_fetched ? _("%s: %s from the bank, %s") : _("%s: %s to the bank, bag %s"),
            one->day, money_format(sum, money_of(one->amount), one->exponent, true), one->bag);
    }
}

const struct screen screen_bankings = {
    .id = SCREEN_bankings,
    .grammar = AT_FIND,
    .enter = ask,
    .draw = draw,
    .say = say,
    .actions = {[ACTION_BANK_IT] = bank, [ACTION_REFRESH] = ask},
};
