/* core/wire/wire.h: drafts, tenders, quotes and problems to JSON and back; every wrong member is
 * named by its pointer. What is JSON at all is in test_wire_json.c. */
#include "core/code.h"
#include "core/pan.h"
#include "core/text.h"
#include "core/wire/wire.h"
#include "tests/core/random_order.h"
#include "tests/core/shop.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

static struct arena *arena;
static struct problems problems;
static struct wire_reader reader;

static void begin(void)
{
    arena_free(arena);
    arena = arena_new();
    problems_init(&problems, arena);
    reader = (struct wire_reader){arena, &problems, true};
}

static void end(void)
{
    arena_free(arena);
    arena = NULL;
}

/* A whole draft, every member there. */
static const char full[] =
    "{\"market\":\"GB\",\"type\":\"customer\",\"distributor\":\"1000002\",\"customer\":\"C1\","
    "\"lines\":[{\"id\":\"a\",\"sku\":\"40010\",\"qty\":2,\"backorder\":true},"
    "{\"id\":\"b\",\"sku\":\"40029\",\"qty\":1,\"picks\":\"KNIVES-2\",\"choices\":[\"40216\",\"3\"]"
    "}],"
    "\"ship_to\":{\"kind\":\"address\",\"method\":\"express\",\"address\":{\"name\":\"Ann\","
    "\"line1\":\"1 High Street\","
    "\"line2\":\"Flat 2\",\"city\":\"Leeds\",\"postcode\":\"LS1 1AA\",\"region\":\"Yorkshire\","
    "\"country\":\"GB\"}},\"price_list\":\"SPRING\",\"coupons\":[\"spring10\",\"VIP\"],\"note\":"
    "\"Ring "
    "twice\",\"date\":\"2026-03-15\","
    "\"typed\":\"40010 x\"}";

static json_t *parsed(const char *body)
{
    const char *why = NULL;
    json_t *json = wire_parse(arena, body, strlen(body), &why);
    if (!json)
        printf("   %s: %s\n", body, why);
    CU_ASSERT_FATAL(json != NULL);
    return json;
}

static struct order_draft read_draft(json_t *json)
{
    static const char *const also[] = {"tenders", "changes", "paying", NULL};
    struct order_draft draft;
    memset(&draft, 0xAA, sizeof draft); /* whatever was there before does not shine through */
    problems.count = 0;
    wire_draft_read(&reader, json, also, &draft);
    return draft;
}

static void print_problems(const char *what)
{
    printf("   %s:\n", what);
    for (size_t i = 0; i < problems.count; i++)
        printf("      %s at \"%s\"\n", problem_name(problems.items[i].code),
               problems.items[i].field);
}

/* Exactly one problem, of that code, at that place. */
static bool one_problem(enum problem_code code, const char *field)
{
    bool one = problems.count == 1 && problems.items[0].code == code &&
               strcmp(problems.items[0].field, field) == 0;
    if (!one)
        print_problems(
            arena_printf(arena, "wanted %s at \"%s\", found", problem_name(code), field));
    return one;
}

/* ---- paths into the draft above ---- */

static const struct path {
    const char *in[3]; /* object members and array places on the way */
    const char *field;
    char kind; /* s string, i integer, b boolean, o object, a array */
    bool required;
    size_t max; /* of a string, when it is published */
} paths[] = {
    {{"market"}, "/market", 's', true, 0},
    {{"type"}, "/type", 's', true, 0},
    {{"distributor"}, "/distributor", 's', false, 0},
    {{"customer"}, "/customer", 's', false, 0},
    {{"lines"}, "/lines", 'a', true, 0},
    {{"lines", "0", "id"}, "/lines/0/id", 's', true, 32},
    {{"lines", "0", "sku"}, "/lines/0/sku", 's', true, 0},
    {{"lines", "0", "qty"}, "/lines/0/qty", 'i', true, 0},
    {{"lines", "0", "backorder"}, "/lines/0/backorder", 'b', false, 0},
    {{"lines", "1", "picks"}, "/lines/1/picks", 's', false, 32},
    {{"lines", "1", "choices"}, "/lines/1/choices", 'a', false, 0},
    {{"ship_to"}, "/ship_to", 'o', false, 0},
    {{"ship_to", "method"}, "/ship_to/method", 's', false, 32},
    {{"coupons"}, "/coupons", 'a', false, 0},
    {{"ship_to", "kind"}, "/ship_to/kind", 's', true, 0},
    {{"price_list"}, "/price_list", 's', false, 0},
    {{"note"}, "/note", 's', false, 0},
    {{"date"}, "/date", 's', false, 0},
    {{"typed"}, "/typed", 's', false, 0},
};
static const char *const address_members[] = {"name",     "line1",  "line2",  "city",
                                              "postcode", "region", "country"};

static json_t *step(json_t *at, const char *name)
{
    return json_is_array(at) ? json_array_get(at, (size_t)(name[0] - '0'))
                             : json_object_get(at, name);
}

/* Puts a value (NULL: takes the member away) at the path; steals the reference. */
static json_t *changed(const struct path *path, json_t *value)
{
    json_t *json = parsed(full), *at = json;
    size_t i = 0;
    for (; i + 1 < 3 && path->in[i + 1]; i++)
        at = step(at, path->in[i]);
    if (value)
        json_object_set_new(at, path->in[i], value);
    else
        json_object_del(at, path->in[i]);
    return json;
}

static void a_whole_draft_is_read(void)
{
    begin();
    struct order_draft d = read_draft(parsed(full));
    CU_ASSERT_EQUAL(problems.count, 0);
    if (problems.count)
        print_problems("a whole draft");
    CU_ASSERT_STRING_EQUAL(d.market, "GB");
    CU_ASSERT_EQUAL(d.type, ORDER_customer);
    CU_ASSERT_STRING_EQUAL(d.distributor, "1000002");
    CU_ASSERT_STRING_EQUAL(d.customer, "C1");
    CU_ASSERT_EQUAL_FATAL(d.nlines, 2);
    CU_ASSERT_STRING_EQUAL(d.lines[0].id, "a");
    CU_ASSERT_STRING_EQUAL(d.lines[0].sku, "40010");
    CU_ASSERT_EQUAL(d.lines[0].qty, 2);
    CU_ASSERT_TRUE(d.lines[0].back_order);
    CU_ASSERT_FALSE(d.lines[1].back_order);
    CU_ASSERT_PTR_NULL(d.lines[0].picks);
    CU_ASSERT_STRING_EQUAL(d.lines[1].picks, "KNIVES-2");
    CU_ASSERT_PTR_NULL(d.lines[0].choices);
    CU_ASSERT_STRING_EQUAL(d.lines[1].choices, "40216 3");
    CU_ASSERT_EQUAL_FATAL(d.ncoupons, 2);
    CU_ASSERT_STRING_EQUAL(d.coupons[0], "spring10");
    CU_ASSERT_STRING_EQUAL(d.coupons[1], "VIP");
    CU_ASSERT_STRING_EQUAL(d.method, "express");
    CU_ASSERT_EQUAL(d.destination, SHIP_address);
    CU_ASSERT_TRUE(d.has_address);
    CU_ASSERT_STRING_EQUAL(d.address.city, "Leeds");
    CU_ASSERT_STRING_EQUAL(d.address.region, "Yorkshire");
    CU_ASSERT_STRING_EQUAL(d.price_list, "SPRING");
    CU_ASSERT_EQUAL(d.date.days, date_of(2026, 3, 15).days);
    CU_ASSERT_STRING_EQUAL(d.note, "Ring twice");
    CU_ASSERT_STRING_EQUAL(d.typed, "40010 x");
    end();
}

static void what_is_absent_has_its_default(void)
{
    begin();
    struct order_draft d =
        read_draft(parsed("{\"market\":\"GB\",\"type\":\"personal\",\"lines\":[]}"));
    CU_ASSERT_EQUAL(problems.count, 0);
    if (problems.count)
        print_problems("the least draft");
    CU_ASSERT_EQUAL(d.type, ORDER_personal);
    CU_ASSERT_PTR_NULL(d.distributor);
    CU_ASSERT_PTR_NULL(d.customer);
    CU_ASSERT_EQUAL(d.nlines, 0);
    CU_ASSERT_EQUAL(d.destination, SHIP_distributor);
    CU_ASSERT_FALSE(d.has_address);
    CU_ASSERT_EQUAL(d.address_choice, 0);
    CU_ASSERT_PTR_NULL(d.price_list);
    CU_ASSERT_EQUAL(d.date.days, DATE_MIN.days);
    CU_ASSERT_PTR_NULL(d.note);
    CU_ASSERT_PTR_NULL(d.typed);
    CU_ASSERT_PTR_NULL(d.method);
    CU_ASSERT_EQUAL(d.ncoupons, 0);
    /* the destination is the type's */
    d = read_draft(parsed("{\"market\":\"GB\",\"type\":\"customer\",\"lines\":[]}"));
    CU_ASSERT_EQUAL(problems.count, 0);
    CU_ASSERT_EQUAL(d.destination, SHIP_customer);
    end();
}

static void the_example_of_the_contract_is_read(void)
{
    begin();
    read_draft(parsed("{\"market\":\"GB\",\"type\":\"personal\",\"distributor\":\"1000002\","
                      "\"customer\":null,\"party\":null,\"lines\":[{\"id\":\"a\",\"sku\":\"40216\","
                      "\"qty\":1}],\"ship_to\":{\"kind\":\"distributor\"},\"price_list\":null,"
                      "\"coupons\":[],\"note\":null,\"date\":null,"
                      "\"typed\":\"text not yet entered\"}"));
    CU_ASSERT_EQUAL(problems.count, 0);
    if (problems.count)
        print_problems("the contract's draft");
    end();
}

static void absent_and_null_members(void)
{
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        for (int null = 0; null <= 1; null++) {
            begin();
            read_draft(changed(&paths[i], null ? json_null() : NULL));
            if (paths[i].required) {
                CU_ASSERT(one_problem(PROBLEM_required, paths[i].field));
            } else {
                CU_ASSERT_EQUAL(problems.count, 0);
                if (problems.count)
                    print_problems(paths[i].field);
            }
        }
    end();
}

static void members_of_another_type(void)
{
    static const char kinds[] = "siboar";
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        for (const char *kind = kinds; *kind; kind++) {
            if (*kind == paths[i].kind)
                continue;
            json_t *value = *kind == 's'   ? json_string("x")
                            : *kind == 'i' ? json_integer(7)
                            : *kind == 'b' ? json_true()
                            : *kind == 'o' ? json_object()
                            : *kind == 'a' ? json_array()
                                           : json_real(1.5);
            begin();
            read_draft(changed(&paths[i], value));
            size_t len = strlen(paths[i].field);
            CU_ASSERT(problems.count >= 1);
            bool there = problems.count >= 1;
            for (size_t k = 0; k < problems.count; k++)
                there &= strncmp(problems.items[k].field, paths[i].field, len) == 0;
            CU_ASSERT(there);
            if (!there)
                print_problems(arena_printf(arena, "%s as %c", paths[i].field, *kind));
        }
    for (size_t i = 0; i < ARRAY_LEN(address_members); i++) {
        const struct path path = {{"ship_to", "address", address_members[i]}, "", 's', false, 0};
        begin();
        read_draft(changed(&path, json_integer(5)));
        CU_ASSERT(one_problem(PROBLEM_bad_value,
                              arena_printf(arena, "/ship_to/address/%s", address_members[i])));
        read_draft(changed(&path, NULL));
        CU_ASSERT_EQUAL(problems.count, 0); /* absent parts become "" */
    }
    end();
}

static json_t *repeated(const char *what, size_t times)
{
    struct text text;
    text_init(&text, arena);
    for (size_t i = 0; i < times; i++)
        text_add(&text, what);
    return json_string(text.data);
}

static void strings_too_long(void)
{
    begin();
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        if (paths[i].kind != 's')
            continue;
        problems.count = 0;
        read_draft(changed(&paths[i], repeated("x", 100000)));
        bool there = problems.count == 1 && strcmp(problems.items[0].field, paths[i].field) == 0 &&
                     (problems.items[0].code == PROBLEM_too_long ||
                      problems.items[0].code == PROBLEM_bad_value);
        CU_ASSERT(there);
        if (!there)
            print_problems(paths[i].field);
        if (!paths[i].max)
            continue;
        read_draft(changed(&paths[i], repeated("y", paths[i].max)));
        CU_ASSERT_EQUAL(problems.count, 0);
        read_draft(changed(&paths[i], repeated("\xC3\xA9", paths[i].max))); /* characters */
        CU_ASSERT_EQUAL(problems.count, 0);
        read_draft(changed(&paths[i], repeated("y", paths[i].max + 1)));
        CU_ASSERT(one_problem(PROBLEM_too_long, paths[i].field));
    }
    for (size_t i = 0; i < ARRAY_LEN(address_members); i++) {
        const struct path path = {{"ship_to", "address", address_members[i]}, "", 's', false, 0};
        read_draft(changed(&path, repeated("x", 100000)));
        CU_ASSERT(one_problem(PROBLEM_too_long,
                              arena_printf(arena, "/ship_to/address/%s", address_members[i])));
    }
    end();
}

static void coupons_are_texts(void)
{
    static const struct {
        const char *coupons, *field;
        enum problem_code code;
    } rows[] = {
        {"[1]", "/coupons/0", PROBLEM_bad_value},
        {"[\"A\",null]", "/coupons/1", PROBLEM_bad_value},
        {"[\"A\",\"\"]", "/coupons/1", PROBLEM_bad_value},
        {"[\"A\",\"a\\nb\"]", "/coupons/1", PROBLEM_bad_text},
        {"[\"4111 1111 1111 1111\"]", "/coupons/0", PROBLEM_card_number},
        {"[\"123456789012345678901234567890123\"]", "/coupons/0", PROBLEM_too_long},
        {"[\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\","
         "\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\"]",
         "/coupons", PROBLEM_bad_value},
    };
    const struct path path = {{"coupons"}, "", 'a', false, 0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        json_t *json = parsed(arena_printf(arena, "{\"coupons\":%s}", rows[i].coupons));
        read_draft(changed(&path, json_incref(json_object_get(json, "coupons"))));
        CU_ASSERT(one_problem(rows[i].code, rows[i].field));
    }
    end();
}

/* Only what asks for it takes a draft that is the change of an order. */
static void a_change_is_read_where_it_is_asked_for(void)
{
    struct order_draft draft;
    begin();
    const struct path path = {{"changes"}, "", 0, false, 0};
    json_t *changes = parsed("{\"order\":\"100884211\",\"version\":\"3\"}");
    json_t *with = changed(&path, json_incref(changes));
    draft = read_draft(with);
    CU_ASSERT_EQUAL(problems.count, 0);
    CU_ASSERT_STRING_EQUAL(draft.changes.order, "100884211");
    CU_ASSERT_STRING_EQUAL(draft.changes.version, "3");
    problems.count = 0;
    wire_draft_read(&reader, with, NULL, &draft);
    CU_ASSERT(one_problem(PROBLEM_unknown_member, "/changes"));
    begin();
    read_draft(changed(&path, json_incref(parsed("{\"order\":\"100884211\"}"))));
    CU_ASSERT(one_problem(PROBLEM_required, "/changes/version"));
    end();
}

static void unknown_members_are_refused(void)
{
    static const struct {
        struct path path;
        const char *field;
    } rows[] = {
        {{{"colour"}, "", 0, false, 0}, "/colour"},
        {{{"Type"}, "", 0, false, 0}, "/Type"},
        {{{""}, "", 0, false, 0}, "/"},
        {{{"a/b~c"}, "", 0, false, 0}, "/a~1b~0c"},
        {{{"expect_total"}, "", 0, false, 0}, "/expect_total"},
        {{{"lines", "1", "price"}, "", 0, false, 0}, "/lines/1/price"},
        {{{"lines", "0", "back_order"}, "", 0, false, 0}, "/lines/0/back_order"},
        {{{"ship_to", "speed"}, "", 0, false, 0}, "/ship_to/speed"},
        {{{"lines", "0", "pick"}, "", 0, false, 0}, "/lines/0/pick"},
        {{{"ship_to", "address", "street"}, "", 0, false, 0}, "/ship_to/address/street"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        read_draft(changed(&rows[i].path, json_integer(1)));
        CU_ASSERT(one_problem(PROBLEM_unknown_member, rows[i].field));
        reader.strict = false; /* replies may have members that are not known yet */
        read_draft(changed(&rows[i].path, json_integer(1)));
        CU_ASSERT_EQUAL(problems.count, 0);
    }
    begin(); /* the further members of an order's request */
    const struct path tenders = {{"tenders"}, "", 0, false, 0};
    read_draft(changed(&tenders, json_array()));
    CU_ASSERT_EQUAL(problems.count, 0);
    end();
}

static void card_numbers_and_control_characters_in_every_text(void)
{
    static const char *const cards[] = {"4111111111111111", "4111 1111 1111 1111",
                                        "call me on 4111-1111-1111-1111 please", "5555555555554444",
                                        "378282246310005"};
    static const char *const controls[] = {"a\nb", "\x1B[2J", "a\x7F", "\xC2\x9B", "\t", "a\x01"};
    for (size_t i = 0; i < ARRAY_LEN(paths) + ARRAY_LEN(address_members); i++) {
        struct path path = {{"ship_to", "address", ""}, "", 's', false, 0};
        if (i < ARRAY_LEN(paths))
            path = paths[i];
        else
            path.in[2] = address_members[i - ARRAY_LEN(paths)];
        if (path.kind != 's')
            continue;
        begin();
        const char *field =
            path.field[0] ? path.field : arena_printf(arena, "/ship_to/address/%s", path.in[2]);
        for (size_t k = 0; k < ARRAY_LEN(cards); k++) {
            read_draft(changed(&path, json_string(cards[k])));
            bool there = problems.count >= 1;
            for (size_t p = 0; p < problems.count; p++) {
                const char *say = problem_say(arena, LANGUAGE_en, &problems.items[p]);
                there &= strcmp(problems.items[p].field, field) == 0 &&
                         !pan_found(say, strlen(say)) &&
                         (problems.items[p].code == PROBLEM_card_number ||
                          problems.items[p].code == PROBLEM_too_long);
            }
            CU_ASSERT(there);
            if (!there)
                print_problems(field);
        }
        for (size_t k = 0; k < ARRAY_LEN(controls); k++) {
            bool multi = strcmp(field, "/note") == 0 && k == 0; /* a note may have lines */
            read_draft(changed(&path, json_string(controls[k])));
            bool there = problems.count >= 1 && strcmp(problems.items[0].field, field) == 0;
            CU_ASSERT(there || multi);
            if (!there && !multi)
                printf("   %s takes control character %zu\n", field, k);
        }
    }
    end();
}

static void what_is_refused_is_not_repeated(void)
{
    static const char *const bodies[] = {
        "{\"market\":\"GB\",\"type\":\"personal\",\"lines\":[],\"4111111111111111\":1}",
        "{\"market\":\"GB\",\"type\":\"personal\",\"lines\":[{\"id\":\"a\",\"sku\":\"1\",\"qty\":1,"
        "\"4111 1111 1111 1111\":\"x\"}]}",
        "{\"market\":\"GB\",\"type\":\"personal\",\"lines\":[],\"ship_to\":"
        "{\"kind\":\"distributor\",\"5555555555554444\":null}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        begin();
        read_draft(parsed(bodies[i]));
        size_t len;
        const char *text =
            wire_dump(arena, wire_problems_write(arena, LANGUAGE_en, &problems), &len);
        CU_ASSERT_EQUAL(problems.count, 1);
        CU_ASSERT_FALSE(pan_found(text, len));
    }
    begin(); /* nor taken for a quantity */
    const struct path qty = {{"lines", "0", "qty"}, "", 0, false, 0};
    read_draft(changed(&qty, json_integer(4111111111111111)));
    CU_ASSERT(one_problem(PROBLEM_card_number, "/lines/0/qty"));
    begin(); /* the words of `accept` come here unread */
    wire_bad_value(&reader, "/accept", "0", "my card is 4111111111111111");
    CU_ASSERT_PTR_NULL(strstr(problem_say(arena, LANGUAGE_en, &problems.items[0]), "4111"));
    end();
}

/* Thirteen digits that a card could have, with a check digit that fits both. */
static void barcodes_are_no_cards(void)
{
    begin();
    const struct path sku = {{"lines", "0", "sku"}, "", 's', true, 0};
    const struct path note = {{"note"}, "", 's', false, 0};
    char digits[24];
    size_t both = 0, only_card = 0;
    for (int64_t n = 4000000000000; both < 3 || only_card < 3; n += 7) {
        snprintf(digits, sizeof digits, "%lld", (long long)n);
        if (!pan_found(digits, 13))
            continue;
        bool barcode = ean13_valid(digits, 13);
        if (barcode ? both++ >= 3 : only_card++ >= 3)
            continue;
        read_draft(changed(&sku, json_string(digits)));
        CU_ASSERT(barcode ? problems.count == 0 : one_problem(PROBLEM_card_number, "/lines/0/sku"));
        read_draft(changed(&note, json_string(arena_printf(arena, "it is %s", digits))));
        CU_ASSERT(one_problem(PROBLEM_card_number, "/note"));
    }
    end();
}

static void values_that_cannot_be(void)
{
    static const struct {
        struct path path;
        const char *value; /* a JSON value, in an array */
        const char *field;
    } rows[] = {
        {{{"type"}, "", 0, false, 0}, "[\"Personal\"]", "/type"},
        {{{"type"}, "", 0, false, 0}, "[\"own\"]", "/type"},
        {{{"type"}, "", 0, false, 0}, "[\"\"]", "/type"},
        {{{"date"}, "", 0, false, 0}, "[\"2026-02-29\"]", "/date"},
        {{{"date"}, "", 0, false, 0}, "[\"2026-3-1\"]", "/date"},
        {{{"date"}, "", 0, false, 0}, "[\"tomorrow\"]", "/date"},
        {{{"date"}, "", 0, false, 0}, "[\"\"]", "/date"},
        {{{"ship_to", "kind"}, "", 0, false, 0}, "[\"pick-up\"]", "/ship_to/kind"},
        {{{"ship_to", "address"}, "", 0, false, 0}, "[\"1 High Street\"]", "/ship_to/address"},
        {{{"ship_to", "address"}, "", 0, false, 0}, "[[]]", "/ship_to/address"},
        {{{"lines", "0", "qty"}, "", 0, false, 0}, "[\"2\"]", "/lines/0/qty"},
        {{{"lines", "0", "backorder"}, "", 0, false, 0}, "[1]", "/lines/0/backorder"},
        {{{"lines", "0", "id"}, "", 0, false, 0}, "[\"\"]", "/lines/0/id"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        json_t *list = json_loads(rows[i].value, 0, NULL);
        read_draft(changed(&rows[i].path, json_incref(json_array_get(list, 0))));
        json_decref(list);
        bool there = problems.count == 1 && strcmp(problems.items[0].field, rows[i].field) == 0;
        CU_ASSERT(there);
        if (!there)
            print_problems(arena_printf(arena, "%s = %s", rows[i].field, rows[i].value));
    }
    begin(); /* a line that is none */
    const struct path lines = {{"lines"}, "", 0, false, 0};
    read_draft(changed(&lines, json_pack("[s]", "40010")));
    CU_ASSERT(one_problem(PROBLEM_bad_value, "/lines/0"));
    /* any whole number is for the pricing to judge, with its own text */
    static const int64_t quantities[] = {0, -1, QTY_MAX + 1, INT64_MAX, INT64_MIN};
    const struct path qty = {{"lines", "0", "qty"}, "", 0, false, 0};
    for (size_t i = 0; i < ARRAY_LEN(quantities); i++) {
        struct order_draft d = read_draft(changed(&qty, json_integer(quantities[i])));
        CU_ASSERT_EQUAL(problems.count, 0);
        CU_ASSERT_EQUAL_FATAL(d.nlines, 2);
        CU_ASSERT_EQUAL(d.lines[0].qty, quantities[i]);
    }
    end();
}

static void line_ids_are_unique(void)
{
    begin();
    const struct path id = {{"lines", "1", "id"}, "", 0, false, 0};
    read_draft(changed(&id, json_string("a")));
    CU_ASSERT(one_problem(PROBLEM_bad_value, "/lines/1/id"));
    read_draft(changed(&id, json_string("A")));
    CU_ASSERT_EQUAL(problems.count, 0);
    end();
}

static json_t *so_many_lines(size_t n)
{
    json_t *json = parsed("{\"market\":\"GB\",\"type\":\"personal\"}"), *lines = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(lines, json_pack("{s:o,s:s,s:i}", "id", json_sprintf("line %zu", i),
                                               "sku", "40010", "qty", 1));
    json_object_set_new(json, "lines", lines);
    return json;
}

static void at_most_1000_lines(void)
{
    begin();
    struct order_draft d = read_draft(so_many_lines(DRAFT_LINES_MAX));
    CU_ASSERT_EQUAL(problems.count, 0);
    CU_ASSERT_EQUAL(d.nlines, DRAFT_LINES_MAX);
    d = read_draft(so_many_lines(DRAFT_LINES_MAX + 1));
    CU_ASSERT(one_problem(PROBLEM_too_many_lines, "/lines"));
    CU_ASSERT(d.nlines <= DRAFT_LINES_MAX);
    read_draft(so_many_lines(50000));
    CU_ASSERT(one_problem(PROBLEM_too_many_lines, "/lines"));
    end();
}

static void tenders_are_read(void)
{
    static const struct {
        const char *body, *field; /* field: NULL when good */
        enum problem_code code;
        size_t n;
    } rows[] = {
        {"{}", NULL, PROBLEM_COUNT, 0},
        {"{\"tenders\":[]}", NULL, PROBLEM_COUNT, 0},
        {"{\"tenders\":[{\"kind\":\"balance\",\"amount\":5}]}", NULL, PROBLEM_COUNT, 1},
        {"{\"tenders\":[{\"kind\":\"later\",\"amount\":0},{\"kind\":\"x\",\"amount\":-5,"
         "\"ref\":\"GC\"}]}",
         NULL, PROBLEM_COUNT, 2},
        {"{\"tenders\":{}}", "/tenders", PROBLEM_bad_value, 0},
        {"{\"tenders\":[5]}", "/tenders/0", PROBLEM_bad_value, 0},
        {"{\"tenders\":[{\"amount\":5}]}", "/tenders/0/kind", PROBLEM_required, 0},
        {"{\"tenders\":[{\"kind\":\"later\"}]}", "/tenders/0/amount", PROBLEM_required, 0},
        {"{\"tenders\":[{\"kind\":\"later\",\"amount\":\"5\"}]}", "/tenders/0/amount",
         PROBLEM_bad_value, 0},
        {"{\"tenders\":[{\"kind\":7,\"amount\":5}]}", "/tenders/0/kind", PROBLEM_bad_value, 0},
        {"{\"tenders\":[{\"kind\":\"later\",\"amount\":5},{\"kind\":\"later\",\"amount\":5,"
         "\"pin\":1}]}",
         "/tenders/1/pin", PROBLEM_unknown_member, 0},
        {"{\"tenders\":[{\"kind\":\"card\",\"amount\":5,\"ref\":\"4111111111111111\"}]}",
         "/tenders/0/ref", PROBLEM_card_number, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        begin();
        struct draft_tender *tenders = NULL;
        size_t n = wire_tenders_read(&reader, parsed(rows[i].body), &tenders);
        if (rows[i].field) {
            CU_ASSERT(one_problem(rows[i].code, rows[i].field));
            continue;
        }
        CU_ASSERT_EQUAL(problems.count, 0);
        CU_ASSERT_EQUAL_FATAL(n, rows[i].n);
        if (n == 2) {
            CU_ASSERT_STRING_EQUAL(tenders[1].kind, "x");
            CU_ASSERT_EQUAL(tenders[1].amount, -5);
            CU_ASSERT_STRING_EQUAL(tenders[1].ref, "GC");
            CU_ASSERT_PTR_NULL(tenders[0].ref);
        }
    }
    end();
}

/* ---- there and back ---- */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_address(const struct address *a, const struct address *b)
{
    return same_text(a->name, b->name) && same_text(a->line1, b->line1) &&
           same_text(a->line2, b->line2) && same_text(a->city, b->city) &&
           same_text(a->postcode, b->postcode) && same_text(a->region, b->region) &&
           same_text(a->country, b->country);
}

static bool same_draft(const struct order_draft *a, const struct order_draft *b)
{
    for (size_t i = 0; i < a->nlines && i < b->nlines; i++)
        if (!same_text(a->lines[i].id, b->lines[i].id) ||
            !same_text(a->lines[i].sku, b->lines[i].sku) || a->lines[i].qty != b->lines[i].qty ||
            a->lines[i].back_order != b->lines[i].back_order)
            return false;
    return same_text(a->market, b->market) && a->type == b->type && a->nlines == b->nlines &&
           same_text(a->distributor, b->distributor) && same_text(a->customer, b->customer) &&
           a->destination == b->destination && a->has_address == b->has_address &&
           (!a->has_address || same_address(&a->address, &b->address)) &&
           a->address_choice == b->address_choice && same_text(a->price_list, b->price_list) &&
           a->date.days == b->date.days && same_text(a->note, b->note) &&
           same_text(a->typed, b->typed) && same_text(a->changes.order, b->changes.order) &&
           same_text(a->changes.version, b->changes.version);
}

static const char *random_text(uint64_t *state)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "Leeds",
                                        "O'Neil & \"Sons\" \\ </script>",
                                        "\xC3\x89lise",
                                        "\xE7\x8E\x8B\xE5\xB0\x8F\xE6\x98\x8E",
                                        "\xF0\x9F\x8E\x81",
                                        "\xE2\x80\xAE"
                                        "abc",
                                        "=1+1",
                                        "{\"a\":1}",
                                        "%s%n",
                                        "a  b",
                                        "NULL"};
    return texts[random_below(state, ARRAY_LEN(texts))];
}

static const char *maybe_text(uint64_t *state)
{
    const char *text = random_text(state);
    return text[0] && random_chance(state, 50) ? text : NULL;
}

static void what_is_written_is_read_back(void)
{
    static struct random_order order;
    uint64_t state = report_seed();
    for (int i = 0; i < 20000; i++) {
        begin();
        if (i % 100 == 0)
            random_catalogue(&order, &state);
        random_draft(&order, &state);
        struct order_draft *d = &order.draft, back;
        for (size_t k = 0; k < d->nlines; k++) {
            d->lines[k].value %= 1000000000000; /* longer ones may look like a card's number */
            if (!d->lines[k].sku[0])
                d->lines[k].sku = "0";
        }
        d->note = maybe_text(&state);
        d->typed = maybe_text(&state);
        static const char *const codes[] = {"VIP", "spring-10"};
        d->method = random_chance(&state, 50) ? "express" : NULL;
        d->coupons = codes;
        d->ncoupons = random_below(&state, 3);
        if (d->nlines)
            d->lines[0].picks = random_chance(&state, 50) ? "KNIVES-2" : NULL;
        if (d->nlines)
            d->lines[0].choices = random_chance(&state, 50) ? "1 40216" : NULL;
        d->has_address = d->destination != SHIP_pickup && random_chance(&state, 50);
        if (d->has_address)
            d->address = (struct address){
                random_text(&state), random_text(&state), random_text(&state), random_text(&state),
                random_text(&state), random_text(&state), random_text(&state)};
        else
            d->address_choice = (int64_t)random_below(&state, 4);
        bool is_change = random_chance(&state, 30);
        d->changes.order = is_change ? "100884211" : NULL;
        d->changes.version = is_change ? "3" : NULL;
        size_t len;
        const char *why, *text = wire_dump(arena, wire_draft_write(d), &len);
        CU_ASSERT_EQUAL_FATAL(len, strlen(text));
        json_t *json = wire_parse(arena, text, len, &why);
        CU_ASSERT_FATAL(json != NULL);
        back = read_draft(json);
        if (problems.count || !same_draft(d, &back)) {
            printf("   %s\n", text);
            print_problems("written and read");
            CU_FAIL_FATAL("a draft changed on its way");
        }
    }
    end();
}

/* ---- quotes ---- */

static bool holds_reals(json_t *value)
{
    const char *key;
    json_t *member;
    if (json_is_real(value))
        return true;
    json_object_foreach(value, key, member) if (holds_reals(member)) return true;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (holds_reals(json_array_get(value, i)))
            return true;
    return false;
}

static void a_quote_has_the_members_of_the_contract(void)
{
    static const char *const integers[] = {"goods", "discount",  "delivery", "delivery_tax",
                                           "tax",   "tax_added", "total",    "exponent",
                                           "cv",    "pv"};
    static const char *const line_integers[] = {"qty", "unit", "discount", "amount",
                                                "tax", "cv",   "pv",       "free_stock"};
    static const char *const line_strings[] = {"id", "sku", "name"};
    static struct shop shop;
    begin();
    shop_init(&shop, arena);
    shop_line(&shop, TUMBLER, 2);
    shop_line(&shop, TEA, 5);
    shop_sku_line(&shop, "99984", 1);
    shop_stock(&shop, TUMBLER, 12);
    shop_stock(&shop, TEA, 3);
    const struct quote *q = shop_price(&shop);
    json_t *json = wire_quote_write(arena, LANGUAGE_en, q);
    CU_ASSERT_FALSE(holds_reals(json));
    for (size_t i = 0; i < ARRAY_LEN(integers); i++) {
        CU_ASSERT(json_is_integer(json_object_get(json, integers[i])));
        if (!json_is_integer(json_object_get(json, integers[i])))
            printf("   %s is no integer\n", integers[i]);
    }
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "currency")), "GBP");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(json, "exponent")), 2);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(json, "total")), q->total.minor);
    CU_ASSERT(json_is_array(json_object_get(json, "promotions")));
    json_t *lines = json_object_get(json, "lines");
    CU_ASSERT_EQUAL_FATAL(json_array_size(lines), 3);
    for (size_t i = 0; i < 3; i++) {
        json_t *line = json_array_get(lines, i);
        for (size_t k = 0; k < ARRAY_LEN(line_integers); k++) {
            json_t *value = json_object_get(line, line_integers[k]);
            bool good = json_is_integer(value) || (i == 2 && json_is_null(value));
            CU_ASSERT(good);
            if (!good)
                printf("   line %zu: %s is no integer\n", i, line_integers[k]);
        }
        for (size_t k = 0; k < ARRAY_LEN(line_strings); k++) {
            json_t *value = json_object_get(line, line_strings[k]);
            bool good = json_is_string(value) || (i == 2 && value);
            CU_ASSERT(good);
            if (!good)
                printf("   line %zu: %s is no string\n", i, line_strings[k]);
        }
        CU_ASSERT(json_is_array(json_object_get(line, "why")));
    }
    json_t *first = json_array_get(lines, 0);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(first, "free_stock")), 12);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(first, "amount")), 3675);

    json_t *list = json_object_get(json, "problems");
    CU_ASSERT_EQUAL_FATAL(json_array_size(list), 2);
    json_t *unknown = json_array_get(list, 0), *shortage = json_array_get(list, 1);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(unknown, "code")), "unknown_sku");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(unknown, "field")), "/lines/2/sku");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(unknown, "line")), "c");
    json_t *params = json_object_get(shortage, "params");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(shortage, "code")), "stock_short");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(params, "free")), 3);
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(params, "qty")), 5);
    json_decref(json);
    end();
}

static void a_quote_is_read_as_it_was_written(void)
{
    static struct random_order order;
    uint64_t state = report_seed();
    for (int i = 0; i < 5000; i++) {
        begin();
        if (i % 50 == 0)
            random_catalogue(&order, &state);
        random_draft(&order, &state);
        struct quote q;
        struct reply_quote r;
        const char *why;
        quote_price(arena, &order.catalogue, &order.buyer, &order.draft, order.known_stock,
                    order.nstock, &q);
        size_t len;
        const char *text = wire_dump(arena, wire_quote_write(arena, LANGUAGE_en, &q), &len);
        json_t *json = wire_parse(arena, text, len, &why);
        CU_ASSERT_FATAL(json != NULL && wire_quote_read(arena, json, &r));
        bool same = r.goods == q.goods.minor && r.discount == q.discount.minor &&
                    r.delivery == q.delivery.minor && r.delivery_tax == q.delivery_tax.minor &&
                    r.tax == q.tax.minor && r.tax_added == q.tax_added.minor &&
                    r.total == q.total.minor && r.cv == q.cv.hundredths &&
                    r.pv == q.pv.hundredths && r.nlines == q.nlines &&
                    r.nproblems == q.problems.count && r.tax_included == q.tax_included;
        for (size_t k = 0; same && k < q.nlines; k++)
            same = strcmp(r.lines[k].id, q.lines[k].draft->id) == 0 &&
                   r.lines[k].qty == q.lines[k].draft->qty &&
                   r.lines[k].amount == q.lines[k].amount.minor &&
                   r.lines[k].unit == q.lines[k].unit.minor &&
                   r.lines[k].tax == q.lines[k].tax.minor &&
                   r.lines[k].free_stock == q.lines[k].free_stock &&
                   r.lines[k].back_ordered == q.lines[k].back_ordered &&
                   r.lines[k].priced == q.lines[k].priced && r.lines[k].nwhy == q.lines[k].nwhy;
        for (size_t k = 0; same && k < q.problems.count; k++)
            same = strcmp(r.problems[k].code, problem_name(q.problems.items[k].code)) == 0 &&
                   strcmp(r.problems[k].field, q.problems.items[k].field) == 0;
        if (!same) {
            printf("   %s\n", text);
            CU_FAIL_FATAL("a quote changed on its way");
        }
    }
    end();
}

static const struct test_case cases[] = {
    {"a whole draft is read", a_whole_draft_is_read},
    {"what is absent has its default", what_is_absent_has_its_default},
    {"the example of the contract is read", the_example_of_the_contract_is_read},
    {"absent and null members: only what is needed is asked for", absent_and_null_members},
    {"members of another type are refused at their place", members_of_another_type},
    {"only what asks for it takes a draft that is a change",
     a_change_is_read_where_it_is_asked_for},
    {"coupons are an array of at most 20 codes", coupons_are_texts},
    {"strings that are too long are refused", strings_too_long},
    {"unknown members are refused, in replies ignored", unknown_members_are_refused},
    {"card numbers and control characters are refused in every text",
     card_numbers_and_control_characters_in_every_text},
    {"a card number that is refused is not repeated", what_is_refused_is_not_repeated},
    {"barcodes are no cards", barcodes_are_no_cards},
    {"values that cannot be are refused at their place", values_that_cannot_be},
    {"line ids are unique", line_ids_are_unique},
    {"at most 1,000 lines", at_most_1000_lines},
    {"tenders are read", tenders_are_read},
    {"a draft that is written is read back equal", what_is_written_is_read_back},
    {"a quote has the members of the contract, and integers",
     a_quote_has_the_members_of_the_contract},
    {"a quote is read as it was written", a_quote_is_read_as_it_was_written},
};

REPORT_MAIN("test_wire", cases)
