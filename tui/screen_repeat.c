/* One repeat order: what comes and when, what it would cost today, and what became of its days. It
 * is changed by keying; F9 saves that, or begins a new one. */
#include "tui/kit_choose.h"
#include "tui/open.h"
#include "tui/repeat_card_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct repeat_card *card_of(struct app *app)
{
    if (!app->repeat && !(app->repeat = calloc(1, sizeof *app->repeat)))
        abort();
    app->repeat->app = app;
    return app->repeat;
}

void open_repeat(struct app *app, const char *id)
{
    struct repeat_card *card = card_of(app);
    card->lines_keyed = card->plan_keyed = card->pays_keyed = false;
    card->has_stored = false;
    card->first = 0;
    snprintf(card->id, sizeof card->id, "%s", id);
    repeat_card_ask(card);
    app_show(app, &screen_repeat);
}

void open_repeat_new(struct app *app, const struct order_draft *draft,
                     const struct repeat_plan *plan)
{
    struct repeat_card *card = card_of(app);
    card->first = 0;
    repeat_card_begin(card, draft, plan);
    app_show(app, &screen_repeat);
    app_say(app, ROLE_OK, "a new repeat order: F9 begins it; bal pays it from the balance");
}

static void draw(struct app *app, struct frame *frame)
{
    repeat_card_draw(app->repeat, frame);
}

static void say(struct app *app, struct speech *speech)
{
    repeat_card_speak(app->repeat, speech);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    enum { PAGE = 8 };
    struct repeat_card *card = app->repeat;
    if (input->code == INPUT_PAGE_DOWN && card->first + PAGE < card->rows)
        card->first += PAGE;
    else if (input->code == INPUT_PAGE_UP)
        card->first = card->first > PAGE ? card->first - PAGE : 0;
    else
        return false;
    return true;
}

static int lines(const struct app *app)
{
    return repeat_card_is_shown(app->repeat) ? (int)app->repeat->draft.nlines : 0;
}

static bool may_key(struct app *app)
{
    const struct repeat_card *card = app->repeat;
    bool is_over =
        !repeat_card_is_new(card) && card->has_stored && strcmp(card->stored.state, "stopped") == 0;
    if (!repeat_card_is_shown(card))
        app_say(app, ROLE_WARN, "the repeat order is not shown yet.");
    else if (is_over)
        app_say(app, ROLE_STOP, "it is stopped for good. F8 orders the same once more.");
    return repeat_card_is_shown(card) && !is_over;
}

static void set(struct app *app, const struct entry_command *command)
{
    struct repeat_card *card = app->repeat;
    size_t number = (size_t)command->number;
    if (!may_key(app))
        return;
    if (number < 1 || number > card->draft.nlines) {
        app_say(app, ROLE_STOP, "there is no such line.");
        return;
    }
    int64_t qty = command->kind == ENTRY_VOID ? 0 : command->quantity;
    qty += command->kind == ENTRY_MORE ? card->draft.lines[number - 1].qty : 0;
    repeat_card_set_qty(card, number, qty);
    app_say(app, ROLE_OK, "ok  F9 saves it");
}

static void add(struct app *app, const struct entry_command *command)
{
    if (!may_key(app))
        return;
    const char *sku = prices_sku(app->prices, command->text), *choices = NULL;
    struct arena *arena = arena_new();
    if (*command->choices)
        choices = kit_keyed(app, arena, sku, command->choices);
    if (repeat_card_add(app->repeat, sku, command->quantity, choices,
                        command->has_amount ? command->amount.minor : 0))
        app_say(app, ROLE_OK, "ok  %lld*%s: F9 saves it", (long long)command->quantity, sku);
    else
        app_say(app, ROLE_STOP, "an order has at most %d lines.", DRAFT_LINES_MAX);
    arena_free(arena);
}

static void every(struct app *app, const struct entry_command *command)
{
    struct repeat_plan plan;
    if (!may_key(app))
        return;
    if (!repeat_parse(command->text, &plan)) {
        app_say(app, ROLE_STOP,
                "how often? every m 15 (each month, on day 15), every 2w 3 (each second week, on "
                "day 3, Wednesday), every 30d; a date behind it is the first day.");
        return;
    }
    repeat_card_plan(app->repeat, &plan);
    app_say(app, ROLE_OK, "ok  F9 saves it");
}

static void pay(struct app *app, const struct entry_command *command)
{
    if (!may_key(app))
        return;
    repeat_card_pay(app->repeat, command->kind == ENTRY_LATER  ? "later"
                                 : command->kind == ENTRY_CARD ? "card"
                                                               : "balance");
    app_say(app, ROLE_OK, "ok  F9 saves it");
}

static void undo(struct app *app, const struct entry_command *command)
{
    struct repeat_card *card = app->repeat;
    (void)command;
    if (!card->has_stored || !repeat_card_is_keyed(card)) {
        app_say(app, ROLE_WARN, "nothing to undo.");
        return;
    }
    repeat_card_undo(card);
    app_say(app, ROLE_OK, "ok  as it is stored");
}

static void act(struct app *app, const char *verb)
{
    if (!may_key(app))
        return;
    if (repeat_card_is_new(app->repeat))
        app_say(app, ROLE_WARN, "it is not begun yet: F9 begins it.");
    else
        repeat_card_act(app->repeat, verb);
}

static void skip(struct app *app, const struct entry_command *command)
{
    (void)command;
    act(app, "skip");
}

static void pause_it(struct app *app, const struct entry_command *command)
{
    (void)command;
    act(app, "pause");
}

static void resume(struct app *app, const struct entry_command *command)
{
    (void)command;
    act(app, "resume");
}

/* Asked once, as it is for good. */
static void stop(struct app *app, const struct entry_command *command)
{
    struct repeat_card *card = app->repeat;
    bool again = card->stop_asked_at && card->stop_asked_at + 1 == app->entries;
    (void)command;
    card->stop_asked_at = again ? 0 : app->entries;
    if (again)
        act(app, "stop");
    else if (may_key(app))
        app_say(app, ROLE_WARN, "stop again ends it for good; anything else keeps it.");
}

static void save(struct app *app)
{
    if (!may_key(app))
        return;
    if (repeat_card_is_keyed(app->repeat))
        repeat_card_save(app->repeat);
    else
        app_say(app, ROLE_WARN, "nothing is changed yet.");
}

/* An order of today with its lines, for the same people. */
static void order_now(struct app *app)
{
    const struct repeat_card *card = app->repeat;
    const struct order_draft *draft = &card->draft;
    if (!card->has_stored) {
        app_say(app, ROLE_WARN, "the repeat order is not shown yet.");
        return;
    }
    open_order_for(app, draft->distributor);
    if (draft->customer)
        order_set_customer(app->order, draft->customer);
    for (size_t i = 0; i < draft->nlines; i++) {
        const struct draft_line *line = &draft->lines[i];
        if (line->value)
            order_add_valued(app->order, line->sku, line->qty, line->value);
        else
            order_add_kit(app->order, line->sku, line->qty, line->choices);
    }
    app_say(app, ROLE_OK, "ok  an order of today with the lines of repeat order %s", card->id);
}

static void refresh(struct app *app)
{
    repeat_card_ask(app->repeat);
}

/* What is keyed is not dropped unasked. */
static void back(struct app *app)
{
    struct repeat_card *card = app->repeat;
    bool again = card->back_asked_at && card->back_asked_at + 1 == app->entries;
    card->back_asked_at = again ? 0 : app->entries;
    if (repeat_card_is_shown(card) && repeat_card_is_keyed(card) && !again)
        app_say(app, ROLE_WARN, "not saved: F9 saves it, F12 again drops what was keyed.");
    else
        app_back(app);
}

const struct screen screen_repeat = {
    .id = SCREEN_repeat,
    .grammar = AT_REPEAT,
    .draw = draw,
    .say = say,
    .key = key,
    .lines = lines,
    .commands = {[ENTRY_SET] = set,
                 [ENTRY_VOID] = set,
                 [ENTRY_MORE] = set,
                 [ENTRY_SKU] = add,
                 [ENTRY_BARCODE] = add,
                 [ENTRY_EVERY] = every,
                 [ENTRY_BALANCE] = pay,
                 [ENTRY_LATER] = pay,
                 [ENTRY_CARD] = pay,
                 [ENTRY_UNDO] = undo,
                 [ENTRY_SKIP] = skip,
                 [ENTRY_PAUSE] = pause_it,
                 [ENTRY_RESUME] = resume,
                 [ENTRY_STOP] = stop},
    .actions = {[ACTION_REFRESH] = refresh,
                [ACTION_REPEAT] = order_now,
                [ACTION_SAVE_REPEAT] = save,
                [ACTION_BACK] = back},
};
