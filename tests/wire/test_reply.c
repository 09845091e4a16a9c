#include "core/wire/reply.h"
#include "core/wire/request.h"
#include "tests/report.h"

#include <string.h>

static struct arena *arena;

#define READ(read, text, out) read(arena, (text), strlen(text), (out))

static void session_read(void)
{
    struct reply_session s;
    CU_ASSERT_TRUE(READ(reply_session_read,
                        "{\"token\":\"t\",\"later\":{\"x\":[1]},\"actor\":{\"id\":\"CC-07\","
                        "\"name\":\"MARIA\",\"roles\":[\"operator\"]},\"company\":{\"name\":\"V\","
                        "\"demo\":true,\"code_lengths\":{\"sku\":6,\"order\":10},\"market\":\"GB\","
                        "\"markets\":[{\"market\":\"US\",\"currency\":\"USD\",\"exponent\":2},"
                        "{\"market\":\"GB\",\"currency\":\"GBP\",\"exponent\":2}]}}",
                        &s));
    CU_ASSERT_STRING_EQUAL(s.token, "t");
    CU_ASSERT_STRING_EQUAL(s.market.currency, "GBP");
    CU_ASSERT_EQUAL(s.lengths.length[CODE_SKU], 6);
    CU_ASSERT_EQUAL(s.lengths.length[CODE_DISTRIBUTOR], 7);
    CU_ASSERT_EQUAL(s.nroles, 1);
    CU_ASSERT_FALSE(READ(reply_session_read, "{\"actor\":null}", &s));
    CU_ASSERT_FALSE(READ(reply_session_read, "not json", &s));
    CU_ASSERT_FALSE(READ(reply_session_read, "", &s));
}

static const char quote_text[] =
    "{\"list\":\"AUTUMN-2\",\"currency\":\"GBP\",\"exponent\":2,\"tax_included\":true,\"lines\":["
    "{\"id\":\"l1\",\"sku\":\"40216\",\"name\":\"Rose\",\"qty\":2,\"unit\":2450,\"amount\":4900,"
    "\"cv\":3266,\"free_stock\":7,\"back_ordered\":0,\"priced\":true,\"why\":[\"List: 24.50\"]},"
    "{\"id\":\"l2\",\"sku\":\"40217\",\"qty\":1,\"priced\":false}],"
    "\"goods\":4900,\"total\":5295,\"delivery\":395,\"balance\":1250,"
    "\"ship_to\":{\"line1\":\"14 Mill Lane\"},\"distributor\":{\"id\":\"1047296\",\"name\":\"J\"},"
    "\"customer\":null,\"problems\":[{\"field\":\"/lines/1/sku\",\"line\":\"l2\",\"code\":"
    "\"check_digit\",\"severity\":\"stop\",\"say\":\"40217 is mistyped.\",\"candidates\":"
    "[{\"sku\":\"40216\",\"name\":\"Rose\"}]},{\"code\":\"duplicate\",\"severity\":\"warning\"}]}";

static void quote_read(void)
{
    struct reply_quote q;
    CU_ASSERT_TRUE_FATAL(READ(reply_quote_read, quote_text, &q));
    CU_ASSERT_EQUAL(q.total, 5295);
    CU_ASSERT_EQUAL(q.nlines, 2);
    CU_ASSERT_EQUAL(q.lines[0].free_stock, 7);
    CU_ASSERT_EQUAL(q.lines[0].nwhy, 1);
    CU_ASSERT_EQUAL(q.lines[1].free_stock, -1);
    CU_ASSERT_FALSE(q.lines[1].priced);
    CU_ASSERT_STRING_EQUAL(q.ship_to.line1, "14 Mill Lane");
    CU_ASSERT_STRING_EQUAL(q.ship_to.city, "");
    CU_ASSERT_STRING_EQUAL(q.customer_name, "");
    CU_ASSERT_EQUAL(q.nproblems, 2);
    CU_ASSERT_EQUAL(q.problems[0].ncandidates, 1);
    CU_ASSERT_FALSE(q.problems[0].warning);
    CU_ASSERT_STRING_EQUAL(q.problems[1].say, "duplicate");
    CU_ASSERT_PTR_EQUAL(reply_problem_find(q.problems, q.nproblems, "duplicate"), &q.problems[1]);
    CU_ASSERT_FALSE(READ(reply_quote_read, "{\"total\":1}", &q));
    CU_ASSERT_FALSE(READ(reply_quote_read, "{\"lines\":[],\"total\":\"1\"}", &q));
}

static void trouble_read(void)
{
    struct reply_trouble t;
    char text[2048] = "{\"type\":\"https://x/problems/total-changed\",\"quote\":";
    strcat(text, quote_text);
    strcat(text, "}");
    reply_trouble_read(arena, 409, text, strlen(text), &t);
    CU_ASSERT_EQUAL(t.status, STATUS_TOTAL_CHANGED);
    CU_ASSERT_TRUE(t.has_quote);
    CU_ASSERT_EQUAL(t.quote.total, 5295);
    static const struct {
        int http;
        const char *body;
        enum status want;
    } cases[] = {
        {412, "{\"type\":\"stale-revision\"}", STATUS_STALE},
        {404, "<html>", STATUS_NOT_FOUND},
        {502, "", STATUS_UNAVAILABLE},
        {503, "[]", STATUS_UNAVAILABLE},
        {418, "{\"type\":7}", STATUS_MALFORMED},
        {409, "{\"type\":\"https://x/of-another-time\"}", STATUS_TOTAL_CHANGED},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        reply_trouble_read(arena, cases[i].http, cases[i].body, strlen(cases[i].body), &t);
        CU_ASSERT_EQUAL(t.status, cases[i].want);
        CU_ASSERT_TRUE(*t.title != '\0');
        CU_ASSERT_EQUAL(t.nproblems, 0);
    }
}

static void lists_read(void)
{
    struct reply_people people;
    CU_ASSERT_TRUE(READ(reply_people_read,
                        "{\"items\":[{\"id\":\"1\",\"name\":\"陳 美玲\"},7,{\"id\":\"2\"}]}",
                        &people));
    CU_ASSERT_EQUAL(people.n, 2);
    CU_ASSERT_EQUAL(people.total, -1);
    CU_ASSERT_STRING_EQUAL(people.items[1].name, "");
    struct reply_item item;
    CU_ASSERT_TRUE(READ(reply_item_read,
                        "{\"sku\":\"40216\",\"price\":null,\"stock\":{\"free\":3,\"sites\":"
                        "[{\"site\":\"L\",\"free\":3}]},\"kits\":[\"60422\"]}",
                        &item));
    CU_ASSERT_EQUAL(item.price, -1);
    CU_ASSERT_EQUAL(item.free, 3);
    CU_ASSERT_EQUAL(item.nsites, 1);
    CU_ASSERT_EQUAL(item.nkits, 1);
    struct reply_drafts drafts;
    CU_ASSERT_TRUE(READ(reply_drafts_read,
                        "{\"items\":[{\"ulid\":\"U\",\"locked_by\":null,\"lines\":5}]}", &drafts));
    CU_ASSERT_EQUAL(drafts.items[0].lines, 5);
    CU_ASSERT_STRING_EQUAL(drafts.items[0].locked_by, "");
    struct reply_order order;
    CU_ASSERT_TRUE(READ(reply_order_read, "{\"number\":\"100884211\",\"total\":17810}", &order));
    CU_ASSERT_EQUAL(order.total, 17810);
    CU_ASSERT_FALSE(READ(reply_order_read, "{\"total\":17810}", &order));
}

static void draft_goes_round(void)
{
    struct draft_line lines[] = {{.id = "l1", .sku = "40216", .qty = 2, .back_order = true},
                                 {.id = "l2", .sku = "60422", .qty = 3}};
    struct order_draft draft = {.market = "GB",
                                .type = ORDER_personal,
                                .distributor = "1047296",
                                .lines = lines,
                                .nlines = 2,
                                .address_choice = 2,
                                .date = DATE_MIN,
                                .note = "ring twice"};
    size_t len;
    const char *body = request_draft_write(arena, &draft, &len);
    const char *stored = arena_printf(arena, "{\"ulid\":\"U\",\"rev\":\"3\",\"draft\":%s}", body);
    struct reply_draft read;
    CU_ASSERT_TRUE_FATAL(READ(reply_draft_read, stored, &read));
    CU_ASSERT_TRUE_FATAL(read.has_draft);
    CU_ASSERT_STRING_EQUAL(read.rev, "3");
    CU_ASSERT_EQUAL(read.draft.nlines, 2);
    CU_ASSERT_STRING_EQUAL(read.draft.lines[1].sku, "60422");
    CU_ASSERT_EQUAL(read.draft.lines[1].qty, 3);
    CU_ASSERT_TRUE(read.draft.lines[0].back_order);
    CU_ASSERT_STRING_EQUAL(read.draft.distributor, "1047296");
    CU_ASSERT_STRING_EQUAL(read.draft.note, "ring twice");
    CU_ASSERT_EQUAL(read.draft.address_choice, 2);
    CU_ASSERT_EQUAL(read.draft.date.days, DATE_MIN.days);
    CU_ASSERT_PTR_NULL(read.draft.customer);
    CU_ASSERT_TRUE(READ(reply_draft_read, "{\"ulid\":\"U\",\"rev\":\"4\"}", &read));
    CU_ASSERT_FALSE(read.has_draft);
}

static void order_request_written(void)
{
    struct draft_line line = {.id = "l1", .sku = "40216", .qty = 1};
    struct order_draft draft = {.market = "GB", .lines = &line, .nlines = 1, .date = DATE_MIN};
    struct draft_tender tender = {.kind = "balance", .amount = 1250};
    size_t len;
    const char *body = request_order_write(arena,
                                           &(struct request_order){.draft = &draft,
                                                                   .rev = "7",
                                                                   .expect_total = 2845,
                                                                   .tenders = &tender,
                                                                   .ntenders = 1,
                                                                   .accept_duplicate = true,
                                                                   .accept_age = true},
                                           &len);
    CU_ASSERT_EQUAL(strlen(body), len);
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "\"expect_total\":2845"));
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "\"rev\":\"7\""));
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "\"accept\":[\"duplicate\",\"age\"]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(body, "\"amount\":1250"));
}

/* Every truncation and every flipped byte of a reply is refused or read, never a crash. */
static void damaged_replies(void)
{
    struct reply_quote q;
    char text[sizeof quote_text];
    for (size_t i = 0; i < sizeof quote_text - 1; i++) {
        struct arena *own = arena_new();
        bool read = reply_quote_read(own, quote_text, i, &q);
        CU_ASSERT_FALSE(read);
        memcpy(text, quote_text, sizeof text);
        text[i] = (char)(text[i] ^ 0x11);
        read = reply_quote_read(own, text, sizeof text - 1, &q);
        CU_ASSERT_TRUE(!read || q.nlines <= 2);
        arena_free(own);
    }
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
CASE(session_read)
CASE(quote_read)
CASE(trouble_read)
CASE(lists_read)
CASE(draft_goes_round)
CASE(order_request_written)
CASE(damaged_replies)

static const struct test_case cases[] = {
    {"a session brings the company's lengths and the operator's market", session_read_case},
    {"a quote is read, what is absent is unknown", quote_read_case},
    {"a trouble has a status whatever the body is", trouble_read_case},
    {"lists skip what they do not know", lists_read_case},
    {"a draft comes back from the server as it was keyed", draft_goes_round_case},
    {"an order request holds revision, total, tenders and what was accepted",
     order_request_written_case},
    {"damaged replies are refused", damaged_replies_case},
};
REPORT_MAIN("test_reply", cases)
