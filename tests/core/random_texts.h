/* Random promotions as their text, on the catalogues and drafts of random_order.h made small and
 * grouped, so that many promotions meet on few goods; with the facts and coupons they look at. */
#pragma once

#include "core/promo/promotion_fill.h"
#include "core/text.h"
#include "tests/core/random_order.h"

#include <stdlib.h>

enum { TEXTS = 20, TEXT_COUPONS = 4 };

struct random_texts {
    struct arena *arena;
    const struct random_order *order;
    struct promotion_source sources[TEXTS];
    const char *codes[TEXTS]; /* in the order in which they were made */
    size_t n;
    struct promotion_fact facts[TEXTS];
    size_t nfacts;
    struct coupon_fact coupons[TEXT_COUPONS + 1];
    const char *given[TEXT_COUPONS + 1];
};

static const struct item_group random_groups[] = {
    {"HOME", "Home", -1}, {"KITCHEN", "Kitchen", 0}, {"KNIVES", "Knives", 1},
    {"SOFT", "Soft", 0},  {"BEAUTY", "Beauty", -1},  {"SCENT", "Scent", 4},
};

/* ---- a small shop ---- */

static inline void random_small_prices(struct random_order *r, uint64_t *state)
{
    static const int64_t usual[] = {100, 500, 999, 1000, 1000, 1999, 2000, 2500};
    bool round = random_chance(state, 50); /* many pieces at one price: ties */
    for (size_t n = 0; n < r->catalogue.nlists; n++)
        for (size_t i = 0; i < RANDOM_ITEMS; i++) {
            struct price *p = &r->prices[n][i];
            if (p->amount.minor < 0)
                continue;
            p->amount.minor = random_chance(state, 3) ? 0
                              : round                 ? usual[random_below(state, ARRAY_LEN(usual))]
                                                      : 1 + (int64_t)random_below(state, 3000);
            p->cv.hundredths =
                random_chance(state, 50) ? p->amount.minor / 2 : (int64_t)random_below(state, 3000);
            p->pv.hundredths = (int64_t)random_below(state, 2000);
        }
}

static inline void random_shop(struct random_order *r, uint64_t *state)
{
    random_catalogue(r, state);
    random_small_prices(r, state);
    r->catalogue.groups = random_groups;
    r->catalogue.ngroups = ARRAY_LEN(random_groups);
    for (size_t i = 0; i < RANDOM_ITEMS; i++)
        r->items[i].group = (int)random_below(state, ARRAY_LEN(random_groups));
    for (size_t i = 0; i < r->catalogue.ndelivery; i++)
        r->delivery[i].charge.minor %= 1000;
}

/* ---- words ---- */

static inline const char *random_coins(struct random_texts *r, uint64_t *state, uint64_t below)
{
    uint64_t minor = 1 + random_below(state, below);
    if (random_chance(state, 40))
        return arena_printf(r->arena, "%d", (int)(minor / 100 + 1));
    return arena_printf(r->arena, "%d.%02d", (int)(minor / 100), (int)(minor % 100));
}

static inline const char *random_percent(struct random_texts *r, uint64_t *state)
{
    static const char *const usual[] = {"10%", "25%", "50%", "100%", "12.5%", "0.01%", "33.3333%"};
    if (random_chance(state, 60))
        return usual[random_below(state, ARRAY_LEN(usual))];
    return arena_printf(r->arena, "%d.%04d%%", (int)random_below(state, 100),
                        1 + (int)random_below(state, 9999));
}

/* One more group or SKU, none of them twice in a list. */
static inline void random_part(struct random_texts *r, struct text *out, uint64_t *state,
                               unsigned *said, const char *before)
{
    unsigned n = (unsigned)ARRAY_LEN(random_groups);
    unsigned i = random_chance(state, 60) ? (unsigned)random_below(state, n)
                                          : n + (unsigned)random_below(state, RANDOM_ITEMS);
    if (*said >> i & 1)
        return;
    *said |= 1U << i;
    if (i < n)
        text_printf(out, "%sgroup %s", before, random_groups[i].code);
    else
        text_printf(out, "%s%s", before, r->order->skus[i - n]);
}

static inline const char *random_items_text(struct random_texts *r, uint64_t *state)
{
    struct text out;
    unsigned said = 0;
    text_init(&out, r->arena);
    if (random_chance(state, 30))
        text_add(&out, "everything");
    else
        random_part(r, &out, state, &said, "");
    while (said && random_chance(state, 40))
        random_part(r, &out, state, &said, ", ");
    if (!random_chance(state, 25))
        return out.data;
    unsigned before = said;
    random_part(r, &out, state, &said, " except ");
    if (said != before && random_chance(state, 30))
        random_part(r, &out, state, &said, ",");
    return out.data;
}

static inline int random_few(uint64_t *state, unsigned most)
{
    return 1 + (int)random_below(state, most);
}

/* ---- statements ---- */

static inline void random_asks(struct random_texts *r, struct text *out, uint64_t *state)
{
    switch (random_chance(state, 60) ? random_below(state, 3) : 3 + random_below(state, 3)) {
    case 0:
        text_printf(out, "spend %s on %s", random_coins(r, state, 8000),
                    random_items_text(r, state));
        break;
    case 1:
        text_printf(out, "quantity %d of %s", random_few(state, 8), random_items_text(r, state));
        break;
    case 2:
        text_printf(out, "order %s", random_coins(r, state, 15000));
        break;
    case 3:
        text_add(out, "first order");
        break;
    case 4:
        text_printf(out, "party %s", random_coins(r, state, 30000));
        break;
    default:
        text_printf(out, "recruits %d with 100.00 in 30 days", random_few(state, 3));
    }
}

static inline void random_when(struct random_texts *r, struct text *out, uint64_t *state)
{
    static const unsigned chances[] = {60, 30, 30};
    for (size_t i = 0; i < ARRAY_LEN(chances) && random_chance(state, chances[i]); i++) {
        text_add(out, "  when ");
        random_asks(r, out, state);
        while (random_chance(state, 25)) {
            text_add(out, " or ");
            random_asks(r, out, state);
        }
        text_add(out, "\n");
    }
}

static inline void random_choice(struct random_texts *r, struct text *out, uint64_t *state)
{
    const char *of = random_items_text(r, state);
    int n = random_few(state, 3);
    if (random_chance(state, 40))
        text_printf(out, "%d free from %s", n, of);
    else if (random_chance(state, 50))
        text_printf(out, "%d at %s off from %s", n, random_percent(r, state), of);
    else
        text_printf(out, "%d for %s each from %s", n, random_coins(r, state, 1500), of);
}

static inline void random_batches(struct random_texts *r, struct text *out, uint64_t *state)
{
    text_printf(out, "cheapest: buy %d get %d ", random_few(state, 3), random_few(state, 2));
    if (random_chance(state, 60))
        text_add(out, "free");
    else
        text_printf(out, "at %s off", random_percent(r, state));
    text_printf(out, " of %s", random_items_text(r, state));
}

static inline void random_set_of(struct random_texts *r, struct text *out, uint64_t *state)
{
    text_printf(out, "set %d of %s", random_few(state, 3), random_items_text(r, state));
    while (random_chance(state, 40))
        text_printf(out, ", %d of %s", random_few(state, 2), random_items_text(r, state));
    text_printf(out, " for %s", random_coins(r, state, 4000));
}

static inline void random_gives(struct random_texts *r, struct text *out, uint64_t *state)
{
    const char *gift = r->order->skus[random_below(state, RANDOM_ITEMS)];
    text_add(out, "  give ");
    switch (random_below(state, 10)) {
    case 0:
    case 1:
        text_printf(out, "%s off %s", random_percent(r, state), random_items_text(r, state));
        break;
    case 2:
    case 3:
        text_printf(out, "%s off %s", random_coins(r, state, 1500), random_items_text(r, state));
        break;
    case 4:
        random_choice(r, out, state);
        break;
    case 5:
        random_batches(r, out, state);
        break;
    case 6:
        random_set_of(r, out, state);
        break;
    case 7:
        text_add(out, "free delivery");
        break;
    case 8:
        if (random_chance(state, 50))
            text_printf(out, "gift %s", gift);
        else
            text_printf(out, "gift %d of %s", random_few(state, 3), gift);
        break;
    default:
        text_printf(out, "credit %s", random_coins(r, state, 1000));
    }
    text_add(out, random_chance(state, 5) ? "   # so\n" : "\n");
}

/* Something for nearly everybody. */
static inline void random_gives_all(struct random_texts *r, struct text *out, uint64_t *state)
{
    if (random_chance(state, 25))
        text_printf(out, "  give credit %s\n", random_coins(r, state, 400));
    else if (random_chance(state, 50))
        text_printf(out, "  give %s off everything\n", random_percent(r, state));
    else
        text_printf(out, "  give %s off everything\n", random_coins(r, state, 400));
}

static inline void random_dates(struct text *out, uint64_t *state)
{
    char day[DATE_TEXT];
    struct date from = random_day(state);
    if (random_chance(state, 50))
        text_printf(out, "  from %s\n", date_format(day, from));
    else if (random_chance(state, 50))
        text_printf(out, "  to %s\n", date_format(day, random_day(state)));
    else {
        text_printf(out, "  from %s", date_format(day, from));
        from.days += (int)random_below(state, 60);
        text_printf(out, " to %s\n", date_format(day, from));
    }
}

static inline void random_for(struct text *out, uint64_t *state)
{
    static const char *const lines[][3] = {
        {"types personal", "types customer, personal", "types sales_aids"},
        {"channels call, web", "channels sms", "channels call,showroom"},
        {"ranks 1-3, 5", "ranks 0", "ranks 2-4, 60"},
        {"people VIP, STAFF", "people STAFF", "people VIP"},
    };
    if (random_chance(state, 10))
        random_dates(out, state);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        if (random_chance(state, 4))
            text_printf(out, "  for %s\n", lines[i][random_below(state, 3)]);
}

/* A crowd is of pairs that exclude each other, for nearly everybody. */
static inline void random_stands(struct text *out, uint64_t *state, size_t i, bool crowd)
{
    static const char *const lanes[] = {"pre", "default", "post"};
    static const char *const tags[] = {"X", "Y, Z", "Z", "Y,X"};
    if (crowd)
        text_printf(out, "  not with PAIR%d\n", (int)i / 2);
    else if (random_chance(state, 40))
        text_printf(out, "  lane %s\n", lanes[random_below(state, ARRAY_LEN(lanes))]);
    if (random_chance(state, 40))
        text_printf(out, "  priority %d\n", (int)random_below(state, 3) - 1);
    if (!crowd && random_chance(state, 12))
        text_add(out, "  exclusive\n");
    if (!crowd && random_chance(state, 30))
        text_printf(out, "  not with %s\n", tags[random_below(state, ARRAY_LEN(tags))]);
    if (random_chance(state, 15))
        text_add(out, "  on reduced\n");
    if (random_chance(state, 15))
        text_add(out, "  volumes kept\n");
    if (random_chance(state, 35))
        text_add(out, "  each\n");
    else if (random_chance(state, 30))
        text_printf(out, "  up to %d times\n", 2 + (int)random_below(state, 3));
}

/* Limits, and what is left of them; most often there is something. */
static inline void random_how_often(struct random_texts *r, struct text *out, uint64_t *state,
                                    const char *code)
{
    struct promotion_fact fact = {code, -1, -1, {-1}, (int64_t)random_below(state, 5)};
    if (random_chance(state, 10)) {
        text_add(out, "  limit 500 orders\n");
        fact.uses_left = (int64_t)random_below(state, 4);
    }
    if (random_chance(state, 10)) {
        text_add(out, "  limit 2 per customer\n");
        fact.person_left = (int64_t)random_below(state, 3);
    }
    if (random_chance(state, 15)) {
        text_add(out, "  limit budget 100.00\n");
        fact.budget_left.minor = (int64_t)random_below(state, 3000);
    }
    if (random_chance(state, 90))
        r->facts[r->nfacts++] = fact;
}

static inline const char *random_text(struct random_texts *r, uint64_t *state, size_t i, bool crowd)
{
    bool to_all = crowd && random_chance(state, 90);
    struct text out;
    text_init(&out, r->arena);
    text_printf(&out, random_chance(state, 90) ? "promotion %s\n" : "# one\n\npromotion %s # two\n",
                r->codes[i]);
    if (random_chance(state, 20))
        text_add(&out, "  name zh 购厨具满百送刀两把\n  name Two, for one: # of them\n");
    if (!crowd) {
        random_for(&out, state);
        if (random_chance(state, 10))
            text_add(&out, "  for coupon\n");
    }
    random_stands(&out, state, i, crowd);
    if (to_all) {
        random_gives_all(r, &out, state);
        return out.data;
    }
    random_how_often(r, &out, state, r->codes[i]);
    if (!crowd)
        random_when(r, &out, state);
    do
        random_gives(r, &out, state);
    while (random_chance(state, 25));
    return out.data;
}

/* ---- who orders ---- */

static inline void random_coupons(struct random_texts *r, struct random_order *order,
                                  uint64_t *state)
{
    static const char *const codes[] = {"ONE", "TWO", "THREE", "FOUR"};
    order->draft.coupons = r->given;
    order->buyer.coupons = r->coupons;
    order->draft.ncoupons = order->buyer.ncoupons = 0;
    for (size_t i = 0; i < TEXT_COUPONS; i++) {
        bool to_one = r->n && !random_chance(state, 5);
        if (random_chance(state, 30))
            r->given[order->draft.ncoupons++] = codes[i];
        if (random_chance(state, 80))
            r->coupons[order->buyer.ncoupons++] = (struct coupon_fact){
                codes[i], to_one ? r->codes[random_below(state, r->n)] : "GONE"};
    }
}

static inline void random_choices(struct random_texts *r, struct random_order *order,
                                  uint64_t *state)
{
    const char *chosen[TEXTS + 1] = {"NONE"};
    size_t n = 1;
    for (size_t i = 0; i < r->n; i++)
        if (strstr(r->sources[i].text, " from group") || strstr(r->sources[i].text, " from every"))
            chosen[n++] = r->sources[i].code;
    for (size_t i = 0; i < order->draft.nlines; i++)
        if (random_chance(state, n > 1 ? 30 : 2)) {
            order->lines[i].picks =
                chosen[n > 1 && random_chance(state, 95) ? 1 + random_below(state, n - 1)
                                                         : random_below(state, n)];
            order->lines[i].qty = random_few(state, 3);
        }
}

static inline void random_facts(struct random_texts *r, struct random_order *order, uint64_t *state)
{
    static const char *const people[] = {"STAFF", "OTHER"};
    struct buyer_facts *b = &order->buyer;
    b->channel = (enum channel)random_below(state, CHANNELS);
    b->first_order = random_chance(state, 30);
    b->people = people;
    b->npeople = random_below(state, 3);
    b->has_party = random_chance(state, 40);
    b->party_total = money_of((int64_t)random_below(state, 30000));
    b->promotions = r->facts;
    b->npromotions = r->nfacts;
}

static inline int source_cmp(const void *a, const void *b)
{
    return strcmp(((const struct promotion_source *)a)->code,
                  ((const struct promotion_source *)b)->code);
}

/* A new order on the catalogue that is there, and promotions for it. `mistake` is the first of a
 * text that does not read; there should be none. */
static inline bool random_promoted(struct random_texts *r, struct random_order *order,
                                   struct arena *arena, uint64_t *state,
                                   struct promotion_mistake *mistake)
{
    static const char *const codes[TEXTS] = {
        "K", "B-2", "T",  "A", "S", "C",  "R", "D",   "Q", "B-10",
        "P", "F",   "A1", "G", "N", "H2", "M", "I_1", "L", "9",
    };
    struct promotion_unread *unread;
    *r = (struct random_texts){.arena = arena, .order = order};
    random_draft(order, state);
    for (size_t i = order->draft.nlines; i > 1; i--) { /* names in no order */
        size_t k = random_below(state, i);
        const char *id = order->lines[i - 1].id;
        order->lines[i - 1].id = order->lines[k].id;
        order->lines[k].id = id;
    }
    bool crowd = random_chance(state, 2);
    r->n = crowd ? 15 + random_below(state, TEXTS - 14) : random_below(state, 9);
    for (size_t i = 0; i < r->n; i++)
        r->codes[i] = codes[i];
    for (size_t i = 0; i < r->n; i++)
        r->sources[i] = (struct promotion_source){codes[i], random_text(r, state, i, crowd), 1,
                                                  DATE_MIN, DATE_MAX};
    qsort(r->sources, r->n, sizeof r->sources[0], source_cmp);
    random_facts(r, order, state);
    random_coupons(r, order, state);
    random_choices(r, order, state);
    order->catalogue.sources = r->sources;
    order->catalogue.nsources = r->n;
    if (promotions_fill(arena, &order->catalogue, &unread) == 0)
        return true;
    *mistake = unread[0].mistake;
    return false;
}
