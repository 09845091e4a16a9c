/* The text of a promotion as a form and back: nothing that was written is lost, and a mistake is
 * told at its field. */
#include "core/promo/promotion_form.h"

#include "tests/core/promo_shop.h"
#include "tests/report.h"

static struct arena *arena;
static struct promotion_form form;

static void begin(const char *text)
{
    arena = arena_new();
    promotion_form_read(&form, arena, text);
}

static const char *value(enum promotion_field_kind kind, size_t nth)
{
    for (size_t i = 0; i < form.n; i++)
        if (form.fields[i].kind == kind && nth-- == 0)
            return form.fields[i].value;
    return NULL;
}

static void every_statement_has_its_field(void)
{
    static const struct {
        const char *line;
        enum promotion_field_kind kind;
        const char *value;
    } rows[] = {
        {"promotion KNIVES-2", FIELD_CODE, "KNIVES-2"},
        {"name  zh 两把刀 ", FIELD_NAME, "zh 两把刀"},
        {"WHEN spend 1.00 on everything", FIELD_WHEN, "spend 1.00 on everything"},
        {"give free delivery", FIELD_GIVE, "free delivery"},
        {"from 2025-12-01", FIELD_FROM, "2025-12-01"},
        {"to 2025-12-31", FIELD_TO, "2025-12-31"},
        {"for  types personal", FIELD_TYPES, "personal"},
        {"for channels web", FIELD_CHANNELS, "web"},
        {"for ranks 3-5", FIELD_RANKS, "3-5"},
        {"for people VIP", FIELD_PEOPLE, "VIP"},
        {"for coupon", FIELD_COUPON, "yes"},
        {"each", FIELD_EACH, "yes"},
        {"up to 3 times", FIELD_TIMES, "3"},
        {"up to 1 time", FIELD_TIMES, "1"},
        {"limit 500 orders", FIELD_LIMIT_ORDERS, "500"},
        {"limit 1 order", FIELD_LIMIT_ORDERS, "1"},
        {"limit 1 per customer", FIELD_LIMIT_PERSON, "1"},
        {"limit budget 1000.00", FIELD_LIMIT_BUDGET, "1000.00"},
        {"lane pre", FIELD_LANE, "pre"},
        {"priority -5", FIELD_PRIORITY, "-5"},
        {"exclusive", FIELD_EXCLUSIVE, "yes"},
        {"not with A, B", FIELD_TAGS, "A, B"},
        {"on reduced", FIELD_REDUCED, "yes"},
        {"volumes kept", FIELD_VOLUMES, "yes"},
        {"# a note", FIELD_OTHER, "# a note"},
        {"exclusive # why", FIELD_OTHER, "exclusive # why"},
        {"limit five orders and more", FIELD_OTHER, "limit five orders and more"},
        {"gives 5", FIELD_OTHER, "gives 5"},
        {"give", FIELD_OTHER, "give"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin(rows[i].line);
        CU_ASSERT_PTR_NOT_NULL_FATAL(value(rows[i].kind, 0));
        CU_ASSERT_STRING_EQUAL(value(rows[i].kind, 0), rows[i].value);
        arena_free(arena);
    }
}

static void a_text_comes_back_as_it_was(void)
{
    static const char text[] =
        "promotion A\n  name One\n  name zh 一\n  when order 1.00\n  when first order\n"
        "  give 1.00 off everything\n  give gift 2 of 60422\n  from 2025-09-01\n  to 2026-01-31\n"
        "  for types personal\n  for coupon\n  up to 3 times\n  limit 5 orders\n"
        "  limit 1 per customer\n  limit budget 9.00\n  lane post\n  priority 7\n  exclusive\n"
        "  not with X\n  on reduced\n  volumes kept\n  # a note\n  each # another\n";
    begin(text);
    CU_ASSERT_STRING_EQUAL(promotion_form_write(&form, arena), text);
    arena_free(arena);
}

static void what_is_said_twice_is_kept(void)
{
    begin("promotion A\nlane pre\nlane post\nfrom 2025-01-01 to 2025-02-01\nfrom 2026-01-01\n");
    CU_ASSERT_STRING_EQUAL(value(FIELD_LANE, 0), "pre");
    CU_ASSERT_STRING_EQUAL(value(FIELD_FROM, 0), "2025-01-01");
    CU_ASSERT_STRING_EQUAL(value(FIELD_TO, 0), "2025-02-01");
    CU_ASSERT_STRING_EQUAL(value(FIELD_OTHER, 0), "lane post");
    CU_ASSERT_STRING_EQUAL(value(FIELD_OTHER, 1), "from 2026-01-01");
    arena_free(arena);
}

static void fields_are_set_emptied_and_added(void)
{
    begin("promotion A\ngive 1.00 off everything\n");
    for (size_t i = 0; i < form.n; i++) {
        if (form.fields[i].kind == FIELD_EXCLUSIVE)
            promotion_form_set(&form, i, "y");
        if (form.fields[i].kind == FIELD_LIMIT_ORDERS)
            promotion_form_set(&form, i, " 5 ");
    }
    CU_ASSERT_STRING_EQUAL(value(FIELD_EXCLUSIVE, 0), "yes");
    size_t more = 0;
    while (form.fields[more].kind != FIELD_GIVE)
        more++;
    more = promotion_form_more(&form, more);
    promotion_form_set(&form, more, "free delivery");
    CU_ASSERT_STRING_EQUAL(promotion_form_write(&form, arena),
                           "promotion A\n  give 1.00 off everything\n  give free delivery\n"
                           "  limit 5 orders\n  exclusive\n");
    promotion_form_set(&form, more, "");
    for (size_t i = 0; i < form.n; i++)
        if (form.fields[i].kind == FIELD_EXCLUSIVE)
            promotion_form_set(&form, i, "no");
    CU_ASSERT_STRING_EQUAL(promotion_form_write(&form, arena),
                           "promotion A\n  give 1.00 off everything\n  limit 5 orders\n");
    arena_free(arena);
}

static void a_line_goes_into_its_field(void)
{
    begin("promotion A\nlane pre\ngive free delivery\n");
    CU_ASSERT_EQUAL(form.fields[promotion_form_line(&form, " lane post")].kind, FIELD_LANE);
    CU_ASSERT_STRING_EQUAL(value(FIELD_LANE, 0), "post");
    promotion_form_line(&form, "give gift 60422");
    CU_ASSERT_STRING_EQUAL(value(FIELD_GIVE, 0), "free delivery");
    CU_ASSERT_STRING_EQUAL(value(FIELD_GIVE, 1), "gift 60422");
    promotion_form_line(&form, "nonsense");
    CU_ASSERT_STRING_EQUAL(value(FIELD_OTHER, 0), "nonsense");
    arena_free(arena);
}

static void mistakes_are_told_at_their_field(void)
{
    static const struct {
        const char *text;
        enum promotion_field_kind kind;
    } rows[] = {
        {"promotion A\ngive 5% off 99999\n", FIELD_GIVE},
        {"promotion A\ngive free delivery\nlane middle\n", FIELD_LANE},
        {"promotion A\ngive free delivery\nlimit no orders\n", FIELD_LIMIT_ORDERS},
        {"promotion A\nwhen spend much\ngive free delivery\n", FIELD_WHEN},
        {"promotion A\ngive free delivery\nto 2020-01-01\nfrom 2021-01-01\n", FIELD_TO},
        {"promotion A\nlane pre\n", FIELD_GIVE}, /* nothing is given yet */
        {"promotion A\ngive free delivery\nnonsense\n", FIELD_OTHER},
    };
    static struct promo_shop shop;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct promotion_mistake mistakes[PROMOTION_MISTAKES];
        struct promotion promotion;
        size_t n = 0;
        begin(rows[i].text);
        promo_shop_init(&shop, arena);
        const char *text = promotion_form_write(&form, arena);
        CU_ASSERT_FALSE(
            promotion_read(arena, &shop.catalogue, text, strlen(text), &promotion, mistakes, &n));
        CU_ASSERT_EQUAL(form.fields[promotion_form_field_at(&form, &mistakes[0])].kind,
                        rows[i].kind);
        arena_free(arena);
    }
}

static const struct test_case cases[] = {
    {"every statement has its field", every_statement_has_its_field},
    {"a text comes back as it was", a_text_comes_back_as_it_was},
    {"what is said twice is kept", what_is_said_twice_is_kept},
    {"fields are set, emptied and added", fields_are_set_emptied_and_added},
    {"a line goes into its field", a_line_goes_into_its_field},
    {"mistakes are told at their field", mistakes_are_told_at_their_field},
};

REPORT_MAIN("test_promotion_form", cases)
