#include "tui/order_promo.h"

#include "core/readback.h"
#include "tui/order_offers.h"
#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>

/* From the most needed to the least; drawn in the order of their names. */
enum part { PART_PROMO, PART_CHOOSE, PART_NEAR, PART_SAY, PARTS };
static const enum part by_need[PARTS] = {PART_CHOOSE, PART_NEAR, PART_PROMO, PART_SAY};

static const char *const labels[PARTS] = {
    [PART_PROMO] = N_(" PROMO"),
    [PART_CHOOSE] = N_(" CHOOSE"),
    [PART_NEAR] = N_(" NEAR"),
    [PART_SAY] = N_(" SAY"),
};

enum { LABEL = 8, SMALL = 60, SAY_COLS = 72, SAY_ROWS = 2 };

/* ---- what was given -------------------------------------------------------------------------- */

static bool is_applied(const struct reply_promotion *told)
{
    return strcmp(told->state, "applied") == 0;
}

/* "KNIVES-2 -19.00", or what else it gave. */
static void add_given(const struct app *app, struct text *text, const struct reply_promotion *told)
{
    char amount[MONEY_TEXT];
    text_add(text, told->id);
    if (told->amount)
        text_printf(text, " %s", app_amount(app, amount, -told->amount));
    if (told->delivery)
        text_printf(text, _(" delivery %s"), app_amount(app, amount, -told->delivery));
    if (told->credit)
        text_printf(text, _(" credit %s"), app_amount(app, amount, told->credit));
}

/* Those that fit; the last ones are counted. */
static void promo_text(const struct app *app, struct text *text, int width)
{
    const struct reply_quote *quote = &app->order->quote;
    struct arena *arena = text->arena;
    size_t all = 0, shown = 0;
    for (size_t i = 0; i < quote->npromotions; i++)
        all += is_applied(&quote->promotions[i]);
    for (size_t i = 0; i < quote->npromotions; i++) {
        struct text one;
        if (!is_applied(&quote->promotions[i]))
            continue;
        text_init(&one, arena);
        add_given(app, &one, &quote->promotions[i]);
        const char *rest =
            all - shown > 1 ? arena_printf(arena, _("  and %zu more: pr"), all - shown - 1) : "";
        const char *begin = shown ? "  " : width < SMALL - LABEL ? "" : _("APPLIED ");
        if (shown &&
            text_cells(text->data) + text_cells(begin) + text_cells(one.data) + text_cells(rest) >
                width)
            break;
        text_printf(text, "%s%s", begin, one.data);
        shown++;
    }
    if (shown < all)
        text_printf(text, _("  and %zu more: pr"), all - shown);
}

int64_t order_promo_saved(const struct order *order)
{
    int64_t saved = 0;
    for (size_t i = 0; i < order->quote.npromotions; i++)
        if (is_applied(&order->quote.promotions[i]))
            saved += order->quote.promotions[i].amount + order->quote.promotions[i].delivery;
    return saved;
}

/* ---- what may be chosen ---------------------------------------------------------------------- */

static bool is_free(const struct benefit *benefit)
{
    return !benefit->at_price && benefit->rate.ppm == 1000000;
}

static void choose_text(const struct app *app, struct text *text, int width)
{
    struct offer_choice choice;
    if (!offers_choice(app, NULL, &choice))
        return;
    char price[MONEY_TEXT];
    const char *items = offers_items(app, text->arena, &choice.benefit->of);
    long long left = choice.left;
    if (is_free(choice.benefit))
        text_printf(text, _("%lld free of %s"), left, items);
    else if (choice.benefit->at_price)
        text_printf(text, _("%lld of %s for %s each"), left, items,
                    app_amount(app, price, choice.benefit->amount.minor));
    else
        text_printf(text, _("%lld of %s at %d %% off"), left, items,
                    (int)(choice.benefit->rate.ppm / 10000));
    const char *how = width < SMALL - LABEL ? _(" (?)") : _(": key them, or ? lists them");
    if (text_cells(text->data) + text_cells(how) <= width)
        text_add(text, how);
}

/* ---- what is nearly reached ------------------------------------------------------------------ */

static void near_text(const struct app *app, struct text *text, int width)
{
    const struct reply_hint *hint = offers_hint(app);
    char saves[MONEY_TEXT];
    if (!hint)
        return;
    long long qty = hint->qty;
    app_amount(app, saves, hint->saves);
    text_printf(text, _("%lld more %s makes %s: saves %s"), qty, hint->sku, hint->promotion, saves);
    const char *how = _("   ( y adds it, x hides it )");
    if (text_cells(text->data) + text_cells(how) > width) {
        how = " (y, x)";
        if (text_cells(text->data) + text_cells(how) > width) {
            text_clear(text);
            text_printf(text, _("%lld more %s: %s"), qty, hint->sku, saves);
        }
    }
    if (text_cells(text->data) + text_cells(how) <= width)
        text_add(text, how);
}

/* The item as it is spoken of. */
static const char *spoken_of(const struct app *app, const struct reply_hint *hint)
{
    const struct catalogue_held *held = app->prices ? catalogue_feed_now(app->prices->feed) : NULL;
    const struct item *item = held ? catalogue_item(&held->wire.catalogue, hint->sku) : NULL;
    return item && *item->spoken ? item->spoken : hint->name;
}

/* What was earned goes before what is nearly. */
static void say_text(const struct app *app, struct text *text)
{
    const struct reply_hint *hint = offers_hint(app);
    struct offer_choice choice;
    if (offers_choice(app, NULL, &choice)) {
        readback_choose(text, tongue_language(), choice.left,
                        offers_items(app, text->arena, &choice.benefit->of),
                        is_free(choice.benefit));
    } else if (hint) {
        struct readback prices = {.language = tongue_language(),
                                  .currency = app->order->quote.currency,
                                  .exponent = app->order->quote.exponent,
                                  .saved = money_of(hint->saves)};
        readback_more(text, &prices, hint->qty, spoken_of(app, hint));
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool has_rows(const struct app *app)
{
    return app->order && order_lines(app->order) && order_priced(app->order) &&
           app->order->quote.npromotions;
}

static void part_text(const struct app *app, enum part part, struct text *text, int width)
{
    if (part == PART_PROMO)
        promo_text(app, text, width);
    else if (part == PART_CHOOSE)
        choose_text(app, text, width);
    else if (part == PART_NEAR)
        near_text(app, text, width);
    else
        say_text(app, text);
}

static int text_x(const struct frame *frame)
{
    return frame->cols < SMALL ? 1 : LABEL;
}

/* A sentence is whole or not there; it may take two rows. */
static int part_rows(const struct frame *frame, enum part part, const char *text)
{
    struct frame nowhere = {.cols = frame->cols};
    if (part != PART_SAY)
        return *text != '\0';
    return frame_wrap(&nowhere, 0, text_x(frame), SAY_ROWS + 1, ROLE_PLAIN, text);
}

/* The texts of the parts that are shown on at most `most` rows, "" for the others; the rows. */
static int parts_of(const struct app *app, const struct frame *frame, struct arena *arena, int most,
                    const char *texts[PARTS])
{
    int used = 0;
    for (int i = 0; i < PARTS; i++) {
        enum part part = by_need[i];
        struct text text;
        text_init(&text, arena);
        bool is_left_out = part == PART_SAY && frame->cols < SAY_COLS;
        if (has_rows(app) && used < most && !is_left_out)
            part_text(app, part, &text, frame->cols - text_x(frame));
        texts[part] = text.data;
        if (part == PART_SAY && text.len)
            texts[part] = arena_printf(arena, "\"%s\"", text.data);
        int rows = part_rows(frame, part, texts[part]);
        if (part == PART_SAY && (rows > SAY_ROWS || used + rows > most)) {
            texts[part] = "";
            rows = 0;
        }
        used += rows;
    }
    return used;
}

int order_promo_rows(const struct app *app, const struct frame *frame, int most)
{
    const char *texts[PARTS];
    struct arena *arena = arena_new();
    int n = parts_of(app, frame, arena, most, texts);
    arena_free(arena);
    return n;
}

int order_promo_tick(struct app *app)
{
    enum { REST_MS = 400, NEVER = 60 * 1000 };
    struct order *order = app->order;
    if (!order || order->rested == order->edits)
        return NEVER;
    int64_t left = app->keyed_at + REST_MS - app->now;
    if (left > 0)
        return (int)left;
    order->rested = order->edits;
    return NEVER;
}

void order_promo_draw(const struct app *app, const struct frame *frame, int row, int rows)
{
    static const enum role roles[PARTS] = {[PART_CHOOSE] = ROLE_STRONG};
    const char *texts[PARTS];
    struct arena *arena = arena_new();
    parts_of(app, frame, arena, rows, texts);
    for (enum part part = 0; part < PARTS; part++) {
        if (!*texts[part])
            continue;
        if (part == PART_SAY && app->order->rested != app->order->edits)
            continue; /* the last one: its rows stay free for it */
        frame_text(frame, row, ROLE_PLAIN, frame->cols < SMALL ? "" : _(labels[part]));
        row += frame_wrap(frame, row, text_x(frame), part == PART_SAY ? SAY_ROWS : 1, roles[part],
                          texts[part]);
    }
    arena_free(arena);
}

void order_promo_say(const struct app *app, struct speech *speech)
{
    static const char *const keys[PARTS] = {"promo", "choose", "near", "say"};
    enum { WIDE = 1000 };
    const char *texts[PARTS];
    struct arena *arena = arena_new();
    parts_of(app, &(struct frame){.cols = WIDE}, arena, PARTS, texts);
    for (enum part part = 0; part < PARTS; part++)
        if (*texts[part])
            speech_say(speech, arena_printf(arena, "%s %s", keys[part], app->order->ulid), "%s %s",
                       _(labels[part]) + 1, texts[part]);
    arena_free(arena);
}
