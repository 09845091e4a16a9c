/* core/catalogue.h: look-ups in a market's tables by SKU, audience, name, date, zone and region. */
#include "tests/core/shop.h"
#include "tests/report.h"

static struct arena *arena;
static struct shop shop;

static const struct catalogue *begin(void (*init)(struct shop *, struct arena *))
{
    arena = arena_new();
    init(&shop, arena);
    return &shop.catalogue;
}

static void end(void)
{
    arena_free(arena);
}

static void an_item_is_found_by_its_very_sku(void)
{
    const struct catalogue *c = begin(shop_init);
    for (size_t i = 0; i < SHOP_ITEMS; i++)
        CU_ASSERT_PTR_EQUAL(catalogue_item(c, shop_sku[i]), &c->items[i]);
    static const char *const none[] = {"",        "4001",       "400100", "40011",
                                       "00000",   "99999",      "40010 ", " 40010",
                                       "40143\n", "４００１０", "040010", "40144"};
    for (size_t i = 0; i < ARRAY_LEN(none); i++)
        CU_ASSERT_PTR_NULL(catalogue_item(c, none[i]));
    shop.catalogue.nitems = 1;
    CU_ASSERT_PTR_NOT_NULL(catalogue_item(c, "40010"));
    CU_ASSERT_PTR_NULL(catalogue_item(c, "40029"));
    shop.catalogue.nitems = 0;
    CU_ASSERT_PTR_NULL(catalogue_item(c, "40010"));
    end();
}

static void a_list_is_chosen_by_audience_and_date(void)
{
    static const struct {
        enum audience audience;
        int year, month, day;
        const char *code;
    } rows[] = {
        {AUDIENCE_retail, 1950, 1, 1, "SPRING"},  {AUDIENCE_retail, 2026, 5, 31, "SPRING"},
        {AUDIENCE_retail, 2026, 6, 1, "AUTUMN"},  {AUDIENCE_retail, 2999, 12, 31, "AUTUMN"},
        {AUDIENCE_sales_aid, 2026, 1, 1, "AIDS"}, {AUDIENCE_distributor, 2026, 1, 1, NULL},
        {AUDIENCE_host, 2026, 1, 1, NULL},
    };
    const struct catalogue *c = begin(shop_init);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct price_list *list = catalogue_list_on(
            c, rows[i].audience, date_of(rows[i].year, rows[i].month, rows[i].day));
        if (rows[i].code) {
            CU_ASSERT_FATAL(list != NULL);
            CU_ASSERT_STRING_EQUAL(list->code, rows[i].code);
            CU_ASSERT_EQUAL(list->audience, rows[i].audience);
        } else {
            CU_ASSERT_PTR_NULL(list);
        }
    }
    end();
}

static void a_gap_between_lists_has_none(void)
{
    const struct catalogue *c = begin(shop_init);
    shop.lists[0].from = date_of(2026, 3, 1);
    shop.lists[0].to = date_of(2026, 3, 2);
    CU_ASSERT_PTR_NULL(catalogue_list_on(c, AUDIENCE_retail, date_of(2026, 2, 28)));
    CU_ASSERT_PTR_EQUAL(catalogue_list_on(c, AUDIENCE_retail, date_of(2026, 3, 1)), &shop.lists[0]);
    CU_ASSERT_PTR_NULL(catalogue_list_on(c, AUDIENCE_retail, date_of(2026, 3, 2)));
    end();
}

static void a_list_is_found_by_name_within_its_audience(void)
{
    const struct catalogue *c = begin(shop_init_cn);
    CU_ASSERT_PTR_EQUAL(catalogue_list(c, "SPRING", AUDIENCE_retail), &shop.lists[0]);
    CU_ASSERT_PTR_EQUAL(catalogue_list(c, "AUTUMN", AUDIENCE_retail), &shop.lists[1]);
    CU_ASSERT_PTR_EQUAL(catalogue_list(c, "DIST", AUDIENCE_distributor), &shop.lists[2]);
    CU_ASSERT_PTR_EQUAL(catalogue_list(c, "AIDS", AUDIENCE_sales_aid), &shop.lists[3]);
    CU_ASSERT_PTR_NULL(catalogue_list(c, "DIST", AUDIENCE_retail));
    CU_ASSERT_PTR_NULL(catalogue_list(c, "SPRING", AUDIENCE_distributor));
    CU_ASSERT_PTR_NULL(catalogue_list(c, "SPRIN", AUDIENCE_retail));
    CU_ASSERT_PTR_NULL(catalogue_list(c, "", AUDIENCE_retail));
    shop.lists[2].code = "SPRING"; /* the same name for two audiences */
    CU_ASSERT_PTR_EQUAL(catalogue_list(c, "SPRING", AUDIENCE_retail), &shop.lists[0]);
    CU_ASSERT_PTR_EQUAL(catalogue_list(c, "SPRING", AUDIENCE_distributor), &shop.lists[2]);
    end();
}

static void an_item_has_a_price_only_where_it_is_in_the_list(void)
{
    const struct catalogue *c = begin(shop_init);
    const struct price *price = catalogue_price(c, &c->lists[1], &c->items[TEA]);
    CU_ASSERT_FATAL(price != NULL);
    CU_ASSERT_EQUAL(price->amount.minor, 995);
    CU_ASSERT_EQUAL(price->cv.hundredths, 590);
    CU_ASSERT_EQUAL(price->pv.hundredths, 600);
    CU_ASSERT_PTR_NULL(catalogue_price(c, &c->lists[0], &c->items[UNLISTED]));
    price = catalogue_price(c, &c->lists[0], &c->items[GIFT]); /* free is a price */
    CU_ASSERT_FATAL(price != NULL);
    CU_ASSERT_EQUAL(price->amount.minor, 0);
    end();
}

static void a_discount_is_of_a_rank_a_type_and_a_time(void)
{
    static const struct {
        int rank;
        enum order_type type;
        int day; /* of March 2026 */
        int64_t ppm;
    } rows[] = {
        {3, ORDER_personal, 1, 250000},   {3, ORDER_personal, 14, 250000},
        {3, ORDER_personal, 15, 300000},  {3, ORDER_personal, 31, 300000},
        {5, ORDER_personal, 1, 275000},   {4, ORDER_personal, 1, 0},
        {0, ORDER_personal, 1, 0},        {-1, ORDER_personal, 1, 0},
        {3, ORDER_customer, 1, 100000},   {5, ORDER_customer, 1, 0},
        {3, ORDER_sales_aids, 1, 100000},
    };
    const struct catalogue *c = begin(shop_init);
    shop.discounts[0].to = date_of(2026, 3, 15);
    shop_discount(&shop, 3, ORDER_personal, 300000)->from = date_of(2026, 3, 15);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CU_ASSERT_EQUAL(
            catalogue_discount(c, rows[i].rank, rows[i].type, date_of(2026, 3, rows[i].day)).ppm,
            rows[i].ppm);
    shop.catalogue.ndiscounts = 0;
    CU_ASSERT_EQUAL(catalogue_discount(c, 3, ORDER_personal, date_of(2026, 3, 1)).ppm, 0);
    end();
}

static void the_delivery_row_of_the_very_zone_and_the_greatest_reached_threshold_counts(void)
{
    static const struct {
        enum destination destination;
        const char *method, *zone;
        int64_t goods;
        int day;
        int64_t charge; /* -1: no row */
    } rows[] = {
        {SHIP_distributor, "standard", "", 0, 1, 395},
        {SHIP_distributor, "standard", "", 24999, 1, 395},
        {SHIP_distributor, "standard", "", 25000, 1, 0},
        {SHIP_distributor, "standard", "", MONEY_MAX, 1, 0},
        {SHIP_distributor, "standard", "ISLES", 100, 1, 395},
        {SHIP_customer, "standard", "", 100, 1, 495},
        {SHIP_customer, "standard", "MAIN", 100, 1, 495},
        {SHIP_customer, "standard", "ISLES", 100, 1, 1295},
        {SHIP_customer, "standard", "ISLES", 25000, 1, 1295}, /* not the 0 of every zone */
        {SHIP_customer, "standard", "ISLES", 40000, 1, 900},
        {SHIP_customer, "standard", "NORTH", 9999, 1, 495}, /* its row begins at 100.00 */
        {SHIP_customer, "standard", "NORTH", 10000, 1, 111},
        {SHIP_customer, "express", "", 100, 1, 1500},
        {SHIP_customer, "express", "", 30000, 1, 1500},
        {SHIP_customer, "drone", "", 100, 1, -1},
        {SHIP_pickup, "standard", "", 100, 1, 0},
        {SHIP_party, "standard", "", 100, 1, -1},
        {SHIP_host, "standard", "", 100, 14, -1},
        {SHIP_host, "standard", "", 100, 15, 250},
        {SHIP_host, "standard", "", 100, 19, 250},
        {SHIP_host, "standard", "", 100, 20, -1},
        {SHIP_address, "standard", "", 4999, 1, -1}, /* no row from 0 on */
        {SHIP_address, "standard", "", 5000, 1, 600},
    };
    const struct catalogue *c = begin(shop_init);
    shop_delivery(&shop, SHIP_customer, "ISLES", 40000, 900);
    shop_delivery(&shop, SHIP_customer, "ISLES", 0, 1295);
    shop_delivery(&shop, SHIP_customer, "NORTH", 10000, 111);
    shop_delivery(&shop, SHIP_customer, "", 0, 1500)->method = "express";
    shop_delivery(&shop, SHIP_address, "", 5000, 600);
    struct delivery_charge *row = shop_delivery(&shop, SHIP_host, "", 0, 250);
    row->from = date_of(2026, 3, 15);
    row->to = date_of(2026, 3, 20);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct delivery_charge *found =
            catalogue_delivery(c, rows[i].destination, rows[i].method, rows[i].zone,
                               money_of(rows[i].goods), 0, date_of(2026, 3, rows[i].day));
        CU_ASSERT_EQUAL(found ? found->charge.minor : -1, rows[i].charge);
    }
    end();
}

static void a_tax_rate_is_of_a_region_a_class_and_a_time(void)
{
    static const struct {
        const char *region;
        int tax_class, day;
        int64_t ppm; /* -1: none set */
    } rows[] = {
        {"TX", CLASS_STANDARD, 1, 62500},
        {"TX", CLASS_STANDARD, 15, 65000},
        {"CA", CLASS_STANDARD, 1, 72500},
        {"CA", CLASS_ZERO, 1, 0},
        {"TX", CLASS_UNRATED, 1, -1},
        {"OR", CLASS_STANDARD, 1, -1},
        {"", CLASS_STANDARD, 1, -1},
        {"tx", CLASS_STANDARD, 1, -1},
        {"TX", 99, 1, -1},
    };
    const struct catalogue *c = begin(shop_init_us);
    shop.taxes[2].to = date_of(2026, 3, 15);
    shop_tax(&shop, "TX", CLASS_STANDARD, 65000)->from = date_of(2026, 3, 15);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct tax_rate *rate =
            catalogue_tax(c, rows[i].region, rows[i].tax_class, date_of(2026, 3, rows[i].day));
        CU_ASSERT_EQUAL(rate ? rate->rate.ppm : -1, rows[i].ppm);
    }
    end();
}

static void names_and_numbers_of_the_tables_match(void)
{
    static const char *const kinds[] = {"product",   "kit",         "gift",
                                        "sales_aid", "certificate", "fee"};
    static const char *const audiences[] = {"retail", "distributor", "host", "sales_aid"};
    static const char *const destinations[] = {"distributor", "host",   "customer",
                                               "party",       "pickup", "address"};
    for (int i = 0; i < ITEM_KINDS; i++) {
        CU_ASSERT_STRING_EQUAL(item_kind_name((enum item_kind)i), kinds[i]);
        CU_ASSERT_EQUAL(item_kind_by_name(kinds[i]), i);
    }
    for (int i = 0; i < AUDIENCES; i++) {
        CU_ASSERT_STRING_EQUAL(audience_name((enum audience)i), audiences[i]);
        CU_ASSERT_EQUAL(audience_by_name(audiences[i]), i);
    }
    for (int i = 0; i < DESTINATIONS; i++) {
        CU_ASSERT_STRING_EQUAL(destination_name((enum destination)i), destinations[i]);
        CU_ASSERT_EQUAL(destination_by_name(destinations[i]), i);
    }
    static const char *const unknown[] = {"", "Retail", "products", "pick-up", "sales aid", "x"};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
        CU_ASSERT_EQUAL(item_kind_by_name(unknown[i]), ITEM_KINDS);
        CU_ASSERT_EQUAL(audience_by_name(unknown[i]), AUDIENCES);
        CU_ASSERT_EQUAL(destination_by_name(unknown[i]), DESTINATIONS);
        CU_ASSERT_EQUAL(order_type_by_name(unknown[i]), ORDER_TYPES);
        CU_ASSERT_EQUAL(order_type_by_word(unknown[i]), ORDER_TYPES);
    }
}

static void the_types_of_order_are_those_of_the_table(void)
{
    const unsigned goods =
        1U << ITEM_PRODUCT | 1U << ITEM_KIT | 1U << ITEM_GIFT | 1U << ITEM_CERTIFICATE;
    static const struct {
        const char *name, *word;
        enum audience audience;
        bool customer, volumes, discount;
        enum destination ship_to;
    } rows[ORDER_TYPES] = {
        {"personal", "own", AUDIENCE_distributor, false, true, true, SHIP_distributor},
        {"customer", "cust", AUDIENCE_retail, true, true, false, SHIP_customer},
        {"sales_aids", "aid", AUDIENCE_sales_aid, false, false, false, SHIP_distributor},
        {"exchange", "exch", AUDIENCE_retail, true, true, false, SHIP_customer},
    };
    for (int i = 0; i < ORDER_TYPES; i++) {
        const struct order_type_info *info = order_type_info((enum order_type)i);
        CU_ASSERT_STRING_EQUAL(info->name, rows[i].name);
        CU_ASSERT_STRING_EQUAL(info->word, rows[i].word);
        CU_ASSERT(info->title[0] != '\0');
        CU_ASSERT_EQUAL(info->audience, rows[i].audience);
        CU_ASSERT_EQUAL(info->needs_customer, rows[i].customer);
        CU_ASSERT_EQUAL(info->has_volumes, rows[i].volumes);
        CU_ASSERT_EQUAL(info->has_discount, rows[i].discount);
        CU_ASSERT_EQUAL(info->ship_to, rows[i].ship_to);
        CU_ASSERT_EQUAL(info->kinds, i == ORDER_sales_aids ? 1U << ITEM_SALES_AID
                                     : i == ORDER_exchange ? 0
                                                           : goods);
        CU_ASSERT_EQUAL(order_type_by_name(rows[i].name), i);
        CU_ASSERT_EQUAL(order_type_by_word(rows[i].word), i);
        CU_ASSERT_EQUAL(order_type_by_word(rows[i].name), ORDER_TYPES);
    }
}

static const struct test_case cases[] = {
    {"an item is found by its very SKU and by nothing like it", an_item_is_found_by_its_very_sku},
    {"a list is chosen by audience and date, from <= date < to",
     a_list_is_chosen_by_audience_and_date},
    {"a gap between lists has none", a_gap_between_lists_has_none},
    {"a list is found by name within its audience", a_list_is_found_by_name_within_its_audience},
    {"an item has a price only where it is in the list; free is a price",
     an_item_has_a_price_only_where_it_is_in_the_list},
    {"a discount is of a rank, a type and a time", a_discount_is_of_a_rank_a_type_and_a_time},
    {"the delivery row of the very zone and the greatest reached threshold counts",
     the_delivery_row_of_the_very_zone_and_the_greatest_reached_threshold_counts},
    {"a tax rate is of a region, a class and a time", a_tax_rate_is_of_a_region_a_class_and_a_time},
    {"published names and the tables' members match", names_and_numbers_of_the_tables_match},
    {"the types of order are those of the table", the_types_of_order_are_those_of_the_table},
};

REPORT_MAIN("test_catalogue", cases)
