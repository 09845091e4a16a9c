#include "tui/return_view.h"

#include "core/date.h"
#include "core/returns.h"
#include "tui/frame.h"
#include "tui/sale_view.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

enum { TOP = 3, FOOT = 6, RIGHT = 48 }; /* cells right of the name */

/* ---- the screen ------------------------------------------------------------------------------ */

static const char *money(const struct back *back, char out[MONEY_TEXT], int64_t minor)
{
    return money_format(out, money_of(minor), back->quote.exponent, true);
}

static const char *volume(char out[MONEY_TEXT], int64_t hundredths)
{
    return money_format(out, money_of(hundredths), 2, true);
}

static int days_between(const char *from, const char *to)
{
    struct date a, b;
    return date_parse(from, &a) && date_parse(to, &b) ? b.days - a.days : 0;
}

static void draw_head(const struct back *back, const struct frame *frame)
{
    const struct reply_return_quote *q = &back->quote;
    char until[WHEN_TEXT], sent[WHEN_TEXT];
    if (back->made_arena)
        frame_printf(frame, 0, ROLE_STRONG, " RETURN %s of order %s   %s", back->made.number,
                     q->order, tongue_word("return_kind", q->kind));
    else
        frame_printf(frame, 0, ROLE_STRONG, " RETURN of order %s   %s   not issued", q->order,
                     tongue_word("return_kind", q->kind));
    frame_printf(frame, 1, q->late ? ROLE_WARN : ROLE_PLAIN,
                 q->late ? N_(" %s   sent %s   day %d of %d: too late since %s")
                         : N_(" %s   sent %s   day %d of %d, until %s"),
                 *q->customer_name ? q->customer_name : q->distributor_name,
                 when_day(sent, q->sent_on), days_between(q->sent_on, q->today),
                 days_between(q->sent_on, q->last_day), when_day(until, q->last_day));
}

static int name_width(const struct frame *frame)
{
    return frame->cols - RIGHT - 12 > 8 ? frame->cols - RIGHT - 12 : 8;
}

static void draw_columns(const struct back *back, const struct frame *frame)
{
    int y = frame->top + TOP - 1, x = 12 + name_width(frame);
    terminal_put(y, 0, frame->cols, ROLE_HEAD, _(" Ln SKU     Description"));
    terminal_put_right(y, x, 5, ROLE_HEAD, _("Sold"));
    terminal_put_right(y, x + 5, 5, ROLE_HEAD, _("Back"));
    terminal_put_right(y, x + 10, 9, ROLE_HEAD, _("Paid"));
    terminal_put_right(y, x + 19, 9, ROLE_HEAD, _("Refund"));
    if (*back->shift) {
        terminal_put(y, x + 29, RIGHT - 29, ROLE_HEAD, _("Goes to, why"));
        return;
    }
    terminal_put_right(y, x + 28, 7, ROLE_HEAD, _("CV"));
    terminal_put(y, x + 36, 12, ROLE_HEAD, _("Reason"));
}

static const char *reason_name(const struct back *back, const char *code)
{
    for (size_t i = 0; i < back->quote.nreasons; i++)
        if (strcmp(back->quote.reasons[i].code, code) == 0)
            return back->quote.reasons[i].name;
    return code;
}

/* A row of the list; -1 when it lies outside. */
static int row_at(const struct frame *frame, int n)
{
    return TOP + n < frame->rows - FOOT ? frame->top + TOP + n : -1;
}

/* `line` and `part` as back_of counts them. */
static void draw_back(const struct back *back, const struct frame *frame, int y, size_t line,
                      size_t part)
{
    const struct reply_return_back *b = back_of(back, line, part);
    char worth[MONEY_TEXT], cv[MONEY_TEXT];
    int x = 12 + name_width(frame);
    if (!b || y < 0)
        return;
    terminal_printf(y, x + 5, 5, ROLE_STRONG, "%5lld", (long long)b->qty);
    terminal_put_right(y, x + 19, 9, ROLE_STRONG, money(back, worth, b->worth));
    const char *to = *back->shift ? back_goes_to(back, line, part) : NULL;
    if (to) {
        terminal_printf(y, x + 29, RIGHT - 29, ROLE_PLAIN, "%s, %s", tongue_word("place", to),
                        reason_name(back, b->reason));
        return;
    }
    terminal_put_right(y, x + 28, 7, ROLE_PLAIN, volume(cv, -b->cv));
    terminal_put(y, x + 36, 12, ROLE_PLAIN, reason_name(back, b->reason));
}

static int draw_exchange(const struct back *back, const struct frame *frame, int n,
                         const struct reply_return_back *b)
{
    char cost[MONEY_TEXT], cv[MONEY_TEXT];
    int y = row_at(frame, n), x = 12 + name_width(frame);
    if (!b || !*b->exchange)
        return n;
    if (y >= 0) {
        terminal_printf(y, 0, 12, ROLE_PLAIN, "  -> %s", b->exchange);
        terminal_put(y, 12, x - 12, ROLE_PLAIN, b->exchange_name);
        terminal_printf(y, x + 5, 5, ROLE_PLAIN, "%5lld", (long long)b->qty);
        terminal_put_right(y, x + 19, 9, ROLE_PLAIN, money(back, cost, b->exchange_amount));
        if (!*back->shift)
            terminal_put_right(y, x + 28, 7, ROLE_PLAIN, volume(cv, b->exchange_cv));
        terminal_put(y, *back->shift ? x + 29 : x + 36, 12, ROLE_PLAIN, _("goes out"));
    }
    return n + 1;
}

static int draw_certificates(const struct back *back, const struct frame *frame, int n,
                             const struct reply_return_line *line)
{
    char left[MONEY_TEXT], amount[MONEY_TEXT];
    int x = 12 + name_width(frame);
    for (size_t i = 0; i < line->ncertificates; i++) {
        const struct reply_return_certificate *c = &line->certificates[i];
        int y = row_at(frame, n++);
        if (y < 0)
            continue;
        terminal_printf(y, 0, 12, ROLE_DIM, "   ...%s", c->last);
        terminal_printf(y, 12, frame->cols - 12, ROLE_DIM, _("%s of %s left"),
                        money(back, left, c->left), money(back, amount, c->amount));
        if (c->goes)
            terminal_put(y, x + 36, 12, ROLE_PLAIN, _("ends"));
    }
    return n;
}

static int draw_line(const struct back *back, const struct frame *frame, int n, size_t i)
{
    const struct reply_return_line *line = &back->quote.lines[i];
    const struct reply_return_back *b = back_of(back, i, 0);
    char paid[MONEY_TEXT];
    int y = row_at(frame, n++), x = 12 + name_width(frame);
    if (y >= 0) {
        terminal_printf(y, 0, 12, ROLE_PLAIN, " %2zu %s", i + 1, line->sku);
        terminal_put(y, 12, x - 12, ROLE_PLAIN, line->name);
        terminal_printf(y, x, 5, ROLE_PLAIN, "%5lld", (long long)line->qty);
        terminal_put_right(
            y, x + 10, 9, ROLE_PLAIN,
            money(back, paid, line->amount + (back->quote.tax_included ? 0 : line->tax)));
        if (!b && line->left < line->qty)
            terminal_printf(y, x + 36, 12, ROLE_DIM, _("%lld left"), (long long)line->left);
    }
    draw_back(back, frame, y, i, 0);
    n = draw_exchange(back, frame, n, b);
    n = draw_certificates(back, frame, n, line);
    for (size_t k = 0; k < line->nparts; k++) {
        b = back_of(back, i, k + 1);
        y = row_at(frame, n++);
        if (y >= 0) {
            terminal_printf(y, 0, 12, ROLE_DIM, "   /%zu %s", k + 1, line->parts[k].sku);
            terminal_put(y, 12, x - 12, ROLE_DIM, line->parts[k].name);
            terminal_printf(y, x, 5, ROLE_DIM, "%5lld", (long long)line->parts[k].qty);
        }
        draw_back(back, frame, y, i, k + 1);
        n = draw_exchange(back, frame, n, b);
    }
    return n;
}

static void draw_money(const struct back *back, const struct frame *frame, int row)
{
    const struct reply_return_quote *q = &back->quote;
    char fee[MONEY_TEXT], refund[MONEY_TEXT], due[MONEY_TEXT], cv[MONEY_TEXT], delivery[MONEY_TEXT];
    if (q->delivery)
        frame_printf(frame, row, ROLE_STRONG,
                     " Fee %s   Delivery %s   REFUND %s %s   TO PAY %s   CV net %s",
                     money(back, fee, q->fee), money(back, delivery, q->delivery),
                     money(back, refund, q->refund), q->currency, money(back, due, q->due),
                     volume(cv, q->cv));
    else
        frame_printf(frame, row, ROLE_STRONG, " Fee %s   REFUND %s %s   TO PAY %s   CV net %s",
                     money(back, fee, q->fee), money(back, refund, q->refund), q->currency,
                     money(back, due, q->due), volume(cv, q->cv));
}

const char *return_view_reasons(struct arena *arena, const struct back *back)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < back->quote.nreasons; i++) {
        const struct reply_return_reason *reason = &back->quote.reasons[i];
        text_printf(&text, "%s%s %s", i ? "  " : "", reason->letter, reason->name);
        if (reason->fee)
            text_add(&text, _(" (fee)"));
    }
    return text.data;
}

static const char *hint(const struct back *back)
{
    if (back->confirmed)
        return _(" F9 again issues exactly this");
    if (*back->shift && back->n)
        return _(" .2*1 d   .2*1 d x41123 exchanges it   .2*0 takes it out   to q   F9 issues");
    return _(" .2*1 d   .2*1 d x41123 exchanges it   .2*0 takes it out   F9 issues");
}

/* At a till: what pays the rest, and what is given back of it. False: nothing is to be paid. */
static bool draw_paid(const struct back *back, const struct frame *frame, struct arena *arena)
{
    struct draft_tender plan[PAY_PICKS];
    char due[MONEY_TEXT], change[MONEY_TEXT];
    struct text paid;
    size_t n = till_pay_plan(&back->pay, back->quote.due, plan);
    if (!*back->shift || !back->quote.due || back_stop(back))
        return false;
    text_init(&paid, arena);
    sale_view_paid(&paid, plan, n, back->quote.exponent);
    if (back_still_due(back))
        frame_printf(frame, frame->rows - 1, ROLE_STRONG,
                     " %s   TO PAY %s: 100 is cash, v0423 a card slip, gc a certificate", paid.data,
                     money(back, due, back_still_due(back)));
    else
        frame_printf(frame, frame->rows - 1, ROLE_STRONG,
                     back->confirmed ? N_(" %s   GIVE BACK %s   F9 again exchanges it")
                                     : N_(" %s   GIVE BACK %s   F9 exchanges it"),
                     paid.data, money(back, change, tender_change(plan, n)));
    return true;
}

/* The first problems, then what is said or asked for. */
static void draw_foot(const struct back *back, const struct frame *frame, int row)
{
    const struct reply_return_quote *q = &back->quote;
    struct arena *arena = arena_new();
    draw_money(back, frame, row++);
    if (back->made_arena) {
        int x = frame_label(frame, row, _(" SAY"));
        frame_wrap(frame, row, x, 4, ROLE_PLAIN, back->say);
    } else {
        int x = frame_label(frame, row, _(" Reasons"));
        row += frame_wrap(frame, row, x, 2, ROLE_PLAIN, return_view_reasons(arena, back));
        for (size_t i = 0; i < q->nproblems && row < frame->rows - 1; i++)
            if (strcmp(q->problems[i].code, "return_nothing") != 0)
                row += frame_wrap(frame, row, 1, 2, q->problems[i].warning ? ROLE_WARN : ROLE_STOP,
                                  arena_printf(arena, "%s %s", q->problems[i].warning ? "!" : "!!",
                                               q->problems[i].say));
        if (row < frame->rows && !draw_paid(back, frame, arena))
            frame_printf(frame, frame->rows - 1, ROLE_DIM, "%s", hint(back));
    }
    arena_free(arena);
}

void return_view_draw(struct app *app, struct frame *frame)
{
    const struct back *back = app->back;
    int n = 0;
    if (!back->has_quote) {
        frame_printf(frame, 0, back->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", back->order,
                     back->query.waiting ? ".." : back->query.error);
        return;
    }
    draw_head(back, frame);
    draw_columns(back, frame);
    for (size_t i = 0; i < back->quote.nlines; i++)
        n = draw_line(back, frame, n, i);
    if (TOP + n > frame->rows - FOOT)
        frame_printf(frame, frame->rows - FOOT, ROLE_DIM, " %d more rows",
                     TOP + n - frame->rows + FOOT);
    draw_foot(back, frame, frame->rows - FOOT + 1);
}

/* ---- without a screen ------------------------------------------------------------------------ */

static void say_certificates(const struct back *back, struct speech *speech,
                             const struct reply_return_line *line, size_t at)
{
    char left[MONEY_TEXT], amount[MONEY_TEXT], key[64];
    for (size_t i = 0; i < line->ncertificates; i++) {
        const struct reply_return_certificate *c = &line->certificates[i];
        snprintf(key, sizeof key, "certificate %zu/%zu", at, i);
        speech_say(speech, key,
                   c->goes ? _("certificate ...%s, %s of %s left, ends with it")
                           : _("certificate ...%s, %s of %s left"),
                   c->last, money(back, left, c->left), money(back, amount, c->amount));
    }
}

static void say_lines(const struct back *back, struct speech *speech)
{
    const struct reply_return_quote *q = &back->quote;
    char sum[MONEY_TEXT], key[48];
    for (size_t i = 0; i < q->nlines; i++) {
        const struct reply_return_line *line = &q->lines[i];
        snprintf(key, sizeof key, "line %zu", i);
        speech_say(speech, key, _("line %zu: %lld*%s %s, %s; %lld can come back"), i + 1,
                   (long long)line->qty, line->sku, line->name, money(back, sum, line->amount),
                   (long long)line->left);
        say_certificates(back, speech, line, i);
        for (size_t k = 0; k <= line->nparts; k++) {
            const struct reply_return_back *b = back_of(back, i, k);
            snprintf(key, sizeof key, "back %zu/%zu", i, k);
            if (b && *b->exchange)
                speech_say(speech, key, _("%lld of line %zu back, %s, worth %s; %s %s goes out"),
                           (long long)b->qty, i + 1, reason_name(back, b->reason),
                           money(back, sum, b->worth), b->exchange, b->exchange_name);
            else if (b)
                speech_say(speech, key, _("%lld of line %zu back, %s, worth %s"), (long long)b->qty,
                           i + 1, reason_name(back, b->reason), money(back, sum, b->worth));
        }
    }
}

void return_view_say(struct app *app, struct speech *speech)
{
    const struct back *back = app->back;
    const struct reply_return_quote *q = &back->quote;
    struct arena *arena = arena_new();
    char fee[MONEY_TEXT], refund[MONEY_TEXT], due[MONEY_TEXT], day[WHEN_TEXT], key[32];
    if (!back->has_quote) {
        speech_say(speech, "title", "%s: %s", back->order,
                   back->query.waiting ? ".." : back->query.error);
        arena_free(arena);
        return;
    }
    speech_say(speech, "title", _("RETURN of order %s, %s, until %s"), q->order,
               *q->customer_name ? q->customer_name : q->distributor_name,
               when_day(day, q->last_day));
    speech_say(speech, "reasons", _("reasons: %s"), return_view_reasons(arena, back));
    say_lines(back, speech);
    if (q->nbacks)
        speech_say(speech, "money", _("fee %s, refund %s %s, to pay %s"), money(back, fee, q->fee),
                   money(back, refund, q->refund), q->currency, money(back, due, q->due));
    for (size_t i = 0; i < q->nproblems; i++) {
        snprintf(key, sizeof key, "problem %zu", i);
        if (strcmp(q->problems[i].code, "return_nothing") != 0)
            speech_warn(speech, key, !q->problems[i].warning, "%s", q->problems[i].say);
    }
    if (back->made_arena)
        speech_answer(speech, "made", back->made.number, ": ", back->say);
    arena_free(arena);
}
