/* The catalogue of the last time on disk, as the server sent it, so that the first price after the
 * sign-on waits for nothing. One file per server, market and language, of this user only; whatever
 * is wrong with it, it is as if there were none. */
#pragma once

#include "core/arena.h"

struct catalogue_key {
    const char *server, *market, *language; /* language: a tag (tr.h) */
};

struct catalogue_file {
    const char *tag;  /* its ETag */
    const char *body; /* perhaps packed; its own sum is checked by whoever unpacks it */
    size_t len;
};

/* In $XDG_CACHE_HOME or ~/.cache; NULL when there is no such place. */
const char *catalogue_file_path(struct arena *arena, const struct catalogue_key *key);
/* False when there is none of exactly that key. */
bool catalogue_file_read(struct arena *arena, const char *path, const struct catalogue_key *key,
                         struct catalogue_file *out);
/* Replaced in one step, or not at all. */
void catalogue_file_write(const char *path, const struct catalogue_key *key,
                          const struct catalogue_file *file);
