/* CPU time of quote_price alone, on the catalogue of a database:
 *
 *     quote CONNINFO MARKET DAY LINES...      DAY: days since 1970-01-01
 *
 * prices random plain items for a discounted distributor, each time in an arena of its own, and
 * prints for each number of lines one JSON object: microseconds at p50, p99, on average. */
#include "core/quote.h"
#include "server/db/catalogue_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES_PRICED = 200000, RUNS_LEAST = 500 };

static int64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool sold(const struct catalogue *c, const struct price_list *list, struct date today,
                 size_t i)
{
    const struct item *item = &c->items[i];
    return item->kind == ITEM_PRODUCT && item->max_per_order == 0 && item->age_limit == 0 &&
           item->sale_from.days <= today.days && today.days < item->sale_to.days &&
           catalogue_price(c, list, item);
}

/* A draft of `n` random items; with more lines than items some come twice. */
static void fill(struct arena *arena, const struct catalogue *c, struct date today, size_t n,
                 struct order_draft *out)
{
    const struct price_list *list = catalogue_list_on(c, AUDIENCE_retail, today);
    *out = (struct order_draft){.market = c->market,
                                .type = ORDER_personal,
                                .distributor = "1",
                                .lines = ARENA_ARRAY(arena, struct draft_line, n),
                                .nlines = n,
                                .destination = SHIP_distributor,
                                .date = DATE_MIN};
    for (size_t i = 0; i < n;) {
        size_t pick = (size_t)rand() % c->nitems;
        if (!sold(c, list, today, pick))
            continue;
        out->lines[i] = (struct draft_line){
            .id = arena_printf(arena, "l%zu", i), .sku = c->items[pick].sku, .qty = 1 + rand() % 3};
        i++;
    }
}

/* One pricing as a request does it: which stock is needed, then the quote. */
static int64_t price_once(const struct catalogue *c, const struct buyer_facts *buyer,
                          const struct order_draft *draft)
{
    struct arena *arena = arena_new();
    struct quote quote;
    uint32_t *items;
    int64_t begun = cpu_ns();
    size_t n = quote_stock_items(arena, c, draft, &items);
    struct stock_fact *stock = ARENA_ARRAY(arena, struct stock_fact, n);
    for (size_t i = 0; i < n; i++)
        stock[i] = (struct stock_fact){items[i], 1000000};
    quote_price(arena, c, buyer, draft, stock, n, &quote);
    int64_t took = cpu_ns() - begun;
    if (quote.total.minor <= 0 || problems_stops(&quote.problems)) {
        fprintf(stderr, "quote: the draft cannot be priced\n");
        exit(1);
    }
    arena_free(arena);
    return took;
}

static void measure(const struct catalogue *c, struct date today, size_t lines)
{
    struct buyer_facts buyer = {
        .distributor = "1",
        .name = "x",
        .status = "active",
        .market = c->market,
        .rank = c->ndiscounts ? c->discounts[0].rank : 1,
        .may_order = true,
        .has_ship_to = true,
        .ship_to = {"x", "1 High Street", "", "Leeds", "LS1 4AP", c->default_region, c->market},
        .today = today};
    size_t runs = LINES_PRICED / lines > RUNS_LEAST ? LINES_PRICED / lines : RUNS_LEAST;
    int64_t *took = calloc(runs, sizeof *took), sum = 0;
    if (!took)
        abort();
    for (size_t i = 0; i < runs; i++) {
        struct arena *arena = arena_new();
        struct order_draft draft;
        fill(arena, c, today, lines, &draft);
        sum += took[i] = price_once(c, &buyer, &draft);
        arena_free(arena);
    }
    qsort(took, runs, sizeof *took, ascending);
    printf("{\"lines\":%zu,\"runs\":%zu,\"p50_us\":%.1f,\"p99_us\":%.1f,\"mean_us\":%.1f}\n", lines,
           runs, (double)took[runs / 2] / 1e3, (double)took[runs * 99 / 100] / 1e3,
           (double)sum / 1e3 / (double)runs);
    free(took);
}

int main(int argc, char **argv)
{
    char why[256];
    if (argc < 5) {
        fputs("usage: quote CONNINFO MARKET DAY LINES...\n", stderr);
        return 64;
    }
    PGconn *conn = PQconnectdb(argv[1]);
    struct catalogue_snapshot *snapshot = catalogue_load(conn, NULL, why);
    const struct market_snapshot *market =
        snapshot ? catalogue_snapshot_market(snapshot, argv[2]) : NULL;
    PQfinish(conn);
    if (!market) {
        fprintf(stderr, "quote: %s\n", snapshot ? "there is no such market" : why);
        return 1;
    }
    srand(1);
    for (int i = 4; i < argc; i++)
        measure(&market->catalogue, (struct date){atoi(argv[3])}, (size_t)atoi(argv[i]));
    catalogue_snapshot_release(snapshot);
    return 0;
}
