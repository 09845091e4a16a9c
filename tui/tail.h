/* The tail: seconds from the Enter of an order's last line to its number, which is what the caller
 * waits for. Measured here, as the operator lives it; the median of the session is shown at home.
 */
#pragma once

#include "core/base.h"

enum { TAIL_MOST = 200 };

struct tail {
    char order[27];              /* the ULID whose last line was keyed at `line_at` */
    int64_t line_at;             /* milliseconds, monotonic */
    int32_t measured[TAIL_MOST]; /* the latest ones, milliseconds */
    size_t n;                    /* ever */
};

/* A line of that order was keyed. */
void tail_line(struct tail *tail, const char *ulid, int64_t now);
/* It has its number. One whose lines were not keyed here is not measured. */
void tail_placed(struct tail *tail, const char *ulid, int64_t now);
/* Milliseconds; -1 while nothing is measured. */
int64_t tail_median(const struct tail *tail);
