/* The one wait of the program: keys, the network, signals and the clock, in one poll(). */
#pragma once

#include "tui/app.h"

/* Until the operator leaves or a signal ends the program; the exit code. */
int loop_run(struct app *app);
/* Milliseconds, monotonic. */
int64_t loop_now(void);
