#include "core/code.h"

#include <assert.h>
#include <string.h>

static const struct {
    uint8_t least, most;
} limits[CODE_KINDS] = {
    [CODE_SKU] = {5, 8},           [CODE_DISTRIBUTOR] = {7, 9}, [CODE_ORDER] = {9, 11},
    [CODE_CERTIFICATE] = {16, 16}, [CODE_BARCODE] = {13, 13},
};

static const uint8_t damm_table[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6}, {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7}, {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
};

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool code_is_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9')
            return false;
    return n > 0;
}

bool code_lengths_valid(const struct code_lengths *lengths)
{
    for (int kind = 0; kind < CODE_KINDS; kind++) {
        uint8_t length = lengths->length[kind];
        if (length < limits[kind].least || length > limits[kind].most)
            return false;
        for (int other = 0; other < kind; other++)
            if (lengths->length[other] == length)
                return false;
    }
    return true;
}

unsigned code_kinds(const struct code_lengths *lengths, const char *digits, size_t n)
{
    unsigned kinds = 0;
    if (!code_is_digits(digits, n))
        return 0;
    for (int kind = 0; kind < CODE_KINDS; kind++)
        if (lengths->length[kind] == n)
            kinds |= CODE_BIT(kind);
    return kinds;
}

bool code_check_fits(enum code_kind kind, const char *digits, size_t n)
{
    return kind == CODE_BARCODE ? ean13_valid(digits, n) : damm_valid(digits, n);
}

static uint8_t damm_of(const char *digits, size_t n)
{
    uint8_t interim = 0;
    for (size_t i = 0; i < n; i++)
        interim = damm_table[interim][digits[i] - '0'];
    return interim;
}

char damm_digit(const char *digits, size_t n)
{
    assert(code_is_digits(digits, n));
    return (char)('0' + damm_of(digits, n));
}

bool damm_valid(const char *digits, size_t n)
{
    /* The diagonal of the table is 0, so that a number with its check digit comes to 0. */
    return n >= 2 && code_is_digits(digits, n) && damm_of(digits, n) == 0;
}

bool ean13_valid(const char *digits, size_t n)
{
    unsigned sum = 0;
    if (n != 13 || !code_is_digits(digits, n))
        return false;
    for (size_t i = 0; i < n; i++)
        sum += (unsigned)(digits[i] - '0') * (i % 2 ? 3 : 1);
    return sum % 10 == 0;
}

bool ulid_valid(const char *text)
{
    if (strlen(text) != ULID_TEXT - 1 || text[0] > '7')
        return false;
    return strspn(text, crockford) == ULID_TEXT - 1;
}

void ulid_format(char out[ULID_TEXT], uint64_t unix_ms, const uint8_t random[ULID_RANDOM])
{
    assert(unix_ms >> 48 == 0);
    unsigned __int128 bits = unix_ms;
    for (size_t i = 0; i < ULID_RANDOM; i++)
        bits = bits << 8 | random[i];
    for (size_t i = ULID_TEXT - 1; i-- > 0; bits >>= 5)
        out[i] = crockford[(unsigned)bits & 31];
    out[ULID_TEXT - 1] = '\0';
}
