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

/* The rate of a class in the quote's region; NULL, and one problem for the class, when none is set.
 */
const struct tax_rate *quote_rate(struct quote *quote, int tax_class);
/* Within the amount where the list includes tax, on top of it otherwise. */
struct money quote_tax_of(const struct quote *quote, struct money amount, struct rate rate);
/* The tax of every priced line, by line or by order as the market rounds. */
void quote_tax_lines(struct arena *arena, struct quote *quote);

/* What the priced lines take from stock, and where it is too little. `stock` NULL: unknown. */
void quote_stock_lines(struct arena *arena, struct quote *quote, const struct stock_fact *stock,
                       size_t n);
