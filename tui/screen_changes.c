/* What will be published, and what stands in its way: F9 here publishes exactly that. */
#include "core/date.h"
#include "core/text.h"
#include "tui/frame.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/speech.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

/* ---- asking ---------------------------------------------------------------------------------- */

static void changes_take(void *owner, const struct answer *answer)
{
    struct office *office = owner;
    if (query_answer(&office->changes_query, answer) &&
        !reply_changes_read(office->changes_query.arena, answer->body, answer->len,
                            &office->changes))
        query_unreadable(&office->changes_query);
}

static void check_take(void *owner, const struct answer *answer)
{
    struct office *office = owner;
    if (query_answer(&office->check_query, answer))
        office->has_checked = reply_checked_read(office->check_query.arena, answer->body,
                                                 answer->len, &office->checked);
}

static void ask(struct app *app)
{
    struct office *office = app->office;
    struct arena *arena = arena_new();
    office->has_checked = false;
    query_ask(&office->changes_query, app,
              arena_printf(arena, "/changesets/%s/rows?limit=100", office->changeset), changes_take,
              office);
    office->check_query.waiting = true;
    office->check_query.error[0] = '\0';
    client_send(
        app->client,
        &(struct request){.method = "POST",
                          .path = arena_printf(arena, "/changesets/%s/validate", office->changeset),
                          .tries = 3,
                          .done = check_take,
                          .owner = office,
                          .context = ++office->check_query.asked});
    arena_free(arena);
}

void open_changes(struct app *app)
{
    struct office *office = app->office;
    office->changes = (struct reply_changes){.next = ""};
    office->publishing = false;
    order_ulid(office->publish_key);
    app_show(app, &screen_changes);
}

static void enter(struct app *app)
{
    ask(app);
}

/* ---- publishing ------------------------------------------------------------------------------ */

static size_t stops(const struct office *office)
{
    size_t n = 0;
    for (size_t i = 0; i < office->checked.nproblems; i++)
        n += !office->checked.problems[i].warning;
    return n;
}

static void forget_set(struct office *office)
{
    office->has_set = false;
    office->rows = 0;
    office->effective[0] = '\0';
    office_undo_forget(office);
}

static void published(void *owner, const struct answer *answer)
{
    struct office *office = owner;
    struct app *app = office->app;
    office->publishing = false;
    if (!answer_is_ok(answer)) {
        app_say_answer(app, answer);
        order_ulid(office->publish_key);
        ask(app);
        return;
    }
    struct arena *arena = arena_new();
    struct reply_checked done;
    if (reply_checked_read(arena, answer->body, answer->len, &done))
        app_news(app, ROLE_OK,
                 tongue_n("published: %lld row. Every terminal has it within seconds.",
                          "published: %lld rows. Every terminal has them within seconds.",
                          (size_t)done.rows),
                 (long long)done.rows);
    arena_free(arena);
    forget_set(office);
    if (app_screen(app)->id == SCREEN_changes)
        app_back(app);
    if (app_screen(app)->id == SCREEN_sheet)
        office_ask(office, false);
}

static void publish(struct app *app)
{
    struct office *office = app->office;
    if (office->publishing) {
        app_say(app, ROLE_PLAIN, "publishing .. (safe to wait)");
    } else if (!office->has_checked) {
        app_say(app, ROLE_WARN, "it is still being looked at; F9 again in a moment.");
    } else if (stops(office)) {
        app_say(app, ROLE_STOP, "what is marked !! stands in the way; F12 goes back to the sheet.");
    } else {
        struct arena *arena = arena_new();
        struct request request = {
            .method = "POST", .before_reads = true, .done = published, .owner = office};
        request.path = arena_printf(arena, "/changesets/%s/publish", office->changeset);
        request.header = arena_printf(arena, "Idempotency-Key: %s", office->publish_key);
        request.body = request_publish_write(arena, office->checked.nproblems > 0, &request.len);
        office->publishing = true;
        app_say(app, ROLE_PLAIN, "publishing .. (safe to wait)");
        client_send(app->client, &request);
        arena_free(arena);
    }
}

/* A day, or "-" for at once. */
static void words(struct app *app, const struct entry_command *command)
{
    struct date date;
    if (!date_parse(command->text, &date)) {
        app_say(app, ROLE_STOP, "a day is typed 2025-12-01; at once is typed now.");
        return;
    }
    office_set_day(app->office, command->text);
    ask(app);
}

static bool key(struct app *app, const struct input *input)
{
    if (input->code != INPUT_ENTER || strcmp(app->line.text, "now") != 0)
        return false;
    char text[ENTRY_TEXT];
    if (entry_line_take(&app->line, text))
        office_set_day(app->office, "");
    ask(app);
    return true;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static int draw_problems(const struct office *office, struct frame *frame, int row)
{
    for (size_t i = 0; i < office->checked.nproblems && row < frame->rows - 3; i++) {
        const struct reply_problem *problem = &office->checked.problems[i];
        terminal_put(frame->top + row, 0, 3, problem->warning ? ROLE_WARN : ROLE_STOP,
                     problem->warning ? " !" : "!!");
        row += frame_wrap(frame, row, 3, 2, problem->warning ? ROLE_WARN : ROLE_STOP, problem->say);
    }
    if (office->checked.faults > (int64_t)office->checked.nproblems)
        frame_printf(frame, row++, ROLE_STOP, "   and %lld more",
                     (long long)(office->checked.faults - (int64_t)office->checked.nproblems));
    return row;
}

static const char *verdict(const struct office *office)
{
    if (*office->check_query.error)
        return office->check_query.error;
    if (!office->has_checked)
        return _("being looked at ..");
    if (stops(office))
        return _("cannot be published yet");
    return office->checked.nproblems ? _("F9 publishes it in spite of the warnings")
                                     : _("all is well: F9 publishes it");
}

static void draw(struct app *app, struct frame *frame)
{
    struct office *office = app->office;
    struct arena *arena = arena_new();
    const char *day = *office->effective ? office->effective : _("at once");
    frame_printf(frame, 0, ROLE_STRONG, " %s   from: %s", verdict(office), day);
    int row = draw_problems(office, frame, 2);
    row += row > 2;
    for (size_t i = 0; i < office->changes.n && row < frame->rows - 2; i++) {
        struct text text;
        text_init(&text, arena);
        office_change_text(arena, &text, app, &office->changes.items[i]);
        row += frame_wrap(frame, row, 1, 2, ROLE_PLAIN, text.data);
    }
    if (*office->changes.next)
        frame_text(frame, row, ROLE_DIM, _(" .. and more rows"));
    frame_text(frame, frame->rows - 1, ROLE_DIM,
               _(" a day and Enter: valid from then, now: at once   F12 goes back to the sheet"));
    arena_free(arena);
}

static void say(struct app *app, struct speech *speech)
{
    struct office *office = app->office;
    struct arena *arena = arena_new();
    char key_text[32];
    speech_say(speech, "title", _("CHANGES: from %s"),
               *office->effective ? office->effective : _("at once"));
    for (size_t i = 0; i < office->checked.nproblems && office->has_checked; i++) {
        snprintf(key_text, sizeof key_text, "problem %zu", i);
        speech_warn(speech, key_text, !office->checked.problems[i].warning, "%s",
                    office->checked.problems[i].say);
    }
    for (size_t i = 0; i < office->changes.n; i++) {
        struct text text;
        text_init(&text, arena);
        office_change_text(arena, &text, app, &office->changes.items[i]);
        snprintf(key_text, sizeof key_text, "row %zu", i);
        speech_say(speech, key_text, "%s", text.data);
    }
    speech_say(speech, "verdict", "%s", verdict(office));
    arena_free(arena);
}

const struct screen screen_changes = {
    .id = SCREEN_changes,
    .grammar = AT_FIND,
    .enter = enter,
    .draw = draw,
    .say = say,
    .key = key,
    .commands = {[ENTRY_WORDS] = words},
    .actions = {[ACTION_REFRESH] = ask, [ACTION_PUBLISH] = publish},
};
