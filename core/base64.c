#include "core/base64.h"

#include <string.h>

static int value_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Four characters make three bytes; the last may end in one or two `=`, and then has no bits over.
 */
static bool group_read(const char *text, int pads, unsigned char out[3])
{
    uint32_t bits = 0;
    for (int i = 0; i < 4; i++) {
        int value = i < 4 - pads ? value_of(text[i]) : 0;
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
    }
    out[0] = (unsigned char)(bits >> 16);
    out[1] = (unsigned char)(bits >> 8);
    out[2] = (unsigned char)bits;
    return (bits & ((1U << 8 * pads) - 1)) == 0;
}

const unsigned char *base64_read(struct arena *arena, const char *text, size_t *len)
{
    size_t n = strlen(text);
    int pads = n >= 4 ? (text[n - 1] == '=') + (text[n - 1] == '=' && text[n - 2] == '=') : 0;
    unsigned char *out = arena_alloc(arena, n / 4 * 3 + 1);
    *len = 0;
    if (n % 4)
        return NULL;
    for (size_t at = 0; at < n; at += 4)
        if (!group_read(text + at, at + 4 == n ? pads : 0, out + at / 4 * 3))
            return NULL;
    *len = n / 4 * 3 - (size_t)pads;
    return out;
}
