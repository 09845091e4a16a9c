/* core/promo: the text form of promotions. What each statement means, the regular form, and what is
 * said to each mistake. */
#include "core/text.h"
#include "tests/core/promotion_shop.h"
#include "tests/report.h"

#include <stdio.h>

/* Reads a text that has to be sound. */
static struct promotion sound(struct arena *arena, const struct catalogue *catalogue,
                              const char *text)
{
    struct promotion promotion;
    struct promotion_mistake mistakes[PROMOTION_MISTAKES];
    size_t n;
    bool ok = promotion_read(arena, catalogue, text, strlen(text), &promotion, mistakes, &n);
    CU_ASSERT(ok);
    CU_ASSERT_EQUAL(n, 0);
    for (size_t i = 0; i < n; i++)
        printf("   %s\n   %d:%d %s\n", text, mistakes[i].line, mistakes[i].column,
               promotion_mistake_say(arena, LANGUAGE_en, &mistakes[i]));
    return promotion;
}

/* Both are read between a head and a benefit; `regular` is what is written. */
static const struct {
    const char *line, *regular; /* NULL: the same */
} statements[] = {
    {"", ""},
    {"# nothing but a comment", ""},
    {"name Two knives with your kitchenware", NULL},
    {"name  Two   knives\t for you # internal", "name Two   knives  for you"},
    {"name en Two knives", "name Two knives"},
    {"name en de luxe", NULL},
    {"name De luxe", NULL},
    {"name zh 购厨具满百送刀两把", NULL},
    {"name zh_CN 购厨具，满百送刀", "name zh 购厨具，满百送刀"},
    {"name zh-CN 刀", "name zh 刀"},
    {"name de Zwei Messer", NULL},
    {"name de Zwei\n  name Two", NULL},
    {"from 2025-09-01 to 2026-01-31", NULL},
    {"from 2024-02-29", NULL},
    {"to 2026-01-31", NULL},
    {"to 2026-01-31\n  from 2025-09-01", "from 2025-09-01 to 2026-01-31"},
    {"from 2025-09-01 to 2025-09-01", NULL},
    {"from 1900-01-01 to 2999-12-31", NULL},
    {"for types personal, customer", NULL},
    {"for types customer , personal", "for types personal, customer"},
    {"for types sales_aids", NULL},
    {"for channels call, showroom, web, sms, voice, paper, autosave", NULL},
    {"for channels web,call", "for channels call, web"},
    {"for ranks 3-5, 8", NULL},
    {"for ranks 8,3,5,4", "for ranks 3-5, 8"},
    {"for ranks 0-63", NULL},
    {"for people VIP, STAFF", NULL},
    {"for people vip", NULL},
    {"for coupon", NULL},
    {"lane pre", NULL},
    {"lane post", NULL},
    {"lane default", ""},
    {"priority 10", NULL},
    {"priority -1000", NULL},
    {"priority 1000", NULL},
    {"priority 0", ""},
    {"exclusive", NULL},
    {"not with SPRING, CLEARANCE", NULL},
    {"limit 500 orders", NULL},
    {"limit 1 order", "limit 1 orders"},
    {"limit 1 per customer", NULL},
    {"limit budget 1000.00", NULL},
    {"limit budget 1000", "limit budget 1000.00"},
    {"limit 500 orders\n  limit 1 per customer\n  limit budget 1000.00", NULL},
    {"on reduced", NULL},
    {"volumes kept", NULL},
    {"each", NULL},
    {"up to 3 times", NULL},
    {"up to 1 time", ""},
    {"EACH", "each"},
    {"when spend 100.00 on group KITCHENWARE except group KNIVES, 40216", NULL},
    {"when spend 100 on Group kitchenware", "when spend 100.00 on group KITCHENWARE"},
    {"when spend .5 on everything", "when spend 0.50 on everything"},
    {"when spend 100.00 on everything except group KNIVES, group PERFUME, 40216, 60422", NULL},
    {"when spend 1.00 on 40216, group BEAUTY, everything", "when spend 1.00 on everything"},
    {"when spend 1.00 on 40216, group BEAUTY,41109",
     "when spend 1.00 on group BEAUTY, 40216, 41109"},
    {"when quantity 3 of 41109, 41123 or order 175.00", NULL},
    {"when quantity 3 of 41109，41123、40216", "when quantity 3 of 41109, 41123, 40216"},
    {"when first order", NULL},
    {"when party 250.00", NULL},
    {"when recruits 1 with 100.00 in 30 days", NULL},
    {"when recruits 2 with 100.00 in 1 day", "when recruits 2 with 100.00 in 1 days"},
    {"when first order or party 250.00 or recruits 1 with 1.00 in 9 days or order 2.00", NULL},
    {"when first order\n  when order 10.00", NULL},
    {"give 2 free from group KNIVES", NULL},
    {"give 2 at 100% off from 40227", "give 2 free from 40227"},
    {"give 1 at 50% off from group KNIVES, 41109", NULL},
    {"give 1 for 5.00 each from everything", NULL},
    {"give 25% off group TEXTILES", NULL},
    {"give 25 % off group TEXTILES", "give 25% off group TEXTILES"},
    {"give 12.50% off 41109", "give 12.5% off 41109"},
    {"give 0.0001% off 41109", NULL},
    {"give 100% off 41109", NULL},
    {"give 10.00 off group HOME", NULL},
    {"give 10% off everything", NULL},
    {"give 5.00 off everything", NULL},
    {"give cheapest: buy 2 get 1 free of group BEAUTY", NULL},
    {"give cheapest buy 2 get 1 at 50% off of group BEAUTY",
     "give cheapest: buy 2 get 1 at 50% off of group BEAUTY"},
    {"give cheapest：buy 2 get 1 free of 50318", "give cheapest: buy 2 get 1 free of 50318"},
    {"give set 2 of group HOME, 1 of 41109 for 50.00", NULL},
    {"give set 2 of group HOME except group KNIVES, 40216, 1 of 41109, 50318 for 50.00", NULL},
    {"give free delivery", NULL},
    {"give gift 50326", NULL},
    {"give gift 1 of 50326", "give gift 50326"},
    {"give gift 2 of 50326", NULL},
    {"give credit 5.00", NULL},
};

static void statements_have_a_regular_form(void)
{
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        struct arena *arena = arena_new();
        const struct catalogue *catalogue = promotion_shop(arena, 2);
        const char *regular = statements[i].regular ? statements[i].regular : statements[i].line;
        struct promotion first = sound(
            arena, catalogue,
            arena_printf(arena, "promotion A\n  %s\n  give credit 1.00\n", statements[i].line));
        const char *want = arena_printf(arena, "promotion A\n%s%s%s  give credit 1.00\n",
                                        *regular ? "  " : "", regular, *regular ? "\n" : "");
        if (first.code) {
            const char *have = promotion_write(arena, catalogue, &first);
            CU_ASSERT_STRING_EQUAL(have, want);
            if (strcmp(have, want) != 0)
                printf("   have %s   want %s", have, want);
            struct promotion again = sound(arena, catalogue, have);
            CU_ASSERT(promotions_equal(catalogue, &first, &again));
        }
        arena_free(arena);
    }
}

static const char whole[] = "promotion KNIVES-2\n"
                            "  name Two knives with your kitchenware\n"
                            "  name zh 购厨具满百送刀两把\n"
                            "  from 2025-09-01 to 2026-01-31\n"
                            "  for types personal, customer\n"
                            "  for channels call, web\n"
                            "  for ranks 3-5, 8\n"
                            "  for people VIP, STAFF\n"
                            "  for coupon\n"
                            "  lane post\n"
                            "  priority 10\n"
                            "  exclusive\n"
                            "  not with SPRING, CLEARANCE\n"
                            "  limit 500 orders\n"
                            "  limit 1 per customer\n"
                            "  limit budget 1000.00\n"
                            "  on reduced\n"
                            "  volumes kept\n"
                            "  up to 3 times\n"
                            "  when spend 100.00 on group KITCHENWARE except group KNIVES, 40216\n"
                            "  when recruits 1 with 100.00 in 30 days or quantity 3 of 41109\n"
                            "  give 1 for 5.00 each from group KNIVES\n"
                            "  give set 2 of group HOME, 1 of 41109 for 50.00\n"
                            "  give cheapest: buy 2 get 1 at 50% off of group BEAUTY\n"
                            "  give gift 2 of 60422\n";

static void the_head_is_understood(const struct promotion *p)
{
    CU_ASSERT_STRING_EQUAL(p->code, "KNIVES-2");
    CU_ASSERT_EQUAL(p->version, 1);
    CU_ASSERT_EQUAL(p->nnames, 2);
    CU_ASSERT_STRING_EQUAL(promotion_name(p, LANGUAGE_zh_CN), "购厨具满百送刀两把");
    CU_ASSERT_STRING_EQUAL(promotion_name(p, LANGUAGE_de), "Two knives with your kitchenware");
    CU_ASSERT_EQUAL(p->from.days, date_of(2025, 9, 1).days);
    CU_ASSERT_EQUAL(p->to.days, date_of(2026, 2, 1).days);
    CU_ASSERT_EQUAL(p->types, 1U << ORDER_personal | 1U << ORDER_customer);
    CU_ASSERT_EQUAL(p->channels, 1U << CHANNEL_call | 1U << CHANNEL_web);
    CU_ASSERT_EQUAL(p->ranks, 1U << 3 | 1U << 4 | 1U << 5 | 1U << 8);
    CU_ASSERT_EQUAL(p->npeople, 2);
    CU_ASSERT_STRING_EQUAL(p->people[1], "STAFF");
    CU_ASSERT(p->needs_coupon);
    CU_ASSERT_EQUAL(p->lane, LANE_post);
    CU_ASSERT_EQUAL(p->priority, 10);
    CU_ASSERT(p->exclusive);
    CU_ASSERT_EQUAL(p->ntags, 2);
    CU_ASSERT_STRING_EQUAL(p->tags[0], "SPRING");
    CU_ASSERT_EQUAL(p->limit_uses, 500);
    CU_ASSERT_EQUAL(p->limit_person, 1);
    CU_ASSERT_EQUAL(p->limit_budget.minor, 100000);
    CU_ASSERT(p->on_reduced);
    CU_ASSERT(p->keeps_volumes);
    CU_ASSERT_EQUAL(p->times, 3);
}

static void the_requirements_are_understood(const struct promotion *p)
{
    CU_ASSERT_EQUAL_FATAL(p->nrequires, 2);
    CU_ASSERT_EQUAL_FATAL(p->requires[0].nany, 1);
    const struct condition *c = p->requires[0].any;
    CU_ASSERT_EQUAL(c->kind, CONDITION_spend);
    CU_ASSERT_EQUAL(c->amount.minor, 10000);
    CU_ASSERT_STRING_EQUAL(c->of.groups[0], "KITCHENWARE");
    CU_ASSERT_STRING_EQUAL(c->of.except_groups[0], "KNIVES");
    CU_ASSERT_STRING_EQUAL(c->of.except_skus[0], "40216");
    CU_ASSERT_EQUAL_FATAL(p->requires[1].nany, 2);
    c = p->requires[1].any;
    CU_ASSERT_EQUAL(c[0].kind, CONDITION_recruits);
    CU_ASSERT_EQUAL(c[0].count, 1);
    CU_ASSERT_EQUAL(c[0].amount.minor, 10000);
    CU_ASSERT_EQUAL(c[0].days, 30);
    CU_ASSERT_EQUAL(c[1].kind, CONDITION_quantity);
    CU_ASSERT_EQUAL(c[1].count, 3);
}

static void the_benefits_are_understood(const struct promotion *p)
{
    CU_ASSERT_EQUAL_FATAL(p->nbenefits, 4);
    const struct benefit *b = p->benefits;
    CU_ASSERT_EQUAL(b[0].kind, BENEFIT_pick);
    CU_ASSERT_EQUAL(b[0].get, 1);
    CU_ASSERT(b[0].at_price);
    CU_ASSERT_EQUAL(b[0].amount.minor, 500);
    CU_ASSERT_EQUAL(b[1].kind, BENEFIT_set);
    CU_ASSERT_EQUAL_FATAL(b[1].nparts, 2);
    CU_ASSERT_EQUAL(b[1].parts[0].count, 2);
    CU_ASSERT_STRING_EQUAL(b[1].parts[0].of.groups[0], "HOME");
    CU_ASSERT_EQUAL(b[1].parts[0].of.nskus, 0);
    CU_ASSERT_STRING_EQUAL(b[1].parts[1].of.skus[0], "41109");
    CU_ASSERT_EQUAL(b[1].amount.minor, 5000);
    CU_ASSERT_EQUAL(b[2].kind, BENEFIT_cheapest);
    CU_ASSERT_EQUAL(b[2].buy, 2);
    CU_ASSERT_EQUAL(b[2].get, 1);
    CU_ASSERT_EQUAL(b[2].rate.ppm, 500000);
    CU_ASSERT_EQUAL(b[3].kind, BENEFIT_gift);
    CU_ASSERT_EQUAL(b[3].get, 2);
    CU_ASSERT_STRING_EQUAL(b[3].sku, "60422");
    CU_ASSERT_EQUAL(b[3].item, 8);
}

static void a_whole_text_is_understood(void)
{
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, 2);
    struct promotion promotion = sound(arena, catalogue, whole);
    the_head_is_understood(&promotion);
    the_requirements_are_understood(&promotion);
    the_benefits_are_understood(&promotion);
    CU_ASSERT_STRING_EQUAL(promotion_write(arena, catalogue, &promotion), whole);
    arena_free(arena);
}

static void what_is_not_said(void)
{
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, 2);
    struct promotion p = sound(arena, catalogue, "promotion a.b_c-1\ngive free delivery");
    CU_ASSERT_STRING_EQUAL(promotion_name(&p, LANGUAGE_en), "a.b_c-1");
    CU_ASSERT_EQUAL(p.from.days, DATE_MIN.days);
    CU_ASSERT_EQUAL(p.to.days, DATE_MAX.days);
    CU_ASSERT_EQUAL(p.types | p.channels | p.ranks, 0);
    CU_ASSERT_EQUAL(p.lane, LANE_default);
    CU_ASSERT_EQUAL(p.times, 1);
    CU_ASSERT_EQUAL(p.limit_uses | p.limit_person | p.limit_budget.minor, 0);
    CU_ASSERT_EQUAL(p.nrequires, 0);
    p = sound(arena, catalogue, "promotion A\neach\ngive free delivery");
    CU_ASSERT_EQUAL(p.times, 0);
    arena_free(arena);
}

/* ---- sets of items -----------------------------------------------------------------------------
 */

static const struct {
    const char *set, *items; /* one mark for each item of the shop */
} sets[] = {
    {"everything", "111111111"},
    {"group KITCHENWARE", "111000000"},
    {"group KNIVES", "011000000"},
    {"group HOME", "111110000"},
    {"group BEAUTY", "000001110"},
    {"41109", "000100000"},
    {"group KNIVES, 41109, group PERFUME", "011100010"},
    {"everything except 41109", "111011111"},
    {"everything except group HOME, 60422", "000001110"},
    {"group HOME except group KNIVES", "100110000"},
    {"group KITCHENWARE except group KNIVES, 40216", "000000000"},
    {"group KNIVES except group HOME", "000000000"},
};

static void sets_hold_the_groups_below(void)
{
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, 2);
    for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
        struct promotion p = sound(
            arena, catalogue, arena_printf(arena, "promotion A\ngive 1%% off %s", sets[i].set));
        char have[16] = "";
        for (uint32_t k = 0; k < catalogue->nitems; k++)
            have[k] = item_set_has(&p.benefits[0].of, k) ? '1' : '0';
        CU_ASSERT_STRING_EQUAL(have, sets[i].items);
    }
    arena_free(arena);
}

static void every_item_is_a_set_without_bits(void)
{
    struct arena *arena = arena_new();
    const struct catalogue *catalogue = promotion_shop(arena, 2);
    struct promotion p = sound(arena, catalogue, "promotion A\ngive 1% off everything");
    CU_ASSERT_PTR_NULL(p.benefits[0].of.bits);
    p = sound(arena, catalogue, "promotion A\ngive 1% off everything except 40216");
    CU_ASSERT_PTR_NOT_NULL(p.benefits[0].of.bits);
    arena_free(arena);
}

/* ---- mistakes ----------------------------------------------------------------------------------
 */

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

static void amounts_have_the_decimals_of_the_currency(void)
{
    static const struct {
        int exponent;
        const char *typed, *regular;
        int64_t minor;
    } amounts[] = {{0, "1000", "1000", 1000},
                   {2, "1000", "1000.00", 100000},
                   {3, "1000.5", "1000.500", 1000500},
                   {4, "0.0001", "0.0001", 1}};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(amounts); i++) {
        const struct catalogue *catalogue = promotion_shop(arena, amounts[i].exponent);
        struct promotion p = sound(
            arena, catalogue, arena_printf(arena, "promotion A\ngive credit %s", amounts[i].typed));
        CU_ASSERT_EQUAL(p.benefits[0].amount.minor, amounts[i].minor);
        CU_ASSERT_STRING_EQUAL(
            promotion_write(arena, catalogue, &p),
            arena_printf(arena, "promotion A\n  give credit %s\n", amounts[i].regular));
    }
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

/* ---- names -------------------------------------------------------------------------------------
 */

static void names_lead_back(void)
{
    for (int i = 0; i < LANES; i++)
        CU_ASSERT_EQUAL((int)lane_by_name(lane_name((enum lane)i)), i);
    for (int i = 0; i < CHANNELS; i++)
        CU_ASSERT_EQUAL((int)channel_by_name(channel_name((enum channel)i)), i);
    CU_ASSERT_EQUAL(lane_by_name("first"), LANES);
    CU_ASSERT_EQUAL(channel_by_name(""), CHANNELS);
    CU_ASSERT_STRING_EQUAL(channel_name(CHANNEL_autosave), "autosave");
    CU_ASSERT_STRING_EQUAL(condition_kind_name(CONDITION_recruits), "recruits");
    CU_ASSERT_STRING_EQUAL(benefit_kind_name(BENEFIT_credit), "credit");
}

static const struct test_case cases[] = {
    {"each statement has one regular form, that means the same", statements_have_a_regular_form},
    {"a whole text is understood, and written as it was", a_whole_text_is_understood},
    {"what is not said has its usual meaning", what_is_not_said},
    {"a set holds the groups below, without what is taken out", sets_hold_the_groups_below},
    {"a mistake is told with its place and what to write instead",
     mistakes_are_told_with_their_place},
    {"a whole text can be wrong as well", whole_texts_can_be_wrong},
    {"any bytes may come", any_bytes_may_come},
    {"a text has at most 8000 bytes, in its regular form as well", a_text_has_its_length},
    {"only so many mistakes are told", only_so_many_mistakes_are_told},
    {"amounts have the decimals of the currency", amounts_have_the_decimals_of_the_currency},
    {"mistakes are told in the reader's language", mistakes_are_told_in_the_readers_language},
    {"names lead back to what they name", names_lead_back},
    {"everything is a set without bits", every_item_is_a_set_without_bits},
};
REPORT_MAIN("test_promotion_text", cases)
