/* Repeat orders: of a person, or of everybody; a digit opens one. */
#include "core/text.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/repeat_card.h"
#include "tui/speech.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPEATS_MOST = 9 };

struct repeats {
    char of[32];   /* a distributor's number or a customer's id; "": everybody's */
    char what[16]; /* "distributor" or "customer" */
    struct query query;
    struct reply_repeats list;
};

static void take(void *owner, const struct answer *answer)
{
    struct repeats *repeats = owner;
    if (answer->context == repeats->query.asked)
        repeats->list.n = 0;
    if (!query_answer(&repeats->query, answer))
        return;
    if (!reply_repeats_read(repeats->query.arena, answer->body, answer->len, &repeats->list))
        query_unreadable(&repeats->query);
    if (repeats->list.n > REPEATS_MOST)
        repeats->list.n = REPEATS_MOST;
}

static void ask(struct app *app)
{
    struct repeats *repeats = app->repeats;
    struct arena *arena = arena_new();
    const char *path = arena_printf(arena, "/autosaves?limit=%d", REPEATS_MOST);
    if (*repeats->of)
        path =
            arena_printf(arena, "%s&%s=%s", path, repeats->what, query_escape(arena, repeats->of));
    query_ask(&repeats->query, app, path, take, repeats);
    arena_free(arena);
}

void open_repeats(struct app *app, const char *what, const char *of)
{
    if (!app->repeats && !(app->repeats = calloc(1, sizeof *app->repeats)))
        abort();
    snprintf(app->repeats->what, sizeof app->repeats->what, "%s", what);
    snprintf(app->repeats->of, sizeof app->repeats->of, "%s", of);
    app->repeats->list.n = 0;
    app_show(app, &screen_repeats);
}

/* Also again after one of them was changed. */
static void enter(struct app *app)
{
    ask(app);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_title(const struct repeats *repeats, const struct frame *frame)
{
    const char *of = *repeats->of ? repeats->of : _("everybody's");
    if (repeats->list.n && *repeats->of)
        of = repeats->list.items[0].name;
    if (repeats->query.waiting && !repeats->list.n)
        frame_printf(frame, 0, ROLE_DIM, " repeat orders: %s ..", of);
    else if (*repeats->query.error)
        frame_printf(frame, 0, ROLE_STOP, " repeat orders: %s: %s", of, repeats->query.error);
    else if (repeats->list.n == 0)
        frame_printf(frame, 0, ROLE_WARN, " no repeat orders: %s", of);
    else
        frame_printf(frame, 0, ROLE_STRONG, " repeat orders: %s", of);
}

enum { NEXT = 3, EVERY = 15, NAME_LEAST = 8, STATE = 8, LINES = 7, PAYS = 10, PLAN = 26 };

static const char *buyer(const struct reply_repeat *repeat)
{
    return *repeat->customer_name ? repeat->customer_name : repeat->name;
}

static void draw_row(const struct frame *frame, int row, size_t i,
                     const struct reply_repeat *repeat)
{
    struct arena *arena = arena_new();
    struct text plan;
    char day[WHEN_TEXT];
    bool is_active = strcmp(repeat->state, "active") == 0;
    enum role role = is_active ? ROLE_PLAIN : ROLE_DIM;
    int y = frame->top + row, x = EVERY + PLAN;
    int name = frame->cols - x - LINES - PAYS - STATE - 1;
    text_init(&plan, arena);
    repeat_plan_say(&plan, &repeat->plan);
    if (row < frame->rows) {
        terminal_printf(y, 0, NEXT, ROLE_STRONG, "%2zu", i + 1);
        terminal_put(y, NEXT, EVERY - NEXT - 1, *repeat->retry ? ROLE_WARN : role,
                     is_active ? when_day(day, *repeat->retry ? repeat->retry : repeat->due) : "-");
        terminal_put(y, EVERY, PLAN - 1, role, plan.data);
        terminal_put(y, x, name < NAME_LEAST ? NAME_LEAST : name, role, buyer(repeat));
        x += name < NAME_LEAST ? NAME_LEAST : name;
        terminal_printf(y, x, LINES, role, _("%3lld ln"), (long long)repeat->nlines);
        terminal_printf(y, x + LINES, PAYS, role, "%s",
                        strcmp(repeat->pays, "balance") == 0 ? _("balance")
                        : strcmp(repeat->pays, "card") == 0  ? _("card")
                                                             : _("due later"));
        terminal_put(y, x + LINES + PAYS, STATE, is_active ? role : ROLE_WARN,
                     tongue_word("repeat", repeat->state));
    }
    arena_free(arena);
}

static void draw(struct app *app, struct frame *frame)
{
    const struct repeats *repeats = app->repeats;
    draw_title(repeats, frame);
    if (repeats->list.n) {
        terminal_put(frame->top + 2, NEXT, frame->cols, ROLE_HEAD, _("Next"));
        terminal_put(frame->top + 2, EVERY, frame->cols, ROLE_HEAD, _("Comes"));
        terminal_put(frame->top + 2, EVERY + PLAN, frame->cols, ROLE_HEAD, _("Buyer"));
    }
    for (size_t i = 0; i < repeats->list.n; i++)
        draw_row(frame, 3 + (int)i, i, &repeats->list.items[i]);
    frame_text(frame, 4 + (int)repeats->list.n, ROLE_DIM,
               _(" 1-9 and Enter opens one; rep m 15 on an order makes one of it"));
}

static void say(struct app *app, struct speech *speech)
{
    const struct repeats *repeats = app->repeats;
    char key[32], day[WHEN_TEXT];
    speech_say(speech, "title", _("REPEAT ORDERS: %s"),
               *repeats->of ? repeats->of : _("everybody's"));
    if (*repeats->query.error)
        speech_warn(speech, "error", true, "%s", repeats->query.error);
    else if (repeats->list.n == 0)
        speech_say(speech, "none",
                   repeats->query.waiting ? _("repeat orders: ..") : _("no repeat orders"));
    for (size_t i = 0; i < repeats->list.n; i++) {
        const struct reply_repeat *repeat = &repeats->list.items[i];
        struct arena *arena = arena_new();
        struct text plan;
        text_init(&plan, arena);
        repeat_plan_say(&plan, &repeat->plan);
        snprintf(key, sizeof key, "repeat %zu", i);
        speech_say(speech, key, _("%zu: next %s, %s, %s, lines %lld, %s"), i + 1,
                   when_day(day, repeat->due), plan.data, buyer(repeat), (long long)repeat->nlines,
                   tongue_word("repeat", repeat->state));
        arena_free(arena);
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int candidates(const struct app *app)
{
    return (int)app->repeats->list.n;
}

static void pick(struct app *app, const struct entry_command *command)
{
    open_repeat(app, app->repeats->list.items[command->number - 1].id);
}

const struct screen screen_repeats = {
    .id = SCREEN_repeats,
    .grammar = AT_FIND,
    .enter = enter,
    .draw = draw,
    .say = say,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions = {[ACTION_REFRESH] = ask},
};
