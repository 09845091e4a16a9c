/* core/arena.h: memory that is zeroed, aligned, kept apart and freed together. */
#include "core/arena.h"
#include "tests/report.h"

#include <stdalign.h>
#include <string.h>

static void memory_is_zeroed_aligned_and_apart(void)
{
    static const size_t sizes[] = {0, 1, 7, 16, 17, 100, 2047, 2049, 8192, 100000};
    enum { BLOCKS = 400 };
    unsigned char *blocks[BLOCKS];
    struct arena *arena = arena_new();
    bool zeroed = true, aligned = true, apart = true;
    for (size_t i = 0; i < BLOCKS; i++) {
        size_t size = sizes[i % ARRAY_LEN(sizes)];
        blocks[i] = arena_alloc(arena, size);
        aligned = aligned && blocks[i] && (uintptr_t)blocks[i] % alignof(max_align_t) == 0;
        for (size_t k = 0; k < size; k++)
            zeroed = zeroed && blocks[i][k] == 0;
        memset(blocks[i], (int)(i % 251) + 1, size);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t k = 0; k < sizes[i % ARRAY_LEN(sizes)]; k++)
            apart = apart && blocks[i][k] == i % 251 + 1;
    CU_ASSERT(zeroed);
    CU_ASSERT(aligned);
    CU_ASSERT(apart);
    arena_free(arena);
}

static void strings_are_copied(void)
{
    struct arena *arena = arena_new();
    char original[] = "Velvet Rose";
    char *copy = arena_strdup(arena, original), *start = arena_strndup(arena, original, 6);
    original[0] = 'X';
    CU_ASSERT_STRING_EQUAL(copy, "Velvet Rose");
    CU_ASSERT_STRING_EQUAL(start, "Velvet");
    CU_ASSERT_STRING_EQUAL(arena_strndup(arena, "", 0), "");
    CU_ASSERT_STRING_EQUAL(arena_printf(arena, "%d*%s", 3, "60422"), "3*60422");
    CU_ASSERT_EQUAL(strlen(arena_printf(arena, "%*d", 20000, 1)), 20000);
    arena_free(arena);
}

static void arrays_are_zeroed(void)
{
    struct arena *arena = arena_new();
    uint64_t *array = ARENA_ARRAY(arena, uint64_t, 1000), sum = 0;
    for (size_t i = 0; i < 1000; i++)
        sum |= array[i];
    CU_ASSERT_EQUAL(sum, 0);
    CU_ASSERT_PTR_NOT_NULL(ARENA_ARRAY(arena, uint64_t, 0));
    arena_free(arena);
}

static char order[8];
static size_t order_len;

static void note_release(void *what)
{
    order[order_len++] = *(const char *)what;
}

static void deferred_calls_run_last_first(void)
{
    struct arena *arena = arena_new();
    arena_defer(arena, note_release, arena_strdup(arena, "a"));
    arena_defer(arena, note_release, arena_strdup(arena, "b"));
    arena_alloc(arena, 50000);
    arena_defer(arena, note_release, arena_strdup(arena, "c"));
    CU_ASSERT_EQUAL(order_len, 0);
    arena_free(arena);
    CU_ASSERT_NSTRING_EQUAL(order, "cba", 4);
}

static void nothing_may_be_freed(void)
{
    arena_free(NULL);
    arena_free(arena_new());
}

static const struct test_case cases[] = {
    {"memory is zeroed, aligned and kept apart, in all sizes", memory_is_zeroed_aligned_and_apart},
    {"strings are copied", strings_are_copied},
    {"arrays are zeroed", arrays_are_zeroed},
    {"deferred calls run last first, while the memory is still there",
     deferred_calls_run_last_first},
    {"NULL and an empty arena may be freed", nothing_may_be_freed},
};
REPORT_MAIN("arena", cases)
