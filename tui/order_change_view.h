/* What a change makes of the order that was placed, on the order's screen and on the review. */
#pragma once

#include "tui/app.h"
#include "tui/frame.h"
#include "tui/speech.h"

/* The rows of the difference; 0 when the order is no change. */
int order_change_rows(const struct app *app, const struct frame *frame);
void order_change_draw(const struct app *app, const struct frame *frame, int row);
/* "   was 178.10, 19.00 more, due 19.00" for behind the total that is shown; "" of a new order. */
void order_change_money(const struct app *app, char *out, size_t size);
/* F8: everything back to what the order is. */
void order_change_reset(struct app *app);
/* The same as lines of text. */
void order_change_say(const struct app *app, struct speech *speech);
