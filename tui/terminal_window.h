/* Between the terminal's own files: where text is put. */
#pragma once

#include <curses.h>

/* The screen, or a sheet that is shown later. */
void terminal_put_on(WINDOW *window);
