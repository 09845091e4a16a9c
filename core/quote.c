#include "core/quote_part.h"

#include "core/promo/promo.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct problem *quote_line_problem(struct quote *quote, size_t i, enum problem_code code,
                                   const char *member)
{
    char field[QUOTE_FIELD];
    snprintf(field, sizeof field, "/lines/%zu/%s", i, member);
    return problems_add(&quote->problems, code, field, quote->lines[i].draft->id);
}

void quote_item_params(struct problem *problem, const struct item *item)
{
    problem_set_text(problem, "sku", item->sku);
    problem_set_text(problem, "name", item->name);
}

void quote_why_add(struct quote *quote, struct quote_line *line, enum why_code code,
                   struct money amount, struct rate rate, const char *ref)
{
    enum { AT_ONCE = 4 }; /* list price, discount, tax: most lines have no more */
    if (line->nwhy % AT_ONCE == 0) {
        struct why *more = ARENA_ARRAY(quote->problems.arena, struct why, line->nwhy + AT_ONCE);
        if (line->nwhy)
            memcpy(more, line->why, line->nwhy * sizeof *more);
        line->why = more;
    }
    line->why[line->nwhy++] = (struct why){code, amount, rate, ref};
}

const char *quote_date_text(struct arena *arena, struct date date)
{
    char text[DATE_TEXT];
    return arena_strdup(arena, date_format(text, date));
}

/* Sums of the lines as they stand; false when they are too large to be said. */
static bool sum_lines(struct quote *quote)
{
    bool ok = true;
    quote->goods = quote->discount = quote->tax = money_of(0);
    quote->cv = quote->pv = (struct volume){0};
    for (size_t i = 0; i < quote->nlines && ok; i++) {
        const struct quote_line *line = &quote->lines[i];
        if (!line->priced)
            continue;
        ok = money_add(quote->goods, line->goods, &quote->goods) &&
             money_add(quote->discount, line->discount, &quote->discount) &&
             money_add(quote->tax, line->tax, &quote->tax) &&
             volume_add(quote->cv, line->cv, &quote->cv) &&
             volume_add(quote->pv, line->pv, &quote->pv);
    }
    return ok;
}

static bool total(struct quote *quote)
{
    if (!sum_lines(quote) ||
        (!quote->tax_included && !money_add(quote->tax, quote->delivery_tax, &quote->tax_added)))
        return false;
    quote->total = money_of(quote->goods.minor - quote->discount.minor);
    return money_add(quote->total, quote->delivery, &quote->total) &&
           money_add(quote->total, quote->tax_added, &quote->total);
}

/* As if nothing had been priced, so that the sums hold. */
static void give_up(struct quote *quote, const struct order_draft *draft)
{
    problems_add(&quote->problems, PROBLEM_amount_too_large, "/lines", NULL);
    quote->nlines = draft->nlines; /* gifts went behind them */
    for (size_t i = 0; i < quote->nlines; i++)
        quote_line_unprice(&quote->lines[i]);
    quote->npromotions = 0;
    quote->goods = quote->discount = quote->delivery = quote->delivery_tax = money_of(0);
    quote->tax = quote->tax_added = quote->total = quote->credit = money_of(0);
    quote->cv = quote->pv = (struct volume){0};
}

static void price_lines(struct arena *arena, struct quote *quote, const struct buyer_facts *buyer,
                        const struct order_draft *draft)
{
    quote->nlines = draft->nlines;
    quote->lines = ARENA_ARRAY(arena, struct quote_line, draft->nlines);
    for (size_t i = 0; i < draft->nlines; i++) {
        quote->lines[i].draft = &draft->lines[i];
        quote->lines[i].free_stock = -1;
        quote_price_line(quote, i, buyer, draft);
    }
    quote_tax_rates(quote);
}

void quote_price(struct arena *arena, const struct catalogue *catalogue,
                 const struct buyer_facts *buyer, const struct order_draft *draft,
                 const struct stock_fact *stock, size_t nstock, struct quote *out)
{
    *out = (struct quote){.catalogue = catalogue};
    problems_init(&out->problems, arena);
    out->date = draft->date.days == DATE_MIN.days ? buyer->today : draft->date;
    quote_check_buyer(out, buyer, draft);
    quote_choose_list(out, draft);
    out->tax_included = out->list && out->list->tax_included;
    out->region = quote_choose_region(catalogue, buyer, draft->destination);
    price_lines(arena, out, buyer, draft);
    bool fits = sum_lines(out);
    if (fits) {
        quote_charge_delivery(out, draft);
        promo_apply(arena, out, buyer, draft, stock, nstock);
        quote_tax_lines(arena, out);
        fits = total(out);
    }
    if (!fits)
        give_up(out, draft);
    quote_stock_lines(arena, out, stock, nstock);
}

struct money line_refund(struct money paid, int64_t qty, int64_t returned, struct money refunded)
{
    assert(qty > 0 && returned >= 0 && returned <= qty && paid.minor >= 0);
    return money_of((int64_t)((__int128)paid.minor * returned / qty) - refunded.minor);
}
