#include "core/quote_part.h"

/* What the charge is found by: ordinary goods before promotions, so that a promotion never brings a
 * charge. What was chosen free adds neither value nor weight; certificates are not delivered. */
static bool find_charge(struct quote *quote, const struct order_draft *draft,
                        const struct delivery_charge **out)
{
    struct money value = money_of(0);
    int64_t weight_g = 0;
    bool any = false;
    for (size_t i = 0; i < quote->nlines; i++) {
        const struct quote_line *line = &quote->lines[i];
        if (!line->priced || quote_is_certificate(line->item))
            continue;
        any = true;
        if (quote_line_is_pick(line))
            continue;
        value.minor += line->amount.minor; /* their sum is known to fit */
        weight_g += line->item->weight_g * line->draft->qty;
    }
    if (any)
        *out = catalogue_delivery(quote->catalogue, draft->destination,
                                  draft->method ? draft->method : "standard", quote->region, value,
                                  weight_g, quote->date);
    return any;
}

void quote_charge_delivery(struct quote *quote, const struct order_draft *draft)
{
    const struct delivery_charge *row;
    if (draft->at_counter || !find_charge(quote, draft, &row))
        return;
    if (!row) {
        struct problem *p = problems_add(&quote->problems, PROBLEM_no_delivery, "/ship_to", NULL);
        problem_set_name(p, "destination", "destination", destination_name(draft->destination));
        problem_set_text(p, "date", quote_date_text(quote->problems.arena, quote->date));
        return;
    }
    quote->delivery = row->charge;
    if (row->charge.minor == 0)
        return;
    const struct tax_rate *rate = quote_rate(quote, row->tax_class);
    if (rate)
        quote->delivery_tax = quote_tax_of(quote, row->charge, rate->rate);
}
