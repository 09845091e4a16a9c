/* Card payments that were taken back at the bank, for the back office: the newest first, a digit
 * opens the order. */
#include "core/wire/reply_around.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/speech.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DISPUTES_MOST = 9 };

struct disputes {
    char cursor[32]; /* where the page begins; "": with the newest */
    struct query query;
    struct reply_disputes list;
};

static void take(void *owner, const struct answer *answer)
{
    struct disputes *disputes = owner;
    if (answer->context == disputes->query.asked)
        disputes->list.n = 0;
    if (!query_answer(&disputes->query, answer))
        return;
    if (!reply_disputes_read(disputes->query.arena, answer->body, answer->len, &disputes->list))
        query_unreadable(&disputes->query);
    if (disputes->list.n > DISPUTES_MOST)
        disputes->list.n = DISPUTES_MOST;
}

static void ask(struct app *app)
{
    struct disputes *disputes = app->disputes;
    struct arena *arena = arena_new();
    const char *path = arena_printf(arena, "/disputes?limit=%d", DISPUTES_MOST);
    if (*disputes->cursor)
        path = arena_printf(arena, "%s&cursor=%s", path, query_escape(arena, disputes->cursor));
    query_ask(&disputes->query, app, path, take, disputes);
    arena_free(arena);
}

void disputes_ask(struct app *app)
{
    if (!app->disputes && !(app->disputes = calloc(1, sizeof *app->disputes)))
        abort();
    app->disputes->cursor[0] = '\0';
    ask(app);
}

bool disputes_any_open(const struct app *app)
{
    for (size_t i = 0; app->disputes && i < app->disputes->list.n; i++)
        if (!*app->disputes->list.items[i].ended_at)
            return true;
    return false;
}

void open_disputes(struct app *app)
{
    disputes_ask(app);
    app_show(app, &screen_disputes);
}

/* ---- drawing --------------------------------------------------------------------------------- */

enum { ORDER = 3, AMOUNT = 14, REASON = 27, STATE = 46, DUE = 63, NAME = 70 };

static void draw_row(const struct frame *frame, int row, size_t i,
                     const struct reply_dispute *dispute)
{
    char sum[MONEY_TEXT], day[WHEN_TEXT];
    bool is_open = !*dispute->ended_at;
    enum role role = is_open ? ROLE_WARN : ROLE_PLAIN;
    int y = frame->top + row;
    if (row >= frame->rows)
        return;
    terminal_printf(y, 0, ORDER, ROLE_STRONG, "%2zu", i + 1);
    terminal_put(y, ORDER, AMOUNT - ORDER - 1, role, dispute->order);
    terminal_put_right(y, AMOUNT, REASON - AMOUNT - 2, role,
                       money_format(sum, money_of(dispute->amount), dispute->exponent, true));
    terminal_put(y, REASON, STATE - REASON - 1, role,
                 tongue_word("dispute_reason", dispute->reason));
    terminal_put(y, STATE, DUE - STATE - 1, role, tongue_word("dispute", dispute->state));
    terminal_printf(y, DUE, NAME - DUE - 1, role, "%.6s",
                    is_open ? when_text(day, dispute->due_by) : "-");
    if (frame->cols > NAME)
        terminal_put(y, NAME, frame->cols - NAME, role, dispute->name);
}

static void draw_title(const struct disputes *disputes, const struct frame *frame)
{
    if (disputes->query.waiting && !disputes->list.n)
        frame_text(frame, 0, ROLE_DIM, _(" disputed card payments .."));
    else if (*disputes->query.error)
        frame_printf(frame, 0, ROLE_STOP, " disputed card payments: %s", disputes->query.error);
    else if (disputes->list.n == 0)
        frame_text(frame, 0, ROLE_STRONG, _(" no card payment is disputed"));
    else
        frame_text(frame, 0, ROLE_STRONG, _(" disputed card payments, the newest first"));
}

static void draw(struct app *app, struct frame *frame)
{
    const struct disputes *disputes = app->disputes;
    int y = frame->top + 2;
    draw_title(disputes, frame);
    if (disputes->list.n && frame->rows > 2) {
        terminal_put(y, ORDER, frame->cols, ROLE_HEAD, _("Order"));
        terminal_put_right(y, AMOUNT, REASON - AMOUNT - 2, ROLE_HEAD, _("Amount"));
        terminal_put(y, REASON, STATE - REASON - 1, ROLE_HEAD, _("Reason"));
        terminal_put(y, STATE, DUE - STATE - 1, ROLE_HEAD, _("It is"));
        terminal_put(y, DUE, NAME - DUE - 1, ROLE_HEAD, _("Until"));
        terminal_put(y, NAME, frame->cols - NAME, ROLE_HEAD, _("Buyer"));
    }
    for (size_t i = 0; i < disputes->list.n; i++)
        draw_row(frame, 3 + (int)i, i, &disputes->list.items[i]);
    frame_text(frame, 4 + (int)disputes->list.n, ROLE_DIM,
               (disputes->list.n && *disputes->list.next) || *disputes->cursor
                   ? _(" 1-9 and Enter opens the order; PgDn older ones, PgUp the newest")
                   : _(" 1-9 and Enter opens the order; evidence is given at the provider"));
}

static void say(struct app *app, struct speech *speech)
{
    const struct disputes *disputes = app->disputes;
    char key[32], sum[MONEY_TEXT], day[WHEN_TEXT];
    speech_say(speech, "title", "%s",
               disputes->list.n ? _("DISPUTES, the newest first") : _("DISPUTES: none"));
    if (*disputes->query.error)
        speech_warn(speech, "error", true, "%s", disputes->query.error);
    for (size_t i = 0; i < disputes->list.n; i++) {
        const struct reply_dispute *dispute = &disputes->list.items[i];
        snprintf(key, sizeof key, "dispute %zu", i);
        speech_say(speech, key, _("%zu: order %s, %s %s, %s, %s, evidence until %s"), i + 1,
                   dispute->order,
                   money_format(sum, money_of(dispute->amount), dispute->exponent, true),
                   dispute->currency, tongue_word("dispute_reason", dispute->reason),
                   tongue_word("dispute", dispute->state), when_text(day, dispute->due_by));
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    struct disputes *disputes = app->disputes;
    if (input->code == INPUT_PAGE_DOWN && disputes->list.n && *disputes->list.next)
        snprintf(disputes->cursor, sizeof disputes->cursor, "%s", disputes->list.next);
    else if (input->code == INPUT_PAGE_UP && *disputes->cursor)
        disputes->cursor[0] = '\0';
    else
        return false;
    ask(app);
    return true;
}

static int candidates(const struct app *app)
{
    return (int)app->disputes->list.n;
}

static void pick(struct app *app, const struct entry_command *command)
{
    open_placed(app, app->disputes->list.items[command->number - 1].order);
}

const struct screen screen_disputes = {
    .id = SCREEN_disputes,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions = {[ACTION_REFRESH] = ask},
};
