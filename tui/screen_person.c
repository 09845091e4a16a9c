/* One person: how to reach them, where things go, what stands on the account, what they ordered
 * last; a digit opens an order, F8 changes the details, and a new order is one key away. */
#include "core/wire/reply_around.h"
#include "tui/details.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/order_view.h"
#include "tui/query.h"
#include "tui/speech.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS_MOST = 5 };

struct person {
    char id[32];
    bool is_customer;
    struct query query, orders_query;
    bool has_person;
    struct reply_person_card person;
    struct reply_orders orders;
};

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct person *person = owner;
    if (answer->context == person->query.asked)
        person->has_person = false;
    if (!query_answer(&person->query, answer))
        return;
    person->has_person =
        reply_person_card_read(person->query.arena, answer->body, answer->len, &person->person);
    if (!person->has_person)
        query_unreadable(&person->query);
}

static void orders_take(void *owner, const struct answer *answer)
{
    struct person *person = owner;
    if (answer->context == person->orders_query.asked)
        person->orders.n = 0;
    if (!query_answer(&person->orders_query, answer))
        return;
    if (!reply_orders_read(person->orders_query.arena, answer->body, answer->len, &person->orders))
        query_unreadable(&person->orders_query);
    if (person->orders.n > ORDERS_MOST)
        person->orders.n = ORDERS_MOST;
}

static void ask(struct app *app)
{
    struct person *person = app->person;
    const char *kind = person->is_customer ? "customer" : "distributor";
    struct arena *arena = arena_new();
    const char *id = query_escape(arena, person->id);
    query_ask(&person->query, app, arena_printf(arena, "/%ss/%s", kind, id), take, person);
    query_ask(&person->orders_query, app,
              arena_printf(arena, "/orders?%s=%s&limit=%d", kind, id, ORDERS_MOST), orders_take,
              person);
    arena_free(arena);
}

static void open(struct app *app, const char *id, bool is_customer)
{
    if (!app->person && !(app->person = calloc(1, sizeof *app->person)))
        abort();
    struct person *person = app->person;
    snprintf(person->id, sizeof person->id, "%s", id);
    person->is_customer = is_customer;
    person->has_person = false;
    person->orders.n = 0;
    ask(app);
    app_show(app, &screen_person);
}

void open_person(struct app *app, const char *distributor)
{
    open(app, distributor, false);
}

void open_customer(struct app *app, const char *id)
{
    open(app, id, true);
}

const char *person_distributor(const struct app *app)
{
    const struct person *person = app->person;
    return person && !person->is_customer ? person->id : NULL;
}

const char *person_customer(const struct app *app)
{
    const struct person *person = app->person;
    bool is = person && person->is_customer && app_screen(app)->id == SCREEN_person;
    return is ? person->id : NULL;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static const char *or_none(const char *text)
{
    return *text ? text : "-";
}

static void draw_distributor(const struct reply_person_card *p, const struct frame *frame)
{
    char balance[MONEY_TEXT], pv[MONEY_TEXT], cv[MONEY_TEXT];
    const char *status = tongue_word("person", p->status);
    struct arena *arena = arena_new();
    int others = text_cells(arena_printf(arena, " %s    %s   %s", p->id, p->rank_name, status));
    frame_printf(frame, 0, strcmp(p->status, "active") == 0 ? ROLE_STRONG : ROLE_STOP,
                 " %s %s   %s   %s", p->id, frame_name(arena, p->name, frame->cols - others),
                 p->rank_name, status);
    arena_free(arena);
    frame_printf(frame, 1, ROLE_PLAIN, " since %s   last active %s   sponsor %s", p->joined,
                 or_none(p->last_active), or_none(p->sponsor));
    frame_printf(frame, 2, ROLE_PLAIN, " Balance %s %s   this month PV %s  CV %s",
                 money_format(balance, money_of(p->balance), p->exponent, true), p->currency,
                 money_format(pv, money_of(p->pv), 2, true),
                 money_format(cv, money_of(p->cv), 2, true));
}

/* Store credit, and what is pending, where there is any. */
static const char *credit_text(struct arena *arena, const struct reply_person_card *p)
{
    char credit[MONEY_TEXT], pending[MONEY_TEXT], day[WHEN_TEXT];
    money_format(credit, money_of(p->credit), p->exponent, true);
    money_format(pending, money_of(p->pending), p->exponent, true);
    if (!p->pending)
        return arena_printf(arena, _("Store credit %s %s"), credit, p->currency);
    if (!*p->usable_on)
        return arena_printf(arena, _("Store credit %s %s   pending %s"), credit, p->currency,
                            pending);
    return arena_printf(arena, _("Store credit %s %s   pending %s, usable from %s"), credit,
                        p->currency, pending, when_day(day, p->usable_on));
}

static void draw_credit(const struct reply_person_card *p, const struct frame *frame, int row)
{
    struct arena *arena = arena_new();
    if (p->credit || p->pending)
        frame_printf(frame, row, ROLE_PLAIN, " %s", credit_text(arena, p));
    arena_free(arena);
}

static int draw_addresses(const struct reply_person_card *p, const struct frame *frame, int row)
{
    struct arena *arena = arena_new();
    frame_text(frame, row, ROLE_HEAD, _(" Address"));
    for (size_t i = 0; i < p->naddresses && i < 4; i++) {
        struct text text;
        text_init(&text, arena);
        text_printf(&text, "%zu %s  ", i + 1, p->labels[i]);
        if (*p->addresses[i].name)
            text_printf(&text, "%s, ", p->addresses[i].name);
        order_view_address(&text, &p->addresses[i]);
        frame_wrap(frame, row++, 12, 1, ROLE_PLAIN, text.data);
    }
    if (p->naddresses == 0)
        frame_wrap(frame, row++, 12, 1, ROLE_WARN, "-");
    arena_free(arena);
    return row;
}

static void draw_orders(const struct person *person, const struct frame *frame, int row)
{
    char when[WHEN_TEXT], total[MONEY_TEXT];
    frame_text(frame, row, ROLE_HEAD, _(" Last orders"));
    if (*person->orders_query.error)
        frame_printf(frame, row + 1, ROLE_STOP, "   %s", person->orders_query.error);
    else if (person->orders.n == 0)
        frame_text(frame, row + 1, ROLE_DIM, person->orders_query.waiting ? "   .." : _("   none"));
    for (size_t i = 0; i < person->orders.n; i++) {
        const struct reply_order_row *order = &person->orders.items[i];
        frame_printf(frame, row + 1 + (int)i, ROLE_PLAIN, " %2zu %s  %s %12s %s  %3lld ln  %s  %s",
                     i + 1, order->number, when_text(when, order->placed_at),
                     money_format(total, money_of(order->total), order->exponent, true),
                     order->currency, (long long)order->lines, tongue_word("order", order->state),
                     person->is_customer ? "" : order->customer_name);
    }
}

static void draw(struct app *app, struct frame *frame)
{
    const struct person *person = app->person;
    const struct reply_person_card *p = &person->person;
    if (!person->has_person) {
        frame_printf(frame, 0, person->query.waiting ? ROLE_DIM : ROLE_STOP, " %s %s", person->id,
                     person->query.waiting ? ".." : person->query.error);
        return;
    }
    if (person->is_customer)
        frame_printf(frame, 0, ROLE_STRONG, " %s   customer of %s", p->name, p->distributor);
    else
        draw_distributor(p, frame);
    int row = person->is_customer ? 2 : 4;
    draw_credit(p, frame, row - 1);
    frame_printf(frame, row, ROLE_PLAIN, " Phone      %s", or_none(p->phone));
    frame_printf(frame, row + 1, ROLE_PLAIN, " E-mail     %s", or_none(p->email));
    row = draw_addresses(p, frame, row + 2);
    draw_orders(person, frame, row + 1);
    row += 3 + (int)(person->orders.n ? person->orders.n : 1);
    frame_text(frame, row, ROLE_DIM,
               _(" 1-5 opens an order; o all of them; rep repeat orders; F9 changes the details"));
}

static void say_orders(const struct person *person, struct speech *speech)
{
    char when[WHEN_TEXT], total[MONEY_TEXT], key[32];
    for (size_t i = 0; i < person->orders.n; i++) {
        const struct reply_order_row *order = &person->orders.items[i];
        snprintf(key, sizeof key, "order %zu", i);
        speech_say(speech, key, _("order %zu: %s, %s, %s %s, %s"), i + 1, order->number,
                   when_text(when, order->placed_at),
                   money_format(total, money_of(order->total), order->exponent, true),
                   order->currency, tongue_word("order", order->state));
    }
}

static void say(struct app *app, struct speech *speech)
{
    const struct person *person = app->person;
    const struct reply_person_card *p = &person->person;
    char balance[MONEY_TEXT], key[32];
    if (!person->has_person) {
        speech_say(speech, "title", _("PERSON: %s"), person->id);
        if (!person->query.waiting)
            speech_warn(speech, "error", true, "%s", person->query.error);
        return;
    }
    speech_say(speech, "title", _("PERSON: %s"), p->name);
    if (person->is_customer)
        speech_say(speech, "of", _("customer of %s"), p->distributor);
    else
        speech_say(speech, "balance", _("%s, %s, %s, balance %s %s"), p->id, p->rank_name,
                   tongue_word("person", p->status),
                   money_format(balance, money_of(p->balance), p->exponent, true), p->currency);
    speech_say(speech, "phone", _("phone %s"), or_none(p->phone));
    speech_say(speech, "email", _("e-mail %s"), or_none(p->email));
    struct arena *arena = arena_new();
    if (p->credit || p->pending)
        speech_say(speech, "credit", "%s", credit_text(arena, p));
    for (size_t i = 0; i < p->naddresses; i++) {
        struct text text;
        text_init(&text, arena);
        order_view_address(&text, &p->addresses[i]);
        snprintf(key, sizeof key, "address %zu", i);
        speech_say(speech, key, _("address %zu: %s"), i + 1, text.data);
    }
    arena_free(arena);
    say_orders(person, speech);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int candidates(const struct app *app)
{
    return app->person->orders_query.waiting ? 0 : (int)app->person->orders.n;
}

static void pick(struct app *app, const struct entry_command *command)
{
    open_placed(app, app->person->orders.items[command->number - 1].number);
}

/* `o` alone is about whom the screen shows. */
static void orders(struct app *app, const struct entry_command *command)
{
    const struct person *person = app->person;
    const char *text = command->text;
    if (!*text && person->has_person)
        text = person->is_customer ? person->person.name : person->id;
    open_orders(app, text);
}

static void edit(struct app *app)
{
    const struct person *person = app->person;
    if (person->has_person)
        open_details(app, &person->person, person->is_customer);
    else
        app_say(app, ROLE_WARN, "the person is not shown yet.");
}

static void certificates(struct app *app)
{
    open_certificates(app, app->person->id, app->person->is_customer);
}

static void entered(struct app *app)
{
    if (app->person && app->person->has_person)
        ask(app); /* it may have been changed on the screen before */
}

const struct screen screen_person = {
    .id = SCREEN_person,
    .grammar = AT_FIND,
    .enter = entered,
    .draw = draw,
    .say = say,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick, [ENTRY_ORDERS] = orders},
    .actions = {[ACTION_REFRESH] = ask, [ACTION_EDIT] = edit, [ACTION_CERTIFICATES] = certificates},
};
