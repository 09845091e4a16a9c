#include "tui/back.h"

#include "core/returns.h"
#include "core/returns_say.h"
#include "core/wire/json_out.h"
#include "tui/counter.h"
#include "tui/receipts.h"
#include "tui/sale_view.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- as a request ---------------------------------------------------------------------------- */

/* What a line or its part is called by; NULL when there is no such line. */
static const char *line_id(const struct back *back, const struct back_line *line,
                           const char **component)
{
    *component = NULL;
    if (!back->has_quote || line->line < 1 || (size_t)line->line > back->quote.nlines)
        return NULL;
    const struct reply_return_line *sold = &back->quote.lines[line->line - 1];
    if (line->part < 0 || (size_t)line->part > sold->nparts)
        return NULL;
    if (line->part)
        *component = sold->parts[line->part - 1].sku;
    return sold->id;
}

/* The code of a letter or of a word that begins it. */
static const char *reason_code(const struct back *back, const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < back->quote.nreasons; i++)
        if (strcmp(back->quote.reasons[i].letter, text) == 0 ||
            strncmp(back->quote.reasons[i].code, text, len) == 0)
            return back->quote.reasons[i].code;
    return text;
}

static const char *place_of(const struct back *back, const struct back_line *line)
{
    if (*line->to)
        return line->to;
    return return_place_name(return_place_of(reason_code(back, line->reason)));
}

static void write_exchange(struct json_out *out, const struct back_line *line)
{
    char digit[2] = "";
    if (!*line->exchange)
        return;
    json_out_open(out, "exchange", '{');
    json_out_string(out, "sku", line->exchange);
    json_out_open(out, "choices", '[');
    for (const char *c = line->choices; *c; c++) {
        digit[0] = *c;
        json_out_string(out, NULL, digit);
    }
    json_out_close(out, ']');
    json_out_close(out, '}');
}

static void write_lines(struct json_out *out, const struct back *back)
{
    json_out_open(out, "lines", '[');
    for (size_t i = 0; i < back->n; i++) {
        const struct back_line *line = &back->lines[i];
        const char *component, *id = line_id(back, line, &component);
        if (!id)
            continue;
        json_out_open(out, NULL, '{');
        json_out_string(out, "line", id);
        if (component)
            json_out_string(out, "component", component);
        json_out_int(out, "qty", line->qty);
        json_out_string(out, "reason", reason_code(back, line->reason));
        if (*back->shift)
            json_out_string(out, "to", place_of(back, line));
        write_exchange(out, line);
        json_out_close(out, '}');
    }
    json_out_close(out, ']');
}

static const char *body(struct arena *arena, const struct back *back, bool issue)
{
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_string(&out, "order", back->order);
    json_out_string(&out, "kind", back->kind);
    if (*back->shift)
        json_out_string(&out, "shift", back->shift);
    if (*back->override)
        json_out_string(&out, "override", back->override);
    if (*back->note)
        json_out_string(&out, "note", back->note);
    if (issue) {
        json_out_int(&out, "expect_refund", back->quote.refund);
        json_out_int(&out, "expect_due", back->quote.due);
    }
    write_lines(&out, back);
    if (issue) {
        struct draft_tender plan[PAY_PICKS];
        till_pay_write(&out, plan, till_pay_plan(&back->pay, back->quote.due, plan));
    }
    json_out_close(&out, '}');
    return text.data;
}

/* ---- what it gives --------------------------------------------------------------------------- */

/* Lines keyed before the order was there are asked for now; those that it does not have are told.
 */
static bool keyed_blindly(struct app *app, struct back *back)
{
    bool was_blind = false;
    for (size_t i = 0; i < back->n;) {
        const char *component;
        if (line_id(back, &back->lines[i], &component)) {
            was_blind |= back->quote.nbacks < back->n;
            i++;
            continue;
        }
        app_say(app, ROLE_STOP, "order %s has no line %d: it was left out.", back->order,
                back->lines[i].line);
        back->issue_then = back->confirmed = false;
        memmove(&back->lines[i], &back->lines[i + 1], (--back->n - i) * sizeof *back->lines);
    }
    return was_blind;
}

static void take(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct back *back = app->back;
    if (!query_answer(&back->query, answer)) {
        if (answer->context == back->query.asked)
            back->has_quote = back->issue_then = back->confirmed = false;
        return;
    }
    back->has_quote =
        reply_return_quote_read(back->query.arena, answer->body, answer->len, &back->quote);
    if (!back->has_quote)
        query_unreadable(&back->query);
    else if (keyed_blindly(app, back))
        back_ask(app);
    else if (back->issue_then)
        back_issue(app);
}

static void post(struct app *app, const char *path, const char *header, const char *text,
                 answer_fn *done, uint64_t context)
{
    client_send(app->client, &(struct request){.method = "POST",
                                               .path = path,
                                               .header = header,
                                               .body = text,
                                               .len = strlen(text),
                                               .before_reads = header,
                                               .tries = header ? 0 : 3,
                                               .done = done,
                                               .owner = app,
                                               .context = context});
}

void back_ask(struct app *app)
{
    struct back *back = app->back;
    struct arena *arena = arena_new();
    back->query.waiting = true;
    back->query.error[0] = '\0';
    back->query.sent = app->now;
    order_ulid(back->key);
    post(app, "/returns?preview=true", NULL, body(arena, back, false), take, ++back->query.asked);
    arena_free(arena);
}

void back_begin(struct app *app, const char *order)
{
    struct back *back = app->back;
    if (!back && !(back = app->back = calloc(1, sizeof *back)))
        abort();
    arena_free(back->made_arena);
    back->made_arena = NULL;
    back->n = back->pay.n = 0;
    back->has_quote = back->confirmed = back->issue_then = false;
    back->note[0] = back->override[0] = '\0';
    snprintf(back->kind, sizeof back->kind, "return");
    snprintf(back->order, sizeof back->order, "%s", order);
    snprintf(back->shift, sizeof back->shift, "%s",
             counter_shift(app) ? counter_shift(app)->id : "");
    back_ask(app);
}

bool back_set(struct back *back, const struct back_line *line)
{
    size_t i = 0;
    while (i < back->n && (back->lines[i].line != line->line || back->lines[i].part != line->part))
        i++;
    if (i == BACK_LINES)
        return false;
    back->confirmed = back->issue_then = false;
    back->pay.n = 0; /* they were for another sum */
    if (line->qty)
        back->lines[i] = *line;
    if (line->qty && i == back->n)
        back->n++;
    else if (!line->qty && i < back->n)
        memmove(&back->lines[i], &back->lines[i + 1], (--back->n - i) * sizeof *back->lines);
    return true;
}

const struct reply_return_back *back_of(const struct back *back, size_t line, size_t part)
{
    const struct reply_return_line *sold = &back->quote.lines[line];
    const char *component = part ? sold->parts[part - 1].sku : "";
    for (size_t i = 0; i < back->quote.nbacks; i++)
        if (strcmp(back->quote.backs[i].line, sold->id) == 0 &&
            strcmp(back->quote.backs[i].component, component) == 0)
            return &back->quote.backs[i];
    return NULL;
}

void back_changed(struct back *back)
{
    back->confirmed = back->issue_then = false;
    order_ulid(back->key);
}

bool back_send_to(struct back *back, int line, int part, const char *place)
{
    for (size_t i = 0; i < back->n; i++)
        if (back->lines[i].line == line && back->lines[i].part == part) {
            snprintf(back->lines[i].to, sizeof back->lines[i].to, "%s", place);
            back_changed(back);
            return true;
        }
    return false;
}

const char *back_goes_to(const struct back *back, size_t line, size_t part)
{
    for (size_t i = 0; i < back->n; i++)
        if (back->lines[i].line == (int)line + 1 && back->lines[i].part == (int)part)
            return place_of(back, &back->lines[i]);
    return NULL;
}

int64_t back_still_due(const struct back *back)
{
    struct draft_tender plan[PAY_PICKS];
    int64_t due = back->quote.due;
    size_t n = till_pay_plan(&back->pay, back->quote.due, plan);
    for (size_t i = 0; i < n; i++)
        due -= plan[i].amount;
    return due;
}

const struct reply_problem *back_stop(const struct back *back)
{
    for (size_t i = 0; back->has_quote && i < back->quote.nproblems; i++)
        if (!back->quote.problems[i].warning)
            return &back->quote.problems[i];
    return NULL;
}

/* ---- issuing --------------------------------------------------------------------------------- */

/* At a till nothing is posted: the goods are here, and the money goes back now. */
static const char *over_the_counter(struct arena *arena, const struct back *back)
{
    const struct reply_return_made *made = &back->made;
    char cash[MONEY_TEXT];
    money_format(cash, money_of(made->cash + made->change), back->quote.exponent, true);
    if (made->cash)
        return arena_printf(arena, _("Give %s %s back in cash. The goods are taken in."), cash,
                            back->quote.currency);
    if (made->change)
        return arena_printf(arena, _("Give %s %s change. The goods are exchanged."), cash,
                            back->quote.currency);
    if (*made->exchange)
        return _("The goods are exchanged.");
    return _("The money goes back to what it was paid with. The goods are taken in.");
}

/* Gift certificates alone have come already. */
static const char *certificates_ended(struct arena *arena, const struct back *back)
{
    char refund[MONEY_TEXT];
    money_format(refund, money_of(back->made.refund), back->quote.exponent, true);
    return arena_printf(arena,
                        _("The gift certificates are good no more. %s %s goes back to what it was "
                          "paid with; nothing is to be sent."),
                        refund, back->quote.currency);
}

/* What went out is a sale of the till's: its receipt has both, and a void takes it back. */
static void exchanged(struct app *app, const struct back *back)
{
    struct counter_sold *sold = &app->counter->sold;
    struct draft_tender plan[PAY_PICKS];
    struct arena *arena = arena_new();
    struct text paid;
    size_t n = till_pay_plan(&back->pay, back->quote.due, plan);
    text_init(&paid, arena);
    sale_view_paid(&paid, plan, n, back->quote.exponent);
    *sold = (struct counter_sold){.total = back->quote.exchange_total,
                                  .given = tender_given(plan, n),
                                  .change = back->made.change,
                                  .exponent = back->quote.exponent};
    snprintf(sold->number, sizeof sold->number, "%s", back->made.exchange);
    snprintf(sold->currency, sizeof sold->currency, "%s", back->quote.currency);
    snprintf(sold->paid, sizeof sold->paid, "%s", paid.data);
    arena_free(arena);
    receipt_print(app, sold->number);
    counter_ask(app);
}

static void issued(void *owner, const struct answer *answer)
{
    struct app *app = owner;
    struct back *back = app->back;
    back->issuing = back->confirmed = back->issue_then = false;
    if (!answer_is_ok(answer)) {
        app_say_answer(app, answer);
        back_ask(app); /* what is true now */
        return;
    }
    struct arena *arena = arena_new();
    struct reply_return_made *made = &back->made;
    if (!reply_return_made_read(arena, answer->body, answer->len, made)) {
        app_say(app, ROLE_STOP, "the answer cannot be read; F5 asks again.");
        arena_free(arena);
        return;
    }
    char day[WHEN_TEXT];
    struct return_told told = {.number = made->number,
                               .order = made->order,
                               .deadline = when_day(day, made->deadline),
                               .address = made->address};
    arena_free(back->made_arena);
    back->made_arena = arena;
    back->say = *back->shift   ? over_the_counter(arena, back)
                : made->closed ? certificates_ended(arena, back)
                               : return_say(arena, tongue_language(), &told);
    if (*made->exchange)
        app_news(app, ROLE_OK, "issued %s; order %s goes out", made->number, made->exchange);
    if (*made->exchange && *back->shift)
        exchanged(app, back);
    else if (!*made->exchange)
        app_news(app, ROLE_OK, "issued %s", made->number);
}

static void say_due(struct app *app, const struct back *back)
{
    char due[MONEY_TEXT];
    app_say(app, ROLE_STOP,
            "%s is to be paid yet: 100 is cash, v0423 a card slip, gc a gift certificate.",
            app_amount(app, due, back_still_due(back)));
}

void back_issue(struct app *app)
{
    struct back *back = app->back;
    const struct reply_problem *stop = back_stop(back);
    if (back->query.waiting || back->issuing) {
        back->issue_then = !back->issuing;
        return;
    }
    back->issue_then = false;
    if (stop || !back->has_quote) {
        back->confirmed = false;
        app_say(app, ROLE_STOP, "%s", stop ? stop->say : back->query.error);
        return;
    }
    if (*back->shift && back_still_due(back)) {
        back->confirmed = false;
        say_due(app, back);
        return;
    }
    struct arena *arena = arena_new();
    back->issuing = true;
    post(app, "/returns", arena_printf(arena, "Idempotency-Key: %s", back->key),
         body(arena, back, true), issued, 0);
    arena_free(arena);
}
