/* What the terminal can show. Texts are UTF-8 everywhere; on a terminal that is something else what
 * it lacks is written with other letters, or as `?`, and every measure of width knows it. */
#pragma once

#include "core/base.h"

#include <stdio.h>
#include <wchar.h>

enum { CHARSET_GLYPHS = 4 };

/* Sets the locale of characters, before curses begins. `name`: "utf-8", "ascii", "locale" (whatever
 * the locale says), or NULL to find out: the character set that the locale names counts; where it
 * names none, the terminal line's own mark of UTF-8 (IUTF8), which terminals and ssh set. */
void charset_apply(const char *name);
bool charset_known(const char *name);

/* What is sent to the terminal for a code point, at most CHARSET_GLYPHS of them; 0: it is dropped.
 * Nothing sent is ever a command to a terminal. */
int charset_glyphs(uint32_t ch, wchar_t out[CHARSET_GLYPHS]);
/* The cells that a code point takes. */
int charset_cells(uint32_t ch);
/* Whether all of a text can be shown as it is. */
bool charset_shows(const char *text);
/* Prints a part of a line outside curses. */
void charset_put(FILE *to, const char *text);
/* The same for a line or lines. */
void charset_printf(FILE *to, const char *format, ...) PRINTF_LIKE(2, 3);
