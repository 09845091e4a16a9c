/* Search for people, items or a distributor's customers; a digit chooses. */
#include "tui/frame.h"
#include "tui/open.h"
#include "tui/order_offers.h"
#include "tui/query.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIND_MOST = 9 };

struct find {
    enum find_what what;
    enum find_for purpose;
    char text[ENTRY_TEXT];
    struct query query;
    struct reply_people people;
    struct reply_items items;
    enum find_what found; /* what the data is of */
};

/* ---- asking ---------------------------------------------------------------------------------- */

static void take(void *owner, const struct answer *answer)
{
    struct find *find = owner;
    bool is_latest = answer->context == find->query.asked;
    if (!is_latest)
        return;
    find->people.n = find->items.n = 0;
    if (!query_answer(&find->query, answer))
        return;
    struct arena *arena = find->query.arena;
    bool read = find->what == FIND_ITEMS
                    ? reply_items_read(arena, answer->body, answer->len, &find->items)
                    : reply_people_read(arena, answer->body, answer->len, &find->people);
    if (!read)
        query_unreadable(&find->query);
    find->found = find->what;
}

static void ask(struct app *app)
{
    struct find *find = app->find;
    struct arena *arena = arena_new();
    const char *q = query_escape(arena, find->text), *path = "";
    const char *person = app->order ? order_draft(app->order)->distributor : NULL;
    if (find->what == FIND_ITEMS)
        path = arena_printf(arena, "/items?q=%s&market=%s&limit=%d", q, app->session.market.market,
                            FIND_MOST);
    else if (find->what == FIND_CUSTOMERS)
        path = arena_printf(arena, "/customers?q=%s&distributor=%s&limit=%d", q,
                            person ? person : "", FIND_MOST);
    else
        path = arena_printf(arena, "/distributors?q=%s&limit=%d", q, FIND_MOST);
    query_ask(&find->query, app, path, take, find);
    arena_free(arena);
}

void open_find(struct app *app, enum find_what what, enum find_for purpose, const char *text)
{
    if (!app->find && !(app->find = calloc(1, sizeof *app->find)))
        abort();
    struct find *find = app->find;
    find->what = what;
    find->purpose = purpose;
    find->people.n = find->items.n = 0;
    size_t len = strnlen(text, sizeof find->text - 1);
    memmove(find->text, text, len);
    find->text[len] = '\0';
    if (len || what == FIND_CUSTOMERS)
        ask(app);
    app_show(app, &screen_find);
}

/* The dearest first: those are worth the most to the buyer. */
static int by_price(const void *a, const void *b)
{
    const struct reply_item *x = a, *y = b;
    return x->price != y->price ? (x->price < y->price) - (x->price > y->price)
                                : strcmp(x->sku, y->sku);
}

static bool may_choose(const struct app *app, const struct catalogue *c, size_t i,
                       struct reply_item *out)
{
    const struct item *item = &c->items[i];
    struct date day = catalogue_feed_day(app->prices->feed);
    enum audience audience = order_type_info(order_draft(app->order)->type)->audience;
    const char *code = app->order->quote.list;
    const struct price_list *list = catalogue_list(c, code, audience);
    if (!list)
        list = catalogue_list(c, code, AUDIENCE_retail);
    const struct price *price = list ? catalogue_price(c, list, item) : NULL;
    *out = (struct reply_item){.sku = item->sku,
                               .name = item->name,
                               .exponent = c->exponent,
                               .price = price ? price->amount.minor : -1,
                               .cv = price ? price->cv.hundredths : 0,
                               .free = -1};
    return price && date_within(day, item->sale_from, item->sale_to);
}

void open_choices(struct app *app)
{
    struct offer_choice choice;
    const struct catalogue_held *held = catalogue_feed_now(app->prices->feed);
    if (!held || !offers_choice(app, NULL, &choice))
        return;
    open_find(app, FIND_ITEMS, FIND_FOR_ORDER, "");
    struct find *find = app->find;
    const struct catalogue *c = &held->wire.catalogue;
    struct arena *arena = query_own(&find->query);
    struct reply_item *items = ARENA_ARRAY(arena, struct reply_item, c->nitems);
    size_t n = 0;
    for (size_t i = 0; i < c->nitems; i++)
        n += item_set_has(&choice.benefit->of, (uint32_t)i) && may_choose(app, c, i, &items[n]);
    if (n)
        qsort(items, n, sizeof *items, by_price);
    for (size_t i = 0; i < n && i < FIND_MOST; i++) { /* the catalogue may go */
        items[i].sku = arena_strdup(arena, items[i].sku);
        items[i].name = arena_strdup(arena, items[i].name);
    }
    find->items = (struct reply_items){items, n};
    find->found = FIND_ITEMS;
    find->purpose = FIND_TO_CHOOSE;
}

/* ---- drawing --------------------------------------------------------------------------------- */

enum { PHONE = 15 }; /* " 100 5550 6051" */

/* What number, rank and telephone leave is for name and place. */
static int name_width(const struct frame *frame)
{
    int rest = frame->cols - 12 - 12 - PHONE;
    return rest < 20 ? 10 : rest * 52 / 100;
}

static int place_width(const struct frame *frame)
{
    int rest = frame->cols - 12 - 12 - PHONE;
    return rest < 20 ? 10 : rest - rest * 52 / 100;
}

/* Rather a part of the town than of the postcode, by which people of one name are told apart. */
static void draw_place(int y, int x, int width, enum role role, const struct reply_person *person)
{
    int town = text_cells(person->city), room = width - 2 - text_cells(person->postcode);
    if (town > room)
        town = room > 0 ? room : 0;
    terminal_put(y, x, width, role, "");
    terminal_put(y, x + 1, town, role, person->city);
    terminal_put(y, x + (town ? 2 : 1) + town, width - (town ? 2 : 1) - town, role,
                 person->postcode);
}

static const char *rank_or_status(const struct reply_person *person)
{
    bool is_usual = strcmp(person->status, "active") == 0 || !*person->status;
    return is_usual ? person->rank_name : tongue_word("person", person->status);
}

static void draw_person(const struct frame *frame, int row, size_t i,
                        const struct reply_person *person)
{
    int name = name_width(frame), place = place_width(frame), y = frame->top + row;
    bool is_gone = strcmp(person->status, "terminated") == 0;
    enum role role = is_gone ? ROLE_DIM : ROLE_PLAIN;
    if (row >= frame->rows)
        return;
    terminal_printf(y, 0, 3, ROLE_STRONG, "%2zu", i + 1);
    terminal_put(y, 3, 9, role, person->id);
    terminal_put(y, 12, name, role, person->name);
    draw_place(y, 12 + name, place, role, person);
    terminal_printf(y, 12 + name + place, 12, is_gone ? ROLE_WARN : role, " %s",
                    rank_or_status(person));
    terminal_printf(y, 24 + name + place, frame->cols, role, " %s", person->phone);
}

static void draw_item(const struct frame *frame, int row, size_t i, const struct reply_item *item)
{
    char price[MONEY_TEXT], cv[MONEY_TEXT], free_text[24];
    int y = frame->top + row, fixed = 3 + 9 + 10 + 9 + 8, name = frame->cols - fixed - 1;
    if (row >= frame->rows || name < 4)
        return;
    terminal_printf(y, 0, 3, ROLE_STRONG, "%2zu", i + 1);
    terminal_put(y, 3, 9, ROLE_PLAIN, item->sku);
    terminal_put(y, 12, name, ROLE_PLAIN, item->name);
    terminal_put_right(
        y, 12 + name, 10, ROLE_PLAIN,
        item->price < 0 ? "-" : money_format(price, money_of(item->price), item->exponent, true));
    terminal_put_right(y, 22 + name, 9, ROLE_PLAIN, money_format(cv, money_of(item->cv), 2, true));
    snprintf(free_text, sizeof free_text, "%lld", (long long)item->free);
    terminal_put_right(y, 31 + name, 8, ROLE_PLAIN, item->free < 0 ? "-" : free_text);
}

static void draw_heads(const struct frame *frame, enum find_what what)
{
    int rest = frame->cols - 12, name = frame->cols - 40;
    int y = frame->top + 2;
    bool is_items = what == FIND_ITEMS;
    terminal_put(y, 3, 9, ROLE_HEAD, is_items ? _("SKU") : _("Number"));
    terminal_put(y, 12, frame->cols, ROLE_HEAD, is_items ? _("Description") : _("Name"));
    if (!is_items && rest > 40) {
        int people = name_width(frame), place = place_width(frame);
        terminal_put(y, 12 + people, place, ROLE_HEAD, _(" Place"));
        terminal_put(y, 12 + people + place, 12, ROLE_HEAD, what == FIND_PEOPLE ? _(" Rank") : "");
        terminal_put(y, 24 + people + place, frame->cols, ROLE_HEAD, _(" Telephone"));
    } else if (name >= 4) {
        terminal_put_right(y, 12 + name, 10, ROLE_HEAD, _("Price"));
        terminal_put_right(y, 22 + name, 9, ROLE_HEAD, _("CV"));
        terminal_put_right(y, 31 + name, 8, ROLE_HEAD, _("Free"));
    }
}

static const struct {
    const char *name, *which, *none;
} whats[] = {
    [FIND_PEOPLE] = {N_("people"),
                     N_(" which people? type words, a postcode or a telephone number"),
                     N_("no people for")},
    [FIND_ITEMS] = {N_("items"), N_(" which items? type words, a number or a barcode"),
                    N_("no items for")},
    [FIND_CUSTOMERS] = {N_("customers"),
                        N_(" which customers? type words, a postcode or a telephone number"),
                        N_("no customers for")},
};

static size_t found(const struct find *find)
{
    size_t n = find->found == FIND_ITEMS ? find->items.n : find->people.n;
    return n < FIND_MOST ? n : FIND_MOST;
}

static void draw_title(const struct find *find, const struct frame *frame)
{
    size_t n = found(find);
    int64_t total = find->found == FIND_ITEMS ? -1 : find->people.total;
    const char *what = _(whats[find->what].name);
    if (find->query.waiting)
        frame_printf(frame, 0, ROLE_DIM, " %s: %s ..", what, find->text);
    else if (*find->query.error)
        frame_printf(frame, 0, ROLE_STOP, " %s: %s", find->text, find->query.error);
    else if (find->purpose == FIND_TO_CHOOSE)
        frame_printf(frame, 0, ROLE_STRONG, " which one free? %zu of %zu", n, find->items.n);
    else if (!*find->text && n == 0)
        frame_text(frame, 0, ROLE_STRONG, _(whats[find->what].which));
    else if (n == 0)
        frame_printf(frame, 0, ROLE_WARN, " %s: %s", _(whats[find->what].none), find->text);
    else if (total > (int64_t)n)
        frame_printf(frame, 0, ROLE_STRONG, " %s: %s   %zu of %lld", what, find->text, n,
                     (long long)total);
    else
        frame_printf(frame, 0, ROLE_STRONG, " %s%s%s   %zu", what, *find->text ? ": " : "",
                     find->text, n);
}

static void draw(struct app *app, struct frame *frame)
{
    const struct find *find = app->find;
    draw_title(find, frame);
    size_t n = find->query.waiting ? 0 : found(find);
    if (n)
        draw_heads(frame, find->found);
    for (size_t i = 0; i < n; i++)
        if (find->found == FIND_ITEMS)
            draw_item(frame, 3 + (int)i, i, &find->items.items[i]);
        else
            draw_person(frame, 3 + (int)i, i, &find->people.items[i]);
    if (n)
        frame_text(frame, 4 + (int)n, ROLE_DIM,
                   _(" 1-9 and Enter chooses; other words search again; F12 goes back"));
}

static void say_person(struct speech *speech, const char *key, size_t n,
                       const struct reply_person *person)
{
    const char *rank = rank_or_status(person);
    speech_say(speech, key, *rank ? "%zu: %s %s, %s %s, %s, %s" : "%zu: %s %s, %s %s%s, %s", n,
               person->id, person->name, person->city, person->postcode, rank, person->phone);
}

static void say_item(struct speech *speech, const char *key, size_t n,
                     const struct reply_item *item)
{
    char price[MONEY_TEXT];
    speech_say(speech, key, _("%zu: %s %s, %s, free %lld"), n, item->sku, item->name,
               item->price < 0 ? "-"
                               : money_format(price, money_of(item->price), item->exponent, true),
               (long long)item->free);
}

static void say(struct app *app, struct speech *speech)
{
    const struct find *find = app->find;
    const char *what = _(whats[find->what].name);
    size_t n = find->query.waiting ? 0 : found(find);
    int64_t total = find->found == FIND_ITEMS ? (int64_t)n : find->people.total;
    char key[32];
    if (!find->query.waiting && *find->query.error)
        speech_warn(speech, "title", true, "%s: %s", find->text, find->query.error);
    else if (find->query.waiting)
        speech_say(speech, "title", _("FIND %s: %s, no answer yet"), what, find->text);
    else if (!*find->text && n == 0)
        speech_say(speech, "title", "%s", _(whats[find->what].which) + 1);
    else
        speech_say(speech, "title", _("FIND %s: %s, %zu of %lld"), what, find->text, n,
                   (long long)(total > (int64_t)n ? total : (int64_t)n));
    for (size_t i = 0; i < n; i++) {
        snprintf(key, sizeof key, "%llu/%zu", (unsigned long long)find->query.asked, i);
        if (find->found == FIND_ITEMS)
            say_item(speech, key, i + 1, &find->items.items[i]);
        else
            say_person(speech, key, i + 1, &find->people.items[i]);
    }
    if (n)
        speech_say(speech, "hint", _("a number chooses; other words search again"));
}

/* ---- choosing -------------------------------------------------------------------------------- */

static int candidates(const struct app *app)
{
    return app->find->query.waiting ? 0 : (int)found(app->find);
}

static void choose_item(struct app *app, const struct reply_item *item)
{
    if (app->find->purpose == FIND_FOR_STOCK) {
        open_stock(app, item->sku);
        return;
    }
    app_order(app);
    offers_add(app, item->sku, 1);
    app_say(app, ROLE_OK, "ok  1*%s %s", item->sku, item->name);
    app_back_to(app, app_order_screen(app));
}

static void pick(struct app *app, const struct entry_command *command)
{
    struct find *find = app->find;
    size_t i = (size_t)command->number - 1;
    if (find->found == FIND_ITEMS) {
        choose_item(app, &find->items.items[i]);
    } else if (find->found == FIND_CUSTOMERS) {
        app_say(app, ROLE_OK, "ok  for %s", find->people.items[i].name);
        order_set_customer(app_order(app), find->people.items[i].id);
        app_back_to(app, app_order_screen(app));
    } else if (find->purpose == FIND_FOR_CARD) {
        open_person(app, find->people.items[i].id);
    } else {
        open_order_for(app, find->people.items[i].id);
    }
}

/* A digit typed before the list is there chooses nothing. */
static void bad(struct app *app, const struct entry_command *command)
{
    bool is_digit = strlen(command->text) == 1 && code_is_digits(command->text, 1);
    if (is_digit && app->find->query.waiting) {
        app_say(app, ROLE_WARN, "still searching: nothing was chosen.");
        return;
    }
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);
    entry_explain(command, &problems);
    app_say(app, ROLE_STOP, "%s",
            problems.count ? problem_say(arena, tongue_language(), &problems.items[0]) : "?");
    arena_free(arena);
}

/* Who looks for a customer by `c jones` goes on with `smith` or with `c smith`. */
static void words(struct app *app, const struct entry_command *command)
{
    const char *text = command->text;
    bool has_verb = (text[0] | 0x20) == 'c' && text[1] == ' ';
    if (app->find->what == FIND_CUSTOMERS && has_verb)
        text += 2;
    open_find(app, app->find->what, app->find->purpose, text);
}

static void other(struct app *app)
{
    struct find *find = app->find;
    char text[ENTRY_TEXT];
    if (!entry_line_take(&app->line, text))
        memcpy(text, find->text, sizeof text);
    open_find(app, find->what == FIND_ITEMS ? FIND_PEOPLE : FIND_ITEMS, find->purpose, text);
}

const struct screen screen_find = {
    .id = SCREEN_find,
    .grammar = AT_FIND,
    .draw = draw,
    .say = say,
    .candidates = candidates,
    .commands = {[ENTRY_PICK] = pick, [ENTRY_WORDS] = words, [ENTRY_BAD] = bad},
    .actions = {[ACTION_FIND_OTHER] = other},
};
