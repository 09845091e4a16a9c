/* Between two calls: the drafts that wait, and the entry line that takes whatever comes next. */
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAFTS_MOST = 9 };

struct home {
    struct app *app;
    struct query query;
    struct reply_drafts drafts;
    size_t pick;            /* a digit that waits for the list; 0: none */
    bool picking;           /* after F7: a digit alone chooses */
    char wanted[ULID_TEXT]; /* being recalled */
    char locked[ULID_TEXT]; /* somebody else had it: asked for again, it is taken over */
};

/* ---- the list -------------------------------------------------------------------------------- */

static void list_take(void *owner, const struct answer *answer);

static void ask(struct app *app)
{
    query_ask(&app->home->query, app, "/drafts?limit=9", list_take, app->home);
}

static void enter(struct app *app)
{
    if (!app->home && !(app->home = calloc(1, sizeof *app->home)))
        abort();
    app->home->app = app;
    app->home->picking = false;
    ask(app);
}

/* ---- recalling ------------------------------------------------------------------------------- */

static void recall_ended(struct home *home)
{
    home->app->recalling = false;
    home->wanted[0] = '\0';
    home->pick = 0;
}

bool home_recall_not(struct app *app)
{
    recall_ended(app->home);
    client_forget(app->client, app->home);
    ask(app);
    return true;
}

static void recall_failed(struct home *home, const struct answer *answer)
{
    struct app *app = home->app;
    struct reply_trouble trouble = {.status = STATUS_OK};
    struct arena *arena = arena_new();
    if (answer->arrived)
        reply_trouble_read(arena, answer->http, answer->body, answer->len, &trouble);
    app_say_answer(app, answer);
    if (trouble.status == STATUS_LOCKED) {
        strcpy(home->locked, home->wanted);
        app_say(app, ROLE_WARN, "%s  Choose it again to take it over.",
                *trouble.detail ? trouble.detail : _("somebody else has it open."));
    }
    arena_free(arena);
    recall_ended(home);
    app_ahead_drop(app);
}

static void draft_take(void *owner, const struct answer *answer)
{
    struct home *home = owner;
    struct app *app = home->app;
    struct arena *arena = arena_new();
    struct reply_draft stored;
    if (answer_is_ok(answer) && reply_draft_read(arena, answer->body, answer->len, &stored) &&
        stored.has_draft) {
        recall_ended(home);
        app->said.text[0] = '\0';
        open_draft(app, &stored);
        arena_free(arena);
        app_ahead_replay(app);
        return;
    }
    arena_free(arena);
    recall_failed(home, answer);
}

static void draft_request(struct home *home, const char *method, const char *verb, answer_fn *done)
{
    struct arena *arena = arena_new();
    client_send(home->app->client,
                &(struct request){.method = method,
                                  .path = arena_printf(arena, "/drafts/%s%s", home->wanted, verb),
                                  .tries = 3,
                                  .done = done,
                                  .owner = home});
    arena_free(arena);
}

static void lock_take(void *owner, const struct answer *answer)
{
    struct home *home = owner;
    if (answer_is_ok(answer))
        draft_request(home, "GET", "", draft_take);
    else
        recall_failed(home, answer);
}

static void recall(struct app *app, size_t n)
{
    struct home *home = app->home;
    const struct reply_draft_row *row = &home->drafts.items[n - 1];
    bool take_over = strcmp(home->locked, row->ulid) == 0;
    home->picking = false;
    if (strlen(row->ulid) >= sizeof home->wanted)
        return;
    strcpy(home->wanted, row->ulid);
    home->locked[0] = '\0';
    app->recalling = true;
    app_say(app, ROLE_PLAIN, "%s %s ..", row->distributor, row->name);
    draft_request(home, "POST", take_over ? "/take-over" : "/lock", lock_take);
}

/* The list is complete: everything that was left has been stored. */
static bool is_settled(const struct home *home)
{
    return !home->query.waiting && home->app->leaving == 0;
}

/* The digit that was pressed before the list was there. */
static void pick_waiting(struct home *home)
{
    struct app *app = home->app;
    size_t pick = home->pick;
    recall_ended(home);
    if (pick <= home->drafts.n) {
        recall(app, pick);
        return;
    }
    app_say(app, ROLE_WARN, "there is no draft %zu.", pick);
    app_ahead_drop(app);
}

static void list_read(struct home *home, const struct answer *answer)
{
    if (answer->context == home->query.asked)
        home->drafts.n = 0;
    if (!query_answer(&home->query, answer))
        return;
    if (!reply_drafts_read(home->query.arena, answer->body, answer->len, &home->drafts))
        query_unreadable(&home->query);
    if (home->drafts.n > DRAFTS_MOST)
        home->drafts.n = DRAFTS_MOST;
}

static void list_take(void *owner, const struct answer *answer)
{
    struct home *home = owner;
    list_read(home, answer);
    if (home->pick && is_settled(home))
        pick_waiting(home);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_draft(const struct frame *frame, int row, size_t n,
                       const struct reply_session *session, const struct reply_draft_row *draft)
{
    char total[MONEY_TEXT];
    int name = frame->cols - 42 > 30 ? 30 : frame->cols - 42, y = frame->top + row;
    if (row >= frame->rows)
        return;
    if (name < 4)
        name = 4;
    terminal_printf(y, 0, 4, ROLE_STRONG, "  %zu", n);
    terminal_put(y, 4, 10, ROLE_PLAIN, draft->distributor);
    terminal_put(y, 14, name, ROLE_PLAIN, draft->name);
    terminal_printf(y, 14 + name, 8, ROLE_PLAIN, "%4lld ln", (long long)draft->lines);
    terminal_put_right(
        y, 22 + name, 11, ROLE_PLAIN,
        draft->total ? money_format(total, money_of(draft->total), draft->exponent, true) : "");
    bool is_open = *draft->locked_by && strcmp(draft->locked_by, session->actor_id) != 0 &&
                   strcmp(draft->locked_by, session->actor_name) != 0;
    if (is_open)
        terminal_printf(y, 33 + name, frame->cols, ROLE_WARN, "  open: %s", draft->locked_by);
}

static void draw(struct app *app, struct frame *frame)
{
    const struct home *home = app->home;
    frame_printf(frame, 0, ROLE_STRONG, " %s", app->session.company);
    frame_text(frame, 2, ROLE_HEAD,
               home->picking ? _(" My drafts (saved on every Enter)   which one? press its digit")
                             : _(" My drafts (saved on every Enter)"));
    if (*home->query.error)
        frame_printf(frame, 3, ROLE_STOP, "  %s", home->query.error);
    else if (home->drafts.n == 0)
        frame_text(frame, 3, ROLE_DIM, home->query.waiting ? "  .." : _("  none"));
    for (size_t i = 0; i < home->drafts.n; i++)
        draw_draft(frame, 3 + (int)i, i + 1, &app->session, &home->drafts.items[i]);
    int row = frame->rows - 4;
    if (row <= 3 + (int)home->drafts.n)
        return;
    frame_text(frame, row++, ROLE_HEAD, _(" Type"));
    frame_text(frame, row++, ROLE_PLAIN,
               _("   a distributor's number, name, postcode or telephone: begins an order"));
    frame_text(frame, row++, ROLE_PLAIN,
               _("   an order's number: shows it      s and an item or words: stock"));
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    struct home *home = app->home;
    bool is_digit = input->code == INPUT_CHAR && input->ch >= '1' && input->ch <= '9';
    if (!home->picking || input->code == INPUT_RESIZE)
        return false;
    home->picking = false;
    if (!is_digit || app->line.len)
        return false;
    home->pick = input->ch - '0';
    app->recalling = true; /* what is typed now is for the draft */
    if (is_settled(home))
        pick_waiting(home);
    return true;
}

static void begin_pick(struct app *app)
{
    app->home->picking = true;
}

static int candidates(const struct app *app)
{
    return is_settled(app->home) ? (int)app->home->drafts.n : 0;
}

static void pick(struct app *app, const struct entry_command *command)
{
    recall(app, (size_t)command->number);
}

const struct screen screen_home = {
    .id = SCREEN_home,
    .grammar = AT_HOME,
    .enter = enter,
    .draw = draw,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
    .actions = {[ACTION_REFRESH] = ask, [ACTION_RECALL] = begin_pick},
};
