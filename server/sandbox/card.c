#include "server/sandbox/card.h"

#include "core/tr.h"

#include <string.h>

enum { DIGITS = 19 };

static const struct card cards[] = {
#define CARD(name, number, brand, funding, country, does, code, decline_code, say)                 \
    {#name, number, brand, funding, country, CARD_##does, code, decline_code, say},
#include "server/sandbox/card.def"
#undef CARD
};

const struct card *card_by_name(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_LEN(cards); i++)
        if (strcmp(cards[i].name, name) == 0)
            return &cards[i];
    return NULL;
}

const struct card *card_by_test_id(const char *id)
{
    if (strncmp(id, "pm_card_", 8) == 0)
        return card_by_name(id + 8);
    return strncmp(id, "tok_", 4) == 0 ? card_by_name(id + 4) : NULL;
}

/* False when it is anything but digits, blanks and dashes. */
static bool digits_of(const char *number, char out[DIGITS + 1])
{
    size_t n = 0;
    for (; *number; number++) {
        bool digit = *number >= '0' && *number <= '9';
        if ((!digit && *number != ' ' && *number != '-') || (digit && n == DIGITS))
            return false;
        if (digit)
            out[n++] = *number;
    }
    out[n] = '\0';
    return true;
}

const struct card *card_by_number(const char *number)
{
    char digits[DIGITS + 1];
    if (!digits_of(number, digits))
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(cards); i++)
        if (strcmp(cards[i].number, digits) == 0)
            return &cards[i];
    return NULL;
}

bool card_number_is_plausible(const char *number)
{
    char digits[DIGITS + 1];
    if (!digits_of(number, digits))
        return false;
    size_t n = strlen(digits);
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = digits[n - 1 - i] - '0', twice = digit * 2;
        sum += i % 2 ? twice - (twice > 9 ? 9 : 0) : digit;
    }
    return n >= 12 && sum % 10 == 0;
}

const char *card_last4(const struct card *card)
{
    return card->number + strlen(card->number) - 4;
}

const struct card *card_at(size_t i)
{
    return i < ARRAY_LEN(cards) ? &cards[i] : NULL;
}
