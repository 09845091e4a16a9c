/* core/promo in a quote: shares and steps of a line, volumes, delivery, tax, gifts from stock, the
 * bound of the search, hints, refunds, and the four promotions that the company began with. */
#include "tests/core/promo_shop.h"
#include "tests/report.h"

static struct arena *arena;
static struct promo_shop shop;

static void begin(void)
{
    arena_free(arena);
    arena = arena_new();
    promo_shop_init(&shop, arena);
}

static void end(void)
{
    arena_free(arena);
    arena = NULL;
}

static void expect(const char *expected)
{
    promo_price(&shop);
    const char *found = promo_summary(&shop);
    CU_ASSERT_STRING_EQUAL(found, expected);
    if (strcmp(found, expected) != 0)
        printf("   wanted: %s\n   found:  %s\n", expected, found);
}

static size_t index_of(const char *sku)
{
    return (size_t)(catalogue_item(&shop.catalogue, sku) - shop.items);
}

/* ---- the four founding promotions ---- */

static void hundred_of_kitchenware_two_knives_free(void)
{
    static const char text[] = "KNIVES-2\n  name Two knives with your kitchenware\n"
                               "  when spend 100.00 on group KITCHENWARE\n"
                               "  give 2 free from group KNIVES\n";
    begin();
    promo_add(&shop, text);
    promo_order(&shop, "2*40216 1*40227");
    expect("KNIVES-2 failed spend 9200/10000 | 8000 1200");
    begin();
    promo_add(&shop, text);
    promo_order(&shop, "3*40216");
    expect("KNIVES-2 failed goods picks 0/2 | 12000"); /* to be chosen */
    promo_order(&shop, "1*40227@KNIVES-2 1*40238@KNIVES-2");
    expect("KNIVES-2 applied 1700 picks 2/2 | 12000 0 0");
    CU_ASSERT_EQUAL(shop.quote.total.minor, 12495);
    CU_ASSERT_EQUAL(shop.quote.cv.hundredths, 9000); /* free goods carry none */
    promo_order(&shop, "1*40227@KNIVES-2");
    expect("KNIVES-2 applied 2400 picks 3/2 | 12000 0 500 0 | pick_too_many");
    end();
}

static void buy_one_get_one_free(void)
{
    begin();
    promo_add(&shop, "BOGO\n each\n give cheapest: buy 1 get 1 free of group BEAUTY");
    promo_order(&shop, "1*50334 2*50318 1*50326");
    expect("BOGO applied 1400 x2 | 2450 1000 0");
    end();
}

static void forty_of_beauty_a_quarter_off_textiles(void)
{
    static const char text[] = "BEAUTY-40\n when spend 40.00 on group BEAUTY\n"
                               " give 25% off group TEXTILES";
    begin();
    promo_add(&shop, text);
    promo_order(&shop, "1*50334 1*50318 1*41123");
    expect("BEAUTY-40 failed spend 3450/4000 | 2450 1000 3333");
    promo_order(&shop, "2*50326");
    expect("BEAUTY-40 applied 833 | 2450 1000 2500 800");
    end();
}

static void bring_in_a_customer_get_a_pencil(void)
{
    static const char text[] = "PENCIL\n each\n when recruits 1 with 100.00 in 30 days\n"
                               " give gift 60422";
    begin();
    promo_add(&shop, text);
    promo_order(&shop, "1*50318");
    expect("PENCIL failed recruits 0/1 | 1000");
    promo_fact(&shop, "PENCIL")->recruits = 1;
    expect("PENCIL applied 150 | 1000 1*60422+PENCIL=0");
    shop.facts[0].recruits = 2;
    expect("PENCIL applied 300 x2 | 1000 2*60422+PENCIL=0");
    end();
}

/* As many as the condition asked for, as often as it was met; nobody where another condition was.
 */
static void it_tells_how_many_new_customers_it_rewards(void)
{
    static const struct {
        const char *promotion;
        int64_t there, rewarded;
    } rows[] = {
        {"A\n when recruits 2 with 1.00 in 9 days\n give 1.00 off everything", 5, 2},
        {"A\n each\n when recruits 2 with 1.00 in 9 days\n give 1.00 off everything", 5, 4},
        {"A\n up to 3 times\n when recruits 1 with 1.00 in 9 days\n give 1.00 off everything", 5,
         3},
        {"A\n when recruits 2 with 1.00 in 9 days or order 1.00\n give 1.00 off everything", 1, 0},
        {"A\n when order 1.00\n give 1.00 off everything", 5, 0},
        {"A\n when recruits 6 with 1.00 in 9 days\n give 1.00 off everything", 5, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        promo_add(&shop, rows[i].promotion);
        promo_order(&shop, "1*50318");
        promo_fact(&shop, "A")->recruits = rows[i].there;
        promo_price(&shop);
        CU_ASSERT_EQUAL(shop.quote.promotions[0].recruits, rows[i].rewarded);
        end();
    }
}

/* ---- lines ---- */

static void a_line_tells_its_shares_and_steps(void)
{
    begin();
    promo_add(&shop, "A\n lane pre\n give 10% off 50318");
    promo_add(&shop, "B\n give 1.00 off everything");
    promo_order(&shop, "2*50318 1*50326");
    expect("A applied 200; B applied 100 | 1718 382");
    const struct quote_line *line = &shop.quote.lines[0];
    CU_ASSERT_EQUAL_FATAL(line->nshares, 2);
    CU_ASSERT_PTR_EQUAL(line->shares[0].promotion, &shop.promotions[0]);
    CU_ASSERT_EQUAL(line->shares[0].amount.minor, 200);
    CU_ASSERT_PTR_EQUAL(line->shares[1].promotion, &shop.promotions[1]);
    CU_ASSERT_EQUAL(line->shares[1].amount.minor, 82);
    CU_ASSERT_EQUAL(line->discount.minor, 282);
    static const enum why_code codes[] = {WHY_list_price, WHY_promotion, WHY_promotion,
                                          WHY_volume_reduced, WHY_tax_included};
    CU_ASSERT_EQUAL_FATAL(line->nwhy, ARRAY_LEN(codes));
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        CU_ASSERT_EQUAL(line->why[i].code, codes[i]);
    CU_ASSERT_EQUAL(line->why[1].amount.minor, -200);
    CU_ASSERT_STRING_EQUAL(line->why[2].ref, "B");
    CU_ASSERT_STRING_EQUAL(why_say(arena, LANGUAGE_en, &shop.quote, line, &line->why[2]),
                           "Promotion B: -0.82");
    CU_ASSERT_EQUAL(line->tax.minor, 286); /* of 17.18 */
    CU_ASSERT_EQUAL(shop.quote.total.minor, 2100 + 495);
    end();
}

static void volumes_follow_what_is_paid_unless_they_are_kept(void)
{
    static const struct {
        const char *promotion, *order;
        int64_t cv;
    } rows[] = {
        {"A\n give 10% off 50318", "1*50318", 630},
        {"A\n give 0.05 off 50318", "1*50318", 697}, /* 696.5 */
        {"A\n volumes kept\n give 10% off 50318", "1*50318", 700},
        {"A\n give 100% off 50318", "1*50318 1*50326", 300},
        {"A\n volumes kept\n give 100% off 50318", "1*50318", 700},
        {"A\n give free delivery", "1*50318", 700},
        {"A\n give gift 60422", "1*50318", 700},
        {"A\n give 1 free from 50326", "1*50318 1*50326@A", 700},
        {"A\n volumes kept\n give 1 free from 50326", "1*50318 1*50326@A", 700},
        {"A\n give 1 at 50% off from 50326", "1*50318 1*50326@A", 850},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        promo_add(&shop, rows[i].promotion);
        promo_order(&shop, rows[i].order);
        CU_ASSERT_EQUAL(promo_price(&shop)->cv.hundredths, rows[i].cv);
        CU_ASSERT_EQUAL(shop.quote.pv.hundredths, rows[i].cv);
    }
    begin(); /* of two the one that reduces them; the rank never does */
    promo_add(&shop, "A\n give 10% off 50318");
    promo_add(&shop, "B\n volumes kept\n give 20% off 50318");
    promo_order(&shop, "1*50318");
    shop.draft.type = ORDER_personal;
    shop.draft.customer = shop.buyer.customer = NULL;
    shop.draft.destination = SHIP_distributor;
    CU_ASSERT_EQUAL(promo_price(&shop)->cv.hundredths, 630);
    CU_ASSERT_EQUAL(shop.quote.lines[0].amount.minor, 525);
    end();
}

static void what_returns_is_refunded_to_the_last_unit(void)
{
    static const struct {
        int64_t paid, qty, returned, before, refund;
    } rows[] = {
        {1000, 3, 1, 0, 333},    {1000, 3, 2, 333, 333},
        {1000, 3, 3, 666, 334},  {1000, 3, 3, 0, 1000},
        {1000, 3, 0, 0, 0},      {0, 3, 2, 0, 0},
        {5, 99999, 99998, 0, 4}, {MONEY_MAX, 99999, 99999, 0, MONEY_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CU_ASSERT_EQUAL(line_refund(money_of(rows[i].paid), rows[i].qty, rows[i].returned,
                                    money_of(rows[i].before))
                            .minor,
                        rows[i].refund);
}

/* ---- delivery, tax ---- */

static void a_promotion_never_brings_a_charge(void)
{
    begin();
    shop.delivery[2] = shop.delivery[0];
    shop.delivery[2].min_goods = money_of(4000);
    shop.delivery[2].charge = money_of(0);
    shop.catalogue.ndelivery = 3;
    promo_order(&shop, "1*40216");
    CU_ASSERT_EQUAL(promo_price(&shop)->delivery.minor, 0);
    promo_add(&shop, "A\n give 10% off everything");
    CU_ASSERT_EQUAL(promo_price(&shop)->delivery.minor, 0); /* 40.00 before it */
    CU_ASSERT_EQUAL(shop.quote.total.minor, 3600);
    shop.lines[0].sku = "41123";
    CU_ASSERT_EQUAL(promo_price(&shop)->delivery.minor, 495);
    /* what is given or chosen free reaches nothing */
    promo_add(&shop, "B\n give gift 40227\n give 1 free from 40216");
    promo_order(&shop, "1*40216@B");
    CU_ASSERT_EQUAL(promo_price(&shop)->delivery.minor, 495);
    CU_ASSERT_EQUAL(shop.quote.problems.count, 0);
    end();
}

static void delivery_by_weight_and_method(void)
{
    static const struct {
        const char *order, *method;
        int64_t charge;
    } rows[] = {
        {"1*40216", NULL, 495},       {"3*40216", NULL, 495},
        {"4*40216", NULL, 900}, /* 2,000 g; its value would be free */
        {"4*50326", NULL, 900},       {"3*40216 1*40227", "standard", 900},
        {"1*40216", "express", 1500}, {"4*40216", "express", 1500},
        {"20*50326", NULL, 2000},     {"20*40216", NULL, 700}, /* as heavy, but dearer */
    };
    struct delivery_charge charges[6];
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        for (size_t k = 0; k < ARRAY_LEN(charges); k++)
            charges[k] = shop.delivery[0];
        charges[1].min_goods = money_of(16000);
        charges[1].charge = money_of(0);
        charges[2].min_weight_g = 2000;
        charges[2].charge = money_of(900);
        charges[3].method = "express";
        charges[3].charge = money_of(1500);
        charges[4].min_weight_g = charges[5].min_weight_g = 10000;
        charges[4].charge = money_of(2000);
        charges[5].min_goods = money_of(16000);
        charges[5].charge = money_of(700);
        shop.catalogue.delivery = charges;
        shop.catalogue.ndelivery = ARRAY_LEN(charges);
        shop.draft.method = rows[i].method;
        promo_order(&shop, rows[i].order);
        CU_ASSERT_EQUAL(promo_price(&shop)->delivery.minor, rows[i].charge);
        CU_ASSERT_EQUAL(shop.quote.problems.count, 0);
    }
    shop.draft.method = "balloon";
    promo_price(&shop);
    CU_ASSERT_EQUAL_FATAL(shop.quote.problems.count, 1);
    CU_ASSERT_EQUAL(shop.quote.problems.items[0].code, PROBLEM_no_delivery);
    end();
}

static void free_delivery_waives_its_tax_too(void)
{
    begin();
    shop.list.tax_included = false;
    promo_add(&shop, "A\n give free delivery");
    promo_order(&shop, "1*50318");
    expect("A applied delivery 495 | 1000");
    CU_ASSERT_EQUAL(shop.quote.delivery.minor, 0);
    CU_ASSERT_EQUAL(shop.quote.delivery_tax.minor, 0);
    CU_ASSERT_EQUAL(shop.quote.total.minor, 1200);
    end();
}

/* With tax that is added the same amount is worth more on goods that are taxed. */
static void the_choice_is_by_what_is_to_pay_with_tax(void)
{
    for (int rounding = 0; rounding < 2; rounding++) {
        begin();
        static const char *const classes[] = {"standard", "zero"};
        shop.catalogue.rounding = rounding ? ROUND_ORDER : ROUND_LINE;
        shop.catalogue.tax_classes = classes;
        shop.catalogue.ntax_classes = 2;
        shop.items[index_of("50318")].tax_class = 1;
        shop.taxes[1] = (struct tax_rate){"GB", 1, {0}, DATE_MIN, DATE_MAX};
        shop.catalogue.ntaxes = 2;
        promo_add(&shop, "A\n not with T\n give 2.00 off 50318");
        promo_add(&shop, "B\n not with T\n give 1.80 off 50326");
        promo_order(&shop, "1*50318 1*50326");
        expect("A applied 200; B lost to A | 800 400");
        shop.list.tax_included = false;
        expect("A lost to B; B applied 180 | 1000 220"); /* 1.80 and 0.36 of tax */
        CU_ASSERT_EQUAL(shop.quote.tax.minor, 44);
        CU_ASSERT_EQUAL(shop.quote.total.minor, 1220 + 44 + 495 + 99);
    }
    end();
}

/* ---- gifts ---- */

static void stock(const char *sku, int64_t free)
{
    shop.stock[shop.nstock++] = (struct stock_fact){(uint32_t)index_of(sku), free};
}

static void a_gift_comes_from_stock(void)
{
    begin();
    promo_add(&shop, "A\n give gift 2 of 60422");
    promo_order(&shop, "1*50318 3*60422");
    stock("50318", 9);
    stock("60422", 5);
    expect("A applied 300 | 1000 450 2*60422+A=0");
    const struct quote_line *gift = &shop.quote.lines[2];
    CU_ASSERT_PTR_EQUAL(gift->gift_of, &shop.promotions[0]);
    CU_ASSERT_EQUAL(gift->goods.minor, 300);
    CU_ASSERT_EQUAL(gift->discount.minor, 300);
    CU_ASSERT_EQUAL(gift->cv.hundredths, 0);
    CU_ASSERT_EQUAL(gift->tax.minor, 0);
    CU_ASSERT_EQUAL(gift->free_stock, 5);
    CU_ASSERT_EQUAL(gift->why[gift->nwhy - 1].code, WHY_gift);
    CU_ASSERT_EQUAL(shop.quote.goods.minor, 1000 + 450 + 300);
    CU_ASSERT_EQUAL(shop.quote.discount.minor, 300);
    int64_t needed = 0;
    for (size_t i = 0; i < shop.quote.nneeds; i++)
        if (shop.quote.needs[i].line == 2)
            needed += shop.quote.needs[i].qty;
    CU_ASSERT_EQUAL(needed, 2);
    shop.stock[1].free = 4; /* the order's own go first */
    expect("A failed stock 0/2 | 1000 450");
    shop.items[index_of("60422")].back_order = true;
    expect("A applied 300 | 1000 450 2*60422+A=0 | back_ordered");
    shop.nstock = 0; /* unknown */
    expect("A applied 300 | 1000 450 2*60422+A=0");
    end();
}

static void two_gifts_do_not_take_the_same_piece(void)
{
    begin();
    promo_add(&shop, "A\n give gift 60422");
    promo_add(&shop, "B\n priority 1\n give gift 60422\n give 1.00 off everything");
    promo_add(&shop, "C\n lane post\n give gift 60422");
    promo_order(&shop, "1*50318");
    stock("50318", 9);
    stock("60422", 1);
    expect("B applied 250; A failed stock 0/1; C failed stock 0/1 | 900 1*60422+B=0");
    shop.stock[1].free = 2;
    expect("B applied 250; A applied 150; C failed stock 0/1 | 900 1*60422+B=0 1*60422+A=0");
    end();
}

static void stock_of_gifts_is_asked_for(void)
{
    uint32_t *items;
    begin();
    promo_add(&shop, "A\n give gift 60422");
    promo_add(&shop, "B\n for types personal\n give gift 60433");
    promo_add(&shop, "C\n for coupon\n give gift 50326");
    promo_order(&shop, "1*50318");
    CU_ASSERT_EQUAL_FATAL(quote_stock_items(arena, &shop.catalogue, &shop.draft, &items), 2);
    CU_ASSERT_EQUAL(items[0], index_of("50318"));
    CU_ASSERT_EQUAL(items[1], index_of("60422"));
    promo_coupon(&shop, "X", "C");
    CU_ASSERT_EQUAL(quote_stock_items(arena, &shop.catalogue, &shop.draft, &items), 3);
    end();
}

/* ---- many ---- */

/* Pairs of which one counts: 8 pairs are 256 combinations, 9 are beyond the bound. */
static void add_pairs(size_t n)
{
    for (size_t i = 0; i < n; i++) {
        promo_add(&shop, arena_printf(arena, "A%zu\n not with T%zu\n give 0.10 off 50318", i, i));
        promo_add(&shop, arena_printf(arena, "B%zu\n not with T%zu\n give 0.11 off 50318", i, i));
    }
}

static void the_search_has_a_bound(void)
{
    begin();
    add_pairs(8);
    promo_order(&shop, "1*50318");
    CU_ASSERT_EQUAL(promo_price(&shop)->discount.minor, 88);
    CU_ASSERT_FALSE(shop.quote.search_bounded);
    begin();
    add_pairs(9);
    promo_order(&shop, "1*50318");
    CU_ASSERT_EQUAL(promo_price(&shop)->discount.minor, 99);
    CU_ASSERT_TRUE(shop.quote.search_bounded);
    /* Beyond it the greatest alone goes first, even where two that it excludes would give more. */
    promo_add(&shop, "C\n not with U\n give 1.00 off 50318");
    promo_add(&shop, "D\n not with U, V\n give 1.50 off 50318");
    promo_add(&shop, "E\n not with V\n give 1.00 off 50318");
    CU_ASSERT_EQUAL(promo_price(&shop)->discount.minor, 99 + 150);
    begin(); /* within it they are found */
    promo_add(&shop, "C\n not with U\n give 1.00 off 50318");
    promo_add(&shop, "D\n not with U, V\n give 1.50 off 50318");
    promo_add(&shop, "E\n not with V\n give 1.00 off 50318");
    promo_order(&shop, "1*50318");
    CU_ASSERT_EQUAL(promo_price(&shop)->discount.minor, 200);
    end();
}

static void many_that_go_together_need_no_search(void)
{
    begin();
    for (size_t i = 0; i < PROMO_PROMOTIONS; i++)
        promo_add(&shop, arena_printf(arena, "P%zu\n give 0.10 off 50318", i));
    promo_order(&shop, "1*50318");
    CU_ASSERT_EQUAL(promo_price(&shop)->discount.minor, 10 * PROMO_PROMOTIONS);
    CU_ASSERT_FALSE(shop.quote.search_bounded);
    end();
}

/* ---- words ---- */

static void people_are_told_what_became_of_it(void)
{
    static const struct {
        const char *promotion, *order, *say;
    } rows[] = {
        {"A\n give 1.00 off everything", "1*50318", "Applied: 1.00 off"},
        {"A\n give credit 1.00", "1*50318", "Applied: 1.00 credit"},
        {"A\n give free delivery", "1*50318", "Applied: free delivery"},
        {"A\n give gift 60433", "1*50318", "Applied"},
        {"A\n give 2 free from 50326", "1*50318 1*50326@A", "Applied: 1 of 2 pieces chosen"},
        {"A\n give 2 free from 50326", "1*50318", "Choose up to 2 pieces"},
        {"A\n give 1.00 off everything\n give 2 free from 50326", "1*50318",
         "Applied: choose up to 2 pieces"},
        {"A\n when spend 20.00 on 50318\n give credit 1.00", "1*50318",
         "10.00 of 20.00 spent on it"},
        {"A\n when quantity 3 of 50318\n give credit 1.00", "2*50318", "2 of 3 pieces"},
        {"A\n when order 20.00\n give credit 1.00", "1*50318", "Order of 10.00, 20.00 needed"},
        {"A\n when first order\n give credit 1.00", "1*50318", "Only for the first order"},
        {"A\n when party 20.00\n give credit 1.00", "1*50318", "Party of 0.00, 20.00 needed"},
        {"A\n when recruits 2 with 1.00 in 9 days\n give credit 1.00", "1*50318",
         "0 of 2 new customers"},
        {"A\n give cheapest: buy 2 get 1 free of 50318", "1*50318", "1 of 3 pieces"},
        {"A\n give 1.00 off 50326", "1*50318", "Nothing on the order that it could reduce"},
        {"A\n limit budget 0.99\n give 1.00 off 50318", "1*50318",
         "0.99 of its budget left, 1.00 needed"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        promo_add(&shop, rows[i].promotion);
        promo_order(&shop, rows[i].order);
        const struct quote *q = promo_price(&shop);
        const char *say = quote_promotion_say(arena, LANGUAGE_en, q, &q->promotions[0]);
        CU_ASSERT_STRING_EQUAL(say, rows[i].say);
        if (strcmp(say, rows[i].say) != 0)
            printf("   wanted: %s\n   found:  %s\n", rows[i].say, say);
        for (int l = 0; l < LANGUAGES; l++)
            CU_ASSERT(quote_promotion_say(arena, (enum language)l, q, &q->promotions[0])[0]);
    }
    begin();
    promo_add(&shop, "A\n not with T\n give 1.00 off everything");
    promo_add(&shop, "B\n not with T\n give 2.00 off everything");
    promo_order(&shop, "1*50318");
    promo_price(&shop);
    CU_ASSERT_STRING_EQUAL(
        quote_promotion_say(arena, LANGUAGE_en, &shop.quote, &shop.quote.promotions[0]),
        "Lost to B: only one of them counts");
    for (int n = 0; n < NEED_KINDS; n++)
        CU_ASSERT(need_name((enum need_kind)n)[0]);
    end();
}

/* ---- hints ---- */

static const char *hint(void)
{
    struct quote_hint found;
    promo_price(&shop);
    quote_hint_find(arena, &shop.quote, &shop.buyer, &shop.draft, shop.nstock ? shop.stock : NULL,
                    shop.nstock, &found);
    if (!found.promotion)
        return "none";
    return arena_printf(arena, "%s: %s", found.promotion->code,
                        quote_hint_say(arena, LANGUAGE_en, &shop.quote, &found));
}

static void the_best_step_that_is_near(void)
{
    static const struct {
        const char *promotions[3], *order, *say;
    } rows[] = {
        {{"A\n when quantity 3 of 41109\n give 19.00 off everything"},
         "2*41109 1*40216",
         "A: 1 more 41109 saves 19.00"},
        {{"A\n when spend 40.00 on group BEAUTY\n give 25% off group TEXTILES"},
         "1*50334 1*50318 1*41123",
         "A: 1 more 50318 saves 8.33"}, /* one of each would do: the cheaper */
        {{"A\n when spend 100.00 on group BEAUTY\n give 90.00 off everything"},
         "1*50318 1*50334",
         "A: 3 more 50334 saves 90.00"}, /* 65.50 are missing: the fewest pieces */
        {{"A\n when order 50.00\n give free delivery"}, "1*40216", "A: 1 more 40216 saves 4.95"},
        {{"A\n when order 50.00\n give credit 9.00"}, "1*40216", "none"},
        {{"A\n each\n give cheapest: buy 1 get 1 free of 50318"},
         "1*50318",
         "A: 1 more 50318 saves 10.00"},
        {{"A\n give set 2 of 50318, 1 of 41109 for 20.00"},
         "1*50318 1*41109",
         "A: 1 more 50318 saves 8.00"},
        /* nothing of it on the order: the cheapest of what is meant */
        {{"A\n when quantity 1 of group BEAUTY\n give 3.00 off 41109"},
         "1*41109",
         "A: 1 more 50326 saves 3.00"},
        /* what may be chosen */
        {{"A\n when spend 40.00 on 40216\n give 2 free from group KNIVES"},
         "1*40216",
         "A: Choose 2: 40238, for example, saves 10.00"},
        {{"A\n when spend 80.00 on 40216\n give 2 free from group KNIVES"},
         "1*40216",
         "A: 1 more 40216 saves 10.00"},
        {{"A\n when spend 40.00 on 40216\n give 2 free from group KNIVES"},
         "1*40216 1*40227@A",
         "A: Choose 1: 40238, for example, saves 5.00"},
        /* the one that saves most; then the fewer pieces, the priority, the code */
        {{"A\n when quantity 3 of 41109\n give 1.00 off everything",
          "B\n when quantity 5 of 41109\n give 4.00 off everything"},
         "2*41109",
         "B: 3 more 41109 saves 5.00"},
        {{"A\n when quantity 4 of 41109\n give 1.00 off everything",
          "B\n when quantity 3 of 41109\n give 1.00 off everything"},
         "2*41109",
         "A: 2 more 41109 saves 2.00"},
        {{"A\n exclusive\n when quantity 4 of 41109\n give 1.00 off everything",
          "B\n exclusive\n when quantity 3 of 41109\n give 1.00 off everything"},
         "2*41109",
         "B: 1 more 41109 saves 1.00"},
        {{"A\n not with T\n when quantity 3 of 41109\n give 1.00 off everything",
          "B\n not with T\n priority 1\n when quantity 3 of 41109\n give 1.00 off everything"},
         "2*41109",
         "B: 1 more 41109 saves 1.00"},
        /* never what cannot be had */
        {{"A\n for ranks 9\n when quantity 3 of 41109\n give 1.00 off everything"},
         "2*41109",
         "none"},
        {{"A\n when first order\n give 1.00 off everything"}, "2*41109", "none"},
        {{"A\n when quantity 3 of 41109\n when first order\n give 1.00 off everything"},
         "2*41109",
         "none"},
        {{"A\n exclusive\n when quantity 3 of 41109\n give 1.00 off everything",
          "B\n give 5.00 off everything"},
         "2*41109",
         "none"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        for (size_t k = 0; k < ARRAY_LEN(rows[i].promotions) && rows[i].promotions[k]; k++)
            promo_add(&shop, rows[i].promotions[k]);
        promo_order(&shop, rows[i].order);
        const char *say = hint();
        CU_ASSERT_STRING_EQUAL(say, rows[i].say);
        if (strcmp(say, rows[i].say) != 0)
            printf("   %s: %s\n   wanted: %s\n   found:  %s\n", rows[i].promotions[0],
                   rows[i].order, rows[i].say, say);
    }
    end();
}

static void a_hint_can_be_ordered(void)
{
    begin();
    promo_add(&shop, "A\n when quantity 3 of 41109\n give 1.00 off everything");
    promo_order(&shop, "2*41109");
    CU_ASSERT_STRING_EQUAL(hint(), "A: 1 more 41109 saves 1.00");
    shop.items[index_of("41109")].max_per_order = 2;
    CU_ASSERT_STRING_EQUAL(hint(), "none");
    shop.items[index_of("41109")].max_per_order = 0;
    stock("41109", 2);
    CU_ASSERT_STRING_EQUAL(hint(), "none");
    shop.stock[0].free = 3;
    CU_ASSERT_STRING_EQUAL(hint(), "A: 1 more 41109 saves 1.00");
    shop.list.tax_included = false; /* and its tax */
    CU_ASSERT_STRING_EQUAL(hint(), "A: 1 more 41109 saves 1.20");
    end();
}

static const struct test_case cases[] = {
    {"100 of kitchenware: two knives free", hundred_of_kitchenware_two_knives_free},
    {"buy one, get one free", buy_one_get_one_free},
    {"40 of beauty: a quarter off textiles", forty_of_beauty_a_quarter_off_textiles},
    {"bring in a customer: a pencil", bring_in_a_customer_get_a_pencil},
    {"it tells how many new customers it rewards", it_tells_how_many_new_customers_it_rewards},
    {"a line tells its shares and steps", a_line_tells_its_shares_and_steps},
    {"volumes follow what is paid, unless they are kept",
     volumes_follow_what_is_paid_unless_they_are_kept},
    {"what returns is refunded to the last unit", what_returns_is_refunded_to_the_last_unit},
    {"a promotion never brings a delivery charge", a_promotion_never_brings_a_charge},
    {"delivery by weight, value and method", delivery_by_weight_and_method},
    {"free delivery waives its tax too", free_delivery_waives_its_tax_too},
    {"the choice is by what is to pay, with tax", the_choice_is_by_what_is_to_pay_with_tax},
    {"a gift comes from stock", a_gift_comes_from_stock},
    {"two gifts do not take the same piece", two_gifts_do_not_take_the_same_piece},
    {"the stock of gifts is asked for", stock_of_gifts_is_asked_for},
    {"the search has a bound", the_search_has_a_bound},
    {"many that go together need no search", many_that_go_together_need_no_search},
    {"people are told what became of it", people_are_told_what_became_of_it},
    {"the best step that is near", the_best_step_that_is_near},
    {"a hint can be ordered", a_hint_can_be_ordered},
};

REPORT_MAIN("test_promo_quote", cases)
