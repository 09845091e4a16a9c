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

struct part {
    int64_t quotient, rest;
};

/* whole x weight / sum; most amounts need no more than 64 bits. The rests of a sum that needs more
 * are told without what is below. */
static struct part part_of(int64_t whole, int64_t weight, __int128 sum)
{
    int64_t product;
    if (!__builtin_mul_overflow(whole, weight, &product) && sum <= INT64_MAX)
        return (struct part){product / (int64_t)sum, product % (int64_t)sum};
    __int128 wide = (__int128)whole * weight, rest = wide % sum;
    int64_t quotient = (int64_t)(wide / sum);
    for (; sum > INT64_MAX; sum /= 2)
        rest /= 2;
    return (struct part){quotient, (int64_t)rest};
}

/* The rest that `wanted` parts have or exceed: found by halving, so that many parts cost little. */
static int64_t rest_limit(const struct money *rests, size_t n, int64_t wanted)
{
    int64_t low = 0, high = 0; /* enough reach `low`; fewer reach more than `high` */
    for (size_t i = 0; i < n; i++)
        high = rests[i].minor > high ? rests[i].minor : high;
    while (low < high) {
        int64_t middle = high - (high - low) / 2, reach = 0;
        for (size_t i = 0; i < n; i++)
            reach += rests[i].minor >= middle;
        if (reach >= wanted)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
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
        struct part part = part_of(whole, weights[i], sum);
        left -= part.quotient;
        out[i].minor = part.rest;
    }
    int64_t limit = rest_limit(out, n, left), above = 0;
    for (size_t i = 0; i < n; i++)
        above += out[i].minor > limit;
    int64_t ties = left - above; /* of those at the limit the earlier ones */
    for (size_t i = 0; i < n; i++) {
        int64_t rest = out[i].minor;
        bool more = left > 0 && (rest > limit || (rest == limit && ties-- > 0));
        out[i].minor = sign * (part_of(whole, weights[i], sum).quotient + more);
    }
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
