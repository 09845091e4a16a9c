/* Random catalogues and random orders on them, for the property test, the comparison with the model
 * (quote_model.py) and whoever needs many different drafts. Most are sensible, a part is wrong in
 * every way that the structs can hold. The same state gives the same orders on every machine. */
#pragma once

#include "core/code.h"
#include "core/quote.h"
#include "tests/core/random.h"

#include <stdio.h>
#include <string.h>

enum {
    RANDOM_ITEMS = 10,
    RANDOM_LISTS = 6,
    RANDOM_ROWS = 48,
    RANDOM_LINES = 7,
    RANDOM_CLASSES = 3
};

struct random_order {
    struct catalogue catalogue;
    struct item items[RANDOM_ITEMS];
    char skus[RANDOM_ITEMS + 4][16]; /* four more that are not in the catalogue */
    struct component components[3 * RANDOM_ITEMS];
    struct price prices[RANDOM_LISTS][RANDOM_ITEMS];
    struct price_list lists[RANDOM_LISTS];
    struct rank_discount discounts[RANDOM_ROWS];
    struct delivery_charge delivery[RANDOM_ROWS];
    struct tax_rate taxes[RANDOM_ROWS];
    size_t ncomponents;
    struct buyer_facts buyer;
    struct order_draft draft;
    struct draft_line lines[RANDOM_LINES + 1];
    struct stock_fact stock[RANDOM_ITEMS];
    const struct stock_fact *known_stock; /* NULL: unknown */
    size_t nstock;
    struct draft_tender tenders[3];
    size_t ntenders;
};

static inline bool random_chance(uint64_t *state, unsigned percent)
{
    return random_below(state, 100) < percent;
}

static inline struct date random_day(uint64_t *state)
{
    return (struct date){(int32_t)(20000 + random_below(state, 100))};
}

/* A stretch of days, most often with no end. */
static inline void random_span(uint64_t *state, struct date *from, struct date *to)
{
    *from = random_chance(state, 93) ? DATE_MIN : random_day(state);
    *to = random_chance(state, 93) ? DATE_MAX : random_day(state);
}

static inline int64_t random_amount(uint64_t *state)
{
    uint64_t kind = random_below(state, 100);
    if (kind < 8)
        return 0;
    if (kind < 97)
        return (int64_t)random_below(state, 20000);
    if (kind < 99)
        return (int64_t)random_below(state, 1000000000000);
    return MONEY_MAX - (int64_t)random_below(state, 1000);
}

static inline int64_t random_ppm(uint64_t *state)
{
    static const int64_t usual[] = {0, 50000, 62500, 72500, 130000, 200000, 250000, 1000000};
    return random_chance(state, 70) ? usual[random_below(state, ARRAY_LEN(usual))]
                                    : (int64_t)random_below(state, 1000001);
}

static inline void random_skus(struct random_order *r, uint64_t *state)
{
    unsigned number = 1000 + (unsigned)random_below(state, 500);
    for (size_t i = 0; i < ARRAY_LEN(r->skus); i++) {
        number += 1 + (unsigned)random_below(state, 300);
        snprintf(r->skus[i], sizeof r->skus[i], "%u", number);
        r->skus[i][4] = damm_digit(r->skus[i], 4);
        r->skus[i][5] = '\0';
    }
    r->skus[RANDOM_ITEMS][4] = r->skus[RANDOM_ITEMS][4] == '9' ? '0' : '9'; /* may be mistyped */
    if (damm_valid(r->skus[RANDOM_ITEMS], 5))
        r->skus[RANDOM_ITEMS][4] = '5';
    strcpy(r->skus[RANDOM_ITEMS + 2], "4x");
    strcpy(r->skus[RANDOM_ITEMS + 3], "");
}

static inline void random_items(struct random_order *r, uint64_t *state)
{
    static const enum item_kind kinds[] = {ITEM_PRODUCT,     ITEM_PRODUCT, ITEM_PRODUCT,
                                           ITEM_KIT,         ITEM_GIFT,    ITEM_SALES_AID,
                                           ITEM_CERTIFICATE, ITEM_FEE};
    for (size_t i = 0; i < RANDOM_ITEMS; i++) {
        struct item *item = &r->items[i];
        *item = (struct item){.id = 500 + (int64_t)i, .sku = r->skus[i], .name = "Thing"};
        item->spoken = item->name;
        item->kind = i < 3    ? ITEM_PRODUCT
                     : i == 3 ? ITEM_SALES_AID
                              : kinds[random_below(state, ARRAY_LEN(kinds))];
        item->tax_class = (int)random_below(state, RANDOM_CLASSES);
        item->weight_g = (int)random_below(state, 3000);
        item->max_per_order = random_chance(state, 85) ? 0 : 1 + (int)random_below(state, 8);
        item->back_order = random_chance(state, 30);
        if (item->kind == ITEM_CERTIFICATE && random_chance(state, 50)) {
            item->value_least = money_of(500);
            item->value_most = money_of(500 + random_amount(state));
        }
        random_span(state, &item->sale_from, &item->sale_to);
        if (item->kind != ITEM_KIT)
            continue;
        item->first_component = (uint32_t)r->ncomponents;
        item->components = 1 + (uint32_t)random_below(state, 3);
        for (uint32_t k = 0; k < item->components; k++) /* of the products in front */
            r->components[r->ncomponents++] =
                (struct component){k, 1 + (int)random_below(state, 4)};
    }
}

static inline void random_list(struct random_order *r, uint64_t *state, enum audience audience,
                               struct date from, struct date to, bool tax_included)
{
    static const char *const codes[RANDOM_LISTS] = {"L0", "L1", "L2", "L3", "L4", "L5"};
    size_t n = r->catalogue.nlists++;
    for (size_t i = 0; i < RANDOM_ITEMS; i++) {
        struct price *p = &r->prices[n][i];
        p->amount.minor = random_chance(state, 4) ? -1 : random_amount(state);
        p->cv.hundredths = random_amount(state);
        p->pv.hundredths = random_amount(state);
    }
    r->lists[n] = (struct price_list){.id = (int64_t)n,
                                      .code = codes[n],
                                      .name = codes[n],
                                      .audience = audience,
                                      .tax_included = tax_included,
                                      .from = from,
                                      .to = to,
                                      .prices = r->prices[n]};
}

static inline void random_tables(struct random_order *r, uint64_t *state)
{
    static const char *const regions[] = {"AA", "BB", "CC"};
    struct catalogue *c = &r->catalogue;
    for (int rank = 1; rank <= 4; rank++)
        for (int type = 0; type < ORDER_TYPES; type++) {
            struct rank_discount d = {rank, (enum order_type)type, {random_ppm(state)}, {0}, {0}};
            random_span(state, &d.from, &d.to);
            if (random_chance(state, 75))
                r->discounts[c->ndiscounts++] = d;
        }
    for (int d = 0; d < DESTINATIONS; d++)
        for (int k = 0; k < 5; k++) {
            struct delivery_charge row = {.destination = (enum destination)d,
                                          .method = "standard",
                                          .zone = k < 2 || k == 4 ? "" : regions[k - 1],
                                          .min_goods = money_of(k == 1 ? 9000 : 0),
                                          .min_weight_g = k >= 3 ? 5000 : 0,
                                          .charge = money_of(random_amount(state) / 20),
                                          .tax_class = (int)random_below(state, RANDOM_CLASSES)};
            random_span(state, &row.from, &row.to);
            if (random_chance(state, k == 0 ? 98 : 40))
                r->delivery[c->ndelivery++] = row;
        }
    for (size_t region = 0; region < ARRAY_LEN(regions); region++)
        for (int class = 0; class < RANDOM_CLASSES; class ++) {
            struct tax_rate t = {regions[region], class, {random_ppm(state)}, DATE_MIN, DATE_MAX};
            if (random_chance(state, 98))
                r->taxes[c->ntaxes++] = t;
        }
}

static inline void random_catalogue(struct random_order *r, uint64_t *state)
{
    static const char *const classes[RANDOM_CLASSES] = {"standard", "reduced", "zero"};
    memset(r, 0, sizeof *r);
    r->catalogue = (struct catalogue){.market = "MM",
                                      .currency = "XXX",
                                      .default_region = "AA",
                                      .version = 1,
                                      .exponent = 2,
                                      .items = r->items,
                                      .nitems = RANDOM_ITEMS,
                                      .components = r->components,
                                      .lists = r->lists,
                                      .discounts = r->discounts,
                                      .delivery = r->delivery,
                                      .taxes = r->taxes,
                                      .tax_classes = classes,
                                      .ntax_classes = RANDOM_CLASSES};
    r->catalogue.rounding = random_chance(state, 50) ? ROUND_LINE : ROUND_ORDER;
    random_skus(r, state);
    random_items(r, state);
    bool included = random_chance(state, 50);
    struct date change = random_day(state);
    random_list(r, state, AUDIENCE_retail, DATE_MIN, change, included);
    random_list(r, state, AUDIENCE_retail, change, DATE_MAX, included);
    if (random_chance(state, 30))
        random_list(r, state, AUDIENCE_distributor, random_day(state), DATE_MAX, included);
    random_list(r, state, AUDIENCE_sales_aid,
                random_chance(state, 80) ? DATE_MIN : random_day(state), DATE_MAX, included);
    random_tables(r, state);
}

static inline int64_t random_qty(uint64_t *state)
{
    static const int64_t odd[] = {0, -1, QTY_MAX, QTY_MAX + 1, INT64_MAX, INT64_MIN, 99998};
    return random_chance(state, 98) ? 1 + (int64_t)random_below(state, 12)
                                    : odd[random_below(state, ARRAY_LEN(odd))];
}

static inline void random_buyer(struct random_order *r, uint64_t *state)
{
    static const char *const regions[] = {"AA", "BB", "CC", "", "ZZ"};
    struct buyer_facts *b = &r->buyer;
    bool known = random_chance(state, 95);
    *b = (struct buyer_facts){
        .distributor = known ? "1000002" : NULL,
        .name = known ? "Ann" : NULL,
        .status = known ? "active" : NULL,
        .market = known ? (random_chance(state, 97) ? "MM" : "NN") : NULL,
        .rank = known ? (int)random_below(state, 6) : 0,
        .may_order = known && random_chance(state, 95),
        .customer = random_chance(state, 95) ? "C1" : NULL,
        .customer_of = random_chance(state, 95) ? "1000002" : "2000004",
        .has_ship_to = random_chance(state, 95),
        .ship_to = {"A", "1 Road", "", "Town", "1", regions[random_below(state, 5)], "MM"},
        .balance = money_of((int64_t)random_below(state, 50000)),
        .today = random_day(state),
    };
    if (random_chance(state, 3))
        b->ship_to.line1 = "";
    if (random_chance(state, 3))
        b->ship_to.city = "";
}

static inline void random_stock(struct random_order *r, uint64_t *state)
{
    r->known_stock = random_chance(state, 80) ? r->stock : NULL;
    r->nstock = r->known_stock ? RANDOM_ITEMS : 0;
    for (uint32_t i = 0; i < r->nstock; i++)
        r->stock[i] = (struct stock_fact){
            i, (int64_t)random_below(state, random_chance(state, 25) ? 20 : 2000000)};
}

/* Most often of a kind that the type of order may hold. */
static inline const char *random_sku(struct random_order *r, uint64_t *state)
{
    if (random_chance(state, 2))
        return r->skus[RANDOM_ITEMS + random_below(state, 4)];
    size_t i = random_below(state, RANDOM_ITEMS);
    for (int tries = 0; tries < 12; tries++, i = random_below(state, RANDOM_ITEMS))
        if (order_type_info(r->draft.type)->kinds & 1U << r->items[i].kind)
            break;
    return r->skus[i];
}

/* Most often one where there has to be one. */
static inline int64_t random_value(const struct random_order *r, uint64_t *state, const char *sku)
{
    const struct item *item = catalogue_item(&r->catalogue, sku);
    if (!random_chance(state, item && item->value_most.minor ? 95 : 2))
        return 0;
    int64_t most = item ? item->value_most.minor : 0;
    return random_chance(state, 90)
               ? 500 + (int64_t)random_below(state, (uint64_t)(most > 500 ? most - 499 : 1))
               : (int64_t)random_below(state, 20000);
}

/* A new order on the catalogue that is there. */
static inline void random_draft(struct random_order *r, uint64_t *state)
{
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    static const char *const lists[] = {"L0", "L1", "L2", "L9"};
    static const char *const kinds[] = {"balance", "balance", "later",    "credit", "cheque",
                                        "link",    "token",   "transfer", "shells"};
    static const char *const refs[] = {NULL, NULL, "", "7"};
    struct order_draft *d = &r->draft;
    random_buyer(r, state);
    *d = (struct order_draft){.market = "MM", .lines = r->lines, .date = DATE_MIN};
    d->type = random_chance(state, 50) ? ORDER_personal : (enum order_type)random_below(state, 3);
    d->distributor = random_chance(state, 98) ? "1000002" : NULL;
    if (!d->distributor)
        r->buyer.distributor = NULL;
    if (random_chance(state, 95) == (d->type == ORDER_customer))
        d->customer = "C1";
    if (!d->customer)
        r->buyer.customer = r->buyer.customer_of = NULL;
    d->destination = (enum destination)random_below(state, DESTINATIONS);
    d->price_list = random_chance(state, 90) ? NULL : lists[random_below(state, 4)];
    if (random_chance(state, 20))
        d->date = random_day(state);
    d->nlines = random_below(state, RANDOM_LINES + 1);
    for (size_t i = 0; i < d->nlines; i++)
        r->lines[i] = (struct draft_line){.id = ids[i],
                                          .sku = random_sku(r, state),
                                          .qty = random_qty(state),
                                          .back_order = random_chance(state, 40)};
    for (size_t i = 0; i < d->nlines; i++)
        r->lines[i].value = random_value(r, state, r->lines[i].sku);
    random_stock(r, state);
    r->ntenders = random_below(state, 4);
    for (size_t i = 0; i < r->ntenders; i++)
        r->tenders[i] = (struct draft_tender){
            .kind = kinds[random_below(state, ARRAY_LEN(kinds))],
            .ref = refs[random_below(state, ARRAY_LEN(refs))],
            .amount = random_chance(state, 95) ? (int64_t)random_below(state, 9000) : -1};
}
