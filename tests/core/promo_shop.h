/* A little shop with promotions: a catalogue made by hand, promotions as texts, orders as
 * "2*40216 1*40227@KNIVES-2" (the second is chosen), and what a quote says in one line of text. */
#pragma once

#include "core/quote.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROMO_ITEMS = 12, PROMO_LINES = 12, PROMO_PROMOTIONS = 24, PROMO_FACTS = 8 };

struct promo_shop {
    struct arena *arena;
    struct catalogue catalogue;
    struct item items[PROMO_ITEMS];
    struct price prices[PROMO_ITEMS];
    struct price_list list;
    struct delivery_charge delivery[4];
    struct rank_discount discount;
    struct tax_rate taxes[2];
    struct promotion promotions[PROMO_PROMOTIONS];
    struct buyer_facts buyer;
    struct promotion_fact facts[PROMO_FACTS];
    struct coupon_fact coupons[4];
    struct order_draft draft;
    struct draft_line lines[PROMO_LINES];
    const char *codes[4];
    struct stock_fact stock[PROMO_ITEMS];
    size_t nstock;
    struct quote quote;
};

static const struct item_group promo_groups[] = {
    {"HOME", "Home", -1},        {"KITCHENWARE", "Kitchenware", 0}, {"KNIVES", "Knives", 1},
    {"TEXTILES", "Textiles", 0}, {"BEAUTY", "Beauty", -1},          {"PERFUME", "Perfume", 4},
    {"STATIONERY", "Pens", -1},
};
static const struct {
    const char *sku, *name;
    int group;
    enum item_kind kind;
    int64_t price, cv;
} promo_rows[PROMO_ITEMS] = {
    {"40216", "Saucepan", 1, ITEM_PRODUCT, 4000, 3000},
    {"40227", "Bread knife", 2, ITEM_PRODUCT, 1200, 900},
    {"40238", "Peeling knife", 2, ITEM_PRODUCT, 500, 400},
    {"41109", "Tea towel", 3, ITEM_PRODUCT, 800, 600},
    {"41123", "Blanket", 3, ITEM_PRODUCT, 3333, 2500},
    {"50318", "Hand cream", 4, ITEM_PRODUCT, 1000, 700},
    {"50326", "Lip balm", 4, ITEM_PRODUCT, 400, 300},
    {"50334", "Rose perfume", 5, ITEM_PRODUCT, 2450, 1600},
    {"60422", "Pencil", 6, ITEM_PRODUCT, 150, 100},
    {"60433", "Ribbon", 6, ITEM_GIFT, -1, 0}, /* in no list */
    {"70011", "Certificate", 6, ITEM_CERTIFICATE, 2000, 0},
    {"70022", "Handling", 6, ITEM_FEE, 300, 0},
};

static inline void promo_shop_catalogue(struct promo_shop *s)
{
    static const char *const classes[] = {"standard"};
    for (size_t i = 0; i < PROMO_ITEMS; i++) {
        s->items[i] = (struct item){.id = 100 + (int64_t)i,
                                    .sku = promo_rows[i].sku,
                                    .name = promo_rows[i].name,
                                    .spoken = promo_rows[i].name,
                                    .kind = promo_rows[i].kind,
                                    .group = promo_rows[i].group,
                                    .weight_g = 500,
                                    .sale_from = DATE_MIN,
                                    .sale_to = DATE_MAX};
        s->prices[i] =
            (struct price){money_of(promo_rows[i].price), {promo_rows[i].cv}, {promo_rows[i].cv}};
    }
    s->list = (struct price_list){.code = "LIST",
                                  .name = "List",
                                  .audience = AUDIENCE_retail,
                                  .tax_included = true,
                                  .from = DATE_MIN,
                                  .to = DATE_MAX,
                                  .prices = s->prices};
    s->delivery[0] = (struct delivery_charge){.destination = SHIP_customer,
                                              .method = "standard",
                                              .zone = "",
                                              .charge = money_of(495),
                                              .from = DATE_MIN,
                                              .to = DATE_MAX};
    s->delivery[1] = s->delivery[0];
    s->delivery[1].destination = SHIP_distributor;
    s->discount = (struct rank_discount){3, ORDER_personal, {250000}, DATE_MIN, DATE_MAX};
    s->taxes[0] = (struct tax_rate){"GB", 0, {200000}, DATE_MIN, DATE_MAX};
    s->catalogue = (struct catalogue){.market = "GB",
                                      .currency = "GBP",
                                      .default_region = "GB",
                                      .version = 1,
                                      .exponent = 2,
                                      .items = s->items,
                                      .nitems = PROMO_ITEMS,
                                      .groups = promo_groups,
                                      .ngroups = ARRAY_LEN(promo_groups),
                                      .lists = &s->list,
                                      .nlists = 1,
                                      .discounts = &s->discount,
                                      .ndiscounts = 1,
                                      .delivery = s->delivery,
                                      .ndelivery = 2,
                                      .taxes = s->taxes,
                                      .ntaxes = 1,
                                      .tax_classes = classes,
                                      .ntax_classes = 1,
                                      .promotions = s->promotions};
}

/* A customer's order of 15 March 2026, by telephone, that is empty; delivery is 4.95. */
static inline void promo_shop_init(struct promo_shop *s, struct arena *arena)
{
    *s = (struct promo_shop){.arena = arena};
    promo_shop_catalogue(s);
    s->buyer = (struct buyer_facts){
        .distributor = "1000002",
        .name = "Ann Archer",
        .status = "active",
        .market = "GB",
        .rank = 3,
        .may_order = true,
        .customer = "C1",
        .customer_of = "1000002",
        .has_ship_to = true,
        .ship_to = {"Ann Archer", "1 High Street", "", "Leeds", "LS1 1AA", "", "GB"},
        .today = date_of(2026, 3, 15),
        .promotions = s->facts,
        .coupons = s->coupons,
    };
    s->draft = (struct order_draft){.market = "GB",
                                    .type = ORDER_customer,
                                    .distributor = "1000002",
                                    .customer = "C1",
                                    .lines = s->lines,
                                    .destination = SHIP_customer,
                                    .date = DATE_MIN,
                                    .coupons = s->codes};
}

/* "A\n give ..." without the word that every text begins with; aborts on a text that is wrong. */
static inline struct promotion *promo_add(struct promo_shop *s, const char *text)
{
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t n = 0;
    struct promotion *p = &s->promotions[s->catalogue.npromotions++];
    const char *whole = arena_printf(s->arena, "promotion %s\n", text);
    if (!promotion_read(s->arena, &s->catalogue, whole, strlen(whole), p, mistakes, &n)) {
        printf("   %s\n   line %d: %s\n", whole, mistakes[0].line,
               promotion_mistake_say(s->arena, LANGUAGE_en, &mistakes[0]));
        abort();
    }
    return p;
}

static inline struct promotion_fact *promo_fact(struct promo_shop *s, const char *code)
{
    struct promotion_fact *f = &s->facts[s->buyer.npromotions++];
    *f = (struct promotion_fact){
        .promotion = code, .uses_left = -1, .person_left = -1, .budget_left = {-1}};
    return f;
}

/* A code on the draft; `opens` NULL: nobody knows it. */
static inline void promo_coupon(struct promo_shop *s, const char *code, const char *opens)
{
    s->codes[s->draft.ncoupons++] = code;
    if (opens)
        s->coupons[s->buyer.ncoupons++] = (struct coupon_fact){code, opens};
}

static inline struct draft_line *promo_line(struct promo_shop *s, const char *sku, int64_t qty)
{
    struct draft_line *line = &s->lines[s->draft.nlines];
    *line = (struct draft_line){.id = arena_printf(s->arena, "l%zu", s->draft.nlines),
                                .sku = arena_strdup(s->arena, sku),
                                .qty = qty};
    s->draft.nlines++;
    return line;
}

/* "2*40216 1*40227@KNIVES-2" */
static inline void promo_order(struct promo_shop *s, const char *order)
{
    while (*order) {
        char *end, *text = arena_strndup(s->arena, order, strcspn(order, " "));
        order += strlen(text) + (order[strlen(text)] == ' ');
        int64_t qty = strtoll(text, &end, 10);
        char *picks = strchr(end, '@');
        if (picks)
            *picks++ = '\0';
        promo_line(s, end + 1, qty)->picks = picks;
    }
}

static inline const struct quote *promo_price(struct promo_shop *s)
{
    quote_price(s->arena, &s->catalogue, &s->buyer, &s->draft, s->nstock ? s->stock : NULL,
                s->nstock, &s->quote);
    return &s->quote;
}

static inline void promo_tell(struct text *out, const struct quote_promotion *p)
{
    text_printf(out, "%s%s %s", out->len ? "; " : "", p->promotion->code,
                promotion_state_name(p->state));
    if (p->state == PROMOTION_lost)
        text_printf(out, " to %s", p->lost_to ? p->lost_to->code : "?");
    if (p->state == PROMOTION_failed)
        text_printf(out, " %s", need_name(p->need));
    if (p->state == PROMOTION_failed && p->needed)
        text_printf(out, " %lld/%lld", (long long)p->actual, (long long)p->needed);
    if (p->amount.minor)
        text_printf(out, " %lld", (long long)p->amount.minor);
    if (p->state == PROMOTION_applied && p->times != 1)
        text_printf(out, " x%lld", (long long)p->times);
    if (p->delivery.minor)
        text_printf(out, " delivery %lld", (long long)p->delivery.minor);
    if (p->credit.minor)
        text_printf(out, " credit %lld", (long long)p->credit.minor);
    if (p->picks)
        text_printf(out, " picks %lld/%lld", (long long)p->picked, (long long)p->picks);
}

/* "A applied 200 x2; B lost to A; C failed spend 800/1000 | 600 4000 +A=0 | pick_not_earned": the
 * promotions, the lines' amounts, the problems. */
static inline const char *promo_summary(struct promo_shop *s)
{
    const struct quote *q = &s->quote;
    struct text out;
    text_init(&out, s->arena);
    for (size_t i = 0; i < q->npromotions; i++)
        promo_tell(&out, &q->promotions[i]);
    text_add(&out, " |");
    for (size_t i = 0; i < q->nlines; i++)
        if (q->lines[i].gift_of)
            text_printf(&out, " %lld*%s%s=%lld", (long long)q->lines[i].draft->qty,
                        q->lines[i].draft->sku, q->lines[i].draft->id,
                        (long long)q->lines[i].amount.minor);
        else
            text_printf(&out, " %lld", (long long)q->lines[i].amount.minor);
    for (size_t i = 0; i < q->problems.count; i++)
        text_printf(&out, "%s%s", i ? " " : " | ", problem_name(q->problems.items[i].code));
    return out.data;
}
