#include "core/nearest.h"

#include <string.h>

enum { FAR = NEAREST_DISTANCE + 1 };

/* What was typed, and three rows of the distance table over it: row i holds the distances of the
 * first i bytes of the code to the first j bytes typed. Only the band of j within NEAREST_DISTANCE
 * of i is ever written or read; beyond it everything is FAR. */
struct table {
    const char *typed;
    size_t len;
    uint32_t bytes; /* which were typed, as a set of their last five bits */
    uint8_t *rows[3];
};

static void table_init(struct table *table, struct arena *arena, const char *typed)
{
    table->typed = typed;
    table->len = strlen(typed);
    table->bytes = 0;
    for (size_t i = 0; i < table->len; i++)
        table->bytes |= UINT32_C(1) << (typed[i] & 31);
    for (size_t i = 0; i < ARRAY_LEN(table->rows); i++)
        table->rows[i] = arena_alloc(arena, table->len + 1);
}

static uint8_t least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

/* Row `i` from the two before it; returns its least distance. */
static uint8_t table_row(const struct table *table, const char *code, size_t i)
{
    uint8_t *row = table->rows[i % 3];
    const uint8_t *above = table->rows[(i + 2) % 3], *above2 = table->rows[(i + 1) % 3];
    const char *typed = table->typed;
    size_t from = i > NEAREST_DISTANCE ? i - NEAREST_DISTANCE : 0;
    size_t to = i + NEAREST_DISTANCE < table->len ? i + NEAREST_DISTANCE : table->len;
    uint8_t best = FAR;
    for (size_t j = from; j <= to; j++) {
        uint8_t d = FAR;
        if (j == 0) {
            d = (uint8_t)i;
        } else {
            if (j > from)
                d = least(d, (uint8_t)(row[j - 1] + 1));
            if (j < i + NEAREST_DISTANCE)
                d = least(d, (uint8_t)(above[j] + 1));
            d = least(d, (uint8_t)(above[j - 1] + (code[i - 1] != typed[j - 1])));
            if (i > 1 && j > 1 && code[i - 1] == typed[j - 2] && code[i - 2] == typed[j - 1])
                d = least(d, (uint8_t)(above2[j - 2] + 1));
        }
        row[j] = d;
        best = least(best, d);
    }
    return best;
}

/* Each byte that was not typed at all takes a slip: most codes need no closer look. */
static bool is_far(const struct table *table, const char *code)
{
    unsigned missing = 0;
    for (; *code; code++)
        missing += !(table->bytes >> (*code & 31) & 1);
    return missing > NEAREST_DISTANCE;
}

static unsigned table_distance(const struct table *table, const char *code)
{
    size_t n = strlen(code), gap = n > table->len ? n - table->len : table->len - n;
    if (gap > NEAREST_DISTANCE || is_far(table, code))
        return FAR;
    for (size_t j = 0; j <= table->len && j <= NEAREST_DISTANCE; j++)
        table->rows[0][j] = (uint8_t)j;
    uint8_t best = 0, before = 0;
    for (size_t i = 1; i <= n; i++) {
        before = best;
        best = table_row(table, code, i);
        if (best == FAR &&
            before == FAR) /* a swap reaches back two rows, nothing reaches farther */
            return FAR;
    }
    return table->rows[n % 3][table->len];
}

unsigned nearest_distance(struct arena *arena, const char *a, const char *b)
{
    struct table table;
    table_init(&table, arena, a);
    return table_distance(&table, b);
}

/* Swapped across a digit, a pair typed as another pair, or thirteen heard as thirty: texts of the
 * same length that differ in exactly two places, at most two apart. */
static bool is_known_slip(const char *typed, const char *code)
{
    size_t n = strlen(typed), i = 0;
    if (strlen(code) != n)
        return false;
    while (i < n && typed[i] == code[i])
        i++;
    size_t j = n;
    while (j > i && typed[j - 1] == code[j - 1])
        j--;
    if (j < i + 2 || j > i + 3)
        return false;
    j--;
    if (j == i + 2 && typed[i + 1] != code[i + 1])
        return false;
    bool crossed = typed[i] == code[j] && typed[j] == code[i];
    bool pairs = typed[i] == typed[j] && code[i] == code[j];
    bool teen = typed[i] == '1' && code[j] == '0' && typed[j] == code[i];
    bool ty = code[i] == '1' && typed[j] == '0' && code[j] == typed[i];
    return crossed || pairs || (j == i + 1 && (teen || ty));
}

static bool is_better(const struct nearest *a, const struct nearest *b)
{
    if (a->distance != b->distance)
        return a->distance < b->distance;
    if (a->known_slip != b->known_slip)
        return a->known_slip;
    if (a->weight != b->weight)
        return a->weight > b->weight;
    int order = strcmp(a->code, b->code);
    return order ? order < 0 : a->index < b->index;
}

/* Puts `found` in its place among the `count` best; the worst falls out when there are `most`. */
static size_t insert(struct nearest *out, size_t count, size_t most, const struct nearest *found)
{
    if (count == most && !is_better(found, &out[count - 1]))
        return count;
    size_t at = count < most ? count++ : most - 1;
    for (; at > 0 && is_better(found, &out[at - 1]); at--)
        out[at] = out[at - 1];
    out[at] = *found;
    return count;
}

size_t nearest_codes(struct arena *arena, const char *typed, const char *const *codes, size_t n,
                     const uint32_t *weight, size_t most, struct nearest *out)
{
    struct table table;
    size_t count = 0;
    if (most == 0)
        return 0;
    table_init(&table, arena, typed);
    for (size_t i = 0; i < n; i++) {
        unsigned distance = table_distance(&table, codes[i]);
        if (distance > NEAREST_DISTANCE)
            continue;
        struct nearest found = {.code = codes[i],
                                .index = i,
                                .weight = weight ? weight[i] : 0,
                                .distance = distance,
                                .known_slip = distance == 2 && is_known_slip(typed, codes[i])};
        count = insert(out, count, most, &found);
    }
    return count;
}
