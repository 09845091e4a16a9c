#include "core/pieces.h"

#include <string.h>

static bool count_read(const char *text, size_t len, int64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
        if (*out > PIECES_COUNT_MOST)
            return false;
    }
    return len > 0;
}

/* "20x3" */
static bool piece_read(const char *text, size_t len, int exponent, struct piece *out)
{
    size_t value = 0;
    while (value < len && (text[value] | 0x20) != 'x')
        value++;
    struct money money;
    if (value == len || !money_parse(text, value, exponent, &money) || money.minor < 1 ||
        !count_read(text + value + 1, len - value - 1, &out->count))
        return false;
    out->value = money.minor;
    return true;
}

static bool is_there(const struct pieces *pieces, int64_t value)
{
    for (size_t i = 0; i < pieces->n; i++)
        if (pieces->items[i].value == value)
            return true;
    return false;
}

bool pieces_read(const char *text, size_t len, int exponent, struct pieces *out)
{
    *out = (struct pieces){0};
    for (size_t at = 0; at < len;) {
        struct piece piece;
        int64_t worth;
        size_t n = 0;
        while (at + n < len && text[at + n] != ' ')
            n++;
        if (out->n == PIECES_MOST || !piece_read(text + at, n, exponent, &piece) ||
            is_there(out, piece.value) ||
            __builtin_mul_overflow(piece.value, piece.count, &worth) ||
            __builtin_add_overflow(out->sum.minor, worth, &out->sum.minor))
            return false;
        out->items[out->n++] = piece;
        at += n;
        while (at < len && text[at] == ' ')
            at++;
    }
    return out->n > 0;
}
