/* A request for a quote against any bytes: parsed, read as a draft with tenders, priced on the
 * small catalogue of tests/core/shop.h, written and read back. The first byte chooses market,
 * rounding, stock and facts; the rest is the body. */
#include "core/pan.h"
#include "core/text.h"
#include "core/wire/wire.h"
#include "tests/core/shop.h"
#include "tests/fuzz/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_problems(struct arena *arena, const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        const char *say = problem_say(arena, LANGUAGE_en, &problems->items[i]);
        REQUIRE(say[0] && utf8_valid(say, strlen(say)));
        const char *field = problems->items[i].field;
        REQUIRE(field[0] == '\0' || field[0] == '/');
        REQUIRE(utf8_valid(field, strlen(field)));
    }
}

static void check_sums(const struct quote *q)
{
    int64_t goods = 0, discount = 0, amount = 0, tax = 0, cv = 0, pv = 0;
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *l = &q->lines[i];
        REQUIRE(l->goods.minor >= 0 && l->discount.minor >= 0 && l->tax.minor >= 0);
        REQUIRE(l->amount.minor == l->goods.minor - l->discount.minor && l->amount.minor >= 0);
        REQUIRE(l->priced || (!l->goods.minor && !l->tax.minor));
        goods += l->goods.minor;
        discount += l->discount.minor;
        amount += l->amount.minor;
        tax += l->tax.minor;
        cv += l->cv.hundredths;
        pv += l->pv.hundredths;
    }
    REQUIRE(goods == q->goods.minor && discount == q->discount.minor && tax == q->tax.minor);
    REQUIRE(cv == q->cv.hundredths && pv == q->pv.hundredths);
    REQUIRE(amount == q->goods.minor - q->discount.minor);
    REQUIRE(q->tax_added.minor == (q->tax_included ? 0 : tax + q->delivery_tax.minor));
    REQUIRE(amount + q->delivery.minor + q->tax_added.minor == q->total.minor);
    REQUIRE(q->total.minor >= 0 && q->total.minor <= MONEY_MAX);
    for (size_t i = 0; i < q->nneeds; i++) {
        REQUIRE(i == 0 || q->needs[i - 1].item <= q->needs[i].item);
        REQUIRE(q->needs[i].qty == q->needs[i].per * q->lines[q->needs[i].line].draft->qty);
    }
}

static void facts(struct shop *shop, struct arena *arena, uint8_t how)
{
    (how & 1 ? shop_init_us : how & 2 ? shop_init_cn : shop_init)(shop, arena);
    shop->catalogue.rounding = how & 4 ? ROUND_ORDER : ROUND_LINE;
    shop->buyer.customer = how & 8 ? NULL : "C1";
    shop->buyer.customer_of = "1000002";
    shop->buyer.may_order = !(how & 16);
    if (how & 32)
        shop->buyer.distributor = NULL;
    for (uint32_t i = 0; how & 64 && i < SHOP_ITEMS; i++)
        shop_stock(shop, i, i * 7 % 5);
}

/* What a stock query is asked for is what the needs take. */
static void check_stock_items(struct arena *arena, const struct quote *q,
                              const struct order_draft *draft)
{
    uint32_t *items;
    size_t n = quote_stock_items(arena, q->catalogue, draft, &items);
    for (size_t i = 1; i < n; i++)
        REQUIRE(items[i - 1] < items[i]);
    for (size_t i = 0, k = 0; i < q->nneeds; i++) {
        while (k < n && items[k] < q->needs[i].item)
            k++;
        REQUIRE(k < n && items[k] == q->needs[i].item);
    }
}

static void check_written(struct arena *arena, const struct quote *q)
{
    size_t len;
    const char *why, *text = wire_dump(arena, wire_quote_write(arena, LANGUAGE_en, q), &len);
    struct reply_quote reply;
    json_t *json = wire_parse(arena, text, len, &why);
    REQUIRE(json && wire_quote_read(arena, json, &reply));
    REQUIRE(reply.total == q->total.minor && reply.nlines == q->nlines);
    REQUIRE(reply.nproblems == q->problems.count);
}

/* Reading what was written gives the same once more. */
static void check_draft(struct arena *arena, const struct order_draft *draft)
{
    size_t len, again_len;
    const char *why, *text = wire_dump(arena, wire_draft_write(draft), &len);
    struct problems problems;
    problems_init(&problems, arena);
    struct wire_reader reader = {arena, &problems, true};
    struct order_draft back;
    json_t *json = wire_parse(arena, text, len, &why);
    REQUIRE(json);
    wire_draft_read(&reader, json, NULL, &back);
    REQUIRE(problems.count == 0);
    const char *again = wire_dump(arena, wire_draft_write(&back), &again_len);
    REQUIRE(len == again_len && memcmp(text, again, len) == 0);
}

static void price(struct arena *arena, struct shop *shop, const struct draft_tender *tenders,
                  size_t ntenders)
{
    struct quote *q = &shop->quote;
    struct tender_sums sums;
    shop_price(shop);
    check_sums(q);
    check_stock_items(arena, q, &shop->draft);
    for (size_t i = 0; i < q->nlines; i++)
        for (size_t k = 0; k < q->lines[i].nwhy; k++)
            REQUIRE(why_say(arena, LANGUAGE_en, q, &q->lines[i], &q->lines[i].why[k])[0]);
    size_t before = q->problems.count;
    quote_tenders(q, &shop->buyer,
                  tender_kinds(!order_type_info(shop->draft.type)->needs_customer, true), tenders,
                  ntenders, &sums);
    REQUIRE(sums.from_balance.minor >= 0 && sums.from_balance.minor <= sums.paid.minor);
    REQUIRE(sums.over.minor >= 0 && sums.due.minor == q->total.minor - sums.paid.minor);
    REQUIRE(q->problems.count > before ||
            (sums.due.minor >= 0 &&
             (!sums.from_balance.minor || sums.from_balance.minor <= shop->buyer.balance.minor)));
    check_problems(arena, &q->problems);
    check_written(arena, q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const also[] = {"tenders", NULL};
    static struct shop shop;
    if (size < 1)
        return 0;
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);
    struct wire_reader reader = {arena, &problems, true};
    const char *why = NULL;
    facts(&shop, arena, data[0]);
    json_t *body = wire_parse(arena, (const char *)data + 1, size - 1, &why);
    if (body) {
        struct draft_tender *tenders;
        size_t ntenders = wire_tenders_read(&reader, body, &tenders);
        wire_draft_read(&reader, body, also, &shop.draft);
        check_problems(arena, &problems);
        if (problems.count == 0) {
            check_draft(arena, &shop.draft);
            price(arena, &shop, tenders, ntenders);
        }
    } else {
        REQUIRE(why && strncmp(why, "line ", 5) == 0 && utf8_valid(why, strlen(why)));
        REQUIRE(!pan_found(why, strlen(why)));
    }
    arena_free(arena);
    return 0;
}
