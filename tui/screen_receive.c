/* A return that was asked for: its parcel comes, is inspected line by line, and is closed; or it is
 * refused, or taken back. */
#include "core/wire/json_out.h"
#include "core/wire/reply_returns.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECES = 200, TOP = 4, NOTE = 201, RIGHT = 42 };

/* What is keyed of a line, and not stored yet. */
struct found {
    int64_t stock, quarantine, scrap;
};

struct receive {
    char number[32];
    struct query query;
    bool has_card;
    struct reply_return_card card;
    struct found found[PIECES];
    char note[NOTE];
    enum action pressed; /* once; ACTIONS: nothing */
    char key[ULID_TEXT];
};

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct receive *r = owner;
    if (answer->context == r->query.asked)
        r->has_card = false;
    if (!query_answer(&r->query, answer))
        return;
    r->has_card = reply_return_card_read(r->query.arena, answer->body, answer->len, &r->card) &&
                  r->card.nlines <= PIECES;
    if (!r->has_card)
        query_unreadable(&r->query);
}

static void ask(struct app *app)
{
    struct receive *r = app->receive;
    struct arena *arena = arena_new();
    order_ulid(r->key);
    query_ask(&r->query, app, arena_printf(arena, "/returns/%s", r->number), take, r);
    arena_free(arena);
}

void open_receive(struct app *app, const char *number)
{
    if (!app->receive && !(app->receive = calloc(1, sizeof *app->receive)))
        abort();
    struct receive *r = app->receive;
    snprintf(r->number, sizeof r->number, "%s", number);
    memset(r->found, 0, sizeof r->found);
    r->note[0] = '\0';
    r->has_card = false;
    r->pressed = ACTIONS;
    ask(app);
    app_back_to(app, &screen_receive);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static bool is_waiting(const struct receive *r)
{
    return strcmp(r->card.state, "asked") == 0 || strcmp(r->card.state, "received") == 0;
}

static void draw_head(const struct receive *r, const struct frame *frame)
{
    const struct reply_return_card *card = &r->card;
    char until[WHEN_TEXT], asked[WHEN_TEXT], expected[MONEY_TEXT], paid[MONEY_TEXT];
    frame_printf(frame, 0, ROLE_STRONG, " %s   %s   %s   of order %s   %s", card->number,
                 tongue_word("return", card->state), tongue_word("return_kind", card->kind),
                 card->order, card->name);
    frame_printf(frame, 1, ROLE_PLAIN, " asked for %s by %s   here until %s",
                 when_text(asked, card->asked_at), card->asked_by, when_day(until, card->deadline));
    money_format(expected, money_of(card->expected), card->exponent, true);
    money_format(paid, money_of(card->refund), card->exponent, true);
    if (*card->exchange)
        frame_printf(frame, 2, ROLE_PLAIN, " worth %s %s, given back %s   order %s goes out for it",
                     expected, card->currency, paid, card->exchange);
    else
        frame_printf(frame, 2, ROLE_PLAIN, " worth %s %s, given back %s   %s", expected,
                     card->currency, paid, card->note);
}

static void draw_count(int y, int x, int64_t stored, int64_t keyed)
{
    if (keyed)
        terminal_printf(y, x, 7, ROLE_STRONG, " %lld+%lld", (long long)stored, (long long)keyed);
    else if (stored)
        terminal_printf(y, x, 7, ROLE_PLAIN, " %lld", (long long)stored);
}

static void draw_line(const struct receive *r, const struct frame *frame, size_t i)
{
    const struct reply_return_piece *line = &r->card.lines[i];
    const struct found *found = &r->found[i];
    int y = frame->top + TOP + (int)i, name = frame->cols - RIGHT - 12, x = 12 + name;
    if (TOP + (int)i >= frame->rows - 2)
        return;
    terminal_printf(y, 0, 12, ROLE_PLAIN, " %2lld %s", (long long)line->position, line->sku);
    terminal_put(y, 12, name, ROLE_PLAIN, line->name);
    terminal_printf(y, x, 5, ROLE_PLAIN, "%5lld", (long long)line->qty);
    draw_count(y, x + 6, line->stock, found->stock);
    draw_count(y, x + 13, line->quarantine, found->quarantine);
    draw_count(y, x + 20, line->scrap, found->scrap);
    terminal_put(y, x + 28, 14, ROLE_PLAIN, line->reason);
}

static void draw_columns(const struct frame *frame)
{
    int y = frame->top + TOP - 1, x = frame->cols - RIGHT;
    terminal_put(y, 0, frame->cols, ROLE_HEAD, _(" Ln SKU     Description"));
    terminal_put_right(y, x, 5, ROLE_HEAD, _("Asked"));
    terminal_put(y, x + 6, 7, ROLE_HEAD, _(" Stock"));
    terminal_put(y, x + 13, 7, ROLE_HEAD, _(" Quar."));
    terminal_put(y, x + 20, 7, ROLE_HEAD, _(" Scrap"));
    terminal_put(y, x + 28, 14, ROLE_HEAD, _("Reason"));
}

static const char *what_next(const struct receive *r)
{
    if (!is_waiting(r))
        return *r->card.reason ? r->card.reason : "";
    if (r->pressed == ACTION_RECEIVE)
        return _("F9 again receives what is keyed");
    if (r->pressed == ACTION_CLOSE)
        return _("F8 again receives it and closes the return: the rest does not come");
    if (r->pressed == ACTION_REFUSE)
        return _("F6 again refuses the return");
    return _(".1*2 s to stock, q to quarantine, x to scrap   F9 receives   u takes it back");
}

static void draw(struct app *app, struct frame *frame)
{
    const struct receive *r = app->receive;
    if (!r->has_card) {
        frame_printf(frame, 0, r->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", r->number,
                     r->query.waiting ? ".." : r->query.error);
        return;
    }
    draw_head(r, frame);
    draw_columns(frame);
    for (size_t i = 0; i < r->card.nlines; i++)
        draw_line(r, frame, i);
    if (*r->note)
        frame_printf(frame, frame->rows - 2, ROLE_PLAIN, " Note     %s", r->note);
    frame_printf(frame, frame->rows - 1, ROLE_DIM, " %s", what_next(r));
}

static void say(struct app *app, struct speech *speech)
{
    const struct receive *r = app->receive;
    char key[32];
    if (!r->has_card) {
        speech_say(speech, "title", "%s: %s", r->number, r->query.waiting ? ".." : r->query.error);
        return;
    }
    speech_say(speech, "title", _("%s of order %s, %s, %s"), r->card.number, r->card.order,
               tongue_word("return", r->card.state), r->card.name);
    for (size_t i = 0; i < r->card.nlines; i++) {
        const struct reply_return_piece *line = &r->card.lines[i];
        const struct found *found = &r->found[i];
        snprintf(key, sizeof key, "line %zu", i);
        speech_say(
            speech, key, _("line %zu: %lld*%s %s, %s; stock %lld, quarantine %lld, scrap %lld"),
            i + 1, (long long)line->qty, line->sku, line->name, line->reason,
            (long long)line->stock + found->stock, (long long)line->quarantine + found->quarantine,
            (long long)line->scrap + found->scrap);
    }
    speech_say(speech, "next", "%s", what_next(r));
}

/* ---- storing --------------------------------------------------------------------------------- */

static const char *pieces(struct arena *arena, const struct receive *r, bool close)
{
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_open(&out, "lines", '[');
    for (size_t i = 0; i < r->card.nlines; i++) {
        const struct found *found = &r->found[i];
        if (found->stock + found->quarantine + found->scrap == 0)
            continue;
        json_out_open(&out, NULL, '{');
        json_out_int(&out, "position", r->card.lines[i].position);
        json_out_int(&out, "stock", found->stock);
        json_out_int(&out, "quarantine", found->quarantine);
        json_out_int(&out, "scrap", found->scrap);
        json_out_close(&out, '}');
    }
    json_out_close(&out, ']');
    json_out_bool(&out, "close", close);
    if (*r->note)
        json_out_string(&out, "note", r->note);
    json_out_close(&out, '}');
    return text.data;
}

static void stored(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct receive *r = app->receive;
    struct arena *arena = arena_new();
    struct reply_return_card card;
    if (!answer_is_ok(answer)) {
        app_say_answer(app, answer);
    } else if (reply_return_card_read(arena, answer->body, answer->len, &card)) {
        memset(r->found, 0, sizeof r->found);
        app_news(app, ROLE_OK, "%s is %s", card.number, tongue_word("return", card.state));
    }
    arena_free(arena);
    ask(app);
}

static void send(struct app *app, const char *act, const char *text)
{
    struct receive *r = app->receive;
    struct arena *arena = arena_new();
    r->pressed = ACTIONS;
    client_send(app->client,
                &(struct request){.method = "POST",
                                  .path = arena_printf(arena, "/returns/%s/%s", r->number, act),
                                  .header = arena_printf(arena, "Idempotency-Key: %s", r->key),
                                  .body = text,
                                  .len = strlen(text),
                                  .before_reads = true,
                                  .done = stored,
                                  .owner = app});
    arena_free(arena);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool is_ready(struct app *app)
{
    struct receive *r = app->receive;
    if (r->has_card && is_waiting(r))
        return true;
    if (r->has_card)
        app_say(app, ROLE_STOP, "%s is %s.", r->number, tongue_word("return", r->card.state));
    else
        app_say(app, ROLE_WARN, "the return is not shown yet.");
    return false;
}

static int64_t *place_of(struct found *found, const char *text)
{
    switch (*text) {
    case 's':
        return &found->stock;
    case 'q':
        return &found->quarantine;
    case 'x':
        return &found->scrap;
    default:
        return NULL;
    }
}

static void inspected(struct app *app, const struct entry_command *command)
{
    struct receive *r = app->receive;
    size_t i = 0;
    if (!is_ready(app))
        return;
    while (i < r->card.nlines && r->card.lines[i].position != command->number)
        i++;
    if (i == r->card.nlines) {
        app_say(app, ROLE_STOP, "the return has no line %d.", command->number);
        return;
    }
    struct found *found = &r->found[i];
    const struct reply_return_piece *line = &r->card.lines[i];
    int64_t *place = place_of(found, command->text);
    r->pressed = ACTIONS;
    if (!command->quantity && !*command->text) {
        *found = (struct found){0, 0, 0};
        return;
    }
    if (!place) {
        app_say(app, ROLE_STOP, "where to? .%d*%lld s, q or x: stock, quarantine, scrap.",
                command->number, (long long)command->quantity);
        return;
    }
    int64_t was = *place, left = line->qty - line->stock - line->quarantine - line->scrap;
    *place = command->quantity;
    if (found->stock + found->quarantine + found->scrap > left) {
        *place = was;
        app_say(app, ROLE_STOP, "%lld of line %d are still to come.", (long long)left,
                command->number);
    }
}

static void note(struct app *app, const struct entry_command *command)
{
    snprintf(app->receive->note, NOTE, "%s", command->text);
}

/* True when the key was pressed for the second time. */
static bool is_second(struct receive *r, enum action action)
{
    bool second = r->pressed == action;
    r->pressed = action;
    return second;
}

static void store(struct app *app, enum action action, bool close)
{
    struct arena *arena = arena_new();
    if (is_ready(app) && is_second(app->receive, action))
        send(app, "receive", pieces(arena, app->receive, close));
    arena_free(arena);
}

static void receive(struct app *app)
{
    store(app, ACTION_RECEIVE, false);
}

static void close_return(struct app *app)
{
    store(app, ACTION_CLOSE, true);
}

static void end(struct app *app, const char *act)
{
    struct arena *arena = arena_new();
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_string(&out, "reason", app->receive->note);
    json_out_close(&out, '}');
    send(app, act, text.data);
    arena_free(arena);
}

static void refuse(struct app *app)
{
    if (!is_ready(app))
        return;
    if (!*app->receive->note)
        app_say(app, ROLE_STOP, "why? n and the reason first.");
    else if (is_second(app->receive, ACTION_REFUSE))
        end(app, "refuse");
}

static void take_back(struct app *app, const struct entry_command *command)
{
    (void)command;
    if (is_ready(app))
        end(app, "cancel");
}

const struct screen screen_receive = {
    .id = SCREEN_receive,
    .grammar = AT_RETURN,
    .draw = draw,
    .say = say,
    .commands = {[ENTRY_RETURNED] = inspected, [ENTRY_NOTE] = note, [ENTRY_UNDO] = take_back},
    .actions = {[ACTION_REFRESH] = ask,
                [ACTION_RECEIVE] = receive,
                [ACTION_CLOSE] = close_return,
                [ACTION_REFUSE] = refuse},
};
