#include "core/quote_part.h"

#include <stdlib.h>

/* As far as the draft alone tells. */
static bool promotion_is_for(const struct promotion *promotion, const struct order_draft *draft)
{
    return (!promotion->types || promotion->types & 1u << draft->type) &&
           (!promotion->needs_coupon || draft->ncoupons > 0);
}

static size_t components_of(struct stock_parts parts)
{
    if (quote_is_certificate(parts.item))
        return 0;
    return parts.item->kind == ITEM_KIT ? parts.item->components + parts.nchosen : 1;
}

/* The k-th thing that an item takes from stock: itself, or a component of the kit. */
static struct component component_at(const struct catalogue *c, struct stock_parts parts, size_t k)
{
    const struct item *item = parts.item;
    if (item->kind != ITEM_KIT)
        return (struct component){(uint32_t)(item - c->items), 1};
    return k < item->components ? c->components[item->first_component + k]
                                : parts.chosen[k - item->components];
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

/* All that an item may take: with a kit's also what can be chosen in it. With `out` NULL they are
 * only counted. */
static size_t all_of(const struct catalogue *c, const struct item *item, uint32_t *out)
{
    const struct stock_parts parts = {.item = item};
    size_t n = 0;
    for (size_t k = 0; k < components_of(parts); k++, n++)
        if (out)
            out[n] = component_at(c, parts, k).item;
    for (uint32_t i = 0; i < item->slots; i++) {
        const struct kit_slot *slot = &c->slots[item->first_slot + i];
        for (uint32_t k = 0; k < slot->options; k++, n++)
            if (out)
                out[n] = c->options[slot->first_option + k].item;
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
        most += all_of(catalogue, found[i], NULL);
    uint32_t *all = ARENA_ARRAY(arena, uint32_t, most);
    for (size_t i = 0; i < nfound; i++)
        n += all_of(catalogue, found[i], all + n);
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

static int64_t pieces_left(const struct stock_fact *stock, int64_t *left, size_t n,
                           struct component part)
{
    int64_t *free_left = stock_find(stock, left, n, part.item);
    return free_left && *free_left > 0 ? *free_left / part.qty : 0;
}

/* How many kits the slots that nothing was chosen for would allow. */
static int64_t slots_allow(const struct catalogue *c, struct stock_parts parts,
                           const struct stock_fact *stock, int64_t *left, size_t n)
{
    int64_t least = INT64_MAX;
    size_t seen = 0;
    for (uint32_t i = 0; i < parts.item->slots; i++) {
        const struct kit_slot *slot = &c->slots[parts.item->first_slot + i];
        int64_t pieces = 0;
        bool chosen = (seen += (size_t)slot->choose) <= parts.nchosen;
        for (uint32_t k = 0; k < slot->options && !chosen; k++)
            pieces += pieces_left(stock, left, n, c->options[slot->first_option + k]);
        if (!chosen && pieces / slot->choose < least)
            least = pieces / slot->choose;
    }
    return least;
}

/* All that one piece takes of the item of its k-th component; 0: an earlier one has counted it. */
static int taken_of(const struct catalogue *c, struct stock_parts parts, size_t k)
{
    const uint32_t item = component_at(c, parts, k).item;
    int qty = 0;
    for (size_t i = 0; i < components_of(parts); i++) {
        struct component part = component_at(c, parts, i);
        if (part.item == item && i < k)
            return 0;
        qty += part.item == item ? part.qty : 0;
    }
    return qty;
}

int64_t quote_stock_sellable(const struct catalogue *c, struct stock_parts parts,
                             const struct stock_fact *stock, int64_t *left, size_t n)
{
    int64_t least = slots_allow(c, parts, stock, left, n);
    for (size_t k = 0; k < components_of(parts); k++) {
        struct component part = component_at(c, parts, k);
        part.qty = parts.nchosen ? taken_of(c, parts, k) : part.qty;
        int64_t pieces = part.qty ? pieces_left(stock, left, n, part) : least;
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
            most += components_of(stock_parts_of(&quote->lines[i]));
    quote->needs = ARENA_ARRAY(arena, struct stock_need, most);
    for (size_t i = 0; i < quote->nlines; i++) {
        const struct quote_line *line = &quote->lines[i];
        const struct stock_parts parts = stock_parts_of(line);
        for (size_t k = 0; line->priced && k < components_of(parts); k++) {
            struct component part = component_at(c, parts, k);
            part.qty = parts.nchosen ? taken_of(c, parts, k) : part.qty;
            if (!part.qty)
                continue;
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

void quote_stock_take(const struct catalogue *c, struct stock_parts parts, int64_t qty,
                      const struct stock_fact *stock, int64_t *left, size_t n)
{
    for (size_t k = 0; k < components_of(parts); k++) {
        struct component part = component_at(c, parts, k);
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
            quote_stock_take(quote->catalogue, stock_parts_of(&quote->lines[i]),
                             quote->lines[i].draft->qty, stock, left, n);
    return left;
}

static void check_stock(struct arena *arena, struct quote *quote, const struct stock_fact *stock,
                        size_t n)
{
    const struct catalogue *c = quote->catalogue;
    int64_t *left = stock_copy(arena, stock, n), *whole = stock_copy(arena, stock, n);
    for (size_t i = 0; i < quote->nlines; i++) {
        struct quote_line *line = &quote->lines[i];
        if (!line->item || quote_is_certificate(line->item))
            continue;
        line->free_stock = quote_stock_sellable(c, stock_parts_of(line), stock, whole, n);
        if (!line->priced)
            continue;
        stock_report(quote, i, quote_stock_sellable(c, stock_parts_of(line), stock, left, n));
        quote_stock_take(c, stock_parts_of(line), line->draft->qty, stock, left, n);
    }
}

void quote_stock_lines(struct arena *arena, struct quote *quote, const struct stock_fact *stock,
                       size_t n)
{
    needs_collect(arena, quote);
    if (stock)
        check_stock(arena, quote, stock, n);
}
