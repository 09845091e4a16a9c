#include "tui/order_offers.h"

#include "core/text.h"
#include "tui/app.h"
#include "tui/open.h"

#include <stdlib.h>
#include <string.h>

/* ---- what may be chosen ---------------------------------------------------------------------- */

static const struct catalogue *catalogue_of(const struct app *app)
{
    const struct catalogue_held *held = app->prices ? catalogue_feed_now(app->prices->feed) : NULL;
    return held ? &held->wire.catalogue : NULL;
}

const struct promotion *offers_promotion(const struct app *app, const char *code)
{
    const struct catalogue *c = catalogue_of(app);
    struct date date;
    if (!c || !date_parse(app->order->quote.date, &date))
        return NULL;
    for (size_t i = 0; i < c->npromotions; i++)
        if (strcmp(c->promotions[i].code, code) == 0 &&
            date_within(date, c->promotions[i].from, c->promotions[i].to))
            return &c->promotions[i];
    return NULL;
}

/* The index of an item; -1 when there is none. */
static int64_t index_of(const struct app *app, const char *sku)
{
    const struct catalogue *c = catalogue_of(app);
    const struct item *item = c ? catalogue_item(c, sku) : NULL;
    return item ? item - c->items : -1;
}

static bool offers(const struct app *app, const struct benefit *benefit, const char *sku)
{
    int64_t item = index_of(app, sku);
    return benefit->kind == BENEFIT_pick && item >= 0 && item_set_has(&benefit->of, (uint32_t)item);
}

/* An item that several benefits offer counts for the first. */
static int64_t taken(const struct app *app, const struct promotion *p, size_t at)
{
    const struct order_draft *draft = order_draft(app->order);
    int64_t pieces = 0;
    for (size_t i = 0; i < draft->nlines; i++) {
        const struct draft_line *line = &draft->lines[i];
        size_t first = 0;
        if (!line->picks || strcmp(line->picks, p->code) != 0)
            continue;
        while (first < p->nbenefits && !offers(app, &p->benefits[first], line->sku))
            first++;
        pieces += first == at ? line->qty : 0;
    }
    return pieces;
}

static bool choice_of(const struct app *app, const struct reply_promotion *told, const char *sku,
                      struct offer_choice *out)
{
    const struct promotion *p = offers_promotion(app, told->id);
    int64_t all = 0;
    for (size_t i = 0; p && i < p->nbenefits; i++)
        all += p->benefits[i].kind == BENEFIT_pick ? p->benefits[i].get : 0;
    for (size_t i = 0; all && i < p->nbenefits; i++) {
        const struct benefit *b = &p->benefits[i];
        int64_t left =
            b->kind == BENEFIT_pick ? b->get * (told->picks / all) - taken(app, p, i) : 0;
        if (left > 0 && (!sku || offers(app, b, sku))) {
            *out = (struct offer_choice){told, p, b, left};
            return true;
        }
    }
    return false;
}

bool offers_choice(const struct app *app, const char *sku, struct offer_choice *out)
{
    const struct order *order = app->order;
    for (size_t i = 0; order && order_priced(order) && i < order->quote.npromotions; i++) {
        const struct reply_promotion *told = &order->quote.promotions[i];
        if (told->picks > told->picked && strcmp(told->state, "lost") != 0 &&
            choice_of(app, told, sku, out))
            return true;
    }
    return false;
}

static void add_name(struct text *text, const char *name)
{
    text_printf(text, "%s%s", text->len ? ", " : "", name);
}

const char *offers_items(const struct app *app, struct arena *arena, const struct item_set *set)
{
    const struct catalogue *c = catalogue_of(app);
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < set->ngroups; i++) {
        const char *name = set->groups[i];
        for (size_t k = 0; c && k < c->ngroups; k++)
            if (strcmp(c->groups[k].code, name) == 0)
                name = c->groups[k].name;
        add_name(&text, name);
    }
    for (size_t i = 0; i < set->nskus; i++)
        add_name(&text, set->skus[i]);
    return text.len ? text.data : _("everything");
}

/* ---- what is nearly reached ------------------------------------------------------------------ */

struct offers_hidden {
    struct hidden {
        char *person, *promotion;
    } * all;
    size_t n;
};

static const char *person_of(const struct app *app)
{
    const struct order_draft *draft = order_draft(app->order);
    return draft->customer ? draft->customer : draft->distributor ? draft->distributor : "";
}

static bool is_hidden(const struct app *app, const char *promotion)
{
    const struct offers_hidden *hidden = app->hidden;
    for (size_t i = 0; hidden && i < hidden->n; i++)
        if (strcmp(hidden->all[i].promotion, promotion) == 0 &&
            strcmp(hidden->all[i].person, person_of(app)) == 0)
            return true;
    return false;
}

/* Something on the order counts for it already: nobody wants to hear of all the rest. */
static bool is_begun(const struct app *app, const char *promotion)
{
    const struct reply_quote *quote = &app->order->quote;
    for (size_t i = 0; i < quote->npromotions; i++)
        if (strcmp(quote->promotions[i].id, promotion) == 0)
            return quote->promotions[i].actual > 0;
    return false;
}

/* Choices have a row of their own. */
static bool is_told(const struct app *app, const struct reply_hint *hint)
{
    return *hint->promotion && !hint->picks && is_begun(app, hint->promotion) &&
           !is_hidden(app, hint->promotion);
}

const struct reply_hint *offers_hint(const struct app *app)
{
    const struct order *order = app->order;
    if (!order || !order_priced(order))
        return NULL;
    if (is_told(app, &order->quote.hint)) /* the server knows the stock, too */
        return &order->quote.hint;
    const struct order_price *price = &order->price;
    bool is_ours = price->here.kind == LOCAL_FULL && price->here_of == order->edits;
    for (size_t i = 0; is_ours && i < price->here.nhints; i++)
        if (is_told(app, &price->here.hints[i]))
            return &price->here.hints[i];
    return NULL;
}

void offers_forget(struct app *app)
{
    struct offers_hidden *hidden = app->hidden;
    for (size_t i = 0; hidden && i < hidden->n; i++) {
        free(hidden->all[i].person);
        free(hidden->all[i].promotion);
    }
    if (hidden)
        free(hidden->all);
    free(hidden);
    app->hidden = NULL;
}

static void hide(struct app *app, const char *promotion)
{
    if (!app->hidden && !(app->hidden = calloc(1, sizeof *app->hidden)))
        abort();
    struct offers_hidden *hidden = app->hidden;
    struct hidden *all = realloc(hidden->all, (hidden->n + 1) * sizeof *all);
    if (!all)
        abort();
    hidden->all = all;
    all[hidden->n] = (struct hidden){strdup(person_of(app)), strdup(promotion)};
    if (!all[hidden->n].person || !all[hidden->n].promotion)
        abort();
    hidden->n++;
}

/* ---- verbs ----------------------------------------------------------------------------------- */

/* Hints are on the order's screen: none is taken that cannot be seen. */
static const struct reply_hint *hint_shown(struct app *app)
{
    const struct reply_hint *hint = offers_hint(app);
    if (hint && app_screen(app) == app_order_screen(app))
        return hint;
    app_say(app, ROLE_WARN, "there is no hint on this screen.");
    return NULL;
}

void offers_take(struct app *app, const struct entry_command *command)
{
    const struct reply_hint *hint = hint_shown(app);
    size_t number = hint ? order_lines(app->order) : 0;
    (void)command;
    if (!hint)
        return;
    while (number && (order_line(app->order, number)->picks ||
                      strcmp(order_line(app->order, number)->sku, hint->sku) != 0))
        number--;
    int64_t qty = hint->qty + (number ? order_line(app->order, number)->qty : 0);
    if (qty > ENTRY_QUANTITY_MAX) {
        app_say(app, ROLE_STOP, "a line holds at most %d.", ENTRY_QUANTITY_MAX);
        return;
    }
    tail_line(&app->tail, app->order->ulid, app->now);
    app_say(app, ROLE_OK, "ok  %lld more %s %s; u takes it back", (long long)hint->qty, hint->sku,
            hint->name);
    if (number)
        order_set_qty(app->order, number, qty);
    else
        order_add(app->order, hint->sku, qty); /* the hint is gone now */
}

void offers_hide(struct app *app, const struct entry_command *command)
{
    const struct reply_hint *hint = hint_shown(app);
    (void)command;
    if (!hint)
        return;
    app_say(app, ROLE_OK, "ok  %s is not told to this person any more", hint->promotion);
    hide(app, hint->promotion);
}

bool offers_add(struct app *app, const char *sku, int64_t qty)
{
    struct offer_choice choice;
    if (!offers_choice(app, sku, &choice))
        return order_add(app->order, sku, qty);
    return order_add_chosen(app->order, sku, qty, qty < choice.left ? qty : choice.left,
                            choice.promotion->code);
}

void offers_list(struct app *app, const struct entry_command *command)
{
    struct offer_choice choice;
    (void)command;
    if (offers_choice(app, NULL, &choice))
        open_choices(app);
    else
        app_say(app, ROLE_WARN, "there is nothing to be chosen on this order.");
}

void offers_free(struct app *app, const struct entry_command *command)
{
    struct offer_choice choice;
    size_t number = (size_t)command->number;
    if (!app->order || number < 1 || number > order_lines(app->order)) {
        app_say(app, ROLE_STOP, "there is no such line.");
        return;
    }
    const struct draft_line *line = order_line(app->order, number);
    if (line->picks) {
        order_set_picks(app->order, number, NULL);
        app_say(app, ROLE_OK, "ok  line %zu is bought", number);
    } else if (!offers_choice(app, line->sku, &choice)) {
        app_say(app, ROLE_STOP, "nothing lets the buyer choose %s free.", line->sku);
    } else if (line->qty > choice.left) {
        app_say(app, ROLE_STOP, "only %lld of %s can be chosen: .%zu*%lld first.",
                (long long)choice.left, line->sku, number, (long long)choice.left);
    } else {
        order_set_picks(app->order, number, choice.promotion->code);
        app_say(app, ROLE_OK, "ok  line %zu is chosen: %s", number, choice.promotion->code);
    }
}
