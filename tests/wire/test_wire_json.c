/* core/wire/wire.h, wire_parse: what is JSON here and what is not. One object in UTF-8, integers
 * only, no member twice, at most 64 deep; whatever is refused says where. Our own vectors, after
 * the classes of the public JSON test suites. */
#include "core/pan.h"
#include "core/text.h"
#include "core/wire/wire.h"
#include "tests/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parses a copy that ends where the text ends, so that a byte read beyond it is seen. */
static json_t *parse(struct arena *arena, const char *body, size_t len, const char **why)
{
    char *copy = arena_alloc(arena, len ? len : 1);
    memcpy(copy, body, len);
    *why = NULL;
    return wire_parse(arena, copy, len, why);
}

struct vector {
    const char *body;
    size_t len;
};
#define V(text)                                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
/* A value as a member. */
#define M(value) V("{\"a\":" value "}")
#define S(inside) M("\"" inside "\"")

static void check_accepted(const struct vector *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *arena = arena_new();
        const char *why;
        json_t *json = parse(arena, rows[i].body, rows[i].len, &why);
        CU_ASSERT(json_is_object(json));
        json_t *same = json_loadb(rows[i].body, rows[i].len, JSON_REJECT_DUPLICATES, NULL);
        CU_ASSERT(json_equal(json, same)); /* and nothing is read otherwise than by jansson */
        json_decref(same);
        if (!json)
            printf("   refused: %s (%s)\n", rows[i].body, why ? why : "without a reason");
        arena_free(arena);
    }
}

static bool tells_place(const char *why, size_t len)
{
    int line, column, end = 0;
    return why && sscanf(why, "line %d, column %d: %n", &line, &column, &end) == 2 && end > 0 &&
           why[end] != '\0' && line >= 1 && column >= 0 && (size_t)line <= len + 1 &&
           (size_t)column <= len + 1;
}

static void check_refused(const struct vector *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct arena *arena = arena_new();
        const char *why;
        json_t *json = parse(arena, rows[i].body, rows[i].len, &why);
        CU_ASSERT_PTR_NULL(json);
        CU_ASSERT(tells_place(why, rows[i].len));
        if (json || !tells_place(why, rows[i].len))
            printf("   %s: %.60s (%s)\n", json ? "accepted" : "no place", rows[i].body,
                   why ? why : "");
        arena_free(arena);
    }
}

static void numbers(void)
{
    static const struct vector good[] = {
        M("0"),
        M("-0"),
        M("1"),
        M("-1"),
        M("10"),
        M("123456789"),
        M("[0,1,-1]"),
        M(" 7 "),
        M("9007199254740991"),
        M("9007199254740993"),
        M("9223372036854775807"),
        M("-9223372036854775808"),
    };
    static const struct vector bad[] = {
        M("01"),
        M("00"),
        M("-01"),
        M("+1"),
        M("++1"),
        M("-"),
        M("--1"),
        M("- 1"),
        M("1 000"),
        M("1,000"),
        M("1_000"),
        M("0x10"),
        M("0b1"),
        M("1L"),
        M("1."),
        M(".5"),
        M("-.5"),
        M("1.0"),
        M("0.0"),
        M("-0.0"),
        M("1.5"),
        M("24.50"),
        M("1e3"),
        M("1E3"),
        M("1e+3"),
        M("1e-3"),
        M("0e0"),
        M("1e400"),
        M("-1e400"),
        M("1e"),
        M("1e+"),
        M("0e"),
        M("1.0e"),
        M("1.e1"),
        M("9223372036854775808"),
        M("-9223372036854775809"),
        M("18446744073709551616"),
        M("99999999999999999999999999"),
        M("NaN"),
        M("nan"),
        M("Infinity"),
        M("-Infinity"),
        M("inf"),
        M("1/2"),
        M("1a"),
        M("\xEF\xBC\x91"),
        M("\xD9\xA1"),
        M("0.1.2"),
        M("2.e3"),
        M("[1 2]"),
        M("1-1"),
    };
    check_accepted(good, ARRAY_LEN(good));
    check_refused(bad, ARRAY_LEN(bad));

    struct arena *arena = arena_new();
    const char *why, *body = "{\"a\":-9223372036854775808,\"b\":9223372036854775807,\"c\":-0}";
    json_t *json = parse(arena, body, strlen(body), &why);
    CU_ASSERT(json_integer_value(json_object_get(json, "a")) == INT64_MIN);
    CU_ASSERT(json_integer_value(json_object_get(json, "b")) == INT64_MAX);
    CU_ASSERT(json_is_integer(json_object_get(json, "c")));
    arena_free(arena);

    char digits[420]; /* 400 of them */
    memcpy(digits, "{\"a\":", 5);
    memset(digits + 5, '9', 400);
    digits[405] = '}';
    const struct vector many = {digits, 406};
    check_refused(&many, 1);
}

static void strings(void)
{
    static const struct vector good[] = {
        S(""),
        S("abc"),
        S("\\\" \\\\ \\/ \\b \\f \\n \\r \\t"),
        S("\\u0041"),
        S("\\u00e9"),
        S("\\u00E9"),
        S("\\ud83d\\ude00"),
        S("\\uD834\\udd1e"),
        S("\\uFFFD"),
        S("\\u200B"),
        S("\\u0001"),
        S("\\u007f"),
        S("\x7F"),
        S("\xC3\xA9"),
        S("\xE4\xB8\xAD\xE6\x96\x87"),
        S("\xF0\x9F\x98\x80"),
        S("\xF4\x8F\xBF\xBF"),
        S("\xEF\xBF\xBE"),
        S("\xE2\x80\xA8"),
        S("\xC2\x80"),
        S("\xED\x9F\xBF"),
        S("\xEE\x80\x80"),
        S("/* no comment */ // none"),
        S("{[,]}:"),
    };
    static const struct vector bad[] = {
        S("\\x41"),
        S("\\a"),
        S("\\'"),
        S("\\0"),
        S("\\v"),
        S("\\U0041"),
        S("\\"),
        S("\\ "),
        S("\\u"),
        S("\\u0"),
        S("\\u00"),
        S("\\u004"),
        S("\\u00G1"),
        S("\\u 041"),
        S("\\u+041"),
        S("\\u0000"),
        S("a\\u0000b"),
        S("\\ud800"),
        S("\\udc00"),
        S("\\ude00\\ud83d"),
        S("\\ud83d\\ud83d"),
        S("\\ud83dx"),
        S("\\ud83d\\u0041"),
        S("\\ud83d\\n"),
        S("\\ud83d\\"),
        S("\\ud83d\\u"),
        S("\\ud83d\\ude0"),
        S("\n"),
        S("\t"),
        S("\r"),
        S("\x01"),
        S("\x1F"),
        S("\x1B[31m"),
        S("a\0b"),
        S("\0"),
        S("\x80"),
        S("\xBF"),
        S("\xC3"),
        S("\xC3("),
        S("\xE4\xB8"),
        S("\xF0\x9F\x98"),
        S("\xC0\x80"),
        S("\xC0\xAF"),
        S("\xC1\xBF"),
        S("\xE0\x80\xAF"),
        S("\xE0\x9F\xBF"),
        S("\xF0\x80\x80\xAF"),
        S("\xF0\x8F\xBF\xBF"),
        S("\xED\xA0\x80"),
        S("\xED\xBF\xBF"),
        S("\xED\xA0\xBD\xED\xB8\x80"),
        S("\xF4\x90\x80\x80"),
        S("\xF5\x80\x80\x80"),
        S("\xF8\x88\x80\x80\x80"),
        S("\xFC\x84\x80\x80\x80\x80"),
        S("\xFE"),
        S("\xFF"),
        S("\xE9"),
        V("{'a':1}"),
        V("{\"a\":'b'}"),
        V("{a:1}"),
        V("{\"a\":b}"),
        V("{\"a\":\"b}"),
        V("{\"a"),
        V("{\"\\u0000\":1}"),
        V("{\"a\0\":1}"),
        V("{\"\xFF\":1}"),
        V("{\"\\ud800\":1}"),
        V("{\"a\nb\":1}"),
        V("{\"a\":\"b\"\"c\"}"),
        V("{\"a\":`b`}"),
        V("{\"a\":\xE2\x80\x9C"
          "b\xE2\x80\x9D}"),
    };
    check_accepted(good, ARRAY_LEN(good));
    check_refused(bad, ARRAY_LEN(bad));
}

static void structure(void)
{
    static const struct vector good[] = {
        V("{}"),
        V(" \t\r\n{ } \t\r\n"),
        V("{\"\":0}"),
        V("{\"a\":{}}"),
        V("{\"a\":[]}"),
        V("{\"a\":[{},[],0,\"\",true,false,null]}"),
        V("{\"a\":1,\"b\":2}"),
        V("{\n\"a\" :\t1\r\n,\"A\": 2 }"),
        M("true"),
        M("false"),
        M("null"),
        V("{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}"),
        V("{\"__proto__\":1,\"constructor\":2}"),
    };
    static const struct vector bad[] = {
        V(""),
        V(" "),
        V("\n\n"),
        V("{"),
        V("}"),
        V("{{"),
        V("{}}"),
        V("[]"),
        V("[{}]"),
        V("0"),
        V("\"a\""),
        V("true"),
        V("null"),
        V("{} {}"),
        V("{}{}"),
        V("{},"),
        V("{}x"),
        V("{}#"),
        V("{}\0"),
        V("\0{}"),
        V("{\0}"),
        V("{}//"),
        V("{}/**/"),
        V("/**/{}"),
        V("//\n{}"),
        V("#\n{}"),
        V("{/**/}"),
        V("{\"a\":1//\n}"),
        V("{\"a\":1,}"),
        V("{,}"),
        V("{,\"a\":1}"),
        V("{\"a\":1,,\"b\":2}"),
        V("{\"a\":1 \"b\":2}"),
        V("{\"a\":1;\"b\":2}"),
        V("{\"a\" 1}"),
        V("{\"a\"}"),
        V("{\"a\":}"),
        V("{:1}"),
        V("{\"a\"::1}"),
        V("{\"a\"=1}"),
        V("{\"a\":1"),
        V("{\"a\":"),
        V("{\"a\""),
        V("{1:1}"),
        V("{null:1}"),
        V("{[]:1}"),
        V("{\"a\":[1,]}"),
        V("{\"a\":[,1]}"),
        V("{\"a\":[1,,2]}"),
        V("{\"a\":[,]}"),
        V("{\"a\":[1}"),
        V("{\"a\":[1"),
        V("{\"a\":[}"),
        V("{\"a\":]}"),
        V("{\"a\":1]"),
        V("{\"a\":[1]]}"),
        V("{\"a\":[}]}"),
        V("{\"a\":(1)}"),
        V("{\"a\":<1>}"),
        M("True"),
        M("TRUE"),
        M("False"),
        M("Null"),
        M("NULL"),
        M("nul"),
        M("tru"),
        M("truee"),
        M("true1"),
        M("nil"),
        M("undefined"),
        M("None"),
        M("t"),
        V("\xEF\xBB\xBF{}"),
        V("\xEF\xBB\xBF"),
        V("{}\xEF\xBB\xBF"),
        V("\xFF\xFE{\0}\0"),
        V("\xFE\xFF\0{\0}"),
        V("\xC2\xA0{}"),
        V("{\xE2\x80\x83}"),
        V("\f{}"),
        V("\v{}"),
        V("{\f}"),
        V("{}\x1A"),
        V("\x1B{}"),
        V("&{}"),
        V("<html>"),
        V("a=1&b=2"),
        V("{\"a\":@}"),
        V("{*}"),
        V("{\"a\":1,\"a\":1}"),
        V("{\"a\":1,\"a\":2}"),
        V("{\"a\":1,\"b\":2,\"a\":3}"),
        V("{\"a\":1,\"\\u0061\":2}"),
        V("{\"\":1,\"\":1}"),
        V("{\"b\":{\"a\":1,\"a\":1}}"),
        V("{\"b\":[{\"a\":1},{\"a\":1,\"a\":null}]}"),
        V("{\"a\":{\"b\":1},\"a\":{\"c\":1}}"),
    };
    check_accepted(good, ARRAY_LEN(good));
    check_refused(bad, ARRAY_LEN(bad));
}

/* An object with arrays, or objects, one in the other: so deep in all. */
static struct vector deep(struct arena *arena, size_t depth, bool arrays, bool closed)
{
    char *text = arena_alloc(arena, depth * 6 + 16), *at = text;
    for (size_t i = 1; i < depth; i++)
        at = i == 1 || !arrays ? stpcpy(at, "{\"a\":") : stpcpy(at, "[");
    at = stpcpy(at, arrays && depth > 1 ? "[" : "{");
    for (size_t i = depth; closed && i > 0; i--)
        *at++ = arrays && i > 1 ? ']' : '}';
    return (struct vector){text, (size_t)(at - text)};
}

static void depth(void)
{
    static const struct {
        size_t depth;
        bool good;
    } rows[] = {{1, true},     {2, true},     {10, true},    {63, true},
                {64, true},    {65, false},   {66, false},   {100, false},
                {2047, false}, {2048, false}, {2049, false}, {100000, false}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (int arrays = 0; arrays <= 1; arrays++) {
            struct arena *arena = arena_new();
            struct vector v = deep(arena, rows[i].depth, arrays, true);
            rows[i].good ? check_accepted(&v, 1) : check_refused(&v, 1);
            v = deep(arena, rows[i].depth, arrays, false);
            check_refused(&v, 1);
            arena_free(arena);
        }
    /* Wide is not deep. */
    struct arena *arena = arena_new();
    size_t n = 20000;
    char *text = arena_alloc(arena, n * 4 + 16), *at = stpcpy(text, "{\"a\":[[]");
    for (size_t i = 0; i < n; i++)
        at = stpcpy(at, ",[]");
    at = stpcpy(at, "]}");
    const struct vector wide = {text, (size_t)(at - text)};
    check_accepted(&wide, 1);
    arena_free(arena);
}

static void brackets_in_strings_are_no_depth(void)
{
    struct arena *arena = arena_new();
    char *text = arena_alloc(arena, 500), *at = stpcpy(text, "{\"a\":\"\\\"");
    memset(at, '[', 200);
    at = stpcpy(at + 200, "\\\\\",\"b\":[[1]]}");
    const struct vector v = {text, (size_t)(at - text)};
    check_accepted(&v, 1);
    arena_free(arena);
}

static void the_place_is_told_by_line_and_column(void)
{
    static const struct {
        const char *body;
        int line, from, to; /* column, within */
        const char *word;
    } rows[] = {
        {"{\"a\":01}", 1, 5, 8, ""},
        {"{\n\"a\": tru\n}", 2, 6, 9, ""},
        {"{\n \"qty\": 1,\n \"qty\": 2}", 3, 1, 9, "qty"},
        {"{\"a\":1}\n\nx", 3, 1, 1, ""},
        {"{\"a\":1,\r\n\"b\":2,\r\n\"c\":1.5}", 3, 4, 8, ""},
        {"{\n\n\n\"a\":\"\\u0000\"}", 4, 4, 12, ""},
        {"{\"a\":[1,2,3,\n4,5,9223372036854775808]}", 2, 4, 24, ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new();
        const char *why;
        int line = 0, column = 0;
        CU_ASSERT_PTR_NULL(parse(arena, rows[i].body, strlen(rows[i].body), &why));
        CU_ASSERT_FATAL(why != NULL);
        CU_ASSERT_EQUAL(sscanf(why, "line %d, column %d:", &line, &column), 2);
        CU_ASSERT_EQUAL(line, rows[i].line);
        CU_ASSERT(column >= rows[i].from && column <= rows[i].to);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, rows[i].word));
        if (line != rows[i].line || column < rows[i].from || column > rows[i].to)
            printf("   row %zu: %s\n", i, why);
        arena_free(arena);
    }
}

/* What the reason quotes can be shown anywhere. */
static void the_reason_repeats_nothing_harmful(void)
{
    static const struct vector rows[] = {
        V("{\"a\" \"4111111111111111\"}"),
        V("{\"4111111111111111\":1,\"4111111111111111\":2}"),
        V("{\"a\":1 \"5555555555554444\":2}"),
        V("{\"a\" \"\x7F\xC2\x9B\"}"),
        V("{\"a\" \"\x1B[2J\"}"),
        V("{\"a\" \"\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\xE4\xB8\xAD\"}"),
        V("{\"a\":\xFF}"),
    };
    check_refused(rows, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new();
        const char *why;
        parse(arena, rows[i].body, rows[i].len, &why);
        CU_ASSERT(utf8_valid(why, strlen(why)) && utf8_is_printable(why, strlen(why)));
        CU_ASSERT_FALSE(pan_found(why, strlen(why)));
        arena_free(arena);
    }
}

/* No cut of a good body is good, and none reads beyond its end. */
static void every_cut_of_a_body_is_refused(void)
{
    static const char body[] =
        "{\"lines\":[{\"id\":\"a\",\"sku\":\"\xC3\xA9\\ud83d\\ude00\",\"qty\":-12,"
        "\"x\":[true,false,null,{}]}],\"n\":\"\\n\"}";
    for (size_t len = 0; len < sizeof body - 1; len++) {
        const struct vector v = {body, len};
        check_refused(&v, 1);
    }
    const struct vector whole = {body, sizeof body - 1};
    check_accepted(&whole, 1);
}

static void many_members_are_read_quickly(void)
{
    struct arena *arena = arena_new();
    size_t n = 100000;
    char *text = arena_alloc(arena, n * 16 + 16), *at = stpcpy(text, "{\"x\":0");
    for (size_t i = 0; i < n; i++)
        at += sprintf(at, ",\"m%zu\":0", i);
    at = stpcpy(at, "}");
    const char *why;
    json_t *json = parse(arena, text, (size_t)(at - text), &why);
    CU_ASSERT_EQUAL(json_object_size(json), n + 1);
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"numbers are integers of 64 bits, spelled as JSON spells them", numbers},
    {"strings are UTF-8 without NUL, surrogates come in pairs", strings},
    {"one object and nothing beside it; no member twice", structure},
    {"64 deep is read, 65 and 100,000 are refused", depth},
    {"brackets in strings are no depth", brackets_in_strings_are_no_depth},
    {"the place is told by line and column", the_place_is_told_by_line_and_column},
    {"the reason repeats no card number and nothing that a terminal obeys",
     the_reason_repeats_nothing_harmful},
    {"every cut of a body is refused", every_cut_of_a_body_is_refused},
    {"100,000 members are read", many_members_are_read_quickly},
};

REPORT_MAIN("test_wire_json", cases)
