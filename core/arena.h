/* Memory with one natural end: a request, a message, one pricing. Everything allocated from an
 * arena is freed together; running out of memory aborts, so nothing here can fail. Under
 * AddressSanitizer each allocation is its own block, so that overruns are seen. */
#pragma once

#include "core/base.h"

struct arena;

struct arena *arena_new(void);
/* Runs the deferred calls, last first, then frees everything. NULL is allowed. */
void arena_free(struct arena *arena);
/* Zeroed, aligned for any type; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t size);
/* `count` zeroed elements; an overflowing product aborts. */
void *arena_array(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* Calls `release(what)` when the arena is freed: for PGresult, json_t, file descriptors. */
void arena_defer(struct arena *arena, void (*release)(void *what), void *what);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_array((arena), (n), sizeof(type)))
