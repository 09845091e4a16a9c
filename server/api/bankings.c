/* Cash that goes from the safe to the bank, in a bag with a number, and change that comes back. */
#include "server/api/counter.h"
#include "server/api/people.h"
#include "server/api/routes.h"
#include "server/net/log.h"

#include "core/date.h"
#include "core/money.h"

#include <string.h>

enum { LIST_USUAL = 20, LIST_MOST = 100, BAG_MOST = 40, NOTE_MOST = 200 };

static const char *const names[] = {"id",      "market", "currency", "#exponent", "kind",
                                    "#amount", "bag",    "day",      "note",      "login",
                                    "name",    "at",     NULL};

/* ---- the list -------------------------------------------------------------------------------- */

struct listing {
    int64_t most;
    const char *cursor;
};

static void list_reply(struct call *c)
{
    static const char *const safes[] = {"market", "currency", "#exponent", "#held", NULL};
    const struct listing *l = c->state;
    size_t n = db_rows(c->batch, 0);
    json_t *next =
        (int64_t)n == l->most ? json_string(db_value(c->batch, 0, n - 1, 0)) : json_null();
    call_reply(c, STATUS_OK,
               json_pack("{s:o,s:o,s:o}", "items", call_rows(c->batch, 0, names), "safes",
                         call_rows(c->batch, 1, safes), "next", next));
}

static void list_load(struct call *c)
{
    const struct listing *l = c->state;
    DB_ADD(call_read(c), Q_banking_list, c->actor.market, NULL, db_text_int(c->arena, l->most),
           l->cursor);
    DB_ADD(call_read(c), Q_safe_list, c->actor.market);
    call_then(c, list_reply);
}

void banking_list(struct call *c)
{
    struct listing *l = c->state = ARENA_NEW(c->arena, struct listing);
    l->cursor = http_query(c->request, "cursor");
    if (l->cursor && !people_id_ok(l->cursor))
        wire_bad_value(&c->reader, "", "cursor", l->cursor);
    if (!call_body_ok(c) || !(l->most = call_limit(c, LIST_USUAL, LIST_MOST)))
        return;
    call_read(c);
    call_then(c, list_load);
}

/* ---- one more -------------------------------------------------------------------------------- */

struct banking {
    const char *key, *hash, *market, *kind, *bag, *day, *note;
    int64_t amount;
    enum status status;
};

static void added_reply(struct call *c)
{
    const struct banking *b = c->state;
    call_reply(c, b->status, call_row(c->batch, 0, 0, names));
}

static void refuse(struct call *c, enum problem_code code, const char *field, const char *reply)
{
    const struct banking *b = c->state;
    struct problem *problem = problems_add(&c->problems, code, field, NULL);
    json_t *found = json_loads(reply, 0, NULL);
    int exponent = (int)json_integer_value(json_object_get(found, "exponent"));
    if (code == PROBLEM_safe_short) {
        problem_set_money(problem, "held", json_integer_value(json_object_get(found, "held")),
                          exponent);
        problem_set_money(problem, "amount", b->amount, exponent);
    } else {
        problem_set_text(problem, "value", code == PROBLEM_bag_taken ? b->bag : b->day);
    }
    json_decref(found);
    call_fail(c, STATUS_PROBLEMS, NULL);
}

static void added(struct call *c)
{
    struct banking *b = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    if (strcmp(result, "unknown") == 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such market");
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "short") == 0) {
        refuse(c, PROBLEM_safe_short, "/amount", reply);
    } else if (strcmp(result, "bag") == 0) {
        refuse(c, PROBLEM_bag_taken, "/bag", reply);
    } else if (strcmp(result, "day") == 0) {
        refuse(c, PROBLEM_day_to_come, "/day", reply);
    } else {
        json_t *object = json_loads(reply, 0, NULL);
        const char *id = arena_strdup(c->arena, json_string_value(json_object_get(object, "id")));
        json_decref(object);
        b->status = strcmp(result, "again") == 0 ? STATUS_OK : STATUS_CREATED;
        if (b->status == STATUS_CREATED)
            log_event(LOG_INFO_, "banked", "request", c->request->id, "banking", id, "login",
                      c->actor.login, NULL);
        DB_ADD(call_read(c), Q_banking_list, NULL, id, "1", NULL);
        call_then(c, added_reply);
    }
}

static void add_store(struct call *c)
{
    const struct banking *b = c->state;
    DB_ADD(call_write(c), Q_banking_add, b->market, c->actor.market, b->key, b->hash,
           c->actor.login_id, c->request->id, b->kind, db_text_int(c->arena, b->amount), b->bag,
           b->day, b->note);
    call_then(c, added);
}

void banking_add(struct call *c)
{
    static const char *const members[] = {"market", "kind", "amount", "bag", "day", "note", NULL};
    struct banking *b = c->state = ARENA_NEW(c->arena, struct banking);
    struct date day;
    *b = (struct banking){.kind = "deposit", .note = ""};
    if (!(b->key = call_key(c)) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "market", 2, true, &b->market);
    if (wire_string(&c->reader, c->body, "", "kind", 16, false, &b->kind) &&
        strcmp(b->kind, "deposit") != 0 && strcmp(b->kind, "withdrawal") != 0)
        wire_bad_value(&c->reader, "", "kind", b->kind);
    if (wire_integer(&c->reader, c->body, "", "amount", true, &b->amount) &&
        (b->amount < 1 || b->amount > MONEY_MAX))
        wire_bad_value(&c->reader, "", "amount",
                       arena_printf(c->arena, "%lld", (long long)b->amount));
    if (wire_string(&c->reader, c->body, "", "bag", BAG_MOST, true, &b->bag) && !*b->bag)
        wire_bad_value(&c->reader, "", "bag", "empty");
    if (wire_string(&c->reader, c->body, "", "day", DATE_TEXT, false, &b->day) &&
        !date_parse(b->day, &day))
        wire_bad_value(&c->reader, "", "day", b->day);
    wire_string(&c->reader, c->body, "", "note", NOTE_MOST, false, &b->note);
    wire_only(&c->reader, c->body, "", members, NULL);
    if (!call_body_ok(c))
        return;
    b->hash = arena_printf(c->arena, "banking %s", call_body_hash(c));
    call_read(c);
    call_then(c, add_store);
}
