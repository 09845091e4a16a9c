#include "core/promo/promo_part.h"

#include "core/quote_part.h"

#include <stdio.h>
#include <string.h>

static const struct quote_promotion *told_of(const struct promo_run *run, const char *code)
{
    for (size_t i = 0; i < run->quote->npromotions; i++)
        if (strcmp(run->quote->promotions[i].promotion->code, code) == 0)
            return &run->quote->promotions[i];
    return NULL;
}

static void check_coupons(const struct promo_run *run)
{
    for (size_t i = 0; i < run->draft->ncoupons; i++) {
        char field[QUOTE_FIELD];
        const char *coupon = run->draft->coupons[i], *opens = promo_coupon_opens(run, coupon);
        const struct quote_promotion *told = opens ? told_of(run, opens) : NULL;
        if (told && told->state == PROMOTION_applied)
            continue;
        snprintf(field, sizeof field, "/coupons/%zu", i);
        struct problem *p =
            problems_add(&run->quote->problems,
                         opens ? PROBLEM_coupon_no_effect : PROBLEM_unknown_coupon, field, NULL);
        problem_set_text(p, "coupon", coupon);
    }
}

/* Choices of the same benefit up to and with line `i`. */
static int64_t picked_up_to(const struct promo_run *run, size_t i,
                            const struct promotion *promotion, const struct benefit *benefit)
{
    int64_t sum = 0;
    for (size_t k = run->n; k <= i; k++)
        if (promo_is_pick_of(&run->lines[k], promotion, benefit))
            sum += run->lines[k].qty;
    return sum;
}

static void check_pick(const struct promo_run *run, size_t i)
{
    const struct promo_line *line = &run->lines[i];
    const char *code = line->line->draft->picks;
    const struct quote_promotion *told = told_of(run, code);
    const struct benefit *benefit = told ? promo_pick_of(told->promotion, line) : NULL;
    size_t at = (size_t)(line->line - run->quote->lines);
    struct problem *p;
    if (told && !benefit) {
        p = quote_line_problem(run->quote, at, PROBLEM_pick_not_offered, "picks");
        quote_item_params(p, line->line->item);
        problem_set_text(p, "promotion", code);
        return;
    }
    if (!told || told->state != PROMOTION_applied) {
        p = quote_line_problem(run->quote, at, PROBLEM_pick_not_earned, "picks");
        quote_item_params(p, line->line->item);
        problem_set_text(p, "promotion", code);
        return;
    }
    int64_t max = promo_pick_max(benefit, told->times);
    int64_t picked = picked_up_to(run, i, told->promotion, benefit);
    if (picked <= max)
        return;
    p = quote_line_problem(run->quote, at, PROBLEM_pick_too_many, "qty");
    quote_item_params(p, line->line->item);
    problem_set_text(p, "promotion", code);
    problem_set_number(p, "max", max);
    problem_set_number(p, "qty", picked);
}

void promo_check(const struct promo_run *run)
{
    check_coupons(run);
    for (size_t i = run->n; i < run->nchosen; i++)
        check_pick(run, i);
}
