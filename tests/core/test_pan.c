/* core/pan.h: card numbers are found in every disguise, and other numbers are left alone. The
 * numbers are the test numbers that card schemes publish. */
#include "core/pan.h"
#include "core/text.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

#define FULL_WIDTH_VISA                                                                            \
    "\xEF\xBC\x94\xEF\xBC\x92\xEF\xBC\x94\xEF\xBC\x92\xEF\xBC\x94\xEF\xBC\x92\xEF\xBC\x94"         \
    "\xEF\xBC\x92\xEF\xBC\x94\xEF\xBC\x92\xEF\xBC\x94\xEF\xBC\x92\xEF\xBC\x94\xEF\xBC\x92"         \
    "\xEF\xBC\x94\xEF\xBC\x92"

static const char *const cards[] = {
    "4111111111111111", "4222222222222", "4111 1111 1111 1111", "4111-1111-1111-1111",
    "4111.1111.1111.1111", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "5555555555554444",
    "2223003122003222", "2720 9900 0000 0007", "378282246310005", "3782 822463 10005",
    "30569309025904", "3056 930902 5904", "38520000023237", "3530111333300000", "6011111111111117",
    "6759649826438453", "4000000000000000006", /* 19 digits */
    "card 4242424242424242 exp 08/27", "n 4242 4242 4242 4242 123", "2 4111 1111 1111 1111",
    "27/4111111111111111/x",
    "4111\xC2\xA0"
    "1111\xE2\x80\x93"
    "1111\xE3\x80\x80"
    "1111", /* no-break, en dash, wide blank */
    "\xFF"
    "4111111111111111\xC3",
    FULL_WIDTH_VISA,
    /* 4242 4242 4242 4242 in Arabic-Indic, extended Arabic-Indic and Devanagari digits */
    "\xD9\xA4\xD9\xA2\xD9\xA4\xD9\xA2 \xD9\xA4\xD9\xA2\xD9\xA4\xD9\xA2 "
    "\xD9\xA4\xD9\xA2\xD9\xA4\xD9\xA2 \xD9\xA4\xD9\xA2\xD9\xA4\xD9\xA2",
    "\xDB\xB4\xDB\xB2\xDB\xB4\xDB\xB2\xDB\xB4\xDB\xB2\xDB\xB4\xDB\xB2\xDB\xB4\xDB\xB2\xDB\xB4\xDB"
    "\xB2"
    "\xDB\xB4\xDB\xB2\xDB\xB4\xDB\xB2",
    "\xE0\xA5\xAA\xE0\xA5\xA8\xE0\xA5\xAA\xE0\xA5\xA8\xE0\xA5\xAA\xE0\xA5\xA8\xE0\xA5\xAA\xE0\xA5"
    "\xA8"
    "\xE0\xA5\xAA\xE0\xA5\xA8\xE0\xA5\xAA\xE0\xA5\xA8\xE0\xA5\xAA\xE0\xA5\xA8\xE0\xA5\xAA\xE0\xA5"
    "\xA8",
    "4\xEF\xBC\x91"
    "11111111111111", /* scripts mixed */
};

static const char *const others[] = {
    "",
    "40216",
    "1047296",
    "4111111111111112",       /* Luhn */
    "4111  1111  1111  1111", /* two blanks: the entry line makes them one */
    "411111111111",           /* 12 digits */
    "41111111111111111115",   /* 20 digits */
    "1111111111111117",       /* no issuer */
    "0000000000000000",
    "2220990000000002",
    "2721000000000004",
    "3300000000000001",
    "7992739871300008",
    "9111111111111110",
    "07700 900123",
    "+44 7700 900123",
    "2*40216",
    "4111/1111/1111/1111",
    "2025-11-22 12:04:11",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "jones sar",
    "\xFF\xFE\xF0\x9F",
};

static void cards_are_found(void)
{
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        if (!pan_found(cards[i], strlen(cards[i])))
            printf("   not found: %s\n", cards[i]);
        CU_ASSERT(pan_found(cards[i], strlen(cards[i])));
    }
}

static void other_numbers_are_left_alone(void)
{
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", others[i]);
        if (pan_found(others[i], strlen(others[i])))
            printf("   found: %s\n", others[i]);
        CU_ASSERT_FALSE(pan_found(others[i], strlen(others[i])));
        CU_ASSERT_EQUAL(pan_scrub(text, strlen(text)), 0);
        CU_ASSERT_STRING_EQUAL(text, others[i]);
    }
}

static void only_the_given_length_counts(void)
{
    CU_ASSERT(pan_found("4111111111111111999999", 16));
    CU_ASSERT_FALSE(pan_found("4111111111111111", 12));
    CU_ASSERT_FALSE(pan_found("41111111111111\xEF\xBC\x91\xEF\xBC\x91", 19)); /* cut in a digit */
}

static void digits_are_starred_and_nothing_else(void)
{
    static const struct {
        const char *text, *scrubbed;
        size_t count;
    } rows[] = {
        {"pay 4111 1111 1111 1111 now", "pay **** **** **** **** now", 1},
        {"4111111111111111,5555-5555-5555-4444", "****************,****-****-****-****", 2},
        {"2 4111 1111 1111 1111", "2 **** **** **** ****", 1},
        {"order 100884213 for 1047296", "order 100884213 for 1047296", 0},
        {"4\xEF\xBC\x91"
         "11111111111111",
         "******************", 1},
        {"4111\xE2\x80\x93"
         "1111-1111-1111",
         "****\xE2\x80\x93****-****-****", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", rows[i].text);
        CU_ASSERT_EQUAL(pan_scrub(text, strlen(text)), rows[i].count);
        CU_ASSERT_STRING_EQUAL(text, rows[i].scrubbed);
    }
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        char text[128];
        snprintf(text, sizeof text, "%s", cards[i]);
        CU_ASSERT_EQUAL(pan_scrub(text, strlen(text)), 1);
        CU_ASSERT_EQUAL(strlen(text), strlen(cards[i]));
        CU_ASSERT_FALSE(pan_found(text, strlen(text)));
    }
}

static void all_scripts_have_digits(void)
{
    CU_ASSERT_EQUAL(pan_digit_value('0'), 0);
    CU_ASSERT_EQUAL(pan_digit_value('9'), 9);
    CU_ASSERT_EQUAL(pan_digit_value('/'), -1);
    CU_ASSERT_EQUAL(pan_digit_value(':'), -1);
    CU_ASSERT_EQUAL(pan_digit_value(0x669), 9);
    CU_ASSERT_EQUAL(pan_digit_value(0x66A), -1);
    CU_ASSERT_EQUAL(pan_digit_value(0xFF10), 0);
    CU_ASSERT_EQUAL(pan_digit_value(0xFF1A), -1);
    CU_ASSERT_EQUAL(pan_digit_value(0x1D7FF), 9);
    CU_ASSERT_EQUAL(pan_digit_value(0x1FBF9), 9);
    CU_ASSERT_EQUAL(pan_digit_value(0xB2), -1); /* superscript two is no decimal digit */
    CU_ASSERT_EQUAL(pan_digit_value(0x110000), -1);
}

/* The Luhn digit that completes `n` digits. */
static char luhn_digit(const char *digits, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0') * (i % 2 ? 1 : 2);
        sum += d / 10 + d % 10;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static void a_random_card_is_found_whatever_its_length_and_separators(void)
{
    static const char *const separators[] = {"", "", "", " ", "-", ".", "\xE2\x80\x91"};
    uint64_t seed = report_seed();
    for (int round = 0; round < 50000; round++) {
        struct arena *arena = arena_new();
        struct text text;
        char digits[20];
        size_t n = 13 + random_below(&seed, 7);
        for (size_t i = 0; i < n; i++)
            digits[i] = (char)('0' + random_below(&seed, 10));
        digits[0] = (char)('4' + random_below(&seed, 3));
        digits[n - 1] = luhn_digit(digits, n - 1);
        text_init(&text, arena);
        text_add(&text, "x");
        for (size_t i = 0; i < n; i++) {
            text_add(&text, i ? separators[random_below(&seed, ARRAY_LEN(separators))] : "");
            text_addc(&text, digits[i]);
        }
        text_add(&text, round % 2 ? " y" : "");
        if (!pan_found(text.data, text.len)) {
            printf("   not found: %s\n", text.data);
            CU_FAIL_FATAL("a card got through");
        }
        CU_ASSERT_FATAL(pan_scrub(text.data, text.len) > 0);
        CU_ASSERT_FATAL(!pan_found(text.data, text.len) && utf8_valid(text.data, text.len));
        arena_free(arena);
    }
}

static const struct test_case cases[] = {
    {"card numbers are found in every disguise", cards_are_found},
    {"other numbers are left alone", other_numbers_are_left_alone},
    {"only the given length counts", only_the_given_length_counts},
    {"digits are starred and nothing else", digits_are_starred_and_nothing_else},
    {"all scripts have digits", all_scripts_have_digits},
    {"a random card is found whatever its length and separators",
     a_random_card_is_found_whatever_its_length_and_separators},
};
REPORT_MAIN("pan", cases)
