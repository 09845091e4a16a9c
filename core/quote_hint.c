/* "1 more 41109 saves 19.00": what is nearly reached is tried by pricing the order with it. */
#include "core/quote_part.h"

#include <string.h>

struct search {
    struct arena *arena;
    const struct quote *quote;
    const struct buyer_facts *buyer;
    const struct order_draft *draft;
    const struct stock_fact *stock;
    size_t nstock;
};

/* What is added to the order: pieces that are bought, and pieces that are chosen with them. */
struct step {
    const struct item *item, *choice;
    int64_t qty, choices;
};

/* ---- which promotions are near ---- */

static bool has_choices(const struct quote_promotion *told)
{
    return told->picks > told->picked && told->state != PROMOTION_lost;
}

static bool is_near(const struct quote_promotion *told)
{
    return has_choices(told) || (told->state == PROMOTION_failed &&
                                 (told->need == NEED_spend || told->need == NEED_quantity ||
                                  told->need == NEED_order || told->need == NEED_pieces));
}

static bool is_nearer(const struct quote_promotion *a, const struct quote_promotion *b)
{
    if (has_choices(a) || has_choices(b))
        return has_choices(a) && !has_choices(b);
    return (__int128)a->actual * b->needed > (__int128)b->actual * a->needed;
}

/* The nearest, nearest first; those as near stay by lane, priority and code. */
static size_t find_near(const struct quote *quote, const struct quote_promotion **out)
{
    size_t n = 0;
    for (size_t i = 0; i < quote->npromotions; i++) {
        const struct quote_promotion *told = &quote->promotions[i];
        if (!is_near(told) || (n == QUOTE_HINTS && !is_nearer(told, out[n - 1])))
            continue;
        size_t at = n < QUOTE_HINTS ? n++ : n - 1;
        for (; at > 0 && is_nearer(told, out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = told;
    }
    return n;
}

/* ---- which item, how many ---- */

static bool may_be_sold(const struct search *s, const struct item *item)
{
    return order_type_info(s->draft->type)->kinds & 1U << item->kind &&
           item->kind != ITEM_CERTIFICATE && item->kind != ITEM_FEE &&
           date_within(s->quote->date, item->sale_from, item->sale_to);
}

/* How many pieces at `unit` make up for what is missing; 0 when no number does. */
static int64_t pieces_for(const struct search *s, const struct quote_promotion *told, int64_t unit)
{
    int64_t missing = told->needed - told->actual;
    if (told->need != NEED_spend && told->need != NEED_order)
        return missing;
    struct rate rank = quote_rank_discount(s->quote, s->buyer, s->draft->type);
    if (told->promotion->on_reduced)
        unit -= money_at_rate(money_of(unit), rank).minor;
    return unit > 0 ? (missing - 1) / unit + 1 : 0;
}

static bool in_set(const struct search *s, const struct item_set *of, const struct item *item)
{
    return !of || item_set_has(of, (uint32_t)(item - s->quote->catalogue->items));
}

/* Of the order's items the one of which the fewest are needed, then the cheapest, the first SKU. */
static void step_of_order(const struct search *s, const struct quote_promotion *told,
                          struct step *out)
{
    int64_t price = 0;
    for (size_t i = 0; i < s->quote->nlines; i++) {
        const struct quote_line *line = &s->quote->lines[i];
        if (!line->priced || line->gift_of || quote_line_is_pick(line) ||
            !may_be_sold(s, line->item) || !in_set(s, told->of, line->item))
            continue;
        int64_t qty = pieces_for(s, told, line->unit.minor), unit = line->unit.minor;
        bool better = !out->item || qty < out->qty || (qty == out->qty && unit < price) ||
                      (qty == out->qty && unit == price && line->item < out->item);
        if (qty == 0 || !better)
            continue;
        out->item = line->item;
        out->qty = qty;
        price = unit;
    }
}

static const struct item *cheapest(const struct search *s, const struct item_set *of)
{
    const struct catalogue *c = s->quote->catalogue;
    const struct item *best = NULL;
    int64_t least = 0;
    for (size_t i = 0; i < c->nitems; i++) {
        if (!item_set_has(of, (uint32_t)i) || !may_be_sold(s, &c->items[i]))
            continue;
        const struct price *price = catalogue_price(c, s->quote->list, &c->items[i]);
        if (!price || price->amount.minor == 0 || (best && price->amount.minor >= least))
            continue;
        best = &c->items[i];
        least = price->amount.minor;
    }
    return best;
}

static void step_of_list(const struct search *s, const struct quote_promotion *told,
                         struct step *out)
{
    const struct item *item = told->of ? cheapest(s, told->of) : NULL;
    const struct price *price =
        item ? catalogue_price(s->quote->catalogue, s->quote->list, item) : NULL;
    if (price && (out->qty = pieces_for(s, told, price->amount.minor)) > 0)
        out->item = item;
}

/* The first choice of the promotion that is not taken whole, the cheapest item of it. */
static void add_choices(const struct search *s, const struct quote_promotion *told,
                        struct step *out)
{
    const struct promotion *p = told->promotion;
    int64_t all = 0;
    for (size_t i = 0; i < p->nbenefits; i++)
        all += p->benefits[i].kind == BENEFIT_pick ? p->benefits[i].get : 0;
    for (size_t i = 0; i < p->nbenefits && !out->choice; i++) {
        const struct benefit *b = &p->benefits[i];
        if (b->kind != BENEFIT_pick)
            continue;
        int64_t left = b->get * (has_choices(told) ? told->picks / all : 1);
        for (size_t k = 0; has_choices(told) && k < s->quote->nlines; k++) {
            const struct quote_line *line = &s->quote->lines[k];
            if (line->priced && quote_line_is_pick(line) &&
                strcmp(line->draft->picks, p->code) == 0 && in_set(s, &b->of, line->item))
                left -= line->draft->qty;
        }
        if (left > 0 && (out->choice = cheapest(s, &b->of)))
            out->choices = left;
    }
}

static bool find_step(const struct search *s, const struct quote_promotion *told, struct step *out)
{
    *out = (struct step){0};
    add_choices(s, told, out);
    if (has_choices(told))
        return out->choice && out->choices <= QTY_MAX;
    step_of_order(s, told, out);
    if (!out->item)
        step_of_list(s, told, out);
    return out->item && out->qty <= QTY_MAX;
}

/* ---- what it saves ---- */

/* The stock that is known; of items that nobody asked for there is enough. */
static const struct stock_fact *stock_with(const struct search *s, const struct order_draft *draft,
                                           size_t *n)
{
    uint32_t *items;
    size_t nitems = quote_stock_items(s->arena, s->quote->catalogue, draft, &items), k = 0;
    struct stock_fact *stock = ARENA_ARRAY(s->arena, struct stock_fact, nitems);
    for (size_t i = 0; i < nitems; i++) {
        while (k < s->nstock && s->stock[k].item < items[i])
            k++;
        bool known = k < s->nstock && s->stock[k].item == items[i];
        stock[i] = (struct stock_fact){items[i], known ? s->stock[k].free : INT32_MAX};
    }
    *n = nitems;
    return stock;
}

static struct order_draft draft_with(const struct search *s, const struct step *step,
                                     const char *code)
{
    struct order_draft draft = *s->draft;
    draft.lines = ARENA_ARRAY(s->arena, struct draft_line, draft.nlines + 2);
    if (draft.nlines)
        memcpy(draft.lines, s->draft->lines, draft.nlines * sizeof *draft.lines);
    if (step->item)
        draft.lines[draft.nlines++] =
            (struct draft_line){.id = "+more", .sku = step->item->sku, .qty = step->qty};
    if (step->choice)
        draft.lines[draft.nlines++] = (struct draft_line){
            .id = "+choice", .sku = step->choice->sku, .qty = step->choices, .picks = code};
    return draft;
}

/* What the pieces of a line cost without promotions. */
static int64_t alone(const struct search *s, const struct quote_line *line)
{
    struct rate rank = quote_rank_discount(s->quote, s->buyer, s->draft->type);
    int64_t amount = line->goods.minor - money_at_rate(line->goods, rank).minor;
    int64_t tax = money_at_rate(money_of(amount), line->tax_rate).minor;
    return s->quote->tax_included ? amount : amount + tax;
}

static bool is_applied(const struct quote *quote, const struct promotion *promotion)
{
    for (size_t i = 0; i < quote->npromotions; i++)
        if (quote->promotions[i].promotion == promotion)
            return quote->promotions[i].state == PROMOTION_applied;
    return false;
}

/* 0 and less: nothing, or it cannot be ordered so. */
static int64_t saves(const struct search *s, const struct quote_promotion *told,
                     const struct step *step)
{
    struct quote quote;
    struct order_draft draft = draft_with(s, step, told->promotion->code);
    size_t nstock = 0;
    const struct stock_fact *stock = s->stock ? stock_with(s, &draft, &nstock) : NULL;
    quote_price(s->arena, s->quote->catalogue, s->buyer, &draft, stock, nstock, &quote);
    if (problems_stops(&quote.problems) > problems_stops(&s->quote->problems) ||
        !is_applied(&quote, told->promotion))
        return 0;
    int64_t sum = s->quote->total.minor - quote.total.minor;
    for (size_t i = s->draft->nlines; i < draft.nlines; i++)
        sum += alone(s, &quote.lines[i]);
    return sum;
}

/* ---- the best ---- */

static bool is_better(const struct quote_hint *a, const struct quote_hint *b)
{
    if (a->saves.minor != b->saves.minor)
        return a->saves.minor > b->saves.minor;
    if (a->qty != b->qty)
        return a->qty < b->qty;
    if (a->promotion->priority != b->promotion->priority)
        return a->promotion->priority > b->promotion->priority;
    return strcmp(a->promotion->code, b->promotion->code) < 0;
}

/* The better ones first. */
static void insert(const struct quote_hint *hint, struct quote_hint *out, size_t n)
{
    for (; n > 0 && is_better(hint, &out[n - 1]); n--)
        out[n] = out[n - 1];
    out[n] = *hint;
}

size_t quote_hints_find(struct arena *arena, const struct quote *quote,
                        const struct buyer_facts *buyer, const struct order_draft *draft,
                        const struct stock_fact *stock, size_t nstock,
                        struct quote_hint out[QUOTE_HINTS])
{
    struct search s = {arena, quote, buyer, draft, stock, nstock};
    const struct quote_promotion *near[QUOTE_HINTS];
    size_t n = quote->list ? find_near(quote, near) : 0, found = 0;
    for (size_t i = 0; i < n; i++) {
        struct step step;
        if (!find_step(&s, near[i], &step))
            continue;
        struct quote_hint hint = {.promotion = near[i]->promotion,
                                  .item = step.item ? step.item : step.choice,
                                  .qty = step.item ? step.qty : step.choices,
                                  .saves = money_of(saves(&s, near[i], &step)),
                                  .picks = !step.item};
        if (hint.saves.minor > 0)
            insert(&hint, out, found++);
    }
    return found;
}

void quote_hint_find(struct arena *arena, const struct quote *quote,
                     const struct buyer_facts *buyer, const struct order_draft *draft,
                     const struct stock_fact *stock, size_t nstock, struct quote_hint *out)
{
    struct quote_hint all[QUOTE_HINTS];
    size_t n = quote_hints_find(arena, quote, buyer, draft, stock, nstock, all);
    *out = n ? all[0] : (struct quote_hint){0};
}
