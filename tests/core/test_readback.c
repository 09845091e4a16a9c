#include "core/readback.h"
#include "tests/report.h"

#include <string.h>

static void numbers(void)
{
    static const struct {
        int64_t n;
        const char *want;
    } cases[] = {
        {0, "zero"},
        {1, "one"},
        {13, "thirteen"},
        {20, "twenty"},
        {42, "forty-two"},
        {100, "one hundred"},
        {178, "one hundred seventy-eight"},
        {1000, "one thousand"},
        {12005, "twelve thousand five"},
        {999999, "nine hundred ninety-nine thousand nine hundred ninety-nine"},
        {2000000, "two million"},
        {7000000000, "seven billion"},
        {1000000000000, "1000000000000"},
        {-3, "-3"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct text text;
        text_init(&text, arena);
        readback_number(&text, cases[i].n);
        CU_ASSERT_STRING_EQUAL(text.data, cases[i].want);
    }
    arena_free(arena);
}

static void amounts(void)
{
    static const struct {
        const char *currency;
        int exponent;
        int64_t minor;
        const char *want;
    } cases[] = {
        {"GBP", 2, 17810, "one hundred seventy-eight pounds ten"},
        {"GBP", 2, 17805, "one hundred seventy-eight pounds and five pence"},
        {"GBP", 2, 100, "one pound"},
        {"GBP", 2, 1, "one penny"},
        {"GBP", 2, 0, "zero pounds"},
        {"USD", 2, 1250, "twelve dollars and fifty cents"},
        {"CNY", 2, 680000, "six thousand eight hundred yuan"},
        {"JPY", 0, 1500, "1,500 JPY"},
        {"GBP", 2, -100, "-1.00 GBP"},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct text text;
        text_init(&text, arena);
        readback_amount(&text, cases[i].currency, cases[i].exponent, money_of(cases[i].minor));
        CU_ASSERT_STRING_EQUAL(text.data, cases[i].want);
    }
    arena_free(arena);
}

static void sentence(void)
{
    static const struct readback_item items[] = {
        {1, 0, "rose perfume"},
        {3, 1, "winter sets"},
        {2, 2, "soaps"},
        {1, 1, "small gift box"},
    };
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    readback_say(&text, &(struct readback){.items = items,
                                           .nitems = ARRAY_LEN(items),
                                           .place = "14 Mill Lane, LS6 2QT",
                                           .currency = "GBP",
                                           .exponent = 2,
                                           .total = money_of(2010)});
    CU_ASSERT_STRING_EQUAL(
        text.data,
        "One rose perfume, three winter sets - two now, one later, two soaps - all later, "
        "one small gift box - later. Going to 14 Mill Lane, LS6 2QT. Twenty pounds ten.");
    text_clear(&text);
    readback_say(&text, &(struct readback){.currency = "USD", .exponent = 2, .total = money_of(0)});
    CU_ASSERT_STRING_EQUAL(text.data, "Zero dollars.");
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"numbers are said as words", numbers},
    {"amounts are said as people say them", amounts},
    {"an order is read back in one sentence after the other", sentence},
};
REPORT_MAIN("test_readback", cases)
