/* What a mistyped code may have been meant to be: the codes within two slips of the finger. A slip
 * is a digit left out, doubled or wrong, or two neighbours swapped (optimal string alignment). What
 * differs in two digits by one slip that is known of people (two swapped across a third, 11 for 22,
 * 13 for 30) goes before what takes two. No index is kept: 20,000 codes take a few milliseconds. */
#pragma once

#include "core/arena.h"

enum { NEAREST_DISTANCE = 2 };

struct nearest {
    const char *code;  /* of the list, not copied */
    size_t index;      /* its place in the list */
    uint32_t weight;   /* 0 without weights */
    unsigned distance; /* 0 (the code itself) to NEAREST_DISTANCE */
    bool known_slip;   /* of two digits, by one slip */
};

/* The best `most` of `n` codes, into `out[most]`: nearer first, then known slips, then heavier
 * (what this caller and today's orders take), then by code. `weight` has `n` members or is NULL.
 * Returns how many. */
size_t nearest_codes(struct arena *arena, const char *typed, const char *const *codes, size_t n,
                     const uint32_t *weight, size_t most, struct nearest *out);
/* The distance of two texts, byte by byte; NEAREST_DISTANCE + 1 stands for anything farther. */
unsigned nearest_distance(struct arena *arena, const char *a, const char *b);
