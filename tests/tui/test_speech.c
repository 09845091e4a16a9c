#include "tests/report.h"
#include "tui/app.h"
#include "tui/charset.h"
#include "tui/lines.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct speech said, now;

static void begin(void)
{
    speech_init(&said);
    speech_init(&now);
}

/* What would be printed: the lines that speech_tell counts, caught in a file. */
static const char *told(bool with_title)
{
    static char text[1024];
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    FILE *file = tmpfile();
    dup2(fileno(file), STDOUT_FILENO);
    speech_tell(&now, &said, with_title);
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void end(void)
{
    speech_release(&said);
    speech_release(&now);
}

static void only_news(void)
{
    begin();
    speech_say(&said, "title", "ORDER");
    speech_say(&said, "total", "total %d", 1);
    speech_say(&now, "title", "ORDER");
    speech_say(&now, "ship", "ship to Leeds");
    speech_say(&now, "total", "total %d", 2);
    CU_ASSERT_STRING_EQUAL(told(false), "ship to Leeds\ntotal 2\n");
    CU_ASSERT_STRING_EQUAL(told(true), "ORDER\nship to Leeds\ntotal 2\n");
    end();
}

static void numbers_are_no_news(void)
{
    begin();
    speech_answer(&said, "l1", "ok line 1: ", "1*40216", ", free 5");
    speech_answer(&said, "l2", "ok line 2: ", "1*40227", ", free 5");
    speech_answer(&now, "l2", "ok line 1: ", "1*40227", ", free 4");
    CU_ASSERT_STRING_EQUAL(told(false), "");
    CU_ASSERT_FALSE(speech_answers(&now, &said));
    speech_answer(&now, "l3", "ok line 2: ", "1*40227", ", free 4");
    CU_ASSERT_STRING_EQUAL(told(false), "ok line 2: 1*40227, free 4\n");
    CU_ASSERT_TRUE(speech_answers(&now, &said));
    end();
}

static void two_of_one_key(void)
{
    begin();
    for (int i = 0; i < 2; i++) {
        struct speech *speech = i ? &now : &said;
        speech_warn(speech, "problem", true, "first");
        speech_warn(speech, "problem", false, "second");
    }
    speech_warn(&now, "problem", false, "third");
    CU_ASSERT_STRING_EQUAL(told(false), "! third\n");
    end();
}

static void no_commands(void)
{
    static const struct {
        const char *text, *printed;
    } rows[] = {
        {"plain", "plain\n"},
        {"\x1b[2Jx\a\r\ny\tz\x7f", "?[2Jx???y?z?\n"},
        {"\xc2\x9b"
         "31m",
         "?31m\n"},                  /* CSI in one character */
        {"a\xe2\x80\xae"             /* right-to-left override */
         "b\xe2\x80\x8b\xef\xbb\xbf" /* of no width */
         "c",
         "abc\n"},
        {"\xe2\x80\xa8", "?\n"},                                /* a line separator */
        {"\xe9\x99\xb3 e\xcc\x81", "\xe9\x99\xb3 e\xcc\x81\n"}, /* wide, combining */
        {"bad \xff\xc0", "bad \xef\xbf\xbd\xef\xbf\xbd\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        speech_say(&now, "x", "%s", rows[i].text);
        CU_ASSERT_STRING_EQUAL(told(false), rows[i].printed);
        end();
    }
}

static void many_facts(void)
{
    begin();
    for (int i = 0; i < 5000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        speech_say(&said, key, "line");
        speech_say(&now, key, "line");
    }
    speech_say(&now, "new", "one more");
    CU_ASSERT_STRING_EQUAL(told(false), "one more\n");
    end();
}

static void long_facts(void)
{
    static char long_text[20000];
    memset(long_text, 'x', sizeof long_text - 1);
    begin();
    speech_say(&now, "readback", "read back: %s", long_text);
    CU_ASSERT_EQUAL(strlen(now.facts[0].text), sizeof long_text - 1 + strlen("read back: "));
    end();
}

static void every_screen_speaks(void)
{
    static const struct screen *const screens[] = {
#define SCREEN(name, title) &screen_##name,
#include "tui/screens.def"
#undef SCREEN
    };
    for (size_t i = 0; i < ARRAY_LEN(screens); i++)
        CU_ASSERT_PTR_NOT_NULL(screens[i]->say);
}

static enum line_kind take(struct lines *lines, const char *bytes, char text[ENTRY_TEXT])
{
    size_t n = strlen(bytes);
    memcpy(lines->bytes + lines->n, bytes, n);
    lines->n += n;
    return lines_take(lines, text);
}

static void lines_in(void)
{
    static struct lines lines;
    char text[ENTRY_TEXT];
    CU_ASSERT_EQUAL(take(&lines, "jon", text), LINE_WAIT);
    CU_ASSERT_EQUAL(take(&lines,
                         "es\r\n\x02"
                         "5012\x03\nrest",
                         text),
                    LINE_READY);
    CU_ASSERT_STRING_EQUAL(text, "jones");
    CU_ASSERT_EQUAL(take(&lines, "", text), LINE_READY);
    CU_ASSERT_STRING_EQUAL(text, "5012");
    CU_ASSERT_EQUAL(take(&lines, "", text), LINE_WAIT);
    lines.ended = true;
    CU_ASSERT_EQUAL(take(&lines, "", text), LINE_READY);
    CU_ASSERT_STRING_EQUAL(text, "rest");
    CU_ASSERT_EQUAL(take(&lines, "", text), LINE_END);
    for (size_t i = 0; i < sizeof lines.bytes; i++) /* a secret does not stay */
        CU_ASSERT_EQUAL_FATAL(lines.bytes[i], 0);
}

static const struct test_case cases[] = {
    {"what was said is not said again", only_news},
    {"another number of a line or another stock is no news", numbers_are_no_news},
    {"two facts about one thing", two_of_one_key},
    {"no text is a command to a terminal", no_commands},
    {"a long order", many_facts},
    {"a long sentence is said to its end", long_facts},
    {"every screen can be worked without seeing it", every_screen_speaks},
    {"lines are read whole, and leave nothing behind", lines_in},
};

int main(void)
{
    charset_apply("utf-8");
    return report_run("test_speech", cases, ARRAY_LEN(cases));
}
