#include "core/promo/promo_part.h"

#include "core/quote_part.h"

#include <stdlib.h>
#include <string.h>

/* ---- one promotion alone ---- */

static bool is_within_uses(struct promo_offer *offer)
{
    const struct promotion *promotion = offer->promotion;
    const struct promotion_fact *fact = offer->fact;
    if (promotion->limit_uses > 0 && fact && fact->uses_left == 0) {
        promo_need(offer, NEED_limit_uses, NULL, 0, 1);
        return false;
    }
    if (promotion->limit_person > 0 && fact && fact->person_left == 0) {
        promo_need(offer, NEED_limit_person, NULL, 0, 1);
        return false;
    }
    return true;
}

static bool is_within_budget(const struct promo_run *run, struct promo_offer *offer)
{
    int64_t budget = offer->promotion->limit_budget.minor, worth = promo_worth(run, offer);
    if (budget <= 0)
        return true;
    if (offer->fact && offer->fact->budget_left.minor >= 0)
        budget = offer->fact->budget_left.minor;
    if (worth <= budget)
        return true;
    promo_need(offer, NEED_limit_budget, NULL, budget, worth);
    offer->told->picks = offer->told->picked = 0;
    return false;
}

static bool is_candidate(struct promo_run *run, struct promo_offer *offer)
{
    return is_within_uses(offer) && promo_requires_met(run, offer) && promo_gives(run, offer) &&
           is_within_budget(run, offer);
}

/* ---- a lane ---- */

/* Whether the stock has the gifts of all that are taken; else the index of the first one for whom
 * it has not, so that it is left out. */
static bool gifts_are_there(struct promo_run *run, struct promo_offer *const *candidates, size_t n,
                            const uint64_t *taken, size_t *without)
{
    const struct catalogue *c = run->quote->catalogue;
    if (!run->free)
        return true; /* unknown, or no gift depends on it */
    int64_t *before = ARENA_ARRAY(run->arena, int64_t, run->nstock);
    memcpy(before, run->free, run->nstock * sizeof *before);
    for (size_t i = 0; i < n; i++)
        for (size_t g = 0; promo_bit(taken, i) && g < candidates[i]->ngifts; g++) {
            const struct promo_gift *gift = &candidates[i]->gift[g];
            if (!promo_run_has_stock(run, gift)) {
                memcpy(run->free, before, run->nstock * sizeof *before);
                promo_need(candidates[i], NEED_stock, NULL, 0, gift->qty);
                *without = i;
                return false;
            }
            quote_stock_take(c, (struct stock_parts){.item = &c->items[gift->item]}, gift->qty,
                             run->stock, run->free, run->nstock);
        }
    return true;
}

/* Told after the others were taken: one that was left nothing stands in nobody's way. */
static void tell_lost(struct promo_offer *const *candidates, size_t n,
                      const struct promo_choice *choice)
{
    for (size_t i = 0; i < n; i++) {
        struct quote_promotion *told = candidates[i]->told;
        if (promo_bit(choice->taken, i))
            continue;
        told->picks = told->picked = 0;
        for (size_t k = 0; k < n && !told->lost_to; k++)
            if (promo_bit(choice->taken, k) && promo_bit(choice->excludes[i], k) &&
                candidates[k]->told->state == PROMOTION_applied)
                told->lost_to = candidates[k]->promotion;
        if (told->lost_to)
            told->state = PROMOTION_lost;
        else
            promo_need(candidates[i], NEED_goods, NULL, 0, 0);
    }
}

static void run_lane(struct promo_run *run, struct promo_offer *offers, size_t noffers)
{
    struct promo_choice choice;
    struct promo_offer **candidates = ARENA_ARRAY(run->arena, struct promo_offer *, noffers);
    size_t n = 0, without;
    run->by_value_known = false;
    for (size_t i = 0; i < noffers; i++)
        if (is_candidate(run, &offers[i]))
            candidates[n++] = &offers[i];
    if (n == 0)
        return;
    for (;;) {
        promo_search(run, candidates, n, &choice);
        if (gifts_are_there(run, candidates, n, choice.taken, &without))
            break;
        n--;
        for (size_t i = without; i < n; i++)
            candidates[i] = candidates[i + 1];
    }
    run->quote->search_bounded = run->quote->search_bounded || choice.bounded;
    for (size_t i = 0; i < n; i++)
        if (promo_bit(choice.taken, i))
            promo_take(run, candidates[i]);
    tell_lost(candidates, n, &choice);
}

/* ---- all of them ---- */

struct considered {
    const struct promotion *promotion;
};

static int compare_considered(const void *a, const void *b)
{
    const struct promotion *x = ((const struct considered *)a)->promotion,
                           *y = ((const struct considered *)b)->promotion;
    if (x->lane != y->lane)
        return x->lane < y->lane ? -1 : 1;
    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    return strcmp(x->code, y->code);
}

/* Those that are for this order, by lane, priority, code; each begins as failed. */
static size_t consider(struct promo_run *run, struct promo_offer **offers)
{
    struct quote *quote = run->quote;
    const struct catalogue *c = quote->catalogue;
    struct considered *found = ARENA_ARRAY(run->arena, struct considered, c->npromotions);
    size_t n = 0;
    for (size_t i = 0; i < c->npromotions; i++)
        if (promo_considers(run, &c->promotions[i]))
            found[n++].promotion = &c->promotions[i];
    qsort(found, n, sizeof *found, compare_considered);
    *offers = ARENA_ARRAY(run->arena, struct promo_offer, n);
    quote->promotions = ARENA_ARRAY(run->arena, struct quote_promotion, n);
    quote->npromotions = n;
    for (size_t i = 0; i < n; i++) {
        const struct promotion *promotion = found[i].promotion;
        quote->promotions[i] =
            (struct quote_promotion){.promotion = promotion, .state = PROMOTION_failed};
        (*offers)[i] = (struct promo_offer){.promotion = promotion,
                                            .fact = promo_run_fact(run, promotion->code),
                                            .told = &quote->promotions[i]};
    }
    return n;
}

static bool has_choice(const struct order_draft *draft)
{
    for (size_t i = 0; i < draft->nlines; i++)
        if (draft->lines[i].picks && draft->lines[i].picks[0])
            return true;
    return false;
}

void promo_apply(struct arena *arena, struct quote *quote, const struct buyer_facts *buyer,
                 const struct order_draft *draft, const struct stock_fact *stock, size_t nstock)
{
    struct promo_run run = {.arena = arena,
                            .quote = quote,
                            .buyer = buyer,
                            .draft = draft,
                            .stock = stock,
                            .nstock = nstock};
    struct promo_offer *offers;
    if (quote->catalogue->npromotions == 0 && draft->ncoupons == 0 && !has_choice(draft))
        return;
    promo_run_init(&run);
    size_t n = consider(&run, &offers);
    for (size_t first = 0, end; first < n; first = end) {
        enum lane lane = offers[first].promotion->lane;
        for (end = first + 1; end < n && offers[end].promotion->lane == lane;)
            end++;
        run_lane(&run, offers + first, end - first);
    }
    promo_check(&run);
    promo_finish(&run);
}
