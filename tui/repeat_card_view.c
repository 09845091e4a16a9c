#include "tui/repeat_card_view.h"

#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

/* ---- drawing --------------------------------------------------------------------------------- */

static const char *mark(const struct repeat_card *card, bool keyed)
{
    return keyed && !repeat_card_is_new(card) ? "*" : "";
}

static void draw_who(const struct repeat_card *card, const struct frame *frame)
{
    const struct reply_repeat *stored = &card->stored;
    bool is_active = !repeat_card_is_new(card) && strcmp(stored->state, "active") == 0;
    if (repeat_card_is_new(card))
        frame_printf(frame, 0, ROLE_STRONG, " NEW REPEAT ORDER   %s %s   not begun yet: F9",
                     card->draft.distributor ? card->draft.distributor : "-",
                     card->quote_arena ? card->quote.distributor_name : "");
    else
        frame_printf(frame, 0, is_active ? ROLE_STRONG : ROLE_WARN, " REPEAT ORDER %s   %s   %s %s",
                     stored->id, tongue_word("repeat", stored->state), stored->distributor,
                     stored->name);
    if (!repeat_card_is_new(card) && *stored->customer_name)
        frame_printf(frame, 1, ROLE_PLAIN, " for %s", stored->customer_name);
    else if (repeat_card_is_new(card) && card->draft.customer && card->quote_arena)
        frame_printf(frame, 1, ROLE_PLAIN, " for %s", card->quote.customer_name);
    else
        frame_printf(frame, 1, ROLE_PLAIN, " %s", _(order_type_info(card->draft.type)->title));
}

static const char *pays_say(const char *pays)
{
    return strcmp(pays, "balance") == 0 ? _("paid from the balance")
           : strcmp(pays, "card") == 0  ? _("paid by the stored card")
                                        : _("due each time");
}

static void draw_plan(const struct repeat_card *card, const struct frame *frame)
{
    struct arena *arena = arena_new();
    struct text text, was;
    text_init(&text, arena);
    text_init(&was, arena);
    repeat_plan_say(&text, &card->plan);
    repeat_plan_say(&was, &card->stored.plan);
    if (!repeat_card_is_new(card) && card->plan_keyed)
        frame_printf(frame, 2, ROLE_WARN, " *%s, was %s   %s%s", text.data, was.data,
                     mark(card, card->pays_keyed), pays_say(card->pays));
    else
        frame_printf(frame, 2, ROLE_PLAIN, " %s   %s%s", text.data, mark(card, card->pays_keyed),
                     pays_say(card->pays));
    arena_free(arena);
}

/* What became of a card that was declined; false: nothing that is to be told. */
static bool draw_charge(const struct reply_repeat *stored, const struct frame *frame)
{
    char next[WHEN_TEXT];
    bool is_open = strcmp(stored->charge_state, "open") == 0;
    bool is_over =
        strcmp(stored->charge_state, "given_up") == 0 && strcmp(stored->state, "paused") == 0;
    if (is_open && *stored->charge_next)
        frame_printf(frame, 3, ROLE_WARN, " Order %s: the card was declined, asked again on %s",
                     stored->charge_order, when_day(next, stored->charge_next));
    else if (is_open)
        frame_printf(frame, 3, ROLE_WARN, " Order %s: the card is being asked again",
                     stored->charge_order);
    else if (is_over)
        frame_printf(frame, 3, ROLE_STOP, " Paused: the card for order %s was declined too often",
                     stored->charge_order);
    return is_open || is_over;
}

/* When it comes next, unless it does not. */
static void draw_days(const struct repeat_card *card, const struct frame *frame)
{
    const struct reply_repeat *stored = &card->stored;
    char due[WHEN_TEXT], then[2][WHEN_TEXT], retry[WHEN_TEXT], total[MONEY_TEXT];
    if (repeat_card_is_new(card) || draw_charge(stored, frame) ||
        strcmp(stored->state, "active") != 0)
        return;
    when_day(due, stored->due);
    for (size_t i = 0; i < ARRAY_LEN(then); i++)
        when_day(then[i], stored->then[i]);
    if (*stored->retry)
        frame_printf(frame, 3, ROLE_WARN, " Next %s: could not be placed, tried again on %s", due,
                     when_day(retry, stored->retry));
    else if (stored->told_total >= 0)
        frame_printf(frame, 3, ROLE_PLAIN, " Next %s, then %s, %s   told: %s %s", due, then[0],
                     then[1],
                     money_format(total, money_of(stored->told_total), stored->exponent, true),
                     stored->currency);
    else
        frame_printf(frame, 3, ROLE_PLAIN, " Next %s, then %s, %s", due, then[0], then[1]);
}

static int at(const struct repeat_card *card, const struct frame *frame, int top, int n)
{
    int row = top + n - card->first;
    return n >= card->first && row < frame->rows - 1 ? row : -1;
}

static const char *amount(const struct repeat_card *card, char out[MONEY_TEXT], int64_t minor)
{
    int exponent = card->quote_arena ? card->quote.exponent : card->stored.exponent;
    return money_format(out, money_of(minor), exponent, true);
}

enum { NAME = 12, QTY = 6, AMOUNT = 11 };

static int name_width(const struct frame *frame)
{
    int width = frame->cols - NAME - QTY - AMOUNT - 2;
    return width < QTY ? QTY : width;
}

static void draw_heads(const struct repeat_card *card, const struct frame *frame, int row)
{
    int y = frame->top + row, name = name_width(frame);
    if (row >= frame->rows)
        return;
    terminal_put(y, 0, frame->cols, ROLE_HEAD,
                 card->lines_keyed && !repeat_card_is_new(card) ? _("*Ln SKU     Description")
                                                                : _(" Ln SKU     Description"));
    terminal_put_right(y, NAME + name, QTY, ROLE_HEAD, _("Qty"));
    terminal_put_right(y, NAME + name + QTY, AMOUNT, ROLE_HEAD, _("Amount"));
}

static void draw_line(const struct repeat_card *card, const struct frame *frame, int row, size_t i)
{
    const struct draft_line *line = &card->draft.lines[i];
    const struct reply_line *priced = repeat_card_line(card, line->id);
    char sum[MONEY_TEXT];
    int y = frame->top + row, name = name_width(frame);
    if (row < 0)
        return;
    terminal_printf(y, 0, NAME, ROLE_PLAIN, " %2zu %s", i + 1, line->sku);
    terminal_put(y, NAME, name, ROLE_PLAIN, priced ? priced->name : "..");
    terminal_printf(y, NAME + name, QTY, ROLE_PLAIN, "%6lld", (long long)line->qty);
    terminal_put_right(y, NAME + name + QTY, AMOUNT, ROLE_PLAIN,
                       priced && priced->priced ? amount(card, sum, priced->amount) : "..");
}

static void draw_total(const struct repeat_card *card, const struct frame *frame, int row)
{
    char total[MONEY_TEXT];
    if (!card->quote_arena)
        frame_printf(frame, row, ROLE_STRONG, " TOTAL ..");
    else
        frame_printf(frame, row, ROLE_STRONG, " TOTAL %s %s as an order of today%s",
                     amount(card, total, card->quote.total), card->quote.currency,
                     card->lines_keyed && !repeat_card_is_new(card) ? _("   * not saved yet") : "");
}

/* "15 Nov  placed 100006016  71.20  later: 40216": what came of a day. */
static void draw_run(const struct repeat_card *card, const struct frame *frame, int row,
                     const struct reply_repeat_run *run)
{
    char day[WHEN_TEXT], total[MONEY_TEXT];
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    text_printf(&text, " %s  %s", when_day(day, run->due), tongue_word("run", run->result));
    if (*run->order)
        text_printf(&text, " %s", run->order);
    if (run->total >= 0)
        text_printf(&text, "  %s", amount(card, total, run->total));
    if (*run->why && strcmp(run->result, "balance") != 0) /* which says it */
        text_printf(&text, "  %s", tongue_word("why", run->why));
    if (*run->out)
        text_printf(&text, _("  left out: %s"), run->out);
    if (*run->later)
        text_printf(&text, _("  later: %s"), run->later);
    bool is_bad = strcmp(run->result, "balance") == 0 || strcmp(run->result, "empty") == 0 ||
                  strcmp(run->result, "refused") == 0;
    frame_text(frame, row, is_bad ? ROLE_WARN : ROLE_PLAIN, text.data);
    arena_free(arena);
}

static int draw_rows(const struct repeat_card *card, const struct frame *frame, int top)
{
    int n = 0, row;
    for (size_t i = 0; i < card->draft.nlines; i++)
        draw_line(card, frame, at(card, frame, top, n++), i);
    if ((row = at(card, frame, top, n++)) >= 0)
        draw_total(card, frame, row);
    if (card->draft.note && *card->draft.note && (row = at(card, frame, top, n++)) >= 0)
        frame_printf(frame, row, ROLE_PLAIN, " Note     %s", card->draft.note);
    if (repeat_card_is_new(card))
        return n;
    n++;
    if ((row = at(card, frame, top, n++)) >= 0)
        frame_text(frame, row, ROLE_HEAD, card->stored.nruns ? _(" Runs") : _(" Runs: none yet"));
    for (size_t i = 0; i < card->stored.nruns; i++)
        if ((row = at(card, frame, top, n++)) >= 0)
            draw_run(card, frame, row, &card->stored.runs[i]);
    return n;
}

static const char *foot(const struct repeat_card *card)
{
    if (repeat_card_is_new(card))
        return _(" F9 begins it   every 2w 3   bal card later  .1*2 40216   F12 drops it");
    if (repeat_card_is_keyed(card))
        return _(" F9 saves what is marked *   u takes it back");
    if (strcmp(card->stored.state, "stopped") == 0)
        return _(" it is stopped for good   F8 orders the same once more");
    if (strcmp(card->stored.state, "paused") == 0)
        return _(" resume  stop  every m 15  bal card later  .1*2 40216   F8 orders it now");
    return _(" skip  pause  stop  every m 15  bal card later  .1*2 40216   F8 orders it now");
}

static void draw_foot(const struct repeat_card *card, const struct frame *frame, int room)
{
    frame_text(frame, frame->rows - 1, ROLE_DIM, foot(card));
    if (card->rows > room && frame->rows >= 2)
        frame_text(frame, frame->rows - 2, ROLE_DIM, _(" PgDn PgUp: more"));
}

void repeat_card_draw(struct repeat_card *card, const struct frame *frame)
{
    enum { LINES_TOP = 5 };
    if (!repeat_card_is_shown(card)) {
        frame_printf(frame, 0, card->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", card->id,
                     card->query.waiting ? ".." : card->query.error);
        return;
    }
    draw_who(card, frame);
    draw_plan(card, frame);
    draw_days(card, frame);
    draw_heads(card, frame, LINES_TOP - 1);
    card->rows = draw_rows(card, frame, LINES_TOP);
    draw_foot(card, frame, frame->rows - 1 - LINES_TOP);
}

/* ---- without a screen ------------------------------------------------------------------------ */

static void say_lines(const struct repeat_card *card, struct speech *speech)
{
    char key[32], sum[MONEY_TEXT];
    for (size_t i = 0; i < card->draft.nlines; i++) {
        const struct draft_line *line = &card->draft.lines[i];
        const struct reply_line *priced = repeat_card_line(card, line->id);
        snprintf(key, sizeof key, "line %zu", i);
        speech_say(speech, key, _("line %zu: %lld*%s %s, %s"), i + 1, (long long)line->qty,
                   line->sku, priced ? priced->name : "",
                   priced ? amount(card, sum, priced->amount) : "..");
    }
    if (card->quote_arena)
        speech_say(speech, "total", _("total %s %s as an order of today"),
                   amount(card, sum, card->quote.total), card->quote.currency);
}

static void say_runs(const struct repeat_card *card, struct speech *speech)
{
    char key[32], day[WHEN_TEXT];
    for (size_t i = 0; i < card->stored.nruns; i++) {
        const struct reply_repeat_run *run = &card->stored.runs[i];
        snprintf(key, sizeof key, "run %zu", i);
        speech_say(speech, key, _("run of %s: %s %s %s"), when_day(day, run->due),
                   tongue_word("run", run->result), run->order,
                   *run->why ? tongue_word("why", run->why) : "");
    }
}

void repeat_card_speak(const struct repeat_card *card, struct speech *speech)
{
    char day[WHEN_TEXT];
    struct arena *arena = arena_new();
    struct text plan;
    text_init(&plan, arena);
    repeat_plan_say(&plan, &card->plan);
    if (repeat_card_is_new(card))
        speech_say(speech, "title", _("NEW REPEAT ORDER: /9 begins it"));
    else if (card->has_stored)
        speech_say(speech, "title", _("REPEAT ORDER %s: %s, %s %s"), card->id,
                   tongue_word("repeat", card->stored.state), card->stored.distributor,
                   card->stored.name);
    else if (card->query.waiting)
        speech_say(speech, "title", _("REPEAT ORDER %s: no answer yet"), card->id);
    else
        speech_warn(speech, "title", true, "%s: %s", card->id, card->query.error);
    if (repeat_card_is_shown(card)) {
        speech_say(speech, "plan", "%s, %s", plan.data, pays_say(card->pays));
        if (!repeat_card_is_new(card))
            speech_say(speech, "next", _("next %s"), when_day(day, card->stored.due));
        say_lines(card, speech);
        if (!repeat_card_is_new(card))
            say_runs(card, speech);
    }
    arena_free(arena);
}
