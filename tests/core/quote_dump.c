/* quote_dump N [SEED]: prints random catalogues, drafts on them and what quote_price and
 * quote_tenders make of them, one JSON object a line, for the model in quote_model.py. */
#include "tests/core/quote_dump.h"

#include <stdlib.h>

enum { DRAFTS_PER_CATALOGUE = 40 };

int main(int argc, char **argv)
{
    long n = argc > 1 ? strtol(argv[1], NULL, 10) : 10;
    uint64_t state = argc > 2 ? strtoull(argv[2], NULL, 10) : 20251122;
    for (long i = 0; i < n; i++) {
        struct quote quote;
        struct tender_sums sums;
        struct arena *arena = arena_new();
        if (i % DRAFTS_PER_CATALOGUE == 0) {
            random_catalogue(&order, &state);
            dump_catalogue(&order.catalogue);
        }
        random_draft(&order, &state);
        quote_price(arena, &order.catalogue, &order.buyer, &order.draft, order.known_stock,
                    order.nstock, &quote);
        size_t priced = quote.problems.count;
        dump_order();
        dump_quote(&quote);
        quote_tenders(&quote, &order.buyer,
                      tender_kinds(!order_type_info(order.draft.type)->needs_customer, true),
                      order.tenders, order.ntenders, &sums);
        dump_problems("tender_problems", &quote.problems, priced);
        quote.problems.count = priced;
        printf(",");
        dump_problems("problems", &quote.problems, 0);
        printf(",\"from_balance\":%lld,\"due\":%lld,\"over\":%lld}\n",
               (long long)sums.from_balance.minor, (long long)sums.due.minor,
               (long long)sums.over.minor);
        arena_free(arena);
    }
    return 0;
}
