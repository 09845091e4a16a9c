#include "core/wire/record.h"
#include "tests/report.h"

#include <string.h>

static struct arena *arena;

/* Written and read again. */
static struct record again(const struct record *record)
{
    struct record read;
    size_t len;
    const char *text = record_write(arena, record, &len);
    CU_ASSERT_PTR_NULL(strchr(text, '\n'));
    CU_ASSERT_EQUAL(strlen(text), len);
    CU_ASSERT_TRUE_FATAL(record_read(arena, text, len, &read));
    CU_ASSERT_EQUAL(read.kind, record->kind);
    return read;
}

static struct order_draft draft(void)
{
    static struct draft_line lines[2] = {{.id = "l1", .sku = "40216", .qty = 1, .back_order = true},
                                         {.id = "l2", .sku = "40227", .qty = 2}};
    return (struct order_draft){.market = "GB",
                                .type = ORDER_customer,
                                .distributor = "1047296",
                                .customer = "17",
                                .lines = lines,
                                .nlines = 2,
                                .destination = SHIP_customer,
                                .address_choice = 2,
                                .price_list = "AUTUMN-1",
                                .date = DATE_MIN,
                                .note = "ring \"twice\"\t\xE9\x99\xB3 {"};
}

static void edits(void)
{
    struct order_draft keyed = draft();
    keyed.note = "ring \"twice\" \xE9\x99\xB3 {";
    struct record record = {.kind = RECORD_EDIT, .ulid = "01ARZ", .rev = "7", .draft = keyed};
    record.keep = 3;
    struct record read = again(&record);
    CU_ASSERT_STRING_EQUAL(read.ulid, "01ARZ");
    CU_ASSERT_STRING_EQUAL(read.rev, "7");
    CU_ASSERT_EQUAL(read.keep, 3);
    CU_ASSERT_TRUE(draft_equal(&read.draft, &keyed));
    CU_ASSERT_STRING_EQUAL(read.typed, "");
}

static void placing(void)
{
    struct draft_tender tenders[] = {{.kind = "cash", .amount = 500, .given = 1000},
                                     {.kind = "certificate", .amount = 100, .ref = "GC1"}};
    struct record record = {.kind = RECORD_PLACING,
                            .ulid = "01ARZ",
                            .draft = draft(),
                            .expect_total = 17810,
                            .tenders = tenders,
                            .ntenders = 2,
                            .accept_duplicate = true,
                            .accept_age = true,
                            .shift = "12"};
    struct record read = again(&record);
    CU_ASSERT_EQUAL(read.expect_total, 17810);
    CU_ASSERT_STRING_EQUAL(read.shift, "12");
    CU_ASSERT_EQUAL_FATAL(read.ntenders, 2);
    CU_ASSERT_STRING_EQUAL(read.tenders[0].kind, "cash");
    CU_ASSERT_EQUAL(read.tenders[0].amount, 500);
    CU_ASSERT_EQUAL(read.tenders[0].given, 1000);
    CU_ASSERT_EQUAL(read.tenders[1].given, 0);
    CU_ASSERT_STRING_EQUAL(read.tenders[1].ref, "GC1");
    CU_ASSERT_TRUE(read.accept_duplicate && read.accept_age);
    CU_ASSERT_STRING_EQUAL(read.rev, "");
}

static void others(void)
{
    struct record read = again(&(struct record){.kind = RECORD_STORED, .ulid = "01", .rev = "8"});
    CU_ASSERT_STRING_EQUAL(read.rev, "8");
    read = again(&(struct record){.kind = RECORD_DONE, .ulid = "01"});
    CU_ASSERT_STRING_EQUAL(read.ulid, "01");
    read = again(&(struct record){.kind = RECORD_TYPED, .typed = "3*402"});
    CU_ASSERT_STRING_EQUAL(read.typed, "3*402");
    CU_ASSERT_STRING_EQUAL(read.ulid, "");
    read = again(&(struct record){.kind = RECORD_COPY, .ulid = "01", .to = "02"});
    CU_ASSERT_STRING_EQUAL(read.to, "02");
}

static void damage(void)
{
    static const char *const table[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"is\":\"else\"}",
        "{\"is\":\"edit\"}",
        "{\"is\":\"edit\",\"draft\":[]}",
        "{\"is\":1}",
        "nonsense",
    };
    struct record read;
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        CU_ASSERT_FALSE(record_read(arena, table[i], strlen(table[i]), &read));
}

static void with_arena(void (*run)(void))
{
    arena = arena_new();
    run();
    arena_free(arena);
}
#define CASE(name)                                                                                 \
    static void name##_case(void)                                                                  \
    {                                                                                              \
        with_arena(name);                                                                          \
    }
CASE(edits)
CASE(placing)
CASE(others)
CASE(damage)

static const struct test_case cases[] = {
    {"an edit comes back as it was keyed", edits_case},
    {"placing keeps total, tenders, shift and what was accepted", placing_case},
    {"the other kinds keep what they are about", others_case},
    {"what is no record is refused", damage_case},
};
REPORT_MAIN("test_record", cases)
