/* The entry line, the nearest codes and the card guard against any bytes. The first two bytes are
 * the screen and the context, the rest is what is typed. */
#include "core/entry.h"
#include "core/nearest.h"
#include "core/pan.h"
#include "core/text.h"
#include "tests/fuzz/require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct entry_context context_of(uint8_t screen, uint8_t rest)
{
    static const struct code_lengths lengths[] = {
        {{5, 7, 9, 16, 13}}, {{8, 9, 11, 16, 13}}, {{7, 7, 9, 16, 13}}, {{8, 9, 9, 16, 13}}};
    return (struct entry_context){
        .lengths = lengths[rest >> 6],
        .screen = (enum entry_screen)(screen % (AT_COUNTER + 1)),
        .last_line = rest & 7,
        .candidates = screen / (AT_COUNTER + 1) % 10,
        .exponent = (rest >> 3 & 7) % 5,
    };
}

static void try_entry(struct arena *arena, const char *typed, const struct entry_context *context)
{
    struct entry_command first, second;
    entry_parse(arena, typed, context, &first);
    const char *canonical = entry_format(arena, &first);
    REQUIRE(utf8_valid(canonical, strlen(canonical)));
    REQUIRE(utf8_is_printable(canonical, strlen(canonical)));
    REQUIRE(first.quantity >= 0 && first.quantity <= ENTRY_QUANTITY_MAX && first.number >= 0);
    entry_parse(arena, canonical, context, &second);
    REQUIRE(entry_equal(&first, &second));
    REQUIRE(strcmp(canonical, entry_format(arena, &second)) == 0);
    if (first.kind != ENTRY_BAD)
        return;
    struct problems problems;
    problems_init(&problems, arena);
    entry_explain(&first, &problems);
    REQUIRE(problem_say(arena, LANGUAGE_en, problems.items)[0]);
    REQUIRE(!pan_found(canonical, strlen(canonical)));
    REQUIRE(!pan_found(first.text, strlen(first.text)));
}

static void try_nearest(struct arena *arena, const char *typed)
{
    static const char *const codes[] = {"40216", "40227", "41109", "50318", "60422", "", "4"};
    static const uint32_t weight[] = {0, 3, 2, 1, 5, 0, 9};
    struct nearest out[4];
    size_t n = nearest_codes(arena, typed, codes, ARRAY_LEN(codes), weight, ARRAY_LEN(out), out);
    REQUIRE(n <= ARRAY_LEN(out));
    for (size_t i = 0; i < n; i++) {
        REQUIRE(out[i].distance <= NEAREST_DISTANCE);
        REQUIRE(out[i].distance == nearest_distance(arena, out[i].code, typed));
        REQUIRE(i == 0 || out[i - 1].distance <= out[i].distance);
    }
}

static void try_pan(struct arena *arena, const char *bytes, size_t len)
{
    char *text = arena_strndup(arena, bytes, len);
    bool found = pan_found(text, len), valid = utf8_valid(text, len);
    REQUIRE((pan_scrub(text, len) > 0) == found);
    REQUIRE(!pan_found(text, len));
    REQUIRE(found || memcmp(text, bytes, len) == 0);
    REQUIRE(!valid || utf8_valid(text, len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct arena *arena = arena_new();
    struct entry_context context = context_of(data[0], data[1]);
    char *typed = arena_strndup(arena, (const char *)data + 2, size - 2);
    try_entry(arena, typed, &context);
    try_nearest(arena, typed);
    try_pan(arena, typed, size - 2);
    arena_free(arena);
    return 0;
}
