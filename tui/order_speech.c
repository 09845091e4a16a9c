#include "tui/order_speech.h"

#include "core/text.h"
#include "tui/home_drafts.h"
#include "tui/kit_choose.h"
#include "tui/last_order.h"
#include "tui/order_change_view.h"
#include "tui/order_promo.h"
#include "tui/order_view.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <string.h>

enum { KEY = 128 };

static void say_person(const struct app *app, struct speech *speech)
{
    const struct order *order = app->order;
    const struct reply_quote *quote = &order->quote;
    const char *person = order_draft(order)->distributor;
    char key[KEY], balance[MONEY_TEXT];
    snprintf(key, sizeof key, "title %s", order->ulid);
    if (!person)
        speech_say(speech, key,
                   _("ORDER: who orders? type the distributor's number, name or telephone"));
    else if (order->quote_arena && strcmp(quote->distributor, person) == 0)
        speech_say(speech, key, _("ORDER: %s %s, %s, %s, balance %s"), person,
                   quote->distributor_name, quote->rank_name, tongue_word("person", quote->status),
                   app_amount(app, balance, quote->balance));
    else
        speech_say(speech, key, _("ORDER: %s"), person);
}

void order_say_type(const struct app *app, struct speech *speech)
{
    const struct order *order = app->order;
    const struct order_draft *draft = order_draft(order);
    const char *title = order_type_info(draft->type)->title, *text = _(title);
    struct arena *arena = arena_new();
    if (draft->customer)
        text = arena_printf(arena, _("%s for %s"), _(title),
                            *order->quote.customer_name ? order->quote.customer_name : "..");
    speech_answer(speech, arena_printf(arena, "type %s", order->ulid), _("type: "), text, "");
    for (size_t i = 0; i < draft->ncoupons; i++)
        speech_answer(speech, arena_printf(arena, "coupon %s %zu", order->ulid, i), _("coupon: "),
                      draft->coupons[i], "");
    if (draft->note)
        speech_answer(speech, arena_printf(arena, "note %s", order->ulid), _("note: "), draft->note,
                      "");
    arena_free(arena);
}

static void say_ship(const struct app *app, struct speech *speech)
{
    struct arena *arena = arena_new();
    struct text ship;
    char key[KEY];
    text_init(&ship, arena);
    snprintf(key, sizeof key, "ship %s", app->order->ulid);
    if (app->order->quote_arena)
        order_view_address(&ship, &app->order->quote.ship_to);
    if (ship.len)
        speech_say(speech, key, _("ship to %s"), ship.data);
    arena_free(arena);
}

static void say_last(const struct app *app, struct speech *speech)
{
    const struct reply_order *last = last_order(app);
    char day[WHEN_TEXT], total[MONEY_TEXT];
    if (!last || app->order->change)
        return;
    when_short(day, last->placed_at);
    speech_say(speech, last->number, _("last order %s, %s; /8 repeats it"), day,
               money_format(total, money_of(last->total), last->exponent, true));
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* The server has it, and has nothing against it. */
static bool line_is_ok(const struct order *order, size_t number)
{
    const struct reply_problem *problem;
    for (size_t nth = 0; (problem = order_problem(order, number, nth)); nth++)
        if (!problem->warning)
            return false;
    return order_line_confirmed(order, number);
}

static void say_line(const struct app *app, struct speech *speech, struct arena *arena,
                     size_t number)
{
    const struct order *order = app->order;
    const struct draft_line *line = order_line(order, number);
    const struct reply_line *quoted = order_line_quoted(order, number);
    bool priced = quoted && order_line_known(order, number) >= LINE_HERE;
    bool confirmed = order_line_confirmed(order, number);
    const char *what = arena_printf(arena, "%lld*%s", (long long)line->qty, line->sku);
    const char *amount = priced ? "-" : "..", *tail = "";
    char money[MONEY_TEXT];
    if (quoted && *quoted->name)
        what = arena_printf(arena, "%s %s", what, kit_spoken(arena, quoted, quoted->name));
    if (priced && quoted->priced)
        amount = app_amount(app, money, quoted->amount);
    if (priced && confirmed && quoted->free_stock >= 0)
        tail = arena_printf(arena, _(", free %lld"), (long long)quoted->free_stock);
    speech_answer(speech, arena_printf(arena, "line %s %s", order->ulid, line->id),
                  arena_printf(arena,
                               line_is_ok(order, number) ? _("ok line %zu: ") : _("line %zu: "),
                               number),
                  arena_printf(arena, priced && !confirmed ? _("%s, %s, not confirmed") : "%s, %s",
                               what, amount),
                  tail);
}

static void say_gifts(const struct app *app, struct speech *speech, struct arena *arena)
{
    const struct reply_quote *quote = &app->order->quote;
    for (size_t i = 0; order_priced(app->order) && i < quote->nlines; i++)
        if (*quote->lines[i].gift_of)
            speech_say(speech, arena_printf(arena, "gift %s %zu", app->order->ulid, i),
                       _("gift of %s: %lld*%s %s"), quote->lines[i].gift_of,
                       (long long)quote->lines[i].qty, quote->lines[i].sku, quote->lines[i].name);
}

/* The nearest items, of which a digit chooses one. */
static void say_candidates(const struct app *app, struct speech *speech, struct arena *arena)
{
    const struct reply_problem *problem;
    size_t number = order_line_to_mend(app->order, &problem);
    for (size_t i = 0; number && i < problem->ncandidates; i++)
        speech_say(
            speech, arena_printf(arena, "candidate %s %zu", order_line(app->order, number)->id, i),
            _("choose %zu: %s %s"), i + 1, problem->candidates[i], problem->candidate_names[i]);
}

size_t order_say_problems(const struct app *app, struct speech *speech,
                          const struct reply_problem *problems, size_t n)
{
    struct arena *arena = arena_new();
    size_t told = 0;
    for (size_t i = 0; i < n; i++) {
        struct reply_problem problem = problems[i];
        struct text text;
        if (order_problem_follows(app->order, &problem) || strcmp(problem.code, "no_lines") == 0)
            continue;
        const char *key = arena_printf(arena, "problem %s %s", problem.line, problem.code);
        if (problem.ncandidates && app_screen(app) == app_order_screen(app))
            problem.code = ""; /* what can be chosen follows, and mends it */
        text_init(&text, arena);
        order_view_problem(&text, app->order, &problem);
        speech_say(speech, key, "%s", text.data);
        told++;
    }
    arena_free(arena);
    return told;
}

/* ---- sums ------------------------------------------------------------------------------------ */

void order_say_sums(const struct app *app, struct speech *speech)
{
    const struct reply_quote *q = &app->order->quote;
    char goods[MONEY_TEXT], disc[MONEY_TEXT], ship[MONEY_TEXT], tax[MONEY_TEXT], cv[MONEY_TEXT];
    if (!order_confirmed(app->order))
        return;
    speech_say(speech, "goods", _("goods %s, discount %s"), app_amount(app, goods, q->goods),
               app_amount(app, disc, q->discount));
    speech_say(speech, "delivery", _("delivery %s"), app_amount(app, ship, q->delivery));
    speech_say(speech, "tax", q->tax_included ? _("tax included %s") : _("tax added %s"),
               app_amount(app, tax, reply_quote_tax(q)));
    speech_say(speech, "volume", _("CV %s"), money_format(cv, money_of(q->cv), 2, true));
}

static void say_total(const struct app *app, struct speech *speech)
{
    const struct order *order = app->order;
    char key[KEY], total[MONEY_TEXT];
    size_t lines = order_lines(order);
    snprintf(key, sizeof key, "total %s", order->ulid);
    if (lines == 0 || !order->quote_arena || !order_has_sums(order))
        return;
    app_amount(app, total, order->quote.total);
    if (order_confirmed(order))
        speech_say(speech, key, _("total %s %s, lines %zu"), total, order->quote.currency, lines);
    else if (order_priced(order))
        speech_say(speech, key, _("total %s %s, not confirmed, lines %zu"), total,
                   order->quote.currency, lines);
    else
        speech_say(speech, key, _("total not confirmed, was %s"), total);
}

void order_say_lines(struct app *app, struct speech *speech)
{
    struct arena *arena = arena_new();
    struct order *order = app->order;
    for (size_t number = 1; number <= order_lines(order); number++)
        say_line(app, speech, arena, number);
    if (order_confirmed(order))
        order_say_problems(app, speech, order->quote.problems, order->quote.nproblems);
    say_candidates(app, speech, arena);
    say_gifts(app, speech, arena);
    order_promo_say(app, speech);
    order_change_say(app, speech);
    say_total(app, speech);
    arena_free(arena);
}

void order_say(struct app *app, struct speech *speech)
{
    app_order(app);
    say_person(app, speech);
    order_say_type(app, speech);
    say_ship(app, speech);
    say_last(app, speech);
    order_say_lines(app, speech);
}
