/* Small catalogues made by hand, and the draft, buyer and stock of one order: what the tests of
 * pricing begin from and then change. Nothing is shared: every shop_init() starts afresh. */
#pragma once

#include "core/quote.h"

#include <string.h>

/* Items by their place in the catalogue, which is ascending by SKU. */
enum {
    TUMBLER,
    TEA,
    KIT,
    GIFT,
    AID,
    CERT,
    LIMITED,
    SEASON,
    LATER,
    UNLISTED,
    HUGE_,
    DUO,
    FEE,
    UNTAXED,
    SHOP_ITEMS
};
static const char *const shop_sku[SHOP_ITEMS] = {
    "40010", "40029", "40032", "40041", "40055", "40064", "40078",
    "40086", "40093", "40108", "40119", "40124", "40135", "40143",
};

enum { CLASS_STANDARD, CLASS_ZERO, CLASS_UNRATED, SHOP_CLASSES };
enum { SHOP_LISTS = 4, SHOP_LINES = 8, SHOP_ROWS = 24 };

struct shop {
    struct arena *arena;
    struct catalogue catalogue;
    struct item items[SHOP_ITEMS];
    struct component components[4];
    struct price prices[SHOP_LISTS][SHOP_ITEMS];
    struct price_list lists[SHOP_LISTS];
    struct rank_discount discounts[SHOP_ROWS];
    struct delivery_charge delivery[SHOP_ROWS];
    struct tax_rate taxes[SHOP_ROWS];
    /* the order */
    struct buyer_facts buyer;
    struct order_draft draft;
    struct draft_line lines[SHOP_LINES];
    struct stock_fact stock[SHOP_ITEMS];
    size_t nstock;
    struct quote quote;
};

static inline void shop_items(struct shop *s)
{
    static const struct {
        const char *name;
        enum item_kind kind;
        int tax_class, max;
        int64_t amount, cv;
    } rows[SHOP_ITEMS] = {
        [TUMBLER] = {"Tumbler", ITEM_PRODUCT, CLASS_STANDARD, 0, 2450, 1630},
        [TEA] = {"Tea", ITEM_PRODUCT, CLASS_ZERO, 0, 895, 590},
        [KIT] = {"Breakfast set", ITEM_KIT, CLASS_STANDARD, 0, 5000, 3000},
        [GIFT] = {"Ribbon", ITEM_GIFT, CLASS_STANDARD, 0, 0, 0},
        [AID] = {"Order pad", ITEM_SALES_AID, CLASS_STANDARD, 0, 300, 100},
        [CERT] = {"Certificate", ITEM_CERTIFICATE, CLASS_ZERO, 0, 1000, 0},
        [LIMITED] = {"Limited plate", ITEM_PRODUCT, CLASS_STANDARD, 3, 1000, 700},
        [SEASON] = {"Easter egg", ITEM_PRODUCT, CLASS_STANDARD, 0, 500, 300},
        [LATER] = {"Bowl", ITEM_PRODUCT, CLASS_STANDARD, 0, 1111, 800},
        [UNLISTED] = {"Old cup", ITEM_PRODUCT, CLASS_STANDARD, 0, -1, 0},
        [HUGE_] = {"Castle", ITEM_PRODUCT, CLASS_ZERO, 0, MONEY_MAX / 2, 1},
        [DUO] = {"Cup and bowls", ITEM_KIT, CLASS_STANDARD, 0, 5500, 4000},
        [FEE] = {"Handling", ITEM_FEE, CLASS_STANDARD, 0, 200, 0},
        [UNTAXED] = {"Import", ITEM_PRODUCT, CLASS_UNRATED, 0, 700, 500},
    };
    for (size_t i = 0; i < SHOP_ITEMS; i++) {
        s->items[i] = (struct item){.id = 900 + (int64_t)i,
                                    .sku = shop_sku[i],
                                    .name = rows[i].name,
                                    .spoken = rows[i].name,
                                    .kind = rows[i].kind,
                                    .tax_class = rows[i].tax_class,
                                    .max_per_order = rows[i].max,
                                    .sale_from = DATE_MIN,
                                    .sale_to = DATE_MAX};
        s->prices[0][i] = (struct price){money_of(rows[i].amount), {rows[i].cv}, {rows[i].cv + 10}};
    }
    s->items[SEASON].sale_from = date_of(2026, 3, 1);
    s->items[SEASON].sale_to = date_of(2026, 4, 1);
    s->items[LATER].back_order = s->items[DUO].back_order = true;
    s->components[0] = (struct component){TUMBLER, 2};
    s->components[1] = (struct component){TEA, 1};
    s->components[2] = (struct component){TUMBLER, 1};
    s->components[3] = (struct component){LATER, 3};
    s->items[KIT].first_component = 0;
    s->items[DUO].first_component = 2;
    s->items[KIT].components = s->items[DUO].components = 2;
}

/* The list at `i`: the prices of the first one plus `more`. */
static inline struct price_list *shop_list(struct shop *s, size_t i, const char *code,
                                           enum audience audience, int64_t more)
{
    for (size_t k = 0; i > 0 && k < SHOP_ITEMS; k++) {
        s->prices[i][k] = s->prices[0][k];
        if (s->prices[i][k].amount.minor >= 0 && k != HUGE_)
            s->prices[i][k].amount.minor += more;
    }
    s->lists[i] = (struct price_list){.id = 70 + (int64_t)i,
                                      .code = code,
                                      .name = code,
                                      .audience = audience,
                                      .tax_included = true,
                                      .from = DATE_MIN,
                                      .to = DATE_MAX,
                                      .prices = s->prices[i]};
    return &s->lists[i];
}

static inline struct tax_rate *shop_tax(struct shop *s, const char *region, int tax_class,
                                        int64_t ppm)
{
    struct tax_rate *t = &s->taxes[s->catalogue.ntaxes++];
    *t = (struct tax_rate){region, tax_class, {ppm}, DATE_MIN, DATE_MAX};
    return t;
}

static inline struct delivery_charge *shop_delivery(struct shop *s, enum destination destination,
                                                    const char *zone, int64_t min, int64_t charge)
{
    struct delivery_charge *d = &s->delivery[s->catalogue.ndelivery++];
    *d = (struct delivery_charge){.destination = destination,
                                  .method = "standard",
                                  .zone = zone,
                                  .min_goods = money_of(min),
                                  .charge = money_of(charge),
                                  .tax_class = CLASS_STANDARD,
                                  .from = DATE_MIN,
                                  .to = DATE_MAX};
    return d;
}

static inline struct rank_discount *shop_discount(struct shop *s, int rank, enum order_type type,
                                                  int64_t ppm)
{
    struct rank_discount *d = &s->discounts[s->catalogue.ndiscounts++];
    *d = (struct rank_discount){rank, type, {ppm}, DATE_MIN, DATE_MAX};
    return d;
}

/* Great Britain: prices include tax of 20 % or 0 %; SPRING to the end of May, then AUTUMN, which is
 * 1.00 dearer; rank 3 has 25 %. The order: an own one of rank 3 on 15 March 2026, empty. */
static inline void shop_init(struct shop *s, struct arena *arena)
{
    static const char *const classes[SHOP_CLASSES] = {"standard", "zero", "unrated"};
    *s = (struct shop){.arena = arena};
    s->catalogue = (struct catalogue){.market = "GB",
                                      .currency = "GBP",
                                      .default_region = "GB",
                                      .version = 7,
                                      .exponent = 2,
                                      .rounding = ROUND_LINE,
                                      .items = s->items,
                                      .nitems = SHOP_ITEMS,
                                      .components = s->components,
                                      .lists = s->lists,
                                      .nlists = 3,
                                      .discounts = s->discounts,
                                      .delivery = s->delivery,
                                      .taxes = s->taxes,
                                      .tax_classes = classes,
                                      .ntax_classes = SHOP_CLASSES};
    shop_items(s);
    shop_list(s, 0, "SPRING", AUDIENCE_retail, 0)->to = date_of(2026, 6, 1);
    shop_list(s, 1, "AUTUMN", AUDIENCE_retail, 100)->from = date_of(2026, 6, 1);
    shop_list(s, 2, "AIDS", AUDIENCE_sales_aid, 0);
    shop_tax(s, "GB", CLASS_STANDARD, 200000);
    shop_tax(s, "GB", CLASS_ZERO, 0);
    shop_discount(s, 3, ORDER_personal, 250000);
    shop_discount(s, 5, ORDER_personal, 275000);
    shop_discount(s, 3, ORDER_customer, 100000);
    shop_discount(s, 3, ORDER_sales_aids, 100000);
    shop_delivery(s, SHIP_distributor, "", 0, 395);
    shop_delivery(s, SHIP_distributor, "", 25000, 0);
    shop_delivery(s, SHIP_customer, "", 0, 495);
    shop_delivery(s, SHIP_customer, "", 25000, 0);
    shop_delivery(s, SHIP_pickup, "", 0, 0);
    s->buyer = (struct buyer_facts){
        .distributor = "1000002",
        .name = "Ann Archer",
        .status = "active",
        .market = "GB",
        .rank = 3,
        .may_order = true,
        .has_ship_to = true,
        .ship_to = {"Ann Archer", "1 High Street", "", "Leeds", "LS1 1AA", "", "GB"},
        .balance = money_of(5000),
        .today = date_of(2026, 3, 15),
    };
    s->draft = (struct order_draft){.market = "GB",
                                    .type = ORDER_personal,
                                    .distributor = "1000002",
                                    .lines = s->lines,
                                    .destination = SHIP_distributor,
                                    .date = DATE_MIN};
}

/* United States: prices without tax, 7.25 % in CA and 6.25 % in TX, to which the order goes. */
static inline void shop_init_us(struct shop *s, struct arena *arena)
{
    shop_init(s, arena);
    s->catalogue.market = "US";
    s->catalogue.currency = "USD";
    s->catalogue.default_region = "CA";
    s->catalogue.ntaxes = 0;
    for (size_t i = 0; i < 3; i++)
        s->lists[i].tax_included = false;
    shop_tax(s, "CA", CLASS_STANDARD, 72500);
    shop_tax(s, "CA", CLASS_ZERO, 0);
    shop_tax(s, "TX", CLASS_STANDARD, 62500);
    shop_tax(s, "TX", CLASS_ZERO, 0);
    s->draft.market = s->buyer.market = "US";
    s->buyer.ship_to =
        (struct address){"Bea Boone", "2 Elm Street", "", "Austin", "73301", "TX", "US"};
}

/* China: as Great Britain, with a list for distributors, 2.00 below retail. */
static inline void shop_init_cn(struct shop *s, struct arena *arena)
{
    shop_init(s, arena);
    s->catalogue.market = "CN";
    s->catalogue.currency = "CNY";
    s->catalogue.nlists = 4;
    shop_list(s, 3, "AIDS", AUDIENCE_sales_aid, 0);
    shop_list(s, 2, "DIST", AUDIENCE_distributor, -200);
    s->draft.market = s->buyer.market = "CN";
}

static const char *const shop_line_ids[SHOP_LINES] = {"a", "b", "c", "d", "e", "f", "g", "h"};

static inline struct draft_line *shop_sku_line(struct shop *s, const char *sku, int64_t qty)
{
    struct draft_line *line = &s->lines[s->draft.nlines];
    *line = (struct draft_line){.id = shop_line_ids[s->draft.nlines++], .sku = sku, .qty = qty};
    return line;
}

static inline struct draft_line *shop_line(struct shop *s, size_t item, int64_t qty)
{
    return shop_sku_line(s, shop_sku[item], qty);
}

/* Stock rows are given ascending by item. */
static inline void shop_stock(struct shop *s, uint32_t item, int64_t free)
{
    s->stock[s->nstock++] = (struct stock_fact){item, free};
}

static inline void shop_customer(struct shop *s)
{
    s->draft.type = ORDER_customer;
    s->draft.destination = SHIP_customer;
    s->draft.customer = s->buyer.customer = "C1";
    s->buyer.customer_of = "1000002";
}

static inline const struct quote *shop_price(struct shop *s)
{
    quote_price(s->arena, &s->catalogue, &s->buyer, &s->draft, s->nstock ? s->stock : NULL,
                s->nstock, &s->quote);
    return &s->quote;
}

static inline const struct problem *shop_problem(const struct problems *problems,
                                                 enum problem_code code)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].code == code)
            return &problems->items[i];
    return NULL;
}

static inline const struct problem_param *shop_param(const struct problem *problem,
                                                     const char *name)
{
    for (size_t i = 0; problem && i < problem->nparams; i++)
        if (strcmp(problem->params[i].name, name) == 0)
            return &problem->params[i];
    return NULL;
}
