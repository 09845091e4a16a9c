/* The little catalogue of partyline-promotion(5), and whether two promotions are the same: what the
 * tests of their text form begin from. */
#pragma once

#include "core/promo/promotion.h"

#include <string.h>

static const struct item_group promotion_groups[] = {
    {"HOME", "Home", -1},
    {"KITCHENWARE", "Kitchenware", 0},
    {"KNIVES", "Knives", 1},
    {"TEXTILES", "Textiles", 0},
    {"BEAUTY", "Beauty", -1},
    {"PERFUME", "Perfume", 4},
    {"STATIONERY", "Stationery", -1},
};

static const struct promotion_shop_item {
    const char *sku, *name;
    int group;
    int64_t amount; /* in hundredths */
} promotion_items[] = {
    {"40216", "Saucepan", 1, 6000},      {"40227", "Bread knife", 2, 2000},
    {"40238", "Peeling knife", 2, 1000}, {"41109", "Tea towel", 3, 1200},
    {"41123", "Blanket", 3, 4000},       {"50318", "Hand cream", 4, 1500},
    {"50326", "Lip balm", 4, 500},       {"50334", "Rose perfume", 5, 3000},
    {"60422", "Pencil", 6, 100},
};

/* Customers and distributors pay the same; an own order of rank 3 has 25 % off; delivery is 4.95,
 * but where it is collected. */
static inline void promotion_shop_tables(struct arena *arena, struct catalogue *catalogue)
{
    static const char *const classes[] = {"zero"};
    static const struct tax_rate taxes[] = {{"GB", 0, {0}, DATE_MIN, DATE_MAX}};
    static const struct rank_discount discounts[] = {
        {3, ORDER_personal, {250000}, DATE_MIN, DATE_MAX}};
    static const struct delivery_charge charges[] = {{.destination = SHIP_customer,
                                                      .method = "standard",
                                                      .zone = "",
                                                      .charge = {495},
                                                      .from = DATE_MIN,
                                                      .to = DATE_MAX},
                                                     {.destination = SHIP_pickup,
                                                      .method = "standard",
                                                      .zone = "",
                                                      .from = DATE_MIN,
                                                      .to = DATE_MAX}};
    struct price *prices = ARENA_ARRAY(arena, struct price, ARRAY_LEN(promotion_items));
    struct price_list *lists = ARENA_NEW(arena, struct price_list);
    for (size_t i = 0; i < ARRAY_LEN(promotion_items); i++) {
        int64_t amount = promotion_items[i].amount;
        prices[i] = (struct price){{amount}, {amount / 2}, {amount / 2}};
    }
    lists[0] = (struct price_list){.id = 1,
                                   .code = "WINTER",
                                   .name = "Winter",
                                   .audience = AUDIENCE_retail,
                                   .tax_included = true,
                                   .from = DATE_MIN,
                                   .to = DATE_MAX,
                                   .prices = prices};
    catalogue->lists = lists;
    catalogue->nlists = 1;
    catalogue->tax_classes = classes;
    catalogue->ntax_classes = ARRAY_LEN(classes);
    catalogue->taxes = memcpy(arena_alloc(arena, sizeof taxes), taxes, sizeof taxes);
    catalogue->ntaxes = ARRAY_LEN(taxes);
    catalogue->discounts =
        memcpy(arena_alloc(arena, sizeof discounts), discounts, sizeof discounts);
    catalogue->ndiscounts = ARRAY_LEN(discounts);
    catalogue->delivery = memcpy(arena_alloc(arena, sizeof charges), charges, sizeof charges);
    catalogue->ndelivery = ARRAY_LEN(charges);
}

static inline struct catalogue *promotion_shop(struct arena *arena, int exponent)
{
    struct catalogue *catalogue = ARENA_NEW(arena, struct catalogue);
    struct item *items = ARENA_ARRAY(arena, struct item, ARRAY_LEN(promotion_items));
    for (size_t i = 0; i < ARRAY_LEN(promotion_items); i++)
        items[i] = (struct item){.id = (int64_t)i + 1,
                                 .sku = promotion_items[i].sku,
                                 .name = promotion_items[i].name,
                                 .spoken = promotion_items[i].name,
                                 .group = promotion_items[i].group,
                                 .sale_from = DATE_MIN,
                                 .sale_to = DATE_MAX};
    *catalogue = (struct catalogue){.market = "GB",
                                    .currency = "GBP",
                                    .default_region = "GB",
                                    .exponent = exponent,
                                    .items = items,
                                    .nitems = ARRAY_LEN(promotion_items),
                                    .groups = promotion_groups,
                                    .ngroups = ARRAY_LEN(promotion_groups)};
    promotion_shop_tables(arena, catalogue);
    return catalogue;
}

/* ---- equality ----------------------------------------------------------------------------------
 */

static inline bool texts_equal(const char *const *a, size_t na, const char *const *b, size_t nb)
{
    bool same = na == nb;
    for (size_t i = 0; i < na && same; i++)
        same = strcmp(a[i], b[i]) == 0;
    return same;
}

static inline bool item_sets_equal(const struct catalogue *catalogue, const struct item_set *a,
                                   const struct item_set *b)
{
    bool same =
        texts_equal(a->groups, a->ngroups, b->groups, b->ngroups) &&
        texts_equal(a->skus, a->nskus, b->skus, b->nskus) &&
        texts_equal(a->except_groups, a->nexcept_groups, b->except_groups, b->nexcept_groups) &&
        texts_equal(a->except_skus, a->nexcept_skus, b->except_skus, b->nexcept_skus);
    for (uint32_t i = 0; i < catalogue->nitems && same; i++)
        same = item_set_has(a, i) == item_set_has(b, i);
    return same;
}

static inline bool requirements_equal(const struct catalogue *catalogue,
                                      const struct requirement *a, const struct requirement *b)
{
    bool same = a->nany == b->nany;
    for (size_t i = 0; i < a->nany && same; i++) {
        const struct condition *x = &a->any[i], *y = &b->any[i];
        same = x->kind == y->kind && x->amount.minor == y->amount.minor && x->count == y->count &&
               x->days == y->days && item_sets_equal(catalogue, &x->of, &y->of);
    }
    return same;
}

static inline bool benefits_equal(const struct catalogue *catalogue, const struct benefit *a,
                                  const struct benefit *b)
{
    bool same = a->kind == b->kind && item_sets_equal(catalogue, &a->of, &b->of) &&
                a->rate.ppm == b->rate.ppm && a->at_price == b->at_price &&
                a->amount.minor == b->amount.minor && a->buy == b->buy && a->get == b->get &&
                !a->sku == !b->sku && (!a->sku || strcmp(a->sku, b->sku) == 0) &&
                a->item == b->item && a->nparts == b->nparts;
    for (size_t i = 0; i < a->nparts && same; i++)
        same = a->parts[i].count == b->parts[i].count &&
               item_sets_equal(catalogue, &a->parts[i].of, &b->parts[i].of);
    return same;
}

static inline bool promotion_frames_equal(const struct promotion *a, const struct promotion *b)
{
    bool same = strcmp(a->code, b->code) == 0 && a->version == b->version &&
                a->nnames == b->nnames && a->from.days == b->from.days &&
                a->to.days == b->to.days && a->types == b->types && a->channels == b->channels &&
                a->ranks == b->ranks && texts_equal(a->people, a->npeople, b->people, b->npeople) &&
                a->needs_coupon == b->needs_coupon && a->lane == b->lane &&
                a->priority == b->priority && a->exclusive == b->exclusive &&
                texts_equal(a->tags, a->ntags, b->tags, b->ntags) &&
                a->limit_uses == b->limit_uses && a->limit_person == b->limit_person &&
                a->limit_budget.minor == b->limit_budget.minor && a->times == b->times &&
                a->on_reduced == b->on_reduced && a->keeps_volumes == b->keeps_volumes;
    for (size_t i = 0; i < a->nnames && same; i++)
        same = a->names[i].language == b->names[i].language &&
               strcmp(a->names[i].text, b->names[i].text) == 0;
    return same;
}

static inline bool promotions_equal(const struct catalogue *catalogue, const struct promotion *a,
                                    const struct promotion *b)
{
    bool same = promotion_frames_equal(a, b) && a->nrequires == b->nrequires &&
                a->nbenefits == b->nbenefits;
    for (size_t i = 0; i < a->nrequires && same; i++)
        same = requirements_equal(catalogue, &a->requires[i], &b -> requires[i]);
    for (size_t i = 0; i < a->nbenefits && same; i++)
        same = benefits_equal(catalogue, &a->benefits[i], &b->benefits[i]);
    return same;
}
