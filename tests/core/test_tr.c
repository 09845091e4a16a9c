#include "core/tr.h"

#include "core/word.h"
#include "tests/report.h"

#include <string.h>

static void languages_are_found_by_locale_and_tag(void)
{
    static const struct {
        const char *name;
        enum language language;
    } cases[] = {
        {"en", LANGUAGE_en},
        {"en_GB.UTF-8", LANGUAGE_en},
        {"de", LANGUAGE_de},
        {"de_AT.UTF-8@euro", LANGUAGE_de},
        {"de-CH", LANGUAGE_de},
        {"DE", LANGUAGE_de},
        {"zh", LANGUAGE_zh_CN},
        {"zh_CN.GB18030", LANGUAGE_zh_CN},
        {"zh-Hans", LANGUAGE_zh_CN},
        {"C", LANGUAGES},
        {"POSIX", LANGUAGES},
        {"C.UTF-8", LANGUAGES},
        {"", LANGUAGES},
        {"den", LANGUAGES},
        {"d", LANGUAGES},
        {"fr_FR.UTF-8", LANGUAGES},
        {"*", LANGUAGES},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CU_ASSERT_EQUAL(language_by_name(cases[i].name), cases[i].language);
}

static void the_best_accepted_language_is_taken(void)
{
    static const struct {
        const char *header;
        enum language language;
    } cases[] = {
        {NULL, LANGUAGE_en},
        {"", LANGUAGE_en},
        {"de", LANGUAGE_de},
        {"zh-CN", LANGUAGE_zh_CN},
        {"fr, de;q=0.5", LANGUAGE_de},
        {"de;q=0.5, zh-CN;q=0.7", LANGUAGE_zh_CN},
        {"de;q=0.75,zh-CN;q=0.7", LANGUAGE_de},
        {"de;q=0.5, zh", LANGUAGE_zh_CN},
        {"en-GB,en;q=0.9,de;q=0.8", LANGUAGE_en},
        {"de;q=0", LANGUAGE_en},
        {"de;q=0.000, zh;q=0.001", LANGUAGE_zh_CN},
        {"*", LANGUAGE_en},
        {"fr", LANGUAGE_en},
        {",,,", LANGUAGE_en},
        {" \tde ", LANGUAGE_de},
        {"de;q=", LANGUAGE_en},
        {"de;;;q=1.000", LANGUAGE_de},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        CU_ASSERT_EQUAL(language_accepted(cases[i].header), cases[i].language);
}

static void what_has_no_translation_stays_english(void)
{
    const char *unknown = "no text of ours at all";
    for (enum language l = 0; l < LANGUAGES; l++) {
        CU_ASSERT_PTR_EQUAL(tr(l, unknown), unknown);
        CU_ASSERT_STRING_EQUAL(tr_n(l, "one nothing", "many nothings", 1), "one nothing");
        CU_ASSERT_STRING_EQUAL(tr_n(l, "one nothing", "many nothings", 0), "many nothings");
    }
    CU_ASSERT_STRING_EQUAL(tr(LANGUAGE_de, ""), "");
}

static void every_text_of_the_tables_is_found(void)
{
    for (enum language l = 0; l < LANGUAGES; l++)
        for (size_t i = 0; i < tr_tables[l].n; i++) {
            const struct tr_entry *entry = &tr_tables[l].entries[i];
            CU_ASSERT_PTR_EQUAL(tr(l, entry->english), entry->forms[0]);
            CU_ASSERT_TRUE(entry->forms[0][0] != '\0');
            CU_ASSERT_TRUE(i == 0 || strcmp(entry[-1].english, entry->english) < 0);
        }
}

static void names_of_the_api_have_words(void)
{
    CU_ASSERT_STRING_EQUAL(word_find("person", "terminated"), "terminated");
    CU_ASSERT_STRING_EQUAL(word_find("order", "on_hold"), "on hold");
    CU_ASSERT_STRING_EQUAL(word_find("type", "sales_aids"), "Sales aids");
    CU_ASSERT_PTR_NULL(word_find("order", "terminated"));
    CU_ASSERT_PTR_NULL(word_find("person", ""));
#define MACHINE_STATE(machine, state) CU_ASSERT_PTR_NOT_NULL(word_find(#machine, #state));
#define MACHINE_MOVE(machine, from, to)
#include "core/order.def"
#undef MACHINE_STATE
#undef MACHINE_MOVE
}

static const struct test_case cases[] = {
    {"languages are found by a locale's name and by a tag", languages_are_found_by_locale_and_tag},
    {"the best accepted language is taken", the_best_accepted_language_is_taken},
    {"what has no translation stays English", what_has_no_translation_stays_english},
    {"every text of the tables is found", every_text_of_the_tables_is_found},
    {"names of the API have words", names_of_the_api_have_words},
};
REPORT_MAIN("test_tr", cases)
