#include "tui/order.h"

#include "core/nearest.h"
#include "tui/id_map.h"
#include "tui/kit_choose.h"

#include <stdlib.h>
#include <string.h>

enum { CANDIDATES_LINES = 3 }; /* a look through all items each */

/* Before the first quote is there: no texts, but none that are missing. */
static const struct reply_quote unknown_quote = {
    .currency = "",
    .list = "",
    .date = "",
    .exponent = 2,
    .ship_to = {"", "", "", "", "", "", ""},
    .distributor = "",
    .distributor_name = "",
    .rank_name = "",
    .status = "",
    .customer = "",
    .customer_name = "",
};

/* ---- candidates ------------------------------------------------------------------------------ */

static bool is_unknown(const struct reply_problem *problem)
{
    return strcmp(problem->code, "unknown_sku") == 0 || strcmp(problem->code, "check_digit") == 0;
}

static const char *sku_of(const struct reply_quote *quote, const char *id)
{
    for (size_t i = 0; i < quote->nlines; i++)
        if (strcmp(quote->lines[i].id, id) == 0)
            return quote->lines[i].sku;
    return "";
}

/* What was offered under a digit stays under it: the finger may be on its way. */
static bool candidates_keep(struct arena *arena, const struct reply_quote *before, const char *sku,
                            struct reply_problem *problem)
{
    for (size_t i = 0; i < before->nproblems; i++) {
        const struct reply_problem *old = &before->problems[i];
        if (!old->ncandidates || strcmp(old->line, problem->line) != 0 ||
            strcmp(sku_of(before, old->line), sku) != 0)
            continue;
        problem->ncandidates = old->ncandidates;
        for (size_t k = 0; k < old->ncandidates; k++) {
            problem->candidates[k] = arena_strdup(arena, old->candidates[k]);
            problem->candidate_names[k] = arena_strdup(arena, old->candidate_names[k]);
        }
        return true;
    }
    return false;
}

static void candidates_find(struct arena *arena, const struct wire_catalogue *wire, const char *sku,
                            struct reply_problem *problem)
{
    struct nearest found[REPLY_CANDIDATES];
    struct arena *scratch = arena_new();
    size_t n = nearest_codes(scratch, sku, wire->skus, wire->catalogue.nitems, NULL,
                             REPLY_CANDIDATES, found);
    arena_free(scratch);
    for (size_t i = 0; i < n; i++) {
        problem->candidates[i] = arena_strdup(arena, found[i].code);
        problem->candidate_names[i] =
            arena_strdup(arena, wire->catalogue.items[found[i].index].name);
    }
    problem->ncandidates = n;
}

/* Of the lines that were keyed last: those are being mended. `wire` NULL: only those kept. */
static void put_candidates(struct arena *arena, const struct reply_quote *before,
                           const struct wire_catalogue *wire, struct reply_quote *quote)
{
    int searched = 0;
    for (size_t i = quote->nproblems; i-- > 0;) {
        struct reply_problem *problem = &quote->problems[i];
        if (!is_unknown(problem) || searched == CANDIDATES_LINES)
            continue;
        const char *sku = sku_of(quote, problem->line);
        if (candidates_keep(arena, before, sku, problem) || !wire)
            continue;
        candidates_find(arena, wire, sku, problem);
        searched++;
    }
}

/* ---- what only the server knows -------------------------------------------------------------- */

static bool is_of_stock(const struct reply_problem *problem)
{
    return strcmp(problem->code, "stock_short") == 0 || strcmp(problem->code, "back_ordered") == 0;
}

static bool is_same_line(const struct reply_line *a, const struct reply_line *b)
{
    return a && b && a->qty == b->qty && strcmp(a->sku, b->sku) == 0 && kit_is_same(a, b);
}

static void put_stock_problems(struct arena *arena, const struct reply_quote *served,
                               const struct id_map *old, struct reply_quote *quote)
{
    struct id_map now;
    struct reply_problem *all =
        ARENA_ARRAY(arena, struct reply_problem, quote->nproblems + served->nproblems);
    id_map_of_quote(arena, quote, &now);
    memcpy(all, quote->problems, quote->nproblems * sizeof *all);
    for (size_t i = 0; i < served->nproblems; i++) {
        const struct reply_problem *problem = &served->problems[i];
        const struct reply_line *line = id_map_line(&now, quote, problem->line);
        if (!is_of_stock(problem) || !line || !line->priced ||
            !is_same_line(line, id_map_line(old, served, problem->line)))
            continue;
        struct reply_problem *copy = &all[quote->nproblems++];
        *copy = *problem;
        copy->field = arena_strdup(arena, problem->field);
        copy->line = line->id;
        copy->code = arena_strdup(arena, problem->code);
        copy->say = arena_strdup(arena, problem->say);
    }
    quote->problems = all;
}

/* The sums follow the line. */
static void take_amounts(struct reply_quote *quote, struct reply_line *line,
                         const struct reply_line *served)
{
    quote->goods += (served->unit - line->unit) * line->qty;
    quote->discount += served->discount - line->discount;
    quote->tax += served->tax - line->tax;
    quote->total += served->amount - line->amount;
    if (!quote->tax_included) {
        quote->tax_added += served->tax - line->tax;
        quote->total += served->tax - line->tax;
    }
    quote->cv += served->cv - line->cv;
    quote->pv += served->pv - line->pv;
    line->unit = served->unit;
    line->discount = served->discount;
    line->amount = served->amount;
    line->tax = served->tax;
    line->cv = served->cv;
    line->pv = served->pv;
}

/* What the server said of a line holds while nothing has changed that it depends on: its stock,
 * and with `amounts` its price, even where ours is another one; what promotions take off it depends
 * on all the others. */
static void put_served(struct arena *arena, const struct reply_quote *served, bool amounts,
                       struct reply_quote *quote)
{
    struct id_map old;
    id_map_of_quote(arena, served, &old);
    for (size_t i = 0; i < quote->nlines; i++) {
        struct reply_line *line = &quote->lines[i];
        const struct reply_line *was = id_map_line(&old, served, line->id);
        if (!was || strcmp(was->sku, line->sku) != 0 || !kit_is_same(was, line))
            continue;
        line->free_stock = was->free_stock;
        if (was->qty != line->qty)
            continue;
        line->back_ordered = was->back_ordered;
        if (amounts && was->priced && line->priced && !was->nshares && !line->nshares)
            take_amounts(quote, line, was);
    }
    put_stock_problems(arena, served, &old, quote);
}

static uint64_t mix(uint64_t sum, const char *text)
{
    for (const char *at = text ? text : "";; at++) {
        sum = (sum ^ (unsigned char)*at) * UINT64_C(0x100000001B3);
        if (!*at)
            return sum;
    }
}

/* Who orders, how, from which list, with which coupons, and where it goes. */
static uint64_t head_of(const struct order_draft *draft)
{
    const char *const texts[] = {draft->distributor, draft->customer, draft->price_list,
                                 draft->method};
    uint64_t sum = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        sum = mix(sum, texts[i]);
    for (size_t i = 0; i < draft->ncoupons; i++)
        sum = mix(sum, draft->coupons[i]);
    const int64_t numbers[] = {draft->type, draft->date.days, draft->destination,
                               draft->address_choice};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        sum = (sum ^ (uint64_t)numbers[i]) * UINT64_C(0x100000001B3);
    return sum;
}

/* The server's prices are of the same people and of no older catalogue. */
static bool served_holds(const struct order *order, const struct reply_quote *here)
{
    const struct order_price *price = &order->price;
    int64_t version = price->served.catalogue_version;
    return price->served_arena && order->quoted >= price->head_since &&
           (version == 0 || version >= here->catalogue_version);
}

/* ---- the price made here --------------------------------------------------------------------- */

static bool is_served(const struct order *order)
{
    return order->price.served_arena && order->quoted == order->edits;
}

static void show(struct order *order)
{
    struct order_price *price = &order->price;
    if (!is_served(order) && price->here.kind != LOCAL_NONE) {
        order->quote_arena = price->here_arena;
        order->quote = price->here.reply;
    } else if (price->served_arena) {
        order->quote_arena = price->served_arena;
        order->quote = price->served;
    } else {
        order->quote_arena = NULL;
        order->quote = unknown_quote;
    }
    order_index_make(order);
}

static void price_here(struct order *order)
{
    struct order_price *price = &order->price;
    const struct order_draft *draft = order_draft(order);
    struct arena *arena = arena_new();
    struct local_quote quote;
    local_quote_make(arena, price->prices, draft, &quote);
    if (quote.kind != LOCAL_NONE) {
        struct reply_quote *reply = &quote.reply;
        put_candidates(arena, &order->quote, &catalogue_feed_now(price->prices->feed)->wire, reply);
        if (price->served_arena)
            put_served(arena, &price->served, served_holds(order, reply), reply);
    }
    arena_free(price->here_arena);
    price->here_arena = arena;
    price->here = quote;
    price->here_of = order->edits;
    price->generation = price->prices->generation;
}

static void was_clear(struct order_price *price)
{
    arena_free(price->was_arena);
    price->was_arena = NULL;
    price->was = NULL;
    price->nwas = 0;
    price->total_was = -1;
}

void order_price_edited(struct order *order)
{
    struct order_price *price = &order->price;
    uint64_t head = head_of(order_draft(order));
    if (head != price->head)
        price->head_since = order->edits;
    price->head = head;
    was_clear(price);
    if (price->prices && !order->in_paste) /* which is priced when it has ended */
        price_here(order);
    show(order);
}

/* A catalogue in another language, perhaps. */
static void name_served(struct order *order)
{
    struct order_price *price = &order->price;
    if (!price->served_arena || price->named == price->prices->generation)
        return;
    prices_name_lines(price->prices, price->served_arena, &price->served);
    price->named = price->prices->generation;
    show(order);
}

void order_price_look(struct order *order)
{
    struct order_price *price = &order->price;
    if (price->prices)
        name_served(order);
    bool is_ours = price->here_of == order->edits;
    if (!price->prices || order->in_paste ||
        (price->generation == price->prices->generation && is_ours))
        return;
    if (is_served(order) && is_ours && price->here.kind == LOCAL_FULL)
        return; /* else hints are still to be found */
    price_here(order);
    show(order);
}

/* ---- the server's ---------------------------------------------------------------------------- */

static bool differs(const struct reply_line *shown, const struct reply_line *served)
{
    return is_same_line(shown, served) && shown->priced &&
           (!served->priced || shown->amount != served->amount);
}

/* What the operator may have told the caller already. */
static void was_find(struct order_price *price, const struct reply_quote *served)
{
    const struct reply_quote *shown = &price->here.reply;
    struct arena *arena = price->was_arena = arena_new();
    struct id_map now;
    id_map_of_quote(arena, served, &now);
    price->was = ARENA_ARRAY(arena, struct order_was, shown->nlines);
    for (size_t i = 0; i < shown->nlines; i++)
        if (differs(&shown->lines[i], id_map_line(&now, served, shown->lines[i].id)))
            price->was[price->nwas++] =
                (struct order_was){arena_strdup(arena, shown->lines[i].id), shown->lines[i].amount};
    if (shown->total != served->total)
        price->total_was = shown->total;
}

void order_price_served(struct order *order, struct arena *arena, const struct reply_quote *quote,
                        uint64_t edits)
{
    struct order_price *price = &order->price;
    struct reply_quote served = *quote;
    bool was_shown = price->here.kind == LOCAL_FULL && price->here_of == edits && !is_served(order);
    put_candidates(arena, &order->quote, NULL, &served);
    if (was_shown && edits == order->edits) {
        was_clear(price);
        was_find(price, &served);
    }
    struct arena *before = price->served_arena; /* perhaps the one that is shown */
    price->served_arena = arena;
    price->served = served;
    order->quoted = edits;
    if (price->prices) {
        prices_name_lines(price->prices, arena, &price->served);
        price->named = price->prices->generation;
        prices_heard(price->prices, &served);
        if (price->nwas || price->total_was >= 0)
            prices_doubt(price->prices, &served);
        if (order_draft(order)->date.days == DATE_MIN.days)
            catalogue_feed_set_day(price->prices->feed, served.date);
        if (!is_served(order) && !order->in_paste)
            price_here(order); /* with what it tells of the stock */
    }
    show(order);
    arena_free(before);
}

/* ---- one order ------------------------------------------------------------------------------- */

void order_price_attach(struct order *order, struct prices *prices)
{
    order->price.prices = prices;
    order_price_look(order);
}

void order_price_release(struct order *order)
{
    struct order_price *price = &order->price;
    arena_free(price->here_arena);
    arena_free(price->served_arena);
    arena_free(price->was_arena);
    arena_free(price->index.arena);
}
