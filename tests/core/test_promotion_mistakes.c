/* core/promo: what is said to each mistake in the text of a promotion. */
#include "core/text.h"
#include "tests/core/promotion_shop.h"
#include "tests/report.h"

#include <stdio.h>

/* "2:8 A lane belongs here: ...": every mistake on a line of its own. */
static const char *told(struct arena *arena, const struct catalogue *catalogue, const char *text,
                        size_t len)
{
    struct promotion promotion;
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    struct text out;
    size_t n;
    text_init(&out, arena);
    bool ok = promotion_read(arena, catalogue, text, len, &promotion, mistakes, &n);
    CU_ASSERT_EQUAL(ok, n == 0);
    CU_ASSERT(ok || (!promotion.code && !promotion.nbenefits));
    for (size_t i = 0; i < n; i++)
        text_printf(&out, "%s%d:%d %s", i ? "\n" : "", mistakes[i].line, mistakes[i].column,
                    promotion_mistake_say(arena, LANGUAGE_en, &mistakes[i]));
    return out.data;
}

/* Line 2 of a text that is sound otherwise. */
static const struct {
    const char *line, *told;
} wrong[] = {
#include "tests/core/promotion_wrong.def"
};

static void mistakes_are_told_with_their_place(void)
{
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct arena *arena = arena_new();
        const char *text =
            arena_printf(arena, "promotion A\n%s\ngive credit 1.00\n", wrong[i].line);
        const char *have = told(arena, promotion_shop(arena, 2), text, strlen(text));
        CU_ASSERT_STRING_EQUAL(have, wrong[i].told);
        if (strcmp(have, wrong[i].told) != 0)
            printf("   {\"%s\", \"%s\"},\n", wrong[i].line, have);
        arena_free(arena);
    }
}

/* Whole texts. */
static const struct {
    const char *text, *told;
} whole_wrong[] = {
    {"", "1:1 A promotion begins with its code: promotion KNIVES-2.\n"
         "1:1 Nothing is given yet: add a line, like give 10% off everything."},
    {"# a comment\n\n   \n", "1:1 A promotion begins with its code: promotion KNIVES-2.\n"
                             "1:1 Nothing is given yet: add a line, like give 10% off everything."},
    {"promotion A", "1:1 Nothing is given yet: add a line, like give 10% off everything."},
    {"promotion A\neach\n\n",
     "2:1 Nothing is given yet: add a line, like give 10% off everything."},
    {"give credit 1.00", "1:1 A promotion begins with its code: promotion KNIVES-2."},
    {"each\npromotion A\ngive credit 1.00",
     "1:1 A promotion begins with its code: promotion KNIVES-2."},
    {"promotion",
     "1:1 Nothing is given yet: add a line, like give 10% off everything.\n"
     "1:10 A code belongs here, like SPRING-2: letters, digits, - _ and . , at most 24 "
     "of them, with a letter or digit first."},
    {"promotion A\ngvie credit 1.00", "2:1 No statement begins with \"gvie\". Was give meant?"},
    {"promotoin A\ngive credit 1.00",
     "1:1 No statement begins with \"promotoin\". Was promotion meant?"},
    {"promotion A\nlane up\n  from tomorrow\n\tgive credit no",
     "2:6 A lane belongs here: pre, default, post.\n"
     "3:8 A day of the calendar belongs here, like 2026-01-31.\n"
     "4:14 An amount belongs here, like 100.00."},
    {"promotion A\nname 购厨具满百送刀两把\nname zh 刀, x\nname zh 刀\ngive credit 1.00",
     "4:6 There is a name in this language already: keep one."},
    {"promotion A\nnot with 春\ngive credit 1.00",
     "2:10 A code belongs here, like SPRING-2: letters, digits, - _ and . , at most 24 of them, "
     "with a letter or digit first."},
    {"promotion A\ngive 2 free from 40216、　50319",
     "2:25 There is no item \"50319\". Was 50318 meant?"},
    {"promotion A\nname \xFF\ngive credit 1.00",
     "2:1 This line is not UTF-8: save the text as UTF-8."},
    {"promotion A\nname a\x07\ngive credit 1.00",
     "2:7 A character that cannot be seen stands here: take it out."},
    {"promotion A\ngive credit 1.00\n\xC2\x85",
     "3:1 A character that cannot be seen stands here: take it out."},
    {"promotion A\rgive credit 1.00",
     "1:12 A character that cannot be seen stands here: take it out."},
    {"promotion A\ngive gift aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "2:11 There is no item \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...\"."},
};

static void whole_texts_can_be_wrong(void)
{
    for (size_t i = 0; i < ARRAY_LEN(whole_wrong); i++) {
        struct arena *arena = arena_new();
        const char *text = whole_wrong[i].text;
        const char *have = told(arena, promotion_shop(arena, 2), text, strlen(text));
        CU_ASSERT_STRING_EQUAL(have, whole_wrong[i].told);
        if (strcmp(have, whole_wrong[i].told) != 0)
            printf("   have %s\n   want %s\n", have, whole_wrong[i].told);
        arena_free(arena);
    }
}

static void any_bytes_may_come(void)
{
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, 2);
    CU_ASSERT_STRING_EQUAL(told(arena, catalogue, "promotion A\0\ngive credit 1.00", 29),
                           "1:1 This line is not UTF-8: save the text as UTF-8.");
    CU_ASSERT_STRING_EQUAL(
        told(arena, catalogue, "\xEF\xBB\xBFpromotion A\r\n\r\ngive credit 1.00\r\n", 36), "");
    CU_ASSERT_STRING_EQUAL(told(arena, catalogue, NULL, 0),
                           "1:1 A promotion begins with its code: promotion KNIVES-2.\n"
                           "1:1 Nothing is given yet: add a line, like give 10% off everything.");
    arena_free(arena);
}

/* `n` bytes of a comment behind a sound promotion. */
static const char *with_comment(struct arena *arena, size_t n)
{
    struct text text;
    text_init(&text, arena);
    text_add(&text, "promotion A\ngive credit 1.00\n");
    while (text.len < n)
        text_addc(&text, '#');
    return text.data;
}

static void a_text_has_its_length(void)
{
    static const char too_long[] = "1:1 The text is too long: a promotion has at most 8000 bytes.";
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, 2);
    CU_ASSERT_STRING_EQUAL(told(arena, catalogue, with_comment(arena, 8000), 8000), "");
    CU_ASSERT_STRING_EQUAL(told(arena, catalogue, with_comment(arena, 8001), 8001), too_long);
    CU_ASSERT_STRING_EQUAL(told(arena, catalogue, with_comment(arena, 1000000), 1000000), too_long);
    /* What would be longer in its regular form could not be read again. */
    struct text text;
    text_init(&text, arena);
    text_add(&text, "promotion A\n");
    while (text.len < 7900)
        text_add(&text, "give credit 1\n");
    CU_ASSERT_STRING_EQUAL(told(arena, catalogue, text.data, text.len), too_long);
    arena_free(arena);
}

static void only_so_many_mistakes_are_told(void)
{
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, 2);
    struct promotion promotion;
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    struct text text;
    size_t n;
    text_init(&text, arena);
    text_add(&text, "promotion A\n");
    for (int i = 0; i < PROMOTION_MISTAKES + 5; i++)
        text_add(&text, "lane none\n");
    CU_ASSERT_FALSE(
        promotion_read(arena, catalogue, text.data, text.len, &promotion, mistakes, &n));
    CU_ASSERT_EQUAL(n, PROMOTION_MISTAKES);
    CU_ASSERT_EQUAL(mistakes[n - 1].line, PROMOTION_MISTAKES + 1);
    arena_free(arena);
}

static void amounts_are_asked_for_in_the_currency(void)
{
    struct arena *arena = arena_new();
    CU_ASSERT_STRING_EQUAL(
        told(arena, promotion_shop(arena, 0), "promotion A\ngive credit 1.00", 28),
        "2:13 An amount belongs here, like 100.");
    arena_free(arena);
}

static void mistakes_are_told_in_the_readers_language(void)
{
    struct arena *arena = arena_new();
    struct promotion promotion;
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t n;
    static const char text[] = "promotion A\ngive gift 50325";
    CU_ASSERT_FALSE(promotion_read(arena, promotion_shop(arena, 2), text, strlen(text), &promotion,
                                   mistakes, &n));
    CU_ASSERT_STRING_EQUAL(promotion_mistake_say(arena, LANGUAGE_de, mistakes),
                           "Es gibt keinen Artikel „50325“. War 50326 gemeint?");
    CU_ASSERT_STRING_EQUAL(promotion_mistake_say(arena, LANGUAGE_zh_CN, mistakes),
                           "没有商品“50325”。是否指 50326？");
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"a mistake is told with its place and what to write instead",
     mistakes_are_told_with_their_place},
    {"a whole text can be wrong as well", whole_texts_can_be_wrong},
    {"any bytes may come", any_bytes_may_come},
    {"a text has at most 8000 bytes, in its regular form as well", a_text_has_its_length},
    {"only so many mistakes are told", only_so_many_mistakes_are_told},
    {"mistakes are told in the reader's language", mistakes_are_told_in_the_readers_language},
    {"amounts are asked for as the currency has them", amounts_are_asked_for_in_the_currency},
};
REPORT_MAIN("test_promotion_mistakes", cases)
