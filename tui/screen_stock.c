/* Stock of one item, in the middle of a call: where it is, what is free, and back by F12. */
#include "core/text.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/query.h"
#include "tui/stock_wait.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stock {
    char sku[64];
    struct query query;
    bool has_item;
    struct reply_item item;
};

static void take(void *owner, const struct answer *answer)
{
    struct stock *stock = owner;
    if (answer->context == stock->query.asked)
        stock->has_item = false;
    if (!query_answer(&stock->query, answer))
        return;
    stock->has_item = reply_item_read(stock->query.arena, answer->body, answer->len, &stock->item);
    if (!stock->has_item)
        query_unreadable(&stock->query);
}

static void ask(struct app *app)
{
    struct arena *arena = arena_new();
    const char *path =
        arena_printf(arena, "/items/%s?market=%s", query_escape(arena, app->stock->sku),
                     app->session.market.market);
    query_ask(&app->stock->query, app, path, take, app->stock);
    arena_free(arena);
}

void open_stock(struct app *app, const char *sku)
{
    if (!app->stock && !(app->stock = calloc(1, sizeof *app->stock)))
        abort();
    snprintf(app->stock->sku, sizeof app->stock->sku, "%s", sku);
    app->stock->has_item = false;
    ask(app);
    app_show(app, &screen_stock);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_site_heads(const struct frame *frame, int row)
{
    const char *const heads[] = {_("On hand"), _("Reserved"), _("Free")};
    if (row >= frame->rows)
        return;
    terminal_put(frame->top + row, 0, frame->cols, ROLE_HEAD, _(" Site"));
    for (int i = 0; i < (int)ARRAY_LEN(heads); i++)
        terminal_put_right(frame->top + row, 36 + 11 * i, 11, ROLE_HEAD, heads[i]);
}

static int draw_sites(const struct reply_item *item, const struct frame *frame, int row)
{
    if (item->nsites == 0)
        return row;
    draw_site_heads(frame, row++);
    for (size_t i = 0; i < item->nsites; i++, row++) {
        const struct reply_site *site = &item->sites[i];
        if (row >= frame->rows)
            return row;
        terminal_put(frame->top + row, 1, 10, ROLE_PLAIN, site->site);
        terminal_put(frame->top + row, 12, 24, ROLE_PLAIN, site->name);
        terminal_printf(frame->top + row, 36, frame->cols, ROLE_PLAIN, " %10lld %10lld %10lld",
                        (long long)site->on_hand, (long long)site->reserved, (long long)site->free);
    }
    return row;
}

/* What is on its way: planned ones may still move. */
static int draw_dues(const struct reply_item *item, const struct frame *frame, int row)
{
    enum { DUES_MOST = 4 };
    char day[WHEN_TEXT];
    for (size_t i = 0; i < item->ndues && i < DUES_MOST; i++, row++) {
        const struct reply_due *due = &item->dues[i];
        frame_printf(frame, row, ROLE_PLAIN,
                     due->firm ? _(" Due %-12s %8lld  to %s  firm")
                               : _(" Due %-12s %8lld  to %s  planned"),
                     when_day(day, due->date), (long long)due->qty, due->site);
    }
    return row + (item->ndues > 0);
}

static void draw_next_price(const struct reply_item *item, const struct frame *frame, int row)
{
    char price[MONEY_TEXT], day[WHEN_TEXT];
    if (*item->next_list)
        frame_printf(frame, row, ROLE_PLAIN, " From %s %s %s %s", when_day(day, item->next_from),
                     money_format(price, money_of(item->next_price), item->exponent, true),
                     item->currency, item->next_list);
}

static int draw_relations(const struct reply_item *item, const struct frame *frame, int row)
{
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < item->nkits; i++)
        text_printf(&text, "%s%s", i ? ", " : _("In kits: "), item->kits[i]);
    if (item->nkits)
        row += frame_wrap(frame, row, 1, 2, ROLE_PLAIN, text.data);
    text_clear(&text);
    for (size_t i = 0; i < item->ncomponents; i++)
        text_printf(&text, "%s%lld*%s %s", i ? ", " : _("Kit of: "),
                    (long long)item->components[i].qty, item->components[i].sku,
                    item->components[i].name);
    if (item->ncomponents)
        row += frame_wrap(frame, row, 1, 4, ROLE_PLAIN, text.data);
    arena_free(arena);
    return row;
}

static void draw_item(const struct reply_item *item, const struct frame *frame)
{
    char price[MONEY_TEXT], cv[MONEY_TEXT], pv[MONEY_TEXT];
    frame_printf(frame, 0, ROLE_STRONG, " %s %s", item->sku, item->name);
    frame_printf(frame, 1, ROLE_PLAIN, " %s %s %s   CV %s   PV %s   %s",
                 item->price < 0 ? _("no price")
                                 : money_format(price, money_of(item->price), item->exponent, true),
                 item->currency, item->list, money_format(cv, money_of(item->cv), 2, true),
                 money_format(pv, money_of(item->pv), 2, true), item->group);
    frame_printf(frame, 2, item->free > 0 ? ROLE_OK : ROLE_WARN, " Free %lld   %s   barcode %s",
                 (long long)item->free,
                 item->back_order ? _("may be back-ordered") : _("no back-orders"),
                 *item->barcode ? item->barcode : "-");
    if (item->max_per_order)
        frame_printf(frame, 3, ROLE_PLAIN, " At most %lld per order",
                     (long long)item->max_per_order);
    draw_next_price(item, frame, item->max_per_order ? 4 : 3);
    int row = draw_sites(item, frame, 5 + (*item->next_list && item->max_per_order));
    row = draw_dues(item, frame, row + 1);
    row = draw_relations(item, frame, row);
    frame_text(frame, row + 1, ROLE_DIM,
               _(" + adds one to the order; .w 2 puts on the waiting list; F12 goes back"));
}

static size_t ncandidates(const struct stock *stock)
{
    const struct reply_trouble *trouble = &stock->query.trouble;
    bool any = !stock->query.waiting && stock->query.has_trouble && trouble->nproblems;
    return any ? trouble->problems[0].ncandidates : 0;
}

static void draw(struct app *app, struct frame *frame)
{
    const struct stock *stock = app->stock;
    if (stock->has_item) {
        draw_item(&stock->item, frame);
    } else if (stock->query.waiting) {
        frame_printf(frame, 0, ROLE_DIM, " %s ..", stock->sku);
    } else {
        frame_printf(frame, 0, ROLE_STOP, " %s: %s", stock->sku, stock->query.error);
        for (size_t i = 0; i < ncandidates(stock); i++)
            frame_printf(frame, 2 + (int)i, ROLE_PLAIN, " %zu %s %s", i + 1,
                         stock->query.trouble.problems[0].candidates[i],
                         stock->query.trouble.problems[0].candidate_names[i]);
    }
}

static void say_item(const struct reply_item *item, struct speech *speech)
{
    char price[MONEY_TEXT], cv[MONEY_TEXT], key[32];
    speech_say(speech, "title", _("STOCK: %s %s"), item->sku, item->name);
    speech_say(speech, "free",
               item->back_order ? _("free %lld, may be back-ordered")
                                : _("free %lld, no back-orders"),
               (long long)item->free);
    if (item->price < 0)
        speech_say(speech, "price", _("no price"));
    else
        speech_say(speech, "price", _("price %s %s, list %s, CV %s"),
                   money_format(price, money_of(item->price), item->exponent, true), item->currency,
                   item->list, money_format(cv, money_of(item->cv), 2, true));
    if (item->max_per_order)
        speech_say(speech, "most", _("at most %lld per order"), (long long)item->max_per_order);
    for (size_t i = 0; i < item->nsites; i++) {
        snprintf(key, sizeof key, "site %zu", i);
        speech_say(speech, key, _("%s %s: on hand %lld, reserved %lld, free %lld"),
                   item->sites[i].site, item->sites[i].name, (long long)item->sites[i].on_hand,
                   (long long)item->sites[i].reserved, (long long)item->sites[i].free);
    }
    for (size_t i = 0; i < item->nkits; i++) {
        snprintf(key, sizeof key, "kit %zu", i);
        speech_say(speech, key, _("in kit %s"), item->kits[i]);
    }
    for (size_t i = 0; i < item->ncomponents; i++) {
        snprintf(key, sizeof key, "component %zu", i);
        speech_say(speech, key, _("kit of %lld*%s %s"), (long long)item->components[i].qty,
                   item->components[i].sku, item->components[i].name);
    }
    for (size_t i = 0; i < item->ndues; i++) {
        char day[WHEN_TEXT];
        snprintf(key, sizeof key, "due %zu", i);
        speech_say(speech, key, _("due %s: %lld to %s"), when_day(day, item->dues[i].date),
                   (long long)item->dues[i].qty, item->dues[i].site);
    }
    speech_say(speech, "hint",
               _("+ adds one to the order; .w 2 puts on the waiting list; /12 goes back"));
}

static void say(struct app *app, struct speech *speech)
{
    const struct stock *stock = app->stock;
    char key[32];
    if (stock->has_item) {
        say_item(&stock->item, speech);
        return;
    }
    if (stock->query.waiting)
        speech_say(speech, "title", _("STOCK: %s, no answer yet"), stock->sku);
    else
        speech_warn(speech, "title", true, "%s: %s", stock->sku, stock->query.error);
    for (size_t i = 0; i < ncandidates(stock); i++) {
        snprintf(key, sizeof key, "candidate %zu", i);
        speech_say(speech, key, _("choose %zu: %s %s"), i + 1,
                   stock->query.trouble.problems[0].candidates[i],
                   stock->query.trouble.problems[0].candidate_names[i]);
    }
}

/* ---- commands -------------------------------------------------------------------------------- */

static int candidates(const struct app *app)
{
    return (int)ncandidates(app->stock);
}

static void pick(struct app *app, const struct entry_command *command)
{
    open_stock(app, app->stock->query.trouble.problems[0].candidates[command->number - 1]);
}

static void more(struct app *app, const struct entry_command *command)
{
    const struct stock *stock = app->stock;
    if (!stock->has_item) {
        app_say(app, ROLE_STOP, "no item is shown.");
        return;
    }
    order_add(app_order(app), stock->item.sku, command->quantity);
    app_say(app, ROLE_OK, "ok  %lld*%s %s", (long long)command->quantity, stock->item.sku,
            stock->item.name);
    app_back_to(app, app_order_screen(app));
}

static void wait_for(struct app *app, const struct entry_command *command)
{
    const struct stock *stock = app->stock;
    if (stock->has_item)
        stock_wait(app, stock->item.sku, command->quantity);
    else
        app_say(app, ROLE_STOP, "no item is shown.");
}

const struct screen screen_stock = {
    .id = SCREEN_stock,
    .grammar = AT_STOCK,
    .draw = draw,
    .say = say,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick, [ENTRY_MORE] = more, [ENTRY_WAIT] = wait_for},
    .actions = {[ACTION_REFRESH] = ask},
};
