/* Counting a drawer by its pieces: the sum is theirs, and what is not surely meant is refused. */
#include "core/pieces.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    int exponent;
    bool ok;
    int64_t sum;
    size_t n;
} counts[] = {
    {"20x3", 2, true, 6000, 1},
    {"20x3 5x4 0.50x7", 2, true, 8350, 3},
    {"20X3", 2, true, 6000, 1},
    {"0.01x99999", 2, true, 99999, 1},
    {"1000x12 500x3", 0, true, 13500, 2},
    {"20x0", 2, true, 0, 1}, /* none of them is a count, too */
    {"", 2, false, 0, 0},
    {"20", 2, false, 0, 0},
    {"20x", 2, false, 0, 0},
    {"x3", 2, false, 0, 0},
    {"20x3x2", 2, false, 0, 0},
    {"20x-3", 2, false, 0, 0},
    {"-20x3", 2, false, 0, 0},
    {"0x3", 2, false, 0, 0},
    {"20x3 20.00x1", 2, false, 0, 0}, /* the same piece twice */
    {"0.005x3", 2, false, 0, 0},
    {"20x100000", 2, false, 0, 0},
    {"20x3,5x4", 2, false, 0, 0},
};

static void sums_are_those_of_the_pieces(void)
{
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        struct pieces pieces;
        bool ok = pieces_read(counts[i].text, strlen(counts[i].text), counts[i].exponent, &pieces);
        if (ok != counts[i].ok || (ok && pieces.sum.minor != counts[i].sum))
            printf("   \"%s\": %d %lld\n", counts[i].text, ok, (long long)pieces.sum.minor);
        CU_ASSERT_EQUAL(ok, counts[i].ok);
        if (ok && counts[i].ok) {
            CU_ASSERT_EQUAL(pieces.sum.minor, counts[i].sum);
            CU_ASSERT_EQUAL(pieces.n, counts[i].n);
        }
    }
}

static void no_more_pieces_than_a_drawer_has(void)
{
    char text[512] = "";
    size_t at = 0;
    struct pieces pieces;
    for (int i = 1; i <= PIECES_MOST; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%dx1 ", i);
    CU_ASSERT(pieces_read(text, at, 2, &pieces));
    CU_ASSERT_EQUAL(pieces.n, PIECES_MOST);
    at += (size_t)snprintf(text + at, sizeof text - at, "100x1");
    CU_ASSERT(!pieces_read(text, at, 2, &pieces));
}

static const struct test_case cases[] = {
    {"a count is the sum of its pieces, or refused", sums_are_those_of_the_pieces},
    {"there are no more pieces than a drawer has", no_more_pieces_than_a_drawer_has},
};
REPORT_MAIN("pieces", cases)
