/* core/problem.h: mistakes as data, and the sentence each gives. */
#include "core/problem.h"
#include "tests/report.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void problems_are_kept_in_order(void)
{
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);
    CU_ASSERT_EQUAL(problems.count, 0);
    CU_ASSERT_EQUAL(problems_stops(&problems), 0);
    for (int i = 0; i < 100; i++) {
        char field[32];
        snprintf(field, sizeof field, "/lines/%d/qty", i);
        enum problem_code code = i % 4 ? PROBLEM_bad_quantity : PROBLEM_back_ordered;
        problem_set_number(problems_add(&problems, code, field, "L1"), "qty", i);
    }
    CU_ASSERT_EQUAL(problems.count, 100);
    CU_ASSERT_EQUAL(problems_stops(&problems), 75);
    CU_ASSERT_STRING_EQUAL(problems.items[57].field, "/lines/57/qty");
    CU_ASSERT_STRING_EQUAL(problems.items[57].line, "L1");
    CU_ASSERT_EQUAL(problems.items[57].params[0].number, 57);
    CU_ASSERT_EQUAL(problems.items[57].params[0].exponent, -1);
    arena_free(arena);
}

static void parameters_are_put_into_the_sentence(void)
{
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);

    struct problem *p = problems_add(&problems, PROBLEM_stock_short, "", NULL);
    problem_set_text(p, "sku", "60422");
    problem_set_text(p, "name", "Winter {qty} set");
    problem_set_number(p, "free", 2);
    problem_set_number(p, "qty", 3);
    CU_ASSERT_STRING_EQUAL(problem_say(arena, LANGUAGE_en, p),
                           "60422 Winter {qty} set: 2 in stock, 3 wanted.");

    p = problems_add(&problems, PROBLEM_tenders_exceed, "", NULL);
    problem_set_money(p, "sum", 123456, 2);
    problem_set_money(p, "total", 17810, 2);
    CU_ASSERT_STRING_EQUAL(problem_say(arena, LANGUAGE_en, p),
                           "The tenders add up to 1,234.56, more than the total of 178.10.");

    p = problems_add(&problems, PROBLEM_balance_short, "", NULL);
    problem_set_money(p, "balance", -5, 0);
    problem_set_text(p, "amount", NULL);
    CU_ASSERT_STRING_EQUAL(problem_say(arena, LANGUAGE_en, p),
                           "The account balance is -5, less than .");

    p = problems_add(&problems, PROBLEM_unknown_sku, "", NULL);
    CU_ASSERT_STRING_EQUAL(problem_say(arena, LANGUAGE_en, p), "No item ?.");
    arena_free(arena);
}

static void names_lead_back_to_codes(void)
{
    for (int i = 0; i < PROBLEM_COUNT; i++) {
        enum problem_code code = (enum problem_code)i;
        CU_ASSERT_EQUAL(problem_by_name(problem_name(code)), code);
    }
    CU_ASSERT_STRING_EQUAL(problem_name(PROBLEM_unknown_sku), "unknown_sku");
    CU_ASSERT_EQUAL(problem_by_name("unknown_sku"), PROBLEM_unknown_sku);
    CU_ASSERT_EQUAL(problem_by_name("nonsense"), PROBLEM_COUNT);
    CU_ASSERT_EQUAL(problem_by_name(""), PROBLEM_COUNT);
}

static void a_duplicate_is_only_a_warning(void)
{
    CU_ASSERT_EQUAL(problem_severity(PROBLEM_duplicate), SEVERITY_warning);
    CU_ASSERT_EQUAL(problem_severity(PROBLEM_back_ordered), SEVERITY_warning);
    CU_ASSERT_EQUAL(problem_severity(PROBLEM_card_number), SEVERITY_stop);
}

/* A sentence begins with a capital, a digit or a parameter, ends with a full stop, closes its
 * braces, and has room for its parameters. */
static void every_sentence_is_one(void)
{
    static const char *const sentences[] = {
#define PROBLEM(name, severity, text) text,
#include "core/problem.def"
#undef PROBLEM
    };
    CU_ASSERT_EQUAL(ARRAY_LEN(sentences), PROBLEM_COUNT);
    for (size_t i = 0; i < ARRAY_LEN(sentences); i++) {
        const char *s = sentences[i];
        int params = 0;
        bool inside = false, ok = isupper((unsigned char)s[0]) || s[0] == '{';
        for (const char *at = s; *at; at++) {
            ok = ok && !(*at == '{' && inside) && !(*at == '}' && !inside);
            ok = ok && (!inside || islower((unsigned char)*at) || strchr("_}", *at));
            params += *at == '{';
            inside = *at == '{' || (inside && *at != '}');
        }
        const char *end = s + strlen(s);
        bool ends = end[-1] == '.' || (end - s > 5 && strcmp(end - 5, "{say}") == 0);
        ok = ok && !inside && params <= PROBLEM_PARAMS && ends;
        if (!ok)
            printf("   %s\n", s);
        CU_ASSERT(ok);
    }
}

static const struct test_case cases[] = {
    {"problems are kept in order, with their places", problems_are_kept_in_order},
    {"parameters are put into the sentence, once", parameters_are_put_into_the_sentence},
    {"names lead back to codes", names_lead_back_to_codes},
    {"a duplicate and a back order are warnings", a_duplicate_is_only_a_warning},
    {"every sentence is one", every_sentence_is_one},
};
REPORT_MAIN("problem", cases)
