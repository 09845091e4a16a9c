#include "tui/tail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tail_line(struct tail *tail, const char *ulid, int64_t now)
{
    snprintf(tail->order, sizeof tail->order, "%s", ulid);
    tail->line_at = now;
}

void tail_placed(struct tail *tail, const char *ulid, int64_t now)
{
    int64_t took = now - tail->line_at;
    if (*ulid && strcmp(tail->order, ulid) == 0 && took >= 0 && took < INT32_MAX)
        tail->measured[tail->n++ % TAIL_MOST] = (int32_t)took;
    tail->order[0] = '\0';
}

static int compare(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

int64_t tail_median(const struct tail *tail)
{
    int32_t sorted[TAIL_MOST];
    size_t n = tail->n < TAIL_MOST ? tail->n : TAIL_MOST;
    if (n == 0)
        return -1;
    memcpy(sorted, tail->measured, n * sizeof sorted[0]);
    qsort(sorted, n, sizeof sorted[0], compare);
    return n % 2 ? sorted[n / 2] : ((int64_t)sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}
