/* The promotions of a market: the list, from which the form is opened. */
#include "core/text.h"
#include "tui/frame.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/promodesk.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADS = 2, FEET = 6 };

static const struct {
    const char *api, *title;
} states[] = {{"", N_("all")},
              {"draft", N_("drafts")},
              {"published", N_("published")},
              {"ended", N_("ended")}};

/* Of a single one; the others are called as above. */
static const char *state_title(const char *state)
{
    return _(strcmp(state, "draft") == 0 ? N_("draft") : state);
}

static struct promodesk *desk_of(struct app *app)
{
    if (app->promodesk)
        return app->promodesk;
    struct promodesk *desk = app->promodesk = calloc(1, sizeof *desk);
    if (!desk)
        abort();
    desk->app = app;
    snprintf(desk->market, sizeof desk->market, "%s", app->session.market.market);
    return desk;
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct promodesk *desk =
        (struct promodesk *)((char *)owner - offsetof(struct promodesk, query));
    if (answer->context == desk->query.asked)
        desk->list.n = 0;
    if (query_answer(&desk->query, answer) &&
        !reply_promotion_rows_read(desk->query.arena, answer->body, answer->len, &desk->list))
        query_unreadable(&desk->query);
    if (desk->row >= desk->list.n)
        desk->row = desk->list.n ? desk->list.n - 1 : 0;
}

static void ask(struct promodesk *desk)
{
    struct arena *arena = arena_new();
    struct text path;
    const char *cursor = desk->cursors[desk->page];
    text_init(&path, arena);
    text_printf(&path, "/promotions?market=%s&limit=%d", desk->market, PROMO_PAGE);
    if (*states[desk->state].api)
        text_printf(&path, "&state=%s", states[desk->state].api);
    if (*cursor)
        text_printf(&path, "&cursor=%s", query_escape(arena, cursor));
    query_ask(&desk->query, desk->app, path.data, take, &desk->query);
    arena_free(arena);
}

static void ask_first(struct promodesk *desk)
{
    desk->page = desk->row = desk->top = 0;
    desk->cursors[0][0] = '\0';
    ask(desk);
}

void open_promodesk(struct app *app)
{
    if (!office_may(app)) {
        app_say(app, ROLE_WARN, "the sheets are for the back office.");
        return;
    }
    desk_of(app)->list.n = 0;
    app_show(app, &screen_promotions);
}

static void enter(struct app *app)
{
    ask(app->promodesk);
}

static void refresh(struct app *app)
{
    ask(app->promodesk);
}

/* ---- moving ---------------------------------------------------------------------------------- */

static void turn(struct promodesk *desk, int by)
{
    if (by > 0 && *desk->list.next && desk->page + 1 < PROMO_PAGES) {
        desk->page++;
        snprintf(desk->cursors[desk->page], sizeof desk->cursors[0], "%s", desk->list.next);
    } else if (by < 0 && desk->page > 0) {
        desk->page--;
    } else {
        app_say(desk->app, ROLE_WARN, "there are no more rows.");
        return;
    }
    desk->row = by > 0 ? 0 : PROMO_PAGE;
    desk->top = 0;
    ask(desk);
}

static void step(struct promodesk *desk, int by)
{
    if (desk->query.waiting)
        return;
    if (by > 0 && desk->row + 1 < desk->list.n)
        desk->row++;
    else if (by < 0 && desk->row > 0)
        desk->row--;
    else
        turn(desk, by);
}

static void step_page(struct promodesk *desk, int by)
{
    enum { ROWS = 10 };
    if (by > 0 && desk->row + 1 < desk->list.n)
        desk->row = desk->row + ROWS < desk->list.n ? desk->row + ROWS : desk->list.n - 1;
    else if (by < 0 && desk->row > 0)
        desk->row = desk->row > ROWS ? desk->row - ROWS : 0;
    else
        turn(desk, by);
}

static void take_text(struct app *app, const char *text)
{
    struct promodesk *desk = app->promodesk;
    if (text[0] == '/' && text[1] >= '0' && text[1] <= '9')
        app_function(app, atoi(text + 1));
    else if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
                 strlen(text) &&
             strlen(text) <= PROMOTION_CODE_MAX && strspn(text, "-_.") == 0)
        open_promo_form(app, text);
    else
        app_say(desk->app, ROLE_STOP,
                "a promotion's code has up to 24 letters, digits, - _ and no blanks.");
}

static void enter_key(struct app *app)
{
    struct promodesk *desk = app->promodesk;
    char text[ENTRY_TEXT];
    app->said.text[0] = '\0';
    if (entry_line_take(&app->line, text))
        take_text(app, text);
    else if (desk->row < desk->list.n)
        open_promo_form(app, desk->list.rows[desk->row].code);
}

static bool key(struct app *app, const struct input *input)
{
    static const struct {
        enum input_code code;
        void (*step)(struct promodesk *desk, int by);
        int by;
    } steps[] = {{INPUT_DOWN, step, 1},
                 {INPUT_UP, step, -1},
                 {INPUT_PAGE_DOWN, step_page, 1},
                 {INPUT_PAGE_UP, step_page, -1}};
    if (input->code == INPUT_ENTER && !app->in_paste) {
        app->entries++;
        enter_key(app);
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(steps); i++)
        if (steps[i].code == input->code) {
            steps[i].step(app->promodesk, steps[i].by);
            return true;
        }
    return false;
}

static void next_market(struct app *app)
{
    struct promodesk *desk = app->promodesk;
    const struct reply_session *session = &app->session;
    size_t at = 0;
    while (at < session->nmarkets && strcmp(session->markets[at].market, desk->market) != 0)
        at++;
    if (session->nmarkets == 0)
        return;
    at = at + 1 < session->nmarkets ? at + 1 : 0;
    snprintf(desk->market, sizeof desk->market, "%s", session->markets[at].market);
    ask_first(desk);
}

static void next_state(struct app *app)
{
    struct promodesk *desk = app->promodesk;
    desk->state = (desk->state + 1) % ARRAY_LEN(states);
    ask_first(desk);
}

/* ---- drawing --------------------------------------------------------------------------------- */

enum { CODE_X = 2, NAME_X = 18, STATE_WIDTH = 10, DAY_WIDTH = 10, LANE_WIDTH = 8, USES_WIDTH = 5 };

/* From the right: uses, days, state, lane; the name has what is left. */
struct places {
    int lane, state, from, to, uses;
};

static struct places places_of(const struct frame *frame)
{
    struct places x = {.uses = frame->cols - USES_WIDTH - 1};
    x.to = x.uses - DAY_WIDTH - 1;
    x.from = x.to - DAY_WIDTH - 1;
    x.state = x.from - STATE_WIDTH;
    x.lane = x.state - LANE_WIDTH;
    return x;
}

static void draw_row(const struct promodesk *desk, const struct frame *frame, size_t i)
{
    const struct reply_promotion_row *row = &desk->list.rows[i];
    struct places x = places_of(frame);
    int y = frame->top + HEADS + (int)(i - desk->top);
    bool here = i == desk->row;
    enum role role = here ? ROLE_STATUS : ROLE_PLAIN;
    terminal_put(y, 0, 1, ROLE_STRONG, here ? ">" : " ");
    terminal_put(y, 1, 1, ROLE_WARN, row->has_draft ? "*" : " ");
    terminal_put(y, CODE_X, NAME_X - CODE_X - 1, role, row->code);
    terminal_put(y, NAME_X, x.lane - NAME_X - 1, ROLE_PLAIN, row->name);
    terminal_put(y, x.lane, LANE_WIDTH - 1, ROLE_PLAIN, row->lane);
    terminal_put(y, x.state, STATE_WIDTH - 1, ROLE_PLAIN, state_title(row->state));
    terminal_put(y, x.from, DAY_WIDTH, ROLE_PLAIN, *row->from ? row->from : "-");
    terminal_put(y, x.to, DAY_WIDTH, ROLE_PLAIN, *row->to ? row->to : "-");
    terminal_printf(y, x.uses, USES_WIDTH, ROLE_PLAIN, "%5lld", (long long)row->uses);
}

static void draw_heads(const struct promodesk *desk, const struct frame *frame)
{
    struct places x = places_of(frame);
    const struct {
        int x;
        const char *title;
    } heads[] = {{CODE_X, N_("Promotion")}, {NAME_X, N_("Called")},    {x.lane, N_("Lane")},
                 {x.state, N_("State")},    {x.from, N_("First day")}, {x.to, N_("Last day")}};
    frame_printf(frame, 0, ROLE_STRONG, " Promotions  %s  %s%s", desk->market,
                 _(states[desk->state].title), desk->query.waiting ? "  .." : "");
    for (size_t i = 0; i < ARRAY_LEN(heads); i++)
        terminal_put(frame->top + 1, heads[i].x, DAY_WIDTH, ROLE_HEAD, _(heads[i].title));
    terminal_put_right(frame->top + 1, x.uses - 2, USES_WIDTH + 2, ROLE_HEAD, _("Orders"));
}

static void draw_foot(const struct reply_promotion_row *row, const struct frame *frame)
{
    int y = frame->rows - FEET + 1;
    frame_wrap(frame, y, 1, 1, ROLE_HEAD, *row->name ? row->name : row->code);
    frame_wrap(frame, y + 1, 1, FEET - 3, ROLE_PLAIN,
               *row->say ? row->say : _("it has mistakes: Enter shows them"));
}

static void draw(struct app *app, struct frame *frame)
{
    struct promodesk *desk = app->promodesk;
    size_t room = frame->rows > HEADS + FEET ? (size_t)(frame->rows - HEADS - FEET) : 1;
    if (desk->row < desk->top)
        desk->top = desk->row;
    if (desk->row >= desk->top + room)
        desk->top = desk->row + 1 - room;
    draw_heads(desk, frame);
    if (*desk->query.error)
        frame_printf(frame, HEADS, ROLE_STOP, " %s", desk->query.error);
    else if (desk->list.n == 0)
        frame_text(frame, HEADS, ROLE_DIM,
                   desk->query.waiting ? " .." : _(" there are none: a code and Enter begins one"));
    for (size_t i = desk->top; i < desk->list.n && i < desk->top + room; i++)
        draw_row(desk, frame, i);
    if (desk->row < desk->list.n)
        draw_foot(&desk->list.rows[desk->row], frame);
    frame_text(frame, frame->rows - 1, ROLE_DIM,
               _(" Enter opens one; a new code and Enter begins one; * not published yet"));
}

static void say(struct app *app, struct speech *speech)
{
    struct promodesk *desk = app->promodesk;
    speech_say(speech, "title", _("PROMOTIONS of %s: %s"), desk->market,
               _(states[desk->state].title));
    if (*desk->query.error)
        speech_warn(speech, "error", true, "%s", desk->query.error);
    for (size_t i = 0; i < desk->list.n && !desk->query.waiting; i++) {
        const struct reply_promotion_row *row = &desk->list.rows[i];
        speech_say(speech, row->code, "%s %s, %s, %s, %s..%s, %lld", row->code, row->name,
                   row->lane, state_title(row->state), row->from, row->to, (long long)row->uses);
    }
}

const struct screen screen_promotions = {
    .id = SCREEN_promotions,
    .grammar = AT_FIND,
    .enter = enter,
    .draw = draw,
    .say = say,
    .key = key,
    .actions = {[ACTION_REFRESH] = refresh,
                [ACTION_PROMO_MARKET] = next_market,
                [ACTION_PROMO_STATE] = next_state},
};
