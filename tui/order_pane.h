/* Beside the lines of the order, where the terminal is wide enough: what is read to the caller as
 * it stands, what it comes to, and what the buyer had before. */
#pragma once

#include "tui/frame.h"

enum { ORDER_PANE_FROM = 132, ORDER_PANE = 38 }; /* columns of the terminal, of the pane */

void order_pane_draw(struct app *app, const struct frame *pane);
