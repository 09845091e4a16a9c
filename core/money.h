/* Money, volumes and rates: integers in wrappers of one member, so that cents, hundredths of volume
 * and parts per million cannot be mixed. Every amount that leaves the program stays within
 * +-(2^53 - 1), so that a JSON reader with doubles still reads it exactly. Functions that can
 * overflow return false and leave `*out` alone. */
#pragma once

#include "core/base.h"

struct money {
    int64_t minor; /* minor units of some currency */
};
struct volume {
    int64_t hundredths; /* CV or PV */
};
struct rate {
    int64_t ppm; /* parts per million */
};

#define MONEY_MAX ((int64_t)9007199254740991)

static inline struct money money_of(int64_t minor)
{
    return (struct money){minor};
}
bool money_add(struct money a, struct money b, struct money *out) MUST_CHECK;
bool money_sub(struct money a, struct money b, struct money *out) MUST_CHECK;
bool money_times(struct money a, int64_t qty, struct money *out) MUST_CHECK;
bool volume_add(struct volume a, struct volume b, struct volume *out) MUST_CHECK;
bool volume_times(struct volume a, int64_t qty, struct volume *out) MUST_CHECK;
/* amount x part / whole, rounded half away from zero; whole > 0, |part| <= 2^53. */
int64_t share_half_up(int64_t amount, int64_t part, int64_t whole);
/* amount x rate, half-up. */
struct money money_at_rate(struct money amount, struct rate rate);
/* The tax inside an amount that includes it: amount x rate / (1 + rate), half-up. */
struct money money_tax_within(struct money amount, struct rate rate);
/* Splits `total` over `n` weights >= 0 by the largest remainder; ties go to the earlier one; all
 * weights 0 puts everything on the first. The parts always add up to `total`, and each has the sign
 * of `total` or is 0. */
void money_allocate(struct money total, const int64_t *weights, size_t n, struct money *out);

enum { MONEY_TEXT = 32 };
/* "-1,234.56": digits grouped by thousands where `grouped`; `exponent` 0 to 4. Returns `out`. */
char *money_format(char out[MONEY_TEXT], struct money amount, int exponent, bool grouped);
/* "12.50", "12", "12.", ".5" -> minor units; false on anything else, on more decimals than the
 * currency has, and on overflow. */
bool money_parse(const char *text, size_t len, int exponent, struct money *out) MUST_CHECK;
