/* The client without a screen, for braille displays, screen readers, plain terminals and scripts:
 * lines in, lines out, each entry answered before the next one is read. It drives the same app; the
 * screens say what they would show (speech.h). */
#pragma once

#include "tui/app.h"

/* Until the input ends, the operator leaves or a signal ends the program; the exit code. */
int linear_run(struct app *app);
