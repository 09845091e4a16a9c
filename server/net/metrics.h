/* Counters in one page shared by the parent and all workers: any worker can print the totals.
 * A worker that dies takes no counter with it; its gauges are cleared by the parent. */
#pragma once

#include "core/text.h"

enum metric {
#define METRIC(name, type, help) METRIC_##name,
#include "server/net/metrics.def"
#undef METRIC
    METRIC_COUNT
};

enum { METRICS_WORKERS = 68 };
/* Maps the shared page; call once, before the first fork. */
void metrics_init(void);
/* Which slot this process counts into: 0 the parent, 1..METRICS_WORKERS-1 the workers. */
void metrics_attach(int slot);
void metrics_clear_gauges(int slot);
void metric_add(enum metric metric, int64_t by);
int64_t metric_total(enum metric metric);
/* The Prometheus text format. */
void metrics_print(struct text *out);
