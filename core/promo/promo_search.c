#include "core/promo/promo_part.h"

#include <stdlib.h>
#include <string.h>

struct search {
    struct promo_run *run;
    struct promo_offer *const *candidates;
    size_t n, nwords;
    uint64_t **excludes; /* by candidate: which others do not go with it */
    uint64_t *always;    /* those that go with all others */
    uint64_t *seen;      /* candidates that the sets were built from so far */
    uint64_t *sets;      /* combinations of those, `nwords` each */
    size_t nsets;
    uint64_t *trial, *blocked;
};

static void bit_set(uint64_t *bits, size_t i)
{
    bits[i / PROMO_WORD] |= (uint64_t)1 << (i % PROMO_WORD);
}

static bool bits_meet(const uint64_t *a, const uint64_t *b, size_t nwords)
{
    for (size_t w = 0; w < nwords; w++)
        if (a[w] & b[w])
            return true;
    return false;
}

/* ---- who does not go with whom ---- */

struct tagged {
    const char *tag;
    size_t candidate;
};

static int compare_tags(const void *a, const void *b)
{
    const struct tagged *x = a, *y = b;
    return strcmp(x->tag, y->tag);
}

/* Those from `first` to before `end` have a tag in common. */
static void exclude_each_other(struct search *s, const struct tagged *tags, size_t first,
                               size_t end)
{
    for (size_t i = first; i < end; i++)
        for (size_t k = first; k < end; k++)
            if (tags[i].candidate != tags[k].candidate)
                bit_set(s->excludes[tags[i].candidate], tags[k].candidate);
}

static void exclude_by_tags(struct search *s)
{
    size_t ntags = 0, n = 0;
    for (size_t c = 0; c < s->n; c++)
        ntags += s->candidates[c]->promotion->ntags;
    struct tagged *tags = ARENA_ARRAY(s->run->arena, struct tagged, ntags);
    for (size_t c = 0; c < s->n; c++)
        for (size_t t = 0; t < s->candidates[c]->promotion->ntags; t++)
            tags[n++] = (struct tagged){s->candidates[c]->promotion->tags[t], c};
    qsort(tags, n, sizeof *tags, compare_tags);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && strcmp(tags[first].tag, tags[end].tag) == 0;)
            end++;
        exclude_each_other(s, tags, first, end);
    }
}

static void exclude_exclusive(struct search *s)
{
    for (size_t c = 0; c < s->n; c++)
        for (size_t k = 0; s->candidates[c]->promotion->exclusive && k < s->n; k++)
            if (k != c) {
                bit_set(s->excludes[c], k);
                bit_set(s->excludes[k], c);
            }
}

static bool goes_with_all(const struct search *s, size_t candidate)
{
    for (size_t w = 0; w < s->nwords; w++)
        if (s->excludes[candidate][w])
            return false;
    return true;
}

static void search_begin(struct search *s)
{
    struct arena *arena = s->run->arena;
    s->nwords = (s->n + PROMO_WORD - 1) / PROMO_WORD;
    s->excludes = ARENA_ARRAY(arena, uint64_t *, s->n);
    for (size_t c = 0; c < s->n; c++)
        s->excludes[c] = ARENA_ARRAY(arena, uint64_t, s->nwords);
    s->always = ARENA_ARRAY(arena, uint64_t, s->nwords);
    s->seen = ARENA_ARRAY(arena, uint64_t, s->nwords);
    s->trial = ARENA_ARRAY(arena, uint64_t, s->nwords);
    s->blocked = ARENA_ARRAY(arena, uint64_t, s->nwords);
    exclude_by_tags(s);
    exclude_exclusive(s);
}

/* ---- all combinations ---- */

static uint64_t *set_at(const struct search *s, size_t i)
{
    return s->sets + i * s->nwords;
}

/* Whether none of the candidates seen could be added to `trial`. */
static bool trial_is_full(struct search *s)
{
    memcpy(s->blocked, s->trial, s->nwords * sizeof *s->blocked);
    for (size_t c = 0; c < s->n; c++)
        for (size_t w = 0; promo_bit(s->trial, c) && w < s->nwords; w++)
            s->blocked[w] |= s->excludes[c][w];
    for (size_t w = 0; w < s->nwords; w++)
        if (s->seen[w] & ~s->blocked[w])
            return false;
    return true;
}

static bool trial_is_new(const struct search *s, size_t since)
{
    for (size_t i = since; i < s->nsets; i++)
        if (memcmp(set_at(s, i), s->trial, s->nwords * sizeof *s->trial) == 0)
            return false;
    return true;
}

/* Brings a candidate into all sets: into those that it goes with; beside the others stands a set
 * without what it excludes, if that is full. False when there are too many. */
static bool add_candidate(struct search *s, size_t c)
{
    size_t before = s->nsets;
    bit_set(s->seen, c);
    for (size_t i = 0; i < before; i++) {
        uint64_t *set = set_at(s, i);
        if (!bits_meet(set, s->excludes[c], s->nwords)) {
            bit_set(set, c);
            continue;
        }
        for (size_t w = 0; w < s->nwords; w++)
            s->trial[w] = set[w] & ~s->excludes[c][w];
        bit_set(s->trial, c);
        if (!trial_is_full(s) || !trial_is_new(s, before))
            continue;
        if (s->nsets == PROMOTION_SEARCH)
            return false;
        memcpy(set_at(s, s->nsets++), s->trial, s->nwords * sizeof *s->trial);
    }
    return true;
}

static bool find_sets(struct search *s)
{
    size_t nalways = 0;
    for (size_t c = 0; c < s->n; c++)
        if (goes_with_all(s, c)) {
            bit_set(s->always, c);
            nalways++;
        }
    size_t room = nalways == s->n ? 1 : PROMOTION_SEARCH;
    s->sets = ARENA_ARRAY(s->run->arena, uint64_t, room * s->nwords);
    s->nsets = 1;
    memcpy(s->seen, s->always, s->nwords * sizeof *s->seen);
    memcpy(s->sets, s->always, s->nwords * sizeof *s->sets);
    for (size_t c = 0; c < s->n; c++)
        if (!promo_bit(s->always, c) && !add_candidate(s, c))
            return false;
    return true;
}

/* ---- the best ---- */

static int64_t given_away(const struct search *s, const uint64_t *set)
{
    int64_t value = 0;
    for (size_t c = 0; c < s->n; c++)
        if (promo_bit(set, c))
            value = promo_sum(
                value, promo_sum(s->candidates[c]->gifts.minor, s->candidates[c]->credit.minor));
    return value;
}

/* The first candidate that is in one of them only is in `a`. */
static bool comes_first(const struct search *s, const uint64_t *a, const uint64_t *b)
{
    for (size_t w = 0; w < s->nwords; w++) {
        uint64_t differ = a[w] ^ b[w];
        if (differ)
            return a[w] & (differ & (0 - differ));
    }
    return false;
}

static uint64_t *best_set(struct search *s)
{
    uint64_t *best = set_at(s, 0);
    if (s->nsets == 1)
        return best;
    struct promo_payment payment;
    promo_payment_init(&payment, s->run, s->candidates, s->n, s->always);
    int64_t best_pay = promo_pay(&payment, best);
    int64_t best_value = given_away(s, best);
    for (size_t i = 1; i < s->nsets; i++) {
        uint64_t *set = set_at(s, i);
        int64_t pay = promo_pay(&payment, set), value = given_away(s, set);
        if (pay > best_pay || (pay == best_pay && value < best_value) ||
            (pay == best_pay && value == best_value && !comes_first(s, set, best)))
            continue;
        best = set;
        best_pay = pay;
        best_value = value;
    }
    return best;
}

/* ---- beyond the bound ---- */

struct ranked {
    int64_t benefit;
    size_t candidate;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->benefit != y->benefit)
        return x->benefit > y->benefit ? -1 : 1;
    return x->candidate < y->candidate ? -1 : x->candidate > y->candidate;
}

static uint64_t *greedy_set(struct search *s)
{
    uint64_t *taken = ARENA_ARRAY(s->run->arena, uint64_t, s->nwords);
    struct ranked *order = ARENA_ARRAY(s->run->arena, struct ranked, s->n);
    for (size_t c = 0; c < s->n; c++)
        order[c] = (struct ranked){promo_worth(s->run, s->candidates[c]), c};
    qsort(order, s->n, sizeof *order, compare_ranked);
    for (size_t i = 0; i < s->n; i++)
        if (!bits_meet(taken, s->excludes[order[i].candidate], s->nwords))
            bit_set(taken, order[i].candidate);
    return taken;
}

void promo_search(struct promo_run *run, struct promo_offer *const *candidates, size_t n,
                  struct promo_choice *out)
{
    struct search s = {.run = run, .candidates = candidates, .n = n};
    search_begin(&s);
    bool all = find_sets(&s);
    *out = (struct promo_choice){
        .taken = all ? best_set(&s) : greedy_set(&s), .excludes = s.excludes, .bounded = !all};
}
