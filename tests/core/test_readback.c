#include "core/readback.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

/* What was said; shown when it is not what was wanted. */
static void expect(struct text *text, const char *want)
{
    if (strcmp(text->data, want) != 0)
        printf("   have \"%s\"\n   want \"%s\"\n", text->data, want);
    CU_ASSERT_STRING_EQUAL(text->data, want);
    text_clear(text);
}

static void numbers(void)
{
    static const struct {
        int64_t n;
        const char *en, *de, *zh;
    } cases[] = {
        {0, "zero", "null", "零"},
        {1, "one", "eins", "一"},
        {2, "two", "zwei", "二"},
        {10, "ten", "zehn", "十"},
        {13, "thirteen", "dreizehn", "十三"},
        {16, "sixteen", "sechzehn", "十六"},
        {17, "seventeen", "siebzehn", "十七"},
        {20, "twenty", "zwanzig", "二十"},
        {21, "twenty-one", "einundzwanzig", "二十一"},
        {30, "thirty", "dreißig", "三十"},
        {42, "forty-two", "zweiundvierzig", "四十二"},
        {66, "sixty-six", "sechsundsechzig", "六十六"},
        {100, "one hundred", "einhundert", "一百"},
        {101, "one hundred one", "einhunderteins", "一百零一"},
        {110, "one hundred ten", "einhundertzehn", "一百一十"},
        {111, "one hundred eleven", "einhundertelf", "一百一十一"},
        {178, "one hundred seventy-eight", "einhundertachtundsiebzig", "一百七十八"},
        {1000, "one thousand", "eintausend", "一千"},
        {1001, "one thousand one", "eintausendeins", "一千零一"},
        {1010, "one thousand ten", "eintausendzehn", "一千零一十"},
        {2200, "two thousand two hundred", "zweitausendzweihundert", "两千二百"},
        {9999, "nine thousand nine hundred ninety-nine", "neuntausendneunhundertneunundneunzig",
         "九千九百九十九"},
        {10000, "ten thousand", "zehntausend", "一万"},
        {12005, "twelve thousand five", "zwölftausendfünf", "一万二千零五"},
        {20000, "twenty thousand", "zwanzigtausend", "两万"},
        {100100, "one hundred thousand one hundred", "einhunderttausendeinhundert", "十万零一百"},
        {101000, "one hundred one thousand", "einhunderteintausend", "十万一千"},
        {999999, "nine hundred ninety-nine thousand nine hundred ninety-nine",
         "neunhundertneunundneunzigtausendneunhundertneunundneunzig", "九十九万九千九百九十九"},
        {1000000, "one million", "eine Million", "一百万"},
        {2000000, "two million", "zwei Millionen", "二百万"},
        {1200001, "one million two hundred thousand one", "eine Million zweihunderttausendeins",
         "一百二十万零一"},
        {20000000, "twenty million", "zwanzig Millionen", "两千万"},
        {100001000, "one hundred million one thousand", "einhundert Millionen eintausend",
         "一亿零一千"},
        {100000001, "one hundred million one", "einhundert Millionen eins", "一亿零一"},
        {7000000000, "seven billion", "sieben Milliarden", "七十亿"},
        {1000000000000, "1000000000000", "1000000000000", "1000000000000"},
        {-3, "-3", "-3", "-3"},
    };
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        readback_number(&text, LANGUAGE_en, cases[i].n);
        expect(&text, cases[i].en);
        readback_number(&text, LANGUAGE_de, cases[i].n);
        expect(&text, cases[i].de);
        readback_number(&text, LANGUAGE_zh_CN, cases[i].n);
        expect(&text, cases[i].zh);
    }
    arena_free(arena);
}

static void amounts(void)
{
    static const struct {
        const char *currency;
        int exponent;
        int64_t minor;
        const char *en, *de, *zh;
    } cases[] = {
        {"GBP", 2, 17810, "one hundred seventy-eight pounds ten",
         "einhundertachtundsiebzig Pfund zehn", "一百七十八英镑十便士"},
        {"GBP", 2, 17805, "one hundred seventy-eight pounds and five pence",
         "einhundertachtundsiebzig Pfund und fünf Pence", "一百七十八英镑五便士"},
        {"GBP", 2, 100, "one pound", "ein Pfund", "一英镑"},
        {"GBP", 2, 1, "one penny", "ein Penny", "一便士"},
        {"GBP", 2, 0, "zero pounds", "null Pfund", "零英镑"},
        {"USD", 2, 1250, "twelve dollars and fifty cents", "zwölf Dollar fünfzig",
         "十二美元五十美分"},
        {"EUR", 2, 10121, "one hundred one euros and twenty-one cents",
         "einhundertein Euro einundzwanzig", "一百零一欧元二十一欧分"},
        {"EUR", 2, 201, "two euros and one cent", "zwei Euro und ein Cent", "两欧元一欧分"},
        {"CNY", 2, 680000, "six thousand eight hundred yuan", "sechstausendachthundert Yuan",
         "六千八百元"},
        {"CNY", 2, 17810, "one hundred seventy-eight yuan and ten fen",
         "einhundertachtundsiebzig Yuan zehn", "一百七十八元一角"},
        {"CNY", 2, 10025, "one hundred yuan and twenty-five fen", "einhundert Yuan fünfundzwanzig",
         "一百元两角五分"},
        {"CNY", 2, 1205, "twelve yuan and five fen", "zwölf Yuan und fünf Fen", "十二元零五分"},
        {"CNY", 2, 5, "five fen", "fünf Fen", "五分"},
        {"CNY", 2, 50, "fifty fen", "fünfzig Fen", "五角"},
        {"CNY", 2, 200, "two yuan", "zwei Yuan", "两元"},
        {"CNY", 2, 2000000, "twenty thousand yuan", "zwanzigtausend Yuan", "两万元"},
        {"CNY", 2, 0, "zero yuan", "null Yuan", "零元"},
        {"JPY", 0, 1500, "1,500 JPY", "1,500 JPY", "1,500 JPY"},
        {"GBP", 2, -100, "-1.00 GBP", "-1.00 GBP", "-1.00 GBP"},
        {"XXX", 2, 100, "1.00 XXX", "1.00 XXX", "1.00 XXX"},
    };
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct money money = money_of(cases[i].minor);
        readback_amount(&text, LANGUAGE_en, cases[i].currency, cases[i].exponent, money);
        expect(&text, cases[i].en);
        readback_amount(&text, LANGUAGE_de, cases[i].currency, cases[i].exponent, money);
        expect(&text, cases[i].de);
        readback_amount(&text, LANGUAGE_zh_CN, cases[i].currency, cases[i].exponent, money);
        expect(&text, cases[i].zh);
    }
    arena_free(arena);
}

static void sentences(void)
{
    static const struct readback_item english[] = {{1, 0, "rose perfume fifty mil", false},
                                                   {3, 1, "winter set", false},
                                                   {2, 2, "soap", false},
                                                   {1, 1, "small gift box", false}},
                                      german[] = {{1, 0, "Rosenparfüm", false},
                                                  {3, 1, "Winterset", false},
                                                  {21, 21, "Seife", false},
                                                  {1, 1, "kleine Geschenkbox", false}},
                                      chinese[] = {{1, 0, "玫瑰香水", false},
                                                   {3, 1, "冬季礼盒", false},
                                                   {2, 2, "香皂", false},
                                                   {1, 1, "小礼盒", false}};
    static const struct {
        struct readback order;
        const char *want;
    } cases[] = {
        {{LANGUAGE_en, english, 4, "14 Mill Lane, LS6 2QT", "GBP", 2, {2010}, {0}},
         "One rose perfume fifty mil, three of the winter set - two now, one later, two of the "
         "soap "
         "- all later, one small gift box - later. Going to 14 Mill Lane, LS6 2QT. Twenty pounds "
         "ten."},
        {{LANGUAGE_de, german, 4, "Mühlweg 14, 04109 Leipzig", "EUR", 2, {2010}, {0}},
         "Einmal Rosenparfüm, dreimal Winterset - zweimal sofort, einmal später, einundzwanzigmal "
         "Seife - alles später, einmal kleine Geschenkbox - später. Lieferung an Mühlweg 14, 04109 "
         "Leipzig. Zwanzig Euro zehn."},
        {{LANGUAGE_zh_CN, chinese, 4, "上海市南京路1号", "CNY", 2, {2010}, {0}},
         "玫瑰香水一件，冬季礼盒三件（两件现货，一件后补），香皂两件（全部后补），小礼盒一件（后补"
         "）。"
         "送至上海市南京路1号。合计二十元一角。"},
        {{LANGUAGE_en, NULL, 0, NULL, "USD", 2, {0}, {0}}, "Zero dollars."},
        {{LANGUAGE_de, NULL, 0, "", "EUR", 2, {100}, {0}}, "Ein Euro."},
        {{LANGUAGE_zh_CN, english + 2, 1, NULL, "USD", 2, {0}, {0}},
         "soap两件（全部后补）。合计零美元。"},
    };
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        readback_say(&text, &cases[i].order);
        expect(&text, cases[i].want);
    }
    arena_free(arena);
}

static void what_is_free_and_saved(void)
{
    static const struct readback_item en[] = {{2, 0, "soap", true}, {3, 1, "cream", false}},
                                      zh[] = {{2, 0, "香皂", true}};
    static const struct {
        struct readback order;
        const char *want;
    } cases[] = {
        {{LANGUAGE_en, en, 2, NULL, "GBP", 2, {1000}, {1950}},
         "Two of the soap free, three of the cream - two now, one later. Ten pounds. "
         "You save nineteen pounds fifty."},
        {{LANGUAGE_de, en, 1, NULL, "EUR", 2, {1000}, {200}},
         "Zweimal soap gratis. Zehn Euro. Sie sparen zwei Euro."},
        {{LANGUAGE_de, en, 1, NULL, "EUR", 2, {100}, {100}},
         "Zweimal soap gratis. Ein Euro. Sie sparen einen Euro."},
        {{LANGUAGE_de, en, 1, NULL, "GBP", 2, {100}, {101}},
         "Zweimal soap gratis. Ein Pfund. Sie sparen ein Pfund und einen Penny."},
        {{LANGUAGE_de, en, 1, NULL, "USD", 2, {101}, {1}},
         "Zweimal soap gratis. Ein Dollar und ein Cent. Sie sparen einen Cent."},
        {{LANGUAGE_de, en, 1, NULL, "USD", 2, {101}, {150}},
         "Zweimal soap gratis. Ein Dollar und ein Cent. Sie sparen einen Dollar fünfzig."},
        {{LANGUAGE_zh_CN, zh, 1, NULL, "CNY", 2, {1000}, {200}},
         "香皂两件（免费）。合计十元。共省两元。"},
    };
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        readback_say(&text, &cases[i].order);
        expect(&text, cases[i].want);
    }
    arena_free(arena);
}

static void what_is_offered(void)
{
    static const struct {
        enum language language;
        int64_t qty;
        const char *more, *choose;
    } cases[] = {
        {LANGUAGE_en, 1, "One more soap and you save nineteen pounds. Shall I add it?",
         "You may choose one free: soap. Which would you like?"},
        {LANGUAGE_en, 2, "Two more of the soap and you save nineteen pounds. Shall I add them?",
         "You may choose two free: soap. Which would you like?"},
        {LANGUAGE_de, 1,
         "Noch einmal soap, und Sie sparen neunzehn Pfund. Soll ich das dazunehmen?",
         "Sie dürfen sich ein Stück gratis aussuchen: soap. Was darf es sein?"},
        {LANGUAGE_zh_CN, 2, "再加soap两件，可省十九英镑。要加上吗？",
         "可免费选两件：soap。您要哪些？"},
    };
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct readback prices = {
            .language = cases[i].language, .currency = "GBP", .exponent = 2, .saved = {1900}};
        readback_more(&text, &prices, cases[i].qty, "soap");
        expect(&text, cases[i].more);
        readback_choose(&text, cases[i].language, cases[i].qty, "soap", true);
        expect(&text, cases[i].choose);
    }
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"numbers are said as words", numbers},
    {"amounts are said as people say them", amounts},
    {"an order is read back in one sentence after the other", sentences},
    {"what is free, and what was saved, is read back", what_is_free_and_saved},
    {"what is offered is said to the caller", what_is_offered},
};
REPORT_MAIN("test_readback", cases)
