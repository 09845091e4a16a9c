/* core/date.h: the proleptic Gregorian calendar, without a clock. */
#include "core/date.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Walks the calendar a day at a time; -25567 is 1900-01-01, 17 leap days before 1970. */
static void every_day_makes_the_round_trip(void)
{
    int32_t expected = -25567;
    for (int year = 1900; year <= 2999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in(year, month); day++, expected++) {
                struct date date = date_of(year, month, day), back = {0};
                int y, m, d;
                char text[DATE_TEXT], shown[DATE_TEXT];
                snprintf(text, sizeof text, "%04u-%02u-%02u", (unsigned)year % 10000,
                         (unsigned)month % 100, (unsigned)day % 100);
                date_split(date, &y, &m, &d);
                if (date.days != expected || y != year || m != month || d != day ||
                    strcmp(date_format(shown, date), text) != 0 || !date_parse(text, &back) ||
                    back.days != expected) {
                    printf("   %s\n", text);
                    CU_FAIL_FATAL("a day does not make the round trip");
                }
            }
    CU_ASSERT_EQUAL(expected - -25567, 401767); /* Python says the same */
}

static void known_days(void)
{
    static const struct {
        int year, month, day;
        int32_t days;
    } rows[] = {
        {1970, 1, 1, 0},       {1969, 12, 31, -1}, {2000, 2, 29, 11016}, {2000, 3, 1, 11017},
        {2025, 11, 22, 20414}, {1, 1, 1, -719162}, {0, 3, 1, -719468},   {1600, 1, 1, -135140},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int y, m, d;
        CU_ASSERT_EQUAL(date_of(rows[i].year, rows[i].month, rows[i].day).days, rows[i].days);
        date_split((struct date){rows[i].days}, &y, &m, &d);
        CU_ASSERT(y == rows[i].year && m == rows[i].month && d == rows[i].day);
    }
}

static void only_days_that_exist_are_read(void)
{
    static const char *const wrong[] = {
        "",           "2025",       "2025-02-29", "1900-02-29",       "2025-04-31",  "2025-00-10",
        "2025-13-10", "2025-01-00", "2025-01-32", "1899-12-31",       "3000-01-01",  "2025-1-01",
        "2025-01-1",  "2025/01/01", "20250101",   "2025-01-01 ",      " 2025-01-01", "2025-01-0x",
        "+025-01-01", "2025-01--1", "-025-01-01", "2025-01-01T00:00",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct date out = {77};
        if (date_parse(wrong[i], &out))
            printf("   \"%s\"\n", wrong[i]);
        CU_ASSERT_FALSE(date_parse(wrong[i], &out));
        CU_ASSERT_EQUAL(out.days, 77);
    }
    struct date out;
    CU_ASSERT(date_parse("2000-02-29", &out) && out.days == 11016);
}

static void open_ends_are_shown_as_a_dash(void)
{
    char out[DATE_TEXT];
    CU_ASSERT_STRING_EQUAL(date_format(out, DATE_MIN), "-");
    CU_ASSERT_STRING_EQUAL(date_format(out, DATE_MAX), "-");
    CU_ASSERT_STRING_EQUAL(date_format(out, date_of(9999, 12, 31)), "9999-12-31");
}

static void a_range_holds_its_first_day_and_not_its_last(void)
{
    struct date from = date_of(2025, 11, 1), to = date_of(2025, 12, 1);
    CU_ASSERT(date_within(from, from, to));
    CU_ASSERT(date_within(date_of(2025, 11, 30), from, to));
    CU_ASSERT_FALSE(date_within(to, from, to));
    CU_ASSERT_FALSE(date_within(date_of(2025, 10, 31), from, to));
    CU_ASSERT(date_within(from, DATE_MIN, DATE_MAX));
}

static const struct test_case cases[] = {
    {"every day from 1900 to 2999 makes the round trip", every_day_makes_the_round_trip},
    {"known days have their numbers", known_days},
    {"only days that exist, written in full, are read", only_days_that_exist_are_read},
    {"open ends are shown as a dash", open_ends_are_shown_as_a_dash},
    {"a range holds its first day and not its last", a_range_holds_its_first_day_and_not_its_last},
};
REPORT_MAIN("date", cases)
