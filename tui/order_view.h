/* Parts of an order that several screens show in the same way. */
#pragma once

#include "core/draft.h"
#include "core/text.h"
#include "tui/app.h"

enum { ORDER_VIEW_TOTALS = 2 }; /* rows */

/* An amount in at most `width` cells: without grouping if need be, and `#` when it does not fit. */
const char *order_view_fit(char out[MONEY_TEXT], int width, int64_t minor, int exponent);
/* The same for a volume in hundredths, which may lose its decimals instead. */
const char *order_view_fit_volume(char out[MONEY_TEXT], int width, int64_t hundredths);
/* How many rows they take: a handheld shows the total alone. */
int order_view_totals_rows(const struct frame *frame);
/* The sums of the open order, on the last rows of the content. */
void order_view_totals(const struct app *app, const struct frame *frame);
/* "Customer order for BROWN, Ana" is added. */
void order_view_type(struct text *text, const struct order *order);
/* The entry or key that mends a problem, "" when there is none; `.n` is the problem's line. */
const char *order_view_mend(const struct reply_problem *problem);
/* "!! line 2: why  > .2*q" is added: where, what, and what mends it, with the line's own number. */
void order_view_problem(struct text *text, const struct order *order,
                        const struct reply_problem *problem);
/* "14 Mill Lane, Leeds, LS6 2QT" is added; nothing for an empty address. */
void order_view_address(struct text *text, const struct address *address);
