/* What all screens have in common: the status bar, the messages, the entry line and the hints. Rows
 * are given up from the least needed on when the terminal is small. */
#pragma once

#include "tui/app.h"

/* Draws the surroundings and says what is left for the screen. */
void frame_begin(struct app *app, struct frame *frame);
/* Shows everything, with the cursor where the screen wants it. */
void frame_end(struct app *app, struct frame *frame);
/* PgUp and PgDn through a screen that does not fit; false for other keys. */
bool frame_scroll(struct app *app, const struct input *input);

/* A row of the content, counted from 0; rows that do not fit are dropped. */
void frame_text(const struct frame *frame, int row, enum role role, const char *text);
void frame_printf(const struct frame *frame, int row, enum role role, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* A row's label, and the column in which its text begins; where there is little room there is no
 * label, and the text has the whole row. */
int frame_label(const struct frame *frame, int row, const char *label);
/* The name, or as much of it as leaves room for what a row says beside it. */
const char *frame_name(struct arena *arena, const char *name, int room);
/* Bytes of `text` that fit into `width` cells, ending at a blank if there is one that does not
 * waste most of the row. */
size_t frame_wrap_len(const char *text, int width);
/* Breaks a text at blanks over at most `most` rows, from column `x` on; the rows used. */
int frame_wrap(const struct frame *frame, int row, int x, int most, enum role role,
               const char *text);
