/* core/quote.h: what a draft costs, and everything that can be wrong with it, on small catalogues
 * made by hand (tests/core/shop.h). Random drafts are in test_quote_random.c. */
#include "tests/core/shop.h"
#include "tests/report.h"

#include <stdio.h>

static struct arena *arena;
static struct shop shop;

static void begin(void (*init)(struct shop *, struct arena *))
{
    arena_free(arena);
    arena = arena_new();
    init(&shop, arena);
}

static void end(void)
{
    arena_free(arena);
    arena = NULL;
}

/* goods - discount + delivery + tax_added = total, and the amounts add up to goods - discount. */
static void check_sums(const struct quote *q)
{
    int64_t amounts = 0, goods = 0, discount = 0, tax = 0, cv = 0, pv = 0;
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *l = &q->lines[i];
        int64_t steps = 0;
        for (size_t k = 0; k < l->nwhy; k++)
            if (l->why[k].code == WHY_list_price || l->why[k].code == WHY_rank_discount ||
                l->why[k].code == WHY_promotion)
                steps += l->why[k].amount.minor;
        CU_ASSERT_EQUAL(steps, l->amount.minor);
        CU_ASSERT_EQUAL(l->goods.minor - l->discount.minor, l->amount.minor);
        CU_ASSERT_EQUAL(l->priced, l->nwhy > 0);
        amounts += l->amount.minor;
        goods += l->goods.minor;
        discount += l->discount.minor;
        tax += l->tax.minor;
        cv += l->cv.hundredths;
        pv += l->pv.hundredths;
    }
    CU_ASSERT_EQUAL(goods, q->goods.minor);
    CU_ASSERT_EQUAL(discount, q->discount.minor);
    CU_ASSERT_EQUAL(amounts, q->goods.minor - q->discount.minor);
    CU_ASSERT_EQUAL(cv, q->cv.hundredths);
    CU_ASSERT_EQUAL(pv, q->pv.hundredths);
    CU_ASSERT_EQUAL(q->goods.minor - q->discount.minor + q->delivery.minor + q->tax_added.minor,
                    q->total.minor);
    CU_ASSERT_EQUAL(q->tax_added.minor, q->tax_included ? 0 : tax + q->delivery_tax.minor);
}

static const struct quote *priced(void)
{
    const struct quote *q = shop_price(&shop);
    check_sums(q);
    return q;
}

/* That very problem is there, once, at that place; returned for its parameters. */
static const struct problem *has(const struct quote *q, enum problem_code code, const char *field)
{
    const struct problem *p = shop_problem(&q->problems, code);
    if (!p || strcmp(p->field, field) != 0) {
        printf("   %s wanted at \"%s\", found: %s\n", problem_name(code), field,
               p ? p->field : "nowhere");
        for (size_t i = 0; i < q->problems.count; i++)
            printf("   there is %s at \"%s\": %s\n", problem_name(q->problems.items[i].code),
                   q->problems.items[i].field,
                   problem_say(arena, LANGUAGE_en, &q->problems.items[i]));
        CU_FAIL("the problem is not there");
        return NULL;
    }
    const char *say = problem_say(arena, LANGUAGE_en, p);
    CU_ASSERT(say[0] != '\0' && !strchr(say, '{'));
    return p;
}

static void only(const struct quote *q, enum problem_code code, const char *field)
{
    has(q, code, field);
    CU_ASSERT_EQUAL(q->problems.count, 1);
}

static int64_t number(const struct problem *p, const char *name)
{
    const struct problem_param *param = shop_param(p, name);
    return param && !param->text ? param->number : INT64_MIN;
}

static const char *text(const struct problem *p, const char *name)
{
    const struct problem_param *param = shop_param(p, name);
    return param && param->text ? param->text : "(none)";
}

/* ---- amounts ---- */

struct expected {
    enum order_type type;
    struct {
        uint32_t item;
        int64_t qty, discount, amount, tax;
    } lines[3];
    size_t nlines;
    int64_t goods, delivery, delivery_tax, total, cv;
};

static void check_amounts(void (*init)(struct shop *, struct arena *), const struct expected *rows,
                          size_t n)
{
    for (size_t r = 0; r < n; r++) {
        const struct expected *e = &rows[r];
        begin(init);
        if (e->type == ORDER_customer)
            shop_customer(&shop);
        shop.draft.type = e->type;
        int64_t tax = 0;
        for (size_t i = 0; i < e->nlines; i++)
            shop_line(&shop, e->lines[i].item, e->lines[i].qty);
        const struct quote *q = priced();
        CU_ASSERT_EQUAL_FATAL(q->nlines, e->nlines);
        for (size_t i = 0; i < e->nlines; i++) {
            const struct quote_line *l = &q->lines[i];
            CU_ASSERT(l->priced);
            CU_ASSERT_PTR_EQUAL(l->draft, &shop.lines[i]);
            CU_ASSERT_PTR_EQUAL(l->item, &shop.items[e->lines[i].item]);
            CU_ASSERT_EQUAL(l->unit.minor * e->lines[i].qty, l->goods.minor);
            CU_ASSERT_EQUAL(l->discount.minor, e->lines[i].discount);
            CU_ASSERT_EQUAL(l->amount.minor, e->lines[i].amount);
            CU_ASSERT_EQUAL(l->tax.minor, e->lines[i].tax);
            tax += l->tax.minor;
        }
        CU_ASSERT_EQUAL(q->tax.minor, tax);
        CU_ASSERT_EQUAL(q->goods.minor, e->goods);
        CU_ASSERT_EQUAL(q->delivery.minor, e->delivery);
        CU_ASSERT_EQUAL(q->delivery_tax.minor, e->delivery_tax);
        CU_ASSERT_EQUAL(q->total.minor, e->total);
        CU_ASSERT_EQUAL(q->cv.hundredths, e->cv);
        CU_ASSERT_EQUAL(q->problems.count, 0);
        if (q->total.minor != e->total || q->problems.count)
            printf("   row %zu: total %lld\n", r, (long long)q->total.minor);
    }
    end();
}

static void prices_with_tax_inside(void)
{
    static const struct expected rows[] = {
        /* 25 % of 24.50 is 6.125 */
        {ORDER_personal, {{TUMBLER, 1, 613, 1837, 306}}, 1, 2450, 395, 66, 2232, 1630},
        /* of the line, not of the piece: 12.25, not 2 x 6.13 */
        {ORDER_personal, {{TUMBLER, 2, 1225, 3675, 613}}, 1, 4900, 395, 66, 4070, 3260},
        {ORDER_personal, {{TEA, 2, 448, 1342, 0}}, 1, 1790, 395, 66, 1737, 1180},
        {ORDER_personal,
         {{TUMBLER, 1, 613, 1837, 306}, {TEA, 2, 448, 1342, 0}, {GIFT, 1, 0, 0, 0}},
         3,
         4240,
         395,
         66,
         3574,
         2810},
        {ORDER_personal, {{KIT, 1, 1250, 3750, 625}}, 1, 5000, 395, 66, 4145, 3000},
        /* the same SKU on two lines is two lines */
        {ORDER_personal,
         {{TUMBLER, 1, 613, 1837, 306}, {TUMBLER, 1, 613, 1837, 306}},
         2,
         4900,
         395,
         66,
         4069,
         3260},
        {ORDER_personal, {{KIT, 4, 5000, 15000, 2500}}, 1, 20000, 395, 66, 15395, 12000},
        {ORDER_customer, {{TUMBLER, 1, 0, 2450, 408}}, 1, 2450, 495, 83, 2945, 1630},
        {ORDER_customer, {{TEA, 3, 0, 2685, 0}}, 1, 2685, 495, 83, 3180, 1770},
        {ORDER_customer, {{KIT, 5, 0, 25000, 4167}}, 1, 25000, 0, 0, 25000, 15000},
        {ORDER_sales_aids, {{AID, 7, 0, 2100, 350}}, 1, 2100, 395, 66, 2495, 0},
    };
    check_amounts(shop_init, rows, ARRAY_LEN(rows));
}

static void prices_without_tax(void)
{
    static const struct expected rows[] = {
        /* 6.25 % of 18.37 is 1.148125, of 3.95 0.246875 */
        {ORDER_personal, {{TUMBLER, 1, 613, 1837, 115}}, 1, 2450, 395, 25, 2372, 1630},
        {ORDER_personal, {{TEA, 2, 448, 1342, 0}}, 1, 1790, 395, 25, 1762, 1180},
        {ORDER_customer, {{TUMBLER, 2, 0, 4900, 306}}, 1, 4900, 495, 31, 5732, 3260},
        {ORDER_customer,
         {{TUMBLER, 1, 0, 2450, 153}, {TEA, 1, 0, 895, 0}, {KIT, 1, 0, 5000, 313}},
         3,
         8345,
         495,
         31,
         9337,
         5220},
        {ORDER_sales_aids, {{AID, 10, 0, 3000, 188}}, 1, 3000, 395, 25, 3608, 0},
    };
    check_amounts(shop_init_us, rows, ARRAY_LEN(rows));
}

static void a_distributor_list_replaces_retail_and_discount(void)
{
    static const struct expected rows[] = {
        {ORDER_personal, {{TUMBLER, 2, 0, 4500, 750}}, 1, 4500, 395, 66, 4895, 3260},
        {ORDER_customer, {{TUMBLER, 2, 0, 4900, 817}}, 1, 4900, 495, 83, 5395, 3260},
        {ORDER_sales_aids, {{AID, 1, 0, 300, 50}}, 1, 300, 395, 66, 695, 0},
    };
    check_amounts(shop_init_cn, rows, ARRAY_LEN(rows));
    /* On a day on which it is not valid, retail less the discount counts again. */
    begin(shop_init_cn);
    shop.lists[2].from = date_of(2026, 4, 1);
    shop_line(&shop, TUMBLER, 1);
    CU_ASSERT_EQUAL(priced()->total.minor, 2232);
    CU_ASSERT_STRING_EQUAL(shop.quote.list->code, "SPRING");
    /* Named, the list counts on any day. */
    shop.draft.price_list = "DIST";
    CU_ASSERT_EQUAL(priced()->total.minor, 2250 + 395);
    end();
}

static void ranks_have_their_discount_and_others_none(void)
{
    static const struct {
        int rank;
        int64_t discount;
    } rows[] = {{3, 613}, {5, 674}, {1, 0}, {0, 0}, {4, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        shop.buyer.rank = rows[i].rank;
        shop_line(&shop, TUMBLER, 1);
        const struct quote *q = priced();
        CU_ASSERT_EQUAL(q->discount.minor, rows[i].discount);
        CU_ASSERT_EQUAL(q->cv.hundredths, 1630); /* does not reduce the volume */
        CU_ASSERT_EQUAL(q->pv.hundredths, 1640);
    }
    begin(shop_init); /* all of it */
    shop.discounts[0].rate.ppm = 1000000;
    shop_line(&shop, TUMBLER, 3);
    const struct quote *q = priced();
    CU_ASSERT_EQUAL(q->lines[0].amount.minor, 0);
    CU_ASSERT_EQUAL(q->discount.minor, 7350);
    CU_ASSERT_EQUAL(q->cv.hundredths, 3 * 1630);
    end();
}

static void tax_rounded_per_order_is_shared_among_the_lines(void)
{
    static const struct {
        bool included;
        int64_t price, tax[3];
    } rows[] = {
        {false, 99, {6, 6, 7}},    /* 6.25 % of 2.97 is 0.185625; of 0.99 0.061875 */
        {true, 100, {17, 17, 16}}, /* 3.00 / 6 = 0.50; of 1.00 0.166667 */
        {true, 99, {17, 17, 16}},  /* 2.97 / 6 = 0.495 */
        {false, 0, {0, 0, 0}},
    };
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        begin(rows[r].included ? shop_init : shop_init_us);
        shop_customer(&shop);
        shop.catalogue.rounding = ROUND_ORDER;
        shop.prices[0][TUMBLER].amount.minor = rows[r].price;
        int64_t sum = 0, expected = 0, ppm = rows[r].included ? 200000 : 62500;
        for (int i = 0; i < 3; i++) {
            shop_line(&shop, TUMBLER, 1);
            expected += rows[r].tax[i];
        }
        const struct quote *q = priced();
        struct money all = money_of(3 * rows[r].price);
        struct money once = rows[r].included ? money_tax_within(all, (struct rate){ppm})
                                             : money_at_rate(all, (struct rate){ppm});
        for (int i = 0; i < 3; i++)
            sum += q->lines[i].tax.minor;
        CU_ASSERT_EQUAL(sum, once.minor);
        CU_ASSERT_EQUAL(q->tax.minor, once.minor);
        /* no line is further from its own tax than one minor unit, ties to the earlier */
        for (int i = 0; i < 3; i++)
            CU_ASSERT(q->lines[i].tax.minor * 3 > once.minor - 3 &&
                      q->lines[i].tax.minor * 3 < once.minor + 3);
        CU_ASSERT(q->lines[0].tax.minor >= q->lines[2].tax.minor);
        (void)expected;
    }
    end();
}

static void rounding_per_order_keeps_rates_apart(void)
{
    begin(shop_init);
    shop_customer(&shop);
    shop.catalogue.rounding = ROUND_ORDER;
    shop.prices[0][TUMBLER].amount.minor = 100;
    shop_line(&shop, TUMBLER, 1);
    shop_line(&shop, TEA, 1);
    shop_line(&shop, TUMBLER, 1);
    shop_line(&shop, GIFT, 1);
    const struct quote *q = priced();
    CU_ASSERT_EQUAL(q->lines[0].tax.minor, 17);
    CU_ASSERT_EQUAL(q->lines[1].tax.minor, 0); /* nothing spills over to the zero rate */
    CU_ASSERT_EQUAL(q->lines[2].tax.minor, 16);
    CU_ASSERT_EQUAL(q->lines[3].tax.minor, 0);
    CU_ASSERT_EQUAL(q->lines[0].tax_rate.ppm, 200000);
    CU_ASSERT_EQUAL(q->lines[1].tax_rate.ppm, 0);
    CU_ASSERT_EQUAL(q->tax.minor, 33);
    end();
}

static void the_region_is_the_addresss_where_the_market_taxes_by_it(void)
{
    static const struct {
        void (*init)(struct shop *, struct arena *);
        const char *region;
        enum destination destination;
        const char *expected;
        int64_t ppm;
    } rows[] = {
        {shop_init_us, "TX", SHIP_distributor, "TX", 62500},
        {shop_init_us, "CA", SHIP_distributor, "CA", 72500},
        {shop_init_us, "", SHIP_distributor, "CA", 72500},
        {shop_init_us, "TX", SHIP_pickup, "CA", 72500},
        {shop_init, "", SHIP_distributor, "GB", 200000},
        {shop_init, "West Yorkshire", SHIP_distributor, "GB", 200000},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(rows[i].init);
        shop.buyer.ship_to.region = rows[i].region;
        shop.draft.destination = rows[i].destination;
        shop_line(&shop, TUMBLER, 1);
        const struct quote *q = priced();
        CU_ASSERT_STRING_EQUAL(q->region, rows[i].expected);
        CU_ASSERT_EQUAL(q->lines[0].tax_rate.ppm, rows[i].ppm);
        if (strcmp(q->region, rows[i].expected) != 0)
            printf("   row %zu: region %s\n", i, q->region);
    }
    end();
}

static void a_missing_tax_rate_stops_the_order(void)
{
    begin(shop_init);
    shop_line(&shop, UNTAXED, 1);
    const struct problem *p = has(priced(), PROBLEM_no_tax_rate, "/ship_to");
    CU_ASSERT_STRING_EQUAL(text(p, "region"), "GB");
    CU_ASSERT_STRING_EQUAL(text(p, "class"), "unrated");
    CU_ASSERT_STRING_EQUAL(text(p, "date"), "2026-03-15");
    begin(shop_init); /* a rate that begins later */
    shop.taxes[0].from = date_of(2026, 3, 16);
    shop_line(&shop, TEA, 1); /* the delivery is of that class */
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&priced()->problems, PROBLEM_no_tax_rate));
    shop.draft.date = date_of(2026, 3, 16);
    CU_ASSERT_EQUAL(priced()->problems.count, 0);
    end();
}

static void delivery_follows_goods_date_and_destination(void)
{
    static const struct {
        enum order_type type;
        int64_t qty; /* of KIT at 50.00 */
        enum destination destination;
        int64_t delivery;
    } rows[] = {
        {ORDER_customer, 4, SHIP_customer, 495},    {ORDER_customer, 5, SHIP_customer, 0},
        {ORDER_customer, 6, SHIP_customer, 0},      {ORDER_customer, 1, SHIP_distributor, 395},
        {ORDER_personal, 1, SHIP_pickup, 0},        {ORDER_customer, 1, SHIP_pickup, 0},
        {ORDER_personal, 4, SHIP_distributor, 395}, {ORDER_personal, 7, SHIP_distributor, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        if (rows[i].type == ORDER_customer)
            shop_customer(&shop);
        shop.draft.destination = rows[i].destination;
        shop_line(&shop, KIT, rows[i].qty);
        const struct quote *q = priced();
        CU_ASSERT_EQUAL(q->delivery.minor, rows[i].delivery);
        CU_ASSERT_EQUAL(q->problems.count, 0);
    }
    begin(shop_init);
    shop_line(&shop, TUMBLER, 1);
    shop.draft.destination = SHIP_party;
    const struct problem *p = has(priced(), PROBLEM_no_delivery, "/ship_to");
    CU_ASSERT_STRING_EQUAL(text(p, "destination"), "party");
    CU_ASSERT_STRING_EQUAL(text(p, "date"), "2026-03-15");
    begin(shop_init); /* the rows of another season */
    shop.delivery[0].to = date_of(2026, 3, 15);
    shop_delivery(&shop, SHIP_distributor, "", 0, 450)->from = date_of(2026, 3, 15);
    shop_line(&shop, TUMBLER, 1);
    CU_ASSERT_EQUAL(priced()->delivery.minor, 450);
    shop.draft.date = date_of(2026, 3, 14);
    CU_ASSERT_EQUAL(priced()->delivery.minor, 395);
    begin(shop_init); /* delivery of a zero rate */
    shop.delivery[0].tax_class = CLASS_ZERO;
    shop_line(&shop, TUMBLER, 1);
    CU_ASSERT_EQUAL(priced()->delivery_tax.minor, 0);
    end();
}

/* ---- lists, dates ---- */

static void a_list_is_taken_by_date_or_by_name(void)
{
    static const struct {
        int month, day; /* 0: today */
        const char *name, *code;
        int64_t unit;
    } rows[] = {
        {0, 0, NULL, "SPRING", 2450},     {5, 31, NULL, "SPRING", 2450},
        {6, 1, NULL, "AUTUMN", 2550},     {0, 0, "AUTUMN", "AUTUMN", 2550},
        {6, 1, "SPRING", "SPRING", 2450},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        if (rows[i].month)
            shop.draft.date = date_of(2026, rows[i].month, rows[i].day);
        shop.draft.price_list = rows[i].name;
        shop_line(&shop, TUMBLER, 1);
        const struct quote *q = priced();
        CU_ASSERT_EQUAL(q->problems.count, 0);
        CU_ASSERT_FATAL(q->list != NULL);
        CU_ASSERT_STRING_EQUAL(q->list->code, rows[i].code);
        CU_ASSERT_EQUAL(q->lines[0].unit.minor, rows[i].unit);
        CU_ASSERT_EQUAL(q->date.days, rows[i].month ? date_of(2026, rows[i].month, rows[i].day).days
                                                    : shop.buyer.today.days);
    }
    begin(shop_init);
    shop.draft.price_list = "WINTER";
    shop_line(&shop, TUMBLER, 1);
    const struct problem *p = has(priced(), PROBLEM_unknown_list, "/price_list");
    CU_ASSERT_STRING_EQUAL(text(p, "list"), "WINTER");
    begin(shop_init); /* of another audience */
    shop.draft.price_list = "AIDS";
    shop_line(&shop, TUMBLER, 1);
    has(priced(), PROBLEM_unknown_list, "/price_list");
    begin(shop_init);
    shop.lists[0].from = date_of(2026, 4, 1);
    shop_line(&shop, TUMBLER, 1);
    p = has(priced(), PROBLEM_no_list, "/date");
    CU_ASSERT_STRING_EQUAL(text(p, "date"), "2026-03-15");
    CU_ASSERT_PTR_NULL(shop.quote.list);
    CU_ASSERT_FALSE(shop.quote.lines[0].priced);
    CU_ASSERT_PTR_EQUAL(shop.quote.lines[0].item, &shop.items[TUMBLER]);
    end();
}

static void goods_of_a_season_are_sold_in_it(void)
{
    static const struct {
        int year, month, day;
        bool sold;
    } rows[] = {{2026, 2, 28, false},
                {2026, 3, 1, true},
                {2026, 3, 31, true},
                {2026, 4, 1, false},
                {2025, 3, 15, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        shop.draft.date = date_of(rows[i].year, rows[i].month, rows[i].day);
        shop_line(&shop, TEA, 1);
        shop_line(&shop, SEASON, 1);
        const struct quote *q = priced();
        CU_ASSERT_EQUAL(q->problems.count, rows[i].sold ? 0 : 1);
        if (rows[i].sold)
            continue;
        const struct problem *p = has(q, PROBLEM_not_on_sale, "/lines/1/sku");
        CU_ASSERT_STRING_EQUAL(text(p, "sku"), "40086");
        CU_ASSERT_STRING_EQUAL(text(p, "name"), "Easter egg");
        CU_ASSERT_STRING_EQUAL(text(p, "from"), "2026-03-01");
        CU_ASSERT_STRING_EQUAL(p ? p->line : "", "b");
    }
    end();
}

/* ---- what is keyed ---- */

static void a_sku_that_cannot_be_sold_says_why(void)
{
    static const struct {
        const char *sku;
        enum order_type type;
        enum problem_code code;
        bool known;
    } rows[] = {
        {"99984", ORDER_personal, PROBLEM_unknown_sku, false}, /* its check digit fits */
        {"40011", ORDER_personal, PROBLEM_check_digit, false},
        {"40100", ORDER_personal, PROBLEM_check_digit, false}, /* 40010 with two digits swapped */
        {"ABC", ORDER_personal, PROBLEM_unknown_sku, false},
        {"4001O", ORDER_personal, PROBLEM_unknown_sku, false},
        {"", ORDER_personal, PROBLEM_unknown_sku, false},
        {"40108", ORDER_personal, PROBLEM_not_in_list, true},
        {"40055", ORDER_personal, PROBLEM_wrong_kind, true},
        {"40064", ORDER_sales_aids, PROBLEM_wrong_kind, true},
        {"40135", ORDER_personal, PROBLEM_wrong_kind, true},
        {"40055", ORDER_customer, PROBLEM_wrong_kind, true},
        {"40010", ORDER_sales_aids, PROBLEM_wrong_kind, true},
        {"40032", ORDER_sales_aids, PROBLEM_wrong_kind, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        if (rows[i].type == ORDER_customer)
            shop_customer(&shop);
        shop.draft.type = rows[i].type;
        shop_line(&shop, rows[i].type == ORDER_sales_aids ? AID : TEA, 1);
        shop_sku_line(&shop, rows[i].sku, 2);
        const struct quote *q = priced();
        const struct problem *p = has(q, rows[i].code, "/lines/1/sku");
        CU_ASSERT_EQUAL(q->problems.count, 1);
        CU_ASSERT_STRING_EQUAL(text(p, "sku"), rows[i].sku);
        CU_ASSERT_STRING_EQUAL(p && p->line ? p->line : "", "b");
        CU_ASSERT_EQUAL(q->lines[1].item != NULL, rows[i].known);
        CU_ASSERT(q->lines[0].priced); /* the others are priced all the same */
        CU_ASSERT(q->total.minor > 0);
        if (rows[i].code == PROBLEM_not_in_list)
            CU_ASSERT_STRING_EQUAL(text(p, "list"), "SPRING");
    }
    /* An old SKU without check digit is accepted where the catalogue has it. */
    begin(shop_init);
    shop.items[TUMBLER].sku = "40011";
    shop_sku_line(&shop, "40011", 1);
    CU_ASSERT_EQUAL(priced()->problems.count, 0);
    end();
}

static void a_quantity_is_from_1_to_99999(void)
{
    static const struct {
        int64_t qty;
        bool good;
    } rows[] = {{1, true},
                {2, true},
                {QTY_MAX, true},
                {0, false},
                {-1, false},
                {QTY_MAX + 1, false},
                {INT64_MAX, false},
                {INT64_MIN, false},
                {(int64_t)1 << 31, false},
                {(int64_t)1 << 32 | 1, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        shop_line(&shop, TEA, 1);
        shop_line(&shop, TUMBLER, rows[i].qty);
        const struct quote *q = priced();
        if (rows[i].good) {
            CU_ASSERT_EQUAL(q->problems.count, 0);
            CU_ASSERT_EQUAL(q->lines[1].goods.minor, 2450 * rows[i].qty);
            CU_ASSERT_EQUAL(q->cv.hundredths, 590 + 1630 * rows[i].qty);
            continue;
        }
        only(q, PROBLEM_bad_quantity, "/lines/1/qty");
        const struct problem *p = shop_problem(&q->problems, PROBLEM_bad_quantity);
        CU_ASSERT_EQUAL(number(p, "max"), QTY_MAX);
        CU_ASSERT_EQUAL(number(p, "qty"), rows[i].qty);
        CU_ASSERT_EQUAL(q->lines[1].goods.minor, 0);
        CU_ASSERT_EQUAL(q->goods.minor, 895);
    }
    end();
}

static void at_most_so_many_of_an_item_over_all_lines(void)
{
    static const struct {
        int64_t qty[3];
        size_t n;
        bool good;
    } rows[] = {{{3}, 1, true},        {{4}, 1, false},    {{1, 2}, 2, true},
                {{1, 1, 1}, 3, true},  {{2, 2}, 2, false}, {{1, 1, 2}, 3, false},
                {{QTY_MAX}, 1, false}, {{3, 0}, 2, false}};
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        begin(shop_init);
        int64_t sum = 0;
        for (size_t i = 0; i < rows[r].n; i++) {
            shop_line(&shop, LIMITED, rows[r].qty[i]);
            sum += rows[r].qty[i];
        }
        const struct quote *q = priced();
        const struct problem *p = shop_problem(&q->problems, PROBLEM_max_per_order);
        CU_ASSERT_EQUAL(p != NULL, sum > 3);
        if (!p)
            continue;
        CU_ASSERT_EQUAL(number(p, "max"), 3);
        CU_ASSERT_EQUAL(number(p, "qty"), sum);
        CU_ASSERT_STRING_EQUAL(text(p, "sku"), "40078");
        CU_ASSERT(strncmp(p->field, "/lines/", 7) == 0 && strstr(p->field, "/qty"));
    }
    end();
}

static void amounts_beyond_2_to_the_53_are_refused(void)
{
    begin(shop_init); /* one line */
    shop_line(&shop, TEA, 1);
    shop_line(&shop, HUGE_, 3);
    const struct quote *q = priced();
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&q->problems, PROBLEM_amount_too_large));
    begin(shop_init);
    shop_line(&shop, HUGE_, QTY_MAX);
    shop_line(&shop, HUGE_, QTY_MAX);
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&priced()->problems, PROBLEM_amount_too_large));
    begin(shop_init); /* each line fits, the sum does not */
    shop.discounts[0].rate.ppm = 0;
    shop_line(&shop, HUGE_, 1);
    shop_line(&shop, HUGE_, 2);
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&priced()->problems, PROBLEM_amount_too_large));
    begin(shop_init_us); /* the goods fit, not with the tax */
    shop_customer(&shop);
    shop.prices[0][TUMBLER].amount.minor = MONEY_MAX - 1000;
    shop_line(&shop, TUMBLER, 1);
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&priced()->problems, PROBLEM_amount_too_large));
    begin(shop_init); /* nor with the delivery */
    shop_customer(&shop);
    shop.delivery[3].charge.minor = 1000;
    shop.prices[0][TUMBLER].amount.minor = MONEY_MAX - 999;
    shop_line(&shop, TUMBLER, 1);
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&priced()->problems, PROBLEM_amount_too_large));
    begin(shop_init); /* volumes */
    shop.prices[0][TUMBLER].cv.hundredths = MONEY_MAX;
    shop_line(&shop, TUMBLER, 2);
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&priced()->problems, PROBLEM_amount_too_large));
    begin(shop_init); /* the greatest that fits */
    shop_customer(&shop);
    shop.prices[0][TUMBLER].amount.minor = MONEY_MAX;
    shop_line(&shop, TUMBLER, 1);
    q = priced();
    CU_ASSERT_EQUAL(q->problems.count, 0);
    CU_ASSERT_EQUAL(q->total.minor, MONEY_MAX);
    CU_ASSERT_EQUAL(q->lines[0].tax.minor, (MONEY_MAX + 3) / 6);
    end();
}

static void an_order_may_have_1000_lines(void)
{
    static struct draft_line lines[DRAFT_LINES_MAX];
    begin(shop_init);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        lines[i] = (struct draft_line){.id = "x", .sku = shop_sku[TEA], .qty = 1};
    shop.draft.lines = lines;
    shop.draft.nlines = DRAFT_LINES_MAX;
    const struct quote *q = priced();
    CU_ASSERT_EQUAL(q->nlines, DRAFT_LINES_MAX);
    CU_ASSERT_EQUAL(q->problems.count, 0);
    CU_ASSERT_EQUAL(q->goods.minor, 895000);
    CU_ASSERT_EQUAL(q->total.minor, 895000 - 224000); /* 2.23750 each, rounded by line */
    end();
}

static void an_empty_draft_costs_nothing(void)
{
    begin(shop_init);
    const struct quote *q = priced();
    CU_ASSERT_EQUAL(q->nlines, 0);
    CU_ASSERT_EQUAL(q->goods.minor, 0);
    CU_ASSERT_EQUAL(q->total.minor, 0);
    CU_ASSERT_EQUAL(q->nneeds, 0);
    CU_ASSERT_EQUAL(q->problems.count, 0);
    end();
}

/* ---- people ---- */

static void nobody(void)
{
    shop.draft.distributor = NULL;
    shop.buyer.distributor = NULL;
}
static void stranger(void)
{
    shop.draft.distributor = "7777777";
    shop.buyer.distributor = NULL;
}
static void terminated(void)
{
    shop.buyer.status = "terminated";
    shop.buyer.may_order = false;
}
static void abroad(void)
{
    shop.buyer.market = "US";
}
static void customer_missing(void)
{
    shop_customer(&shop);
    shop.draft.customer = shop.buyer.customer = NULL;
}
static void customer_unknown(void)
{
    shop_customer(&shop);
    shop.buyer.customer = shop.buyer.customer_of = NULL;
}
static void customer_of_another(void)
{
    shop_customer(&shop);
    shop.buyer.customer_of = "2000004";
}
static void customer_on_own_order(void)
{
    shop_customer(&shop);
    shop.draft.type = ORDER_personal;
    shop.draft.destination = SHIP_distributor;
}
static void no_address(void)
{
    shop.buyer.has_ship_to = false;
    shop.buyer.ship_to = (struct address){"", "", "", "", "", "", ""};
}
static void no_street(void)
{
    shop.buyer.ship_to.line1 = "";
}
static void no_city(void)
{
    shop.buyer.ship_to.city = "";
}
static void no_country(void)
{
    shop.buyer.ship_to.country = "";
}

static void people_and_addresses(void)
{
    static const struct {
        void (*change)(void);
        enum problem_code code;
        const char *field, *name, *value;
    } rows[] = {
        {nobody, PROBLEM_required, "/distributor", NULL, NULL},
        {stranger, PROBLEM_unknown_distributor, "/distributor", "distributor", "7777777"},
        {terminated, PROBLEM_distributor_status, "/distributor", "status", "terminated"},
        {terminated, PROBLEM_distributor_status, "/distributor", "name", "Ann Archer"},
        {abroad, PROBLEM_wrong_market, "/distributor", "market", "US"},
        {customer_missing, PROBLEM_customer_needed, "/customer", "type", "customer"},
        {customer_unknown, PROBLEM_unknown_customer, "/customer", "customer", "C1"},
        {customer_of_another, PROBLEM_customer_of_other, "/customer", "customer", "C1"},
        {customer_on_own_order, PROBLEM_customer_not_allowed, "/customer", "type", "personal"},
        {no_address, PROBLEM_address_needed, "/ship_to", NULL, NULL},
        {no_street, PROBLEM_address_incomplete, "/ship_to/address/line1", NULL, NULL},
        {no_city, PROBLEM_address_incomplete, "/ship_to/address/city", NULL, NULL},
        {no_country, PROBLEM_address_incomplete, "/ship_to/address/country", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        rows[i].change();
        shop.draft.has_address = strncmp(rows[i].field, "/ship_to/", 9) == 0;
        shop.draft.address = shop.buyer.ship_to;
        shop_line(&shop, TUMBLER, 1);
        const struct quote *q = priced();
        const struct problem *p = has(q, rows[i].code, rows[i].field);
        CU_ASSERT_EQUAL(problems_stops(&q->problems), 1);
        CU_ASSERT(q->lines[0].priced && q->goods.minor == 2450); /* priced all the same */
        if (rows[i].name)
            CU_ASSERT_STRING_EQUAL(text(p, rows[i].name), rows[i].value);
        if (problems_stops(&q->problems) != 1)
            printf("   row %zu: %zu stops\n", i, problems_stops(&q->problems));
    }
    begin(shop_init); /* a choice says which one is missing, if it is known whose */
    no_address();
    shop.draft.address_choice = 9;
    shop_line(&shop, TUMBLER, 1);
    const struct problem *missing = has(priced(), PROBLEM_address_missing, "/ship_to/choice");
    CU_ASSERT_STRING_EQUAL(problem_say(shop.arena, LANGUAGE_en, missing),
                           "Address 9 does not exist.");
    begin(shop_init);
    no_address();
    stranger();
    shop.draft.address_choice = 9;
    shop_line(&shop, TUMBLER, 1);
    has(priced(), PROBLEM_address_needed, "/ship_to");
    begin(shop_init); /* what is picked up needs none */
    no_address();
    shop.draft.destination = SHIP_pickup;
    shop_line(&shop, TUMBLER, 1);
    CU_ASSERT_EQUAL(priced()->problems.count, 0);
    begin(shop_init); /* nor a second line or a region */
    shop.buyer.ship_to.line2 = shop.buyer.ship_to.region = "";
    shop_line(&shop, TUMBLER, 1);
    CU_ASSERT_EQUAL(priced()->problems.count, 0);
    end();
}

static void all_mistakes_are_found_at_once(void)
{
    begin(shop_init);
    terminated();
    no_address();
    shop.draft.price_list = NULL;
    shop_sku_line(&shop, "99984", 1);
    shop_line(&shop, TUMBLER, 0);
    shop_line(&shop, AID, 1);
    shop_line(&shop, UNLISTED, 1);
    shop_line(&shop, TEA, 2);
    shop_stock(&shop, TUMBLER, 0); /* of those that cannot be sold it does not matter */
    shop_stock(&shop, TEA, 1);
    shop_stock(&shop, AID, 5);
    const struct quote *q = priced();
    has(q, PROBLEM_distributor_status, "/distributor");
    has(q, PROBLEM_address_needed, "/ship_to");
    has(q, PROBLEM_unknown_sku, "/lines/0/sku");
    has(q, PROBLEM_bad_quantity, "/lines/1/qty");
    has(q, PROBLEM_wrong_kind, "/lines/2/sku");
    has(q, PROBLEM_not_in_list, "/lines/3/sku");
    has(q, PROBLEM_stock_short, "/lines/4/qty");
    CU_ASSERT_EQUAL(q->problems.count, 7);
    CU_ASSERT_EQUAL(q->goods.minor, 1790 + 300); /* the aid has a price all the same */
    end();
}

/* ---- stock ---- */

static void stock_that_is_short_says_what_is_free(void)
{
    static const struct {
        uint32_t item;
        int64_t qty, free;
        bool later; /* asked for by the line */
        bool fits;
        int64_t back; /* ordered beyond the stock */
    } rows[] = {
        {TUMBLER, 5, 5, false, true, 0},        {TUMBLER, 5, 6, false, true, 0},
        {TUMBLER, 5, 4, false, false, 0},       {TUMBLER, 5, 0, false, false, 0},
        {TUMBLER, 5, 4, true, false, 0}, /* the item does not allow it */
        {LATER, 5, 4, true, true, 1},           {LATER, 5, 0, true, true, 5},
        {LATER, 5, 5, true, true, 0},           {LATER, 5, 4, false, false, 0},
        {GIFT, 1, 0, false, false, 0},          {TUMBLER, QTY_MAX, QTY_MAX, false, true, 0},
        {TUMBLER, QTY_MAX, 1, false, false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(shop_init);
        shop_line(&shop, rows[i].item, rows[i].qty)->back_order = rows[i].later;
        shop_stock(&shop, rows[i].item, rows[i].free);
        const struct quote *q = priced();
        CU_ASSERT_EQUAL(q->lines[0].free_stock, rows[i].free);
        CU_ASSERT_EQUAL(q->lines[0].back_ordered, rows[i].back);
        CU_ASSERT_EQUAL(problems_stops(&q->problems), rows[i].fits ? 0 : 1);
        CU_ASSERT(q->lines[0].priced); /* short or not */
        if (!rows[i].fits) {
            const struct problem *p = has(q, PROBLEM_stock_short, "/lines/0/qty");
            CU_ASSERT_EQUAL(number(p, "free"), rows[i].free);
            CU_ASSERT_EQUAL(number(p, "qty"), rows[i].qty);
            CU_ASSERT_STRING_EQUAL(text(p, "sku"), shop_sku[rows[i].item]);
            CU_ASSERT_STRING_EQUAL(p && p->line ? p->line : "", "a");
        } else if (rows[i].back) {
            const struct problem *p = has(q, PROBLEM_back_ordered, "/lines/0/qty");
            CU_ASSERT_EQUAL(number(p, "free"), rows[i].free);
            CU_ASSERT_EQUAL(number(p, "short"), rows[i].back);
            CU_ASSERT_EQUAL(problem_severity(p ? p->code : PROBLEM_COUNT), SEVERITY_warning);
        } else {
            CU_ASSERT_EQUAL(q->problems.count, 0);
        }
    }
    end();
}

static void unknown_stock_is_no_problem(void)
{
    begin(shop_init);
    shop_line(&shop, TUMBLER, QTY_MAX);
    shop_line(&shop, KIT, 7);
    const struct quote *q = priced();
    CU_ASSERT_EQUAL(q->problems.count, 0);
    CU_ASSERT_EQUAL(q->lines[0].free_stock, -1);
    CU_ASSERT_EQUAL(q->lines[1].free_stock, -1);
    CU_ASSERT_EQUAL(q->lines[0].back_ordered, 0);
    end();
}

static void a_kit_has_what_its_scarcest_component_gives(void)
{
    static const struct {
        int64_t tumblers, teas, free; /* a KIT is two tumblers and a tea */
    } rows[] = {{10, 10, 5}, {11, 10, 5}, {9, 10, 4}, {10, 3, 3},
                {1, 10, 0},  {0, 10, 0},  {10, 0, 0}, {2, 1, 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (int64_t qty = 1; qty <= 6; qty++) {
            begin(shop_init);
            shop_line(&shop, KIT, qty);
            shop_stock(&shop, TUMBLER, rows[i].tumblers);
            shop_stock(&shop, TEA, rows[i].teas);
            const struct quote *q = priced();
            CU_ASSERT_EQUAL(q->lines[0].free_stock, rows[i].free);
            CU_ASSERT_EQUAL(q->problems.count, qty > rows[i].free ? 1 : 0);
            if (qty <= rows[i].free)
                continue;
            const struct problem *p = has(q, PROBLEM_stock_short, "/lines/0/qty");
            CU_ASSERT_EQUAL(number(p, "free"), rows[i].free);
            CU_ASSERT_EQUAL(number(p, "qty"), qty);
            CU_ASSERT_STRING_EQUAL(text(p, "sku"), shop_sku[KIT]);
        }
    end();
}

/* Two kits and a plain line that all take tumblers: 2 x kit + duo + plain. */
static void lines_that_share_a_component_share_its_stock(void)
{
    static const struct {
        int64_t kits, duos, tumblers, free;
    } rows[] = {{1, 1, 1, 4}, {2, 1, 0, 5}, {0, 3, 2, 5}, {3, 0, 1, 7}, {1, 1, 1, 3},
                {2, 1, 0, 4}, {0, 3, 2, 4}, {3, 0, 1, 6}, {1, 0, 1, 0}};
    for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
        begin(shop_init);
        if (rows[r].kits)
            shop_line(&shop, KIT, rows[r].kits);
        if (rows[r].duos)
            shop_line(&shop, DUO, rows[r].duos);
        if (rows[r].tumblers)
            shop_line(&shop, TUMBLER, rows[r].tumblers);
        shop_stock(&shop, TUMBLER, rows[r].free);
        shop_stock(&shop, TEA, 1000);
        shop_stock(&shop, LATER, 1000);
        const struct quote *q = priced();
        bool enough = 2 * rows[r].kits + rows[r].duos + rows[r].tumblers <= rows[r].free;
        CU_ASSERT_EQUAL(problems_stops(&q->problems) == 0, enough);
        CU_ASSERT_EQUAL(shop_problem(&q->problems, PROBLEM_stock_short) != NULL, !enough);
        if (problems_stops(&q->problems) == 0 && !enough)
            printf("   row %zu oversells\n", r);
    }
    end();
}

static void the_same_item_on_two_lines_shares_its_stock(void)
{
    begin(shop_init);
    shop_line(&shop, TUMBLER, 3);
    shop_line(&shop, TUMBLER, 3);
    shop_stock(&shop, TUMBLER, 5);
    CU_ASSERT_PTR_NOT_NULL(shop_problem(&priced()->problems, PROBLEM_stock_short));
    shop.stock[0].free = 6;
    CU_ASSERT_EQUAL(priced()->problems.count, 0);
    begin(shop_init); /* beyond the stock: 3 + 3 of 5 leaves one to come */
    shop_line(&shop, LATER, 3)->back_order = true;
    shop_line(&shop, LATER, 3)->back_order = true;
    shop_stock(&shop, LATER, 5);
    const struct quote *q = priced();
    CU_ASSERT_EQUAL(problems_stops(&q->problems), 0);
    CU_ASSERT_EQUAL(q->lines[0].back_ordered + q->lines[1].back_ordered, 1);
    has(q, PROBLEM_back_ordered, "/lines/1/qty");
    end();
}

static void what_is_needed_from_stock(void)
{
    static const struct stock_need expected[] = {
        {1, TUMBLER, 6, 2, false}, {2, TUMBLER, 2, 1, false}, {3, TUMBLER, 5, 1, false},
        {0, TEA, 4, 1, false},     {1, TEA, 3, 1, false},     {2, LATER, 6, 3, false},
    };
    begin(shop_init);
    shop_line(&shop, TEA, 4);
    shop_line(&shop, KIT, 3);
    shop_line(&shop, DUO, 2);
    shop_line(&shop, TUMBLER, 5);
    shop_stock(&shop, TUMBLER, 100);
    shop_stock(&shop, TEA, 100);
    shop_stock(&shop, LATER, 100);
    const struct quote *q = priced();
    CU_ASSERT_EQUAL_FATAL(q->nneeds, ARRAY_LEN(expected));
    for (size_t i = 0; i < q->nneeds; i++) {
        CU_ASSERT_EQUAL(q->needs[i].line, expected[i].line);
        CU_ASSERT_EQUAL(q->needs[i].item, expected[i].item);
        CU_ASSERT_EQUAL(q->needs[i].qty, expected[i].qty);
        CU_ASSERT_EQUAL(q->needs[i].per, expected[i].per);
        CU_ASSERT_EQUAL(q->needs[i].back_order, expected[i].back_order);
    }
    begin(shop_init); /* only what may come later is marked so */
    shop_line(&shop, LATER, 4)->back_order = true;
    shop_line(&shop, TUMBLER, 4)->back_order = true;
    shop_stock(&shop, TUMBLER, 100);
    shop_stock(&shop, LATER, 1);
    q = priced();
    CU_ASSERT_EQUAL_FATAL(q->nneeds, 2);
    CU_ASSERT_EQUAL(q->needs[0].item, TUMBLER);
    CU_ASSERT_FALSE(q->needs[0].back_order);
    CU_ASSERT_EQUAL(q->needs[1].qty, 4);
    CU_ASSERT(q->needs[1].back_order);
    end();
}

static void whose_stock_must_be_brought(void)
{
    static const uint32_t expected[] = {TUMBLER, TEA, LATER};
    uint32_t *items;
    begin(shop_init);
    shop_line(&shop, LATER, 1);
    shop_line(&shop, DUO, 2);
    shop_line(&shop, KIT, 3);
    shop_line(&shop, TUMBLER, 5);
    shop_sku_line(&shop, "99984", 1);
    size_t n = quote_stock_items(arena, &shop.catalogue, &shop.draft, &items);
    CU_ASSERT_EQUAL_FATAL(n, ARRAY_LEN(expected));
    CU_ASSERT(memcmp(items, expected, sizeof expected) == 0);
    shop.draft.nlines = 0;
    CU_ASSERT_EQUAL(quote_stock_items(arena, &shop.catalogue, &shop.draft, &items), 0);
    end();
}

/* ---- why ---- */

static const struct why *step(const struct quote_line *line, enum why_code code)
{
    for (size_t i = 0; i < line->nwhy; i++)
        if (line->why[i].code == code)
            return &line->why[i];
    return NULL;
}

static void a_line_tells_why_it_costs_what_it_costs(void)
{
    begin(shop_init);
    shop_line(&shop, TUMBLER, 2);
    const struct quote *q = priced();
    const struct quote_line *l = &q->lines[0];
    CU_ASSERT_EQUAL(l->why[0].code, WHY_list_price);
    const struct why *list = step(l, WHY_list_price), *rank = step(l, WHY_rank_discount),
                     *tax = step(l, WHY_tax_included);
    CU_ASSERT_FATAL(list && rank && tax);
    CU_ASSERT_EQUAL(list->amount.minor, 4900);
    CU_ASSERT_STRING_EQUAL(list->ref, "SPRING");
    CU_ASSERT_EQUAL(rank->amount.minor, -1225);
    CU_ASSERT_EQUAL(rank->rate.ppm, 250000);
    CU_ASSERT_EQUAL(tax->amount.minor, 613);
    CU_ASSERT_EQUAL(tax->rate.ppm, 200000);
    CU_ASSERT_STRING_EQUAL(tax->ref, "GB");
    CU_ASSERT_PTR_NULL(step(l, WHY_tax_added));
    CU_ASSERT_PTR_NULL(step(l, WHY_no_volume));
    const char *say = why_say(arena, LANGUAGE_en, q, l, list);
    CU_ASSERT(strstr(say, "List SPRING: ") == say && strstr(say, "24.50"));
    for (size_t i = 0; i < l->nwhy; i++)
        CU_ASSERT(strlen(why_say(arena, LANGUAGE_en, q, l, &l->why[i])) > 5);

    begin(shop_init_us);
    shop_customer(&shop);
    shop_line(&shop, TUMBLER, 2);
    l = &priced()->lines[0];
    tax = step(l, WHY_tax_added);
    CU_ASSERT_FATAL(tax != NULL);
    CU_ASSERT_EQUAL(tax->amount.minor, 306);
    CU_ASSERT_STRING_EQUAL(tax->ref, "TX");
    CU_ASSERT_PTR_NULL(step(l, WHY_rank_discount));
    CU_ASSERT_PTR_NULL(step(l, WHY_tax_included));

    begin(shop_init);
    shop.draft.type = ORDER_sales_aids;
    shop_line(&shop, AID, 2);
    CU_ASSERT_PTR_NOT_NULL(step(&priced()->lines[0], WHY_no_volume));
    static const char *const names[] = {"list_price",   "rank_discount", "promotion",
                                        "gift",         "no_volume",     "volume_reduced",
                                        "tax_included", "tax_added"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        CU_ASSERT_STRING_EQUAL(why_name((enum why_code)i), names[i]);
    end();
}

/* ---- tenders ---- */

static void tenders_pay_what_they_can(void)
{
    enum { TOTAL = 2232 }; /* a tumbler, delivered */
    static const struct {
        struct draft_tender tenders[3];
        size_t n;
        int64_t held;
        bool distributor_pays;
        int64_t from_balance; /* -1: refused, for the reason of `code` at `field` */
        enum problem_code code;
        const char *field;
    } rows[] = {
        {{{0}}, 0, 5000, true, 0, PROBLEM_COUNT, NULL},
        {{{"later", TOTAL, NULL, 0}}, 1, 5000, true, 0, PROBLEM_COUNT, NULL},
        {{{"later", 1, NULL, 0}}, 1, 5000, true, 0, PROBLEM_COUNT, NULL},
        {{{"balance", TOTAL, NULL, 0}}, 1, 5000, true, TOTAL, PROBLEM_COUNT, NULL},
        {{{"balance", TOTAL, NULL, 0}}, 1, TOTAL, true, TOTAL, PROBLEM_COUNT, NULL},
        {{{"balance", 1, NULL, 0}}, 1, 1, true, 1, PROBLEM_COUNT, NULL},
        {{{"balance", 1000, NULL, 0}, {"later", 1232, NULL, 0}},
         2,
         1000,
         true,
         1000,
         PROBLEM_COUNT,
         NULL},
        {{{"balance", 1000, NULL, 0}, {"balance", 500, NULL, 0}},
         2,
         1500,
         true,
         1500,
         PROBLEM_COUNT,
         NULL},
        {{{"balance", TOTAL, NULL, 0}}, 1, TOTAL - 1, true, -1, PROBLEM_balance_short, "/tenders"},
        {{{"balance", 1, NULL, 0}}, 1, 0, true, -1, PROBLEM_balance_short, "/tenders"},
        {{{"balance", 1, NULL, 0}}, 1, -500, true, -1, PROBLEM_balance_short, "/tenders"},
        {{{"balance", 1000, NULL, 0}, {"balance", 501, NULL, 0}},
         2,
         1500,
         true,
         -1,
         PROBLEM_balance_short,
         "/tenders"},
        {{{"balance", TOTAL + 1, NULL, 0}}, 1, 5000, true, -1, PROBLEM_tenders_exceed, "/tenders"},
        {{{"balance", 2000, NULL, 0}, {"later", 233, NULL, 0}},
         2,
         5000,
         true,
         -1,
         PROBLEM_tenders_exceed,
         "/tenders"},
        {{{"later", TOTAL + 1, NULL, 0}}, 1, 0, true, -1, PROBLEM_tenders_exceed, "/tenders"},
        {{{"balance", INT64_MAX, NULL, 0}, {"balance", INT64_MAX, NULL, 0}},
         2,
         5000,
         true,
         -1,
         PROBLEM_tender_amount,
         "/tenders/0/amount"},
        {{{"balance", 0, NULL, 0}}, 1, 5000, true, -1, PROBLEM_tender_amount, "/tenders/0/amount"},
        {{{"balance", -5, NULL, 0}}, 1, 5000, true, -1, PROBLEM_tender_amount, "/tenders/0/amount"},
        {{{"balance", INT64_MIN, NULL, 0}},
         1,
         5000,
         true,
         -1,
         PROBLEM_tender_amount,
         "/tenders/0/amount"},
        {{{"later", 5, NULL, 0}, {"later", -5, NULL, 0}},
         2,
         5000,
         true,
         -1,
         PROBLEM_tender_amount,
         "/tenders/1/amount"},
        {{{"cash", 100, NULL, 0}}, 1, 5000, true, -1, PROBLEM_tender_kind, "/tenders/0/kind"},
        {{{"later", 1, NULL, 0}, {"", 100, NULL, 0}},
         2,
         5000,
         true,
         -1,
         PROBLEM_tender_kind,
         "/tenders/1/kind"},
        {{{"balance", 100, "", 0}}, 1, 5000, true, 100, PROBLEM_COUNT, NULL},
        {{{"balance", 100, "GC1", 0}}, 1, 5000, true, -1, PROBLEM_bad_value, "/tenders/0/ref"},
        {{{"later", 100, "x", 0}}, 1, 5000, true, -1, PROBLEM_bad_value, "/tenders/0/ref"},
        {{{"Balance", 100, NULL, 0}}, 1, 5000, true, -1, PROBLEM_tender_kind, "/tenders/0/kind"},
        /* a customer's order is not paid from the distributor's account */
        {{{"balance", 100, NULL, 0}}, 1, 5000, false, -1, PROBLEM_tender_kind, "/tenders/0/kind"},
        {{{"later", 100, NULL, 0}}, 1, 5000, false, 0, PROBLEM_COUNT, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tender_sums sums;
        begin(shop_init);
        shop.buyer.balance = money_of(rows[i].held);
        shop_line(&shop, TUMBLER, 1);
        CU_ASSERT_EQUAL(priced()->total.minor, TOTAL);
        quote_tenders(&shop.quote, &shop.buyer, tender_kinds(rows[i].distributor_pays, true),
                      rows[i].tenders, rows[i].n, &sums);
        if (rows[i].from_balance < 0) {
            has(&shop.quote, rows[i].code, rows[i].field);
            continue;
        }
        CU_ASSERT_EQUAL(shop.quote.problems.count, 0);
        CU_ASSERT_EQUAL(sums.from_balance.minor, rows[i].from_balance);
        CU_ASSERT_EQUAL(sums.due.minor, TOTAL - rows[i].from_balance);
        CU_ASSERT_EQUAL(sums.over.minor, 0);
    }
    end();
}

/* Store credit, cards, certificates and what is received: each takes what those before have left.
 */
static void tenders_of_every_kind(void)
{
    enum { TOTAL = 2232 };
    static const struct {
        struct draft_tender tenders[3];
        size_t n;
        int64_t due, over;
        enum problem_code code; /* PROBLEM_COUNT: none */
        const char *field;
    } rows[] = {
        {{{"credit", 1000, NULL, 0}, {"link", 1232, NULL, 0}}, 2, 0, 0, PROBLEM_COUNT, NULL},
        {{{"token", TOTAL, "17", 0}}, 1, 0, 0, PROBLEM_COUNT, NULL},
        {{{"token", TOTAL + 1, "17", 0}}, 1, 0, 0, PROBLEM_tenders_exceed, "/tenders"},
        {{{"cheque", 5000, "no 7", 0}}, 1, 0, 5000 - TOTAL, PROBLEM_COUNT, NULL},
        {{{"credit", TOTAL, NULL, 0}, {"transfer", 1, "BACS 1", 0}},
         2,
         0,
         0,
         PROBLEM_tenders_exceed,
         "/tenders"},
        {{{"cheque", 1000, "no 7", 0}, {"transfer", 2000, "BACS 1", 0}},
         2,
         0,
         768,
         PROBLEM_COUNT,
         NULL},
        {{{"certificate", 2000, "GC8441 1027 0000 0007", 0}},
         1,
         0,
         0,
         PROBLEM_certificate_number,
         "/tenders/0/ref"},
        {{{"certificate", 2000, "8441102700000008", 0}}, 1, 232, 0, PROBLEM_COUNT, NULL},
        {{{"certificate", 2000, "gc 8441 1027 0000 0008", 0}}, 1, 232, 0, PROBLEM_COUNT, NULL},
        {{{"certificate", 2000, "GC844110270000000", 0}},
         1,
         0,
         0,
         PROBLEM_certificate_number,
         "/tenders/0/ref"},
        {{{"certificate", 2000, "84411027000000000", 0}},
         1,
         0,
         0,
         PROBLEM_certificate_number,
         "/tenders/0/ref"},
        {{{"certificate", 2000, "411027", 0}}, 1, 232, 0, PROBLEM_COUNT, NULL},
        {{{"certificate", 2000, "41102", 0}},
         1,
         0,
         0,
         PROBLEM_certificate_number,
         "/tenders/0/ref"},
        {{{"certificate", 2000, NULL, 0}}, 1, 0, 0, PROBLEM_tender_ref, "/tenders/0/ref"},
        {{{"transfer", 2000, "", 0}}, 1, 0, 0, PROBLEM_tender_ref, "/tenders/0/ref"},
        {{{"link", 2000, "x", 0}}, 1, 0, 0, PROBLEM_bad_value, "/tenders/0/ref"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tender_sums sums;
        begin(shop_init);
        shop_line(&shop, TUMBLER, 1);
        CU_ASSERT_EQUAL(priced()->total.minor, TOTAL);
        quote_tenders(&shop.quote, &shop.buyer, tender_kinds(false, true), rows[i].tenders,
                      rows[i].n, &sums);
        if (rows[i].code != PROBLEM_COUNT) {
            has(&shop.quote, rows[i].code, rows[i].field);
            continue;
        }
        CU_ASSERT_EQUAL(shop.quote.problems.count, 0);
        CU_ASSERT_EQUAL(sums.due.minor, rows[i].due);
        CU_ASSERT_EQUAL(sums.over.minor, rows[i].over);
        CU_ASSERT_EQUAL(sums.paid.minor, TOTAL - rows[i].due);
    }
    end();
}

/* Cash pays at a till and nowhere else; what is handed over may be more, what it pays may not. */
static void cash_at_a_till(void)
{
    enum { TOTAL = 2232 };
    static const struct {
        struct draft_tender tenders[2];
        size_t n;
        bool at_till;
        int64_t due;
        enum problem_code code; /* PROBLEM_COUNT: none */
        const char *field;
    } rows[] = {
        {{{"cash", TOTAL, NULL, 0}}, 1, true, 0, PROBLEM_COUNT, NULL},
        {{{"cash", TOTAL, NULL, TOTAL}}, 1, true, 0, PROBLEM_COUNT, NULL},
        {{{"cash", TOTAL, NULL, 10000}}, 1, true, 0, PROBLEM_COUNT, NULL},
        {{{"cash", 1000, NULL, 5000}, {"cash", 232, NULL, 0}}, 2, true, 1000, PROBLEM_COUNT, NULL},
        {{{"cash", TOTAL, NULL, TOTAL - 1}}, 1, true, 0, PROBLEM_tender_given, "/tenders/0/given"},
        {{{"cash", TOTAL, NULL, -1}}, 1, true, 0, PROBLEM_bad_value, "/tenders/0/given"},
        {{{"cash", TOTAL, NULL, INT64_MAX}}, 1, true, 0, PROBLEM_bad_value, "/tenders/0/given"},
        {{{"link", TOTAL, NULL, TOTAL}}, 1, true, 0, PROBLEM_bad_value, "/tenders/0/given"},
        {{{"cash", TOTAL + 1, NULL, 0}}, 1, true, 0, PROBLEM_tenders_exceed, "/tenders"},
        {{{"cash", TOTAL, "x", 0}}, 1, true, 0, PROBLEM_bad_value, "/tenders/0/ref"},
        {{{"cash", TOTAL, NULL, 0}}, 1, false, 0, PROBLEM_tender_kind, "/tenders/0/kind"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct tender_sums sums;
        begin(shop_init);
        shop_line(&shop, TUMBLER, 1);
        CU_ASSERT_EQUAL(priced()->total.minor, TOTAL);
        quote_tenders(&shop.quote, &shop.buyer,
                      tender_kinds(false, true) | (rows[i].at_till ? TENDER_BIT(cash) : 0),
                      rows[i].tenders, rows[i].n, &sums);
        if (rows[i].code != PROBLEM_COUNT) {
            has(&shop.quote, rows[i].code, rows[i].field);
            continue;
        }
        CU_ASSERT_EQUAL(shop.quote.problems.count, 0);
        CU_ASSERT_EQUAL(sums.due.minor, rows[i].due);
        CU_ASSERT_EQUAL(sums.over.minor, 0);
    }
    end();
}

static void nothing_is_delivered_at_a_counter(void)
{
    begin(shop_init);
    shop_line(&shop, TUMBLER, 1);
    int64_t delivery = priced()->delivery.minor, total = shop.quote.total.minor;
    CU_ASSERT(delivery > 0);
    shop.draft.at_counter = true;
    CU_ASSERT_EQUAL(priced()->delivery.minor, 0);
    CU_ASSERT_EQUAL(shop.quote.total.minor, total - delivery);
    end();
}

/* Chosen tenders: each as much as it can, or what was said, as far as there is something to pay. */
static void a_plan_of_tenders(void)
{
    static const struct {
        struct tender_pick picks[3];
        size_t n;
        int64_t to_pay, pays[3];
        size_t paying;
    } rows[] = {
        {{{TENDER_credit, 0, 1250, NULL}, {TENDER_token, 0, -1, "7"}}, 2, 17810, {1250, 16560}, 2},
        {{{TENDER_credit, 500, 1250, NULL}, {TENDER_token, 0, -1, "7"}}, 2, 17810, {500, 17310}, 2},
        {{{TENDER_credit, 0, 1250, NULL}, {TENDER_token, 0, -1, "7"}}, 2, 1000, {1000}, 1},
        {{{TENDER_credit, 0, 0, NULL}, {TENDER_balance, 0, 300, NULL}}, 2, 1000, {300}, 1},
        {{{TENDER_link, 2000, -1, NULL}}, 1, 1000, {1000}, 1},
        {{{TENDER_link, 0, -1, NULL}}, 1, 0, {0}, 0},
        {{{0}}, 0, 1000, {0}, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct draft_tender out[3];
        size_t n = tender_plan(rows[i].picks, rows[i].n, rows[i].to_pay, out);
        CU_ASSERT_EQUAL_FATAL(n, rows[i].paying);
        for (size_t k = 0; k < n; k++)
            CU_ASSERT_EQUAL(out[k].amount, rows[i].pays[k]);
    }
}

/* Cash pays what is left of what is fixed, before what takes the rest; the surplus is change. */
static void a_plan_with_cash(void)
{
    const struct tender_pick picks[] = {{TENDER_link, 0, -1, NULL},
                                        {TENDER_cash, 5000, -1, NULL},
                                        {TENDER_card_present, 1000, -1, "0423"}};
    struct draft_tender out[3];
    CU_ASSERT_EQUAL_FATAL(tender_plan(picks, 3, 3000, out), 2);
    CU_ASSERT_STRING_EQUAL(out[0].kind, "card_present");
    CU_ASSERT_STRING_EQUAL(out[1].kind, "cash");
    CU_ASSERT_EQUAL(out[1].amount, 2000);
    CU_ASSERT_EQUAL(tender_given(out, 2), 5000);
    CU_ASSERT_EQUAL(tender_change(out, 2), 3000);
    CU_ASSERT_EQUAL_FATAL(tender_plan(picks, 3, 7000, out), 3);
    CU_ASSERT_STRING_EQUAL(out[2].kind, "link");
    CU_ASSERT_EQUAL(out[2].amount, 1000);
    CU_ASSERT_EQUAL(tender_change(out, 3), 0);
}

static const struct test_case cases[] = {
    {"cash pays what is left, before what takes the rest; the surplus is change", a_plan_with_cash},
    {"chosen tenders pay as much as they can, and no more than there is", a_plan_of_tenders},
    {"cash pays at a till, and no more than is due", cash_at_a_till},
    {"nothing is delivered at a counter", nothing_is_delivered_at_a_counter},
    {"tenders of every kind take what those before have left", tenders_of_every_kind},
    {"prices with tax inside: own, customer's and sales-aid orders", prices_with_tax_inside},
    {"prices without tax: it is added, on delivery too", prices_without_tax},
    {"a distributor list replaces the retail list and the rank discount",
     a_distributor_list_replaces_retail_and_discount},
    {"ranks have their discount and others none; volumes stay",
     ranks_have_their_discount_and_others_none},
    {"tax rounded per order is shared among the lines",
     tax_rounded_per_order_is_shared_among_the_lines},
    {"rounding per order keeps the rates apart", rounding_per_order_keeps_rates_apart},
    {"the region is the address's where the market taxes by it",
     the_region_is_the_addresss_where_the_market_taxes_by_it},
    {"a missing tax rate stops the order", a_missing_tax_rate_stops_the_order},
    {"delivery follows goods, date and destination", delivery_follows_goods_date_and_destination},
    {"a list is taken by date or by name", a_list_is_taken_by_date_or_by_name},
    {"goods of a season are sold in it, from <= date < to", goods_of_a_season_are_sold_in_it},
    {"a SKU that cannot be sold says why", a_sku_that_cannot_be_sold_says_why},
    {"a quantity is from 1 to 99,999", a_quantity_is_from_1_to_99999},
    {"at most so many of an item over all lines", at_most_so_many_of_an_item_over_all_lines},
    {"amounts beyond 2^53 - 1 are refused, never wrong", amounts_beyond_2_to_the_53_are_refused},
    {"an order may have 1,000 lines", an_order_may_have_1000_lines},
    {"an empty draft costs nothing", an_empty_draft_costs_nothing},
    {"people and addresses that do not fit are named", people_and_addresses},
    {"all mistakes are found at once", all_mistakes_are_found_at_once},
    {"stock that is short says what is free; back-orders where both allow them",
     stock_that_is_short_says_what_is_free},
    {"unknown stock is no problem", unknown_stock_is_no_problem},
    {"a kit has what its scarcest component gives", a_kit_has_what_its_scarcest_component_gives},
    {"lines that share a component share its stock", lines_that_share_a_component_share_its_stock},
    {"the same item on two lines shares its stock", the_same_item_on_two_lines_shares_its_stock},
    {"what is needed from stock, ascending by item", what_is_needed_from_stock},
    {"whose stock must be brought: components once, ascending", whose_stock_must_be_brought},
    {"a line tells why it costs what it costs", a_line_tells_why_it_costs_what_it_costs},
    {"tenders pay what they can, and say what they cannot", tenders_pay_what_they_can},
};

REPORT_MAIN("test_quote", cases)
