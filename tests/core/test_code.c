/* core/code.h: check digits, the lengths of numbers, ULIDs. */
#include "core/code.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static const struct code_lengths demo = {{5, 7, 9, 16, 13}};

static void known_damm_digits(void)
{
    static const struct {
        const char *digits;
        char check;
    } rows[] = {{"572", '4'}, {"0", '0'}, {"1", '3'}, {"43881234567", '9'}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CU_ASSERT_EQUAL(damm_digit(rows[i].digits, strlen(rows[i].digits)), rows[i].check);
    CU_ASSERT(damm_valid("5724", 4));
    CU_ASSERT_FALSE(damm_valid("5727", 4));
    CU_ASSERT_FALSE(damm_valid("", 0));
    CU_ASSERT_FALSE(damm_valid("0", 1));
    CU_ASSERT_FALSE(damm_valid("57a4", 4));
    CU_ASSERT_FALSE(damm_valid("572 4", 5));
    CU_ASSERT(damm_valid("5724999", 4));
}

static void make_number(uint64_t *seed, char *digits, size_t n)
{
    for (size_t i = 0; i + 1 < n; i++)
        digits[i] = (char)('0' + random_below(seed, 10));
    digits[n - 1] = damm_digit(digits, n - 1);
    digits[n] = '\0';
}

static size_t undetected_slips(char *digits, size_t n)
{
    size_t undetected = 0;
    for (size_t i = 0; i < n; i++) {
        char right = digits[i];
        for (char wrong = '0'; wrong <= '9'; wrong++) {
            digits[i] = wrong;
            undetected += wrong != right && damm_valid(digits, n);
        }
        digits[i] = right;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        char left = digits[i], right = digits[i + 1];
        digits[i] = right;
        digits[i + 1] = left;
        undetected += left != right && damm_valid(digits, n);
        digits[i] = left;
        digits[i + 1] = right;
    }
    return undetected;
}

static void damm_catches_every_slip(void)
{
    uint64_t seed = report_seed();
    char digits[20];
    size_t undetected = 0;
    for (unsigned sku = 0; sku < 10000; sku++) { /* all SKUs of five digits */
        snprintf(digits, sizeof digits, "%04u", sku);
        digits[4] = damm_digit(digits, 4);
        undetected += undetected_slips(digits, 5) + !damm_valid(digits, 5);
    }
    for (int i = 0; i < 20000; i++) {
        size_t n = 6 + random_below(&seed, 11);
        make_number(&seed, digits, n);
        undetected += undetected_slips(digits, n) + !damm_valid(digits, n);
    }
    CU_ASSERT_EQUAL(undetected, 0);
}

static void barcodes_have_their_check_digit(void)
{
    CU_ASSERT(ean13_valid("4006381333931", 13));
    CU_ASSERT(ean13_valid("9780201379624", 13));
    CU_ASSERT(ean13_valid("0012345678905", 13));
    CU_ASSERT_FALSE(ean13_valid("4006381333932", 13));
    CU_ASSERT_FALSE(ean13_valid("4006381333913", 13));
    CU_ASSERT_FALSE(ean13_valid("400638133393", 12));
    CU_ASSERT_FALSE(ean13_valid("40063813339310", 14));
    CU_ASSERT_FALSE(ean13_valid("400638133393x", 13));
    CU_ASSERT_FALSE(ean13_valid("", 0));
}

static void lengths_are_refused_that_confuse(void)
{
    static const struct {
        struct code_lengths lengths;
        bool valid;
    } rows[] = {
        {{{5, 7, 9, 16, 13}}, true},   {{{8, 9, 11, 16, 13}}, true},  {{{6, 8, 10, 16, 13}}, true},
        {{{4, 7, 9, 16, 13}}, false},  {{{9, 7, 10, 16, 13}}, false}, {{{5, 6, 9, 16, 13}}, false},
        {{{5, 10, 9, 16, 13}}, false}, {{{5, 7, 8, 16, 13}}, false},  {{{5, 7, 12, 16, 13}}, false},
        {{{5, 7, 9, 15, 13}}, false},  {{{5, 7, 9, 16, 12}}, false},  {{{7, 7, 9, 16, 13}}, false},
        {{{5, 9, 9, 16, 13}}, false},  {{{8, 8, 9, 16, 13}}, false},  {{{0, 0, 0, 0, 0}}, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (code_lengths_valid(&rows[i].lengths) != rows[i].valid)
            printf("   row %zu\n", i);
        CU_ASSERT_EQUAL(code_lengths_valid(&rows[i].lengths), rows[i].valid);
    }
}

static void the_length_tells_the_kind(void)
{
    static const struct code_lengths shared = {{7, 7, 9, 16, 13}};
    CU_ASSERT_EQUAL(code_kinds(&demo, "40216", 5), CODE_BIT(CODE_SKU));
    CU_ASSERT_EQUAL(code_kinds(&demo, "1047296", 7), CODE_BIT(CODE_DISTRIBUTOR));
    CU_ASSERT_EQUAL(code_kinds(&demo, "100884213", 9), CODE_BIT(CODE_ORDER));
    CU_ASSERT_EQUAL(code_kinds(&demo, "1234567890123456", 16), CODE_BIT(CODE_CERTIFICATE));
    CU_ASSERT_EQUAL(code_kinds(&demo, "5012345402161", 13), CODE_BIT(CODE_BARCODE));
    CU_ASSERT_EQUAL(code_kinds(&demo, "402167", 6), 0);
    CU_ASSERT_EQUAL(code_kinds(&demo, "4021x", 5), 0);
    CU_ASSERT_EQUAL(code_kinds(&demo, "", 0), 0);
    CU_ASSERT_EQUAL(code_kinds(&shared, "1047296", 7),
                    CODE_BIT(CODE_SKU) | CODE_BIT(CODE_DISTRIBUTOR));
    CU_ASSERT(code_check_fits(CODE_BARCODE, "4006381333931", 13));
    CU_ASSERT(code_check_fits(CODE_SKU, "5724", 4));
    CU_ASSERT_FALSE(code_check_fits(CODE_BARCODE, "5724", 4));
}

static void ulids_are_checked(void)
{
    static const char *const right[] = {"01ARZ3NDEKTSV4RRFFQ69G5FAV", "00000000000000000000000000",
                                        "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"};
    static const char *const wrong[] = {
        "",
        "01ARZ3NDEKTSV4RRFFQ69G5FA",
        "01ARZ3NDEKTSV4RRFFQ69G5FAVV",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01arz3ndektsv4rrffq69g5fav",
        "01ARZ3NDEKTSV4RRFFQ69G5FAI",
        "01ARZ3NDEKTSV4RRFFQ69G5FAL",
        "01ARZ3NDEKTSV4RRFFQ69G5FAO",
        "01ARZ3NDEKTSV4RRFFQ69G5FAU",
        "01ARZ3NDEK-SV4RRFFQ69G5FAV",
        " 1ARZ3NDEKTSV4RRFFQ69G5FAV",
        "\xC3\xA9"
        "ARZ3NDEKTSV4RRFFQ69G5FAV",
    };
    for (size_t i = 0; i < ARRAY_LEN(right); i++)
        CU_ASSERT(ulid_valid(right[i]));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT_FALSE(ulid_valid(wrong[i]));
}

static void ulids_are_written(void)
{
    char out[ULID_TEXT], later[ULID_TEXT];
    const uint8_t zeros[ULID_RANDOM] = {0},
                  ones[ULID_RANDOM] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const uint8_t spec[ULID_RANDOM] = {0xD6, 0x76, 0x4C, 0x61, 0xEF, 0xB9, 0x93, 0x02, 0xBD, 0x5B};
    ulid_format(out, 0, zeros);
    CU_ASSERT_STRING_EQUAL(out, "00000000000000000000000000");
    ulid_format(out, (UINT64_C(1) << 48) - 1, ones);
    CU_ASSERT_STRING_EQUAL(out, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    ulid_format(out, 0x01563E3AB5D3, spec); /* the example of the specification */
    CU_ASSERT_STRING_EQUAL(out, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    ulid_format(out, 1763800000000, ones);
    ulid_format(later, 1763800000001, zeros);
    CU_ASSERT(ulid_valid(out) && ulid_valid(later) && strcmp(out, later) < 0);
}

static const struct test_case cases[] = {
    {"known numbers have their Damm digit", known_damm_digits},
    {"Damm catches every wrong digit and every swap of neighbours", damm_catches_every_slip},
    {"barcodes have the check digit of GS1", barcodes_have_their_check_digit},
    {"lengths that confuse two kinds are refused", lengths_are_refused_that_confuse},
    {"the length tells the kind", the_length_tells_the_kind},
    {"only canonical ULIDs are valid", ulids_are_checked},
    {"ULIDs are written, in the order of time", ulids_are_written},
};
REPORT_MAIN("code", cases)
