#include "core/promo/promo_part.h"

#include <string.h>

void promo_hand_out(struct promo_run *run, int64_t total, size_t n)
{
    money_allocate(money_of(total), run->weights, n, run->parts);
    for (size_t i = 0; i < n; i++)
        run->cut[run->at[i]] += run->parts[i].minor;
}

/* The lines in the set, weighed by their amounts: how many, and what they come to. */
static size_t weigh(struct promo_run *run, const struct item_set *of, int64_t *sum)
{
    size_t n = 0;
    *sum = 0;
    for (uint32_t i = 0; i < run->n; i++) {
        if (!item_set_has(of, run->lines[i].item))
            continue;
        run->at[n] = i;
        *sum += run->weights[n++] = run->lines[i].left;
    }
    return n;
}

static bool nothing_to_reduce(struct promo_offer *offer, const struct item_set *of)
{
    promo_need(offer, NEED_goods, of, 0, 0);
    return false;
}

static bool give_percent(struct promo_run *run, const struct benefit *benefit,
                         struct promo_offer *offer)
{
    int64_t sum;
    size_t n = weigh(run, &benefit->of, &sum);
    struct money total = money_at_rate(money_of(sum), benefit->rate);
    promo_hand_out(run, total.minor, n);
    return total.minor > 0 || nothing_to_reduce(offer, &benefit->of);
}

static bool give_amount(struct promo_run *run, const struct benefit *benefit,
                        struct promo_offer *offer)
{
    int64_t sum, total = promo_product(benefit->amount.minor, offer->times);
    size_t n = weigh(run, &benefit->of, &sum);
    total = total < sum ? total : sum;
    promo_hand_out(run, total, n);
    return total > 0 || nothing_to_reduce(offer, &benefit->of);
}

static bool give_delivery(struct promo_run *run, const struct benefit *benefit,
                          struct promo_offer *offer)
{
    (void)benefit;
    offer->waives = run->quote->delivery.minor > 0;
    return offer->waives || nothing_to_reduce(offer, NULL);
}

static struct promo_gift gift_of(const struct promo_run *run, const struct benefit *benefit,
                                 const struct promo_offer *offer)
{
    const struct quote *quote = run->quote;
    int64_t qty = promo_product(benefit->get, offer->times);
    struct promo_gift gift = {
        .promotion = offer->promotion, .item = benefit->item, .qty = qty < QTY_MAX ? qty : QTY_MAX};
    const struct item *item = &quote->catalogue->items[benefit->item];
    const struct price *price =
        quote->list ? catalogue_price(quote->catalogue, quote->list, item) : NULL;
    if (price && money_times(price->amount, gift.qty, &gift.goods))
        gift.unit = price->amount;
    return gift;
}

static bool give_gift(struct promo_run *run, const struct benefit *benefit,
                      struct promo_offer *offer)
{
    struct promo_gift gift = gift_of(run, benefit, offer);
    if (!promo_run_has_stock(run, &gift)) {
        promo_need(offer, NEED_stock, NULL, 0, gift.qty);
        return false;
    }
    struct promo_gift *gifts = ARENA_ARRAY(run->arena, struct promo_gift, offer->ngifts + 1);
    if (offer->ngifts)
        memcpy(gifts, offer->gift, offer->ngifts * sizeof *gifts);
    gifts[offer->ngifts++] = gift;
    offer->gift = gifts;
    offer->gifts.minor = promo_sum(offer->gifts.minor, gift.goods.minor);
    return true;
}

static bool give_credit(struct promo_run *run, const struct benefit *benefit,
                        struct promo_offer *offer)
{
    (void)run;
    int64_t credit = promo_product(benefit->amount.minor, offer->times);
    offer->credit.minor = promo_sum(offer->credit.minor, credit);
    return credit > 0 || nothing_to_reduce(offer, NULL);
}

/* False, and the need told, when it gives nothing on this order. */
static bool (*const give[BENEFIT_KINDS])(struct promo_run *run, const struct benefit *benefit,
                                         struct promo_offer *offer) = {
    [BENEFIT_percent] = give_percent, [BENEFIT_amount] = give_amount,
    [BENEFIT_pick] = promo_give_pick, [BENEFIT_cheapest] = promo_give_cheapest,
    [BENEFIT_set] = promo_give_set,   [BENEFIT_delivery] = give_delivery,
    [BENEFIT_gift] = give_gift,       [BENEFIT_credit] = give_credit,
};

/* Keeps what was cut in `run->cut`, no more than there is on a line, and clears that. */
static void cuts_keep(struct promo_run *run, struct promo_offer *offer)
{
    size_t n = 0;
    for (size_t i = 0; i < run->nchosen; i++)
        n += run->cut[i] > 0;
    offer->cuts = ARENA_ARRAY(run->arena, struct promo_cut, n);
    for (uint32_t i = 0; i < run->nchosen; i++) {
        int64_t left = run->lines[i].left, cut = run->cut[i] < left ? run->cut[i] : left;
        run->cut[i] = 0;
        if (cut <= 0)
            continue;
        offer->cuts[offer->ncuts++] = (struct promo_cut){i, cut};
        offer->discount += cut;
    }
}

bool promo_gives(struct promo_run *run, struct promo_offer *offer)
{
    const struct promotion *promotion = offer->promotion;
    struct quote_promotion *told = offer->told, first = *told;
    bool any = false;
    for (size_t i = 0; i < run->n; i++)
        run->pieces[i] = run->lines[i].qty;
    for (size_t i = 0; i < promotion->nbenefits; i++) {
        const struct benefit *benefit = &promotion->benefits[i];
        bool gives = give[benefit->kind](run, benefit, offer);
        any = any || gives;
        if (told->need == NEED_stock)
            break;
        if (!gives && first.need == NEED_none)
            first = *told; /* of several the first is told */
    }
    cuts_keep(run, offer);
    if (told->need == NEED_stock)
        return false;
    if (any)
        promo_need(offer, NEED_none, NULL, 0, 0);
    else
        promo_need(offer, first.need, first.of, first.actual, first.needed);
    return any;
}
