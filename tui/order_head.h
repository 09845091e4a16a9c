/* Who orders and where it goes: the first rows of an order, the same while it is keyed and while it
 * is read back. */
#pragma once

#include "tui/app.h"
#include "tui/frame.h"

enum { ORDER_HEAD = 2 };

/* Rows 0 and 1 of the frame; who is missing is asked for, also when no order is begun. */
void order_head_draw(const struct app *app, const struct frame *frame);
