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

/* Puts the items of the groups and those named into the set, or takes them out of it. What the
 * catalogue does not have is in no set. */
static void items_mark(struct arena *arena, const struct catalogue *catalogue,
                       const char *const *groups, size_t ngroups, const char *const *skus,
                       size_t nskus, uint64_t *bits, bool in)
{
    if (ngroups) {
        const bool *named = groups_named(arena, catalogue, groups, ngroups);
        for (size_t i = 0; i < catalogue->nitems; i++)
            if ((size_t)catalogue->items[i].group < catalogue->ngroups &&
                named[catalogue->items[i].group])
                item_mark(bits, i, in);
    }
    for (size_t i = 0; i < nskus; i++) {
        const struct item *item = catalogue_item(catalogue, skus[i]);
        if (item)
            item_mark(bits, (size_t)(item - catalogue->items), in);
    }
}

void item_set_resolve(struct arena *arena, const struct catalogue *catalogue, struct item_set *set)
{
    bool everything = !set->ngroups && !set->nskus;
    set->bits = NULL;
    if (everything && !set->nexcept_groups && !set->nexcept_skus)
        return;
    size_t nwords = (catalogue->nitems + WORD_BITS - 1) / WORD_BITS;
    uint64_t *bits = ARENA_ARRAY(arena, uint64_t, nwords);
    for (size_t i = 0; everything && i < catalogue->nitems; i++)
        item_mark(bits, i, true);
    items_mark(arena, catalogue, set->groups, set->ngroups, set->skus, set->nskus, bits, true);
    items_mark(arena, catalogue, set->except_groups, set->nexcept_groups, set->except_skus,
               set->nexcept_skus, bits, false);
    set->bits = bits;
}
