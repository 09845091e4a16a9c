/* What promotions do to the open order, in rows between its lines and its sums: what they gave,
 * what may be chosen, what is nearly reached, and how that is said to the caller. Rows that have
 * nothing to say are not there. */
#pragma once

#include "core/text.h"
#include "tui/frame.h"
#include "tui/speech.h"

/* How many rows there is something for, at most `most`: what is least needed goes first. */
int order_promo_rows(const struct app *app, const struct frame *frame, int most);
/* What is to be said to the caller waits for a pause of the operator's: who keys on does not read
 * it, and it would be drawn anew behind each line. Once a turn of the loop; milliseconds until the
 * next look. */
int order_promo_tick(struct app *app);
/* On the `rows` rows from `row` on. */
void order_promo_draw(const struct app *app, const struct frame *frame, int row, int rows);
/* The same facts as lines of text. */
void order_promo_say(const struct app *app, struct speech *speech);
/* What all promotions together save the buyer. */
int64_t order_promo_saved(const struct order *order);
