#include "core/entry_part.h"

#include "core/code.h"
#include "core/pan.h"
#include "core/text.h"

#include <string.h>

struct part part_of(const char *at, const char *end)
{
    struct part part = {at, end ? (size_t)(end - at) : strlen(at)};
    for (; part.len && part.at[0] == ' '; part.at++)
        part.len--;
    while (part.len && part.at[part.len - 1] == ' ')
        part.len--;
    return part;
}

bool part_is_digits(struct part part)
{
    return code_is_digits(part.at, part.len);
}

char *part_copy(struct arena *arena, struct part part)
{
    return arena_strndup(arena, part.at, part.len);
}

bool part_number(struct part part, int64_t least, int64_t most, int64_t *out)
{
    int64_t v = 0;
    if (!part_is_digits(part))
        return false;
    for (size_t i = 0; i < part.len; i++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, part.at[i] - '0', &v))
            return false;
    *out = v;
    return v >= least && v <= most;
}

bool part_is_foreign(struct part part)
{
    const char *at = part.at, *end = part.at + part.len;
    return part.len && !char_is_digit(*at) && pan_digit_value(utf8_next(&at, end)) >= 0;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_unprintable(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFD;
}

const char *part_clean(struct arena *arena, const char *line)
{
    struct text out;
    bool blank = false;
    text_init(&out, arena);
    for (const char *at = line, *end = line + strlen(line); at < end;) {
        const char *from = at;
        uint32_t c = utf8_next(&at, end);
        if (is_blank(c)) {
            blank = true;
            continue;
        }
        if (blank && out.len)
            text_addc(&out, ' ');
        blank = false;
        if (is_unprintable(c))
            text_add(&out, "\xEF\xBF\xBD");
        else
            text_addn(&out, from, (size_t)(at - from));
    }
    return out.data;
}
