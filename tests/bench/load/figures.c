#include "tests/bench/load/figures.h"

/* Values below 64 have a bucket each, the others 32 to each power of two. */
static unsigned bucket_of(uint64_t us)
{
    unsigned octave = 0;
    while (us >> octave >= 2 * FIGURES_STEPS)
        octave++;
    unsigned index = octave * FIGURES_STEPS + (unsigned)(us >> octave);
    unsigned last = FIGURES_OCTAVES * FIGURES_STEPS - 1;
    return index > last ? last : index;
}

static int64_t value_of(unsigned bucket)
{
    if (bucket < 2 * FIGURES_STEPS)
        return bucket;
    unsigned octave = bucket / FIGURES_STEPS - 1;
    return (int64_t)(bucket - octave * FIGURES_STEPS) << octave;
}

void figures_add(struct figures *figures, int64_t us)
{
    if (us < 0)
        us = 0;
    figures->count++;
    figures->buckets[bucket_of((uint64_t)us)]++;
    if (us > figures->most)
        figures->most = us;
}

int64_t figures_share(const struct figures *figures, unsigned share)
{
    uint64_t want = (figures->count * share + 999) / 1000, seen = 0;
    for (unsigned i = 0; i < FIGURES_OCTAVES * FIGURES_STEPS; i++) {
        seen += figures->buckets[i];
        if (seen >= want && seen)
            return value_of(i);
    }
    return 0;
}
