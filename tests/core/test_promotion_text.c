/* core/promo: the text form of promotions. What each statement means, and the regular
 * form. */
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
    {"40227, 41109, group BEAUTY except group KNIVES, 50318", "000100110"},
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
    {"amounts have the decimals of the currency", amounts_have_the_decimals_of_the_currency},
    {"names lead back to what they name", names_lead_back},
    {"everything is a set without bits", every_item_is_a_set_without_bits},
};
REPORT_MAIN("test_promotion_text", cases)
