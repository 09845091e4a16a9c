/* What each language brings to the read-back (readback.c). Not for others. */
#pragma once

#include "core/readback.h"

#include <string.h>

/* What people call the money: one, many, and the hundredth. */
struct readback_unit {
    const char *currency, *one, *many, *part, *parts;
};

/* The row of that currency; NULL when there is none. */
static inline const struct readback_unit *readback_unit_find(const struct readback_unit *units,
                                                             size_t n, const char *currency)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(units[i].currency, currency) == 0)
            return &units[i];
    return NULL;
}

struct readback_voice {
    /* 0 to 999,999,999,999. */
    void (*number)(struct text *text, int64_t n);
    /* Hundredths from 0 on; false, with nothing added, for a currency without words. */
    bool (*amount)(struct text *text, const char *currency, int64_t hundredths);
    /* The same behind "you save"; NULL: no other. */
    bool (*saving)(struct text *text, const char *currency, int64_t hundredths);
    void (*item)(struct text *text, const struct readback_item *item);
    /* Beginning with a capital; `saves` is an amount in words. */
    void (*more)(struct text *text, int64_t qty, const char *spoken, const char *saves);
    void (*choose)(struct text *text, int64_t qty, const char *of, bool free);
    /* Between items; before the place and the total; the end of a sentence, and what separates two.
     */
    const char *between, *place, *total, *end, *gap;
    const char *free, *saved; /* behind an item; before the amount saved */
    bool has_capitals;        /* at the beginning of a sentence */
};

extern const struct readback_voice readback_en, readback_de, readback_zh_CN;
