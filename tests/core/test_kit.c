/* Kits in which something is chosen: what is missing, what is not offered, what they take from
 * stock and what their parts cost. */
#include "core/kit.h"
#include "tests/core/random.h"
#include "tests/core/shop.h"
#include "tests/report.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>

static struct arena *arena;
static struct shop shop;

/* A KIT is two tumblers and a tea; to choose: one of bowl and plate, two of tea, tumbler and egg.
 */
static struct kit_slot slots[] = {{"Dish", 1, 0, 2}, {"Extras", 2, 2, 3}};
static struct component options[] = {{LATER, 1}, {LIMITED, 1}, {TEA, 1}, {TUMBLER, 1}, {SEASON, 2}};

static void begin(const char *choices, int64_t qty)
{
    arena_free(arena);
    arena = arena_new();
    shop_init(&shop, arena);
    shop.catalogue.slots = slots;
    shop.catalogue.nslots = ARRAY_LEN(slots);
    shop.catalogue.options = options;
    shop.catalogue.noptions = ARRAY_LEN(options);
    shop.items[KIT].slots = ARRAY_LEN(slots);
    shop_line(&shop, KIT, qty)->choices = choices;
}

static const struct quote *priced(void)
{
    quote_price(arena, &shop.catalogue, &shop.buyer, &shop.draft, shop.nstock ? shop.stock : NULL,
                shop.nstock, &shop.quote);
    return &shop.quote;
}

static void end(void)
{
    arena_free(arena);
    arena = NULL;
}

static const struct problem *choice_problem(const struct quote *q, enum problem_code *code)
{
    for (size_t i = 0; i < q->problems.count; i++)
        if (strcmp(q->problems.items[i].field, "/lines/0/choices") == 0) {
            *code = q->problems.items[i].code;
            return &q->problems.items[i];
        }
    *code = PROBLEM_COUNT;
    return NULL;
}

static void every_choice_is_asked_for(void)
{
    static const struct {
        const char *choices;
        enum problem_code code;
        const char *says;
    } rows[] = {
        {NULL, PROBLEM_choice_needed,
         "40032 Breakfast set: choose 1 of Dish: 1 Bowl, 2 Limited plate."},
        {"", PROBLEM_choice_needed,
         "40032 Breakfast set: choose 1 of Dish: 1 Bowl, 2 Limited plate."},
        {"1", PROBLEM_choice_needed,
         "40032 Breakfast set: choose 2 of Extras: 1 Tea, 2 Tumbler, 3 Easter egg."},
        {"40093", PROBLEM_choice_needed,
         "40032 Breakfast set: choose 2 of Extras: 1 Tea, 2 Tumbler, 3 Easter egg."},
        {"1 3", PROBLEM_choice_needed,
         "40032 Breakfast set: choose 1 of Extras: 1 Tea, 2 Tumbler, 3 Easter egg."},
        {"3", PROBLEM_choice_not_offered,
         "40032 Breakfast set: 3 is not among Dish: 1 Bowl, 2 Limited plate."},
        {"0", PROBLEM_choice_not_offered,
         "40032 Breakfast set: 0 is not among Dish: 1 Bowl, 2 Limited plate."},
        {"40029", PROBLEM_choice_not_offered,
         "40032 Breakfast set: 40029 is not among Dish: 1 Bowl, 2 Limited plate."},
        {"1 40093", PROBLEM_choice_not_offered,
         "40032 Breakfast set: 40093 is not among Extras: 1 Tea, 2 Tumbler, 3 Easter egg."},
        {"4009", PROBLEM_choice_not_offered,
         "40032 Breakfast set: 4009 is not among Dish: 1 Bowl, 2 Limited plate."},
        {"1 1 1 1", PROBLEM_choice_too_many,
         "40032 Breakfast set: there is nothing to choose 1 for."},
        {"1 2 1", PROBLEM_COUNT, ""},
        {"2 1 1", PROBLEM_COUNT, ""},
        {"40078 40086 2", PROBLEM_COUNT, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum problem_code code;
        begin(rows[i].choices, 1);
        const struct quote *q = priced();
        const struct problem *p = choice_problem(q, &code);
        const char *said = p ? problem_say(arena, LANGUAGE_en, p) : "";
        if (code != rows[i].code || strcmp(said, rows[i].says) != 0)
            printf("   %s: %s\n", rows[i].choices ? rows[i].choices : "(none)", said);
        CU_ASSERT_EQUAL(code, rows[i].code);
        CU_ASSERT_STRING_EQUAL(said, rows[i].says);
        CU_ASSERT_EQUAL(problems_stops(&q->problems), p != NULL);
        CU_ASSERT_EQUAL(q->lines[0].amount.minor, 3750); /* its price is its own */
    }
    end();
}

static void nothing_can_be_chosen_in_anything_else(void)
{
    enum problem_code code;
    begin("1 2 1", 1);
    shop.lines[0].sku = shop_sku[TUMBLER];
    choice_problem(priced(), &code);
    CU_ASSERT_EQUAL(code, PROBLEM_choice_too_many);
    shop.lines[0].sku = "40000"; /* unknown: one problem is enough */
    choice_problem(priced(), &code);
    CU_ASSERT_EQUAL(code, PROBLEM_COUNT);
    end();
}

static void what_is_chosen_is_taken_from_stock_too(void)
{
    begin("1 1 2", 3); /* bowl; tea, tumbler: with the fixed ones three tumblers and two teas */
    static const int64_t free[SHOP_ITEMS] = {[TUMBLER] = 9, [TEA] = 8, [LATER] = 5};
    for (uint32_t i = 0; i < SHOP_ITEMS; i++)
        shop_stock(&shop, i, free[i]);
    const struct quote *q = priced();
    static const struct {
        uint32_t item;
        int64_t qty, per;
    } needs[] = {{TUMBLER, 9, 3}, {TEA, 6, 2}, {LATER, 3, 1}};
    CU_ASSERT_EQUAL(q->lines[0].free_stock, 3);
    CU_ASSERT_EQUAL(problems_stops(&q->problems), 0);
    CU_ASSERT_EQUAL_FATAL(q->nneeds, ARRAY_LEN(needs));
    for (size_t i = 0; i < q->nneeds; i++)
        CU_ASSERT(q->needs[i].item == needs[i].item && q->needs[i].qty == needs[i].qty &&
                  q->needs[i].per == needs[i].per);
    shop.stock[TUMBLER].free = 8;
    CU_ASSERT_EQUAL(priced()->lines[0].free_stock, 2);
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&shop.quote.problems, PROBLEM_stock_short));
    shop.stock[TUMBLER].free = 100;
    shop.stock[LATER].free = 1; /* the other dish is of no use: this one is chosen */
    shop.stock[LIMITED].free = 100;
    CU_ASSERT_EQUAL(priced()->lines[0].free_stock, 1);
    end();
}

/* 10 tumblers and 10 teas make 5 kits; dishes 2 + 1, of the extras two each. */
static void before_the_choice_the_best_one_counts(void)
{
    static const struct {
        int64_t bowls, plates, eggs, kits;
    } rows[] = {{2, 1, 0, 3}, {9, 9, 0, 5}, {0, 4, 0, 4}, {0, 0, 9, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(NULL, 1);
        shop_stock(&shop, TUMBLER, 10);
        shop_stock(&shop, TEA, 10);
        shop_stock(&shop, LIMITED, rows[i].plates);
        shop_stock(&shop, SEASON, rows[i].eggs);
        shop_stock(&shop, LATER, rows[i].bowls);
        CU_ASSERT_EQUAL(priced()->lines[0].free_stock, rows[i].kits);
    }
    end();
}

static void all_that_may_be_chosen_is_asked_of_the_stock(void)
{
    static const uint32_t expected[] = {TUMBLER, TEA, LIMITED, SEASON, LATER};
    uint32_t *items;
    begin(NULL, 1);
    size_t n = quote_stock_items(arena, &shop.catalogue, &shop.draft, &items);
    CU_ASSERT_EQUAL_FATAL(n, ARRAY_LEN(expected));
    CU_ASSERT_EQUAL(memcmp(items, expected, sizeof expected), 0);
    end();
}

static void each_part_has_its_share(void)
{
    /* 37.50 over 2 x 24.50, 8.95; 11.11, 8.95, 24.50 */
    static const struct {
        uint32_t item;
        int slot;
        int64_t qty, share;
    } expected[] = {{TUMBLER, 0, 2, 1793},
                    {TEA, 0, 1, 327},
                    {LATER, 1, 1, 407},
                    {TEA, 2, 1, 327},
                    {TUMBLER, 2, 1, 896}};
    struct line_part *parts;
    begin("1 1 2", 1);
    const struct quote *q = priced();
    size_t n = quote_line_parts(arena, q, &q->lines[0], &parts);
    CU_ASSERT_EQUAL_FATAL(n, ARRAY_LEN(expected));
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT(parts[i].item == expected[i].item && parts[i].slot == expected[i].slot);
        CU_ASSERT(parts[i].qty == expected[i].qty && parts[i].share.minor == expected[i].share);
    }
    begin(NULL, 1);
    shop.lines[0].sku = shop_sku[TUMBLER];
    q = priced();
    CU_ASSERT_EQUAL(quote_line_parts(arena, q, &q->lines[0], &parts), 0);
    end();
}

/* None of them is sold alone: a piece is worth as much as another. */
static void parts_without_a_price_share_by_pieces(void)
{
    struct line_part *parts;
    begin("1 1 1", 1);
    for (size_t i = 0; i < SHOP_ITEMS; i++)
        if (i != KIT)
            shop.prices[0][i].amount = money_of(-1);
    const struct quote *q = priced();
    size_t n = quote_line_parts(arena, q, &q->lines[0], &parts);
    CU_ASSERT_EQUAL_FATAL(n, 5);
    CU_ASSERT_EQUAL(parts[0].share.minor, 1250); /* two of six pieces */
    CU_ASSERT_EQUAL(parts[1].share.minor, 625);
    CU_ASSERT_EQUAL(parts[4].share.minor, 625);
    end();
}

static void shares_add_up_whatever_the_prices(void)
{
    uint64_t state = (uint64_t)report_seed();
    for (int round = 0; round < 20000; round++) {
        struct line_part *parts;
        char choices[8];
        snprintf(choices, sizeof choices, "%d %d %d", 1 + (int)random_below(&state, 2),
                 1 + (int)random_below(&state, 3), 1 + (int)random_below(&state, 3));
        begin(choices, 1 + (int64_t)random_below(&state, 999));
        for (size_t i = 0; i < SHOP_ITEMS; i++)
            shop.prices[0][i].amount = money_of((int64_t)random_below(&state, 3000) - 200);
        shop.prices[0][KIT].amount = money_of((int64_t)random_below(&state, 100000));
        const struct quote *q = priced();
        size_t n = quote_line_parts(arena, q, &q->lines[0], &parts);
        int64_t sum = 0;
        bool good = n == 5;
        for (size_t i = 0; i < n; i++) {
            sum += parts[i].share.minor;
            good &= parts[i].share.minor >= 0;
        }
        CU_ASSERT_TRUE_FATAL(good && sum == q->lines[0].amount.minor);
    }
    end();
}

static void digits_are_choices(void)
{
    arena = arena_new();
    CU_ASSERT_STRING_EQUAL(kit_choices_keyed(arena, "13"), "1 3");
    CU_ASSERT_STRING_EQUAL(kit_choices_keyed(arena, "7"), "7");
    end();
}

static void age_is_asked_for_at_the_line(void)
{
    begin("1 1 1", 1);
    shop.items[TUMBLER].age_limit = 18;
    shop_line(&shop, TUMBLER, 1);
    const struct quote *q = priced();
    CU_ASSERT_EQUAL_FATAL(q->problems.count, 2); /* the kit has tumblers in it */
    const struct problem *p = &q->problems.items[1];
    CU_ASSERT(p->code == PROBLEM_age_check && q->problems.items[0].code == PROBLEM_age_check);
    CU_ASSERT_STRING_EQUAL(q->problems.items[0].line, "a");
    CU_ASSERT_STRING_EQUAL(p->line, "b");
    CU_ASSERT_EQUAL(problem_severity(p->code), SEVERITY_warning);
    CU_ASSERT_STRING_EQUAL(problem_say(arena, LANGUAGE_en, p),
                           "40010 Tumbler: 18 or over. Ask for the date of birth.");
    end();
}

static const struct test_case cases[] = {
    {"every choice is asked for, by slot", every_choice_is_asked_for},
    {"nothing can be chosen in anything but a kit", nothing_can_be_chosen_in_anything_else},
    {"what is chosen is taken from stock, with what is fixed",
     what_is_chosen_is_taken_from_stock_too},
    {"before the choice the best one counts", before_the_choice_the_best_one_counts},
    {"all that may be chosen is asked of the stock", all_that_may_be_chosen_is_asked_of_the_stock},
    {"each part of a kit has its share", each_part_has_its_share},
    {"parts without a price share by pieces", parts_without_a_price_share_by_pieces},
    {"shares add up to the amount, whatever the prices", shares_add_up_whatever_the_prices},
    {"digits behind a kit are choices", digits_are_choices},
    {"age is asked for at the line, also of what is in a kit", age_is_asked_for_at_the_line},
};
REPORT_MAIN("kit", cases)
