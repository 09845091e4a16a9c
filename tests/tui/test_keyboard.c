#include "tests/report.h"
#include "tui/keyboard.h"

#include <string.h>

static void drain(struct keyboard *keyboard, char *out)
{
    struct input input;
    while (keyboard_next(keyboard, &input)) {
        char one[16] = "";
        if (input.code == INPUT_FUNCTION)
            snprintf(one, sizeof one, "F%u", input.ch);
        else if (input.code == INPUT_CHAR)
            snprintf(one, sizeof one, "%c", (char)input.ch);
        else
            for (size_t i = 0; i < 20; i++) {
                static const struct {
                    enum input_code code;
                    const char *name;
                } names[20] = {
                    {INPUT_ENTER, "<CR>"},          {INPUT_UP, "<Up>"},
                    {INPUT_DOWN, "<Dn>"},           {INPUT_LEFT, "<Lt>"},
                    {INPUT_RIGHT, "<Rt>"},          {INPUT_HOME, "<Home>"},
                    {INPUT_END, "<End>"},           {INPUT_DELETE, "<Del>"},
                    {INPUT_PAGE_UP, "<PgUp>"},      {INPUT_PAGE_DOWN, "<PgDn>"},
                    {INPUT_BACK_TAB, "<BTab>"},     {INPUT_TAB, "<Tab>"},
                    {INPUT_PASTE_BEGIN, "<paste>"}, {INPUT_PASTE_END, "</paste>"},
                    {INPUT_SCAN_BEGIN, "<scan>"},   {INPUT_SCAN_END, "</scan>"},
                    {INPUT_KILL, "<^U>"},           {INPUT_KILL_WORD, "<^W>"},
                    {INPUT_BACKSPACE, "<BS>"},      {INPUT_REDRAW, "<^L>"},
                };
                if (names[i].code == input.code)
                    snprintf(one, sizeof one, "%s", names[i].name);
            }
        strcat(out, one);
    }
}

/* Time goes on by `by` milliseconds, as the loop sees it: it ticks when the keyboard asks for it.
 */
static void wait(struct keyboard *keyboard, int64_t *now, int64_t by, char *out)
{
    int64_t until = *now + by;
    for (int due; (due = keyboard_due(keyboard, *now)) >= 0 && *now + due < until;) {
        *now += due > 0 ? due : 1;
        keyboard_tick(keyboard, *now);
        drain(keyboard, out);
    }
    *now = until;
}

/* Feeds bytes that came one by one, `gap` milliseconds apart, and writes what was meant: F9, text,
 * <Up>, nothing. */
static void feed_to(struct keyboard *keyboard, const char *bytes, size_t n, int64_t gap, char *out)
{
    int64_t now = 1000000;
    *out = '\0';
    for (size_t i = 0; i < n; i++) {
        keyboard_take(keyboard, now, (unsigned char)bytes[i]);
        drain(keyboard, out);
        wait(keyboard, &now, gap, out);
    }
    wait(keyboard, &now, 10000, out);
}

static void feed(const char *bytes, int64_t gap, char *out)
{
    struct keyboard keyboard = {0};
    feed_to(&keyboard, bytes, strlen(bytes), gap, out);
}

struct key_case {
    const char *bytes, *want;
};

static void check_cases(const struct key_case *rows, size_t n, const int64_t *gaps, size_t ngaps)
{
    char got[512];
    for (size_t i = 0; i < n; i++)
        for (size_t g = 0; g < ngaps; g++) {
            feed(rows[i].bytes, gaps[g], got);
            if (strcmp(got, rows[i].want) != 0)
                printf("%s, gap %d: %s, not %s\n", rows[i].bytes + 1, (int)gaps[g], got,
                       rows[i].want);
            CU_ASSERT_STRING_EQUAL(got, rows[i].want);
        }
}

static const int64_t gaps[] = {0, 10, 40, 80, 200};

static void split_keys(void)
{
    static const struct key_case rows[] = {
        {"\033[20~", "F9"},
        {"\033[11~", "F1"},
        {"\033[24~", "F12"},
        {"\033OP", "F1"},
        {"\033[[A", "F1"},
        {"\033[[E", "F5"},
        {"\2339", ""}, /* unfinished */
        {"\23320~x", "F9x"},
        {"\217Px", "F1x"},
        {"\0339", "F9"},
        {"\0330", "F10"},
        {"\033\033", "F12"},
        {"\033\033x", "F12x"},
        {"\033a", "a"},
        {"\033Op", "0"},
        {"\033Oj", "*"},
        {"\033OM", "<CR>"},
        {"4\033[20~5", "4F95"},
        {"\033[H\033[F\033[1~\033[4~\033OH\033OF", "<Home><End><Home><End><Home><End>"},
        {"\033[7~\033[8~\033[3~\033[5~\033[6~\033[Z", "<Home><End><Del><PgUp><PgDn><BTab>"},
        {"\033[A\033OB\033[C\033OD", "<Up><Dn><Rt><Lt>"},
        {"\033\033[20~", "F9"}, /* PuTTY and rxvt with Alt */
        {"\033\033OAx", "<Up>x"},
    };
    check_cases(rows, ARRAY_LEN(rows), gaps, ARRAY_LEN(gaps));
}

static void modified_keys(void)
{
    static const struct key_case rows[] = {
        {"\033[1;2P", "F1"},     {"\033[20;5~", "F9"}, {"\033O5P", "F1"},   {"\033O1;2S", "F4"},
        {"\033[23$x", "F11x"},   {"\033[20^", "F9"},   {"\033[20@", "F9"},  {"\033[1;5C", "<Rt>"},
        {"\033[a", "<Up>"},      {"\033Od", "<Lt>"},   {"\033[5C", "<Rt>"}, {"\033[3;5~", "<Del>"},
        {"\033[1;5H", "<Home>"},
    };
    check_cases(rows, ARRAY_LEN(rows), gaps, ARRAY_LEN(gaps));
}

static void not_keys(void)
{
    static const struct key_case rows[] = {
        {"\033[99~x", "x"},         /* no key */
        {"\033[2~x", "x"},          /* Insert */
        {"\033[<0;1;1Mx", "x"},     /* mice */
        {"\033[32;1;1Mx", "x"},     /**/
        {"\033[<35;80;24mx", "x"},  /**/
        {"\033[?1;2cx", "x"},       /* what terminals answer */
        {"\033[24;80Rx", "x"},      /**/
        {"\033[8;24;80tx", "x"},    /**/
        {"\033[?2004;2$yx", "x"},   /**/
        {"\033[Ix\033[Ox", "xx"},   /* the window has got and lost the focus */
        {"\033[57399ux", "x"},      /* kitty */
        {"\033[27;5;65~x", "x"},    /* xterm with modifyOtherKeys */
        {"\033[Px\033[Mx", "x"},    /* PuTTY set to SCO; the second may be a mouse */
        {"\033[25~x", "x"},         /* F13 */
        {"\033\r", "<CR>"},         /* an Escape before Enter */
        {"\033[\r", "<CR>"},        /**/
        {"\033[20\033[21~", "F10"}, /* a key that was cut off */
    };
    char got[64];
    /* a mouse's old report and a terminal's long answer come in one piece */
    static const struct key_case at_once[] = {
        {"\033[M !!x", "x"},
        {"\033]11;rgb:0000/0000/0000\007x", "x"},
        {"\033]11;rgb:0000/0000/0000\033\\x", "x"},
        {"\033P>|xterm(388)\033\\x", "x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].bytes, "\033[Px\033[Mx") != 0)
            check_cases(&rows[i], 1, gaps, ARRAY_LEN(gaps));
    check_cases(at_once, ARRAY_LEN(at_once), gaps, 2);
    feed("\033[Px\033[Mx", 80, got);
    CU_ASSERT_STRING_EQUAL(got, "xx");
}

static void slow_escape(void)
{
    char got[64];
    feed("\0334", 3000, got); /* a digit much later is a digit */
    CU_ASSERT_STRING_EQUAL(got, "4");
    feed("\033\0334", 3000, got);
    CU_ASSERT_STRING_EQUAL(got, "4");
    feed("\033P", 200, got); /* by hand: nothing is swallowed behind it */
    CU_ASSERT_STRING_EQUAL(got, "P");
    feed("\033]x", 200, got);
    CU_ASSERT_STRING_EQUAL(got, "]x");
}

static void pastes(void)
{
    static const struct key_case rows[] = {
        {"\033[200~a\rb\n\033[201~", "<paste>a<CR>b<CR></paste>"},
        {"\033[200~a\r\nb\033[201~c", "<paste>a<CR>b</paste>c"},
        {"\033[200~\033[20~\0339\033OP\033\033x\025\033[201~\033[20~", "<paste>9x</paste>F9"},
        {"\033[200~\00240216\r\033[201~", "<paste>40216<CR></paste>"},
        {"\033[200~a\tb\033[200~c\033[201~", "<paste>a bc</paste>"},
        {"\033[201~", ""}, /* an end without a beginning */
    };
    char got[64];
    check_cases(rows, ARRAY_LEN(rows), gaps, ARRAY_LEN(gaps));
    feed("\033[200~ab", 10, got); /* the link swallowed its end */
    CU_ASSERT_STRING_EQUAL(got, "<paste>ab</paste>");
}

static void scans(void)
{
    static const struct key_case rows[] = {
        {"12\0025012345402161\r3", "12<scan>5012345402161</scan>3"},
        {"\00240216\003", "<scan>40216</scan>"},
        {"\002\r", "<CR>"}, /* Ctrl+B by accident */
        {"\002402\025", "402<^U>"},
    };
    static const int64_t fast[] = {0, 10, 40};
    char got[256];
    check_cases(rows, ARRAY_LEN(rows), fast, ARRAY_LEN(fast));
    feed("\0024021", 500, got); /* typed by hand behind it */
    CU_ASSERT_STRING_EQUAL(got, "4021");
}

/* Enter tells how many characters have come faster than by hand. */
static void bursts(void)
{
    static const struct {
        int64_t gap;
        uint32_t want;
    } rows[] = {{0, 13}, {10, 13}, {14, 13}, {15, 0}, {40, 0}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct keyboard keyboard = {0};
        struct input input = {INPUT_NONE, 0};
        int64_t now = 1000;
        keyboard_take(&keyboard, now, '4');
        keyboard_next(&keyboard, &input);
        now += 300;
        for (const char *at = "5012345402161\r"; *at; at++, now += rows[i].gap) {
            keyboard_take(&keyboard, now, (unsigned char)*at);
            for (struct input each; keyboard_next(&keyboard, &each);)
                input = each;
        }
        CU_ASSERT_EQUAL(input.code, INPUT_ENTER);
        CU_ASSERT_EQUAL(input.ch, rows[i].want);
    }
}

static void learned_keys(void)
{
    struct keyboard sco = {0};
    char got[64];
    keyboard_learn(&sco, "\033[M", (struct input){INPUT_FUNCTION, 1});
    keyboard_learn(&sco, "\033[I", (struct input){INPUT_PAGE_UP, 0});
    keyboard_learn(&sco, "\033[224z", (struct input){INPUT_FUNCTION, 2});
    keyboard_learn(&sco, "\033Ot", (struct input){INPUT_FUNCTION, 5}); /* vt100's; here a digit */
    keyboard_learn(&sco, "not a sequence", (struct input){INPUT_FUNCTION, 6});
    static const char bytes[] = "\033[Mabc\033[I\033[224z\033Otn";
    feed_to(&sco, bytes, sizeof bytes - 1, 10, got);
    CU_ASSERT_STRING_EQUAL(got, "F1abc<PgUp>F24n");
}

/* Whatever arrives, in whatever pieces: it ends, and nothing is written outside. */
static void anything(void)
{
    static const char alphabet[] = "\033\033\033[[OPM0129;~<?$^\r\n\002\003x\233\217 ]\\\007_";
    uint32_t seed = 20251122;
    struct keyboard keyboard = {0};
    int64_t now = 0, inputs = 0;
    struct input input;
    for (int i = 0; i < 400000; i++) {
        seed = seed * 1664525 + 1013904223;
        now += seed >> 24 & 1 ? 0 : (int64_t)(seed >> 25) * 4;
        keyboard_take(&keyboard, now, (unsigned char)alphabet[(seed >> 8) % (sizeof alphabet - 1)]);
        while (keyboard_next(&keyboard, &input))
            inputs++;
    }
    CU_ASSERT_TRUE(inputs > 1000);
    char got[64];
    feed_to(&keyboard, "", 0, 0, got);
    keyboard = (struct keyboard){.state = keyboard.state, .in_paste = keyboard.in_paste};
    now = 2000000;
    keyboard_tick(&keyboard, now);
    drain(&keyboard, (got[0] = '\0', got));
    keyboard_take(&keyboard, now, 'x');
    drain(&keyboard, (got[0] = '\0', got));
    CU_ASSERT_STRING_EQUAL(got, "x");
}

static const struct test_case cases[] = {
    {"a key that arrives in pieces is that key", split_keys},
    {"a key with Shift, Ctrl or Alt is that key", modified_keys},
    {"what has the shape of a key but is none is nothing, never text", not_keys},
    {"an escape alone is forgotten after a while", slow_escape},
    {"a paste is lines of text and nothing else, and it ends", pastes},
    {"a scan is kept apart from what is typed", scans},
    {"what came faster than by hand is counted", bursts},
    {"a terminal's own description adds keys, after our table", learned_keys},
    {"any bytes end in the plain state", anything},
};
REPORT_MAIN("test_keyboard", cases)
