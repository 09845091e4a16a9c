/* core/wire/wire_order.h: what is read in one go is read as by the long way; everything else is
 * left to it. */
#include "core/text.h"
#include "core/wire/request.h"
#include "core/wire/wire.h"
#include "core/wire/wire_order.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;

static const char *const plain[] = {
    "{\"distributor\":\"1000002\",\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":"
    "\"personal\"}",
    "{\"accept\":[\"age\",\"duplicate\"],\"coupons\":[],\"customer\":null,\"date\":null,"
    "\"distributor\":\"1000002\","
    "\"expect_total\":4200,\"lines\":[{\"backorder\":true,\"choices\":[],\"id\":\"a\",\"picks\":"
    "\"TEA\",\"qty\":12,"
    "\"sku\":\"41109\"},{\"id\":\"b\",\"qty\":0,\"sku\":\"\"}],\"market\":\"GB\",\"note\":\"Ring "
    "twice, please\","
    "\"party\":null,\"price_list\":null,\"rev\":\"17\",\"ship_to\":{\"address\":null,\"choice\":2,"
    "\"kind\":\"pickup\","
    "\"method\":\"express\"},\"tenders\":[{\"amount\":100,\"kind\":\"balance\"},{\"amount\":5,"
    "\"kind\":\"later\",\"ref\":null}],"
    "\"type\":\"personal\",\"typed\":null}",
    "{\"customer\":\"77\",\"distributor\":\"1000002\",\"expect_total\":0,\"lines\":[{\"id\":\"1\","
    "\"qty\":999999999,"
    "\"sku\":\"x\"}],\"market\":\"US\",\"ship_to\":null,\"tenders\":[],\"type\":\"customer\"}",
};

/* Where the long way differs, or has something to object to. */
static const char *const others[] = {
    "",
    "{}",
    "[]",
    " {\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"} ",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"",
    "{\"expect_total\": 1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"lines\":[],\"expect_total\":1,\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":01,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":-1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":-0,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1.0,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1e1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1000000000,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":\"1\",\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":null,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":null,\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":{},\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GBR\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"gift\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"more\":1,\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\",\"zebra\":1}",
    "{\"accept\":[\"all\"],\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":"
    "\"personal\"}",
    "{\"accept\":[\"age\",],\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":"
    "\"personal\"}",
    "{\"coupons\":[\"A\"],\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"date\":\"2026-01-01\",\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":"
    "\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"note\":\"a\\nb\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"note\":\"a\tb\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"note\":\"caf\xC3\xA9\",\"type\":"
    "\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"note\":\"\xFF\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"note\":\"4111 1111 1111 "
    "1111\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"note\":7,\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"rev\":\"\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"rev\":\"1a\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"ship_to\":{\"kind\":\"moon\"},\"type\":"
    "\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"ship_to\":{},\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"ship_to\":{\"choice\":100,\"kind\":"
    "\"pickup\"},\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"ship_to\":{\"kind\":\"pickup\","
    "\"method\":\"\"},\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"ship_to\":{\"address\":{},\"kind\":"
    "\"address\"},\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"type\":\"personal\",\"typed\":\"40010\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"\",\"qty\":1,\"sku\":\"x\"}],\"market\":\"GB\","
    "\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"qty\":1,\"sku\":\"x\"}],\"market\":\"GB\",\"type\":"
    "\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"a\",\"sku\":\"x\"}],\"market\":\"GB\",\"type\":"
    "\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"a\",\"qty\":1}],\"market\":\"GB\",\"type\":"
    "\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"a\",\"qty\":1,\"sku\":\"x\",\"way\":1}],\"market\":"
    "\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"choices\":[\"1\"],\"id\":\"a\",\"qty\":1,\"sku\":\"x\"}],"
    "\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"a\",\"picks\":\"\",\"qty\":1,\"sku\":\"x\"}],"
    "\"market\":\"GB\",\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"a\",\"qty\":1,\"sku\":\"x\"},{\"id\":\"a\",\"qty\":1,"
    "\"sku\":\"y\"}],\"market\":\"GB\","
    "\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"a\",\"qty\":1,\"sku\":\"x\"},],\"market\":\"GB\","
    "\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[{\"id\":\"a\",\"qty\":1,\"sku\":\"x\"}{\"id\":\"b\",\"qty\":1,"
    "\"sku\":\"y\"}],\"market\":\"GB\","
    "\"type\":\"personal\"}",
    "{\"expect_total\":1,\"lines\":[],\"market\":\"GB\",\"tenders\":[{\"amount\":1}],\"type\":"
    "\"personal\"}",
};

static void by_the_long_way(const char *body, struct wire_order *out)
{
    static const char *const also[] = {"rev", "expect_total", "tenders", "accept", NULL};
    struct problems problems;
    const char *why;
    json_t *json = wire_parse(arena, body, strlen(body), &why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(json);
    problems_init(&problems, arena);
    struct wire_reader r = {arena, &problems, true};
    *out = (struct wire_order){0};
    wire_draft_read(&r, json, also, &out->draft);
    wire_integer(&r, json, "", "expect_total", true, &out->expect_total);
    wire_string(&r, json, "", "rev", 18, false, &out->rev);
    out->ntenders = wire_tenders_read(&r, json, &out->tenders);
    CU_ASSERT_EQUAL(problems.count, 0);
    struct text canonical;
    text_init(&canonical, arena);
    wire_canonical(&canonical, json);
    CU_ASSERT_STRING_EQUAL(canonical.data, body);
}

static void what_is_plain_is_read_alike(void)
{
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        struct wire_order got, wanted;
        arena = arena_new();
        bool read = wire_order_read(arena, plain[i], strlen(plain[i]), &got);
        CU_ASSERT_TRUE(read);
        by_the_long_way(plain[i], &wanted);
        CU_ASSERT_TRUE(draft_equal(&got.draft, &wanted.draft));
        CU_ASSERT_EQUAL(got.draft.date.days, wanted.draft.date.days);
        CU_ASSERT_EQUAL(got.expect_total, wanted.expect_total);
        CU_ASSERT_EQUAL(!got.rev, !wanted.rev);
        if (got.rev && wanted.rev)
            CU_ASSERT_STRING_EQUAL(got.rev, wanted.rev);
        CU_ASSERT_EQUAL_FATAL(got.ntenders, wanted.ntenders);
        for (size_t k = 0; k < got.ntenders; k++) {
            CU_ASSERT_STRING_EQUAL(got.tenders[k].kind, wanted.tenders[k].kind);
            CU_ASSERT_EQUAL(got.tenders[k].amount, wanted.tenders[k].amount);
        }
        CU_ASSERT_EQUAL(got.accept_age, i == 1);
        CU_ASSERT_EQUAL(got.accept_duplicate, i == 1);
        arena_free(arena);
    }
}

static void every_other_body_is_left(void)
{
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        struct wire_order got;
        arena = arena_new();
        if (wire_order_read(arena, others[i], strlen(others[i]), &got))
            printf("read: %s\n", others[i]);
        CU_ASSERT_FALSE(wire_order_read(arena, others[i], strlen(others[i]), &got));
        arena_free(arena);
    }
}

/* Byte by byte: never read beyond, never taken for whole. */
static void a_part_is_nothing(void)
{
    for (size_t len = 0; len < strlen(plain[1]); len++) {
        struct wire_order got;
        char part[2048];
        arena = arena_new();
        memcpy(part, plain[1], len);
        CU_ASSERT_FALSE(wire_order_read(arena, part, len, &got));
        arena_free(arena);
    }
}

static void more_lines_than_are_usual_are_left(void)
{
    for (int n = 63; n < 66; n++) {
        struct wire_order got;
        struct text body;
        arena = arena_new();
        text_init(&body, arena);
        text_add(&body, "{\"expect_total\":1,\"lines\":[");
        for (int i = 0; i < n; i++)
            text_printf(&body, "%s{\"id\":\"%d\",\"qty\":1,\"sku\":\"x\"}", i ? "," : "", i);
        text_add(&body, "],\"market\":\"GB\",\"type\":\"personal\"}");
        CU_ASSERT_EQUAL(wire_order_read(arena, body.data, body.len, &got), n <= 64);
        arena_free(arena);
    }
}

static void our_client_writes_them_so(void)
{
    arena = arena_new();
    struct draft_line lines[] = {{.id = "a", .sku = "41109", .qty = 2},
                                 {.id = "b", .sku = "40010", .qty = 1, .picks = "TEA"}};
    struct order_draft draft = {.market = "GB",
                                .type = ORDER_personal,
                                .distributor = "1000002",
                                .lines = lines,
                                .nlines = 2,
                                .date = DATE_MIN};
    struct draft_tender tender = {"balance", 100, NULL, 0};
    struct request_order order = {.draft = &draft,
                                  .rev = "3",
                                  .expect_total = 4200,
                                  .tenders = &tender,
                                  .ntenders = 1,
                                  .accept_duplicate = true};
    struct wire_order got;
    size_t len;
    const char *body = request_order_write(arena, &order, &len);
    CU_ASSERT_TRUE_FATAL(wire_order_read(arena, body, len, &got));
    CU_ASSERT_TRUE(draft_equal(&draft, &got.draft));
    CU_ASSERT_TRUE(got.accept_duplicate && !got.accept_age && got.ntenders == 1);
    arena_free(arena);
}

static const struct test_case cases[] = {
    {"what is plain is read alike", what_is_plain_is_read_alike},
    {"every other body is left to the long way", every_other_body_is_left},
    {"a part of a body is nothing", a_part_is_nothing},
    {"more lines than are usual are left", more_lines_than_are_usual_are_left},
    {"our client writes them so", our_client_writes_them_so},
};

REPORT_MAIN("test_wire_order", cases)
