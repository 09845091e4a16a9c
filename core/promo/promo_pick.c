#include "core/promo/promo_part.h"

#include <string.h>

/* The first of the benefits that offers the line's item as a choice; NULL when none does. */
const struct benefit *promo_pick_of(const struct promotion *promotion,
                                    const struct promo_line *line)
{
    if (promo_is_apart(line->line->item))
        return NULL;
    for (size_t i = 0; i < promotion->nbenefits; i++) {
        const struct benefit *benefit = &promotion->benefits[i];
        if (benefit->kind == BENEFIT_pick && item_set_has(&benefit->of, line->item))
            return benefit;
    }
    return NULL;
}

bool promo_is_pick_of(const struct promo_line *line, const struct promotion *promotion,
                      const struct benefit *benefit)
{
    return strcmp(line->line->draft->picks, promotion->code) == 0 &&
           promo_pick_of(promotion, line) == benefit;
}

int64_t promo_pick_max(const struct benefit *benefit, int64_t times)
{
    return promo_product(benefit->get, times);
}

/* What comes off a line of choices. */
static int64_t cut_of(const struct promo_line *line, const struct benefit *benefit)
{
    if (!benefit->at_price)
        return money_at_rate(money_of(line->left), benefit->rate).minor;
    int64_t price = promo_product(benefit->amount.minor, line->qty);
    return line->left > price ? line->left - price : 0;
}

bool promo_give_pick(struct promo_run *run, const struct benefit *benefit,
                     struct promo_offer *offer)
{
    int64_t most = promo_pick_max(benefit, offer->times), picked = 0;
    for (size_t i = run->n; i < run->nchosen; i++) {
        const struct promo_line *line = &run->lines[i];
        if (!promo_is_pick_of(line, offer->promotion, benefit))
            continue;
        picked += line->qty;
        if (picked <= most) /* beyond that promo_check tells of it */
            run->cut[i] += cut_of(line, benefit);
    }
    offer->told->picks = promo_sum(offer->told->picks, most);
    offer->told->picked += picked;
    if (picked == 0)
        promo_need(offer, NEED_goods, &benefit->of, 0, 0);
    return picked > 0;
}
