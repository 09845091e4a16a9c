#include "core/readback.h"

#include <string.h>

static const char *const ones[20] = {"zero",    "one",     "two",       "three",    "four",
                                     "five",    "six",     "seven",     "eight",    "nine",
                                     "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                     "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
static const char *const tens[10] = {"",      "",      "twenty",  "thirty", "forty",
                                     "fifty", "sixty", "seventy", "eighty", "ninety"};

/* 1 to 999 */
static void below_thousand(struct text *text, int n)
{
    if (n >= 100) {
        text_printf(text, "%s hundred", ones[n / 100]);
        n %= 100;
        if (n)
            text_addc(text, ' ');
    }
    if (n >= 20) {
        text_add(text, tens[n / 10]);
        n %= 10;
        if (n)
            text_addc(text, '-');
    }
    if (n)
        text_add(text, ones[n]);
}

void readback_number(struct text *text, int64_t n)
{
    static const struct {
        int64_t unit;
        const char *name;
    } scales[] = {{1000000000, " billion"}, {1000000, " million"}, {1000, " thousand"}, {1, ""}};
    if (n < 0 || n >= 1000000000000) {
        text_printf(text, "%lld", (long long)n);
        return;
    }
    if (n == 0)
        text_add(text, ones[0]);
    bool begun = false;
    for (size_t i = 0; i < ARRAY_LEN(scales); i++) {
        int part = (int)(n / scales[i].unit);
        n %= scales[i].unit;
        if (!part)
            continue;
        if (begun)
            text_addc(text, ' ');
        below_thousand(text, part);
        text_add(text, scales[i].name);
        begun = true;
    }
}

/* What people call the money: one, many, and the hundredth; a short form says "pounds ten". */
static const struct unit {
    const char *currency, *one, *many, *part, *parts;
    bool is_short;
} units[] = {
    {"GBP", "pound", "pounds", "penny", "pence", true},
    {"USD", "dollar", "dollars", "cent", "cents", false},
    {"EUR", "euro", "euros", "cent", "cents", false},
    {"CNY", "yuan", "yuan", "fen", "fen", false},
};

static const struct unit *unit_find(const char *currency, int exponent)
{
    for (size_t i = 0; i < ARRAY_LEN(units) && exponent == 2; i++)
        if (strcmp(units[i].currency, currency) == 0)
            return &units[i];
    return NULL;
}

void readback_amount(struct text *text, const char *currency, int exponent, struct money amount)
{
    const struct unit *unit = unit_find(currency, exponent);
    if (!unit || amount.minor < 0) {
        char digits[MONEY_TEXT];
        text_printf(text, "%s %s", money_format(digits, amount, exponent, true), currency);
        return;
    }
    int64_t whole = amount.minor / 100, part = amount.minor % 100;
    if (whole || !part) {
        readback_number(text, whole);
        text_printf(text, " %s", whole == 1 ? unit->one : unit->many);
    }
    if (!part)
        return;
    bool is_short = unit->is_short && whole && part >= 10;
    text_add(text, !whole ? "" : is_short ? " " : " and ");
    readback_number(text, part);
    if (!is_short)
        text_printf(text, " %s", part == 1 ? unit->part : unit->parts);
}

static void capital(struct text *text, size_t at)
{
    char *c = text->data + at;
    if (at < text->len && *c >= 'a' && *c <= 'z')
        *c = (char)(*c - 'a' + 'A');
}

static void item_say(struct text *text, const struct readback_item *item)
{
    readback_number(text, item->qty);
    text_printf(text, " %s", item->spoken);
    if (item->later <= 0)
        return;
    text_add(text, " - ");
    if (item->later < item->qty) {
        readback_number(text, item->qty - item->later);
        text_add(text, " now, ");
        readback_number(text, item->later);
    } else if (item->qty > 1) {
        text_add(text, "all");
    }
    text_add(text, item->qty == 1 ? "later" : " later");
}

void readback_say(struct text *text, const struct readback *readback)
{
    size_t from = text->len;
    for (size_t i = 0; i < readback->nitems; i++) {
        text_add(text, i ? ", " : "");
        item_say(text, &readback->items[i]);
    }
    capital(text, from);
    text_add(text, text->len > from ? ". " : "");
    if (readback->place && *readback->place)
        text_printf(text, "Going to %s. ", readback->place);
    from = text->len;
    readback_amount(text, readback->currency, readback->exponent, readback->total);
    capital(text, from);
    text_addc(text, '.');
}
