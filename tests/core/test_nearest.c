/* core/nearest.h: optimal string alignment, ranking, and the time it takes. */
#include "core/nearest.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void known_distances(void)
{
    static const struct {
        const char *a, *b;
        unsigned distance;
    } rows[] = {
        {"40216", "40216", 0},   {"40216", "40261", 1}, {"40216", "4021", 1},
        {"40216", "402166", 1},  {"40216", "40217", 1}, {"40216", "04216", 1},
        {"40216", "04261", 2},   {"40216", "402", 2},   {"40216", "40", 3},
        {"40216", "12345", 3},   {"", "", 0},           {"", "12", 2},
        {"", "123", 3},          {"1", "", 1},          {"ca", "abc", 3}, /* OSA, not Damerau's 2 */
        {"40216", "4021600", 2}, {"12", "21", 1},       {"123", "321", 2},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        unsigned there = nearest_distance(arena, rows[i].a, rows[i].b);
        unsigned back = nearest_distance(arena, rows[i].b, rows[i].a);
        if (there != rows[i].distance)
            printf("   %s %s: %u\n", rows[i].a, rows[i].b, there);
        CU_ASSERT_EQUAL(there, rows[i].distance);
        CU_ASSERT_EQUAL(back, rows[i].distance);
    }
    arena_free(arena);
}

static int least3(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

/* The definition, with the full table and nothing clever. */
static int plain_distance(const char *a, const char *b)
{
    int d[16][16], n = (int)strlen(a), m = (int)strlen(b);
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] =
                least3(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least3(d[i][j], d[i - 2][j - 2] + 1, d[i][j]);
        }
    return d[n][m];
}

static void random_digits(uint64_t *seed, char *out, size_t most, unsigned alphabet)
{
    size_t n = random_below(seed, most + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = (char)('0' + random_below(seed, alphabet));
    out[n] = '\0';
}

static void the_band_gives_what_the_full_table_gives(void)
{
    uint64_t seed = report_seed();
    for (int i = 0; i < 300000; i++) {
        struct arena *arena = arena_new();
        char a[16], b[16];
        random_digits(&seed, a, 9, i % 2 ? 2 : 4);
        random_digits(&seed, b, 9, i % 2 ? 2 : 4);
        int plain = plain_distance(a, b);
        unsigned found = nearest_distance(arena, a, b);
        if (found != (plain > NEAREST_DISTANCE ? NEAREST_DISTANCE + 1U : (unsigned)plain)) {
            printf("   \"%s\" \"%s\": %u, not %d\n", a, b, found, plain);
            CU_FAIL_FATAL("wrong distance");
        }
        arena_free(arena);
    }
}

static void nearer_then_heavier_then_by_code(void)
{
    static const char *const codes[] = {"40261", "40217", "40216", "99999",
                                        "40227", "40206", "40116"};
    static const uint32_t weight[] = {5, 9, 0, 1000, 7, 5, 0};
    static const char *const by_weight[] = {"40216", "40217", "40206", "40261", "40116", "40227"};
    static const char *const by_code[] = {"40216", "40116", "40206", "40217", "40261", "40227"};
    struct arena *arena = arena_new();
    struct nearest out[9];
    size_t n = nearest_codes(arena, "40216", codes, ARRAY_LEN(codes), weight, 9, out);
    CU_ASSERT_EQUAL_FATAL(n, 6);
    for (size_t i = 0; i < n; i++) {
        CU_ASSERT_STRING_EQUAL(out[i].code, by_weight[i]);
        CU_ASSERT_PTR_EQUAL(codes[out[i].index], out[i].code);
        CU_ASSERT_EQUAL(weight[out[i].index], out[i].weight);
    }
    CU_ASSERT_EQUAL(out[0].distance, 0);
    CU_ASSERT_EQUAL(out[1].distance, 1);
    CU_ASSERT_EQUAL(out[5].distance, 2);
    n = nearest_codes(arena, "40216", codes, ARRAY_LEN(codes), NULL, 9, out);
    CU_ASSERT_EQUAL_FATAL(n, 6);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_STRING_EQUAL(out[i].code, by_code[i]);
    n = nearest_codes(arena, "40216", codes, ARRAY_LEN(codes), weight, 3, out);
    CU_ASSERT_EQUAL_FATAL(n, 3);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_STRING_EQUAL(out[i].code, by_weight[i]);
    arena_free(arena);
}

static void one_known_slip_goes_before_two(void)
{
    static const struct {
        const char *typed, *first, *second;
        uint32_t heavier; /* weight of the second */
    } rows[] = {
        {"40216", "41206", "40238", 9}, /* swapped across one */
        {"40116", "40226", "40138", 9}, /* a pair for another */
        {"41316", "42326", "41384", 9}, /* a pair across one */
        {"41316", "43016", "41384", 9}, /* thirty heard as thirteen */
        {"43016", "41316", "43084", 9}, /* and the other way round */
        {"40116", "40118", "40226", 9}, /* nearer is nearer all the same */
        {"41316", "41384", "40416", 0}, /* neither is known: the heavier */
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *codes[] = {rows[i].second, rows[i].first};
        uint32_t weights[] = {rows[i].heavier, 1};
        struct nearest out[2];
        size_t n = nearest_codes(arena, rows[i].typed, codes, 2, weights, 2, out);
        CU_ASSERT_EQUAL_FATAL(n, 2);
        if (strcmp(out[0].code, rows[i].first) != 0)
            printf("   %s: %s before %s\n", rows[i].typed, out[0].code, rows[i].first);
        CU_ASSERT_STRING_EQUAL(out[0].code, rows[i].first);
        CU_ASSERT_STRING_EQUAL(out[1].code, rows[i].second);
    }
    arena_free(arena);
}

static void nothing_near_is_nothing(void)
{
    static const char *const codes[] = {"40216"};
    struct arena *arena = arena_new();
    struct nearest out[1];
    CU_ASSERT_EQUAL(nearest_codes(arena, "99999", codes, 1, NULL, 1, out), 0);
    CU_ASSERT_EQUAL(nearest_codes(arena, "", codes, 1, NULL, 1, out), 0);
    CU_ASSERT_EQUAL(nearest_codes(arena, "40216", codes, 0, NULL, 1, out), 0);
    CU_ASSERT_EQUAL(nearest_codes(arena, "40216", codes, 1, NULL, 0, out), 0);
    arena_free(arena);
}

/* The goal is a few milliseconds in the build that ships; this bound only catches a blunder. */
static void twenty_thousand_codes_are_quick(void)
{
    enum { N = 20000, TIMES = 10 };
    struct arena *arena = arena_new();
    const char **codes = ARENA_ARRAY(arena, const char *, N);
    struct nearest out[9];
    for (unsigned i = 0; i < N; i++)
        codes[i] = arena_printf(arena, "%05u", 10000 + i * 4);
    clock_t start = clock();
    size_t found = 0;
    for (int i = 0; i < TIMES; i++)
        found += nearest_codes(arena, "40216", codes, N, NULL, 9, out);
    double ms = (double)(clock() - start) * 1000 / CLOCKS_PER_SEC / TIMES;
    printf("nearest of %d codes: %.2f ms\n", N, ms);
    CU_ASSERT_EQUAL(found, 9 * TIMES);
    CU_ASSERT(ms < 100);
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"a slip is a digit more, less, wrong, or two swapped", known_distances},
    {"the band gives what the full table gives", the_band_gives_what_the_full_table_gives},
    {"candidates are ranked nearer, then heavier, then by code", nearer_then_heavier_then_by_code},
    {"one slip that is known of people goes before two", one_known_slip_goes_before_two},
    {"where nothing is near nothing is offered", nothing_near_is_nothing},
    {"twenty thousand codes are quick", twenty_thousand_codes_are_quick},
};
REPORT_MAIN("nearest", cases)
