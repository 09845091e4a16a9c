/* Who is there: at the beginning, and again, in place, when a session has expired in mid-order. The
 * fields are libform's, in a window that is never shown, so that a password can be drawn as stars;
 * it is wiped as soon as it has been sent. */
#include "core/wire/request.h"
#include "tui/charset.h"
#include "tui/counter.h"
#include "tui/frame.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/signon.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int widths[FIELDS] = {[FIELD_LOGIN] = LOGIN_WIDTH,
                                   [FIELD_PASSWORD] = PASSWORD_WIDTH,
                                   [FIELD_DESK] = DESK_WIDTH,
                                   [FIELD_CODE] = CODE_WIDTH};

static void signon_make(struct signon *signon)
{
    signon->window = newpad(FIELDS + 2, PASSWORD_WIDTH + 2);
    for (int i = 0; i < FIELDS; i++) {
        signon->fields[i] = new_field(1, widths[i], i, 0, 0, 0);
        if (!signon->fields[i])
            abort();
        field_opts_off(signon->fields[i], O_AUTOSKIP | O_BLANK);
    }
    signon->form = new_form(signon->fields);
    if (!signon->window || !signon->form)
        abort();
    set_form_win(signon->form, signon->window);
    set_form_sub(signon->form, signon->window);
    post_form(signon->form);
}

static void go(struct signon *signon, int field)
{
    form_driver(signon->form, REQ_VALIDATION);
    set_current_field(signon->form, signon->fields[field]);
    form_driver(signon->form, REQ_END_FIELD);
}

static struct signon *signon_of(struct app *app)
{
    if (app->signon)
        return app->signon;
    struct signon *signon = calloc(1, sizeof *signon);
    if (!signon)
        abort();
    signon->app = app;
    signon_make(signon);
    if (app->options->desk)
        set_field_buffer(signon->fields[FIELD_DESK], 0,
                         strcmp(app->options->desk, "showroom") == 0 ? "2" : "1");
    if (app->options->user) {
        set_field_buffer(signon->fields[FIELD_LOGIN], 0, app->options->user);
        go(signon, FIELD_PASSWORD);
    }
    return app->signon = signon;
}

int signon_current(const struct signon *signon)
{
    return field_index(current_field(signon->form));
}

/* A field's text without the blanks that libform pads with; the arena's. */
char *signon_text(struct signon *signon, struct arena *arena, int field)
{
    form_driver(signon->form, REQ_VALIDATION);
    char *text = arena_strdup(arena, field_buffer(signon->fields[field], 0));
    size_t len = strlen(text);
    while (len && text[len - 1] == ' ')
        text[--len] = '\0';
    return text;
}

static void wipe(struct signon *signon)
{
    set_field_buffer(signon->fields[FIELD_PASSWORD], 0, "");
    set_field_buffer(signon->fields[FIELD_CODE], 0, "");
    werase(signon->window);
}

/* ---- the session ----------------------------------------------------------------------------- */

/* The desk that was asked for; who said nothing has the one that their work is at. */
static void desk_begin(struct app *app)
{
    struct arena *arena = arena_new();
    char wanted = *signon_text(app->signon, arena, FIELD_DESK);
    bool may = counter_may(app), is_wanted = wanted == '2' || (!wanted && counter_only(app));
    if (is_wanted && may)
        counter_begin(app);
    else if (is_wanted)
        app_say(app, ROLE_WARN, "the showroom is for counter staff: this is the call centre.");
    arena_free(arena);
}

static void session_take(struct app *app, struct arena *arena, const struct reply_session *session)
{
    bool again = app->signon->again;
    arena_free(app->session_arena);
    app->session_arena = arena;
    app->session = *session;
    app->signed_in = true;
    coach_begin(app);
    client_set_token(app->client, session->token);
    wipe(app->signon);
    app->signon->asks_code = false;
    app->said.text[0] = '\0';
    if (!again)
        desk_begin(app);
    if (again)
        app_back(app);
    else
        app_home(app);
    app_signed_in(app);
    if (!again && !app->counter && office_may(app))
        open_office(app);
}

static void refused(struct app *app, const struct answer *answer)
{
    struct signon *signon = app->signon;
    struct arena *arena = arena_new();
    struct reply_trouble trouble = {.status = STATUS_OK};
    if (answer->arrived)
        reply_trouble_read(arena, answer->http, answer->body, answer->len, &trouble);
    const struct reply_problem *code =
        reply_problem_find(trouble.problems, trouble.nproblems, "required");
    if (code && strcmp(code->field, "/otp") == 0) {
        signon->asks_code = true;
        go(signon, FIELD_CODE);
        app_say(app, ROLE_PLAIN, "the code of the moment, please.");
    } else {
        wipe(signon);
        signon->asks_code = false;
        go(signon, FIELD_PASSWORD);
        if (answer->arrived && answer->http == 401)
            app_say(app, ROLE_STOP, "operator or password is wrong.");
        else if (answer->http == 429) {
            size_t seconds = answer->retry_after > 0 ? (size_t)answer->retry_after : 60;
            app_say(app, ROLE_STOP,
                    tongue_n("too many tries: wait %zu second.",
                             "too many tries: wait %zu seconds.", seconds),
                    seconds);
        } else
            app_say_answer(app, answer);
    }
    arena_free(arena);
}

static void answered(void *owner, const struct answer *answer)
{
    struct signon *signon = owner;
    struct app *app = signon->app;
    struct arena *arena = arena_new();
    struct reply_session session;
    signon->waiting = false;
    app->said.text[0] = '\0';
    if (answer_is_ok(answer) && reply_session_read(arena, answer->body, answer->len, &session)) {
        session_take(app, arena, &session);
        return;
    }
    arena_free(arena);
    refused(app, answer);
}

static void sign_in(struct app *app)
{
    struct signon *signon = app->signon;
    struct arena *arena = arena_new();
    char *login = signon_text(signon, arena, FIELD_LOGIN);
    char *password = signon_text(signon, arena, FIELD_PASSWORD);
    char *code = signon_text(signon, arena, FIELD_CODE);
    if (!*login || !*password || (signon->asks_code && !*code)) {
        go(signon, !*login ? FIELD_LOGIN : !*password ? FIELD_PASSWORD : FIELD_CODE);
    } else if (signon->again && strcasecmp(login, app->session.actor_id) != 0) {
        wipe(signon);
        go(signon, FIELD_PASSWORD);
        app_say(app, ROLE_STOP, "the open order is %s's: sign on as %s, or leave by F3.",
                app->session.actor_id, app->session.actor_id);
    } else {
        struct request request = {.method = "POST",
                                  .path = "/sessions",
                                  .tries = 1,
                                  .anonymous = true,
                                  .done = answered,
                                  .owner = signon};
        request.body = request_session_write(arena, login, password, code, &request.len);
        client_send(app->client, &request);
        explicit_bzero((char *)(uintptr_t)request.body, request.len);
        signon->waiting = true;
        app_say(app, ROLE_PLAIN, "signing on ..");
    }
    explicit_bzero(password, strlen(password));
    arena_free(arena);
}

void app_sign_in_again(struct app *app)
{
    struct signon *signon = signon_of(app);
    if (!client_is_expired(app->client)) {
        app_say(app, ROLE_PLAIN, "the session is in order.");
        return;
    }
    signon->again = true;
    wipe(signon);
    set_field_buffer(signon->fields[FIELD_LOGIN], 0, app->session.actor_id);
    app_show(app, &screen_signon);
    go(signon, FIELD_PASSWORD);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void welcomed(void *owner, const struct answer *answer)
{
    struct signon *signon = owner;
    struct arena *arena = arena_new();
    const char *text =
        answer_is_ok(answer) ? reply_welcome_read(arena, answer->body, answer->len) : NULL;
    snprintf(signon->welcome, sizeof signon->welcome, "%s", text ? text : "");
    arena_free(arena);
}

/* One question at the beginning: it also shows at once whether there is a link. */
static void enter(struct app *app)
{
    struct signon *signon = signon_of(app);
    if (!signon->greeted)
        client_send(
            app->client,
            &(struct request){
                .method = "GET", .path = "", .anonymous = true, .done = welcomed, .owner = signon});
    signon->greeted = true;
}

static void step(struct signon *signon, int by)
{
    int field = signon_current(signon);
    do
        field = (field + by + FIELDS) % FIELDS;
    while (!signon_has(signon, field));
    go(signon, field);
}

static void enter_key(struct app *app)
{
    struct signon *signon = app->signon;
    struct arena *arena = arena_new();
    bool is_last =
        signon_current(signon) != FIELD_LOGIN || *signon_text(signon, arena, FIELD_PASSWORD);
    arena_free(arena);
    if (is_last)
        sign_in(app);
    else
        step(signon, 1);
}

/* The keys that find and place show that they arrive; they do nothing yet. */
static bool check_key(struct app *app, uint32_t number)
{
    struct signon *signon = app->signon;
    signon->seen_f4 |= number == 4;
    signon->seen_f9 |= number == 9;
    return !signon->again && (number == 4 || number == 9);
}

/* libform would go to the field before. */
static bool leaves_field(const struct signon *signon, int request)
{
    return request == REQ_DEL_PREV && signon->form->curcol == 0;
}

/* One digit, in place of what stands there. */
static void desk_key(struct app *app, uint32_t ch)
{
    struct signon *signon = app->signon;
    if (ch != '1' && ch != '2') {
        app_say(app, ROLE_STOP, "the desks are 1, the call centre, and 2, the showroom.");
        return;
    }
    app->said.text[0] = '\0';
    set_field_buffer(signon->fields[FIELD_DESK], 0, ch == '1' ? "1" : "2");
    go(signon, FIELD_DESK);
}

/* ---- without a screen ------------------------------------------------------------------------ */

const char *signon_question(const struct app *app, bool *secret)
{
    static const char *const questions[FIELDS] = {
        [FIELD_LOGIN] = N_("Operator: "),
        [FIELD_PASSWORD] = N_("Password: "),
        [FIELD_DESK] = N_("Desk: "),
        [FIELD_CODE] = N_("Code: "),
    };
    int field = signon_current(app->signon);
    *secret = field == FIELD_PASSWORD;
    return _(questions[field]);
}

void signon_reply(struct app *app, const char *text)
{
    set_field_buffer(app->signon->fields[signon_current(app->signon)], 0, text);
    enter_key(app);
}

static void say(struct app *app, struct speech *speech)
{
    const struct signon *signon = app->signon;
    if (signon->again)
        speech_say(speech, "title", _("SIGN ON again: your order is kept"));
    else
        speech_say(speech, "title", _("SIGN ON: Partyline at %s"), app->options->server);
    if (*signon->welcome && !signon->again)
        speech_say(speech, "welcome", "%s", signon->welcome);
}

static bool key(struct app *app, const struct input *input)
{
    static const struct {
        enum input_code input;
        int request;
    } edits[] = {
        {INPUT_BACKSPACE, REQ_DEL_PREV}, {INPUT_DELETE, REQ_DEL_CHAR},
        {INPUT_LEFT, REQ_PREV_CHAR},     {INPUT_RIGHT, REQ_NEXT_CHAR},
        {INPUT_HOME, REQ_BEG_FIELD},     {INPUT_END, REQ_END_FIELD},
        {INPUT_KILL, REQ_CLR_FIELD},     {INPUT_KILL_WORD, REQ_CLR_FIELD},
    };
    struct signon *signon = app->signon;
    if (input->code == INPUT_FUNCTION)
        return check_key(app, input->ch);
    if (input->code == INPUT_REDRAW)
        return false;
    if (signon->waiting)
        return true;
    if (input->code == INPUT_ENTER)
        enter_key(app);
    else if (input->code == INPUT_TAB || input->code == INPUT_DOWN)
        step(signon, 1);
    else if (input->code == INPUT_BACK_TAB || input->code == INPUT_UP)
        step(signon, -1);
    else if (input->code == INPUT_CHAR && signon_current(signon) == FIELD_DESK)
        desk_key(app, input->ch);
    else if (input->code == INPUT_CHAR && charset_cells(input->ch) > 0)
        form_driver_w(signon->form, OK, (wchar_t)input->ch);
    for (size_t i = 0; i < ARRAY_LEN(edits); i++)
        if (edits[i].input == input->code && !leaves_field(signon, edits[i].request))
            form_driver(signon->form, edits[i].request);
    return true;
}

static void colours(struct app *app)
{
    app_say(app, ROLE_PLAIN, "colours: %s", terminal_theme_next());
}

static void back(struct app *app)
{
    if (app->signon->again)
        app_back(app);
}

const struct screen screen_signon = {
    .id = SCREEN_signon,
    .adapts = true,
    .grammar = AT_HOME,
    .has_own_fields = true,
    .enter = enter,
    .draw = signon_draw,
    .say = say,
    .key = key,
    .actions = {[ACTION_BACK] = back, [ACTION_COLOURS] = colours},
};
