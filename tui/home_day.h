/* Home's figures: what the operator has taken today, and what wants another look. */
#pragma once

#include "tui/app.h"

/* Asks the server for the day; answers come when they come. */
void home_day_ask(struct app *app);
enum { HOME_DAY_ROWS = 2 };
/* Today's figures on the first rows. */
void home_day_draw(const struct app *app, const struct frame *frame, int row);
/* "Needs attention", from that row on, in at most `room` rows; the rows used. */
int home_attention_draw(const struct app *app, const struct frame *frame, int row, int room);
/* The same without a screen. */
void home_day_say(const struct app *app, struct speech *speech);
/* A letter of that list: shows what it is about. False when it is none. */
bool home_attention_open(struct app *app, const char *text);
/* Orders that the operator ever took, up to 100; -1 while not known. */
int64_t home_experience(const struct app *app);
