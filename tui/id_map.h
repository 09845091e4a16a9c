/* The lines of a draft or a quote by their ids, each found in one step. */
#pragma once

#include "core/wire/reply.h"

struct id_map {
    const char *rows; /* each begins with the id */
    size_t size;      /* of a row */
    uint32_t *slots;  /* number of the row, from 1; 0: free */
    size_t mask;
};

/* `rows` are `n` structs of `size` bytes whose first member is a `const char *`. */
void id_map_make(struct arena *arena, const void *rows, size_t size, size_t n, struct id_map *out);
/* The number of the row, from 1; 0 when there is none. */
size_t id_map_find(const struct id_map *map, const char *id);

void id_map_of_quote(struct arena *arena, const struct reply_quote *quote, struct id_map *out);
/* NULL when the quote, whose map it is, has no such line. */
struct reply_line *id_map_line(const struct id_map *map, const struct reply_quote *quote,
                               const char *id);
