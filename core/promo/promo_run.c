#include "core/promo/promo_part.h"

#include "core/quote_part.h"

#include <stdlib.h>
#include <string.h>

/* ---- lines ---- */

enum zone { ZONE_ELIGIBLE, ZONE_CHOSEN, ZONE_OTHER };

static enum zone zone_of(const struct quote_line *line)
{
    if (quote_line_is_pick(line))
        return ZONE_CHOSEN;
    return promo_is_apart(line->item) ? ZONE_OTHER : ZONE_ELIGIBLE;
}

/* Items ascend by SKU, so their indexes compare as their SKUs do. */
static int compare_lines(const void *a, const void *b)
{
    const struct promo_line *x = a, *y = b;
    enum zone zone = zone_of(x->line), other = zone_of(y->line);
    if (zone != other)
        return zone < other ? -1 : 1;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    if (x->qty != y->qty)
        return x->qty < y->qty ? -1 : 1;
    return strcmp(x->line->draft->id, y->line->draft->id);
}

static uint32_t slot_of(struct promo_run *run, struct rate rate)
{
    for (size_t i = 0; i < run->nslots; i++)
        if (run->slots[i].ppm == rate.ppm)
            return (uint32_t)i;
    run->slots[run->nslots] = rate;
    return (uint32_t)run->nslots++;
}

static void lines_init(struct promo_run *run)
{
    struct quote *quote = run->quote;
    run->lines = ARENA_ARRAY(run->arena, struct promo_line, quote->nlines);
    run->slots = ARENA_ARRAY(run->arena, struct rate, quote->catalogue->ntax_classes + 1);
    for (size_t i = 0; i < quote->nlines; i++) {
        struct quote_line *line = &quote->lines[i];
        if (!line->priced)
            continue;
        enum zone zone = zone_of(line);
        run->n += zone == ZONE_ELIGIBLE;
        run->nchosen += zone <= ZONE_CHOSEN;
        run->lines[run->nall++] =
            (struct promo_line){.line = line,
                                .item = (uint32_t)(line->item - quote->catalogue->items),
                                .slot = slot_of(run, line->tax_rate),
                                .qty = line->draft->qty,
                                .goods = line->goods.minor,
                                .left = line->amount.minor};
    }
    qsort(run->lines, run->nall, sizeof *run->lines, compare_lines);
}

static void room_init(struct promo_run *run)
{
    int64_t **arrays[] = {&run->cut, &run->value, &run->pieces, &run->use, &run->weights};
    for (size_t i = 0; i < ARRAY_LEN(arrays); i++)
        *arrays[i] = ARENA_ARRAY(run->arena, int64_t, run->nall);
    run->parts = ARENA_ARRAY(run->arena, struct money, run->nall);
    run->at = ARENA_ARRAY(run->arena, uint32_t, run->nall);
}

int64_t promo_line_value(const struct promo_line *line)
{
    return line->left / line->qty;
}

struct valued {
    int64_t value;
    uint32_t at;
};

static int dearest_first(const void *a, const void *b)
{
    const struct valued *x = a, *y = b;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

const uint32_t *promo_run_by_value(struct promo_run *run)
{
    if (run->by_value_known)
        return run->by_value;
    struct valued *sorted = ARENA_ARRAY(run->arena, struct valued, run->n);
    for (uint32_t i = 0; i < run->n; i++)
        sorted[i] = (struct valued){promo_line_value(&run->lines[i]), i};
    qsort(sorted, run->n, sizeof *sorted, dearest_first);
    run->by_value = ARENA_ARRAY(run->arena, uint32_t, run->n);
    for (size_t i = 0; i < run->n; i++)
        run->by_value[i] = sorted[i].at;
    run->by_value_known = true;
    return run->by_value;
}

/* ---- facts ---- */

static int compare_facts(const void *a, const void *b)
{
    const struct promo_known *x = a, *y = b;
    return strcmp(x->fact->promotion, y->fact->promotion);
}

static int compare_fact(const void *code, const void *known)
{
    return strcmp(code, ((const struct promo_known *)known)->fact->promotion);
}

static void facts_init(struct promo_run *run)
{
    size_t n = run->buyer->npromotions;
    run->facts = ARENA_ARRAY(run->arena, struct promo_known, n);
    for (size_t i = 0; i < n; i++)
        run->facts[i].fact = &run->buyer->promotions[i];
    qsort(run->facts, n, sizeof *run->facts, compare_facts);
}

const struct promotion_fact *promo_run_fact(const struct promo_run *run, const char *code)
{
    size_t n = run->buyer->npromotions;
    const struct promo_known *known =
        n ? bsearch(code, run->facts, n, sizeof *run->facts, compare_fact) : NULL;
    return known ? known->fact : NULL;
}

bool promo_run_has_stock(struct promo_run *run, const struct promo_gift *gift)
{
    const struct catalogue *c = run->quote->catalogue;
    const struct item *item = &c->items[gift->item];
    if (quote_is_certificate(item)) /* money is not given away */
        return false;
    if (!run->stock || item->back_order)
        return true;
    if (!run->free)
        run->free = quote_stock_left(run->arena, run->quote, run->stock, run->nstock);
    return quote_stock_sellable(c, (struct stock_parts){.item = item}, run->stock, run->free,
                                run->nstock) >= gift->qty;
}

void promo_run_init(struct promo_run *run)
{
    lines_init(run);
    room_init(run);
    facts_init(run);
}
