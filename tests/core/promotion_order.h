/* Orders of partyline-promotion(5), as they stand there: "2 x 40216, by web -> 110.00; applied A".
 * Each is priced, and what the page says behind the arrow is compared. */
#pragma once

#include "core/quote.h"
#include "core/text.h"
#include "tests/core/promotion_shop.h"

#include <stdio.h>
#include <stdlib.h>

enum { ORDER_LINES = 8, ORDER_FACTS = 8 };

struct promotion_order {
    struct arena *arena;
    const struct catalogue *catalogue;
    struct order_draft draft;
    struct draft_line lines[ORDER_LINES];
    struct buyer_facts buyer;
    struct promotion_fact facts[ORDER_FACTS];
    struct coupon_fact coupons[1];
    const char *codes[1], *people[1];
    struct stock_fact stock[ARRAY_LEN(promotion_items)];
    struct quote quote;
    struct text wrong;
};

/* What the page says of every order; each promotion has all that its limits allow. */
static inline void promotion_order_init(struct promotion_order *o, struct arena *arena,
                                        const struct catalogue *catalogue)
{
    *o = (struct promotion_order){.arena = arena, .catalogue = catalogue};
    o->buyer =
        (struct buyer_facts){.distributor = "1000002",
                             .name = "Ann Archer",
                             .status = "active",
                             .market = "GB",
                             .may_order = true,
                             .customer = "C1",
                             .customer_of = "1000002",
                             .has_ship_to = true,
                             .ship_to = {"Ann", "1 High Street", "", "Leeds", "LS1 1AA", "", "GB"},
                             .today = date_of(2025, 12, 1)};
    o->draft = (struct order_draft){.market = "GB",
                                    .type = ORDER_customer,
                                    .distributor = "1000002",
                                    .customer = "C1",
                                    .lines = o->lines,
                                    .destination = SHIP_pickup,
                                    .date = DATE_MIN};
    for (size_t i = 0; i < catalogue->npromotions; i++) {
        const struct promotion *p = &catalogue->promotions[i];
        o->facts[i] =
            (struct promotion_fact){p->code, p->limit_uses ? p->limit_uses : -1,
                                    p->limit_person ? p->limit_person : -1, p->limit_budget, 0};
        if (!p->limit_budget.minor)
            o->facts[i].budget_left.minor = -1;
    }
    o->buyer.promotions = o->facts;
    o->buyer.npromotions = catalogue->npromotions;
    for (uint32_t i = 0; i < ARRAY_LEN(o->stock); i++)
        o->stock[i] = (struct stock_fact){i, 1000};
    text_init(&o->wrong, arena);
}

/* ---- the words of an order ---------------------------------------------------------------------
 */

static inline struct money page_amount(const char *text)
{
    struct money money;
    return money_parse(text, strlen(text), 2, &money) ? money : money_of(-1);
}

static inline struct promotion_fact *page_fact(struct promotion_order *o, const char *code)
{
    for (size_t i = 0; i < o->catalogue->npromotions; i++)
        if (strcmp(o->facts[i].promotion, code) == 0)
            return &o->facts[i];
    return NULL;
}

/* The first promotion that has something to choose. */
static inline const char *page_picks(const struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->npromotions; i++)
        for (size_t k = 0; k < catalogue->promotions[i].nbenefits; k++)
            if (catalogue->promotions[i].benefits[k].kind == BENEFIT_pick)
                return catalogue->promotions[i].code;
    return catalogue->npromotions ? catalogue->promotions[0].code : NULL;
}

static inline bool page_line(struct promotion_order *o, long long qty, const char *sku, bool chosen)
{
    static const char *const ids[ORDER_LINES] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    if (o->draft.nlines == ORDER_LINES)
        return false;
    o->lines[o->draft.nlines] =
        (struct draft_line){.id = ids[o->draft.nlines],
                            .sku = arena_strdup(o->arena, sku),
                            .qty = qty,
                            .picks = chosen ? page_picks(o->catalogue) : NULL};
    o->draft.nlines++;
    return true;
}

static inline bool page_is(const char *part, const char *words)
{
    return strcmp(part, words) == 0;
}

static inline void page_own_order(struct promotion_order *o)
{
    o->draft.type = ORDER_personal;
    o->draft.customer = o->buyer.customer = o->buyer.customer_of = NULL;
}

static inline bool page_stock(struct promotion_order *o, long long pieces, const char *sku)
{
    const struct item *item = catalogue_item(o->catalogue, sku);
    if (item)
        o->stock[item - o->catalogue->items].free = pieces;
    return item;
}

static inline bool page_coupon(struct promotion_order *o, const char *code)
{
    o->codes[0] = "WELCOME";
    o->draft.coupons = o->codes;
    o->draft.ncoupons = 1;
    if (page_fact(o, code)) {
        o->coupons[0] = (struct coupon_fact){"WELCOME", page_fact(o, code)->promotion};
        o->buyer.coupons = o->coupons;
        o->buyer.ncoupons = 1;
    }
    return true;
}

/* What is left of a promotion. */
static inline bool page_left(struct promotion_order *o, const char *part)
{
    char word[16], code[32];
    struct promotion_fact *fact;
    int end = 0;
    if (sscanf(part, "no order left of %31s%n", code, &end) == 1 && !part[end] &&
        (fact = page_fact(o, code))) {
        fact->uses_left = 0;
        return true;
    }
    if (sscanf(part, "none left for the buyer of %31s%n", code, &end) == 1 && !part[end] &&
        (fact = page_fact(o, code))) {
        fact->person_left = 0;
        return true;
    }
    if (sscanf(part, "%15s left of %31s%n", word, code, &end) == 2 && !part[end] &&
        (fact = page_fact(o, code))) {
        fact->budget_left = page_amount(word);
        return fact->budget_left.minor >= 0;
    }
    return false;
}

static inline bool page_buyer(struct promotion_order *o, const char *part)
{
    char word[32];
    long long n;
    int end = 0;
    if (sscanf(part, "rank %d%n", &o->buyer.rank, &end) == 1 && !part[end])
        return true;
    if (sscanf(part, "in %31s%n", word, &end) == 1 && !part[end]) {
        o->people[0] = arena_strdup(o->arena, word);
        o->buyer.people = o->people;
        o->buyer.npeople = 1;
        return true;
    }
    if (sscanf(part, "by %31s%n", word, &end) == 1 && !part[end]) {
        o->buyer.channel = channel_by_name(word);
        return o->buyer.channel != CHANNELS;
    }
    if (sscanf(part, "party %31s%n", word, &end) == 1 && !part[end]) {
        o->buyer.has_party = true;
        o->buyer.party_total = page_amount(word);
        return o->buyer.party_total.minor >= 0;
    }
    if (sscanf(part, "recruits %lld%n", &n, &end) == 1 && !part[end]) {
        for (size_t i = 0; i < o->catalogue->npromotions; i++)
            o->facts[i].recruits = n;
        return true;
    }
    return false;
}

static inline bool page_order_part(struct promotion_order *o, const char *part)
{
    char word[32];
    long long n;
    int end = 0;
    if (sscanf(part, "%lld x %31s%n", &n, word, &end) == 2 && !part[end])
        return page_line(o, n, word, false);
    if (sscanf(part, "choose %lld x %31s%n", &n, word, &end) == 2 && !part[end])
        return page_line(o, n, word, true);
    if (sscanf(part, "stock %lld x %31s%n", &n, word, &end) == 2 && !part[end])
        return page_stock(o, n, word);
    if (sscanf(part, "on %31s%n", word, &end) == 1 && !part[end])
        return date_parse(word, &o->buyer.today);
    if (sscanf(part, "coupon of %31s%n", word, &end) == 1 && !part[end])
        return page_coupon(o, word);
    if (page_is(part, "own order"))
        page_own_order(o);
    else if (page_is(part, "first order"))
        o->buyer.first_order = true;
    else if (page_is(part, "delivered"))
        o->draft.destination = SHIP_customer;
    else
        return page_left(o, part) || page_buyer(o, part);
    return true;
}

/* ---- what the page says of the price -----------------------------------------------------------
 */

static inline void page_differs(struct promotion_order *o, const char *part, const char *have)
{
    text_printf(&o->wrong, "   have %s where the page says %s\n", have, part);
}

static inline const char *page_money(struct promotion_order *o, int64_t minor)
{
    char digits[MONEY_TEXT];
    return arena_strdup(o->arena, money_format(digits, money_of(minor), 2, false));
}

static inline const struct quote_promotion *page_promotion(const struct promotion_order *o,
                                                           const char *code)
{
    for (size_t i = 0; i < o->quote.npromotions; i++)
        if (strcmp(o->quote.promotions[i].promotion->code, code) == 0)
            return &o->quote.promotions[i];
    return NULL;
}

static inline const char *have_applied(struct promotion_order *o)
{
    struct text out;
    text_init(&out, o->arena);
    text_add(&out, "applied");
    for (size_t i = 0; i < o->catalogue->npromotions; i++) {
        const struct quote_promotion *p = page_promotion(o, o->catalogue->promotions[i].code);
        if (p && p->state == PROMOTION_applied)
            text_printf(&out, out.len > 7 ? ", %s" : " %s", p->promotion->code);
    }
    return out.data;
}

/* "A lost to B", "A failed: spend 60.00 of 100.00", shortened where the page says less. */
static inline const char *have_state(struct promotion_order *o, const char *code, bool in_full)
{
    const struct quote_promotion *p = page_promotion(o, code);
    if (!p)
        return "nothing of it";
    if (p->state == PROMOTION_lost)
        return arena_printf(o->arena, "%s lost to %s", code, p->lost_to->code);
    if (p->state == PROMOTION_applied)
        return arena_printf(o->arena, "%s applied", code);
    if (!in_full)
        return arena_printf(o->arena, "%s failed: %s", code, need_name(p->need));
    bool money = p->need == NEED_spend || p->need == NEED_order || p->need == NEED_party;
    return arena_printf(
        o->arena, "%s failed: %s %s of %s", code, need_name(p->need),
        money ? page_money(o, p->actual) : arena_printf(o->arena, "%lld", (long long)p->actual),
        money ? page_money(o, p->needed) : arena_printf(o->arena, "%lld", (long long)p->needed));
}

static inline const char *have_gifts(struct promotion_order *o)
{
    struct text out;
    text_init(&out, o->arena);
    for (size_t i = 0; i < o->quote.nlines; i++)
        if (o->quote.lines[i].gift_of)
            text_printf(&out, "%sgift %lld x %s", out.len ? "; " : "",
                        (long long)o->quote.lines[i].draft->qty, o->quote.lines[i].draft->sku);
    return out.data;
}

static inline const char *have_lines(struct promotion_order *o)
{
    struct text out;
    text_init(&out, o->arena);
    text_add(&out, "lines");
    for (size_t i = 0; i < o->quote.nlines; i++)
        text_printf(&out, i ? ", %s" : " %s", page_money(o, o->quote.lines[i].amount.minor));
    return out.data;
}

static inline const char *have_hint(struct promotion_order *o)
{
    struct quote_hint hint;
    quote_hint_find(o->arena, &o->quote, &o->buyer, &o->draft, o->stock, ARRAY_LEN(o->stock),
                    &hint);
    return hint.promotion ? arena_printf(o->arena, "hint %lld x %s saves %s", (long long)hint.qty,
                                         hint.item->sku, page_money(o, hint.saves.minor))
                          : "no hint";
}

/* What the quote has in the words of that part of the page. */
static inline const char *page_have(struct promotion_order *o, const char *part)
{
    char code[32];
    if (strncmp(part, "applied ", 8) == 0)
        return have_applied(o);
    if (strncmp(part, "gift ", 5) == 0)
        return have_gifts(o);
    if (strncmp(part, "credit ", 7) == 0)
        return arena_printf(o->arena, "credit %s", page_money(o, o->quote.credit.minor));
    if (strncmp(part, "CV ", 3) == 0)
        return arena_printf(o->arena, "CV %s", page_money(o, o->quote.cv.hundredths));
    if (strncmp(part, "lines ", 6) == 0)
        return have_lines(o);
    if (strncmp(part, "hint ", 5) == 0)
        return have_hint(o);
    if (sscanf(part, "%31s lost", code) == 1 || sscanf(part, "%31s failed", code) == 1)
        return have_state(o, code, strstr(part, " of "));
    return "no such words";
}

/* "110.00", or the problem that stops the order. */
static inline void page_total(struct promotion_order *o, const char *part)
{
    const struct problems *problems = &o->quote.problems;
    bool stops = problems_stops(problems) > 0;
    for (size_t i = 0; i < problems->count; i++)
        if (strcmp(problem_name(problems->items[i].code), part) == 0)
            return;
    const char *have = page_money(o, o->quote.total.minor);
    if (stops)
        have = problem_say(o->arena, LANGUAGE_en, problems->items);
    if (stops || strcmp(have, part) != 0)
        page_differs(o, part, have);
}

/* ---- one order ---------------------------------------------------------------------------------
 */

/* Cuts the next part off. */
static inline char *page_part(char **rest, const char *between)
{
    char *part = *rest, *end = part ? strstr(part, between) : NULL;
    *rest = end ? end + strlen(between) : NULL;
    if (end)
        *end = '\0';
    return part;
}

/* What differs, in lines; "" when the order is as the page says. */
static inline const char *promotion_order_try(struct arena *arena,
                                              const struct catalogue *catalogue, const char *said)
{
    struct promotion_order *o = ARENA_NEW(arena, struct promotion_order);
    char *rest = arena_strdup(arena, said), *order = page_part(&rest, " -> ");
    promotion_order_init(o, arena, catalogue);
    for (char *part; (part = page_part(&order, ", "));)
        if (!page_order_part(o, part))
            page_differs(o, part, "no such words");
    quote_price(arena, catalogue, &o->buyer, &o->draft, o->stock, ARRAY_LEN(o->stock), &o->quote);
    page_total(o, page_part(&rest, "; "));
    for (char *part; (part = page_part(&rest, "; "));)
        if (strcmp(part, page_have(o, part)) != 0)
            page_differs(o, part, page_have(o, part));
    if (strstr(said, "gift ") == NULL && *have_gifts(o))
        page_differs(o, "nothing of gifts", have_gifts(o));
    return o->wrong.data;
}
