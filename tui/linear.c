#include "tui/linear.h"

#include "tui/details.h"

#include "core/text.h"
#include "tui/last_order.h"
#include "tui/lines.h"
#include "tui/loop.h"
#include "tui/open.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ANSWER_MS = 30 * 1000,  /* for what an entry caused to be confirmed */
    LOST_MS = 5 * 1000,     /* the same while there is no link */
    STILL_LOST_MS = 500,    /* and when that has been said before */
    PLACING_MS = 30 * 1000, /* between two lines that say that it still goes on */
    PLACINGS = 10,          /* after so many of them a script gives up waiting */
};

struct linear {
    struct app *app;
    struct lines lines;
    struct speech said[SCREENS]; /* on each screen, when it spoke last */
    const struct screen *screen; /* that spoke last */
    int signals;
    int until_tick;    /* milliseconds, of the app */
    bool has_terminal; /* there is a person: prompts, and mistakes can be mended */
    bool secret_used;  /* the password file's password was sent and not taken yet */
    bool lost_said, failed;
    char order[ULID_TEXT]; /* that was open when it spoke last */
    bool order_stops;      /* with something that stops it */
};

/* ---- waiting --------------------------------------------------------------------------------- */

static void wait_once(struct linear *linear, int timeout, bool for_input)
{
    struct app *app = linear->app;
    int fds[] = {linear->signals, STDIN_FILENO};
    app->now = loop_now();
    if (linear->until_tick < timeout)
        timeout = linear->until_tick;
    client_wait(app->client, app->now, timeout, fds, for_input ? 2 : 1);
    app->now = loop_now();
    loop_signals_take(app, linear->signals);
    linear->until_tick = app_tick(app);
}

static enum order_placing placing(const struct app *app)
{
    return app->order ? app->order->placing : PLACING_NO;
}

static bool is_settled(const struct app *app)
{
    bool is_parked = client_is_expired(app->client); /* nothing more comes without a password */
    bool waits = placing(app) != PLACING_NO || app->recalling || last_order_awaited(app);
    return app->quit || (!client_is_busy(app->client) && (is_parked || !waits));
}

static bool is_lost(const struct app *app)
{
    return client_link(app->client) == LINK_LOST;
}

/* True when everything that was keyed has been answered. */
static bool settle(struct linear *linear)
{
    struct app *app = linear->app;
    int64_t begun = loop_now();
    while (!is_settled(app)) {
        int64_t most = !is_lost(app) ? ANSWER_MS : linear->lost_said ? STILL_LOST_MS : LOST_MS;
        int64_t left = begun + most - loop_now();
        if (left <= 0)
            return false;
        wait_once(linear, (int)(left < STILL_LOST_MS ? left : STILL_LOST_MS), false);
    }
    return true;
}

/* An order that is being placed is waited for: what comes next in a script must know. */
static void settle_placing(struct linear *linear)
{
    struct app *app = linear->app;
    for (int said = 0; placing(app) == PLACING_SENT && !app->quit;) {
        for (int64_t end = loop_now() + PLACING_MS;
             placing(app) == PLACING_SENT && !is_settled(app) && loop_now() < end;)
            wait_once(linear, STILL_LOST_MS, false);
        if (is_settled(app) || placing(app) != PLACING_SENT)
            return;
        speech_print("", _("still placing it; it cannot be placed twice, so it is safe to wait"),
                     "");
        fflush(stdout);
        if (++said < PLACINGS || linear->has_terminal)
            continue;
        app_say(app, ROLE_STOP,
                "not known whether it was placed: its draft tells, or placing "
                "it again, which cannot place it twice.");
        app->quit = true;
    }
}

static void function_key(struct app *app, int number)
{
    app_input(app, &(struct input){INPUT_FUNCTION, (uint32_t)number});
}

/* Waits for the answers to what was keyed; what can't be waited for is taken back. */
static void settle_all(struct linear *linear)
{
    struct app *app = linear->app;
    if (settle(linear))
        return;
    settle_placing(linear);
    if (placing(app) == PLACING_WANTED || app->recalling || last_order_awaited(app)) {
        function_key(app, 12);
        app_say(app, ROLE_STOP, "taken back, because the server does not answer.");
    }
}

/* ---- speaking -------------------------------------------------------------------------------- */

static const char *lead_of(enum role role)
{
    return role == ROLE_STOP ? "!! " : role == ROLE_WARN ? "! " : "";
}

/* The answer to the entry; the order's own lines are a better one than "ok". */
static size_t say_message(struct linear *linear, bool is_answered)
{
    struct app *app = linear->app;
    bool is_ok = app->said.role != ROLE_STOP && app->said.role != ROLE_WARN;
    bool says = *app->said.text && !(is_ok && is_answered);
    if (says)
        speech_print(lead_of(app->said.role), app->said.text, "");
    linear->failed |= says && app->said.role == ROLE_STOP;
    app->said.text[0] = '\0';
    return says;
}

static size_t say_news(struct linear *linear)
{
    struct app *app = linear->app;
    bool says = *app->news.text, lost = is_lost(app), back = linear->lost_said && !lost;
    if (says)
        speech_print(lead_of(app->news.role), app->news.text, "");
    linear->failed |= says && app->news.role == ROLE_STOP;
    app->news.text[0] = '\0';
    if (lost && !linear->lost_said)
        speech_print("!! ", _("no link to the server: keep keying, it is sent when it is back"),
                     "");
    else if (back)
        speech_print("", _("the link to the server is back"), "");
    says |= back || (lost && !linear->lost_said);
    linear->lost_said = lost;
    return says;
}

/* A draft may come with text that was typed and never entered: here the next line is typed anew. */
static size_t say_typed(struct app *app)
{
    char text[ENTRY_TEXT];
    if (!entry_line_take(&app->line, text))
        return 0;
    speech_print("! ", _("not entered yet: "), text);
    return 1;
}

/* An order that was left in a state in which it cannot be placed is remembered for the exit code.
 */
static void watch_order(struct linear *linear)
{
    const struct order *order = linear->app->order;
    const char *ulid = order ? order->ulid : "";
    if (strcmp(ulid, linear->order) != 0)
        linear->failed |= linear->order_stops;
    strcpy(linear->order, ulid);
    linear->order_stops = order && order_lines(order) && order_stops(order);
}

/* What happened, and what is to be seen now that was not before; everything `in_full`. At least one
 * line when something `must` be answered. */
static void speak(struct linear *linear, bool in_full, bool must)
{
    struct app *app = linear->app;
    const struct screen *screen = app_screen(app);
    struct speech *before = &linear->said[screen->id], now;
    bool moved = screen != linear->screen;
    speech_init(&now);
    if (screen->say)
        screen->say(app, &now);
    if (in_full || (moved && !screen->say_once))
        before->n = 0;
    size_t told =
        say_message(linear, speech_answers(&now, before)) + say_news(linear) + say_typed(app);
    told += speech_tell(&now, before, moved);
    if (must && told == 0)
        speech_tell(&now, &now, true);
    speech_release(before);
    *before = now;
    if (screen == &screen_help)
        app_back(app); /* it has been said: one is where one was */
    linear->screen = app_screen(app);
    watch_order(linear);
    if (fflush(stdout) == EOF)
        app_stop(app); /* nobody hears it */
}

/* ---- entries --------------------------------------------------------------------------------- */

/* Keys that bring everything up to date say everything. */
static bool is_read_in_full(const struct app *app, const char *text)
{
    static const enum action actions[] = {ACTION_REFRESH, ACTION_REPRICE, ACTION_RECALL};
    enum action action = ACTIONS;
    if (*text == '/')
        action = key_action(app_screen(app)->id, atoi(text + 1));
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (action == actions[i])
            return true;
    return false;
}

static void type(struct app *app, const char *text)
{
    if (app_screen(app) == &screen_details) {
        details_line(app, text);
        return;
    }
    for (const char *end = text + strlen(text); text < end;)
        app_input(app, &(struct input){INPUT_CHAR, utf8_next(&text, end)});
    app_input(app, &(struct input){INPUT_ENTER, 0});
    app_tick(app);
}

/* At sign-on the keys are given as elsewhere; a password is whatever it is. */
static void sign_on(struct linear *linear, const char *text)
{
    struct app *app = linear->app;
    bool secret;
    signon_question(app, &secret);
    if (!secret && *text == '/' && atoi(text + 1) > 0)
        app_function(app, atoi(text + 1));
    else
        signon_reply(app, text);
    settle_all(linear);
    bool refused = app_screen(app) == &screen_signon && app->said.role == ROLE_STOP;
    speak(linear, false, false);
    if (refused && !linear->has_terminal)
        app->quit = true; /* the next line of a script is no password */
}

static void entry(struct linear *linear, const char *text)
{
    struct app *app = linear->app;
    bool in_full = is_read_in_full(app, text);
    type(app, text);
    settle_all(linear);
    if (!app->quit) /* there is nothing to be seen any more */
        speak(linear, in_full, true);
}

static void not_a_line(struct linear *linear, enum line_kind kind)
{
    static const char *const sentences[] = {
        [LINE_TOO_LONG] = N_("that line is too long; nothing of it was taken."),
        [LINE_UNREADABLE] = N_("that line is not in the characters of this locale; nothing of it "
                               "was taken."),
        [LINE_KEYS] = N_("that line holds a key that is not text; function keys are typed as /9 "
                         "and Enter."),
    };
    speech_print("!! ", _(sentences[kind]), "");
    fflush(stdout);
    linear->failed = true;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void prompt(struct linear *linear, bool signs_on)
{
    bool secret = false;
    const char *question = signs_on ? signon_question(linear->app, &secret) : "> ";
    if (!linear->has_terminal)
        return;
    lines_echo(!secret);
    fputs(question, stdout);
    fflush(stdout);
}

static enum line_kind line_wait(struct linear *linear, char text[ENTRY_TEXT])
{
    for (;;) {
        enum line_kind kind = lines_take(&linear->lines, text);
        if (kind != LINE_WAIT)
            return kind;
        wait_once(linear, 60 * 1000, true);
        if (linear->app->quit)
            return LINE_END;
        if (lines_is_ready())
            lines_read(&linear->lines);
    }
}

/* The password file answers once; true when it did. */
static bool secret_reply(struct linear *linear)
{
    const char *path = linear->app->options->password_file;
    char text[ENTRY_TEXT] = "";
    bool secret;
    signon_question(linear->app, &secret);
    if (!path || !secret || linear->secret_used)
        return false;
    linear->secret_used = true;
    const char *why = lines_secret(path, text);
    if (why)
        app_say(linear->app, ROLE_STOP, "%s: %s", path, why);
    if (why)
        speak(linear, false, false);
    else
        sign_on(linear, text);
    if (why && !linear->has_terminal)
        linear->app->quit = true;
    explicit_bzero(text, sizeof text);
    return true;
}

/* A session that has expired is asked for at once; a script that has no answer ends. */
static void sign_in_again(struct linear *linear)
{
    struct app *app = linear->app;
    linear->secret_used = false;
    if (!linear->has_terminal && !app->options->password_file) {
        app_say(app, ROLE_STOP, "session expired: the server does not have the latest lines.");
        app->quit = true;
    } else {
        app_sign_in_again(app);
    }
    speak(linear, false, false);
}

/* One question and its answer; false when there are no more. */
static bool turn(struct linear *linear)
{
    struct app *app = linear->app;
    char text[ENTRY_TEXT];
    bool signs_on = app_screen(app) == &screen_signon;
    if (client_is_expired(app->client) && !signs_on) {
        sign_in_again(linear);
        return true;
    }
    if (signs_on && secret_reply(linear))
        return true;
    prompt(linear, signs_on);
    enum line_kind kind = line_wait(linear, text);
    if (kind == LINE_READY && signs_on)
        sign_on(linear, text);
    else if (kind == LINE_READY)
        entry(linear, text);
    else if (kind != LINE_END)
        not_a_line(linear, kind);
    explicit_bzero(text, sizeof text);
    return kind != LINE_END;
}

/* The draft stays on the server; a script learns whether something is left to be done. */
static void end(struct linear *linear)
{
    struct app *app = linear->app;
    lines_echo(true);
    if (!app->quit)
        app_hold(app);
    app_stop(app);
    loop_last_words(app);
    say_message(linear, false);
    say_news(linear);
    watch_order(linear);
    if (app->leaving > 0) {
        speech_print("!! ", _("the server does not have the latest lines."), "");
        linear->failed = true;
    }
    linear->failed |= !app->signed_in;
    fflush(stdout);
}

int linear_run(struct app *app)
{
    static struct linear linear;
    linear = (struct linear){.app = app, .signals = loop_signals_open()};
    linear.has_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    settle(&linear);
    speak(&linear, false, true);
    if (linear.has_terminal)
        speech_print("", _("F9 is typed /9 and Enter, and so are the others; /1 helps, /3 leaves"),
                     "");
    while (!app->quit && turn(&linear))
        ;
    end(&linear);
    for (size_t i = 0; i < SCREENS; i++)
        speech_release(&linear.said[i]);
    lines_release(&linear.lines);
    loop_signals_close(linear.signals);
    return linear.failed && !linear.has_terminal ? 1 : 0;
}
