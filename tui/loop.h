/* The one wait of the program: keys, the network, signals and the clock, in one poll(). */
#pragma once

#include "tui/app.h"

/* Until the operator leaves or a signal ends the program; the exit code. */
int loop_run(struct app *app);
/* Milliseconds, monotonic. */
int64_t loop_now(void);

/* ---- for every kind of loop ---- */
/* The signals that end the program, and those of the terminal, as a file descriptor. */
int loop_signals_open(void);
void loop_signals_take(struct app *app, int fd);
void loop_signals_close(int fd);
/* Waits, not for long, until the server has what was keyed last. */
void loop_last_words(struct app *app);
