/* What the parts of a quote share: quote.c asks each in turn. Not for others. */
#pragma once

#include "core/quote.h"

enum { QUOTE_FIELD = 48 };

/* A problem at /lines/I/MEMBER, with the line's id. */
struct problem *quote_line_problem(struct quote *quote, size_t i, enum problem_code code,
                                   const char *member);
/* The parameters `sku` and `name`. */
void quote_item_params(struct problem *problem, const struct item *item);
void quote_why_add(struct quote *quote, struct quote_line *line, enum why_code code,
                   struct money amount, struct rate rate, const char *ref);
/* "2025-11-22", "-" for an open end; the arena's. */
const char *quote_date_text(struct arena *arena, struct date date);

static inline bool quote_line_is_pick(const struct quote_line *line)
{
    return line->draft->picks && line->draft->picks[0];
}

/* A promise of money, not goods: no tax, volumes, discount, delivery or stock. */
static inline bool quote_is_certificate(const struct item *item)
{
    return item->kind == ITEM_CERTIFICATE;
}

/* What is wrong with who buys and where it goes. */
void quote_check_buyer(struct quote *quote, const struct buyer_facts *buyer,
                       const struct order_draft *draft);
/* By the draft's code, else by audience and date; NULL, and a problem, when there is none. */
void quote_choose_list(struct quote *quote, const struct order_draft *draft);
const char *quote_choose_region(const struct catalogue *catalogue, const struct buyer_facts *buyer,
                                enum destination destination);
/* Finds the item of line `i` and prices it from the list, less the discount of the rank. */
void quote_price_line(struct quote *quote, size_t i, const struct buyer_facts *buyer,
                      const struct order_draft *draft);
/* What was chosen in a kit, and what is still to be. */
void quote_choose(struct quote *quote, size_t i);
/* As if it had not been priced: so that the sums of a quote hold whatever was too large. */
void quote_line_unprice(struct quote_line *line);
/* What the buyer's rank takes off the prices of the quote's list; there must be one. */
struct rate quote_rank_discount(const struct quote *quote, const struct buyer_facts *buyer,
                                enum order_type type);
/* The charge by value and weight of the goods as they are before promotions. */
void quote_charge_delivery(struct quote *quote, const struct order_draft *draft);

/* The rate of a class in the quote's region; NULL, and one problem for the class, when none is set.
 */
const struct tax_rate *quote_rate(struct quote *quote, int tax_class);
/* Within the amount where the list includes tax, on top of it otherwise. */
struct money quote_tax_of(const struct quote *quote, struct money amount, struct rate rate);
/* The rate of every priced line. */
void quote_tax_rates(struct quote *quote);
/* The tax of every priced line at its rate, by line or by order as the market rounds. */
void quote_tax_lines(struct arena *arena, struct quote *quote);

/* What the priced lines take from stock, and where it is too little. `stock` NULL: unknown. */
void quote_stock_lines(struct arena *arena, struct quote *quote, const struct stock_fact *stock,
                       size_t n);
/* What the priced lines leave of the stock, by row; below 0 where there is too little. */
int64_t *quote_stock_left(struct arena *arena, const struct quote *quote,
                          const struct stock_fact *stock, size_t n);
/* What one piece takes from stock: itself, or what a kit is made of. */
struct stock_parts {
    const struct item *item;
    const struct component *chosen;
    size_t nchosen;
};
static inline struct stock_parts stock_parts_of(const struct quote_line *line)
{
    return (struct stock_parts){line->item, line->chosen, line->nchosen};
}
/* How many could be sold out of what is left; of a kit in which something is still to be chosen
 * by the best choice. */
int64_t quote_stock_sellable(const struct catalogue *catalogue, struct stock_parts parts,
                             const struct stock_fact *stock, int64_t *left, size_t n);
void quote_stock_take(const struct catalogue *catalogue, struct stock_parts parts, int64_t qty,
                      const struct stock_fact *stock, int64_t *left, size_t n);
