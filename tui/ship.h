/* Where the open order goes: the buyer's addresses by number, picking up, or an address that was
 * typed in full. */
#pragma once

#include "core/entry.h"
#include "tui/app.h"

/* Fetches the buyer's addresses if they are not known yet. */
void ship_ask(struct app *app);
/* How many the buyer has; -1 while that is not known. */
int ship_count(const struct app *app);
/* `a 2`, `a p`, `a street, town, postcode`. */
void ship_choose(struct app *app, const struct entry_command *command);
/* The same, without a screen. */
void ship_say(const struct app *app, struct speech *speech);
/* The rows from `row` on, at most `room`; where the next row goes. */
int ship_draw(const struct app *app, const struct frame *frame, int row, int room);
