/* A QR code in the cells of the terminal, for a camera to read: dark on light whatever the theme
 * is. Two modules lie in a cell as half blocks; where the terminal is not UTF-8 a module is `##`.
 */
#pragma once

#include "core/base.h"

/* Draws it with its quiet zone from (y, x) on, in at most so many rows and columns; the columns
 * that it took, 0 when there is not that much room (nothing is drawn). `turned`: dark and light
 * change places, where the terminal's own ground is the other way round (only without colours). */
int qr_draw(int y, int x, int rows, int cols, const char *text, bool turned);
