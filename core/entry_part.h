/* Pieces of an entry line: of the grammar's own making, used by no one else. */
#pragma once

#include "core/arena.h"

/* A stretch of somebody's text. */
struct part {
    const char *at;
    size_t len;
};

/* The line with single blanks, none around, and U+FFFD for everything that cannot be shown; blanks
 * and control characters are those of all scripts. */
const char *part_clean(struct arena *arena, const char *line);
/* The text from `at` up to `end` (NULL: all of it) without the blanks around it. */
struct part part_of(const char *at, const char *end);
char *part_copy(struct arena *arena, struct part part);
bool part_is_digits(struct part part);
/* A whole number from `least` to `most`, in ASCII digits only. */
bool part_number(struct part part, int64_t least, int64_t most, int64_t *out) MUST_CHECK;
/* Begins with a digit of another script, which is never taken for a number. */
bool part_is_foreign(struct part part);

/* ASCII, whatever the locale. */
static inline bool char_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool char_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char char_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char char_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}
