/* The little catalogue of partyline-promotion(5), and whether two promotions are the same: what the
 * tests of their text form begin from. */
#pragma once

#include "core/promo/promotion.h"

#include <string.h>

static inline struct catalogue *promotion_shop(struct arena *arena, int exponent)
{
    static const struct item_group groups[] = {
        {"HOME", "Home", -1},
        {"KITCHENWARE", "Kitchenware", 0},
        {"KNIVES", "Knives", 1},
        {"TEXTILES", "Textiles", 0},
        {"BEAUTY", "Beauty", -1},
        {"PERFUME", "Perfume", 4},
        {"STATIONERY", "Stationery", -1},
    };
    static const struct {
        const char *sku, *name;
        int group;
    } rows[] = {
        {"40216", "Saucepan", 1},  {"40227", "Bread knife", 2},  {"40238", "Peeling knife", 2},
        {"41109", "Tea towel", 3}, {"41123", "Blanket", 3},      {"50318", "Hand cream", 4},
        {"50326", "Lip balm", 4},  {"50334", "Rose perfume", 5}, {"60422", "Pencil", 6},
    };
    struct catalogue *catalogue = ARENA_NEW(arena, struct catalogue);
    struct item *items = ARENA_ARRAY(arena, struct item, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        items[i] = (struct item){.id = (int64_t)i + 1,
                                 .sku = rows[i].sku,
                                 .name = rows[i].name,
                                 .spoken = rows[i].name,
                                 .group = rows[i].group,
                                 .sale_from = DATE_MIN,
                                 .sale_to = DATE_MAX};
    *catalogue = (struct catalogue){.market = "GB",
                                    .currency = "GBP",
                                    .default_region = "GB",
                                    .exponent = exponent,
                                    .items = items,
                                    .nitems = ARRAY_LEN(rows),
                                    .groups = groups,
                                    .ngroups = ARRAY_LEN(groups)};
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
