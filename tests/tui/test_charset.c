#include "tui/charset.h"

#include "core/text.h"
#include "tests/report.h"

#include <string.h>

/* What is sent for a text, in UTF-8; its cells are added up. */
static void send(const char *text, char out[256], int *cells)
{
    const char *end = text + strlen(text);
    char *to = out;
    *cells = 0;
    while (text < end) {
        wchar_t glyphs[CHARSET_GLYPHS];
        uint32_t ch = utf8_next(&text, end);
        int n = charset_glyphs(ch, glyphs);
        *cells += charset_cells(ch);
        for (int i = 0; i < n; i++)
            to += utf8_write(to, (uint32_t)glyphs[i]);
    }
    *to = '\0';
}

struct sent {
    const char *text, *sent;
    int cells;
};

static void expect(const struct sent *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char out[256];
        int cells;
        send(cases[i].text, out, &cells);
        CU_ASSERT_STRING_EQUAL(out, cases[i].sent);
        CU_ASSERT_EQUAL(cells, cases[i].cells);
    }
}

static void on_utf8_everything_is_itself(void)
{
    static const struct sent cases[] = {
        {"Müller & Ångström", "Müller & Ångström", 17},
        {"陳 美玲", "陳 美玲", 7},
        {"e\u0301", "e\u0301", 1},
        {"a\u200Bb\u202Ec\uFEFF", "abc", 3},
        {"\033[31m\a\xC2\x9B", "?[31m??", 7},
        {"\xFF", "\uFFFD", 1},
    };
    charset_apply("utf-8");
    expect(cases, ARRAY_LEN(cases));
    CU_ASSERT_TRUE(charset_shows("中文"));
    CU_ASSERT_FALSE(charset_shows("\033"));
}

static void on_ascii_letters_have_likenesses(void)
{
    static const struct sent cases[] = {
        {"Müller & Ångström", "Mueller & Angstroem", 19},
        {"Straße", "Strasse", 7},
        {"ÄÖÜ ß ÿ Ž ſ", "AeOeUe ss y Z s", 15},
        {"Łódź, Dvořák, Čapek", "Lodz, Dvorak, Capek", 19},
        {"12 € – 3 £ … „so“", "12 EUR - 3 GBP ... \"so\"", 23},
        {"½ ¼ ¾ ²", "1/2 1/4 3/4 2", 13},
        {"\u00A0", " ", 1},
        {"陳 美玲", "? ??", 4},
        {"Ａ，１：", "A,1:", 4},
        {"、。", ",.", 2},
        {"e\u0301", "e", 1},
        {"a\u200Bb\u202Ec", "abc", 3},
        {"\033[31m\xC2\x9B", "?[31m?", 6},
    };
    charset_apply("ascii");
    expect(cases, ARRAY_LEN(cases));
    CU_ASSERT_FALSE(charset_shows("中文"));
    CU_ASSERT_TRUE(charset_shows("Deutsch"));
}

static void nothing_sent_is_a_command(void)
{
    static const char *const names[] = {"utf-8", "ascii"};
    for (size_t c = 0; c < ARRAY_LEN(names); c++) {
        charset_apply(names[c]);
        for (uint32_t ch = 0; ch < 0x30000; ch++) {
            wchar_t glyphs[CHARSET_GLYPHS];
            int n = charset_glyphs(ch, glyphs), cells = 0;
            CU_ASSERT_FATAL(n >= 0 && n <= CHARSET_GLYPHS);
            for (int i = 0; i < n; i++) {
                bool control = glyphs[i] < 0x20 || (glyphs[i] >= 0x7F && glyphs[i] < 0xA0);
                CU_ASSERT_FATAL(!control && (c == 0 || glyphs[i] < 0x7F));
                cells += wcwidth(glyphs[i]);
            }
            CU_ASSERT_FATAL(cells == charset_cells(ch));
        }
    }
}

static const struct test_case cases[] = {
    {"on UTF-8 everything that is no command is sent as it is", on_utf8_everything_is_itself},
    {"on ASCII letters are sent as others that read like them", on_ascii_letters_have_likenesses},
    {"nothing sent is a command, and cells are reckoned as sent", nothing_sent_is_a_command},
};
REPORT_MAIN("test_charset", cases)
