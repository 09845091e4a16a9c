#include "server/net/metrics.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A line of cache of its own for each process, so that workers don't slow each other. */
struct slot {
    _Alignas(64) _Atomic int64_t value[METRIC_COUNT];
};

struct about {
    const char *name, *help;
    bool is_gauge;
};

enum { TYPE_counter = 0, TYPE_gauge = 1 };
static const struct about about[METRIC_COUNT] = {
#define METRIC(name, type, help) {#name, help, TYPE_##type},
#include "server/net/metrics.def"
#undef METRIC
};

/* Programs without workers (tests, partylinectl) count into a page that nobody else sees. */
static struct slot own_page[METRICS_WORKERS];
static struct slot *page = own_page;
static struct slot *mine = own_page;

void metrics_init(void)
{
    void *shared = mmap(NULL, sizeof(struct slot) * METRICS_WORKERS, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        abort();
    page = mine = shared;
}

void metrics_attach(int slot)
{
    assert(slot >= 0 && slot < METRICS_WORKERS);
    mine = &page[slot];
}

void metrics_clear_gauges(int slot)
{
    assert(slot >= 0 && slot < METRICS_WORKERS);
    for (int i = 0; i < METRIC_COUNT; i++)
        if (about[i].is_gauge)
            atomic_store_explicit(&page[slot].value[i], 0, memory_order_relaxed);
}

void metric_add(enum metric metric, int64_t by)
{
    atomic_fetch_add_explicit(&mine->value[metric], by, memory_order_relaxed);
}

int64_t metric_total(enum metric metric)
{
    int64_t total = 0;
    for (int i = 0; i < METRICS_WORKERS; i++)
        total += atomic_load_explicit(&page[i].value[metric], memory_order_relaxed);
    return total;
}

/* Prometheus wants the names of counters to end in _total. */
static const char *suffix(const struct about *metric)
{
    size_t len = strlen(metric->name);
    bool has = len > 6 && strcmp(metric->name + len - 6, "_total") == 0;
    return metric->is_gauge || has ? "" : "_total";
}

void metrics_print(struct text *out)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        const char *name = about[i].name, *end = suffix(&about[i]);
        text_printf(out, "# HELP partyline_%s%s %s\n# TYPE partyline_%s%s %s\n", name, end,
                    about[i].help, name, end, about[i].is_gauge ? "gauge" : "counter");
        text_printf(out, "partyline_%s%s %lld\n", name, end,
                    (long long)metric_total((enum metric)i));
    }
}
