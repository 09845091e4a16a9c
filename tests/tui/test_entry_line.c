#include "tests/report.h"
#include "tui/entry_line.h"

#include <locale.h>
#include <string.h>

static void press(struct entry_line *line, enum input_code code, uint32_t ch)
{
    entry_line_key(line, &(struct input){code, ch});
}

static void type(struct entry_line *line, const char *text)
{
    for (; *text; text++)
        press(line, INPUT_CHAR, (uint32_t)(unsigned char)*text);
}

static void edits(void)
{
    static struct entry_line line;
    char out[ENTRY_TEXT];
    type(&line, "jones sar");
    press(&line, INPUT_KILL_WORD, 0);
    press(&line, INPUT_CHAR, 0x9673); /* a wide character */
    press(&line, INPUT_LEFT, 0);
    press(&line, INPUT_CHAR, 0xE9);
    CU_ASSERT_STRING_EQUAL(line.text, "jones \xC3\xA9\xE9\x99\xB3");
    press(&line, INPUT_BACKSPACE, 0);
    press(&line, INPUT_DELETE, 0);
    press(&line, INPUT_HOME, 0);
    press(&line, INPUT_DELETE, 0);
    press(&line, INPUT_BACKSPACE, 0);
    CU_ASSERT_STRING_EQUAL(line.text, "ones ");
    CU_ASSERT_TRUE(entry_line_take(&line, out));
    CU_ASSERT_STRING_EQUAL(out, "ones ");
    CU_ASSERT_EQUAL(line.len, 0);
    type(&line, "   ");
    CU_ASSERT_FALSE(entry_line_take(&line, out));
}

static void history(void)
{
    static struct entry_line line;
    char out[ENTRY_TEXT];
    for (int i = 0; i < ENTRY_HISTORY + 10; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        type(&line, text);
        CU_ASSERT_TRUE(entry_line_take(&line, out));
    }
    type(&line, "being typed");
    press(&line, INPUT_UP, 0);
    CU_ASSERT_STRING_EQUAL(line.text, "73");
    for (int i = 0; i < 500; i++)
        press(&line, INPUT_UP, 0);
    CU_ASSERT_STRING_EQUAL(line.text, "10");
    for (int i = 0; i < 500; i++)
        press(&line, INPUT_DOWN, 0);
    CU_ASSERT_STRING_EQUAL(line.text, "being typed");
}

/* Keys at random: the line stays well-formed, within its bounds, and the cursor inside. */
static void any_keys(void)
{
    static const uint32_t chars[] = {'a', ' ', '4', 0xE9, 0x9673, 0x1F600, 0x301};
    static struct entry_line line;
    char out[ENTRY_TEXT];
    unsigned long long seed = report_seed();
    for (int i = 0; i < 200000; i++) {
        seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
        unsigned draw = (unsigned)(seed >> 33);
        enum input_code code =
            draw % 3 ? INPUT_CHAR : (enum input_code)(draw / 8 % INPUT_PASTE_END);
        press(&line, code, chars[draw / 64 % ARRAY_LEN(chars)]);
        if (draw % 4001 == 0)
            entry_line_take(&line, out);
        if (line.len >= ENTRY_TEXT || line.at > line.len || strlen(line.text) != line.len ||
            (line.at < line.len && ((unsigned char)line.text[line.at] & 0xC0) == 0x80)) {
            CU_FAIL_FATAL("the line is broken");
        }
    }
    CU_PASS("all steps");
}

static const struct test_case cases[] = {
    {"text is edited by characters, not bytes", edits},
    {"history goes up and down and keeps what is being typed", history},
    {"no keys break the line", any_keys},
};
REPORT_MAIN("test_entry_line", cases)
