/* The bodies of sign-ins and orders against any bytes, read as server/api/sessions.c and
 * server/api/orders.c read them. The first byte chooses which. */
#include "core/pan.h"
#include "core/text.h"
#include "core/wire/wire.h"
#include "core/wire/wire_order.h"
#include "tests/fuzz/require.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a reader let through may be stored, logged and shown. */
static void check_text(const char *text, size_t max)
{
    if (!text)
        return;
    size_t len = strlen(text), characters = 0;
    for (size_t i = 0; i < len; i++)
        characters += ((unsigned char)text[i] & 0xC0) != 0x80;
    REQUIRE(characters <= max);
    REQUIRE(utf8_valid(text, len) && utf8_is_printable(text, len));
    REQUIRE(len == 13 || !pan_found(text, len)); /* a barcode has thirteen digits */
}

static void check_problems(struct arena *arena, const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++) {
        const struct problem *p = &problems->items[i];
        const char *say = problem_say(arena, LANGUAGE_en, p);
        REQUIRE(say[0] && utf8_valid(say, strlen(say)));
        REQUIRE(p->field[0] == '\0' || p->field[0] == '/');
        for (const char *at = p->field; *at; at++) /* RFC 6901 */
            REQUIRE(*at != '~' || at[1] == '0' || at[1] == '1');
        for (size_t k = 0; k < p->nparams; k++)
            if (p->params[k].text)
                REQUIRE(p->code == PROBLEM_unknown_sku || strlen(p->params[k].text) == 13 ||
                        !pan_found(p->params[k].text, strlen(p->params[k].text)));
    }
    size_t len;
    const char *why,
        *text = wire_dump(arena, wire_problems_write(arena, LANGUAGE_en, problems), &len);
    text = arena_printf(arena, "{\"problems\":%s}", text);
    REQUIRE(wire_parse(arena, text, strlen(text), &why));
}

static void sign_in(struct wire_reader *r, json_t *body)
{
    static const char *const names[] = {"login", "password", "otp", "desk", NULL};
    const char *login = NULL, *password = NULL, *otp = NULL, *desk = "";
    bool both = wire_string(r, body, "", "login", 64, true, &login);
    both &= wire_string(r, body, "", "password", 256, true, &password);
    wire_string(r, body, "", "otp", 12, false, &otp);
    wire_string(r, body, "", "desk", 32, false, &desk);
    wire_only(r, body, "", names, NULL);
    REQUIRE(both == (login && password));
    REQUIRE(both || r->problems->count > 0);
    check_text(login, 64);
    check_text(password, 256);
    check_text(otp, 12);
    check_text(desk, 32);
}

static void check_address(const struct address *a)
{
    const char *const parts[] = {a->name,     a->line1,  a->line2,  a->city,
                                 a->postcode, a->region, a->country};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        REQUIRE(parts[i]);
        check_text(parts[i], 120);
    }
}

static void check_draft(const struct order_draft *d)
{
    REQUIRE(d->market && d->type < ORDER_TYPES && d->destination < DESTINATIONS);
    REQUIRE(d->nlines <= DRAFT_LINES_MAX);
    check_text(d->market, 2);
    check_text(d->distributor, 64);
    check_text(d->customer, 64);
    check_text(d->price_list, 64);
    check_text(d->note, 500);
    check_text(d->typed, 500);
    if (d->has_address)
        check_address(&d->address);
    for (size_t i = 0; i < d->nlines; i++) {
        REQUIRE(d->lines[i].id && d->lines[i].sku);
        check_text(d->lines[i].id, 32);
        check_text(d->lines[i].sku, 64);
    }
}

static void accept(struct wire_reader *r, json_t *body)
{
    json_t *words = wire_array(r, body, "", "accept", false);
    for (size_t i = 0; words && i < json_array_size(words); i++) {
        const char *word = json_string_value(json_array_get(words, i));
        if (!word || strcmp(word, "duplicate") != 0)
            wire_bad_value(r, "/accept", arena_printf(r->arena, "%zu", i),
                           word ? word : "anything but a text");
    }
}

static void order(struct wire_reader *r, json_t *body)
{
    static const char *const also[] = {"rev", "expect_total", "tenders", "accept", NULL};
    struct order_draft draft;
    struct draft_tender *tenders;
    int64_t expect_total = 0, rev = 0;
    bool has_total = wire_integer(r, body, "", "expect_total", true, &expect_total);
    wire_integer(r, body, "", "rev", false, &rev);
    size_t n = wire_tenders_read(r, body, &tenders);
    accept(r, body);
    wire_draft_read(r, body, also, &draft);
    REQUIRE(has_total || r->problems->count > 0);
    for (size_t i = 0; i < n; i++) {
        REQUIRE(tenders[i].kind);
        check_text(tenders[i].kind, 64);
        check_text(tenders[i].ref, 64);
    }
    check_draft(&draft);
}

/* A plain body is not read by jansson, but as jansson would. */
static void check_read_alike(const json_t *body, const char *text, size_t len)
{
    json_t *same = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    REQUIRE(!body || json_equal(body, same));
    json_decref(same);
}

/* What is read as a plain order is read alike by the long way, without a problem, and is canonical.
 */
static void check_plain_order(struct arena *arena, const char *text, size_t len)
{
    static const char *const also[] = {"rev", "expect_total", "tenders", "accept", NULL};
    struct wire_order plain;
    struct problems problems;
    struct order_draft draft;
    struct text canonical;
    const char *why;
    if (!wire_order_read(arena, text, len, &plain))
        return;
    json_t *body = wire_parse(arena, text, len, &why);
    REQUIRE(body);
    problems_init(&problems, arena);
    struct wire_reader reader = {arena, &problems, true};
    wire_draft_read(&reader, body, also, &draft);
    struct draft_tender *tenders;
    size_t n = wire_tenders_read(&reader, body, &tenders);
    int64_t total = -1;
    wire_integer(&reader, body, "", "expect_total", true, &total);
    REQUIRE(!problems.count && draft_equal(&draft, &plain.draft));
    REQUIRE(!draft.ncoupons && !draft.has_address && draft.date.days == plain.draft.date.days);
    REQUIRE(total == plain.expect_total && n == plain.ntenders);
    for (size_t i = 0; i < n; i++)
        REQUIRE(strcmp(tenders[i].kind, plain.tenders[i].kind) == 0 &&
                tenders[i].amount == plain.tenders[i].amount);
    text_init(&canonical, arena);
    wire_canonical(&canonical, body);
    REQUIRE(canonical.len == len && memcmp(canonical.data, text, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct arena *arena = arena_new();
    struct problems problems;
    problems_init(&problems, arena);
    struct wire_reader reader = {arena, &problems, true};
    const char *why = NULL;
    json_t *body = wire_parse(arena, (const char *)data + 1, size - 1, &why);
    check_read_alike(body, (const char *)data + 1, size - 1);
    check_plain_order(arena, (const char *)data + 1, size - 1);
    if (body) {
        (data[0] & 1 ? order : sign_in)(&reader, body);
        check_problems(arena, &problems);
    } else {
        REQUIRE(why && strncmp(why, "line ", 5) == 0);
        REQUIRE(utf8_valid(why, strlen(why)) && !pan_found(why, strlen(why)));
    }
    arena_free(arena);
    return 0;
}
