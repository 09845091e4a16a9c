#include "core/promo/promo_part.h"

#include "core/quote_part.h"

#include <string.h>

/* The tax that is added to what is left of the lines, as the market rounds it. */
static int64_t tax_on(struct promo_run *run, const int64_t *left)
{
    int64_t tax = 0;
    if (run->quote->catalogue->rounding == ROUND_LINE) {
        for (size_t i = 0; i < run->nall; i++)
            tax += money_at_rate(money_of(left[i]), run->slots[run->lines[i].slot]).minor;
        return tax;
    }
    for (size_t s = 0; s < run->nslots; s++) {
        int64_t sum = 0;
        for (size_t i = 0; i < run->nall; i++)
            sum += run->lines[i].slot == s ? left[i] : 0;
        tax += money_at_rate(money_of(sum), run->slots[s]).minor;
    }
    return tax;
}

static bool cut_all(const struct promo_offer *offer, int64_t *left)
{
    for (size_t i = 0; i < offer->ncuts; i++) {
        int64_t *of = &left[offer->cuts[i].line], cut = offer->cuts[i].amount;
        *of -= cut < *of ? cut : *of;
    }
    return offer->waives;
}

void promo_payment_init(struct promo_payment *payment, struct promo_run *run,
                        struct promo_offer *const *candidates, size_t n, const uint64_t *always)
{
    *payment = (struct promo_payment){.run = run,
                                      .candidates = candidates,
                                      .base = ARENA_ARRAY(run->arena, int64_t, run->nall),
                                      .varying = ARENA_ARRAY(run->arena, size_t, n)};
    for (size_t i = 0; i < run->nall; i++)
        payment->base[i] = run->lines[i].left;
    for (size_t c = 0; c < n; c++)
        if (!promo_bit(always, c))
            payment->varying[payment->nvarying++] = c;
        else if (cut_all(candidates[c], payment->base))
            payment->waived = true;
}

int64_t promo_pay(const struct promo_payment *payment, const uint64_t *set)
{
    struct promo_run *run = payment->run;
    const struct quote *quote = run->quote;
    int64_t *left = run->value, pay = 0;
    bool waived = payment->waived;
    memcpy(left, payment->base, run->nall * sizeof *left);
    for (size_t i = 0; i < payment->nvarying; i++) {
        size_t c = payment->varying[i];
        if (promo_bit(set, c) && cut_all(payment->candidates[c], left))
            waived = true;
    }
    for (size_t i = 0; i < run->nall; i++)
        pay += left[i];
    if (!waived)
        pay += quote->delivery.minor + (quote->tax_included ? 0 : quote->delivery_tax.minor);
    return quote->tax_included ? pay : pay + tax_on(run, left);
}

int64_t promo_worth(const struct promo_run *run, const struct promo_offer *offer)
{
    int64_t given = promo_sum(offer->gifts.minor, offer->credit.minor);
    int64_t waived = offer->waives ? run->quote->delivery.minor : 0;
    return promo_sum(promo_sum(offer->discount, waived), given);
}
