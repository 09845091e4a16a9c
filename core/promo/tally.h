/* Counts by two numbers: what each person has used of each promotion. */
#pragma once

#include "core/arena.h"

struct tally_entry {
    uint64_t a;
    int64_t b, n; /* n 0: free */
};

struct tally { /* all zero but for the arena: empty */
    struct arena *arena;
    struct tally_entry *entries; /* open addressing; `room` is a power of two */
    size_t used, room;
};

int64_t tally_of(const struct tally *tally, uint64_t a, int64_t b);
/* n >= 0 */
void tally_add(struct tally *tally, uint64_t a, int64_t b, int64_t n);
