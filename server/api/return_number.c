#include "server/api/return_number.h"

#include <string.h>

enum { DIGITS_LEAST = 6, DIGITS_MOST = 10 };

static bool is_digits(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n >= DIGITS_LEAST && n <= DIGITS_MOST && text[n] == '\0';
}

const char *return_number(struct arena *arena, const char *text)
{
    if (*text == 'R' || *text == 'r')
        text++;
    if (*text == '-')
        text++;
    return is_digits(text) ? arena_printf(arena, "R-%s", text) : NULL;
}

bool return_number_ok(const char *text)
{
    return strncmp(text, "R-", 2) == 0 && is_digits(text + 2);
}
