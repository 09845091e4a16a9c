/* English. "Two of the hand cream" fits every name, with a size behind it or not, in the singular
 * or the plural; a plural made by rule would not. */
#include "core/readback_part.h"

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

static void number(struct text *text, int64_t n)
{
    static const struct {
        int64_t unit;
        const char *name;
    } scales[] = {{1000000000, " billion"}, {1000000, " million"}, {1000, " thousand"}, {1, ""}};
    if (n == 0)
        text_add(text, ones[0]);
    const char *between = "";
    for (size_t i = 0; i < ARRAY_LEN(scales); i++) {
        int part = (int)(n / scales[i].unit);
        n %= scales[i].unit;
        if (!part)
            continue;
        text_add(text, between);
        below_thousand(text, part);
        text_add(text, scales[i].name);
        between = " ";
    }
}

static bool amount(struct text *text, const char *currency, int64_t hundredths)
{
    static const struct readback_unit units[] = {
        {"GBP", "pound", "pounds", "penny", "pence"},
        {"USD", "dollar", "dollars", "cent", "cents"},
        {"EUR", "euro", "euros", "cent", "cents"},
        {"CNY", "yuan", "yuan", "fen", "fen"},
    };
    const struct readback_unit *unit = readback_unit_find(units, ARRAY_LEN(units), currency);
    int64_t whole = hundredths / 100, part = hundredths % 100;
    if (!unit)
        return false;
    if (whole || !part) {
        number(text, whole);
        text_printf(text, " %s", whole == 1 ? unit->one : unit->many);
    }
    if (!part)
        return true;
    bool is_short = unit == &units[0] && whole && part >= 10; /* pounds ten */
    text_add(text, !whole ? "" : is_short ? " " : " and ");
    number(text, part);
    if (!is_short)
        text_printf(text, " %s", part == 1 ? unit->part : unit->parts);
    return true;
}

static void item(struct text *text, const struct readback_item *item)
{
    number(text, item->qty);
    text_printf(text, item->qty == 1 ? " %s" : " of the %s", item->spoken);
    if (item->later <= 0)
        return;
    text_add(text, " - ");
    if (item->later < item->qty) {
        number(text, item->qty - item->later);
        text_add(text, " now, ");
        number(text, item->later);
        text_addc(text, ' ');
    } else if (item->qty > 1) {
        text_add(text, "all ");
    }
    text_add(text, "later");
}

static void more(struct text *text, int64_t qty, const char *spoken, const char *saves)
{
    number(text, qty);
    text_printf(text,
                qty == 1 ? " more %s and you save %s. Shall I add it?"
                         : " more of the %s and you save %s. Shall I add them?",
                spoken, saves);
}

static void choose(struct text *text, int64_t qty, const char *of, bool free)
{
    text_add(text, "You may choose ");
    number(text, qty);
    text_printf(text,
                free ? " free: %s. Which would you like?" : " for less: %s. Which would you like?",
                of);
}

const struct readback_voice readback_en = {
    .number = number,
    .amount = amount,
    .item = item,
    .more = more,
    .choose = choose,
    .between = ", ",
    .place = "Going to ",
    .total = "",
    .end = ".",
    .gap = " ",
    .free = " free",
    .saved = "You save ",
    .has_capitals = true,
};
