/* The price lists for the open order's type: that of the day, those before and those to come; a
 * digit prices the order by one of them. */
#include "tui/app.h"
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/tongue.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 9 };

void open_lists(struct app *app)
{
    app_order(app);
    app_show(app, &screen_lists);
}

/* Distributors buy by the retail lists, with their discount, where there are none for them. */
static bool is_for(const struct catalogue *c, const struct price_list *list, enum audience audience,
                   struct date today)
{
    bool else_retail = audience == AUDIENCE_distributor && !catalogue_list_on(c, audience, today);
    return list->audience == audience || (else_retail && list->audience == AUDIENCE_retail);
}

static bool is_of_day(const struct price_list *list, struct date today)
{
    return date_within(today, list->from, list->to);
}

/* The latest first; as many as digits choose. `day` is the index of the day's own, or MOST. */
static size_t lists_of(const struct app *app, const struct price_list *out[MOST], size_t *day)
{
    const struct catalogue_held *held = catalogue_feed_now(app->prices->feed);
    struct date today = catalogue_feed_day(app->prices->feed);
    size_t n = 0;
    *day = MOST;
    if (!held || !app->order)
        return 0;
    const struct catalogue *c = &held->wire.catalogue;
    enum audience audience = order_type_info(order_draft(app->order)->type)->audience;
    for (size_t i = c->nlists; i-- > 0 && n < MOST;) {
        const struct price_list *list = &c->lists[i];
        if (!is_for(c, list, audience, today))
            continue;
        if (list == catalogue_list_on(c, list->audience, today))
            *day = n;
        out[n++] = list;
    }
    return n;
}

static const char *list_when(const struct price_list *list, struct date today)
{
    if (is_of_day(list, today))
        return _("now");
    return today.days < list->from.days ? _("to come") : _("past");
}

/* "2025-09-01 - 2026-01-31"; the last day is one that counts. */
static const char *list_dates(const struct price_list *list, struct arena *arena)
{
    char from[DATE_TEXT] = "", to[DATE_TEXT] = "";
    if (list->from.days != DATE_MIN.days)
        date_format(from, list->from);
    if (list->to.days != DATE_MAX.days)
        date_format(to, (struct date){list->to.days - 1});
    return arena_printf(arena, "%10s - %s", from, to);
}

static bool is_chosen(const struct app *app, const struct price_list *list, bool is_of_day)
{
    const char *named = order_draft(app->order)->price_list;
    return named ? strcmp(named, list->code) == 0 : is_of_day;
}

static void draw(struct app *app, struct frame *frame)
{
    const struct price_list *lists[MOST];
    struct date today = catalogue_feed_day(app->prices->feed);
    struct arena *arena = arena_new();
    size_t day, n = lists_of(app, lists, &day);
    frame_text(frame, 0, ROLE_STRONG, n ? _(" price by which list?") : _(" no price list is here"));
    for (size_t i = 0; i < n && 2 + (int)i < frame->rows; i++) {
        int y = frame->top + 2 + (int)i;
        bool chosen = is_chosen(app, lists[i], i == day);
        enum role role = chosen ? ROLE_STRONG : ROLE_PLAIN;
        terminal_printf(y, 0, 3, role, "%s%zu", chosen ? ">" : " ", i + 1);
        terminal_put(y, 3, 15, role, lists[i]->code);
        terminal_put(y, 19, 24, role, list_dates(lists[i], arena));
        terminal_put(y, 44, 10, role, list_when(lists[i], today));
        terminal_put(y, 55, frame->cols - 55, role, lists[i]->name);
    }
    frame_text(frame, 3 + (int)n, ROLE_DIM,
               _(" 1-9 and Enter chooses; pl and a code names another one; F12 goes back"));
    arena_free(arena);
}

static void say(struct app *app, struct speech *speech)
{
    const struct price_list *lists[MOST];
    struct date today = catalogue_feed_day(app->prices->feed);
    struct arena *arena = arena_new();
    size_t day, n = lists_of(app, lists, &day);
    speech_say(speech, "title", _("PRICE LISTS: %zu"), n);
    for (size_t i = 0; i < n; i++)
        speech_say(speech, lists[i]->code,
                   is_chosen(app, lists[i], i == day) ? _("%zu: %s, %s, %s, chosen")
                                                      : "%zu: %s, %s, %s",
                   i + 1, lists[i]->code, list_dates(lists[i], arena), list_when(lists[i], today));
    arena_free(arena);
}

static int candidates(const struct app *app)
{
    const struct price_list *lists[MOST];
    size_t day;
    return (int)lists_of(app, lists, &day);
}

static void pick(struct app *app, const struct entry_command *command)
{
    const struct price_list *lists[MOST];
    size_t day, n = lists_of(app, lists, &day), i = (size_t)command->number - 1;
    if (i >= n)
        return;
    if (i == day)
        app_say(app, ROLE_OK, "ok  price list of the day, %s", lists[i]->code);
    else
        app_say(app, ROLE_OK, "ok  price list %s", lists[i]->code);
    order_set_price_list(app->order, i == day ? "" : lists[i]->code);
    app_back(app);
}

const struct screen screen_lists = {
    .id = SCREEN_lists,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick},
};
