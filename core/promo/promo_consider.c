#include "core/promo/promo_part.h"

#include <string.h>

const char *promo_coupon_opens(const struct promo_run *run, const char *coupon)
{
    for (size_t i = 0; i < run->buyer->ncoupons; i++)
        if (strcmp(run->buyer->coupons[i].code, coupon) == 0)
            return run->buyer->coupons[i].promotion;
    return NULL;
}

static bool has_coupon(const struct promo_run *run, const struct promotion *promotion)
{
    for (size_t i = 0; i < run->draft->ncoupons; i++) {
        const char *opens = promo_coupon_opens(run, run->draft->coupons[i]);
        if (opens && strcmp(opens, promotion->code) == 0)
            return true;
    }
    return false;
}

static bool is_among(const struct promo_run *run, const struct promotion *promotion)
{
    const struct buyer_facts *buyer = run->buyer;
    for (size_t i = 0; i < promotion->npeople; i++)
        for (size_t k = 0; k < buyer->npeople; k++)
            if (strcmp(promotion->people[i], buyer->people[k]) == 0)
                return true;
    return promotion->npeople == 0;
}

static bool has_rank(const struct buyer_facts *buyer, uint64_t ranks)
{
    return buyer->distributor && buyer->rank >= 0 && buyer->rank < 64 && ranks >> buyer->rank & 1;
}

bool promo_considers(const struct promo_run *run, const struct promotion *promotion)
{
    if (!date_within(run->quote->date, promotion->from, promotion->to))
        return false;
    if (promotion->types && !(promotion->types & 1U << run->draft->type))
        return false;
    if (promotion->channels && !(promotion->channels & 1U << run->buyer->channel))
        return false;
    if (promotion->ranks && !has_rank(run->buyer, promotion->ranks))
        return false;
    return is_among(run, promotion) && (!promotion->needs_coupon || has_coupon(run, promotion));
}
