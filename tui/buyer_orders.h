/* What the buyer of the open order has had before: the last orders, and what was in most of them.
 * For wide terminals, which show it beside the order; others never ask for it. */
#pragma once

#include "core/wire/reply_around.h"

struct app;

enum { BUYER_ORDERS = 5, BUYER_USUAL = 8 };

struct buyer_usual {
    const char *sku, *name;
    int orders; /* in how many of them it was */
};

struct buyer_orders {
    const struct reply_order_row *orders; /* the newest first, without cancelled ones */
    size_t norders;
    const struct buyer_usual *usual; /* in two of them at least, the commonest first */
    size_t nusual;
    bool waiting; /* something is still on its way */
};

/* Asks for them when the buyer is another one. False while there is no buyer. */
bool buyer_orders(struct app *app, struct buyer_orders *out);
/* There may be a newer one. */
void buyer_orders_forget(struct app *app);
