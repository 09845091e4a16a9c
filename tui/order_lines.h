/* The lines of the open order as rows of a table, each with its problems below it. Which columns
 * there are depends on the width. */
#pragma once

#include "tui/frame.h"

/* The rows that heads and all lines take, counted as far as the frame has rows. */
int order_lines_rows(const struct app *app, const struct frame *frame);
/* Heads and lines between the rows `top` and `bottom` of the content, the newest last; the number
 * of lines that are out of sight. */
int order_lines_draw(const struct app *app, const struct frame *whole, int top, int bottom);
