#include "core/promo/tally.h"

#include <string.h>

static struct tally_entry *find(struct tally_entry *entries, size_t room, uint64_t a, int64_t b)
{
    uint64_t hash = ((uint64_t)b * 31 + a) * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)(hash >> 32) & (room - 1);
    while (entries[i].n && (entries[i].a != a || entries[i].b != b))
        i = (i + 1) & (room - 1);
    return &entries[i];
}

int64_t tally_of(const struct tally *tally, uint64_t a, int64_t b)
{
    return tally->room ? find(tally->entries, tally->room, a, b)->n : 0;
}

static void grow(struct tally *tally)
{
    size_t room = tally->room ? tally->room * 2 : 256;
    struct tally_entry *more = ARENA_ARRAY(tally->arena, struct tally_entry, room);
    memset(more, 0, room * sizeof *more);
    for (size_t i = 0; i < tally->room; i++)
        if (tally->entries[i].n)
            *find(more, room, tally->entries[i].a, tally->entries[i].b) = tally->entries[i];
    tally->entries = more;
    tally->room = room;
}

void tally_add(struct tally *tally, uint64_t a, int64_t b, int64_t n)
{
    if (n == 0)
        return;
    if (2 * (tally->used + 1) > tally->room)
        grow(tally);
    struct tally_entry *entry = find(tally->entries, tally->room, a, b);
    tally->used += entry->n == 0;
    *entry = (struct tally_entry){a, b, entry->n + n};
}
