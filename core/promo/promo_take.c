#include "core/promo/promo_part.h"

#include "core/quote_part.h"

#include <string.h>

static void share_add(struct promo_run *run, struct quote_line *line,
                      const struct promotion *promotion, int64_t amount)
{
    enum { AT_ONCE = 4 };
    if (line->nshares % AT_ONCE == 0) {
        struct line_share *more =
            ARENA_ARRAY(run->arena, struct line_share, line->nshares + AT_ONCE);
        if (line->nshares)
            memcpy(more, line->shares, line->nshares * sizeof *more);
        line->shares = more;
    }
    line->shares[line->nshares++] = (struct line_share){promotion, money_of(amount)};
}

static int64_t take_cuts(struct promo_run *run, struct promo_offer *offer)
{
    int64_t taken = 0;
    for (size_t i = 0; i < offer->ncuts; i++) {
        struct promo_line *line = &run->lines[offer->cuts[i].line];
        int64_t cut = offer->cuts[i].amount < line->left ? offer->cuts[i].amount : line->left;
        if (cut == 0)
            continue;
        line->left -= cut;
        taken += cut;
        if (!offer->promotion->keeps_volumes || quote_line_is_pick(line->line))
            line->reducing += cut;
        share_add(run, line->line, offer->promotion, cut);
    }
    return taken;
}

static void take_gifts(struct promo_run *run, const struct promo_offer *offer)
{
    if (offer->ngifts == 0)
        return;
    struct promo_gift *more =
        ARENA_ARRAY(run->arena, struct promo_gift, run->ngifts + offer->ngifts);
    if (run->ngifts)
        memcpy(more, run->gifts, run->ngifts * sizeof *more);
    memcpy(more + run->ngifts, offer->gift, offer->ngifts * sizeof *more);
    run->gifts = more;
    run->ngifts += offer->ngifts;
}

/* How often, for people: batches and sets where it gives nothing else. */
static int64_t times_of(const struct promo_offer *offer)
{
    for (size_t i = 0; i < offer->promotion->nbenefits; i++) {
        enum benefit_kind kind = offer->promotion->benefits[i].kind;
        if (kind != BENEFIT_cheapest && kind != BENEFIT_set)
            return offer->times;
    }
    return offer->batches;
}

/* How many new customers it rewards: as many as their condition asked for, each time it was met.
 */
static int64_t recruits_of(const struct promo_offer *offer)
{
    const struct condition *condition = promotion_recruits_condition(offer->promotion);
    int64_t there = condition && offer->fact ? offer->fact->recruits : 0;
    if (!condition || there < condition->count)
        return 0;
    int64_t times = there / condition->count;
    return condition->count * (times < offer->told->times ? times : offer->told->times);
}

void promo_take(struct promo_run *run, struct promo_offer *offer)
{
    struct quote *quote = run->quote;
    struct quote_promotion *told = offer->told;
    int64_t taken = take_cuts(run, offer);
    take_gifts(run, offer);
    if (offer->waives) {
        told->delivery = quote->delivery;
        quote->delivery = quote->delivery_tax = money_of(0);
    }
    told->amount = money_of(promo_sum(taken, offer->gifts.minor));
    told->credit = offer->credit;
    quote->credit = money_of(promo_sum(quote->credit.minor, offer->credit.minor));
    if (!taken && !offer->ngifts && !told->delivery.minor && !told->credit.minor && !told->picked) {
        promo_need(offer, NEED_goods, NULL, 0, 0); /* others have left it nothing */
        return;
    }
    told->state = PROMOTION_applied;
    told->times = times_of(offer);
    told->recruits = recruits_of(offer);
}

/* ---- after the last lane ---- */

static void reduce_volumes(struct quote *quote, struct quote_line *line, int64_t whole,
                           int64_t reducing)
{
    struct volume cv = line->cv, pv = line->pv;
    if (whole > 0) {
        line->cv.hundredths = share_half_up(cv.hundredths, whole - reducing, whole);
        line->pv.hundredths = share_half_up(pv.hundredths, whole - reducing, whole);
    } else {
        line->cv = line->pv = (struct volume){0};
    }
    if (line->cv.hundredths != cv.hundredths || line->pv.hundredths != pv.hundredths)
        quote_why_add(quote, line, WHY_volume_reduced, money_of(0), (struct rate){0}, NULL);
}

static bool is_given(const struct promo_run *run, const struct quote_line *line)
{
    for (size_t i = 0; i < run->quote->npromotions; i++) {
        const struct quote_promotion *told = &run->quote->promotions[i];
        if (told->state == PROMOTION_applied &&
            strcmp(told->promotion->code, line->draft->picks) == 0)
            return true;
    }
    return false;
}

static void finish_line(struct promo_run *run, const struct promo_line *of)
{
    struct quote_line *line = of->line;
    int64_t whole = line->amount.minor;
    bool free_choice = whole == 0 && quote_line_is_pick(line) && is_given(run, line);
    line->amount = money_of(of->left);
    line->discount = money_of(line->goods.minor - of->left);
    for (size_t i = 0; i < line->nshares; i++)
        quote_why_add(run->quote, line, WHY_promotion, money_of(-line->shares[i].amount.minor),
                      (struct rate){0}, line->shares[i].promotion->code);
    if (of->reducing > 0 || free_choice)
        reduce_volumes(run->quote, line, whole, of->reducing);
}

/* "+KNIVES-2"; further gifts of the same promotion "+KNIVES-2+2" and so on. */
static const char *gift_id(struct promo_run *run, size_t i)
{
    const struct promotion *promotion = run->gifts[i].promotion;
    size_t number = 1;
    for (size_t k = 0; k < i; k++)
        number += run->gifts[k].promotion == promotion;
    return number == 1 ? arena_printf(run->arena, "+%s", promotion->code)
                       : arena_printf(run->arena, "+%s+%zu", promotion->code, number);
}

static struct quote_line gift_line(struct promo_run *run, size_t i)
{
    struct quote *quote = run->quote;
    const struct promo_gift *gift = &run->gifts[i];
    const struct item *item = &quote->catalogue->items[gift->item];
    struct draft_line *draft = ARENA_NEW(run->arena, struct draft_line);
    *draft = (struct draft_line){
        .id = gift_id(run, i), .sku = item->sku, .qty = gift->qty, .back_order = item->back_order};
    struct quote_line line = {.draft = draft,
                              .gift_of = gift->promotion,
                              .item = item,
                              .priced = true,
                              .unit = gift->unit,
                              .goods = gift->goods,
                              .discount = gift->goods,
                              .free_stock = -1};
    if (gift->goods.minor > 0) {
        share_add(run, &line, gift->promotion, gift->goods.minor);
        quote_why_add(quote, &line, WHY_list_price, gift->goods, (struct rate){0},
                      quote->list->code);
        quote_why_add(quote, &line, WHY_promotion, money_of(-gift->goods.minor), (struct rate){0},
                      gift->promotion->code);
    }
    quote_why_add(quote, &line, WHY_gift, money_of(0), (struct rate){0}, gift->promotion->code);
    return line;
}

static void add_gifts(struct promo_run *run)
{
    struct quote *quote = run->quote;
    if (run->ngifts == 0)
        return;
    struct quote_line *lines =
        ARENA_ARRAY(run->arena, struct quote_line, quote->nlines + run->ngifts);
    if (quote->nlines)
        memcpy(lines, quote->lines, quote->nlines * sizeof *lines);
    for (size_t i = 0; i < run->ngifts; i++)
        lines[quote->nlines + i] = gift_line(run, i);
    quote->lines = lines;
    quote->nlines += run->ngifts;
}

void promo_finish(struct promo_run *run)
{
    for (size_t i = 0; i < run->nchosen; i++)
        finish_line(run, &run->lines[i]);
    add_gifts(run);
}
