#include "core/promo/promo_part.h"

static int64_t spent(const struct promo_run *run, const struct promotion *promotion,
                     const struct item_set *of)
{
    int64_t sum = 0;
    for (size_t i = 0; i < run->n; i++)
        if (!of || item_set_has(of, run->lines[i].item))
            sum = promo_sum(sum, promotion->on_reduced ? run->lines[i].left : run->lines[i].goods);
    return sum;
}

/* ---- what there is of what a condition looks at ---- */

static int64_t of_spend(const struct promo_run *run, const struct promo_offer *offer,
                        const struct condition *condition)
{
    return spent(run, offer->promotion, &condition->of);
}

static int64_t of_quantity(const struct promo_run *run, const struct promo_offer *offer,
                           const struct condition *condition)
{
    int64_t pieces = 0;
    (void)offer;
    for (size_t i = 0; i < run->n; i++)
        if (item_set_has(&condition->of, run->lines[i].item))
            pieces += run->lines[i].qty;
    return pieces;
}

static int64_t of_order(const struct promo_run *run, const struct promo_offer *offer,
                        const struct condition *condition)
{
    (void)condition;
    return spent(run, offer->promotion, NULL);
}

static int64_t of_first_order(const struct promo_run *run, const struct promo_offer *offer,
                              const struct condition *condition)
{
    (void)offer, (void)condition;
    return run->buyer->first_order;
}

/* An order that is of no party has reached nothing. */
static int64_t of_party(const struct promo_run *run, const struct promo_offer *offer,
                        const struct condition *condition)
{
    (void)condition;
    if (!run->buyer->has_party)
        return 0;
    return promo_sum(run->buyer->party_total.minor, spent(run, offer->promotion, NULL));
}

static int64_t of_recruits(const struct promo_run *run, const struct promo_offer *offer,
                           const struct condition *condition)
{
    (void)run, (void)condition;
    return offer->fact ? offer->fact->recruits : 0;
}

static const struct {
    int64_t (*actual)(const struct promo_run *run, const struct promo_offer *offer,
                      const struct condition *condition);
    enum need_kind need;
    enum { MEASURE_money, MEASURE_count, MEASURE_truth } measure;
} rules[CONDITION_KINDS] = {
    [CONDITION_spend] = {of_spend, NEED_spend, MEASURE_money},
    [CONDITION_quantity] = {of_quantity, NEED_quantity, MEASURE_count},
    [CONDITION_order] = {of_order, NEED_order, MEASURE_money},
    [CONDITION_first_order] = {of_first_order, NEED_first_order, MEASURE_truth},
    [CONDITION_party] = {of_party, NEED_party, MEASURE_money},
    [CONDITION_recruits] = {of_recruits, NEED_recruits, MEASURE_count},
};

static int64_t needed_by(const struct condition *condition)
{
    int64_t needed[] = {[MEASURE_money] = condition->amount.minor,
                        [MEASURE_count] = condition->count,
                        [MEASURE_truth] = 1};
    return needed[rules[condition->kind].measure];
}

/* ---- requirements ---- */

const struct condition *promotion_recruits_condition(const struct promotion *promotion)
{
    for (size_t i = 0; i < promotion->nrequires; i++)
        for (size_t k = 0; k < promotion->requires[i].nany; k++)
            if (promotion->requires[i].any[k].kind == CONDITION_recruits)
    return &promotion->requires[i].any[k];
    return NULL;
}

void promo_need(struct promo_offer *offer, enum need_kind need, const struct item_set *of,
                int64_t actual, int64_t needed)
{
    offer->told->need = need;
    offer->told->of = of;
    offer->told->actual = actual;
    offer->told->needed = needed;
}

/* How often the requirement is met: the most of its conditions that hold; 0, and the nearest of
 * them told, when none does. */
static int64_t requirement_times(const struct promo_run *run, struct promo_offer *offer,
                                 const struct requirement *requirement)
{
    const struct quote_promotion *told = offer->told;
    int64_t most = 0;
    promo_need(offer, NEED_none, NULL, 0, 0);
    for (size_t i = 0; i < requirement->nany; i++) {
        const struct condition *condition = &requirement->any[i];
        int64_t actual = rules[condition->kind].actual(run, offer, condition);
        int64_t needed = needed_by(condition);
        if (actual >= needed) {
            bool counts = rules[condition->kind].measure != MEASURE_truth && needed > 0;
            int64_t times = counts ? actual / needed : INT64_MAX;
            most = times > most ? times : most;
        } else if (told->needed == 0 ||
                   (__int128)actual * told->needed > (__int128)told->actual * needed) {
            bool of_items =
                condition->kind == CONDITION_spend || condition->kind == CONDITION_quantity;
            promo_need(offer, rules[condition->kind].need, of_items ? &condition->of : NULL, actual,
                       needed);
        }
    }
    return most;
}

bool promo_requires_met(const struct promo_run *run, struct promo_offer *offer)
{
    const struct promotion *promotion = offer->promotion;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < promotion->nrequires; i++) {
        int64_t times = requirement_times(run, offer, &promotion->requires[i]);
        if (times == 0)
            return false;
        least = times < least ? times : least;
    }
    if (least == INT64_MAX || promotion->times == 1)
        offer->times = 1;
    else
        offer->times = promotion->times && promotion->times < least ? promotion->times : least;
    promo_need(offer, NEED_none, NULL, 0, 0);
    return true;
}
