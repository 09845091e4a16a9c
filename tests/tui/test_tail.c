#include "tests/report.h"
#include "tui/tail.h"

#define ONE "01ARZ3NDEKTSV4RRFFQ69G5FAA"
#define TWO "01ARZ3NDEKTSV4RRFFQ69G5FAB"

static void from_the_last_line(void)
{
    struct tail tail = {.n = 0};
    CU_ASSERT_EQUAL(tail_median(&tail), -1);
    tail_line(&tail, ONE, 1000);
    tail_line(&tail, ONE, 5000); /* the last one counts */
    tail_placed(&tail, ONE, 8400);
    CU_ASSERT_EQUAL(tail_median(&tail), 3400);
}

static void only_what_was_keyed_here(void)
{
    struct tail tail = {.n = 0};
    tail_placed(&tail, ONE, 8400); /* recalled, with all its lines */
    tail_line(&tail, ONE, 9000);
    tail_placed(&tail, TWO, 9900);
    tail_placed(&tail, "", 9900);
    tail_placed(&tail, ONE, 9900); /* its line belongs to the past by now */
    CU_ASSERT_EQUAL(tail_median(&tail), -1);
}

static void the_middle_one(void)
{
    static const int64_t took[] = {4000, 60000, 3000, 2000};
    static const int64_t medians[] = {4000, 32000, 4000, 3500};
    struct tail tail = {.n = 0};
    for (size_t i = 0; i < ARRAY_LEN(took); i++) {
        tail_line(&tail, ONE, 0);
        tail_placed(&tail, ONE, took[i]);
        CU_ASSERT_EQUAL(tail_median(&tail), medians[i]);
    }
}

static void old_ones_are_forgotten(void)
{
    struct tail tail = {.n = 0};
    for (int i = 0; i < 3 * TAIL_MOST; i++) {
        tail_line(&tail, ONE, 0);
        tail_placed(&tail, ONE, i < 2 * TAIL_MOST ? 9000 : 1000);
    }
    CU_ASSERT_EQUAL(tail_median(&tail), 1000);
}

static const struct test_case cases[] = {
    {"the tail is counted from the last line", from_the_last_line},
    {"what was not keyed here is not measured", only_what_was_keyed_here},
    {"the median is shown", the_middle_one},
    {"of a long session the latest count", old_ones_are_forgotten},
};
REPORT_MAIN("test_tail", cases)
