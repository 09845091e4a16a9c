/* How a sale looks: its lines, what pays it, and in large figures what is to be paid or given back.
 */
#pragma once

#include "core/text.h"
#include "tui/counter.h"
#include "tui/frame.h"
#include "tui/order_view.h"

enum { BIG_ROWS = 3 };
/* Cells that an amount takes in large figures, of three rows. */
int big_width(const char *amount);
void big_draw(const struct frame *frame, int row, int x, enum role role, const char *amount);

/* "cash 100.00, card terminal 0423 20.00" is added. */
void sale_view_paid(struct text *text, const struct draft_tender *plan, size_t n, int exponent);
/* What is left to pay or goes back, large where there is room: at the end of the content, `rows` of
 * them. */
struct sale_sums {
    int64_t items, total, given, change, due; /* items 0: not said; total -1: not known yet */
    int64_t awaited;                          /* promised by a link or a card, and not there yet */
    int exponent;
    const char *currency, *paid;
};
int sale_sums_rows(const struct frame *frame);
void sale_sums_draw(const struct frame *frame, const struct sale_sums *sums);
void sale_sums_say(struct speech *speech, const struct sale_sums *sums, const char *key);

void sale_draw(struct app *app, struct frame *frame);
void sale_say(struct app *app, struct speech *speech);
