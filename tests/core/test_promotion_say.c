/* core/promo: the sentences in which a promotion is told to people, in each language. */
#include "core/promo/promotion_voice.h"
#include "tests/core/promotion_shop.h"
#include "tests/report.h"

#include <stdio.h>

/* What is read after "promotion A", and all that is said. */
static const struct {
    const char *text, *en, *de, *zh;
} cases_said[] = {
#include "tests/core/promotion_said.def"
};

static void expect(const char *have, const char *want)
{
    CU_ASSERT_STRING_EQUAL(have, want);
    if (strcmp(have, want) != 0)
        printf("   have \"%s\"\n   want \"%s\"\n", have, want);
}

static void promotions_are_said(void)
{
    for (size_t i = 0; i < ARRAY_LEN(cases_said); i++) {
        struct arena *arena = arena_new();
        const struct catalogue *catalogue = promotion_shop(arena, 2);
        struct promotion p;
        struct promotion_mistake mistakes[PROMOTION_MISTAKES];
        size_t n;
        const char *text = arena_printf(arena, "promotion A\n%s", cases_said[i].text);
        bool ok = promotion_read(arena, catalogue, text, strlen(text), &p, mistakes, &n);
        CU_ASSERT(ok);
        if (ok) {
            expect(promotion_say(arena, LANGUAGE_en, catalogue, &p), cases_said[i].en);
            expect(promotion_say(arena, LANGUAGE_de, catalogue, &p), cases_said[i].de);
            expect(promotion_say(arena, LANGUAGE_zh_CN, catalogue, &p), cases_said[i].zh);
        }
        arena_free(arena);
    }
}

static void every_language_has_all_its_phrases(void)
{
    static const struct promotion_voice *const voices[] = {&promotion_en, &promotion_de,
                                                           &promotion_zh_CN};
    CU_ASSERT_EQUAL(ARRAY_LEN(voices), LANGUAGES);
    for (size_t v = 0; v < ARRAY_LEN(voices); v++) {
        for (size_t i = 0; i < PHRASES; i++)
            CU_ASSERT_PTR_NOT_NULL(voices[v]->phrases[i]);
        for (size_t i = 0; i < CHANNELS; i++)
            CU_ASSERT_PTR_NOT_NULL(voices[v]->channels[i]);
        for (size_t i = 0; i < 12; i++)
            CU_ASSERT_PTR_NOT_NULL(voices[v]->months[i]);
    }
}

static const struct test_case cases[] = {
    {"every language has all its phrases", every_language_has_all_its_phrases},
    {"a promotion is said in the reader's language", promotions_are_said},
};
REPORT_MAIN("test_promotion_say", cases)
