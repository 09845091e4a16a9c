#include "core/order_state.h"
#include "tests/report.h"

#include <string.h>

static void states_are_those_of_the_table(void)
{
    static const char *const known[] = {"placed", "on_hold", "released", "picked",
                                        "packed", "shipped", "received", "cancelled"};
    static const char *const unknown[] = {"", "due", "reserved", "Placed", "placed ", "plac"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        CU_ASSERT(order_state_known(known[i]));
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
        CU_ASSERT(!order_state_known(unknown[i]));
    CU_ASSERT(order_state_may_go("placed", "released"));
    CU_ASSERT(!order_state_may_go("released", "placed"));
    CU_ASSERT(!order_state_may_go("due", "void")); /* another machine's */
}

/* The taker within the time, the back office at any time, nobody once it is picked. */
static void who_may_cancel(void)
{
    static const struct {
        const char *state;
        bool is_taker, in_time, is_office;
        const char *say; /* NULL: may be cancelled */
    } rows[] = {
        {"placed", true, true, false, NULL},
        {"on_hold", true, true, false, NULL},
        {"released", true, true, false, NULL},
        {"placed", false, false, true, NULL},
        {"released", true, false, true, NULL},
        {"placed", true, false, false,
         "Order 100000014 could be cancelled until 12:34. Now the back office or a supervisor can "
         "do it."},
        {"placed", false, true, false,
         "Order 100000014 was taken by CC-08. They, the back office or a supervisor can cancel "
         "it."},
        {"placed", false, false, false,
         "Order 100000014 was taken by CC-08. They, the back office or a supervisor can cancel "
         "it."},
        {"picked", true, true, true, "Order 100000014 is picked: it is too late to cancel it."},
        {"shipped", true, true, false, "Order 100000014 is shipped: it is too late to cancel it."},
        {"cancelled", true, true, true, "Order 100000014 is cancelled already."},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct order_cancel cancel = {.order = "100000014",
                                      .state = rows[i].state,
                                      .taker = "CC-08",
                                      .until = "12:34",
                                      .is_taker = rows[i].is_taker,
                                      .in_time = rows[i].in_time,
                                      .is_office = rows[i].is_office};
        struct problems problems;
        problems_init(&problems, arena);
        CU_ASSERT_EQUAL(order_cancel_may(&cancel, &problems), rows[i].say == NULL);
        CU_ASSERT_EQUAL(problems.count, rows[i].say != NULL);
        if (rows[i].say && problems.count)
            CU_ASSERT_STRING_EQUAL(problem_say(arena, LANGUAGE_en, &problems.items[0]),
                                   rows[i].say);
    }
    arena_free(arena);
}

/* Changed and held until it is released, let go only when it is held. */
static void what_may_still_change(void)
{
    static const struct {
        const char *state;
        bool change, hold, unhold;
    } rows[] = {
        {"placed", true, true, false},     {"on_hold", true, false, true},
        {"released", false, false, false}, {"picked", false, false, false},
        {"packed", false, false, false},   {"shipped", false, false, false},
        {"received", false, false, false}, {"cancelled", false, false, false},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct problems problems;
        problems_init(&problems, arena);
        CU_ASSERT_EQUAL(order_change_may("100000014", rows[i].state, &problems), rows[i].change);
        CU_ASSERT_EQUAL(order_hold_may("100000014", rows[i].state, true, &problems), rows[i].hold);
        CU_ASSERT_EQUAL(order_hold_may("100000014", rows[i].state, false, &problems),
                        rows[i].unhold);
        CU_ASSERT_EQUAL(problems.count,
                        (size_t)!rows[i].change + (size_t)!rows[i].hold + (size_t)!rows[i].unhold);
    }
    struct problems problems;
    problems_init(&problems, arena);
    order_change_may("100000014", "released", &problems);
    CU_ASSERT_STRING_EQUAL(problem_say(arena, LANGUAGE_en, &problems.items[0]),
                           "Order 100000014 is released: it can no longer be changed.");
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"the states and moves are those of the order machine", states_are_those_of_the_table},
    {"the taker cancels in time, the office any time, nobody what is picked", who_may_cancel},
    {"what is released changes no more", what_may_still_change},
};
REPORT_MAIN("test_order_state", cases)
