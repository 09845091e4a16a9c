#include "core/quote_part.h"

void quote_tenders(struct quote *quote, const struct buyer_facts *buyer, unsigned kinds,
                   const struct draft_tender *tenders, size_t n, struct tender_sums *sums)
{
    size_t before = quote->problems.count;
    int exponent = quote->catalogue->exponent;
    tenders_take(&quote->problems, quote->total, exponent,
                 kinds & ~(buyer->distributor ? 0 : TENDER_BIT(balance)), tenders, n, sums);
    for (size_t i = before; i < quote->problems.count; i++)
        if (quote->problems.items[i].code == PROBLEM_tenders_exceed)
            return;
    if (sums->from_balance.minor > 0 && sums->from_balance.minor > buyer->balance.minor) {
        struct problem *p = problems_add(&quote->problems, PROBLEM_balance_short, "/tenders", NULL);
        problem_set_money(p, "balance", buyer->balance.minor, exponent);
        problem_set_money(p, "amount", sums->from_balance.minor, exponent);
    }
}
