/* core/wire/json_out.h and wire_canonical: what is written straight into text is what jansson would
 * have written, byte for byte, since stored hashes are of that. */
#include "core/wire/json_out.h"
#include "core/wire/wire.h"
#include "tests/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *canonical(struct arena *arena, const char *body)
{
    const char *why;
    struct text text;
    json_t *json = wire_parse(arena, body, strlen(body), &why);
    CU_ASSERT_FATAL(json != NULL);
    text_init(&text, arena);
    wire_canonical(&text, json);
    return text.data;
}

static void the_order_of_members_and_blanks_change_nothing(void)
{
    struct arena *arena = arena_new();
    const char *a = canonical(arena, "{\"b\":[1,{\"y\":null,\"x\":true}],\"a\":\"t\"}");
    const char *b =
        canonical(arena, " { \"a\" : \"\\u0074\" , \"b\":[1, {\"x\":true,\"y\":null}]}");
    CU_ASSERT_STRING_EQUAL(a, b);
    CU_ASSERT_STRING_EQUAL(a, "{\"a\":\"t\",\"b\":[1,{\"x\":true,\"y\":null}]}");
    arena_free(arena);
}

static void another_value_is_another_text(void)
{
    static const char *const bodies[] = {
        "{}",           "{\"a\":1}",     "{\"a\":-1}",       "{\"a\":\"1\"}",    "{\"a\":[1]}",
        "{\"a\":[]}",   "{\"a\":[[]]}",  "{\"a\":null}",     "{\"a\":\"null\"}", "{\"a\":true}",
        "{\"a\":{}}",   "{\"b\":1}",     "{\"a\":\"\\\"\"}", "{\"a\":\"\\\\\"}", "{\"a\":false}",
        "{\"a\":\"\"}", "{\"a\":[1,2]}", "{\"a\":[12]}",     "{\"a\":[2,1]}",    "{\"a\":\"\\n\"}",
    };
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_STRING_NOT_EQUAL(canonical(arena, bodies[i]), canonical(arena, bodies[k]));
    arena_free(arena);
}

/* Every code point below U+0250 and some above, in names and values. */
static void it_is_what_jansson_writes(void)
{
    struct arena *arena = arena_new();
    for (unsigned c = 1; c < 0x250; c++) {
        char body[80];
        snprintf(body, sizeof body, "{\"z\":[],\"n\\u%04x\":\"v\\u%04x 陳\\ud83d\\ude00\"}", c, c);
        const char *why;
        json_t *json = wire_parse(arena, body, strlen(body), &why);
        CU_ASSERT_FATAL(json != NULL);
        char *theirs = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
        CU_ASSERT_STRING_EQUAL(canonical(arena, body), theirs);
        free(theirs);
    }
    arena_free(arena);
}

static void an_object_is_written_member_by_member(void)
{
    struct arena *arena = arena_new();
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, arena);
    json_out_open(&out, NULL, '{');
    json_out_string(&out, "none", NULL);
    json_out_int(&out, "least", INT64_MIN);
    json_out_open(&out, "list", '[');
    json_out_bool(&out, NULL, false);
    json_out_open(&out, NULL, '{');
    json_out_close(&out, '}');
    json_out_string(&out, NULL, "a\"b");
    json_out_close(&out, ']');
    json_out_int(&out, "after", 0);
    json_out_close(&out, '}');
    CU_ASSERT_STRING_EQUAL(text.data, "{\"none\":null,\"least\":-9223372036854775808,"
                                      "\"list\":[false,{},\"a\\\"b\"],\"after\":0}");
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"the order of members and blanks change nothing",
     the_order_of_members_and_blanks_change_nothing},
    {"another value is another text", another_value_is_another_text},
    {"it is what jansson writes", it_is_what_jansson_writes},
    {"an object is written member by member", an_object_is_written_member_by_member},
};

REPORT_MAIN("test_json_out", cases)
