/* Between two calls: the drafts that wait, and the entry line that takes whatever comes next. */
#include "tui/frame.h"
#include "tui/held.h"
#include "tui/home_day.h"
#include "tui/home_drafts.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { DRAFTS_MOST = 9, DRAFTS_TOP = 5 };

struct home {
    struct app *app;
    struct query query;
    struct reply_drafts stored; /* as the server lists them */
    struct reply_drafts
        drafts;             /* as they are shown and counted: with those that it does not have */
    struct arena *arena;    /* of these */
    bool everybody;         /* also other people's */
    size_t pick;            /* a digit that waits for the list; 0: none */
    bool picking;           /* after F7: a digit alone chooses */
    bool taking;            /* what is being recalled is taken from somebody */
    char wanted[ULID_TEXT]; /* being recalled */
    char locked[ULID_TEXT]; /* somebody else had it: F8, or asked for again, takes it over */
};

/* ---- the list -------------------------------------------------------------------------------- */

static void list_take(void *owner, const struct answer *answer);

static void ask(struct app *app)
{
    const char *path = app->home->everybody ? "/drafts?limit=9&owner=any" : "/drafts?limit=9";
    if (!app->counter) /* which has figures of its own */
        home_day_ask(app);
    query_ask(&app->home->query, app, path, list_take, app->home);
}

/* What was left and is not stored yet belongs to the list. */
static void list_make(struct home *home)
{
    arena_free(home->arena);
    home->arena = arena_new();
    home_drafts_make(home->arena, &home->stored, home->app->held, &home->drafts);
    if (home->drafts.n > DRAFTS_MOST)
        home->drafts.n = DRAFTS_MOST;
}

static void enter(struct app *app)
{
    if (!app->home && !(app->home = calloc(1, sizeof *app->home)))
        abort();
    app->home->app = app;
    app->home->picking = false;
    app->home->everybody = false;
    list_make(app->home);
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

static void say_locked(struct app *app, const struct reply_trouble *trouble)
{
    char since[WHEN_TEXT];
    when_short(since, trouble->locked_since);
    if (*trouble->locked_by && *since)
        app_say(app, ROLE_WARN, "%s has it open since %s. F8 takes it over.", trouble->locked_by,
                since);
    else
        app_say(app, ROLE_WARN, "somebody else has it open. F8 takes it over.");
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
        say_locked(app, &trouble);
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
        if (home->taking)
            app_news(app, ROLE_OK, "taken over: whoever had it goes on in a copy");
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

static void recall_ulid(struct app *app, const char *ulid, bool take_over)
{
    struct home *home = app->home;
    struct order *held = held_find(app, ulid);
    home->locked[0] = '\0';
    if (held) {
        held_open(app, held);
        return;
    }
    strncpy(home->wanted, ulid, sizeof home->wanted - 1);
    home->taking = take_over;
    app->recalling = true;
    draft_request(home, "POST", take_over ? "/take-over" : "/lock", lock_take);
}

static void recall(struct app *app, size_t n)
{
    struct home *home = app->home;
    const struct reply_draft_row *row = &home->drafts.items[n - 1];
    bool take_over = strcmp(home->locked, row->ulid) == 0;
    home->picking = false;
    if (!ulid_valid(row->ulid))
        return;
    app_say(app, ROLE_PLAIN, "%s %s ..", row->distributor, row->name);
    recall_ulid(app, row->ulid, take_over);
}

static void take_over(struct app *app)
{
    char ulid[ULID_TEXT];
    strcpy(ulid, app->home->locked);
    if (*ulid)
        recall_ulid(app, ulid, true);
    else
        app_say(app, ROLE_WARN,
                "choose a draft first; F8 takes it over when somebody has it open.");
}

/* The list is complete: everything that was left has been stored. On a dead link, what is shown is
 * what can be had: orders that are still here. */
static bool is_settled(const struct home *home)
{
    bool cut_off = client_link(home->app->client) == LINK_LOST && home->app->held;
    return cut_off || (!home->query.waiting && home->app->leaving == 0);
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

/* Draft `n` of the list, as soon as the list is there. */
static void choose(struct home *home, size_t n)
{
    home->pick = n;
    home->app->recalling = true; /* what is typed now is for the draft */
    if (is_settled(home))
        pick_waiting(home);
}

static void list_read(struct home *home, const struct answer *answer)
{
    if (answer->context == home->query.asked)
        home->stored.n = 0;
    if (!query_answer(&home->query, answer))
        return;
    if (!reply_drafts_read(home->query.arena, answer->body, answer->len, &home->stored))
        query_unreadable(&home->query);
}

static void list_take(void *owner, const struct answer *answer)
{
    struct home *home = owner;
    list_read(home, answer);
    list_make(home);
    if (home->pick && is_settled(home))
        pick_waiting(home);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_types(const struct frame *frame, int row)
{
    frame_text(frame, row, ROLE_HEAD, _(" Type"));
    frame_text(frame, row + 1, ROLE_PLAIN,
               _("   a distributor's number, name, postcode or telephone: begins an order"));
    frame_text(frame, row + 2, ROLE_PLAIN,
               _("   an order's number: shows it   o orders   i a person   s stock   F2 all"));
}

static void draw(struct app *app, struct frame *frame)
{
    const struct home *home = app->home;
    frame_printf(frame, 0, ROLE_STRONG, " %s", app->session.company);
    home_day_draw(app, frame, 1);
    home_drafts_title(frame, DRAFTS_TOP - 1, home->everybody, home->picking);
    if (*home->query.error)
        frame_printf(frame, DRAFTS_TOP, ROLE_STOP, "  %s", home->query.error);
    else if (home->drafts.n == 0)
        frame_text(frame, DRAFTS_TOP, ROLE_DIM, home->query.waiting ? "  .." : _("  none"));
    for (size_t i = 0; i < home->drafts.n; i++)
        home_drafts_row(frame, DRAFTS_TOP + (int)i, is_settled(home) ? i + 1 : 0, &app->session,
                        &home->drafts.items[i]);
    int row = DRAFTS_TOP + 1 + (int)(home->drafts.n ? home->drafts.n : 1);
    row += home_attention_draw(app, frame, row, frame->rows - row);
    if (row + 4 < frame->rows)
        draw_types(frame, frame->rows - 4);
}

static void say(struct app *app, struct speech *speech)
{
    const struct home *home = app->home;
    const struct reply_session *session = &app->session;
    speech_say(speech, "title", session->demo ? _("HOME: %s, TRAINING") : _("HOME: %s"),
               session->company);
    speech_say(speech, "operator", _("operator %s %s, market %s, %s"), session->actor_id,
               session->actor_name, session->market.market, session->market.currency);
    home_day_say(app, speech);
    if (*home->query.error)
        speech_warn(speech, "error", true, "%s", home->query.error);
    else if (home->drafts.n == 0)
        speech_say(speech, "none", home->query.waiting ? _("drafts: ..") : _("no drafts"));
    home_drafts_say(speech, session, &home->drafts, home->everybody);
    if (home->picking && home->drafts.n)
        speech_say(speech, "picking", _("which draft? type its number"));
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool key(struct app *app, const struct input *input)
{
    struct home *home = app->home;
    bool is_digit = input->code == INPUT_CHAR && input->ch >= '1' && input->ch <= '9';
    if (!home->picking || input->code == INPUT_FUNCTION)
        return false;
    home->picking = false;
    if (!is_digit || app->line.len)
        return false;
    choose(home, input->ch - '0');
    return true;
}

void home_heard(struct app *app)
{
    const struct screen *screen = app_screen(app);
    if (app->home && !app->recalling && (screen == &screen_home || screen == &screen_counter))
        ask(app);
}

/* Once more, and everybody's are listed. */
static void begin_pick(struct app *app)
{
    struct home *home = app->home;
    if (home->picking) {
        home->everybody = !home->everybody;
        ask(app);
    }
    home->picking = true;
}

static int candidates(const struct app *app)
{
    enum { ANY = 9 }; /* which there are is not known yet */
    return is_settled(app->home) ? (int)app->home->drafts.n : ANY;
}

static void pick(struct app *app, const struct entry_command *command)
{
    choose(app->home, (size_t)command->number);
}

static void words(struct app *app, const struct entry_command *command)
{
    if (strcasecmp(command->text, "b") == 0 && office_may(app))
        open_office(app);
    else if (!home_attention_open(app, command->text))
        open_search(app, command->text);
}

const struct reply_drafts *home_list(const struct app *app, bool *picking, bool *settled)
{
    *picking = app->home->picking;
    *settled = is_settled(app->home);
    return &app->home->drafts;
}

const struct screen screen_home = {
    .id = SCREEN_home,
    .grammar = AT_HOME,
    .enter = enter,
    .draw = draw,
    .say = say,
    .say_once = true,
    .key = key,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick, [ENTRY_WORDS] = words},
    .actions = {[ACTION_OFFICE] = open_office,
                [ACTION_REFRESH] = ask,
                [ACTION_RECALL] = begin_pick,
                [ACTION_TAKE_OVER] = take_over},
};
