/* core/text.h: text that grows, and well-formed UTF-8 after Unicode, table 3-7. */
#include "core/text.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static void text_grows_and_stays_a_string(void)
{
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    CU_ASSERT_STRING_EQUAL(text.data, "");
    text_add(&text, "3*");
    text_addn(&text, "60422xxx", 5);
    text_addc(&text, ' ');
    text_printf(&text, "%s %d", "gift set", 4);
    CU_ASSERT_STRING_EQUAL(text.data, "3*60422 gift set 4");
    CU_ASSERT_EQUAL(text.len, strlen(text.data));
    for (int i = 0; i < 5000; i++) {
        text_addc(&text, 'x');
        CU_ASSERT_FATAL(text.data[text.len] == '\0');
    }
    CU_ASSERT_EQUAL(strlen(text.data), 18 + 5000);
    text_printf(&text, "%*d", 9000, 7);
    CU_ASSERT_EQUAL(text.len, 18 + 5000 + 9000);
    CU_ASSERT_EQUAL(text.data[text.len - 1], '7');
    text_clear(&text);
    CU_ASSERT(text.len == 0 && text.data[0] == '\0');
    text_add(&text, "again");
    text_add(&text, text.data);
    CU_ASSERT_STRING_EQUAL(text.data, "againagain");
    text_addn(&text, "a\0b", 3);
    CU_ASSERT(text.len == 13 && memcmp(text.data + 10, "a\0b", 4) == 0);
    arena_free(arena);
}

static const struct {
    const char *bytes;
    size_t len;
    bool valid;
} utf8[] = {
    {"", 0, true},
    {"Jones", 5, true},
    {"\xC3\xA9", 2, true},
    {"\xE9\x99\xB3\xE7\xBE\x8E", 6, true},
    {"\xF0\x9F\x98\x80", 4, true},
    {"\xC2\x80", 2, true},
    {"\xDF\xBF", 2, true},
    {"\xE0\xA0\x80", 3, true},
    {"\xED\x9F\xBF", 3, true},
    {"\xEE\x80\x80", 3, true},
    {"\xEF\xBF\xBF", 3, true},
    {"\xF0\x90\x80\x80", 4, true},
    {"\xF4\x8F\xBF\xBF", 4, true},
    {"\0", 1, false}, /* NUL */
    {"a\0b", 3, false},
    {"\x80", 1, false}, /* a tail alone */
    {"\xBF", 1, false},
    {"\xC0\x80", 2, false}, /* overlong */
    {"\xC1\xBF", 2, false},
    {"\xE0\x9F\xBF", 3, false},
    {"\xF0\x8F\xBF\xBF", 4, false},
    {"\xED\xA0\x80", 3, false}, /* surrogates */
    {"\xED\xBF\xBF", 3, false},
    {"\xF4\x90\x80\x80", 4, false}, /* above U+10FFFF */
    {"\xF5\x80\x80\x80", 4, false},
    {"\xFE", 1, false},
    {"\xFF", 1, false},
    {"\xC3", 1, false}, /* cut short */
    {"\xE9\x99", 2, false},
    {"\xF0\x9F\x98", 3, false},
    {"\xC3\x41", 2, false}, /* tail missing */
    {"\xE9\x99\x41", 3, false},
    {"\xF0\x9F\x41\x80", 4, false},
};

static void only_well_formed_utf8_is_valid(void)
{
    for (size_t i = 0; i < ARRAY_LEN(utf8); i++) {
        if (utf8_valid(utf8[i].bytes, utf8[i].len) != utf8[i].valid)
            printf("   row %zu\n", i);
        CU_ASSERT_EQUAL(utf8_valid(utf8[i].bytes, utf8[i].len), utf8[i].valid);
    }
}

static size_t encode(uint32_t c, char out[4])
{
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(c | marks[n]);
    return n;
}

static void every_code_point_is_read_back(void)
{
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        char bytes[4], written[4];
        size_t n = encode(c, bytes);
        CU_ASSERT_FATAL(utf8_write(written, c) == n && memcmp(written, bytes, n) == 0);
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        const char *at = bytes;
        uint32_t back = utf8_next(&at, bytes + n);
        CU_ASSERT_FATAL(utf8_valid(bytes, n) == !surrogate);
        CU_ASSERT_FATAL(back == (surrogate ? 0xFFFD : c));
        CU_ASSERT_FATAL(at == bytes + (surrogate ? 1 : n));
    }
}

static void bad_bytes_are_read_one_at_a_time(void)
{
    const char bytes[] = "a\xC3\xE9\x99z", *at = bytes, *end = bytes + 5;
    CU_ASSERT_EQUAL(utf8_next(&at, end), 'a');
    CU_ASSERT_EQUAL(utf8_next(&at, end), 0xFFFD);
    CU_ASSERT_EQUAL(utf8_next(&at, end), 0xFFFD);
    CU_ASSERT_EQUAL(utf8_next(&at, end), 0xFFFD);
    CU_ASSERT_EQUAL(utf8_next(&at, end), 'z');
    CU_ASSERT_PTR_EQUAL(at, end);
}

/* Reading to the end agrees with utf8_valid about whether something is wrong, and never reads past
 * the end (the buffer is exact, so that the sanitizer sees it). */
static void random_bytes_never_lead_past_the_end(void)
{
    uint64_t seed = report_seed();
    for (int i = 0; i < 100000; i++) {
        struct arena *arena = arena_new();
        size_t len = random_below(&seed, 12);
        char *bytes = arena_alloc(arena, len);
        for (size_t k = 0; k < len; k++)
            bytes[k] = (char)(random_below(&seed, 3) ? random_below(&seed, 0x100) | 0x80 : 0x41);
        bool wrong = false;
        const char *at = bytes;
        while (at < bytes + len) {
            const char *from = at;
            uint32_t c = utf8_next(&at, bytes + len);
            bool honest = at - from == 3 && memcmp(from, "\xEF\xBF\xBD", 3) == 0;
            wrong = wrong || (c == 0xFFFD && !honest);
        }
        CU_ASSERT_FATAL(at == bytes + len);
        CU_ASSERT_FATAL(utf8_valid(bytes, len) == !wrong);
        arena_free(arena);
    }
}

static void markup_becomes_text(void)
{
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    text_add(&text, "<b>");
    text_add_html(&text, "\"O'Brien\" <& \xE9\x99\xB3>");
    text_add_html(&text, "");
    CU_ASSERT_STRING_EQUAL(text.data, "<b>&quot;O&#39;Brien&quot; &lt;&amp; \xE9\x99\xB3&gt;");
    arena_free(arena);
}

static void control_characters_are_not_printable(void)
{
    CU_ASSERT(utf8_is_printable("O'Brien \xE9\x99\xB3", 11));
    CU_ASSERT(utf8_is_printable("", 0));
    CU_ASSERT(utf8_is_printable("\xC2\xA0", 2));
    static const char *const controls[] = {"\x01", "a\tb",     "a\n",     "\x1B[1m",
                                           "\x7F", "\xC2\x80", "\xC2\x9F"};
    for (size_t i = 0; i < ARRAY_LEN(controls); i++)
        CU_ASSERT_FALSE(utf8_is_printable(controls[i], strlen(controls[i])));
    CU_ASSERT_FALSE(utf8_is_printable("\0", 1));
}

static void numbers_are_added_in_decimal(void)
{
    static const struct {
        int64_t value;
        const char *text;
    } rows[] = {{0, "0"},
                {7, "7"},
                {-7, "-7"},
                {1234567890, "1234567890"},
                {INT64_MAX, "9223372036854775807"},
                {INT64_MIN, "-9223372036854775808"}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct text text;
        text_init(&text, arena);
        text_add_int(&text, rows[i].value);
        CU_ASSERT_STRING_EQUAL(text.data, rows[i].text);
    }
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"a number is added in decimal, to the ends of its range", numbers_are_added_in_decimal},
    {"text grows and stays a string", text_grows_and_stays_a_string},
    {"only well-formed UTF-8 is valid", only_well_formed_utf8_is_valid},
    {"every code point is written and read back, surrogates are not read",
     every_code_point_is_read_back},
    {"bad bytes are read one at a time", bad_bytes_are_read_one_at_a_time},
    {"random bytes never lead past the end", random_bytes_never_lead_past_the_end},
    {"markup becomes text", markup_becomes_text},
    {"control characters are not printable", control_characters_are_not_printable},
};
REPORT_MAIN("text", cases)
