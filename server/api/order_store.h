/* A priced order on its way into the database, and what the database finds wrong with it: what
 * placing an order and changing one share. */
#pragma once

#include "server/api/pricing.h"

/* The lines of a quote and what they need of stock, as array parameters in the order in which
 * order_place and order_change take them. */
struct order_columns {
    const char *client, *item, *sku, *name, *qty, *unit, *discount, *tax, *ppm, *cv, *pv;
    const char *need_line, *need_item, *need_qty, *need_per, *need_back;
};
void order_columns_fill(struct arena *arena, const struct quote *quote, struct order_columns *out);
/* The address as it is kept; "{}" without one. */
const char *order_ship_to(struct arena *arena, const struct buyer_facts *buyer);
const char *order_minor(struct arena *arena, struct money amount);

/* What it has of promotions, as JSON; NULL when that is nothing and there is no coupon. */
const char *order_promotions(struct arena *arena, const struct pricing *pricing);

/* The database found less stock than the quote did: all short items, by their lines. */
void order_add_shortages(struct quote *quote, const char *detail);
/* The wallet holds less than was to be taken. */
void order_add_balance_short(struct quote *quote, const char *detail, struct money wanted);
