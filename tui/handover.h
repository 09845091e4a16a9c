/* An order at the counter by its number: what is still to be paid, and the goods are given out; or
 * a sale of this shift is taken back whole. */
#pragma once

#include "tui/app.h"

void open_handover(struct app *app, const char *number);
/* The same, about to be taken back; F9 does it. */
void open_void(struct app *app, const char *number, const char *reason);
/* `r` and a number: goods come back, at once. */
void open_counter_return(struct app *app, const struct entry_command *command);
/* While one waits for the buyer's payment it is looked for now and then; milliseconds until it
 * wants to be called again. */
int handover_tick(struct app *app);
