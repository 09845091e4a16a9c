/* core/repeat.h: how often a repeat order comes, as it is keyed. */
#include "core/repeat.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static void what_is_keyed_is_a_plan(void)
{
    static const struct {
        const char *text;
        struct repeat_plan plan;
        const char *from; /* "-": none */
    } rows[] = {
        {"m 15", {1, REPEAT_MONTHS, 15, {0}}, "-"},
        {"m15", {1, REPEAT_MONTHS, 15, {0}}, "-"},
        {" 2 m 31 ", {2, REPEAT_MONTHS, 31, {0}}, "-"},
        {"2w 3", {2, REPEAT_WEEKS, 3, {0}}, "-"},
        {"W7", {1, REPEAT_WEEKS, 7, {0}}, "-"},
        {"30d", {30, REPEAT_DAYS, 0, {0}}, "-"},
        {"d", {1, REPEAT_DAYS, 0, {0}}, "-"},
        {"99 D", {99, REPEAT_DAYS, 0, {0}}, "-"},
        {"m 15 2026-01-01", {1, REPEAT_MONTHS, 15, {0}}, "2026-01-01"},
        {"30d 2026-01-01", {30, REPEAT_DAYS, 0, {0}}, "2026-01-01"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct repeat_plan plan;
        char from[DATE_TEXT];
        bool is = repeat_parse(rows[i].text, &plan);
        if (!is || !repeat_equal(&plan, &rows[i].plan))
            printf("   %s\n", rows[i].text);
        CU_ASSERT(is);
        CU_ASSERT(repeat_equal(&plan, &rows[i].plan));
        CU_ASSERT_STRING_EQUAL(date_format(from, plan.from), rows[i].from);
    }
}

static void what_is_no_plan_is_refused(void)
{
    static const char *const rows[] = {
        "",
        "15",
        "m",
        "m 0",
        "m 32",
        "w",
        "w 8",
        "w 0",
        "0d",
        "100d",
        "m m",
        "m 15 tomorrow",
        "y 1",
        "x",
        "m 15x",
        "30d 3",
        "m 15 2026-02-30",
        "m 2026-01-01",
        "1234m 1",
        "-1d",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct repeat_plan plan;
        bool is = repeat_parse(rows[i], &plan);
        if (is)
            printf("   %s\n", rows[i]);
        CU_ASSERT_FALSE(is);
    }
}

static void units_have_the_names_of_the_api(void)
{
    static const char *const names[] = {"day", "week", "month"};
    for (enum repeat_unit unit = 0; unit < REPEAT_UNITS; unit++) {
        CU_ASSERT_STRING_EQUAL(repeat_unit_name(unit), names[unit]);
        CU_ASSERT_EQUAL(repeat_unit_by_name(names[unit]), unit);
    }
    CU_ASSERT_EQUAL(repeat_unit_by_name("year"), REPEAT_UNITS);
}

static const struct test_case cases[] = {
    {"what is keyed is a plan", what_is_keyed_is_a_plan},
    {"what is no plan is refused", what_is_no_plan_is_refused},
    {"units have the names of the API", units_have_the_names_of_the_api},
};
REPORT_MAIN("repeat", cases)
