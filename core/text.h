/* Text that grows in an arena. Adding never fails, so that builders of messages, JSON or SQL
 * parameters read straight down; `data` is always a valid, NUL-terminated string. */
#pragma once

#include "core/arena.h"

struct text {
    struct arena *arena;
    char *data;
    size_t len, cap;
};

void text_init(struct text *text, struct arena *arena);
/* With room for so many bytes from the start. */
void text_init_room(struct text *text, struct arena *arena, size_t room);
/* Makes room for so many bytes more. */
void text_reserve(struct text *text, size_t more);
void text_add(struct text *text, const char *more);
void text_addn(struct text *text, const char *more, size_t len);
/* Here, so that it costs no call. */
static inline void text_addc(struct text *text, char c)
{
    if (text->len + 1 >= text->cap)
        text_reserve(text, 1);
    text->data[text->len++] = c;
    text->data[text->len] = '\0';
}
void text_printf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
/* The number in decimal: what the hot paths use instead of a printf. */
void text_add_int(struct text *text, int64_t value);
/* RFC 4648, section 4. */
void text_add_base64(struct text *text, const char *bytes, size_t n);
/* As the text of a page or the value of an attribute: & < > " ' are written as entities. */
void text_add_html(struct text *text, const char *more);
void text_clear(struct text *text);

/* Well-formed UTF-8 after Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above
 * U+10FFFF, and no NUL (PostgreSQL cannot hold it). */
bool utf8_valid(const char *bytes, size_t len);
/* Reads one code point at `*at` and moves `*at` behind it; U+FFFD and one byte on bad input.
 * `end` is the first byte that may not be read. */
uint32_t utf8_next(const char **at, const char *end);
/* Writes one code point; the bytes it took. */
size_t utf8_write(char out[4], uint32_t ch);
/* Free of control characters (C0, DEL, C1): what a name, an address or a note may hold. */
bool utf8_is_printable(const char *bytes, size_t len);
