/* core/base64.h: bytes for a printer come whole, or not at all. */
#include "core/base64.h"
#include "tests/report.h"

#include <string.h>

static void known_texts(void)
{
    static const struct {
        const char *text, *bytes;
        size_t len;
    } known[] = {
        /* of RFC 4648 */
        {"", "", 0},
        {"Zg==", "f", 1},
        {"Zm8=", "fo", 2},
        {"Zm9v", "foo", 3},
        {"Zm9vYg==", "foob", 4},
        {"Zm9vYmE=", "fooba", 5},
        {"Zm9vYmFy", "foobar", 6},
        {"G0AAAP/+", "\x1B@\0\0\xFF\xFE", 6},
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        size_t len = 99;
        const unsigned char *bytes = base64_read(arena, known[i].text, &len);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
        CU_ASSERT_EQUAL(len, known[i].len);
        CU_ASSERT(len == known[i].len && memcmp(bytes, known[i].bytes, len) == 0);
    }
    arena_free(arena);
}

static void anything_else_is_refused(void)
{
    static const char *const bad[] = {
        "Z",    "Zg",   "Zg=",      "Z===",     "====", "Zm9v\n", "Zm9v ",
        "Zh==", "Zm9=", "Zg==Zm9v", "Zm-_Zm9v", "Zm 9", "=m9v"};
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        size_t len = 99;
        CU_ASSERT_PTR_NULL(base64_read(arena, bad[i], &len));
        CU_ASSERT_EQUAL(len, 0);
    }
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"the examples of the standard", known_texts},
    {"anything else is refused", anything_else_is_refused},
};
REPORT_MAIN("base64", cases)
