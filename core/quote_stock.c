#include "core/quote_part.h"

#include <stdlib.h>

/* As far as the draft alone tells. */
static bool promotion_is_for(const struct promotion *promotion, const struct order_draft *draft)
{
    return (!promotion->types || promotion->types & 1u << draft->type) &&
           (!promotion->needs_coupon || draft->ncoupons > 0);
}

static size_t components_of(const struct item *item)
{
    return item->kind == ITEM_KIT ? item->components : 1;
}

/* The k-th thing that an item takes from stock: itself, or a component of the kit. */
static struct component component_at(const struct catalogue *c, const struct item *item, size_t k)
{
    if (item->kind == ITEM_KIT)
        return c->components[item->first_component + k];
    return (struct component){(uint32_t)(item - c->items), 1};
}

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Items that may come to be on the order: its own, and what promotions may add as gifts. With
 * `out` NULL they are only counted. */
static size_t items_of(const struct catalogue *c, const struct order_draft *draft,
                       const struct item **out)
{
    size_t n = 0;
    for (size_t i = 0; i < draft->nlines; i++) {
        const struct item *item = catalogue_item(c, draft->lines[i].sku);
        if (item && out)
            out[n] = item;
        n += item != NULL;
    }
    for (size_t i = 0; i < c->npromotions; i++) {
        const struct promotion *p = &c->promotions[i];
        if (!promotion_is_for(p, draft))
            continue;
        for (size_t k = 0; k < p->nbenefits; k++) {
            if (p->benefits[k].kind != BENEFIT_gift)
                continue;
            if (out)
                out[n] = &c->items[p->benefits[k].item];
            n++;
        }
    }
    return n;
}

size_t quote_stock_items(struct arena *arena, const struct catalogue *catalogue,
                         const struct order_draft *draft, uint32_t **items)
{
    size_t n = 0, most = 0, nfound = items_of(catalogue, draft, NULL);
    const struct item **found = ARENA_ARRAY(arena, const struct item *, nfound);
    items_of(catalogue, draft, found);
    for (size_t i = 0; i < nfound; i++)
        most += components_of(found[i]);
    uint32_t *all = ARENA_ARRAY(arena, uint32_t, most);
    for (size_t i = 0; i < nfound; i++)
        for (size_t k = 0; k < components_of(found[i]); k++)
            all[n++] = component_at(catalogue, found[i], k).item;
    qsort(all, n, sizeof *all, compare_u32);
    size_t unique = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || all[i] != all[i - 1])
            all[unique++] = all[i];
    *items = all;
    return unique;
}

static int64_t *stock_find(const struct stock_fact *stock, int64_t *left, size_t n, uint32_t item)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (stock[mid].item == item)
            return &left[mid];
        if (stock[mid].item < item)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

int64_t quote_stock_sellable(const struct catalogue *c, const struct item *item,
                             const struct stock_fact *stock, int64_t *left, size_t n)
{
    int64_t least = INT64_MAX;
    for (size_t k = 0; k < components_of(item); k++) {
        struct component part = component_at(c, item, k);
        int64_t *free_left = stock_find(stock, left, n, part.item);
        int64_t pieces = free_left && *free_left > 0 ? *free_left / part.qty : 0;
        least = pieces < least ? pieces : least;
    }
    return least == INT64_MAX ? 0 : least;
}

static void stock_report(struct quote *quote, size_t i, int64_t free_now)
{
    struct quote_line *line = &quote->lines[i];
    int64_t qty = line->draft->qty;
    if (free_now >= qty)
        return;
    bool later = line->item->back_order && line->draft->back_order;
    struct problem *p =
        quote_line_problem(quote, i, later ? PROBLEM_back_ordered : PROBLEM_stock_short, "qty");
    quote_item_params(p, line->item);
    problem_set_number(p, "free", free_now);
    problem_set_number(p, "qty", qty);
    if (later)
        problem_set_number(p, "short", line->back_ordered = qty - free_now);
    else
        problem_set_number(p, "can_back_order", line->item->back_order);
}

static int compare_needs(const void *a, const void *b)
{
    const struct stock_need *x = a, *y = b;
    if (x->item != y->item)
        return (x->item > y->item) - (x->item < y->item);
    return (x->line > y->line) - (x->line < y->line);
}

static void needs_collect(struct arena *arena, struct quote *quote)
{
    const struct catalogue *c = quote->catalogue;
    size_t most = 0;
    for (size_t i = 0; i < quote->nlines; i++)
        if (quote->lines[i].priced)
            most += components_of(quote->lines[i].item);
    quote->needs = ARENA_ARRAY(arena, struct stock_need, most);
    for (size_t i = 0; i < quote->nlines; i++) {
        const struct quote_line *line = &quote->lines[i];
        for (size_t k = 0; line->priced && k < components_of(line->item); k++) {
            struct component part = component_at(c, line->item, k);
            quote->needs[quote->nneeds++] = (struct stock_need){
                .line = (uint32_t)i,
                .item = part.item,
                .qty = line->draft->qty * part.qty,
                .per = part.qty,
                .back_order = line->item->back_order && line->draft->back_order,
            };
        }
    }
    qsort(quote->needs, quote->nneeds, sizeof *quote->needs, compare_needs);
}

void quote_stock_take(const struct catalogue *c, const struct item *item, int64_t qty,
                      const struct stock_fact *stock, int64_t *left, size_t n)
{
    for (size_t k = 0; k < components_of(item); k++) {
        struct component part = component_at(c, item, k);
        int64_t *free_left = stock_find(stock, left, n, part.item);
        if (free_left)
            *free_left -= part.qty * qty;
    }
}

static int64_t *stock_copy(struct arena *arena, const struct stock_fact *stock, size_t n)
{
    int64_t *left = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        left[i] = stock[i].free;
    return left;
}

int64_t *quote_stock_left(struct arena *arena, const struct quote *quote,
                          const struct stock_fact *stock, size_t n)
{
    int64_t *left = stock_copy(arena, stock, n);
    for (size_t i = 0; i < quote->nlines; i++)
        if (quote->lines[i].priced)
            quote_stock_take(quote->catalogue, quote->lines[i].item, quote->lines[i].draft->qty,
                             stock, left, n);
    return left;
}

static void check_stock(struct arena *arena, struct quote *quote, const struct stock_fact *stock,
                        size_t n)
{
    const struct catalogue *c = quote->catalogue;
    int64_t *left = stock_copy(arena, stock, n), *whole = stock_copy(arena, stock, n);
    for (size_t i = 0; i < quote->nlines; i++) {
        struct quote_line *line = &quote->lines[i];
        if (!line->item)
            continue;
        line->free_stock = quote_stock_sellable(c, line->item, stock, whole, n);
        if (!line->priced)
            continue;
        stock_report(quote, i, quote_stock_sellable(c, line->item, stock, left, n));
        quote_stock_take(c, line->item, line->draft->qty, stock, left, n);
    }
}

void quote_stock_lines(struct arena *arena, struct quote *quote, const struct stock_fact *stock,
                       size_t n)
{
    needs_collect(arena, quote);
    if (stock)
        check_stock(arena, quote, stock, n);
}
