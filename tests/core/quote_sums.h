/* What holds for the sums of any quote, whatever was priced: the name of what does not, or NULL. */
#pragma once

#include "core/quote.h"

static inline const char *quote_line_fault(const struct quote *q, const struct quote_line *l)
{
    int64_t price_steps = 0, tax_steps = 0;
    for (size_t i = 0; i < l->nwhy; i++) {
        if (l->why[i].code == WHY_list_price || l->why[i].code == WHY_rank_discount ||
            l->why[i].code == WHY_promotion)
            price_steps += l->why[i].amount.minor;
        if (l->why[i].code == WHY_tax_included || l->why[i].code == WHY_tax_added)
            tax_steps += l->why[i].amount.minor;
    }
    if (l->amount.minor < 0 || l->discount.minor < 0 || l->goods.minor < 0 || l->tax.minor < 0)
        return "nothing on a line is negative";
    if (l->goods.minor > MONEY_MAX || l->tax.minor > MONEY_MAX || l->cv.hundredths > MONEY_MAX)
        return "nothing on a line is beyond 2^53 - 1";
    if (l->goods.minor - l->discount.minor != l->amount.minor)
        return "amount = goods - discount";
    if (l->priced && l->unit.minor * l->draft->qty != l->goods.minor)
        return "goods = unit x quantity";
    if (price_steps != l->amount.minor)
        return "the steps of why add up to the amount";
    if (tax_steps != l->tax.minor)
        return "why tells the tax";
    if (!l->priced && (l->goods.minor || l->tax.minor || l->cv.hundredths || l->nwhy))
        return "what is not priced is nothing";
    if (q->tax_included && l->tax.minor > l->amount.minor)
        return "tax inside an amount is no more than it";
    if (l->back_ordered < 0 || (l->priced && l->back_ordered > l->draft->qty))
        return "back-ordered pieces are a part of the quantity";
    return NULL;
}

static inline const char *quote_sums_fault(const struct quote *q)
{
    int64_t goods = 0, discount = 0, amount = 0, tax = 0, cv = 0, pv = 0;
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *l = &q->lines[i];
        const char *fault = quote_line_fault(q, l);
        if (fault)
            return fault;
        goods += l->goods.minor;
        discount += l->discount.minor;
        amount += l->amount.minor;
        tax += l->tax.minor;
        cv += l->cv.hundredths;
        pv += l->pv.hundredths;
    }
    if (goods != q->goods.minor || discount != q->discount.minor || tax != q->tax.minor ||
        cv != q->cv.hundredths || pv != q->pv.hundredths)
        return "the sums are those of the lines";
    if (amount != q->goods.minor - q->discount.minor)
        return "the amounts add up to goods - discount";
    if (q->goods.minor - q->discount.minor + q->delivery.minor + q->tax_added.minor !=
        q->total.minor)
        return "goods - discount + delivery + tax_added = total";
    if (q->tax_added.minor != (q->tax_included ? 0 : tax + q->delivery_tax.minor))
        return "tax is added where prices do not include it, and only there";
    if (q->total.minor < 0 || q->total.minor > MONEY_MAX || q->delivery.minor < 0)
        return "the total is within 0 and 2^53 - 1";
    return NULL;
}
