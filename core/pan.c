#include "core/pan.h"

#include "core/text.h"

#include <string.h>

enum { PAN_LEAST = 13, PAN_MOST = 19 };

/* The zeros of all scripts; the other nine digits follow each (Unicode 14, category Nd). */
static const uint32_t zeros[] = {
    0x30,    0x660,   0x6F0,   0x7C0,   0x966,   0x9E6,   0xA66,   0xAE6,   0xB66,   0xBE6,
    0xC66,   0xCE6,   0xD66,   0xDE6,   0xE50,   0xED0,   0xF20,   0x1040,  0x1090,  0x17E0,
    0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,
    0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0,
    0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2,
    0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0,
};

static const struct {
    uint32_t first, last;
} separators[] = {
    {' ', ' '},       {'-', '-'},       {'.', '.'},       {0xA0, 0xA0},
    {0xB7, 0xB7},     {0x2000, 0x200A}, {0x2010, 0x2015}, {0x202F, 0x202F},
    {0x205F, 0x205F}, {0x2212, 0x2212}, {0x3000, 0x3000}, {0xFF0D, 0xFF0E},
};

/* How issuers' numbers begin, by their first four digits. */
static const struct {
    int first, last;
} issuers[] = {{2221, 2720}, {3000, 3099}, {3400, 6999}};

/* How cards are printed, beside in one piece: the sizes of the groups. */
static const char *const groupings[] = {"4441",  "4442",  "4443", "4444", "44441",
                                        "44442", "44443", "464",  "465"};

/* The digits from some group on, as far as they have been read. */
struct card {
    uint8_t digits[PAN_MOST];
    size_t n;
    char groups[PAN_MOST + 1]; /* finished groups, in the notation of `groupings` */
    size_t ngroups;
};

bool pan_is_separator(uint32_t code_point)
{
    for (size_t i = 0; i < ARRAY_LEN(separators); i++)
        if (code_point >= separators[i].first && code_point <= separators[i].last)
            return true;
    return false;
}

int pan_digit_value(uint32_t code_point)
{
    if (code_point < 0x80)
        return code_point >= '0' && code_point <= '9' ? (int)code_point - '0' : -1;
    for (size_t i = 1; i < ARRAY_LEN(zeros) && zeros[i] <= code_point; i++)
        if (code_point - zeros[i] <= 9)
            return (int)(code_point - zeros[i]);
    return -1;
}

/* Behind the digit at `at`, or NULL when there is none. */
static const char *digit_read(const char *at, const char *end, int *value)
{
    if (at == end)
        return NULL;
    *value = pan_digit_value(utf8_next(&at, end));
    return *value < 0 ? NULL : at;
}

/* The digit behind the one separator at `at`, or NULL: the run of digits ends. */
static const char *group_next(const char *at, const char *end)
{
    int value;
    if (at == end)
        return NULL;
    uint32_t c = utf8_next(&at, end);
    return pan_is_separator(c) && digit_read(at, end, &value) ? at : NULL;
}

static bool card_luhn(const struct card *card)
{
    unsigned sum = 0;
    for (size_t i = 0; i < card->n; i++) {
        unsigned digit = card->digits[card->n - 1 - i] * (i % 2 ? 2U : 1U);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

static bool card_issued(const struct card *card)
{
    const uint8_t *d = card->digits;
    int start = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3];
    for (size_t i = 0; i < ARRAY_LEN(issuers); i++)
        if (start >= issuers[i].first && start <= issuers[i].last)
            return true;
    return false;
}

static bool card_grouped(const struct card *card)
{
    if (card->ngroups == 1)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(groupings); i++)
        if (strcmp(card->groups, groupings[i]) == 0)
            return true;
    return false;
}

/* Behind the next group, which is added to the card; NULL when that gets too long for one. */
static const char *card_read_group(struct card *card, const char *at, const char *end)
{
    int value;
    size_t before = card->n;
    for (const char *next; (next = digit_read(at, end, &value)); at = next) {
        if (card->n == PAN_MOST)
            return NULL;
        card->digits[card->n++] = (uint8_t)value;
    }
    card->groups[card->ngroups++] = (char)('0' + (card->n - before));
    return at;
}

/* The end of a card number whose first group is at `at`, or NULL. */
static const char *card_end(const char *at, const char *end, bool starts_run)
{
    struct card card = {0};
    while (at && (at = card_read_group(&card, at, end))) {
        const char *next = group_next(at, end);
        bool whole = starts_run && !next;
        if (card.n >= PAN_LEAST && (whole || card_grouped(&card)) && card_issued(&card) &&
            card_luhn(&card))
            return at;
        at = next;
    }
    return NULL;
}

/* The first card number of the text. */
static bool pan_find(const char *text, const char *end, const char **from, const char **to)
{
    bool starts_run = true;
    for (const char *at = text; at < end;) {
        int value;
        const char *next = digit_read(at, end, &value);
        if (!next) {
            utf8_next(&at, end);
            continue;
        }
        *from = at;
        if ((*to = card_end(at, end, starts_run)))
            return true;
        for (; next; next = digit_read(at, end, &value))
            at = next;
        next = group_next(at, end);
        starts_run = !next;
        at = next ? next : at;
    }
    return false;
}

/* Bytes that could be a digit or a part of one are fewer than a card number has. */
static bool is_too_short(const char *text, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++)
        digits += (text[i] >= '0' && text[i] <= '9') || (text[i] & 0x80);
    return digits < PAN_LEAST;
}

bool pan_found(const char *text, size_t len)
{
    if (is_too_short(text, len))
        return false;
    const char *from, *to;
    return pan_find(text, text + len, &from, &to);
}

size_t pan_scrub(char *text, size_t len)
{
    size_t count = 0;
    int value;
    const char *end = text + len, *from, *to;
    if (is_too_short(text, len))
        return 0;
    for (; pan_find(text, end, &from, &to); count++)
        while (from < to) {
            const char *next = digit_read(from, to, &value);
            if (next)
                memset(text + (from - text), '*', (size_t)(next - from));
            else
                utf8_next(&from, to);
            from = next ? next : from;
        }
    return count;
}
