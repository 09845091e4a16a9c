#include "tui/app.h"

#include "tui/charset.h"
#include "tui/counter.h"
#include "tui/frame.h"
#include "tui/held.h"
#include "tui/last_order.h"
#include "tui/listening.h"
#include "tui/office.h"
#include "tui/open.h"
#include "tui/order_change.h"
#include "tui/order_offers.h"
#include "tui/order_promo.h"
#include "tui/promodesk.h"
#include "tui/receipts.h"
#include "tui/recover.h"
#include "tui/review_say.h"
#include "tui/tongue.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void app_init(struct app *app, const struct options *options, struct client *client)
{
    *app = (struct app){.options = options, .client = client, .rtt = -1};
    app->prices = prices_new(client, options->server);
    app_show(app, &screen_signon);
    if (!charset_shows(language_info(tongue_language())->title))
        app_speak(app, tongue_language()); /* says so, in English */
}

void app_release(struct app *app)
{
    recover_release(app);
    held_release(app);
    order_free(app->order);
    journal_close(app->journal);
    prices_free(app->prices);
    arena_free(app->session_arena);
    free(app->ahead.keys);
    offers_forget(app);
    receipts_release(app);
    listening_free(app->listening);
}

/* ---- messages -------------------------------------------------------------------------------- */

void app_say(struct app *app, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->said.text, sizeof app->said.text, tongue(format), args);
    va_end(args);
    app->said.role = role;
    app->said_late = false;
    if (role == ROLE_STOP)
        terminal_bell();
}

void app_news(struct app *app, enum role role, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(app->news.text, sizeof app->news.text, tongue(format), args);
    va_end(args);
    app->news.role = role;
    app->news_at = app->now;
}

void app_say_answer(struct app *app, const struct answer *answer)
{
    if (!answer->arrived) {
        app_say(app, ROLE_STOP, "no answer: %s", answer->error);
        return;
    }
    struct arena *arena = arena_new();
    struct reply_trouble trouble;
    reply_trouble_read(arena, answer->http, answer->body, answer->len, &trouble);
    const char *more = trouble.nproblems ? trouble.problems[0].say : trouble.detail;
    app_say(app, ROLE_STOP, "%s%s%s", trouble.title, *more ? ": " : "", more);
    arena_free(arena);
}

/* ---- screens --------------------------------------------------------------------------------- */

const struct screen *app_screen(const struct app *app)
{
    return app->screens[app->depth - 1];
}

const struct screen *app_screen_below(const struct app *app)
{
    return app->depth > 1 ? app->screens[app->depth - 2] : NULL;
}

static void screen_entered(struct app *app)
{
    app->first_row = 0;
    if (app_screen(app)->enter)
        app_screen(app)->enter(app);
}

void app_show(struct app *app, const struct screen *screen)
{
    if (app->depth && app_screen(app) == screen)
        app->depth--; /* the same again takes its place */
    if (app->depth == SCREENS_DEEP) {
        for (size_t i = 1; i + 1 < SCREENS_DEEP; i++)
            app->screens[i] = app->screens[i + 1];
        app->depth--;
    }
    app->screens[app->depth++] = screen;
    screen_entered(app);
}

void app_back(struct app *app)
{
    if (app->depth < 2)
        return;
    app->depth--;
    screen_entered(app);
}

void app_back_to(struct app *app, const struct screen *screen)
{
    size_t depth = app->depth;
    while (depth > 0 && app->screens[depth - 1] != screen)
        depth--;
    if (depth == 0) {
        app_show(app, screen);
        return;
    }
    app->depth = depth;
    screen_entered(app);
}

void app_home(struct app *app)
{
    app->depth = 0;
    app_show(app, app->counter ? &screen_counter : &screen_home);
}

const struct screen *app_order_screen(const struct app *app)
{
    return app->counter ? &screen_sale : &screen_order;
}

/* ---- the open order -------------------------------------------------------------------------- */

static void order_event(void *user, struct order *order, enum order_event event)
{
    order_event_take(user, order, (int)event);
}

struct order *app_order(struct app *app)
{
    if (!app->order) {
        app->order = order_new(app->client, app->session.market.market, order_event, app);
        app->order->journal = app->journal;
        counter_order(app, app->order);
        order_price_attach(app->order, app->prices);
    }
    return app->order;
}

/* What had been typed is offered again, unless something else is typed by now. */
static void typed_offer(struct app *app, const char *typed)
{
    if (!*typed)
        return;
    if (app->line.len || app->ahead.n) {
        entry_line_remember(&app->line, typed);
        return;
    }
    entry_line_offer(&app->line, typed);
    app_say(app, ROLE_PLAIN, "End goes on with what was typed; any other key begins anew.");
}

static void order_open(struct app *app, struct order *order)
{
    app->order = order;
    order->journal = app->journal;
    order_price_attach(order, app->prices);
    app_home(app);
    app_show(app, app_order_screen(app));
}

void open_change(struct app *app, const char *body, size_t len)
{
    if (app->counter) {
        app_say(app, ROLE_STOP, "orders are changed at the call desk; here they are handed over.");
        return;
    }
    app_hold(app);
    struct order *order = order_change_new(app->client, body, len, order_event, app);
    if (!order)
        app_say(app, ROLE_STOP, "the order cannot be read; F5 asks for it again.");
    else if (order->change->is_over) {
        app_say(app, ROLE_STOP, "order %s is %s: it cannot be changed any more.",
                order->change->number, tongue_word("order", order->change->was.state));
        order_free(order);
    } else {
        order_open(app, order);
        app_say(app, ROLE_OK, "change of order %s: nothing is changed until F9 F9",
                order->change->number);
        order_reprice(order);
    }
}

void open_draft(struct app *app, const struct reply_draft *stored)
{
    struct order_till till;
    app_leave_order(app);
    if (!stored->draft.changes.order && counter_till(app, &till))
        order_open(app, order_recall_sale(app->client, stored, &till, order_event, app));
    else
        order_open(app, order_recall(app->client, stored, order_event, app));
    typed_offer(app, app->order->typed);
}

void app_signed_in(struct app *app)
{
    const char *why = "";
    listening_restart(app);
    if (app->journal)
        return;
    app->journal = journal_open(app->options->server, app->session.actor_id, &why);
    if (app->journal)
        recover_begin(app);
    else
        app_news(app, ROLE_WARN,
                 "no journal on this machine (%s): lines are safe once the server has them", why);
}

void app_leave_order(struct app *app)
{
    struct order *order = app->order;
    if (!order)
        return;
    app->order = NULL;
    held_add(app, order);
    order_leave(order);
}

void app_hold(struct app *app)
{
    if (!app->order)
        return;
    const char *person = order_draft(app->order)->distributor;
    size_t lines = order_lines(app->order);
    order_typed(app->order, ""); /* the entry line is for the next one */
    if (app->order->change) {
        if (order_change_any(app->order))
            app_news(app, ROLE_WARN, "held, not sent: the change of order %s; F7 brings it back",
                     app->order->change->number);
    } else if (lines && *app->order->shift)
        app_news(app, ROLE_WARN,
                 tongue_n("parked, not sold: %zu line; F7 brings it back",
                          "parked, not sold: %zu lines; F7 brings it back", lines),
                 lines);
    else if (lines)
        app_news(app, ROLE_WARN,
                 tongue_n("held, not placed: %s, %zu line; F7 brings it back",
                          "held, not placed: %s, %zu lines; F7 brings it back", lines),
                 person ? person : _("nobody yet"), lines);
    app_leave_order(app);
}

int app_exponent(const struct app *app)
{
    bool priced = app->order && app->order->quote_arena;
    return priced ? app->order->quote.exponent : app->session.market.exponent;
}

const char *app_amount(const struct app *app, char out[MONEY_TEXT], int64_t minor)
{
    return money_format(out, money_of(minor), app_exponent(app), true);
}

void app_speak(struct app *app, enum language language)
{
    const struct language_info *info = language_info(language);
    if (!charset_shows(info->title)) {
        if (language == tongue_language())
            tongue_set(LANGUAGE_en);
        app_say(app, ROLE_STOP, "this terminal does not show the letters of %s.", info->name);
        return;
    }
    tongue_set(language);
    app->news.text[0] = '\0';
    app_say(app, ROLE_OK, "ok  %s", info->title);
    if (app->order)
        order_reprice(app->order); /* its sentences come from the server */
}

void app_speak_next(struct app *app)
{
    enum language language = tongue_language();
    do
        language = (language + 1) % LANGUAGES;
    while (!charset_shows(language_info(language)->title));
    app_speak(app, language);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static void (*action_of(struct app *app, enum action action))(struct app *app)
{
    static void (*const common[ACTIONS])(struct app * app) = {
        [ACTION_HELP] = open_help,
        [ACTION_MENU] = open_palette,
        [ACTION_BACK] = app_back,
        [ACTION_FIND] = app_find,
        [ACTION_EXIT] = app_exit,
        [ACTION_LANGUAGE] = app_speak_next,
        [ACTION_LANGUAGE_AT_SIGNON] = app_speak_next,
    };
    if (action == ACTIONS)
        return NULL;
    return app_screen(app)->actions[action] ? app_screen(app)->actions[action] : common[action];
}

void app_function(struct app *app, int number)
{
    app->entries++;
    app->said.text[0] = '\0';
    void (*run)(struct app *) = action_of(app, key_action(app_screen(app)->id, number));
    if (run)
        run(app);
    else
        app_say(app, ROLE_WARN, "F%d does nothing on this screen.", number);
}

static bool is_placing(const struct app *app)
{
    return app->order && app->order->placing != PLACING_NO;
}

/* What is typed now is for something that is not there yet. */
static bool must_wait(const struct app *app)
{
    bool turns_page = (app->office && app->office->loading) || promo_is_loading(app);
    return is_placing(app) || app->recalling || last_order_awaited(app) || turns_page;
}

static bool take_back(struct app *app)
{
    if (app->recalling)
        return home_recall_not(app);
    if (last_order_awaited(app))
        return last_order_not(app);
    if (is_placing(app))
        return order_place_not(app->order);
    return promo_is_loading(app) ? promo_not(app) : office_not(app);
}

static void ahead_add(struct ahead *ahead, const struct input *input)
{
    if (ahead->n == ahead->cap) {
        ahead->cap = ahead->cap ? ahead->cap * 2 : 64;
        ahead->keys = realloc(ahead->keys, ahead->cap * sizeof *ahead->keys);
        if (!ahead->keys)
            abort();
    }
    ahead->keys[ahead->n++] = *input;
}

/* While an order is being placed, keys are kept: they are for the next caller. Plain text may go to
 * the entry line, which belongs to no order. True when the key was dealt with. */
static bool keep_ahead(struct app *app, const struct input *input)
{
    if (!must_wait(app))
        return false;
    bool signs_in = input->code == INPUT_FUNCTION && input->ch == 2;
    if (app_screen(app)->has_own_fields || (signs_in && client_is_expired(app->client)))
        return false;
    struct ahead *ahead = &app->ahead;
    bool is_function = input->code == INPUT_FUNCTION;
    if (ahead->n == 0 && is_function && input->ch == 9 && is_placing(app))
        return true; /* once more for luck */
    if (ahead->n == 0 && is_function && input->ch == 12) {
        if (take_back(app))
            app_say(app, ROLE_WARN, "taken back.");
        return true;
    }
    /* up and down are the sheet's, or the form's */
    bool turns_page = (app->office && app->office->loading) || promo_is_loading(app);
    if (ahead->n == 0 && !is_function && !turns_page && entry_line_key(&app->line, input))
        return true;
    ahead_add(ahead, input);
    return true;
}

void app_ahead_replay(struct app *app)
{
    struct ahead kept = app->ahead;
    app->ahead = (struct ahead){0};
    for (size_t i = 0; i < kept.n && !app->quit; i++)
        app_input(app, &kept.keys[i]);
    free(kept.keys);
}

/* What was meant for the next order must not reach this one: it can be had back by Up. */
void app_ahead_drop(struct app *app)
{
    struct ahead kept = app->ahead;
    char text[ENTRY_TEXT];
    app->ahead = (struct ahead){0};
    for (size_t i = 0; i < kept.n; i++)
        if (!entry_line_key(&app->line, &kept.keys[i]))
            entry_line_take(&app->line, text);
    free(kept.keys);
    if (kept.n)
        app_news(app, ROLE_WARN, "what was typed ahead was not used; Up brings it back");
}

/* What happened to one order shall not be read as something about the next; it never vanishes by
 * itself, only when keying goes on. */
static void news_forget(struct app *app)
{
    enum { NEWS_MS = 30 * 1000 };
    if (app->now - app->news_at > NEWS_MS)
        app->news.text[0] = '\0';
}

void app_submit(struct app *app)
{
    char text[ENTRY_TEXT];
    struct entry_command command = {.kind = ENTRY_EMPTY, .text = ""};
    struct arena *arena = arena_new();
    app->said.text[0] = '\0';
    app->entries++;
    news_forget(app);
    if (app->line.offered) {
        app->line.offered = false;
        app_say(app, ROLE_PLAIN, "this was typed before: Enter again takes it.");
        return;
    }
    if (entry_line_take(&app->line, text))
        app_parse(app, arena, text, &command);
    if (app->in_paste && command.kind == ENTRY_FUNCTION_KEY)
        app_say(app, ROLE_STOP, "%s was pasted: function keys have to be pressed.", text);
    else
        app_command(app, &command);
    arena_free(arena);
}

static void paste(struct app *app, bool begins)
{
    app->in_paste = begins;
    if (!begins && app->line.len)
        app_submit(app); /* the last line of a paste may have no end */
    if (app->order)
        order_paste(app->order, begins);
}

void app_input(struct app *app, const struct input *input)
{
    const struct screen *screen = app_screen(app);
    app->keyed_at = app->now;
    if (keep_ahead(app, input) || scan_input(app, input))
        return;
    if (screen->key && screen->key(app, input))
        return;
    if (input->code == INPUT_FUNCTION)
        app_function(app, (int)input->ch);
    else if (input->code == INPUT_REDRAW)
        terminal_redraw();
    else if (screen->has_own_fields)
        return;
    else if (input->code == INPUT_ENTER)
        app_submit(app);
    else if (input->code == INPUT_PASTE_BEGIN || input->code == INPUT_PASTE_END)
        paste(app, input->code == INPUT_PASTE_BEGIN);
    else if (!frame_scroll(app, input))
        entry_line_key(&app->line, input);
}

/* A figure that changes with each answer would be repainted with each: it goes down at once, up
 * once a minute; where nobody keys it stays. */
static void rtt_take(struct app *app)
{
    enum { RTT_MS = 60 * 1000, IDLE_MS = 1000 };
    int rtt = client_rtt(app->client);
    bool is_old = app->now - app->rtt_since > RTT_MS;
    bool is_idle = app->rtt >= 0 && app->now - app->keyed_at > IDLE_MS;
    if (rtt < 0 || is_idle || (app->rtt >= 0 && !is_old && rtt * 2 + 20 > app->rtt))
        return;
    app->rtt = rtt;
    app->rtt_since = app->now;
}

/* What is published while an order is open is for it, too: the server prices it anew once this side
 * has heard of it. Not under the eyes of somebody who reads the total back. Milliseconds until it
 * is to be looked at again. */
static int news_take(struct app *app)
{
    enum { AGAIN_MS = 1000 };
    struct order *order = app->order;
    if (!order || !app->signed_in)
        return AGAIN_MS * 60;
    const struct catalogue_held *held = catalogue_feed_now(app->prices->feed);
    if (held && app_screen(app) == app_order_screen(app) && order->placing == PLACING_NO &&
        order->price.served_arena && app->now - app->repriced >= AGAIN_MS &&
        held->wire.catalogue.version > order->price.served.catalogue_version) {
        app->repriced = app->now;
        order_reprice(order);
    }
    return listening_is_live(app) ? AGAIN_MS * 60 : catalogue_feed_hurry(app->prices->feed);
}

int app_tick(struct app *app)
{
    const char *why;
    rtt_take(app);
    if (app->signed_in)
        prices_tick(app->prices, app->session.market.market, app->now);
    promo_tick(app);
    int counter = counter_tick(app);
    if (app->order)
        order_price_look(app->order);
    int order = app->order ? order_tick(app->order, app->now) : 60 * 1000;
    int news = news_take(app), rest = order_promo_tick(app);
    if (app->order)
        order_pending_look(app->order);
    int typed = mirror_tick(app);
    last_order_tick(app);
    int told = listening_tick(app), paid = pay_watch_tick(app);
    if (!journal_sync(app->journal, &why))
        app_news(app, ROLE_STOP,
                 "the journal cannot be written (%s): lines are safe once the server has them",
                 why);
    order = news < order ? news : order;
    order = counter < order ? counter : order;
    order = paid < order ? paid : order;
    order = told < order ? told : order;
    order = rest < order ? rest : order;
    int review = review_tick(app);
    order = review < order ? review : order;
    return order < typed ? order : typed;
}

void app_stop(struct app *app)
{
    if (!app->quit)
        mirror_now(app);
    app->quit = true;
    app_leave_order(app);
}

/* What was keyed last cannot be sent before the program ends. */
static bool is_unsaved(const struct app *app)
{
    bool cut_off = client_is_expired(app->client) || client_link(app->client) == LINK_LOST;
    bool unsaved = app->leaving > 0 || (app->office && app->office->noutbox) ||
                   promo_is_unsaved(app) || (app->order && app->order->saved != app->order->edits);
    return cut_off && unsaved;
}

void app_exit(struct app *app)
{
    if (app->order && app->order->placing == PLACING_SENT) {
        app_say(app, ROLE_WARN, "the order is being placed; F3 once it is.");
        return;
    }
    if (is_unsaved(app) && !app->exit_asked) {
        app->exit_asked = true;
        if (app->journal)
            app_say(app, ROLE_STOP,
                    "the server does not have the latest lines yet. F3 leaves all the same: they "
                    "are kept here for your next sign-on.");
        else
            app_say(app, ROLE_STOP,
                    "the server does not have the latest lines yet. F3 leaves all the same.");
        return;
    }
    app->quit = true;
    mirror_clear(app);
    app_leave_order(app);
}

void app_draw(struct app *app)
{
    struct frame frame;
    terminal_clear();
    frame_begin(app, &frame);
    app_screen(app)->draw(app, &frame);
    frame_end(app, &frame);
}
