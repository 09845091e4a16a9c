#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_init_room(struct text *text, struct arena *arena, size_t room)
{
    *text = (struct text){.arena = arena, .cap = room + 1};
    text->data = arena_alloc(arena, text->cap);
}

void text_init(struct text *text, struct arena *arena)
{
    text_init_room(text, arena, 63);
}

void text_reserve(struct text *text, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(text->len + 1, more, &need))
        abort();
    if (need <= text->cap)
        return;
    size_t cap = text->cap * 2 > need ? text->cap * 2 : need;
    char *data = arena_alloc(text->arena, cap);
    memcpy(data, text->data, text->len);
    text->data = data;
    text->cap = cap;
}

void text_addn(struct text *text, const char *more, size_t len)
{
    text_reserve(text, len);
    memcpy(text->data + text->len, more, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void text_add(struct text *text, const char *more)
{
    text_addn(text, more, strlen(more));
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        abort();
    text_reserve(text, (size_t)len);
    vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
    text->len += (size_t)len;
    va_end(again);
    va_end(args);
}

void text_add_int(struct text *text, int64_t value)
{
    enum { MOST = 20 };
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value, more = left;
    size_t digits = 1;
    while (more >= 10) {
        more /= 10;
        digits++;
    }
    if (text->cap - text->len < MOST + 2)
        text_reserve(text, MOST + 1);
    char *out = text->data + text->len;
    if (value < 0)
        *out++ = '-';
    char *end = out + digits;
    *end = '\0';
    text->len = (size_t)(end - text->data);
    do
        *--end = (char)('0' + left % 10);
    while (left /= 10);
}

void text_add_base64(struct text *text, const char *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t b = (uint32_t)(unsigned char)bytes[i] << 16;
        b |= i + 1 < n ? (uint32_t)(unsigned char)bytes[i + 1] << 8 : 0;
        b |= i + 2 < n ? (uint32_t)(unsigned char)bytes[i + 2] : 0;
        text_addc(text, digits[b >> 18]);
        text_addc(text, digits[b >> 12 & 63]);
        text_addc(text, i + 1 < n ? digits[b >> 6 & 63] : '=');
        text_addc(text, i + 2 < n ? digits[b & 63] : '=');
    }
}

void text_add_html(struct text *text, const char *more)
{
    for (; *more; more++) {
        const char *entity = *more == '&'    ? "&amp;"
                             : *more == '<'  ? "&lt;"
                             : *more == '>'  ? "&gt;"
                             : *more == '"'  ? "&quot;"
                             : *more == '\'' ? "&#39;"
                                             : NULL;
        if (entity)
            text_add(text, entity);
        else
            text_addc(text, *more);
    }
}

void text_clear(struct text *text)
{
    text->len = 0;
    text->data[0] = '\0';
}

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Length of the well-formed sequence at `s`, 0 when it is not one. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    unsigned char c = s[0];
    if (c < 0x80)
        return 1;
    if (c >= 0xC2 && c <= 0xDF)
        return left >= 2 && is_tail(s[1]) ? 2 : 0;
    if (c >= 0xE0 && c <= 0xEF) {
        if (left < 3 || !is_tail(s[1]) || !is_tail(s[2]))
            return 0;
        if ((c == 0xE0 && s[1] < 0xA0) || (c == 0xED && s[1] > 0x9F))
            return 0;
        return 3;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        if (left < 4 || !is_tail(s[1]) || !is_tail(s[2]) || !is_tail(s[3]))
            return 0;
        if ((c == 0xF0 && s[1] < 0x90) || (c == 0xF4 && s[1] > 0x8F))
            return 0;
        return 4;
    }
    return 0;
}

bool utf8_valid(const char *bytes, size_t len)
{
    const unsigned char *s = (const unsigned char *)bytes;
    for (size_t i = 0; i < len;) {
        size_t n = s[i] ? utf8_length(s + i, len - i) : 0;
        if (!n)
            return false;
        i += n;
    }
    return true;
}

uint32_t utf8_next(const char **at, const char *end)
{
    const unsigned char *s = (const unsigned char *)*at;
    size_t n = utf8_length(s, (size_t)(end - *at));
    *at += n ? n : 1;
    switch (n) {
    case 1:
        return s[0];
    case 2:
        return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    case 3:
        return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    case 4:
        return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 |
               (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
    default:
        return 0xFFFD;
    }
}

size_t utf8_write(char out[4], uint32_t ch)
{
    if (ch < 0x80) {
        out[0] = (char)ch;
        return 1;
    }
    size_t n = ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n - 1; i > 0; i--, ch >>= 6)
        out[i] = (char)(0x80 | (ch & 0x3F));
    out[0] = (char)(lead[n] | ch);
    return n;
}

bool utf8_is_printable(const char *bytes, size_t len)
{
    for (const char *at = bytes, *end = bytes + len; at < end;) {
        if (*at >= 0x20 && *at < 0x7F) { /* nearly always */
            at++;
            continue;
        }
        uint32_t c = utf8_next(&at, end);
        if (c < 0x20 || (c >= 0x7F && c < 0xA0))
            return false;
    }
    return true;
}
