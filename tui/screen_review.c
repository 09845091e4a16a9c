/* What is read to the caller, where it goes, how it is paid, and what stands in the way; F9 here
 * places the order for exactly the total shown. */
#include "core/readback.h"
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/order_speech.h"
#include "tui/order_view.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct review {
    struct app *app;
    struct arena *arena; /* of the person's addresses */
    struct reply_person person;
    char asked_for[32];
    int64_t last_total; /* what the review showed before; -1: nothing */
};

/* ---- the person's addresses ------------------------------------------------------------------ */

static void addresses_take(void *owner, const struct answer *answer)
{
    struct review *review = owner;
    struct arena *arena = arena_new();
    struct reply_person person;
    if (answer_is_ok(answer) && reply_person_read(arena, answer->body, answer->len, &person) &&
        strcmp(person.id, review->asked_for) == 0) {
        arena_free(review->arena);
        review->arena = arena;
        review->person = person;
    } else {
        arena_free(arena);
    }
}

static void addresses_ask(struct app *app, const char *distributor)
{
    struct review *review = app->review;
    if (!distributor || strlen(distributor) >= sizeof review->asked_for ||
        strcmp(distributor, review->asked_for) == 0)
        return;
    arena_free(review->arena);
    review->arena = NULL;
    review->person = (struct reply_person){.id = ""};
    strcpy(review->asked_for, distributor);
    struct arena *arena = arena_new();
    client_send(app->client,
                &(struct request){.method = "GET",
                                  .path = arena_printf(arena, "/distributors/%s", distributor),
                                  .tries = 3,
                                  .done = addresses_take,
                                  .owner = review});
    arena_free(arena);
}

void open_review(struct app *app)
{
    if (!app->review && !(app->review = calloc(1, sizeof *app->review)))
        abort();
    app->review->app = app;
    app->review->last_total = -1;
    app->order->frozen = -1;
    order_review(app->order);
    addresses_ask(app, order_draft(app->order)->distributor);
    app_show(app, &screen_review);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_title(const struct app *app, const struct frame *frame)
{
    const struct order *order = app->order;
    const struct reply_quote *quote = &order->quote;
    char total[MONEY_TEXT], old[MONEY_TEXT];
    const char *person = order_draft(order)->distributor;
    if (order->frozen < 0) {
        frame_printf(frame, 0, ROLE_DIM, " %s %s   the total is being confirmed ..",
                     person ? person : "", quote->distributor_name ? quote->distributor_name : "");
        return;
    }
    int64_t before = app->review->last_total;
    bool moved = before >= 0 && before != order->frozen;
    app_amount(app, total, order->frozen);
    if (moved)
        frame_printf(frame, 0, ROLE_STRONG, " %s %s   total %s %s, was %s   nothing charged yet",
                     person ? person : "", quote->distributor_name, total, quote->currency,
                     app_amount(app, old, before));
    else
        frame_printf(frame, 0, ROLE_STRONG, " %s %s   total %s %s   nothing charged yet",
                     person ? person : "", quote->distributor_name, total, quote->currency);
}

static void draw_type(const struct app *app, const struct frame *frame)
{
    const char *note = order_draft(app->order)->note;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    order_view_type(&text, app->order);
    if (note)
        text_printf(&text, _("   Note %s"), note);
    frame_text(frame, 1, ROLE_PLAIN, text.data);
    arena_free(arena);
}

static const char *readback_text(const struct order *order, struct arena *arena)
{
    struct text text, place;
    size_t lines = order_lines(order), n = 0;
    struct readback_item *items = ARENA_ARRAY(arena, struct readback_item, lines);
    text_init(&text, arena);
    text_init(&place, arena);
    for (size_t number = 1; number <= lines; number++) {
        const struct reply_line *quoted = order_line_quoted(order, number);
        const struct draft_line *line = order_line(order, number);
        if (!quoted)
            continue;
        const char *spoken = *quoted->spoken ? quoted->spoken : quoted->name;
        items[n++] =
            (struct readback_item){line->qty, quoted->back_ordered, *spoken ? spoken : line->sku};
    }
    order_view_address(&place, &order->quote.ship_to);
    readback_say(&text, &(struct readback){.language = tongue_language(),
                                           .items = items,
                                           .nitems = n,
                                           .place = place.data,
                                           .currency = order->quote.currency,
                                           .exponent = order->quote.exponent,
                                           .total = money_of(order->frozen)});
    return text.data;
}

static int draw_readback(const struct app *app, const struct frame *frame, int row)
{
    struct arena *arena = arena_new();
    frame_text(frame, row, ROLE_HEAD, _(" READ BACK"));
    int used = 1;
    if (app->order->frozen >= 0)
        used = frame_wrap(frame, row, 12, 7, ROLE_STRONG, readback_text(app->order, arena));
    arena_free(arena);
    return row + (used ? used : 1);
}

/* The addresses that can be chosen: the distributor's, where the parcel goes to her; at most 4. */
static size_t own_addresses(const struct app *app)
{
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_person *person = &app->review->person;
    bool own = app->review->arena && draft->destination == SHIP_distributor && draft->distributor &&
               strcmp(person->id, draft->distributor) == 0;
    size_t n = own ? person->naddresses : 0;
    return n < 4 ? n : 4;
}

static int draw_ship(const struct app *app, const struct frame *frame, int row)
{
    const struct order_draft *draft = order_draft(app->order);
    const struct reply_person *person = &app->review->person;
    struct arena *arena = arena_new();
    struct text text;
    size_t n = own_addresses(app), chosen = (size_t)draft->address_choice;
    frame_text(frame, row, ROLE_HEAD, _(" Ship"));
    for (size_t i = 0; i < n; i++) {
        text_init(&text, arena);
        text_printf(&text, "a %zu%s ", i + 1, i + 1 == (chosen ? chosen : 1) ? "*" : " ");
        order_view_address(&text, &person->addresses[i]);
        frame_wrap(frame, row++, 12, 1, ROLE_PLAIN, text.data);
    }
    if (n == 0) {
        text_init(&text, arena);
        if (app->order->quote_arena)
            order_view_address(&text, &app->order->quote.ship_to);
        frame_wrap(frame, row++, 12, 1, ROLE_PLAIN, text.len ? text.data : "-");
    }
    arena_free(arena);
    return row;
}

static int draw_pay(const struct app *app, const struct frame *frame, int row)
{
    const struct order *order = app->order;
    char due[MONEY_TEXT], used[MONEY_TEXT], balance[MONEY_TEXT], text[256];
    int64_t pays = order_from_balance(order);
    frame_text(frame, row, ROLE_HEAD, _(" Pay"));
    if (order->frozen < 0)
        return row + 1;
    app_amount(app, due, order->frozen - pays);
    app_amount(app, balance, order->quote.balance);
    if (pays)
        snprintf(text, sizeof text, _("Due later %s   from balance %s of %s   later undoes it"),
                 due, app_amount(app, used, pays), balance);
    else if (order_balance_most(order) > 0)
        snprintf(text, sizeof text, _("Due later %s   Balance %s   bal pays, bal 5.00 a part"), due,
                 balance);
    else
        snprintf(text, sizeof text, _("Due later %s   Balance %s"), due, balance);
    frame_wrap(frame, row, 12, 1, ROLE_PLAIN, text);
    return row + 1;
}

/* As many as there is room for; the last row counts the others. */
static int draw_check(const struct app *app, const struct frame *frame, int row,
                      const struct reply_problem *problems, size_t n)
{
    struct arena *arena = arena_new();
    struct text text;
    int last = frame->rows - 1;
    for (size_t i = 0; i < n && row <= last; i++) {
        const struct reply_problem *problem = &problems[i];
        enum role role = problem->warning ? ROLE_WARN : ROLE_STOP;
        if (order_problem_follows(app->order, problem))
            continue;
        text_init(&text, arena);
        order_view_problem(&text, app->order, problem);
        int needs = frame_wrap(&(struct frame){.cols = frame->cols}, 0, 12, 2, role, text.data);
        bool is_last = i + 1 == n;
        if (row + needs - !is_last > last) {
            text_clear(&text);
            text_printf(&text, _("and %zu more"), n - i);
            row += frame_wrap(frame, last, 12, 1, role, text.data) + last - row;
            break;
        }
        row += frame_wrap(frame, row, 12, 2, role, text.data);
    }
    arena_free(arena);
    return row;
}

static void draw(struct app *app, struct frame *frame)
{
    struct order *order = app->order;
    struct frame above = *frame; /* the sums keep their rows */
    above.rows -= ORDER_VIEW_TOTALS;
    draw_title(app, &above);
    draw_type(app, &above);
    int row = draw_readback(app, &above, 2) + 1;
    row = draw_ship(app, &above, row);
    row = draw_pay(app, &above, row);
    frame_text(&above, row, ROLE_HEAD, _(" Check"));
    bool confirmed = order_confirmed(order);
    size_t n = confirmed ? order->quote.nproblems : 0;
    int after = draw_check(app, &above, row, order->quote.problems, n);
    after = draw_check(app, &above, after, order->trouble.problems, order->trouble.nproblems);
    if (after == row && confirmed)
        frame_wrap(&above, row, 12, 1, ROLE_OK, _("ok: nothing stands in the way"));
    order_view_totals(app, frame);
}

/* ---- saying ---------------------------------------------------------------------------------- */

static void say_ship(const struct app *app, struct speech *speech, struct arena *arena)
{
    const struct order_draft *draft = order_draft(app->order);
    size_t n = own_addresses(app), chosen = (size_t)draft->address_choice;
    struct text text;
    char key[32];
    text_init(&text, arena);
    if (n == 0 && app->order->quote_arena)
        order_view_address(&text, &app->order->quote.ship_to);
    if (n == 0)
        speech_say(speech, "ship", _("ship to %s"), text.len ? text.data : "-");
    for (size_t i = 0; i < n; i++) {
        text_clear(&text);
        order_view_address(&text, &app->review->person.addresses[i]);
        snprintf(key, sizeof key, "address %zu", i);
        speech_say(speech, key,
                   i + 1 == (chosen ? chosen : 1) ? _("address %zu, chosen: %s")
                                                  : _("address %zu: %s"),
                   i + 1, text.data);
    }
}

static void say_pay(const struct app *app, struct speech *speech)
{
    const struct order *order = app->order;
    char due[MONEY_TEXT], used[MONEY_TEXT], balance[MONEY_TEXT];
    int64_t pays = order_from_balance(order);
    if (order->frozen < 0)
        return;
    app_amount(app, balance, order->quote.balance);
    if (pays)
        speech_say(speech, "balance", _("from the balance %s of %s; later undoes it"),
                   app_amount(app, used, pays), balance);
    else if (order_balance_most(order) > 0)
        speech_say(speech, "balance", _("balance %s: bal pays with it, bal 5.00 a part"), balance);
    speech_say(speech, "due", _("due later %s"), app_amount(app, due, order->frozen - pays));
}

static void say_total(const struct app *app, struct speech *speech)
{
    const struct order *order = app->order;
    char total[MONEY_TEXT], old[MONEY_TEXT];
    if (order->frozen < 0) {
        speech_say(speech, "total", _("the total is being confirmed .."));
        return;
    }
    app_amount(app, total, order->frozen);
    int64_t before = app->review->last_total;
    if (before >= 0 && before != order->frozen)
        speech_say(speech, "total", _("total %s %s, was %s; nothing charged yet"), total,
                   order->quote.currency, app_amount(app, old, before));
    else
        speech_say(speech, "total", _("total %s %s, nothing charged yet"), total,
                   order->quote.currency);
}

static void say(struct app *app, struct speech *speech)
{
    struct order *order = app->order;
    struct arena *arena = arena_new();
    const struct order_draft *draft = order_draft(order);
    speech_say(speech, "title", _("REVIEW: %s %s"), draft->distributor ? draft->distributor : "-",
               order->quote.distributor_name);
    order_say_type(app, speech);
    if (order->frozen >= 0)
        speech_say(speech, "readback", _("read back: %s"), readback_text(order, arena));
    say_ship(app, speech, arena);
    order_say_sums(app, speech);
    say_pay(app, speech);
    size_t told =
        order_say_problems(app, speech, order->trouble.problems, order->trouble.nproblems);
    if (order_confirmed(order))
        told += order_say_problems(app, speech, order->quote.problems, order->quote.nproblems);
    if (order_confirmed(order) && told == 0)
        speech_say(speech, "check", _("ok: nothing stands in the way"));
    say_total(app, speech);
    arena_free(arena);
}

/* ---- commands -------------------------------------------------------------------------------- */

static void pay_balance(struct app *app, const struct entry_command *command)
{
    char amount[MONEY_TEXT];
    int64_t most = order_balance_most(app->order);
    if (app->order->frozen >= 0 && (most == 0 || command->amount.minor > most)) {
        app_say(app, ROLE_STOP, "the balance can pay %s of this order.",
                app_amount(app, amount, most));
        return;
    }
    order_pay(app->order, true, command->has_amount ? command->amount.minor : 0);
    if (app->order->frozen >= 0)
        app_say(app, ROLE_OK, "ok  %s from the balance",
                app_amount(app, amount, order_from_balance(app->order)));
}

static void pay_later(struct app *app, const struct entry_command *command)
{
    (void)command;
    order_pay(app->order, false, 0);
    app_say(app, ROLE_OK, "ok  all of it is due later");
}

static void place(struct app *app)
{
    if (client_is_expired(app->client)) {
        app_sign_in_again(app);
        return;
    }
    order_place(app->order);
}

static void reprice(struct app *app)
{
    app->review->last_total = app->order->frozen;
    app->order->frozen = -1;
    order_reprice(app->order);
}

static void hold(struct app *app)
{
    app_back_to(app, &screen_order);
    app_function(app, 6);
}

static void back(struct app *app)
{
    app_back_to(app, &screen_order);
}

const struct screen screen_review = {
    .id = SCREEN_review,
    .grammar = AT_REVIEW,
    .draw = draw,
    .say = say,
    .commands = {[ENTRY_BALANCE] = pay_balance, [ENTRY_LATER] = pay_later},
    .actions = {[ACTION_PLACE] = place,
                [ACTION_REPRICE] = reprice,
                [ACTION_HOLD] = hold,
                [ACTION_BACK] = back},
};
