#include "core/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* AddressSanitizer, as gcc and as clang tell of it. */
#ifdef __SANITIZE_ADDRESS__
#define OWN_BLOCKS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OWN_BLOCKS
#endif
#endif

enum { BLOCK_SIZE = 8192, ALIGN = 16 };

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(ALIGN) unsigned char data[];
};

struct deferred {
    struct deferred *next;
    void (*release)(void *);
    void *what;
};

struct arena {
    struct block *blocks;
    struct deferred *deferred;
};

static void *memory_or_abort(size_t size)
{
    void *p = calloc(1, size);
    if (!p)
        abort();
    return p;
}

struct arena *arena_new(void)
{
    return memory_or_abort(sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct deferred *d = arena->deferred; d; d = d->next)
        d->release(d->what);
    for (struct block *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(arena);
}

static struct block *block_new(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        abort();
    struct block *b = memory_or_abort(sizeof *b + size);
    b->size = size;
    b->next = arena->blocks;
    arena->blocks = b;
    return b;
}

void *arena_alloc(struct arena *arena, size_t size)
{
#ifdef OWN_BLOCKS
    struct block *own = block_new(arena, size);
    return own->data;
#else
    size_t need = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (need < size)
        abort();
    struct block *b = arena->blocks;
    if (!b || b->size - b->used < need) {
        b = block_new(arena, need > BLOCK_SIZE / 4 ? need : BLOCK_SIZE);
        /* A big block of its own must not hide the room left in the common one. */
        if (need > BLOCK_SIZE / 4 && b->next) {
            arena->blocks = b->next;
            b->next = arena->blocks->next;
            arena->blocks->next = b;
        }
    }
    void *p = b->data + b->used;
    b->used += need;
    return p;
#endif
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        abort();
    char *out = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(out, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return out;
}

void arena_defer(struct arena *arena, void (*release)(void *what), void *what)
{
    struct deferred *d = arena_alloc(arena, sizeof *d);
    *d = (struct deferred){arena->deferred, release, what};
    arena->deferred = d;
}
