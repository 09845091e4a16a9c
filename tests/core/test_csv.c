/* core/csv.h: RFC 4180, and where it is broken. */
#include "core/csv.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

/* All records as "a|b/c|d", or the error as "line:column why". */
static const char *read_all(struct arena *arena, const char *text, size_t len)
{
    static char out[1024];
    struct csv csv;
    size_t at = 0;
    enum csv_result result;
    csv_init(&csv, text, len);
    out[0] = '\0';
    while ((result = csv_next(arena, &csv)) == CSV_RECORD) {
        for (size_t i = 0; i < csv.nfields; i++)
            at += (size_t)snprintf(out + at, sizeof out - at, "%s%s",
                                   i    ? "|"
                                   : at ? "/"
                                        : "",
                                   csv.fields[i]);
    }
    if (result == CSV_ERROR) {
        snprintf(out, sizeof out, "%d:%d %s", (int)csv.error_line, (int)csv.error_column, csv.why);
        CU_ASSERT_EQUAL(csv_next(arena, &csv), CSV_ERROR);
    }
    return out;
}

static void check(const char *text, const char *expected)
{
    struct arena *arena = arena_new();
    CU_ASSERT_STRING_EQUAL(read_all(arena, text, strlen(text)), expected);
    arena_free(arena);
}

static void records_and_fields(void)
{
    check("", "");
    check("a,b\nc,d\n", "a|b/c|d");
    check("a,b\r\nc,d", "a|b/c|d");
    check("a,,\n,\n", "a||/|");
    check("\n\na\n\nb\n\n", "a/b");
    check(" a , b ", " a | b ");
    check("\xEF\xBB\xBFsku,name\n", "sku|name");
    check("\xE9\x99\xB3,\xE7\xBE\x8E\n", "\xE9\x99\xB3|\xE7\xBE\x8E");
}

static void quotes(void)
{
    check("\"a,b\",c\n", "a,b|c");
    check("\"say \"\"hi\"\"\"\n", "say \"hi\"");
    check("\"two\nlines\",x\ny,z\n", "two\nlines|x/y|z");
    check("\"\"\n", "");
    check("\"\",\"\"\n", "|");
    check("\"a\r\nb\"\r\nc\r\n", "a\r\nb/c");
}

static void errors_tell_where(void)
{
    check("a,b\nc,d\"e\n", "2:4 a quote within a field that does not begin with one");
    check("a\n\"b\"c\n", "2:4 text after the closing quote");
    check("a\nb,\"c\nd\n", "2:3 this quote is never closed");
    check("a\rb\n", "1:2 a carriage return without a line feed");
    check("a\nx,\xFF\n", "2:3 not UTF-8");
    check("\"l1\nl2\",\"x\n", "2:5 this quote is never closed");
}

static void a_nul_is_refused(void)
{
    struct arena *arena = arena_new();
    CU_ASSERT_STRING_EQUAL(read_all(arena, "a,b\0c\n", 6), "1:3 not UTF-8");
    arena_free(arena);
}

static void limits(void)
{
    struct arena *arena = arena_new();
    char *many = arena_alloc(arena, CSV_FIELDS_MAX + 2);
    memset(many, ',', CSV_FIELDS_MAX);
    CU_ASSERT_STRING_EQUAL(read_all(arena, many, CSV_FIELDS_MAX), "1:257 more than 256 fields");
    char *large = arena_alloc(arena, CSV_FIELD_MAX + 2);
    memset(large, 'x', CSV_FIELD_MAX + 1);
    CU_ASSERT_STRING_EQUAL(read_all(arena, large, CSV_FIELD_MAX + 1),
                           "1:1 a field of more than 65,536 bytes");
    arena_free(arena);
}

static void the_line_of_a_record(void)
{
    static const char text[] = "h\n\n\"a\nb\"\nc\n";
    struct arena *arena = arena_new();
    struct csv csv;
    csv_init(&csv, text, sizeof text - 1);
    CU_ASSERT_EQUAL(csv_next(arena, &csv), CSV_RECORD);
    CU_ASSERT_EQUAL(csv.record_line, 1);
    CU_ASSERT_EQUAL(csv_next(arena, &csv), CSV_RECORD);
    CU_ASSERT_EQUAL(csv.record_line, 3);
    CU_ASSERT_EQUAL(csv.lengths[0], 3);
    CU_ASSERT_EQUAL(csv_next(arena, &csv), CSV_RECORD);
    CU_ASSERT_EQUAL(csv.record_line, 5);
    CU_ASSERT_EQUAL(csv_next(arena, &csv), CSV_END);
    arena_free(arena);
}

/* What was written is what is read: random fields, quoted where they must be. */
static size_t write_field(uint64_t *seed, char *plain, char *csv)
{
    static const char letters[] = "ab,\"\n\r x";
    size_t n = random_below(seed, 6), at = 0;
    csv[at++] = '"';
    for (size_t i = 0; i < n; i++) {
        plain[i] = letters[random_below(seed, sizeof letters - 1)];
        if (plain[i] == '"')
            csv[at++] = '"';
        csv[at++] = plain[i];
    }
    plain[n] = '\0';
    csv[at++] = '"';
    return at;
}

static void what_is_written_is_read(void)
{
    uint64_t seed = report_seed();
    for (int round = 0; round < 2000; round++) {
        struct arena *arena = arena_new();
        char plain[8][8], text[256];
        size_t len = 0, n = 1 + random_below(&seed, 8);
        for (size_t i = 0; i < n; i++) {
            if (i)
                text[len++] = ',';
            len += write_field(&seed, plain[i], text + len);
        }
        struct csv csv;
        csv_init(&csv, text, len);
        CU_ASSERT_EQUAL_FATAL(csv_next(arena, &csv), CSV_RECORD);
        CU_ASSERT_EQUAL_FATAL(csv.nfields, n);
        for (size_t i = 0; i < n; i++)
            CU_ASSERT_STRING_EQUAL(csv.fields[i], plain[i]);
        CU_ASSERT_EQUAL(csv_next(arena, &csv), CSV_END);
        arena_free(arena);
    }
}

static const struct test_case cases[] = {
    {"records and fields", records_and_fields},
    {"quotes", quotes},
    {"errors tell where", errors_tell_where},
    {"a NUL is refused", a_nul_is_refused},
    {"limits", limits},
    {"the line of a record", the_line_of_a_record},
    {"what is written is read", what_is_written_is_read},
};
REPORT_MAIN("csv", cases)
