/* Returns: what comes back gives back exactly what it cost, whatever the order in which it comes.
 */
#include "core/returns.h"
#include "tests/core/random.h"
#include "tests/report.h"

enum { LINES = 4, PARTS = 3, CERTIFICATES = 3 };

static const struct return_reason reasons[] = {
    {"damaged", "d", "damaged", false, true},
    {"changed_mind", "c", "changed mind", true, false},
};

static struct return_line lines[LINES];
static struct return_part parts[PARTS];
static struct return_certificate certificates[CERTIFICATES];

/* Three perfumes for 10.00, a kit of two for 25.01 with three kinds of parts, three certificates of
 * which one is spent in part, a fee. */
static struct return_order order_of(void)
{
    parts[0] = (struct return_part){1, "11111", "soap", 2, 0, {700}};
    parts[1] = (struct return_part){2, "22222", "towel", 4, 0, {1801}};
    parts[2] = (struct return_part){3, "33333", "card", 2, 0, {0}};
    certificates[0] = (struct return_certificate){"4713", {500}, {500}, false};
    certificates[1] = (struct return_certificate){"4712", {500}, {499}, false};
    certificates[2] = (struct return_certificate){"4711", {500}, {500}, false};
    lines[0] = (struct return_line){.id = "a",
                                    .sku = "40216",
                                    .name = "perfume",
                                    .number = 1,
                                    .comes_back = true,
                                    .qty = 3,
                                    .goods = {1200},
                                    .discount = {200},
                                    .amount = {1000},
                                    .tax = {167},
                                    .tax_rate = {200000},
                                    .cv = {667},
                                    .pv = {668}};
    lines[1] = (struct return_line){.id = "k",
                                    .sku = "60422",
                                    .name = "kit",
                                    .number = 2,
                                    .comes_back = true,
                                    .qty = 2,
                                    .goods = {3000},
                                    .discount = {499},
                                    .amount = {2501},
                                    .tax = {417},
                                    .tax_rate = {200000},
                                    .cv = {1500},
                                    .pv = {1500},
                                    .parts = parts,
                                    .nparts = PARTS};
    lines[2] = (struct return_line){.id = "g",
                                    .sku = "90001",
                                    .name = "certificate",
                                    .number = 3,
                                    .comes_back = true,
                                    .is_certificate = true,
                                    .qty = 3,
                                    .goods = {1500},
                                    .amount = {1500},
                                    .certificates = certificates,
                                    .ncertificates = CERTIFICATES};
    lines[3] = (struct return_line){.id = "f",
                                    .sku = "90009",
                                    .name = "fee",
                                    .number = 4,
                                    .qty = 1,
                                    .goods = {500},
                                    .amount = {500}};
    return (struct return_order){.number = "100884102",
                                 .state = "shipped",
                                 .sent = true,
                                 .tax_included = true,
                                 .of_distributor = true,
                                 .exponent = 2,
                                 .delivery = {395},
                                 .today = {20},
                                 .sent_on = {0},
                                 .last_day = {30},
                                 .withdraw_until = {14},
                                 .buy_back_until = {365},
                                 .post_days = 14,
                                 .fee = {200},
                                 .buy_back = {900000},
                                 .reasons = reasons,
                                 .nreasons = ARRAY_LEN(reasons),
                                 .lines = lines,
                                 .nlines = LINES};
}

static struct return_quote quote_of(struct arena *arena, struct return_order *order,
                                    enum return_kind kind, struct return_wish wish,
                                    struct problems *problems)
{
    struct return_quote quote;
    struct return_wish *kept = ARENA_NEW(arena, struct return_wish);
    *kept = wish;
    problems_init(problems, arena);
    return_quote_make(arena, order, kind, kept, 1, false, problems, &quote);
    return quote;
}

static void pieces_add_up(void)
{
    static const struct {
        int64_t qty, worth, tax, cv;
    } rows[] = {{1, 333, 55, 222}, {1, 333, 56, 222}, {1, 334, 56, 223}};
    struct arena *arena = arena_new();
    struct return_order order = order_of();
    struct problems problems;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct return_wish wish = {"a", NULL, rows[i].qty, "d", NULL, NULL};
        struct return_quote q = quote_of(arena, &order, RETURN_return, wish, &problems);
        CU_ASSERT_EQUAL(problems.count, 0);
        CU_ASSERT_EQUAL(q.worth.minor, rows[i].worth);
        CU_ASSERT_EQUAL(q.backs[0].tax.minor, rows[i].tax);
        CU_ASSERT_EQUAL(q.cv.hundredths, rows[i].cv);
        CU_ASSERT_EQUAL(q.fee.minor, 0);
    }
    struct return_wish more = {"a", NULL, 1, "d", NULL, NULL};
    quote_of(arena, &order, RETURN_return, more, &problems);
    CU_ASSERT_EQUAL(problems.items[0].code, PROBLEM_return_pieces);
    arena_free(arena);
}

/* Kits and their parts, in any order, are worth what the line was. */
static void kits_add_up(void)
{
    struct arena *arena = arena_new();
    uint64_t random = report_seed();
    struct problems problems;
    for (int round = 0; round < 2000; round++) {
        struct return_order order = order_of();
        int64_t worth = 0, tax = 0, cv = 0;
        for (int turn = 0; turn < 200; turn++) {
            size_t at = (size_t)random_below(&random, PARTS + 1);
            const struct return_part *part = at < PARTS ? &parts[at] : NULL;
            int64_t left = return_left(&lines[1], part);
            if (left == 0)
                continue;
            struct return_wish wish = {"k",
                                       part ? part->sku : NULL,
                                       1 + (int64_t)random_below(&random, (uint64_t)left),
                                       "c",
                                       NULL,
                                       NULL};
            struct return_quote q = quote_of(arena, &order, RETURN_withdrawal, wish, &problems);
            CU_ASSERT_FATAL(q.worth.minor >= 0 && q.fee.minor == 0);
            CU_ASSERT_FATAL(q.backs[0].goods.minor >= q.worth.minor);
            worth += q.worth.minor;
            tax += q.backs[0].tax.minor;
            cv += q.cv.hundredths;
        }
        bool is_all = return_left(&lines[1], &parts[0]) + return_left(&lines[1], &parts[1]) +
                          return_left(&lines[1], &parts[2]) ==
                      0;
        CU_ASSERT_FATAL(is_all);
        CU_ASSERT_EQUAL(worth, 2501);
        CU_ASSERT_EQUAL(tax, 417);
        CU_ASSERT_EQUAL(cv, 1500);
    }
    arena_free(arena);
}

static void fees_and_kinds(void)
{
    static const struct {
        const char *reason, *exchange;
        enum return_kind kind;
        int64_t fee;
    } rows[] = {
        {"d", NULL, RETURN_return, 0},    {"c", NULL, RETURN_return, 200},
        {"c", "41123", RETURN_return, 0}, {"c", NULL, RETURN_withdrawal, 0},
        {"d", NULL, RETURN_buy_back, 33}, {"changed_mind", NULL, RETURN_return, 200},
    };
    struct arena *arena = arena_new();
    struct problems problems;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct return_order order = order_of();
        order.by_web = true;
        struct return_wish wish = {"a", NULL, 1, rows[i].reason, rows[i].exchange, NULL};
        struct return_quote q = quote_of(arena, &order, rows[i].kind, wish, &problems);
        CU_ASSERT_EQUAL(problems.count, 0);
        CU_ASSERT_EQUAL(q.fee.minor, rows[i].fee);
        CU_ASSERT_EQUAL(q.kind, rows[i].exchange ? RETURN_exchange : rows[i].kind);
    }
    struct return_order order = order_of();
    order.fee = money_of(100000);
    struct return_wish wish = {"a", NULL, 1, "c", NULL, NULL};
    CU_ASSERT_EQUAL(quote_of(arena, &order, RETURN_return, wish, &problems).refund.minor, 0);
    arena_free(arena);
}

/* Whole ones go, the first first; no fee, whatever the reason. */
static void certificates_go_whole(void)
{
    static const struct {
        int64_t qty, worth, left;
        bool goes[CERTIFICATES];
    } rows[] = {{1, 500, 1, {true, false, false}}, {2, 1000, 0, {true, false, true}}};
    struct arena *arena = arena_new();
    struct problems problems;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct return_order order = order_of();
        CU_ASSERT_EQUAL(return_left(&lines[2], NULL), 2);
        struct return_wish wish = {"g", NULL, rows[i].qty, "c", NULL, NULL};
        struct return_quote q = quote_of(arena, &order, RETURN_return, wish, &problems);
        CU_ASSERT_EQUAL(problems.count, 0);
        CU_ASSERT_EQUAL(q.worth.minor, rows[i].worth);
        CU_ASSERT_EQUAL(q.refund.minor, rows[i].worth);
        CU_ASSERT_EQUAL(return_left(&lines[2], NULL), rows[i].left);
        for (size_t k = 0; k < CERTIFICATES; k++)
            CU_ASSERT_EQUAL(certificates[k].goes, rows[i].goes[k]);
    }
    arena_free(arena);
}

static void what_is_wrong(void)
{
    static const struct {
        struct return_wish wish;
        enum return_kind kind;
        int32_t today;
        enum problem_code code;
    } rows[] = {
        {{"z", NULL, 1, "d", NULL, NULL}, RETURN_return, 20, PROBLEM_return_line},
        {{"a", "11111", 1, "d", NULL, NULL}, RETURN_return, 20, PROBLEM_return_part},
        {{"a", NULL, 4, "d", NULL, NULL}, RETURN_return, 20, PROBLEM_return_pieces},
        {{"a", NULL, 1, "x", NULL, NULL}, RETURN_return, 20, PROBLEM_return_reason},
        {{"g", NULL, 3, "d", NULL, NULL}, RETURN_return, 20, PROBLEM_return_certificates},
        {{"g", NULL, 1, "d", "40216", NULL}, RETURN_return, 20, PROBLEM_return_certificate_money},
        {{"g", NULL, 1, "d", NULL, NULL}, RETURN_buy_back, 20, PROBLEM_return_certificate_money},
        {{"f", NULL, 1, "d", NULL, NULL}, RETURN_return, 20, PROBLEM_return_never},
        {{"a", NULL, 1, "d", NULL, NULL}, RETURN_return, 31, PROBLEM_return_late},
        {{"a", NULL, 1, "d", NULL, NULL}, RETURN_withdrawal, 20, PROBLEM_withdrawal_not_web},
        {{"a", NULL, 1, "d", "41123", NULL}, RETURN_buy_back, 20, PROBLEM_return_no_exchange},
        {{"a", NULL, 1, "d", NULL, NULL}, RETURN_buy_back, 366, PROBLEM_return_late},
    };
    struct arena *arena = arena_new();
    struct problems problems;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct return_order order = order_of();
        order.today.days = rows[i].today;
        quote_of(arena, &order, rows[i].kind, rows[i].wish, &problems);
        CU_ASSERT_EQUAL_FATAL(problems.count, 1);
        CU_ASSERT_EQUAL(problems.items[0].code, rows[i].code);
    }
    struct return_order early = order_of();
    early.sent = false;
    quote_of(arena, &early, RETURN_return, rows[5].wish, &problems);
    CU_ASSERT_EQUAL(problems.items[0].code, PROBLEM_return_not_sent);
    arena_free(arena);
}

/* 1 of 3 for 10.00 came back, listed at 4.00. */
static void exchanges(void)
{
    static const struct {
        int64_t goods, amount, tax, cv;
    } rows[] = {
        {400, 333, 55, 222}, /* the same price: to the cent, and the volumes move */
        {700, 633, 106, 99}, /* dearer: the difference in full, for there was no rank discount */
        {200, 166, 28, 99},  /* cheaper: its part */
    };
    struct arena *arena = arena_new();
    struct problems problems;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct return_order order = order_of();
        lines[0].promoted = lines[0].discount;
        struct return_wish wish = {"a", NULL, 1, "d", "41123", NULL};
        struct return_quote q = quote_of(arena, &order, RETURN_return, wish, &problems);
        struct quote_line line = {
            .goods = {rows[i].goods}, .tax_rate = {200000}, .cv = {99}, .pv = {99}};
        return_exchange_price(&q.backs[0], true, &line);
        CU_ASSERT_EQUAL(line.amount.minor, rows[i].amount);
        CU_ASSERT_EQUAL(line.discount.minor, rows[i].goods - rows[i].amount);
        CU_ASSERT_EQUAL(line.tax.minor, rows[i].tax);
        CU_ASSERT_EQUAL(line.cv.hundredths, rows[i].cv);
    }
    arena_free(arena);
}

static void whole_orders(void)
{
    struct arena *arena = arena_new();
    struct problems problems;
    struct return_order order = order_of();
    order.nlines = 1;
    struct return_wish wish = {"a", NULL, 2, "d", NULL, NULL};
    CU_ASSERT_EQUAL(quote_of(arena, &order, RETURN_return, wish, &problems).delivery.minor, 0);
    wish.qty = 1;
    CU_ASSERT_EQUAL(quote_of(arena, &order, RETURN_return, wish, &problems).delivery.minor, 395);
    order = order_of();
    order.nlines = 1;
    wish = (struct return_wish){"a", NULL, 3, "c", NULL, NULL};
    CU_ASSERT_EQUAL(quote_of(arena, &order, RETURN_return, wish, &problems).delivery.minor, 0);
    order = order_of();
    order.nlines = 1;
    wish = (struct return_wish){"a", NULL, 3, "d", "41123", NULL};
    CU_ASSERT_EQUAL(quote_of(arena, &order, RETURN_return, wish, &problems).delivery.minor, 0);
    arena_free(arena);
}

/* At a counter nobody inspects: only what is sound by its reason is sold again. */
static void pieces_have_their_place(void)
{
    CU_ASSERT_EQUAL(return_place_of("changed_mind"), RETURN_TO_stock);
    CU_ASSERT_EQUAL(return_place_of("wrong_item"), RETURN_TO_stock);
    CU_ASSERT_EQUAL(return_place_of("damaged"), RETURN_TO_quarantine);
    CU_ASSERT_EQUAL(return_place_of("a market's own"), RETURN_TO_quarantine);
    CU_ASSERT_EQUAL(return_place_by_name("scrap"), RETURN_TO_scrap);
    CU_ASSERT_EQUAL(return_place_by_name("shelf"), RETURN_PLACES);
    CU_ASSERT_STRING_EQUAL(return_place_name(RETURN_TO_quarantine), "quarantine");
}

static const struct test_case cases[] = {
    {"pieces that come back to a counter have their place", pieces_have_their_place},
    {"pieces of a line add up", pieces_add_up},
    {"kits and their parts add up", kits_add_up},
    {"fees by reason and kind", fees_and_kinds},
    {"certificates of which nothing is spent come back", certificates_go_whole},
    {"what is wrong with a wish", what_is_wrong},
    {"what goes out is priced by what came back", exchanges},
    {"the delivery comes back with the last piece", whole_orders},
};
REPORT_MAIN("returns", cases)
