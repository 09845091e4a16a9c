/* Simulations of promotions: the figures of a few orders, worked out by hand. Hand cream (50318)
 * is 10.00, rose perfume (50334) 24.50, delivery 4.95. */
#include "core/promo/simulation.h"

#include "tests/core/promo_shop.h"
#include "tests/report.h"

#include <stdio.h>

static struct arena *arena;
static struct promo_shop shop;
static struct simulation *simulation;
static const struct simulation_report *report;
static int number;

static const struct date day = {20600};

static void begin(void)
{
    arena = arena_new();
    promo_shop_init(&shop, arena);
    number = 0;
}

static void end(void)
{
    arena_free(arena);
}

static void simulate(const char *text)
{
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    struct promotion promotion;
    size_t n = 0;
    const char *whole = arena_printf(arena, "promotion %s\n", text);
    CU_ASSERT_TRUE_FATAL(
        promotion_read(arena, &shop.catalogue, whole, strlen(whole), &promotion, mistakes, &n));
    simulation = simulation_new(arena, &shop.catalogue, &promotion, day);
}

static void order_by(const char *lines, int64_t person, const int64_t *recruits, size_t n)
{
    shop.draft.nlines = 0;
    promo_order(&shop, lines);
    simulation_add(simulation,
                   &(struct simulation_order){.number = arena_printf(arena, "%09d", ++number),
                                              .draft = shop.draft,
                                              .buyer = shop.buyer,
                                              .person = person,
                                              .recruiter = 7,
                                              .recruits = recruits,
                                              .nrecruits = n});
}

static void order(const char *lines)
{
    order_by(lines, 1, NULL, 0);
}

static void finish(void)
{
    report = simulation_end(simulation);
}

static void sums_before_and_after(void)
{
    begin();
    simulate("A\n when order 20.00\n give 10% off everything");
    order("1*50318");         /* 10.00: not enough */
    order("2*50318");         /* 20.00: 2.00 off */
    order("2*50318 1*50334"); /* 44.50: 4.45 off */
    finish();
    CU_ASSERT_EQUAL(report->orders, 3);
    CU_ASSERT_EQUAL(report->applied, 2);
    CU_ASSERT_EQUAL(report->failed, 1);
    CU_ASSERT_EQUAL(report->discount, 645);
    CU_ASSERT_EQUAL(report->before.goods, 7450);
    CU_ASSERT_EQUAL(report->after.goods, 7450);
    CU_ASSERT_EQUAL(report->before.discount, 0);
    CU_ASSERT_EQUAL(report->after.discount, 645);
    CU_ASSERT_EQUAL(report->before.total, 7450 + 3 * 495);
    CU_ASSERT_EQUAL(report->after.total, 7450 + 3 * 495 - 645);
    CU_ASSERT_TRUE(report->after.cv < report->before.cv);
    CU_ASSERT_EQUAL_FATAL(report->nbest, 2);
    CU_ASSERT_STRING_EQUAL(report->best[0].number, "000000003");
    CU_ASSERT_EQUAL(report->best[0].before - report->best[0].after, 445);
    CU_ASSERT_STRING_EQUAL(report->best[1].number, "000000002");
    CU_ASSERT_EQUAL(report->nworst, 0); /* no order stands in both */
    end();
}

static void one_that_it_replaces_is_in_before_only(void)
{
    begin();
    promo_add(&shop, "A\n give 1.00 off everything");
    promo_add(&shop, "OLD\n to 2026-01-01\n give 3.00 off everything"); /* over by then */
    simulate("A\n give 2.00 off everything");
    order("1*50318");
    finish();
    CU_ASSERT_EQUAL(report->before.discount, 100);
    CU_ASSERT_EQUAL(report->after.discount, 200);
    CU_ASSERT_EQUAL(report->ndisplaced, 0);
    end();
}

static void who_wins_in_its_lane_is_told(void)
{
    begin();
    promo_add(&shop, "BIG\n exclusive\n when order 20.00\n give 9.00 off everything");
    promo_add(&shop, "SMALL\n give 0.50 off everything");
    simulate("NEW\n exclusive\n give 2.00 off everything");
    order("1*50318"); /* NEW instead of SMALL */
    order("2*50318"); /* BIG stays */
    finish();
    CU_ASSERT_EQUAL(report->applied, 1);
    CU_ASSERT_EQUAL(report->lost, 1);
    CU_ASSERT_EQUAL_FATAL(report->nlost_to, 1);
    CU_ASSERT_STRING_EQUAL(report->lost_to[0].code, "BIG");
    CU_ASSERT_EQUAL_FATAL(report->ndisplaced, 1);
    CU_ASSERT_STRING_EQUAL(report->displaced[0].code, "SMALL");
    CU_ASSERT_EQUAL(report->displaced[0].orders, 1);
    end();
}

static void limits_are_counted_along_the_orders(void)
{
    static const struct {
        const char *text;
        int64_t applied;
    } rows[] = {
        {"A\n limit 3 orders\n give 1.00 off everything", 3},
        {"A\n limit 1 per customer\n give 1.00 off everything", 2},
        {"A\n limit 2 per customer\n give 1.00 off everything", 4},
        {"A\n limit budget 4.50\n give 1.00 off everything", 4},
        {"A\n for coupon\n give 1.00 off everything", 6}, /* everybody brings it */
        {"A\n to 2026-06-30\n from 2026-06-01\n give 1.00 off everything", 6},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        simulate(rows[i].text);
        for (int k = 0; k < 6; k++)
            order_by("1*50318", 1 + k % 2, NULL, 0);
        finish();
        CU_ASSERT_EQUAL(report->applied, rows[i].applied);
        end();
    }
}

static void a_new_customer_is_rewarded_once(void)
{
    static const int64_t there[] = {0, 1, 1, 3};
    const struct condition *const *asks;
    begin();
    simulate("A\n each\n when recruits 1 with 10.00 in 30 days\n give gift 60422");
    CU_ASSERT_EQUAL_FATAL(simulation_asks(simulation, &asks), 1);
    CU_ASSERT_EQUAL(asks[0]->amount.minor, 1000);
    CU_ASSERT_EQUAL(asks[0]->days, 30);
    for (size_t i = 0; i < ARRAY_LEN(there); i++)
        order_by("1*50318", 1, &there[i], 1);
    finish();
    CU_ASSERT_EQUAL(report->applied, 2); /* one, then the two that have come since */
    CU_ASSERT_PTR_NOT_NULL_FATAL(report->given);
    CU_ASSERT_EQUAL(report->given[catalogue_item(&shop.catalogue, "60422") - shop.items], 3);
    end();
}

static void choices_that_nobody_made_are_apart(void)
{
    begin();
    simulate("A\n when order 20.00\n give 2 free from group BEAUTY");
    order("2*50318");
    order("1*50318");
    finish();
    CU_ASSERT_EQUAL(report->applied, 0);
    CU_ASSERT_EQUAL(report->choosers, 1);
    CU_ASSERT_EQUAL(report->choices, 2);
    CU_ASSERT_TRUE(report->choices_worth >= 2 * 2450);
    CU_ASSERT_EQUAL(report->discount, 0);
    end();
}

/* Best and worst hold five each, the ties by number. */
static void the_ends_are_five_each(void)
{
    begin();
    simulate("A\n give 10% off everything");
    for (int k = 1; k <= 12; k++)
        order(arena_printf(arena, "%d*50318", k));
    finish();
    CU_ASSERT_EQUAL_FATAL(report->nbest, 5);
    CU_ASSERT_EQUAL_FATAL(report->nworst, 5);
    CU_ASSERT_STRING_EQUAL(report->best[0].number, "000000012");
    CU_ASSERT_STRING_EQUAL(report->best[4].number, "000000008");
    CU_ASSERT_STRING_EQUAL(report->worst[0].number, "000000001");
    CU_ASSERT_STRING_EQUAL(report->worst[4].number, "000000005");
    end();
}

/* All tie: the first five, and the last five. */
static void ends_that_tie_are_not_the_same_orders(void)
{
    begin();
    simulate("A\n give 1.00 off everything");
    for (int k = 1; k <= 12; k++)
        order("1*50318");
    finish();
    CU_ASSERT_EQUAL_FATAL(report->nbest, 5);
    CU_ASSERT_EQUAL_FATAL(report->nworst, 5);
    CU_ASSERT_STRING_EQUAL(report->best[0].number, "000000001");
    CU_ASSERT_STRING_EQUAL(report->worst[0].number, "000000012");
    end();
}

static void what_has_no_price_is_left_out(void)
{
    begin();
    simulate("A\n give 10% off everything");
    order("1*50318");
    order("1*50318 1*99999");
    finish();
    CU_ASSERT_EQUAL(report->orders, 2);
    CU_ASSERT_EQUAL(report->unpriced, 1);
    CU_ASSERT_EQUAL(report->applied, 1);
    CU_ASSERT_EQUAL(report->before.goods, 1000);
    end();
}

static void it_is_said_in_lines_that_fit(void)
{
    static const struct {
        enum language language;
        const char *first;
    } rows[] = {{LANGUAGE_en, "12 orders, priced again as if A were in force:"},
                {LANGUAGE_de, "12 Aufträge, neu berechnet, als wäre A in Kraft:"}};
    begin();
    simulate("A\n give 10% off everything\n give gift 60422");
    for (int k = 1; k <= 12; k++)
        order(arena_printf(arena, "%d*50318", k * 1000));
    finish();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *const *lines;
        size_t n = simulation_say(arena, rows[i].language, &shop.catalogue, "A", report, &lines);
        CU_ASSERT_STRING_EQUAL(lines[0], rows[i].first);
        for (size_t k = 0; k < n; k++)
            CU_ASSERT_TRUE(strlen(lines[k]) <= 82); /* bytes; of these languages 78 cells */
    }
    end();
}

static const struct test_case cases[] = {
    {"sums before and after, and who gains", sums_before_and_after},
    {"one that it replaces is in before only", one_that_it_replaces_is_in_before_only},
    {"who wins in its lane is told", who_wins_in_its_lane_is_told},
    {"limits are counted along the orders", limits_are_counted_along_the_orders},
    {"a new customer is rewarded once", a_new_customer_is_rewarded_once},
    {"choices that nobody made are told apart", choices_that_nobody_made_are_apart},
    {"best and worst are five each, by number where they tie", the_ends_are_five_each},
    {"ends that tie are not the same orders", ends_that_tie_are_not_the_same_orders},
    {"what has no price is left out", what_has_no_price_is_left_out},
    {"it is said in lines that fit", it_is_said_in_lines_that_fit},
};

REPORT_MAIN("test_simulation", cases)
