/* The lines of the open order as rows of a table, each with its problems below it. Which columns
 * there are depends on the width. */
#pragma once

#include "tui/frame.h"

/* Heads and lines between the rows `top` and `bottom` of the content, the newest last; the number
 * of lines that are out of sight. */
int order_lines_draw(const struct app *app, const struct frame *whole, int top, int bottom);
