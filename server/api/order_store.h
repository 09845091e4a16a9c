/* A priced order on its way into the database, and what the database finds wrong with it: what
 * placing an order and changing one share. */
#pragma once

#include "server/api/pricing.h"

/* A part of a kit, by the id of its line. */
struct order_part {
    const char *client;
    struct line_part part;
};
size_t order_parts(struct arena *arena, const struct quote *quote, struct order_part **out);

/* The lines of a quote and what they need of stock, as array parameters in the order in which
 * order_change takes them. */
struct order_columns {
    const char *client, *item, *sku, *name, *qty, *unit, *discount, *tax, *ppm, *cv, *pv;
    const char *need_line, *need_item, *need_qty, *need_per, *need_back;
    /* the parts of its kits, by the ids of their lines, as order_keep takes them */
    const char *part_client, *part_item, *part_slot, *part_qty, *part_share;
};
void order_columns_fill(struct arena *arena, const struct quote *quote, struct order_columns *out);
/* The address as it is kept, with the method of delivery ("method"; NULL: standard) in it; "{}"
 * without either. */
const char *order_ship_to(struct arena *arena, const struct buyer_facts *buyer, const char *method);
/* What was kept, for a reply: {"kind","method"?,"address": null without one}. */
json_t *order_ship_to_read(const char *kind, const char *kept);
/* What was asked and is confirmed, as order_keep takes it. */
const char *order_confirmed_text(struct arena *arena, bool duplicate, bool age);
/* The request's `accept`. */
void order_read_accept(struct call *c, bool *duplicate, bool *age);
/* Something on the order is for grown-ups only. */
bool order_asks_age(const struct quote *quote);
const char *order_minor(struct arena *arena, struct money amount);

/* What it has of promotions, as JSON; NULL when that is nothing and there is no coupon. */
const char *order_promotions(struct arena *arena, const struct pricing *pricing);

/* The database found less stock than the quote did: all short items, by their lines. */
void order_add_shortages(struct quote *quote, const char *detail);
/* The wallet holds less than was to be taken. */
void order_add_balance_short(struct quote *quote, const char *detail, struct money wanted);
