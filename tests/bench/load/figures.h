/* What a run has measured: latencies to 3 %, in buckets, and counts. */
#pragma once

#include <stdint.h>

enum { FIGURES_OCTAVES = 32, FIGURES_STEPS = 32 };

struct figures {
    uint64_t count, buckets[FIGURES_OCTAVES * FIGURES_STEPS];
    int64_t most;
};

void figures_add(struct figures *figures, int64_t us);
/* `share` in thousandths: 990 is p99. */
int64_t figures_share(const struct figures *figures, unsigned share);
