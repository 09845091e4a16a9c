/* The one line in which everything is typed: UTF-8, edited in place, with a history. It belongs to
 * no screen and is never cleared but by Enter, so that what was typed survives whatever happens. */
#pragma once

#include "tui/keyboard.h"

enum { ENTRY_TEXT = 1024, ENTRY_HISTORY = 64 };

struct entry_line {
    char text[ENTRY_TEXT];
    size_t len, at; /* bytes; `at` is where the cursor stands */
    char history[ENTRY_HISTORY][ENTRY_TEXT];
    size_t remembered;       /* ever; the newest is remembered - 1 */
    size_t back;             /* how far up the history we are; 0: in the line that is being typed */
    bool offered;            /* the text was typed earlier: see entry_line_offer */
    char typing[ENTRY_TEXT]; /* that line, while we are in the history */
};

/* True when the key edited the line; others are for the screen. */
bool entry_line_key(struct entry_line *line, const struct input *input);
/* Moves the text to `out` and into the history; false when there is nothing but blanks. */
bool entry_line_take(struct entry_line *line, char out[ENTRY_TEXT]);
/* Text of before that the first key decides about: one that moves or edits goes on with it, a
 * character begins anew and leaves it in the history. */
void entry_line_offer(struct entry_line *line, const char *text);
void entry_line_set(struct entry_line *line, const char *text);
/* Into the history without having been typed now: what could not be used. */
void entry_line_remember(struct entry_line *line, const char *text);
/* Draws `> text` over `width` cells of row y; the column of the cursor. */
int entry_line_draw(const struct entry_line *line, int y, int width);
