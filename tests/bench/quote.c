/* CPU time of quote_price alone, on the catalogue of a database:
 *
 *     quote CONNINFO MARKET DAY LINES,... PROMOTIONS,...      DAY: days since 1970-01-01
 *
 * prices random plain items for a discounted distributor, each time in an arena of its own, with so
 * many live promotions (tests/bench/promotions.h), and prints for each number of lines and of
 * promotions one JSON object: microseconds at p50, p99, on average; how many promotions were
 * applied to an order; of how many orders the search was bounded. */
#include "core/quote.h"
#include "server/db/catalogue_load.h"
#include "tests/bench/promotions.h"

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

struct figures {
    size_t applied, bounded;
};

static void count(const struct quote *quote, struct figures *figures)
{
    figures->bounded += quote->search_bounded;
    for (size_t i = 0; i < quote->npromotions; i++)
        figures->applied += quote->promotions[i].state == PROMOTION_applied;
}

/* One pricing as a request does it: which stock is needed, then the quote. */
static int64_t price_once(const struct catalogue *c, const struct buyer_facts *buyer,
                          const struct order_draft *draft, struct figures *figures)
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
    count(&quote, figures);
    if (quote.total.minor < 0 || problems_stops(&quote.problems)) {
        fprintf(stderr, "quote: the draft cannot be priced\n");
        exit(1);
    }
    arena_free(arena);
    return took;
}

static void measure(const struct catalogue *c, struct date today, size_t lines)
{
    struct figures figures = {0};
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
        sum += took[i] = price_once(c, &buyer, &draft, &figures);
        arena_free(arena);
    }
    qsort(took, runs, sizeof *took, ascending);
    printf("{\"lines\":%zu,\"promotions\":%zu,\"runs\":%zu,\"p50_us\":%.1f,\"p99_us\":%.1f,"
           "\"mean_us\":%.1f,\"applied\":%.1f,\"bounded\":%.3f}\n",
           lines, c->npromotions, runs, (double)took[runs / 2] / 1e3,
           (double)took[runs * 99 / 100] / 1e3, (double)sum / 1e3 / (double)runs,
           (double)figures.applied / (double)runs, (double)figures.bounded / (double)runs);
    free(took);
}

/* "5,100,1000" -> how many numbers */
static size_t numbers(const char *text, size_t out[], size_t most)
{
    size_t n = 0;
    for (char *end; *text && n < most; text = *end ? end + 1 : end)
        out[n++] = strtoul(text, &end, 10);
    return n;
}

static void measure_all(const struct catalogue *of, struct date today, const char *lines,
                        const char *promotions)
{
    size_t nlines, npromotions, line[16], promotion[16];
    struct arena *arena = arena_new();
    struct catalogue catalogue = *of;
    nlines = numbers(lines, line, ARRAY_LEN(line));
    npromotions = numbers(promotions, promotion, ARRAY_LEN(promotion));
    for (size_t p = 0; p < npromotions; p++) {
        catalogue.promotions = promotions_make(arena, of, promotion[p]);
        catalogue.npromotions = promotion[p];
        for (size_t l = 0; l < nlines; l++)
            measure(&catalogue, today, line[l]);
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    char why[256];
    if (argc != 6) {
        fputs("usage: quote CONNINFO MARKET DAY LINES,... PROMOTIONS,...\n", stderr);
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
    measure_all(&market->catalogue, (struct date){atoi(argv[3])}, argv[4], argv[5]);
    catalogue_snapshot_release(snapshot);
    return 0;
}
