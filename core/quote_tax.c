#include "core/quote_part.h"

#include <string.h>

/* A missing rate is one problem, however many lines it concerns. */
static bool told_of_class(const struct quote *quote, const char *class)
{
    for (size_t i = 0; i < quote->problems.count; i++) {
        const struct problem *p = &quote->problems.items[i];
        if (p->code == PROBLEM_no_tax_rate && strcmp(p->params[0].text, class) == 0)
            return true;
    }
    return false;
}

const struct tax_rate *quote_rate(struct quote *quote, int tax_class)
{
    const struct catalogue *c = quote->catalogue;
    const struct tax_rate *rate = catalogue_tax(c, quote->region, tax_class, quote->date);
    if (rate || told_of_class(quote, c->tax_classes[tax_class]))
        return rate;
    struct problem *p = problems_add(&quote->problems, PROBLEM_no_tax_rate, "/ship_to", NULL);
    problem_set_text(p, "class", c->tax_classes[tax_class]);
    problem_set_text(p, "region", quote->region);
    problem_set_text(p, "date", quote_date_text(quote->problems.arena, quote->date));
    return NULL;
}

struct money quote_tax_of(const struct quote *quote, struct money amount, struct rate rate)
{
    return quote->tax_included ? money_tax_within(amount, rate) : money_at_rate(amount, rate);
}

/* Rounds once per rate over the whole order and shares the result out by the lines' amounts. */
static void tax_by_order(struct arena *arena, struct quote *quote)
{
    size_t n = quote->nlines;
    int64_t *weights = ARENA_ARRAY(arena, int64_t, n);
    struct money *parts = ARENA_ARRAY(arena, struct money, n);
    bool *done = ARENA_ARRAY(arena, bool, n);
    for (size_t first = 0; first < n; first++) {
        if (done[first] || !quote->lines[first].priced)
            continue;
        struct rate rate = quote->lines[first].tax_rate;
        struct money sum = money_of(0);
        for (size_t i = 0; i < n; i++) {
            const struct quote_line *line = &quote->lines[i];
            bool same = line->priced && line->tax_rate.ppm == rate.ppm;
            weights[i] = same ? line->amount.minor : 0;
            done[i] = done[i] || same;
            if (!money_add(sum, money_of(weights[i]), &sum))
                return; /* the sum of the goods reports it */
        }
        money_allocate(quote_tax_of(quote, sum, rate), weights, n, parts);
        for (size_t i = 0; i < n; i++)
            if (weights[i])
                quote->lines[i].tax = parts[i];
    }
}

void quote_tax_rates(struct quote *quote)
{
    const struct tax_rate *rate = NULL;
    int tax_class = -1; /* of the line before: most have the same */
    for (size_t i = 0; i < quote->nlines; i++) {
        struct quote_line *line = &quote->lines[i];
        if (!line->priced || quote_is_certificate(line->item))
            continue;
        if (line->item->tax_class != tax_class)
            rate = quote_rate(quote, tax_class = line->item->tax_class);
        line->tax_rate = rate ? rate->rate : (struct rate){0};
    }
}

void quote_tax_lines(struct arena *arena, struct quote *quote)
{
    enum why_code code = quote->tax_included ? WHY_tax_included : WHY_tax_added;
    for (size_t i = 0; i < quote->nlines; i++) {
        struct quote_line *line = &quote->lines[i];
        if (line->priced)
            line->tax = quote_tax_of(quote, line->amount, line->tax_rate);
    }
    if (quote->catalogue->rounding == ROUND_ORDER)
        tax_by_order(arena, quote);
    for (size_t i = 0; i < quote->nlines; i++)
        if (quote->lines[i].priced && quote->lines[i].tax_rate.ppm)
            quote_why_add(quote, &quote->lines[i], code, quote->lines[i].tax,
                          quote->lines[i].tax_rate, quote->region);
}
