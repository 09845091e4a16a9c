#include "tests/report.h"
#include "tui/keyboard.h"

#include <curses.h>
#include <string.h>

/* Feeds bytes that came one by one, `gap` milliseconds apart, as curses gives them when they are no
 * key of its own. Writes what was meant: F9, text, <Up>, nothing. */
static void feed(const char *bytes, int64_t gap, char *out)
{
    struct keyboard keyboard = {0};
    struct input input;
    int64_t now = 1000000;
    *out = '\0';
    for (; *bytes; bytes++, now += gap) {
        char one[16] = "";
        if (!keyboard_read(&keyboard, now, false, (wint_t)(unsigned char)*bytes, &input))
            continue;
        if (input.code == INPUT_FUNCTION)
            snprintf(one, sizeof one, "F%u", input.ch);
        else if (input.code == INPUT_CHAR)
            snprintf(one, sizeof one, "%c", (char)input.ch);
        else
            snprintf(one, sizeof one, "<%d>", (int)input.code);
        strcat(out, one);
    }
}

static void split_keys(void)
{
    static const struct {
        const char *bytes, *want;
    } cases[] = {
        {"\033[20~", "F9"},
        {"\033[11~", "F1"},
        {"\033[24~", "F12"},
        {"\033OP", "F1"},
        {"\033[[A", "F1"},
        {"\033[[E", "F5"},
        {"\033[1;2P", "F1"},
        {"\033[20;5~", "F9"},
        {"\0339", "F9"},
        {"\0330", "F10"},
        {"\033\033", "F12"},
        {"\033a", "a"},
        {"\033[99~x", "x"},
        {"\033[<0;1;1Mx", "x"},
        {"\033[?1;2cx", "x"},
        {"4\033[20~5", "4F95"},
        {"\033Op", "0"},
        {"\033Oj", "*"},
        {"\002"
         "40216",
         "40216"},
        {"\033[57399ux", "x"},
    };
    static const int64_t gaps[] = {10, 40, 80, 200};
    char got[256];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        for (size_t g = 0; g < ARRAY_LEN(gaps); g++) {
            feed(cases[i].bytes, gaps[g], got);
            CU_ASSERT_STRING_EQUAL(got, cases[i].want);
        }
}

static void slow_escape(void)
{
    char got[64];
    feed("\0334", 3000, got); /* a digit much later is a digit */
    CU_ASSERT_STRING_EQUAL(got, "4");
    feed("\033\0334", 3000, got);
    CU_ASSERT_STRING_EQUAL(got, "4");
}

static void keys_of_curses(void)
{
    struct keyboard keyboard = {0};
    struct input input;
    CU_ASSERT_TRUE(keyboard_read(&keyboard, 0, true, KEY_F(9), &input));
    CU_ASSERT_TRUE(input.code == INPUT_FUNCTION && input.ch == 9);
    CU_ASSERT_TRUE(keyboard_read(&keyboard, 0, true, KEY_UP, &input));
    CU_ASSERT_EQUAL(input.code, INPUT_UP);
    CU_ASSERT_FALSE(keyboard_read(&keyboard, 0, true, KEY_MAX + 40, &input));
    CU_ASSERT_FALSE(keyboard_read(&keyboard, 0, true, KEY_MOUSE, &input));
}

static const struct test_case cases[] = {
    {"a key that arrives in pieces is that key or nothing, never text", split_keys},
    {"an escape alone is forgotten after a while", slow_escape},
    {"what curses knows is taken from it, what it makes up is not", keys_of_curses},
};
REPORT_MAIN("test_keyboard", cases)
