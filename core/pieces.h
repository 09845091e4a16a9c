/* Money counted by its pieces: "20x3 5x4 0.50x7" is three notes of 20, four of 5 and seven coins of
 * 50. The pieces of a drawer are few, so there is a most of them. */
#pragma once

#include "core/money.h"

enum { PIECES_MOST = 24, PIECES_COUNT_MOST = 99999 };

struct piece {
    int64_t value, count; /* of each, in minor units; how many */
};

struct pieces {
    struct piece items[PIECES_MOST];
    size_t n;
    struct money sum;
};

/* False for anything else, for more pieces than there may be, and for a piece that stands there
 * twice: one of the two is a slip. */
bool pieces_read(const char *text, size_t len, int exponent, struct pieces *out) MUST_CHECK;
