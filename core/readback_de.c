/* German. "Dreimal Winterset" needs neither a plural nor a gender. */
#include "core/readback_part.h"

static const char *const ones[20] = {"null",     "ein",      "zwei",     "drei",     "vier",
                                     "fünf",     "sechs",    "sieben",   "acht",     "neun",
                                     "zehn",     "elf",      "zwölf",    "dreizehn", "vierzehn",
                                     "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"};
static const char *const tens[10] = {"",        "",        "zwanzig", "dreißig", "vierzig",
                                     "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"};

/* 1 to 999, as before a noun: "einhundertein". */
static void below_thousand(struct text *text, int n)
{
    if (n >= 100)
        text_printf(text, "%shundert", ones[n / 100]);
    n %= 100;
    if (n >= 20 && n % 10)
        text_printf(text, "%sund", ones[n % 10]);
    if (n >= 20)
        text_add(text, tens[n / 10]);
    else if (n)
        text_add(text, ones[n]);
}

/* As before a noun: "ein Euro", "eintausendein Euro". */
static void before_noun(struct text *text, int64_t n)
{
    static const struct {
        int64_t unit;
        const char *one, *many;
    } scales[] = {{1000000000, "eine Milliarde", " Milliarden"},
                  {1000000, "eine Million", " Millionen"}};
    if (n == 0) {
        text_add(text, ones[0]);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(scales); i++) {
        int part = (int)(n / scales[i].unit);
        int64_t rest = n % scales[i].unit;
        if (part == 1)
            text_add(text, scales[i].one);
        if (part > 1) {
            below_thousand(text, part);
            text_add(text, scales[i].many);
        }
        if (part && rest)
            text_addc(text, ' ');
        n = rest;
    }
    if (n >= 1000) {
        below_thousand(text, (int)(n / 1000));
        text_add(text, "tausend");
    }
    below_thousand(text, (int)(n % 1000));
}

static bool ends_in_one(int64_t n)
{
    return n % 100 == 1;
}

static void number(struct text *text, int64_t n)
{
    before_noun(text, n);
    if (ends_in_one(n))
        text_addc(text, 's');
}

/* "Das macht ein Euro", but "Sie sparen einen Euro", of one alone; of the units only the pound is
 * no masculine. */
static void count(struct text *text, int64_t n, const char *unit, bool is_saved)
{
    if (n == 1 && is_saved && strcmp(unit, "Pfund") != 0)
        text_add(text, "einen");
    else
        before_noun(text, n);
    text_printf(text, " %s", unit);
}

static bool amount_as(struct text *text, const char *currency, int64_t hundredths, bool is_saved)
{
    static const struct readback_unit units[] = {
        {"EUR", "Euro", "Euro", "Cent", "Cent"},
        {"GBP", "Pfund", "Pfund", "Penny", "Pence"},
        {"USD", "Dollar", "Dollar", "Cent", "Cent"},
        {"CNY", "Yuan", "Yuan", "Fen", "Fen"},
    };
    const struct readback_unit *unit = readback_unit_find(units, ARRAY_LEN(units), currency);
    int64_t whole = hundredths / 100, part = hundredths % 100;
    if (!unit)
        return false;
    if (whole || !part)
        count(text, whole, unit->one, is_saved);
    if (!part)
        return true;
    bool is_short = whole && part >= 10; /* "Euro zehn" */
    text_add(text, !whole ? "" : is_short ? " " : " und ");
    if (is_short)
        number(text, part);
    else
        count(text, part, part == 1 ? unit->part : unit->parts, is_saved);
    return true;
}

static bool amount(struct text *text, const char *currency, int64_t hundredths)
{
    return amount_as(text, currency, hundredths, false);
}

static bool saving(struct text *text, const char *currency, int64_t hundredths)
{
    return amount_as(text, currency, hundredths, true);
}

static void times(struct text *text, int64_t n)
{
    before_noun(text, n);
    text_add(text, n < 1000000 ? "mal" : " Mal");
}

static void item(struct text *text, const struct readback_item *item)
{
    times(text, item->qty);
    text_printf(text, " %s", item->spoken);
    if (item->later <= 0)
        return;
    text_add(text, " - ");
    if (item->later < item->qty) {
        times(text, item->qty - item->later);
        text_add(text, " sofort, ");
        times(text, item->later);
        text_addc(text, ' ');
    } else if (item->qty > 1) {
        text_add(text, "alles ");
    }
    text_add(text, "später");
}

static void more(struct text *text, int64_t qty, const char *spoken, const char *saves)
{
    text_add(text, "noch ");
    times(text, qty);
    text_printf(text, " %s, und Sie sparen %s. Soll ich das dazunehmen?", spoken, saves);
}

static void choose(struct text *text, int64_t qty, const char *of, bool free)
{
    text_add(text, "Sie dürfen sich ");
    before_noun(text, qty);
    text_printf(text,
                free ? " Stück gratis aussuchen: %s. Was darf es sein?"
                     : " Stück günstiger aussuchen: %s. Was darf es sein?",
                of);
}

const struct readback_voice readback_de = {
    .number = number,
    .amount = amount,
    .saving = saving,
    .item = item,
    .more = more,
    .choose = choose,
    .between = ", ",
    .place = "Lieferung an ",
    .total = "",
    .end = ".",
    .gap = " ",
    .free = " gratis",
    .saved = "Sie sparen ",
    .has_capitals = true,
};
