#include "tui/id_map.h"

#include <string.h>

static const char *id_of(const struct id_map *map, size_t number)
{
    const void *row = map->rows + map->size * (number - 1);
    return *(const char *const *)row;
}

/* The slot of the id, or the free one where it would be. */
static size_t probe(const struct id_map *map, const char *id)
{
    uint32_t sum = 2166136261U; /* FNV-1a */
    for (const char *at = id; *at; at++)
        sum = (sum ^ (unsigned char)*at) * 16777619U;
    size_t slot = sum & map->mask;
    while (map->slots[slot] && strcmp(id_of(map, map->slots[slot]), id) != 0)
        slot = (slot + 1) & map->mask;
    return slot;
}

void id_map_make(struct arena *arena, const void *rows, size_t size, size_t n, struct id_map *out)
{
    size_t room = 16;
    while (room < 2 * n)
        room *= 2;
    *out = (struct id_map){rows, size, ARENA_ARRAY(arena, uint32_t, room), room - 1};
    for (size_t number = 1; number <= n; number++) {
        size_t slot = probe(out, id_of(out, number));
        if (!out->slots[slot])
            out->slots[slot] = (uint32_t)number;
    }
}

size_t id_map_find(const struct id_map *map, const char *id)
{
    return map->slots[probe(map, id)];
}

void id_map_of_quote(struct arena *arena, const struct reply_quote *quote, struct id_map *out)
{
    id_map_make(arena, quote->lines, sizeof *quote->lines, quote->nlines, out);
}

struct reply_line *id_map_line(const struct id_map *map, const struct reply_quote *quote,
                               const char *id)
{
    size_t number = id_map_find(map, id);
    return number ? &quote->lines[number - 1] : NULL;
}
