#include "core/money.h"

#include <assert.h>
#include <string.h>

static bool in_range(int64_t v)
{
    return v <= MONEY_MAX && v >= -MONEY_MAX;
}

static bool add_checked(int64_t a, int64_t b, int64_t *out)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum) || !in_range(sum))
        return false;
    *out = sum;
    return true;
}

static bool times_checked(int64_t a, int64_t b, int64_t *out)
{
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product) || !in_range(product))
        return false;
    *out = product;
    return true;
}

bool money_add(struct money a, struct money b, struct money *out)
{
    return add_checked(a.minor, b.minor, &out->minor);
}

bool money_sub(struct money a, struct money b, struct money *out)
{
    int64_t difference;
    if (__builtin_sub_overflow(a.minor, b.minor, &difference) || !in_range(difference))
        return false;
    out->minor = difference;
    return true;
}

bool money_times(struct money a, int64_t qty, struct money *out)
{
    return times_checked(a.minor, qty, &out->minor);
}

bool volume_add(struct volume a, struct volume b, struct volume *out)
{
    return add_checked(a.hundredths, b.hundredths, &out->hundredths);
}

bool volume_times(struct volume a, int64_t qty, struct volume *out)
{
    return times_checked(a.hundredths, qty, &out->hundredths);
}

int64_t share_half_up(int64_t amount, int64_t part, int64_t whole)
{
    assert(whole > 0);
    __int128 product = (__int128)amount * part;
    bool negative = product < 0;
    if (negative)
        product = -product;
    int64_t result = (int64_t)((product * 2 + whole) / ((__int128)whole * 2));
    return negative ? -result : result;
}

struct money money_at_rate(struct money amount, struct rate rate)
{
    return money_of(share_half_up(amount.minor, rate.ppm, 1000000));
}

struct money money_tax_within(struct money amount, struct rate rate)
{
    return money_of(share_half_up(amount.minor, rate.ppm, 1000000 + rate.ppm));
}

void money_allocate(struct money total, const int64_t *weights, size_t n, struct money *out)
{
    __int128 sum = 0;
    for (size_t i = 0; i < n; i++) {
        assert(weights[i] >= 0);
        sum += weights[i];
        out[i] = money_of(0);
    }
    if (n == 0)
        return;
    if (sum == 0) {
        out[0] = total;
        return;
    }
    int64_t sign = total.minor < 0 ? -1 : 1, whole = total.minor * sign, left = whole;
    for (size_t i = 0; i < n; i++) {
        out[i].minor = (int64_t)((__int128)whole * weights[i] / sum);
        left -= out[i].minor;
    }
    /* Fewer than n units are left. Each goes to the largest remainder not served yet; a served one
     * is known by its share being above the exact one. */
    while (left-- > 0) {
        size_t best = n;
        __int128 best_rest = -1;
        for (size_t i = 0; i < n; i++) {
            __int128 rest = (__int128)whole * weights[i] - (__int128)out[i].minor * sum;
            if (rest > best_rest && rest > 0) {
                best = i;
                best_rest = rest;
            }
        }
        assert(best < n);
        out[best].minor++;
    }
    for (size_t i = 0; i < n; i++)
        out[i].minor *= sign;
}

char *money_format(char out[MONEY_TEXT], struct money amount, int exponent, bool grouped)
{
    assert(exponent >= 0 && exponent <= 4);
    char backwards[MONEY_TEXT];
    size_t n = 0;
    uint64_t v = amount.minor < 0 ? 0 - (uint64_t)amount.minor : (uint64_t)amount.minor;
    int digits = 0;
    while (v > 0 || digits <= exponent) {
        if (exponent > 0 && digits == exponent)
            backwards[n++] = '.';
        else if (grouped && digits > exponent && (digits - exponent) % 3 == 0)
            backwards[n++] = ',';
        backwards[n++] = (char)('0' + v % 10);
        v /= 10;
        digits++;
    }
    if (amount.minor < 0)
        backwards[n++] = '-';
    for (size_t i = 0; i < n; i++)
        out[i] = backwards[n - 1 - i];
    out[n] = '\0';
    return out;
}

bool money_parse(const char *text, size_t len, int exponent, struct money *out)
{
    int64_t v = 0;
    int decimals = -1, digits = 0;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        if (decimals >= 0 && ++decimals > exponent)
            return false;
        digits++;
        if (!times_checked(v, 10, &v) || !add_checked(v, text[i] - '0', &v))
            return false;
    }
    if (!digits)
        return false;
    for (int d = decimals < 0 ? 0 : decimals; d < exponent; d++)
        if (!times_checked(v, 10, &v))
            return false;
    out->minor = v;
    return true;
}
