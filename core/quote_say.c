#include "core/quote.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const why_names[] = {"list_price",   "rank_discount", "promotion",
                                        "gift",         "no_volume",     "volume_reduced",
                                        "tax_included", "tax_added"};

const char *why_name(enum why_code code)
{
    return why_names[code];
}

/* 250000 -> "25", 82500 -> "8.25" */
static void percent_text(char out[24], struct rate rate)
{
    snprintf(out, 24, "%lld.%04lld", (long long)(rate.ppm / 10000), (long long)(rate.ppm % 10000));
    size_t len = strlen(out);
    while (out[len - 1] == '0')
        out[--len] = '\0';
    if (out[len - 1] == '.')
        out[--len] = '\0';
}

const char *why_say(struct arena *arena, enum language language, const struct quote *quote,
                    const struct quote_line *line, const struct why *why)
{
    char amount[MONEY_TEXT], unit[MONEY_TEXT], percent[24];
    int exponent = quote->catalogue->exponent;
    money_format(amount, why->amount, exponent, true);
    money_format(unit, line->unit, exponent, true);
    percent_text(percent, why->rate);
    switch (why->code) {
    case WHY_list_price:
        return arena_printf(arena, tr(language, "List %s: %lld x %s = %s"), why->ref,
                            (long long)line->draft->qty, unit, amount);
    case WHY_rank_discount:
        return arena_printf(arena, tr(language, "Rank discount %s %%: %s"), percent, amount);
    case WHY_promotion:
        return arena_printf(arena, tr(language, "Promotion %s: %s"), why->ref, amount);
    case WHY_gift:
        return arena_printf(arena, tr(language, "Given by promotion %s"), why->ref);
    case WHY_volume_reduced:
        return tr(language, "Volume in proportion to what is paid");
    case WHY_no_volume:
        return tr(language, "This type of order carries no volume");
    case WHY_tax_included:
        return arena_printf(arena, tr(language, "Includes %s tax at %s %%: %s"), why->ref, percent,
                            amount);
    case WHY_tax_added:
        return arena_printf(arena, tr(language, "%s tax at %s %% comes on top: %s"), why->ref,
                            percent, amount);
    }
    assert(!"a why without a sentence");
    return "";
}
