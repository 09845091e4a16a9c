#include "core/promo/promotion.h"

#include <assert.h>
#include <string.h>

enum { WORD_BITS = 64 };

bool item_set_has(const struct item_set *set, uint32_t item)
{
    return !set->bits || (set->bits[item / WORD_BITS] >> (item % WORD_BITS) & 1);
}

static void item_mark(uint64_t *bits, size_t item, bool in)
{
    uint64_t bit = (uint64_t)1 << (item % WORD_BITS);
    if (in)
        bits[item / WORD_BITS] |= bit;
    else
        bits[item / WORD_BITS] &= ~bit;
}

/* Which groups are meant: those named, and all below them. A parent stands before its children. */
static bool *groups_named(struct arena *arena, const struct catalogue *catalogue,
                          const char *const *codes, size_t ncodes)
{
    bool *named = ARENA_ARRAY(arena, bool, catalogue->ngroups);
    for (size_t g = 0; g < catalogue->ngroups; g++) {
        const struct item_group *group = &catalogue->groups[g];
        assert(group->parent < (int)g);
        named[g] = group->parent >= 0 && named[group->parent];
        for (size_t i = 0; i < ncodes && !named[g]; i++)
            named[g] = strcmp(codes[i], group->code) == 0;
    }
    return named;
}

/* The items that their groups put into the set: `in` and `out` are the groups named and excepted.
 * One pass does both, for a catalogue may be large. */
static void groups_mark(const struct catalogue *catalogue, const bool *in, const bool *out,
                        bool everything, uint64_t *bits)
{
    for (size_t i = 0; i < catalogue->nitems; i++) {
        size_t group = (size_t)catalogue->items[i].group;
        bool known = group < catalogue->ngroups;
        bool is_in = (everything || (known && in[group])) && !(known && out[group]);
        bits[i / WORD_BITS] |= (uint64_t)is_in << (i % WORD_BITS);
    }
}

/* Puts the items named into the set, but those of the groups `out`; or takes them out of it. What
 * the catalogue does not have is in no set. */
static void skus_mark(const struct catalogue *catalogue, const char *const *skus, size_t n,
                      const bool *out, uint64_t *bits, bool in)
{
    for (size_t i = 0; i < n; i++) {
        const struct item *item = catalogue_item(catalogue, skus[i]);
        bool is_out = in && item && (size_t)item->group < catalogue->ngroups && out[item->group];
        if (item && !is_out)
            item_mark(bits, (size_t)(item - catalogue->items), in);
    }
}

void item_set_resolve(struct arena *arena, const struct catalogue *catalogue, struct item_set *set)
{
    bool everything = !set->ngroups && !set->nskus;
    set->bits = NULL;
    if (everything && !set->nexcept_groups && !set->nexcept_skus)
        return;
    uint64_t *bits = ARENA_ARRAY(arena, uint64_t, (catalogue->nitems + WORD_BITS - 1) / WORD_BITS);
    const bool *in = groups_named(arena, catalogue, set->groups, set->ngroups);
    const bool *out = groups_named(arena, catalogue, set->except_groups, set->nexcept_groups);
    if (everything || set->ngroups)
        groups_mark(catalogue, in, out, everything, bits);
    skus_mark(catalogue, set->skus, set->nskus, out, bits, true);
    skus_mark(catalogue, set->except_skus, set->nexcept_skus, out, bits, false);
    set->bits = bits;
}
