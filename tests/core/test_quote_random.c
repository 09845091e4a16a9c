/* core/quote.h on random catalogues and drafts: what holds whatever is priced. The answers
 * themselves are compared with an independent model by test_quote_model.py. */
#include "tests/core/quote_sums.h"
#include "tests/core/random_order.h"
#include "tests/report.h"

enum { CATALOGUES = 6000, DRAFTS = 20 };

static struct arena *arena;
static struct random_order order;

static void price(struct quote *out)
{
    quote_price(arena, &order.catalogue, &order.buyer, &order.draft, order.known_stock,
                order.nstock, out);
}

/* ---- what holds for one quote; the name of what does not, or NULL ---- */

static const char *needs_fault(const struct quote *q)
{
    for (size_t i = 0; i < q->nneeds; i++) {
        const struct stock_need *need = &q->needs[i];
        if (need->line >= q->nlines || need->qty != need->per * q->lines[need->line].draft->qty)
            return "a need is so many for each piece of its line";
        if (i > 0 && need[-1].item > need->item)
            return "needs ascend by item";
    }
    /* No more than there is unless a problem says so. */
    for (size_t k = 0; k < order.nstock; k++) {
        int64_t wanted = 0;
        bool may_wait = false;
        for (size_t i = 0; i < q->nneeds; i++)
            if (q->needs[i].item == order.stock[k].item) {
                wanted += q->needs[i].qty;
                may_wait |= q->needs[i].back_order;
            }
        bool told = may_wait;
        for (size_t i = 0; i < q->problems.count; i++)
            told |= q->problems.items[i].code == PROBLEM_stock_short;
        if (wanted > order.stock[k].free && !told)
            return "more than there is, and nobody is told";
    }
    return NULL;
}

static const char *quote_fault(const struct quote *q)
{
    const char *fault = quote_sums_fault(q);
    return fault ? fault : needs_fault(q);
}

/* ---- what holds between quotes ---- */

static bool same_sums(const struct quote *a, const struct quote *b, bool tax)
{
    return a->goods.minor == b->goods.minor && a->discount.minor == b->discount.minor &&
           a->delivery.minor == b->delivery.minor && a->cv.hundredths == b->cv.hundredths &&
           a->pv.hundredths == b->pv.hundredths && a->delivery_tax.minor == b->delivery_tax.minor &&
           (!tax || (a->tax.minor == b->tax.minor && a->total.minor == b->total.minor));
}

static bool same_quote(const struct quote *a, const struct quote *b)
{
    if (!same_sums(a, b, true) || a->problems.count != b->problems.count || a->list != b->list ||
        a->nneeds != b->nneeds || strcmp(a->region, b->region) != 0)
        return false;
    for (size_t i = 0; i < a->problems.count; i++)
        if (a->problems.items[i].code != b->problems.items[i].code ||
            strcmp(a->problems.items[i].field, b->problems.items[i].field) != 0)
            return false;
    for (size_t i = 0; i < a->nlines; i++)
        if (a->lines[i].amount.minor != b->lines[i].amount.minor ||
            a->lines[i].tax.minor != b->lines[i].tax.minor ||
            a->lines[i].free_stock != b->lines[i].free_stock)
            return false;
    return a->nneeds == 0 || memcmp(a->needs, b->needs, a->nneeds * sizeof *a->needs) == 0;
}

static void shuffle(uint64_t *state)
{
    for (size_t i = order.draft.nlines; i > 1; i--) {
        size_t k = random_below(state, i);
        struct draft_line line = order.lines[i - 1];
        order.lines[i - 1] = order.lines[k];
        order.lines[k] = line;
    }
}

static const char *order_fault(uint64_t *state)
{
    struct quote first, again, shuffled, longer;
    price(&first);
    const char *fault = quote_fault(&first);
    if (fault)
        return fault;
    price(&again);
    if (!same_quote(&first, &again))
        return "pricing twice gives the same";
    shuffle(state);
    price(&shuffled);
    if ((fault = quote_fault(&shuffled)))
        return fault;
    /* also per order: tax is rounded once per rate, so the sum does not depend on the order */
    if (!same_sums(&first, &shuffled, true))
        return "the order of the lines does not change the sums";
    order.lines[order.draft.nlines++] =
        (struct draft_line){.id = "new", .sku = order.skus[0], .qty = 1};
    price(&longer);
    if ((fault = quote_fault(&longer)))
        return fault;
    bool too_large = false;
    for (size_t i = 0; i < longer.problems.count; i++)
        too_large |= longer.problems.items[i].code == PROBLEM_amount_too_large;
    if (!too_large &&
        (longer.goods.minor < first.goods.minor ||
         longer.goods.minor - longer.discount.minor < first.goods.minor - first.discount.minor))
        return "one line more never lowers the goods";
    return NULL;
}

static void sums_hold_whatever_is_priced(void)
{
    uint64_t state = report_seed();
    size_t seen[PROBLEM_COUNT] = {0}, clean = 0;
    for (int c = 0; c < CATALOGUES; c++) {
        random_catalogue(&order, &state);
        for (int d = 0; d < DRAFTS; d++) {
            struct quote quote;
            arena = arena_new();
            random_draft(&order, &state);
            price(&quote);
            for (size_t i = 0; i < quote.problems.count; i++)
                seen[quote.problems.items[i].code]++;
            clean += problems_stops(&quote.problems) == 0 && quote.nlines > 0;
            const char *fault = order_fault(&state);
            arena_free(arena);
            if (fault) {
                printf("   catalogue %d, draft %d: %s\n", c, d, fault);
                CU_FAIL_FATAL("a sum does not hold");
            }
        }
    }
    printf("%d drafts, %zu without a mistake\n", CATALOGUES * DRAFTS, clean);
    CU_ASSERT(clean > CATALOGUES * DRAFTS / 10);
    static const enum problem_code raised[] = {PROBLEM_required,
                                               PROBLEM_unknown_sku,
                                               PROBLEM_check_digit,
                                               PROBLEM_not_in_list,
                                               PROBLEM_not_on_sale,
                                               PROBLEM_wrong_kind,
                                               PROBLEM_bad_quantity,
                                               PROBLEM_max_per_order,
                                               PROBLEM_amount_too_large,
                                               PROBLEM_distributor_status,
                                               PROBLEM_unknown_distributor,
                                               PROBLEM_unknown_customer,
                                               PROBLEM_customer_needed,
                                               PROBLEM_customer_of_other,
                                               PROBLEM_customer_not_allowed,
                                               PROBLEM_wrong_market,
                                               PROBLEM_address_needed,
                                               PROBLEM_address_incomplete,
                                               PROBLEM_unknown_list,
                                               PROBLEM_no_list,
                                               PROBLEM_no_delivery,
                                               PROBLEM_no_tax_rate,
                                               PROBLEM_stock_short,
                                               PROBLEM_back_ordered};
    for (size_t i = 0; i < ARRAY_LEN(raised); i++) {
        CU_ASSERT(seen[raised[i]] > 0);
        if (!seen[raised[i]])
            printf("   never seen: %s\n", problem_name(raised[i]));
    }
}

static const struct test_case cases[] = {
    {"sums hold whatever is priced, in any order of lines, and twice the same",
     sums_hold_whatever_is_priced},
};

REPORT_MAIN("test_quote_random", cases)
