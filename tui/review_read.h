/* The read-back in review: the sentence, and where in it the operator is while reading it out. */
#pragma once

#include "tui/app.h"

/* Draws the sentence from `row` on; `item` counts from 1 and is highlighted, with the cursor on it;
 * 0: none. Where the next row goes. */
int review_read_draw(const struct app *app, struct frame *frame, int row, int room, size_t item);
/* The whole sentence, with that total; the arena's. */
const char *review_read_text(const struct app *app, struct arena *arena, int64_t total);
/* How many items the sentence has. */
size_t review_read_items(const struct app *app);
/* "2: 1*40227 hand cream 8.95" of the item; "" when there is none. */
void review_read_say(struct app *app, size_t item);
