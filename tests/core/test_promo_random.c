/* core/promo on random orders with random promotions: what holds whatever they are. PROMO_CASES=N
 * tries that many (20000), TEST_SEED=N repeats a run. */
#include "tests/core/quote_sums.h"
#include "tests/core/random_promotions.h"
#include "tests/report.h"

#include <stdlib.h>

enum { CASES = 20000, DRAFTS_PER_CATALOGUE = 20 };

static const enum problem_code raised[] = {PROBLEM_unknown_coupon, PROBLEM_coupon_no_effect,
                                           PROBLEM_pick_too_many, PROBLEM_pick_not_offered,
                                           PROBLEM_pick_not_earned};
static struct arena *arena;
static struct random_order order;
static struct random_promotions promotions;
static struct {
    size_t quotes, bounded, gifts, compared, states[3], needs[NEED_KINDS], lanes[LANES];
    size_t problems[PROBLEM_COUNT];
} seen;

static void price(const struct stock_fact *stock, struct quote *out)
{
    quote_price(arena, &order.catalogue, &order.buyer, &order.draft, stock,
                stock ? order.nstock : 0, out);
}

/* ---- one quote ---- */

static const struct quote_promotion *told_of(const struct quote *q, const char *code)
{
    for (size_t i = 0; i < q->npromotions; i++)
        if (strcmp(q->promotions[i].promotion->code, code) == 0)
            return &q->promotions[i];
    return NULL;
}

/* The discount of a line is its rank's and its shares; what a promotion gave is its shares. */
static const char *shares_fault(const struct quote *q)
{
    int64_t given[RANDOM_PROMOTIONS] = {0};
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *l = &q->lines[i];
        int64_t sum = 0;
        for (size_t k = 0; k < l->nwhy; k++)
            sum -= l->why[k].code == WHY_rank_discount ? l->why[k].amount.minor : 0;
        for (size_t k = 0; k < l->nshares; k++) {
            if (l->shares[k].amount.minor <= 0)
                return "a share takes something";
            const struct quote_promotion *told = told_of(q, l->shares[k].promotion->code);
            if (!told || told->state != PROMOTION_applied)
                return "only what applies has shares";
            given[told - q->promotions] += l->shares[k].amount.minor;
            sum += l->shares[k].amount.minor;
        }
        if (sum != l->discount.minor)
            return "rank and shares are the discount";
    }
    for (size_t i = 0; i < q->npromotions; i++)
        if (given[i] != q->promotions[i].amount.minor)
            return "what a promotion gave is the sum of its shares";
    return NULL;
}

static const char *told_fault(const struct quote *q)
{
    int64_t credit = 0;
    for (size_t i = 0; i < q->npromotions; i++) {
        const struct quote_promotion *p = &q->promotions[i];
        credit += p->credit.minor;
        if (p->state != PROMOTION_applied &&
            (p->amount.minor || p->credit.minor || p->times || p->delivery.minor))
            return "what does not apply gives nothing";
        if ((p->state == PROMOTION_failed) != (p->need != NEED_none))
            return "what fails tells why, and only that";
        if (p->state == PROMOTION_failed && p->needed && p->actual >= p->needed)
            return "what fails has less than is needed";
        if (p->state == PROMOTION_lost &&
            (!p->lost_to || told_of(q, p->lost_to->code)->state != PROMOTION_applied ||
             p->lost_to->lane != p->promotion->lane))
            return "what is lost is lost to one that applies in its lane";
        if (i > 0 && p[-1].promotion->lane > p->promotion->lane)
            return "promotions are told by lane";
    }
    return credit == q->credit.minor ? NULL : "credit is the promotions'";
}

/* Pieces that return, in whatever parts, bring back exactly what was paid. */
static const char *refund_fault(const struct quote *q, uint64_t *state)
{
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *l = &q->lines[i];
        int64_t refunded = 0, returned = 0, qty = l->draft->qty;
        while (l->priced && returned < qty) {
            returned += 1 + (int64_t)random_below(state, (uint64_t)(qty - returned));
            int64_t now = line_refund(l->amount, qty, returned, money_of(refunded)).minor;
            if (now < 0)
                return "a refund is not negative";
            refunded += now;
        }
        if (l->priced && refunded != l->amount.minor)
            return "all pieces bring back what was paid";
        if (l->gift_of && (l->amount.minor || l->cv.hundredths || l->tax.minor))
            return "a gift costs nothing and carries nothing";
    }
    return NULL;
}

static const char *quote_fault(const struct quote *q, uint64_t *state)
{
    const char *fault = quote_sums_fault(q);
    fault = fault ? fault : shares_fault(q);
    fault = fault ? fault : told_fault(q);
    return fault ? fault : refund_fault(q, state);
}

static void note(const struct quote *q)
{
    seen.quotes++;
    seen.bounded += q->search_bounded;
    for (size_t i = 0; i < q->npromotions; i++) {
        seen.states[q->promotions[i].state]++;
        seen.needs[q->promotions[i].need]++;
        seen.lanes[q->promotions[i].promotion->lane] += q->promotions[i].state == PROMOTION_applied;
    }
    for (size_t i = 0; i < q->nlines; i++)
        seen.gifts += q->lines[i].gift_of != NULL;
    for (size_t i = 0; i < q->problems.count; i++)
        seen.problems[q->problems.items[i].code]++;
}

/* ---- the same in any order ---- */

/* The same order and promotions, in another order in memory. */
static void price_shuffled(uint64_t *state, struct quote *out)
{
    struct random_order as_it_was = order;
    struct draft_line *lines = ARENA_ARRAY(arena, struct draft_line, order.draft.nlines);
    struct promotion *all = ARENA_ARRAY(arena, struct promotion, promotions.n);
    for (size_t i = 0; i < order.draft.nlines; i++) {
        size_t k = random_below(state, i + 1);
        lines[i] = lines[k];
        lines[k] = order.draft.lines[i];
    }
    for (size_t i = 0; i < promotions.n; i++) {
        size_t k = random_below(state, i + 1);
        all[i] = all[k];
        all[k] = promotions.all[i];
    }
    order.draft.lines = lines;
    order.catalogue.promotions = all;
    price(order.known_stock, out);
    order.draft = as_it_was.draft;
    order.catalogue.promotions = as_it_was.catalogue.promotions;
}

static bool same_line(const struct quote *q, const struct quote_line *a)
{
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *b = &q->lines[i];
        if (strcmp(a->draft->id, b->draft->id) == 0)
            return a->item == b->item && a->amount.minor == b->amount.minor &&
                   a->cv.hundredths == b->cv.hundredths && a->pv.hundredths == b->pv.hundredths &&
                   a->nshares == b->nshares && a->nwhy == b->nwhy;
    }
    return false;
}

struct as_told { /* what is compared of a promotion */
    int state, need;
    int64_t numbers[8];
    const char *lost_to;
};

static struct as_told as_told(const struct quote_promotion *p)
{
    return (struct as_told){p->state,
                            p->need,
                            {p->amount.minor, p->delivery.minor, p->credit.minor, p->times,
                             p->actual, p->needed, p->picks, p->picked},
                            p->lost_to ? p->lost_to->code : ""};
}

/* Problems of coupons and choices; which line is short of stock depends on which comes first. */
static size_t promotion_problems(const struct quote *q)
{
    size_t n = 0;
    for (size_t i = 0; i < q->problems.count; i++)
        for (size_t k = 0; k < ARRAY_LEN(raised); k++)
            n += q->problems.items[i].code == raised[k];
    return n;
}

static const char *order_fault(const struct quote *a, const struct quote *b)
{
    if (a->total.minor != b->total.minor || a->discount.minor != b->discount.minor ||
        a->credit.minor != b->credit.minor || a->cv.hundredths != b->cv.hundredths ||
        a->tax.minor != b->tax.minor || a->nlines != b->nlines ||
        promotion_problems(a) != promotion_problems(b) || a->search_bounded != b->search_bounded)
        return "the order of lines and promotions changes no sum";
    for (size_t i = 0; i < a->nlines; i++)
        if (!same_line(b, &a->lines[i]))
            return "the order of lines and promotions changes no line";
    if (a->npromotions != b->npromotions)
        return "the order of promotions hides none";
    for (size_t i = 0; i < a->npromotions; i++) {
        struct as_told one = as_told(&a->promotions[i]), other = as_told(&b->promotions[i]);
        if (strcmp(a->promotions[i].promotion->code, b->promotions[i].promotion->code) != 0 ||
            memcmp(one.numbers, other.numbers, sizeof one.numbers) != 0 ||
            one.state != other.state || one.need != other.need ||
            strcmp(one.lost_to, other.lost_to) != 0)
            return "the order of lines and promotions changes what is told";
    }
    return NULL;
}

/* ---- one more in the same lane ---- */

static bool is_too_large(const struct quote *q)
{
    for (size_t i = 0; i < q->problems.count; i++)
        if (q->problems.items[i].code == PROBLEM_amount_too_large)
            return true;
    return false;
}

/* With the lanes up to that of one promotion: the total with it is no more than without it. */
static const char *lane_fault(uint64_t *state)
{
    struct quote with, without;
    size_t n = 0;
    if (promotions.n == 0)
        return NULL;
    struct promotion one = promotions.all[random_below(state, promotions.n)];
    for (size_t i = 0; i < promotions.n; i++) {
        struct promotion *p = &promotions.all[i];
        if (p->lane > one.lane || strcmp(p->code, one.code) == 0)
            continue;
        p->on_reduced = false;
        p->limit_uses = p->limit_person = 0;
        p->limit_budget = money_of(0);
        promotions.all[n++] = *p;
    }
    one.on_reduced = false;
    one.limit_uses = one.limit_person = 0;
    one.limit_budget = money_of(0);
    order.catalogue.npromotions = n;
    price(NULL, &without);
    promotions.all[n] = one;
    order.catalogue.npromotions = n + 1;
    price(NULL, &with);
    if (with.search_bounded || without.search_bounded || is_too_large(&with) ||
        is_too_large(&without))
        return NULL;
    seen.compared++;
    return with.total.minor <= without.total.minor ? NULL : "one more in its lane never costs more";
}

static const char *case_fault(uint64_t *state)
{
    struct quote first, shuffled;
    price(order.known_stock, &first);
    note(&first);
    const char *fault = quote_fault(&first, state);
    if (fault)
        return fault;
    price_shuffled(state, &shuffled);
    fault = order_fault(&first, &shuffled);
    return fault ? fault : lane_fault(state);
}

static void promotions_hold_whatever_is_priced(void)
{
    uint64_t state = report_seed();
    const char *wanted = getenv("PROMO_CASES");
    long cases = wanted ? strtol(wanted, NULL, 10) : CASES;
    for (long i = 0; i < cases; i++) {
        arena = arena_new();
        if (i % DRAFTS_PER_CATALOGUE == 0)
            random_catalogue(&order, &state);
        random_draft(&order, &state);
        random_promotions(&promotions, &order, &state);
        const char *fault = case_fault(&state);
        arena_free(arena);
        if (fault) {
            printf("   case %ld: %s\n", i, fault);
            CU_FAIL_FATAL("a rule does not hold");
        }
    }
    printf("%zu orders; promotions applied %zu, lost %zu, failed %zu; %zu gifts, %zu bounded, %zu "
           "compared with one more\n",
           seen.quotes, seen.states[PROMOTION_applied], seen.states[PROMOTION_lost],
           seen.states[PROMOTION_failed], seen.gifts, seen.bounded, seen.compared);
    CU_ASSERT(seen.states[PROMOTION_applied] > (size_t)cases / 4);
    CU_ASSERT(seen.states[PROMOTION_lost] > (size_t)cases / 20);
    CU_ASSERT(seen.compared > (size_t)cases / 2);
    CU_ASSERT(seen.gifts && seen.bounded);
    for (int need = 0; need < NEED_KINDS; need++) {
        CU_ASSERT(seen.needs[need] > 0);
        if (!seen.needs[need])
            printf("   never needed: %s\n", need_name((enum need_kind)need));
    }
    for (int lane = 0; lane < LANES; lane++)
        CU_ASSERT(seen.lanes[lane] > 0);
    for (size_t i = 0; i < ARRAY_LEN(raised); i++)
        CU_ASSERT(seen.problems[raised[i]] > 0);
}

static const struct test_case cases[] = {
    {"sums, order and one more promotion, whatever is priced", promotions_hold_whatever_is_priced},
};

REPORT_MAIN("test_promo_random", cases)
