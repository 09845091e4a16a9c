/* A quote made here, by core's own pricing, in the shape in which the server's come: the one place
 * where the one becomes the other. */
#pragma once

#include "core/quote.h"
#include "core/wire/reply.h"
#include "tui/prices.h"

enum local_kind {
    LOCAL_NONE, /* it cannot be priced here: no catalogue, another market, an old list */
    LOCAL_LIST, /* only the list's prices: the people's facts have not come yet */
    LOCAL_FULL, /* as the server would, but for the stock */
};

struct local_quote {
    enum local_kind kind;
    struct reply_quote reply;             /* without `why` sentences */
    struct quote quote;                   /* what it was made from, for those */
    struct reply_hint hints[QUOTE_HINTS]; /* the best first */
    size_t nhints;
};

/* Asks for facts that are missing. Everything lives in the arena, or in the catalogue, of which the
 * arena holds a reference. */
void local_quote_make(struct arena *arena, struct prices *prices, const struct order_draft *draft,
                      struct local_quote *out);
