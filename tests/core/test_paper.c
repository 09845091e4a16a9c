#include "core/paper.h"

#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

static struct paper empty(void)
{
    struct paper paper;
    paper_init(&paper, arena);
    return paper;
}

static void is_text(const struct paper *paper, const char *expected)
{
    const char *text = paper_text(paper);
    if (strcmp(text, expected) != 0)
        printf("   got:\n%s   expected:\n%s", text, expected);
    CU_ASSERT_STRING_EQUAL(text, expected);
}

/* The bytes, as C would write them; those that a printer takes as codes in <>. */
static void is_bytes(const struct paper *paper, const char *expected)
{
    struct text out;
    size_t len;
    const char *bytes = paper_escpos(paper, &len);
    text_init(&out, arena);
    for (size_t i = 0; i < len; i++)
        if (bytes[i] >= ' ' && bytes[i] <= '~')
            text_addc(&out, bytes[i]);
        else
            text_printf(&out, "<%02X>", (unsigned char)bytes[i]);
    if (strcmp(out.data, expected) != 0)
        printf("   got:      %s\n   expected: %s\n", out.data, expected);
    CU_ASSERT_STRING_EQUAL(out.data, expected);
}

static void widths_are_those_of_the_screen(void)
{
    static const struct {
        const char *text;
        size_t width;
    } rows[] = {{"", 0},        {"abc", 3},      {"Müller", 6},
                {"陳 美玲", 7}, {"ｆｕｌｌ", 8}, {"e\xCC\x81", 1}, /* e and a combining acute */
                {"한국", 4},    {"🎁", 2},        {"…", 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        CU_ASSERT_EQUAL(paper_width(rows[i].text), rows[i].width);
}

static void rows_have_both_margins(void)
{
    struct paper p = empty();
    paper_pair(&p, PAPER_PLAIN, "left", "right");
    paper_pair(&p, PAPER_PLAIN, "丝绒玫瑰淡香精", "24.50");
    paper_pair(&p, PAPER_PLAIN, "a name that is much longer than the room there is for it", "9.99");
    paper_pair(&p, PAPER_PLAIN, "丝绒玫瑰淡香精五十毫升装礼盒限量版丝绒玫瑰淡香精", "9.99");
    paper_pair(&p, PAPER_PLAIN, "no right", "");
    is_text(&p, "left                                 right\n"
                "丝绒玫瑰淡香精                       24.50\n"
                "a name that is much longer than the r 9.99\n"
                "丝绒玫瑰淡香精五十毫升装礼盒限量版丝  9.99\n"
                "no right\n");
}

static void long_texts_are_wrapped_at_blanks(void)
{
    struct paper p = empty();
    paper_left(&p, PAPER_PLAIN, "");
    paper_left(&p, PAPER_PLAIN, "what is longer than a row goes on in the next one, word by word");
    paper_left(&p, PAPER_PLAIN, "https://pay.example/0123456789012345678901234567890123456789");
    paper_centre(&p, PAPER_PLAIN, "in the middle");
    paper_centre(&p, PAPER_PLAIN, "什么都有的天鹅绒商店什么都有的天鹅绒商店什么都有");
    paper_rule(&p);
    is_text(&p, "\n"
                "what is longer than a row goes on in the\n"
                "next one, word by word\n"
                "https://pay.example/0123456789012345678901\n"
                "234567890123456789\n"
                "              in the middle\n"
                "什么都有的天鹅绒商店什么都有的天鹅绒商店什\n"
                "                  么都有\n"
                "------------------------------------------\n");
}

static void codes_of_the_printer_cannot_be_typed(void)
{
    struct paper p = empty();
    paper_left(&p, PAPER_PLAIN,
               "a\x1Bp\n\xC2\x9B"
               "b\xFF");
    is_text(&p, "a p  b\xEF\xBF\xBD\n");
}

static void bytes_are_codes_rows_and_a_cut(void)
{
    struct paper p = empty();
    paper_pair(&p, PAPER_PLAIN, "Rückgeld €", "1.00");
    paper_left(&p, PAPER_BOLD, "bold");
    paper_left(&p, PAPER_TALL, "tall");
    paper_left(&p, PAPER_PLAIN, "plain");
    is_bytes(&p, "<1B>@<1B>t<10>"
                 "R<FC>ckgeld <80>                            1.00<0A>"
                 "<1B>E<01><1D>!<00>bold<0A>"
                 "<1B>E<01><1D>!<01>tall<0A>"
                 "<1B>E<00><1D>!<00>plain<0A>"
                 "<1D>VB<03>");
}

static void other_letters_are_sent_as_utf8(void)
{
    struct paper p = empty();
    paper_left(&p, PAPER_TALL, "茶 ü");
    is_bytes(&p, "<1B>@<1C>(C<02><00>02"
                 "<1B>E<01><1D>!<01><E8><8C><B6> <C3><BC><0A><1B>E<00><1D>!<00>"
                 "<1D>VB<03>");
}

static void the_drawer_is_kicked_and_codes_can_be_scanned(void)
{
    struct paper p = empty();
    p.kick = true;
    paper_qr(&p, "100006075", false);
    paper_qr(&p, "https://x", true);
    is_text(&p, "https://x\n");
    is_bytes(&p, "<1B>@<1B>t<10><1B>p<00><19><FA>"
                 "<1B>a<01><1D>(k<04><00>1A2<00><1D>(k<03><00>1C<06><1D>(k<03><00>1E1"
                 "<1D>(k<0C><00>1P0100006075<1D>(k<03><00>1Q0<0A><1B>a<00>"
                 "<1B>a<01><1D>(k<04><00>1A2<00><1D>(k<03><00>1C<06><1D>(k<03><00>1E1"
                 "<1D>(k<0C><00>1P0https://x<1D>(k<03><00>1Q0<0A><1B>a<00>"
                 "<1D>VB<03>");
}

static void many_rows_fit(void)
{
    struct paper p = empty();
    for (int i = 0; i < 1000; i++)
        paper_left(&p, PAPER_PLAIN, "x");
    CU_ASSERT_EQUAL(strlen(paper_text(&p)), 2000);
}

static const struct test_case cases[] = {
    {"widths are those of the screen", widths_are_those_of_the_screen},
    {"rows have both margins", rows_have_both_margins},
    {"long texts are wrapped at blanks", long_texts_are_wrapped_at_blanks},
    {"codes of the printer cannot be typed", codes_of_the_printer_cannot_be_typed},
    {"bytes are codes, rows and a cut", bytes_are_codes_rows_and_a_cut},
    {"other letters are sent as UTF-8", other_letters_are_sent_as_utf8},
    {"the drawer is kicked, and codes can be scanned",
     the_drawer_is_kicked_and_codes_can_be_scanned},
    {"many rows fit", many_rows_fit},
};

int main(void)
{
    arena = arena_new();
    int result = report_run("paper", cases, ARRAY_LEN(cases));
    arena_free(arena);
    return result;
}
