#include "core/receipt.h"

#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

#define M(minor)                                                                                   \
    {                                                                                              \
        (minor)                                                                                    \
    }

static void is_text(const struct paper *paper, const char *expected)
{
    const char *text = paper_text(paper);
    if (strcmp(text, expected) != 0)
        printf("   got:\n%s   expected:\n%s", text, expected);
    CU_ASSERT_STRING_EQUAL(text, expected);
    for (const char *row = text; *row; row += strcspn(row, "\n") + 1)
        CU_ASSERT(paper_width(arena_strndup(arena, row, strcspn(row, "\n"))) <= PAPER_COLUMNS);
}

static struct receipt_line lines[] = {
    {"40216", "Velvet Rose eau de parfum 50ml", 1, M(2450), M(0), M(2450)},
    {"40227", "Velvet Rose hand cream 75ml", 2, M(895), M(179), M(1611)},
    {"60422", "Winter gift set, a kit of four with a ribbon", 1, M(2950), M(0), M(2950)},
};
static struct receipt_tax taxes[] = {{200000, M(6511), M(1085)}, {55000, M(500), M(26)}};
static struct receipt_tender tenders[] = {{"certificate", M(511), M(0), M(0)},
                                          {"cash", M(6500), M(7000), M(0)}};

static struct receipt sale(void)
{
    return (struct receipt){.company = "Velvet & Vale",
                            .site = "Showroom Leeds",
                            .till = "Till 2",
                            .seller = "TOLU",
                            .number = "100006075",
                            .at = "2025-11-22 12:31",
                            .buyer = "1047296 JONES, Sarah",
                            .currency = "GBP",
                            .exponent = 2,
                            .tax_included = true,
                            .lines = lines,
                            .nlines = ARRAY_LEN(lines),
                            .total = M(7011),
                            .taxes = taxes,
                            .ntaxes = ARRAY_LEN(taxes),
                            .tenders = tenders,
                            .ntenders = ARRAY_LEN(tenders)};
}

static struct paper written(enum language language, struct receipt receipt)
{
    struct paper paper;
    paper_init(&paper, arena);
    receipt_write(&paper, language, &receipt);
    return paper;
}

static void a_sale_with_change(void)
{
    struct paper p = written(LANGUAGE_en, sale());
    CU_ASSERT(p.kick);
    is_text(&p, "              Velvet & Vale\n"
                "              Showroom Leeds\n"
                "\n"
                "Order 100006075           2025-11-22 12:31\n"
                "Till 2                                TOLU\n"
                "1047296 JONES, Sarah\n"
                "------------------------------------------\n"
                "40216 Velvet Rose eau de parfum 50ml 24.50\n"
                "40227 Velvet Rose hand cream 75ml\n"
                "  2 x 8.95                           17.90\n"
                "  Discount                           -1.79\n"
                "60422 Winter gift set, a kit of four 29.50\n"
                "------------------------------------------\n"
                "TOTAL GBP                            70.11\n"
                "gift certificate                      5.11\n"
                "cash                                 70.00\n"
                "Change                                5.00\n"
                "\n"
                "Tax 20% of 65.11                     10.85\n"
                "Tax 5.5% of 5.00                      0.26\n"
                "        Thank you for your visit.\n");
}

static void in_german(void)
{
    struct paper p = written(LANGUAGE_de, sale());
    is_text(&p, "              Velvet & Vale\n"
                "              Showroom Leeds\n"
                "\n"
                "Bestellung 100006075      2025-11-22 12:31\n"
                "Till 2                                TOLU\n"
                "1047296 JONES, Sarah\n"
                "------------------------------------------\n"
                "40216 Velvet Rose eau de parfum 50ml 24.50\n"
                "40227 Velvet Rose hand cream 75ml\n"
                "  2 x 8.95                           17.90\n"
                "  Rabatt                             -1.79\n"
                "60422 Winter gift set, a kit of four 29.50\n"
                "------------------------------------------\n"
                "SUMME GBP                            70.11\n"
                "Geschenkgutschein                     5.11\n"
                "Bar                                  70.00\n"
                "Rückgeld                              5.00\n"
                "\n"
                "Steuer 20% von 65.11                 10.85\n"
                "Steuer 5.5% von 5.00                  0.26\n"
                "      Vielen Dank für Ihren Besuch.\n");
}

static void a_copy_in_chinese(void)
{
    struct receipt r = sale();
    struct receipt_line one = {"40216", "丝绒玫瑰淡香精五十毫升", 12, M(16800), M(0), M(201600)};
    struct receipt_tender cash = {"cash", M(201600), M(201600), M(16800)};
    r.company = "天鹅绒商店";
    r.site = "上海展厅";
    r.till = "1号收银台";
    r.seller = "李小龙";
    r.buyer = NULL;
    r.currency = "CNY";
    r.is_copy = true;
    r.lines = &one;
    r.nlines = r.ntenders = 1;
    r.tenders = &cash;
    r.total = money_of(201600);
    r.ntaxes = 0;
    struct paper p = written(LANGUAGE_zh_CN, r);
    CU_ASSERT(!p.kick);
    is_text(&p, "                天鹅绒商店\n"
                "                 上海展厅\n"
                "                   副本\n"
                "\n"
                "订单 100006075            2025-11-22 12:31\n"
                "1号收银台                           李小龙\n"
                "------------------------------------------\n"
                "40216 丝绒玫瑰淡香精五十毫升\n"
                "  12 x 168.00                     2,016.00\n"
                "------------------------------------------\n"
                "合计 CNY                          2,016.00\n"
                "现金                              2,016.00\n"
                "  退回                             -168.00\n"
                "\n"
                "                谢谢惠顾。\n");
}

/* Tax comes on top, the rest is paid by a link; nothing of it was cash, so that the drawer stays
 * shut. */
static void a_sale_that_waits(void)
{
    struct receipt r = sale();
    struct receipt_tender card = {"card_present", M(1000), M(0), M(0)};
    r.tax_included = false;
    r.tax_added = money_of(465);
    r.delivery = money_of(395);
    r.total = money_of(7871);
    r.due = money_of(6871);
    r.tenders = &card;
    r.ntenders = 1;
    r.link = "https://pay.example/c/pay/cs_0123456789abcdef";
    struct paper p = written(LANGUAGE_en, r);
    CU_ASSERT(!p.kick);
    is_text(&p, "              Velvet & Vale\n"
                "              Showroom Leeds\n"
                "\n"
                "Order 100006075           2025-11-22 12:31\n"
                "Till 2                                TOLU\n"
                "1047296 JONES, Sarah\n"
                "------------------------------------------\n"
                "40216 Velvet Rose eau de parfum 50ml 24.50\n"
                "40227 Velvet Rose hand cream 75ml\n"
                "  2 x 8.95                           17.90\n"
                "  Discount                           -1.79\n"
                "60422 Winter gift set, a kit of four 29.50\n"
                "------------------------------------------\n"
                "Delivery                              3.95\n"
                "Tax                                   4.65\n"
                "TOTAL GBP                            78.71\n"
                "card terminal                        10.00\n"
                "Still to pay                         68.71\n"
                "\n"
                "Tax 20% of 65.11                     10.85\n"
                "Tax 5.5% of 5.00                      0.26\n"
                "Pay the rest here:\n"
                "https://pay.example/c/pay/cs_0123456789abc\n"
                "def\n"
                "        Thank you for your visit.\n");
}

static void a_void_says_so(void)
{
    struct receipt r = sale();
    r.is_void = true;
    r.due = money_of(100); /* of nothing */
    r.nlines = 1;
    r.ntaxes = 0;
    r.ntenders = 1;
    r.buyer = NULL;
    struct paper p = written(LANGUAGE_en, r);
    is_text(&p, "              Velvet & Vale\n"
                "              Showroom Leeds\n"
                "                   VOID\n"
                "\n"
                "Order 100006075           2025-11-22 12:31\n"
                "Till 2                                TOLU\n"
                "------------------------------------------\n"
                "40216 Velvet Rose eau de parfum 50ml 24.50\n"
                "------------------------------------------\n"
                "TOTAL GBP                            70.11\n"
                "gift certificate                      5.11\n"
                "\n"
                "        Thank you for your visit.\n");
}

static void currencies_have_their_digits(void)
{
    struct receipt r = sale();
    struct receipt_line one = {"1", "Tea", 3, M(120), M(0), M(360)};
    struct receipt_tender cash = {"cash", M(360), M(1000), M(0)};
    r.exponent = 0;
    r.currency = "JPY";
    r.lines = &one;
    r.nlines = r.ntenders = 1;
    r.tenders = &cash;
    r.total = money_of(360);
    r.ntaxes = 0;
    r.buyer = NULL;
    struct paper p = written(LANGUAGE_en, r);
    CU_ASSERT_PTR_NOT_NULL(strstr(paper_text(&p), "TOTAL JPY                              360\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(paper_text(&p), "Change                                 640\n"));
}

/* ---- reports --------------------------------------------------------------------------------- */

static struct report_tender taken[] = {{"card_present", 1, M(700), M(0), false},
                                       {"cash", 5, M(13841), M(2190), false}};
static struct report_move moves[] = {{true, M(2000), "change from the bank"},
                                     {false, M(350), "milk for the coffee"}};

static struct report day(void)
{
    return (struct report){.company = "Velvet & Vale",
                           .site = "Showroom Leeds",
                           .till = "Till 2",
                           .seller = "TOLU",
                           .opened = "2025-11-22 09:00",
                           .at = "2025-11-22 17:30",
                           .currency = "GBP",
                           .exponent = 2,
                           .sales = {5, M(123456)},
                           .voids = {1, M(1095)},
                           .returns = {1, M(1095)},
                           .pickups = {1, M(1395)},
                           .waiting = {1, M(1095)},
                           .tenders = taken,
                           .ntenders = ARRAY_LEN(taken),
                           .taxes = taxes,
                           .ntaxes = 1,
                           .moves = moves,
                           .nmoves = ARRAY_LEN(moves),
                           .change_fund = M(15000),
                           .cash_taken = M(13841),
                           .cash_given_back = M(2190),
                           .pay_in = M(2000),
                           .pay_out = M(350),
                           .expected = M(28301)};
}

static void report_is(enum language language, struct report report, const char *expected)
{
    struct paper paper;
    paper_init(&paper, arena);
    report_write(&paper, language, &report);
    CU_ASSERT(!paper.kick);
    is_text(&paper, expected);
}

static void a_z_report(void)
{
    struct report r = day();
    r.z = 17;
    r.counted = money_of(28296);
    r.difference = money_of(-5);
    r.note = "One coin was foreign; it is in the envelope.";
    report_is(LANGUAGE_en, r,
              "              Velvet & Vale\n"
              "              Showroom Leeds\n"
              "               Z REPORT 17\n"
              "\n"
              "Till 2                                TOLU\n"
              "Opened                    2025-11-22 09:00\n"
              "Closed                    2025-11-22 17:30\n"
              "------------------------------------------\n"
              "   5 Sales                        1,234.56\n"
              "   1 Voids                          -10.95\n"
              "   1 Returns                        -10.95\n"
              "   1 Picked up                       13.95\n"
              "   1 Wait for payment                10.95\n"
              "------------------------------------------\n"
              "   1 card terminal                    7.00\n"
              "   5 cash                           138.41\n"
              "     given back                     -21.90\n"
              "Tax 20% of 65.11                     10.85\n"
              "------------------------------------------\n"
              "Float                               150.00\n"
              "Cash taken                          138.41\n"
              "Cash given back                     -21.90\n"
              "Paid in                              20.00\n"
              "Paid out                             -3.50\n"
              "  change from the bank               20.00\n"
              "  milk for the coffee                -3.50\n"
              "Should be in the drawer GBP         283.01\n"
              "Counted                             282.96\n"
              "SHORT                                -0.05\n"
              "One coin was foreign; it is in the\n"
              "envelope.\n");
}

static void a_z_report_in_german_with_more_than_expected(void)
{
    struct report r = day();
    r.z = 1;
    r.counted = money_of(28311);
    r.difference = money_of(10);
    r.note = "";
    r.nmoves = 0;
    r.ntaxes = 0;
    report_is(LANGUAGE_de, r,
              "              Velvet & Vale\n"
              "              Showroom Leeds\n"
              "               Z-BERICHT 1\n"
              "\n"
              "Till 2                                TOLU\n"
              "Geöffnet                  2025-11-22 09:00\n"
              "Geschlossen               2025-11-22 17:30\n"
              "------------------------------------------\n"
              "   5 Verkäufe                     1,234.56\n"
              "   1 Stornos                        -10.95\n"
              "   1 Rückgaben                      -10.95\n"
              "   1 Abgeholt                        13.95\n"
              "   1 Warten auf Zahlung              10.95\n"
              "------------------------------------------\n"
              "   1 Kartenterminal                   7.00\n"
              "   5 Bar                            138.41\n"
              "     zurückgegeben                  -21.90\n"
              "------------------------------------------\n"
              "Anfangsbestand                      150.00\n"
              "Bar eingenommen                     138.41\n"
              "Bar zurückgegeben                   -21.90\n"
              "Eingelegt                            20.00\n"
              "Entnommen                            -3.50\n"
              "Soll in der Kasse GBP               283.01\n"
              "Gezählt                             283.11\n"
              "ÜBERSCHUSS                            0.10\n");
}

/* Nothing from which the drawer could be reckoned. */
static void a_blind_x_report(void)
{
    struct report r = day();
    r.is_blind = true;
    r.ntaxes = 0;
    taken[1].is_hidden = true;
    report_is(LANGUAGE_en, r,
              "              Velvet & Vale\n"
              "              Showroom Leeds\n"
              "                 X REPORT\n"
              "\n"
              "Till 2                                TOLU\n"
              "Opened                    2025-11-22 09:00\n"
              "Now                       2025-11-22 17:30\n"
              "------------------------------------------\n"
              "   5 Sales\n"
              "   1 Voids                          -10.95\n"
              "   1 Returns                        -10.95\n"
              "   1 Picked up                       13.95\n"
              "   1 Wait for payment                10.95\n"
              "------------------------------------------\n"
              "   1 card terminal                    7.00\n"
              "   5 cash\n"
              "------------------------------------------\n"
              "Float                               150.00\n"
              "Paid in                              20.00\n"
              "Paid out                             -3.50\n"
              "  change from the bank               20.00\n"
              "  milk for the coffee                -3.50\n"
              "What should be in the drawer is told when\n"
              "it has been counted.\n");
    taken[1].is_hidden = false;
}

static void an_x_report_in_chinese(void)
{
    struct report r = day();
    r.company = "天鹅绒商店";
    r.currency = "CNY";
    r.moves[0].reason = "从银行换的零钱";
    report_is(LANGUAGE_zh_CN, r,
              "                天鹅绒商店\n"
              "              Showroom Leeds\n"
              "                  X 报表\n"
              "\n"
              "Till 2                                TOLU\n"
              "开班                      2025-11-22 09:00\n"
              "现在                      2025-11-22 17:30\n"
              "------------------------------------------\n"
              "   5 销售                         1,234.56\n"
              "   1 作废                           -10.95\n"
              "   1 退货                           -10.95\n"
              "   1 自提                            13.95\n"
              "   1 等待付款                        10.95\n"
              "------------------------------------------\n"
              "   1 刷卡机                           7.00\n"
              "   5 现金                           138.41\n"
              "     退回                           -21.90\n"
              "税 20%，基数 65.11                   10.85\n"
              "------------------------------------------\n"
              "备用金                              150.00\n"
              "现金收入                            138.41\n"
              "现金退还                            -21.90\n"
              "存入                                 20.00\n"
              "取出                                 -3.50\n"
              "  从银行换的零钱                     20.00\n"
              "  milk for the coffee                -3.50\n"
              "钱箱应有 CNY                        283.01\n");
}

static const struct test_case cases[] = {
    {"a sale with change", a_sale_with_change},
    {"in German", in_german},
    {"a copy in Chinese", a_copy_in_chinese},
    {"a sale that waits for its link", a_sale_that_waits},
    {"a void says so", a_void_says_so},
    {"currencies have their digits", currencies_have_their_digits},
    {"a Z report", a_z_report},
    {"a Z report in German, with more than expected", a_z_report_in_german_with_more_than_expected},
    {"a blind X report", a_blind_x_report},
    {"an X report in Chinese", an_x_report_in_chinese},
};

int main(void)
{
    arena = arena_new();
    int result = report_run("receipt", cases, ARRAY_LEN(cases));
    arena_free(arena);
    return result;
}
