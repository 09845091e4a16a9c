#include "core/draft.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static struct order_draft draft(struct draft_line *lines, size_t n)
{
    return (struct order_draft){
        .market = "GB", .distributor = "1047296", .lines = lines, .nlines = n, .date = DATE_MIN};
}

static void whatever_differs_is_seen(void)
{
    static const char *const spring[] = {"SPRING"}, *const summer[] = {"SUMMER"};
    struct draft_line lines[2] = {{.id = "l1", .sku = "40216", .qty = 1, .back_order = true},
                                  {.id = "l2", .sku = "40227", .qty = 2, .back_order = true}},
                      others[2];
    struct order_draft a = draft(lines, 2), b;
#define DIFFERS(change)                                                                            \
    do {                                                                                           \
        memcpy(others, lines, sizeof lines);                                                       \
        b = draft(others, 2);                                                                      \
        CU_ASSERT_TRUE(draft_equal(&a, &b));                                                       \
        change;                                                                                    \
        CU_ASSERT_FALSE(draft_equal(&a, &b));                                                      \
        CU_ASSERT_FALSE(draft_equal(&b, &a));                                                      \
    } while (0)
    DIFFERS(b.market = "US");
    DIFFERS(b.type = ORDER_customer);
    DIFFERS(b.distributor = "1047297");
    DIFFERS(b.distributor = NULL);
    DIFFERS(b.customer = "7");
    DIFFERS(b.nlines = 1);
    DIFFERS(others[1].id = "l3");
    DIFFERS(others[0].sku = "40217");
    DIFFERS(others[1].qty = 3);
    DIFFERS(others[1].back_order = false);
    DIFFERS(others[1].picks = "KNIVES");
    DIFFERS(others[1].choices = "40216");
    DIFFERS(b.coupons = spring; b.ncoupons = 1);
    a.coupons = summer, a.ncoupons = 1;
    b = a;
    b.coupons = spring;
    CU_ASSERT_FALSE(draft_equal(&a, &b));
    b.coupons = summer;
    CU_ASSERT_TRUE(draft_equal(&a, &b));
    a.coupons = NULL, a.ncoupons = 0;
    DIFFERS(b.destination = SHIP_customer);
    DIFFERS(b.has_address = true);
    DIFFERS(b.address_choice = 2);
    DIFFERS(b.price_list = "AUTUMN-1");
    DIFFERS(b.date.days = 7);
    DIFFERS(b.note = "ring twice");
}

static void what_means_the_same_is_equal(void)
{
    struct order_draft a = draft(NULL, 0), b = draft(NULL, 0);
    b.note = "";
    b.customer = "";
    b.typed = "4021";
    CU_ASSERT_TRUE(draft_equal(&a, &b));
    a.has_address = b.has_address = true;
    b.address.city = "";
    CU_ASSERT_TRUE(draft_equal(&a, &b));
    b.address.city = "Leeds";
    CU_ASSERT_FALSE(draft_equal(&a, &b));
}

static void mirrored_text_ends_before_long_numbers(void)
{
    static const struct {
        const char *typed, *mirrored;
    } table[] = {
        {"", ""},
        {"jones sar", "jones sar"},
        {"1047296", "1047296"},
        {"3*40216", "3*40216"},
        {"40216 3", "40216 3"},
        {"n ring 0770090", "n ring 0770090"},
        {"n ring 07700900123 at ten", "n ring "},
        {"4111111", "4111111"},
        {"41111111", ""},
        {"4111 1111", ""},
        {"card 4111-1111-11", "card "},
        {"card 4.1.1.1.1.1.1.1", "card "},
        {"n \xD9\xA4\xD9\xA1\xD9\xA1\xD9\xA1\xD9\xA1\xD9\xA1\xD9\xA1\xD9\xA1", "n "},
        {"\xE9\x99\xB3 12345 a 67890", "\xE9\x99\xB3 12345 a 67890"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        size_t len = draft_typed_safe(table[i].typed);
        bool right = len == strlen(table[i].mirrored) &&
                     strncmp(table[i].typed, table[i].mirrored, len) == 0;
        if (!right)
            printf("%s: %zu bytes\n", table[i].typed, len);
        CU_ASSERT_TRUE(right);
    }
}

static void mirrored_text_has_a_bound(void)
{
    char text[2001];
    for (size_t i = 0; i < 2000; i += 2)
        memcpy(text + i, "\xC3\xA9", 2);
    text[2000] = '\0';
    CU_ASSERT_EQUAL(draft_typed_safe(text), DRAFT_TYPED_MAX);
    memmove(text + 1, text, 2000);
    text[0] = 'x';
    text[2000] = '\0';
    CU_ASSERT_EQUAL(draft_typed_safe(text), DRAFT_TYPED_MAX - 1);
}

static const struct test_case cases[] = {
    {"whatever differs between two drafts is seen", whatever_differs_is_seen},
    {"absent and empty are the same, what is only typed does not count",
     what_means_the_same_is_equal},
    {"text not yet entered is mirrored up to a long number",
     mirrored_text_ends_before_long_numbers},
    {"and up to a length, never within a character", mirrored_text_has_a_bound},
};
REPORT_MAIN("draft", cases)
