/* Beside the lines of the order, where the terminal is wide enough: what is read to the caller as
 * it stands, and what it comes to. */
#pragma once

#include "tui/frame.h"

enum { ORDER_PANE_FROM = 132, ORDER_PANE = 38 }; /* columns of the terminal, of the pane */

void order_pane_draw(const struct app *app, const struct frame *pane);
