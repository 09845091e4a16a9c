/* The sentence that an operator reads to the caller before an order is placed: numbers as words,
 * items by their short spoken names, in the caller's language. Each language has a file of its own
 * (readback_LANGUAGE.c). */
#pragma once

#include "core/money.h"
#include "core/text.h"
#include "core/tr.h"

struct readback_item {
    int64_t qty;
    int64_t later; /* of qty: back-ordered */
    const char *spoken;
    bool free; /* nothing is paid for it */
};

struct readback {
    enum language language;
    const struct readback_item *items;
    size_t nitems;
    const char *place;    /* "14 Mill Lane, LS6 2QT", or NULL */
    const char *currency; /* ISO 4217 */
    int exponent;
    struct money total;
    struct money saved; /* by promotions; 0: nothing is said of it */
};

/* "one hundred seventy-eight", 0 to 999,999,999,999; digits beyond. */
void readback_number(struct text *text, enum language language, int64_t n);
/* "one hundred seventy-eight pounds ten"; "twelve dollars and five cents" has no short form; digits
 * where there are no words. */
void readback_amount(struct text *text, enum language language, const char *currency, int exponent,
                     struct money amount);
/* "One rose perfume, three of the winter set - two now, one later, one soap free. Going to 14 Mill
 * Lane. One hundred seventy-eight pounds ten. You save nineteen pounds." */
void readback_say(struct text *text, const struct readback *readback);
/* What is said to the caller of what is nearly reached, or may be chosen: "One more Silk day cream
 * and you save nineteen pounds. Shall I add it?", "You may choose two free: Knives. Which would you
 * like?"; not `free`: cheaper. */
void readback_more(struct text *text, const struct readback *prices, int64_t qty,
                   const char *spoken);
void readback_choose(struct text *text, enum language language, int64_t qty, const char *of,
                     bool free);
