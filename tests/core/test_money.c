/* core/money.h: exact, checked for overflow, rounded half away from zero; allocation by the
 * largest remainder. */
#include "core/money.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static void sums_are_checked(void)
{
    static const struct {
        int64_t a, b;
        bool sum, difference;
    } rows[] = {
        {2450, 895, true, true},
        {MONEY_MAX, 0, true, true},
        {MONEY_MAX, 1, false, true},
        {-MONEY_MAX, 1, true, false},
        {-MONEY_MAX, -1, false, true},
        {MONEY_MAX, -MONEY_MAX, true, false},
        {0, INT64_MIN, false, false},
        {INT64_MAX, INT64_MAX, false, true},
        {INT64_MIN, INT64_MIN, false, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct money a = money_of(rows[i].a), b = money_of(rows[i].b), out = money_of(77);
        CU_ASSERT_EQUAL(money_add(a, b, &out), rows[i].sum);
        CU_ASSERT_EQUAL(out.minor, rows[i].sum ? rows[i].a + rows[i].b : 77);
        out = money_of(77);
        CU_ASSERT_EQUAL(money_sub(a, b, &out), rows[i].difference);
        CU_ASSERT_EQUAL(out.minor, rows[i].difference ? rows[i].a - rows[i].b : 77);
    }
}

static void products_are_checked(void)
{
    static const struct {
        int64_t amount, qty;
        bool fits;
    } rows[] = {
        {1900, 2, true},          {0, INT64_MAX, true},      {MONEY_MAX, 1, true},
        {MONEY_MAX, -1, true},    {MONEY_MAX / 2, 2, true},  {MONEY_MAX / 2 + 1, 2, false},
        {MONEY_MAX, 1000, false}, {INT64_MIN, -1, false},    {4294967296, 4294967296, false},
        {-3, 1000, true},         {1, MONEY_MAX + 1, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct money out = money_of(77);
        struct volume volume = {77};
        CU_ASSERT_EQUAL(money_times(money_of(rows[i].amount), rows[i].qty, &out), rows[i].fits);
        CU_ASSERT_EQUAL(out.minor, rows[i].fits ? rows[i].amount * rows[i].qty : 77);
        CU_ASSERT_EQUAL(volume_times((struct volume){rows[i].amount}, rows[i].qty, &volume),
                        rows[i].fits);
        CU_ASSERT_EQUAL(volume.hundredths, out.minor);
    }
    struct volume sum = {5};
    CU_ASSERT(volume_add((struct volume){1630}, (struct volume){590}, &sum));
    CU_ASSERT_EQUAL(sum.hundredths, 2220);
    CU_ASSERT_FALSE(volume_add((struct volume){MONEY_MAX}, (struct volume){1}, &sum));
    CU_ASSERT_EQUAL(sum.hundredths, 2220);
}

static void shares_are_rounded_half_away_from_zero(void)
{
    static const struct {
        int64_t amount, part, whole, share;
    } rows[] = {
        {100, 1, 3, 33},
        {200, 1, 3, 67},
        {5, 1, 10, 1},
        {4, 1, 10, 0},
        {-5, 1, 10, -1},
        {-4, 1, 10, 0},
        {5, -1, 10, -1},
        {-5, -1, 10, 1},
        {15, 1, 10, 2},
        {25, 1, 10, 3},
        {0, 5, 7, 0},
        {7, 0, 7, 0},
        {1, 1, 2, 1},
        {-1, 1, 2, -1},
        {MONEY_MAX, MONEY_MAX, MONEY_MAX, MONEY_MAX},
        {MONEY_MAX, 999999, 1000000, 9007190247541736},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CU_ASSERT_EQUAL(share_half_up(rows[i].amount, rows[i].part, rows[i].whole), rows[i].share);
}

/* The definition, by other means: |share x whole - amount x part| is at most half of whole, and on
 * exactly half the share is the one farther from zero. */
static void a_share_is_the_nearest_integer(void)
{
    uint64_t seed = report_seed();
    for (int i = 0; i < 200000; i++) {
        int64_t amount = (int64_t)random_below(&seed, 2001) - 1000;
        int64_t part = (int64_t)random_below(&seed, 201) - 100;
        int64_t whole = (int64_t)random_below(&seed, 50) + 1;
        int64_t share = share_half_up(amount, part, whole);
        int64_t off = 2 * (amount * part - share * whole); /* towards zero when signs agree */
        bool nearest = off < whole && off > -whole;
        bool half = (off == whole || off == -whole) &&
                    (share > 0 ? share * whole > amount * part : share * whole < amount * part);
        if (!nearest && !half) {
            printf("   share_half_up(%lld, %lld, %lld) = %lld\n", (long long)amount,
                   (long long)part, (long long)whole, (long long)share);
            CU_FAIL_FATAL("not the nearest integer");
        }
    }
}

static void rates_and_taxes(void)
{
    static const struct {
        int64_t amount, ppm, on_top, within;
    } rows[] = {
        {10000, 200000, 2000, 1667},
        {12000, 200000, 2400, 2000},
        {17415, 200000, 3483, 2903},
        {-12000, 200000, -2400, -2000},
        {999, 0, 0, 0},
        {1, 500000, 1, 0},
        {10000, 82500, 825, 762},
        {3, 1000000, 3, 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rate rate = {rows[i].ppm};
        CU_ASSERT_EQUAL(money_at_rate(money_of(rows[i].amount), rate).minor, rows[i].on_top);
        CU_ASSERT_EQUAL(money_tax_within(money_of(rows[i].amount), rate).minor, rows[i].within);
    }
}

static void allocation_examples(void)
{
    static const struct {
        int64_t total, weights[4];
        size_t n;
        int64_t parts[4];
    } rows[] = {
        {100, {1, 1, 1}, 3, {34, 33, 33}},
        {-100, {1, 1, 1}, 3, {-34, -33, -33}},
        {101, {1, 1, 1}, 3, {34, 34, 33}},
        {10, {0, 0, 0}, 3, {10, 0, 0}},
        {10, {0, 5, 0}, 3, {0, 10, 0}},
        {0, {3, 4}, 2, {0, 0}},
        {1, {1, 2, 3, 2}, 4, {0, 0, 1, 0}},
        {2, {1, 1, 1, 1}, 4, {1, 1, 0, 0}},
        {7, {2450, 895, 3800, 1420}, 4, {2, 1, 3, 1}},
        {MONEY_MAX, {1, 1}, 2, {MONEY_MAX / 2 + 1, MONEY_MAX / 2}},
        {MONEY_MAX, {INT64_MAX, INT64_MAX}, 2, {MONEY_MAX / 2 + 1, MONEY_MAX / 2}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct money out[4] = {{0}};
        money_allocate(money_of(rows[i].total), rows[i].weights, rows[i].n, out);
        for (size_t k = 0; k < rows[i].n; k++)
            CU_ASSERT_EQUAL(out[k].minor, rows[i].parts[k]);
    }
    struct money untouched = money_of(77);
    money_allocate(money_of(10), NULL, 0, &untouched);
    CU_ASSERT_EQUAL(untouched.minor, 77);
}

static void an_allocation_adds_up_and_is_proportional_within_one(void)
{
    enum { MOST = 12 };
    uint64_t seed = report_seed();
    for (int round = 0; round < 100000; round++) {
        size_t n = random_below(&seed, MOST) + 1;
        int64_t weights[MOST], total, sum = 0, parts = 0;
        struct money out[MOST];
        uint64_t top = round % 2 ? 5 : 1000000000;
        total = (int64_t)random_below(&seed, round % 3 ? 1000 : 4000000000) - (round % 3 ? 500 : 0);
        for (size_t i = 0; i < n; i++)
            sum += weights[i] = (int64_t)random_below(&seed, top);
        money_allocate(money_of(total), weights, n, out);
        bool fair = true;
        for (size_t i = 0; i < n; i++) {
            parts += out[i].minor;
            fair = fair && (out[i].minor == 0 || (out[i].minor < 0) == (total < 0));
            if (sum == 0)
                continue;
            __int128 off = (__int128)total * weights[i] - (__int128)out[i].minor * sum;
            fair = fair && off < sum && off > -sum;
        }
        if (parts != total || !fair) {
            printf("   round %d: %lld over %zu\n", round, (long long)total, n);
            CU_FAIL_FATAL("not a fair allocation");
        }
    }
}

static void amounts_are_written(void)
{
    static const struct {
        int64_t minor;
        int exponent;
        const char *plain, *grouped;
    } rows[] = {
        {0, 2, "0.00", "0.00"},
        {5, 2, "0.05", "0.05"},
        {-5, 2, "-0.05", "-0.05"},
        {123456, 2, "1234.56", "1,234.56"},
        {-123456789, 2, "-1234567.89", "-1,234,567.89"},
        {99999, 2, "999.99", "999.99"},
        {100000, 2, "1000.00", "1,000.00"},
        {0, 0, "0", "0"},
        {1234, 0, "1234", "1,234"},
        {999, 0, "999", "999"},
        {12345, 3, "12.345", "12.345"},
        {12, 4, "0.0012", "0.0012"},
        {MONEY_MAX, 2, "90071992547409.91", "90,071,992,547,409.91"},
        {INT64_MIN, 0, "-9223372036854775808", "-9,223,372,036,854,775,808"},
        {INT64_MIN, 4, "-922337203685477.5808", "-922,337,203,685,477.5808"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char out[MONEY_TEXT];
        CU_ASSERT_STRING_EQUAL(money_format(out, money_of(rows[i].minor), rows[i].exponent, false),
                               rows[i].plain);
        CU_ASSERT_STRING_EQUAL(money_format(out, money_of(rows[i].minor), rows[i].exponent, true),
                               rows[i].grouped);
    }
}

static void amounts_are_read(void)
{
    static const struct {
        const char *text;
        int exponent;
        bool ok;
        int64_t minor;
    } rows[] = {
        {"12.50", 2, true, 1250},
        {"12.5", 2, true, 1250},
        {"12", 2, true, 1200},
        {"12.", 2, true, 1200},
        {".5", 2, true, 50},
        {"0", 2, true, 0},
        {"007", 0, true, 7},
        {"90071992547409.91", 2, true, MONEY_MAX},
        {"12.345", 2, false, 0},
        {"1.5", 0, false, 0},
        {"", 2, false, 0},
        {".", 2, false, 0},
        {"-1", 2, false, 0},
        {"+1", 2, false, 0},
        {"1,234", 2, false, 0},
        {"1.2.3", 2, false, 0},
        {" 1", 2, false, 0},
        {"1 ", 2, false, 0},
        {"1e3", 2, false, 0},
        {"90071992547409.92", 2, false, 0},
        {"9007199254740992", 0, false, 0},
        {"99999999999999999999999999", 2, false, 0},
        {"\xEF\xBC\x91", 2, false, 0}, /* a full-width 1 */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct money out = money_of(77);
        bool ok = money_parse(rows[i].text, strlen(rows[i].text), rows[i].exponent, &out);
        if (ok != rows[i].ok)
            printf("   \"%s\"\n", rows[i].text);
        CU_ASSERT_EQUAL(ok, rows[i].ok);
        CU_ASSERT_EQUAL(out.minor, rows[i].ok ? rows[i].minor : 77);
    }
    struct money out;
    CU_ASSERT(money_parse("12xyz", 2, 2, &out) && out.minor == 1200);
}

static void what_is_written_can_be_read(void)
{
    uint64_t seed = report_seed();
    for (int i = 0; i < 100000; i++) {
        char text[MONEY_TEXT];
        struct money amount =
            money_of((int64_t)(random_next(&seed) >> 11 >> random_below(&seed, 50)));
        struct money back = money_of(-1);
        int exponent = (int)random_below(&seed, 5);
        money_format(text, amount, exponent, false);
        CU_ASSERT_FATAL(money_parse(text, strlen(text), exponent, &back));
        CU_ASSERT_FATAL(back.minor == amount.minor);
    }
}

static const struct test_case cases[] = {
    {"sums and differences are exact or refused", sums_are_checked},
    {"products are exact or refused", products_are_checked},
    {"shares are rounded half away from zero", shares_are_rounded_half_away_from_zero},
    {"a share is the nearest integer, whatever the signs", a_share_is_the_nearest_integer},
    {"a rate is taken of an amount, a tax out of one", rates_and_taxes},
    {"an allocation follows the largest remainder, ties going to the earlier", allocation_examples},
    {"an allocation adds up and is proportional within one unit",
     an_allocation_adds_up_and_is_proportional_within_one},
    {"amounts are written with the currency's decimals", amounts_are_written},
    {"amounts are read exactly or refused", amounts_are_read},
    {"what is written can be read back", what_is_written_can_be_read},
};
REPORT_MAIN("money", cases)
