/* What the server says of tills, as the terminal understands it. */
#include "core/wire/reply_tills.h"
#include "tests/report.h"

#include <string.h>

#define READ(read, text, out) read(arena, (text), strlen(text), (out))

static void shifts(void)
{
    struct arena *arena = arena_new();
    struct reply_shift s;
    CU_ASSERT_TRUE_FATAL(READ(
        reply_shift_read,
        "{\"id\":\"12\",\"till\":\"LEEDS-2\",\"state\":\"open\",\"float\":15000,\"sales\":3,"
        "\"drawer\":null,\"blind\":true,\"walk_in\":{\"distributor\":\"1\",\"customer\":\"7\"}}",
        &s));
    CU_ASSERT_EQUAL(s.opening, 15000);
    CU_ASSERT_EQUAL(s.drawer, -1); /* not told is not nothing */
    CU_ASSERT_STRING_EQUAL(s.walk_in, "7");
    CU_ASSERT_TRUE_FATAL(
        READ(reply_shift_read, "{\"id\":\"12\",\"drawer\":0,\"walk_in\":null}", &s));
    CU_ASSERT_EQUAL(s.drawer, 0);
    CU_ASSERT_STRING_EQUAL(s.walk_in, "");
    CU_ASSERT_FALSE(READ(reply_shift_read, "{\"till\":\"LEEDS-2\"}", &s));
    CU_ASSERT_FALSE(READ(reply_shift_read, "no json", &s));
    arena_free(arena);
}

static void reports(void)
{
    struct arena *arena = arena_new();
    struct reply_till_report r;
    CU_ASSERT_TRUE_FATAL(READ(
        reply_till_report_read,
        "{\"kind\":\"x\",\"number\":null,\"expected\":null,\"sales\":{\"count\":3,\"total\":null},"
        "\"text\":\"a\\nb\",\"escpos\":\"G0A=\"}",
        &r));
    CU_ASSERT_FALSE(r.is_told);
    CU_ASSERT_EQUAL(r.sales.count, 3);
    CU_ASSERT_EQUAL(r.sales.total, -1);
    CU_ASSERT_STRING_EQUAL(r.text, "a\nb");
    CU_ASSERT(r.nraw == 2 && memcmp(r.raw, "\x1B@", 2) == 0);
    CU_ASSERT_TRUE_FATAL(READ(reply_till_report_read,
                              "{\"kind\":\"z\",\"number\":4,\"expected\":10,\"counted\":5,"
                              "\"difference\":-5,\"escpos\":\"no base64\"}",
                              &r));
    CU_ASSERT(r.is_told && r.number == 4 && r.difference == -5);
    CU_ASSERT_PTR_NULL(r.raw); /* rather nothing than something else on paper */
    CU_ASSERT_EQUAL(r.nraw, 0);
    arena_free(arena);
}

static void lists(void)
{
    struct arena *arena = arena_new();
    struct reply_tills tills;
    struct reply_pickups pickups;
    CU_ASSERT_TRUE_FATAL(
        READ(reply_tills_read,
             "{\"items\":[{\"code\":\"A\",\"shift\":null},{\"code\":\"B\",\"shift\":"
             "{\"id\":\"1\",\"name\":\"BEN\"}}]}",
             &tills));
    CU_ASSERT_EQUAL_FATAL(tills.n, 2);
    CU_ASSERT(!tills.items[0].is_open && tills.items[1].is_open);
    CU_ASSERT_STRING_EQUAL(tills.items[1].who, "BEN");
    CU_ASSERT_TRUE_FATAL(
        READ(reply_pickups_read,
             "{\"items\":[{\"number\":\"1\",\"name\":\"J\",\"customer_name\":null},"
             "{\"number\":\"2\",\"name\":\"J\",\"customer_name\":\"Ana\"}]}",
             &pickups));
    CU_ASSERT_STRING_EQUAL(pickups.items[0].name, "J");
    CU_ASSERT_STRING_EQUAL(pickups.items[1].name, "Ana");
    CU_ASSERT_FALSE(READ(reply_tills_read, "{}", &tills));
    CU_ASSERT_FALSE(READ(reply_pickups_read, "[]", &pickups));
    arena_free(arena);
}

static void money_back(void)
{
    struct arena *arena = arena_new();
    static const char sale[] = "{\"change\":2810}", given[] = "{\"cash\":895}";
    CU_ASSERT_EQUAL(reply_change_read(arena, sale, strlen(sale)), 2810);
    CU_ASSERT_EQUAL(reply_change_read(arena, given, strlen(given)), 895);
    CU_ASSERT_EQUAL(reply_change_read(arena, "{}", 2), 0);
    CU_ASSERT_EQUAL(reply_change_read(arena, "", 0), 0);
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"a shift tells what is in its drawer, or not", shifts},
    {"a report is told blind or whole, with its bytes", reports},
    {"tills and what waits at them are listed", lists},
    {"what goes back in cash", money_back},
};
REPORT_MAIN("test_reply_tills", cases)
