/* Tills, and the shifts at them: begun, looked at, closed; cash that is paid in and out. */
#include "server/api/counter.h"
#include "server/api/people.h"
#include "server/api/routes.h"
#include "server/api/shift.h"
#include "server/net/log.h"

#include "core/date.h"
#include "core/money.h"

#include <string.h>

enum { LIST_USUAL = 20, LIST_MOST = 100, PIECES_MOST = 50 };

/* ---- tills ----------------------------------------------------------------------------------- */

enum { TILL_WALK_IN_OF = 6, TILL_WALK_IN, TILL_SHIFT };

static void tills_reply(struct call *c)
{
    static const char *const names[] = {"code",      "name", "market", "currency",
                                        "#exponent", "site", NULL};
    const struct db_batch *b = c->batch;
    json_t *items = call_rows(b, 0, names);
    for (size_t i = 0; i < db_rows(b, 0); i++) {
        json_t *till = json_array_get(items, i);
        json_object_set_new(till, "walk_in", shift_walk_in(b, 0, i, TILL_WALK_IN_OF));
        json_object_set_new(till, "shift",
                            db_value(b, 0, i, TILL_SHIFT)
                                ? json_pack("{s:s,s:s,s:s,s:s}", "id",
                                            db_value(b, 0, i, TILL_SHIFT), "login",
                                            db_value(b, 0, i, TILL_SHIFT + 1), "name",
                                            db_value(b, 0, i, TILL_SHIFT + 2), "opened_at",
                                            db_value(b, 0, i, TILL_SHIFT + 3))
                                : json_null());
    }
    call_reply(c, STATUS_OK, json_pack("{s:o,s:n}", "items", items, "next"));
}

static void tills_load(struct call *c)
{
    DB_ADD(call_read(c), Q_till_list, c->actor.market);
    call_then(c, tills_reply);
}

void till_list(struct call *c)
{
    call_read(c);
    call_then(c, tills_load);
}

/* ---- shifts as they are read -------------------------------------------------------------------
 */

enum { SHIFT_LOGIN = 7, SHIFT_DRAWER = 14, SHIFT_BLIND = 15, SHIFT_WALK_IN_OF = 22 };

json_t *shift_walk_in(const struct db_batch *b, size_t s, size_t row, int column)
{
    const char *distributor = db_value(b, s, row, column);
    return distributor ? json_pack("{s:s,s:s}", "distributor", distributor, "customer",
                                   db_value(b, s, row, column + 1))
                       : json_null();
}

bool shift_is_hidden(const struct call *c, size_t s, size_t row)
{
    return db_bool(c->batch, s, row, SHIFT_BLIND) && !counter_oversees(c);
}

bool shift_may_see(const struct call *c, size_t s)
{
    return counter_oversees(c) ||
           strcmp(db_value(c->batch, s, 0, SHIFT_LOGIN), c->actor.login) == 0;
}

json_t *shift_write(const struct call *c, size_t s, size_t row)
{
    static const char *const names[] = {
        "id",        "till",        "till_name", "site",      "market",    "currency",
        "#exponent", "login",       "name",      "state",     "opened_at", "closed_at",
        "#float",    "#sales",      "#drawer",   "?blind",    "#z",        "#expected",
        "#counted",  "#difference", "note",      "closed_by", NULL};
    json_t *shift = call_row(c->batch, s, row, names);
    if (shift_is_hidden(c, s, row))
        json_object_set_new(shift, "drawer", json_null());
    json_object_set_new(shift, "walk_in", shift_walk_in(c->batch, s, row, SHIFT_WALK_IN_OF));
    return shift;
}

size_t shift_ask(struct call *c, const char *id)
{
    return DB_ADD(call_read(c), Q_shift_list, c->actor.market, NULL, NULL, NULL, "1", NULL, id,
                  NULL);
}

bool shift_found(struct call *c, size_t s)
{
    if (!db_rows(c->batch, s))
        call_fail(c, STATUS_NOT_FOUND, "there is no such shift");
    else if (!shift_may_see(c, s))
        call_fail(c, STATUS_FORBIDDEN, "it is somebody else's shift");
    else
        return true;
    return false;
}

static void one_reply(struct call *c)
{
    if (shift_found(c, 0))
        call_reply(c, STATUS_OK, shift_write(c, 0, 0));
}

static void one_load(struct call *c)
{
    shift_ask(c, c->params[0]);
    call_then(c, one_reply);
}

bool shift_id_ok(struct call *c)
{
    if (people_id_ok(c->params[0]))
        return true;
    call_fail(c, STATUS_NOT_FOUND, "there is no such shift");
    return false;
}

void shift_get(struct call *c)
{
    if (!shift_id_ok(c))
        return;
    call_read(c);
    call_then(c, one_load);
}

static void current_reply(struct call *c)
{
    if (db_rows(c->batch, 0))
        call_reply(c, STATUS_OK, shift_write(c, 0, 0));
    else
        call_fail(c, STATUS_NOT_FOUND, "you have no open shift");
}

static void current_load(struct call *c)
{
    DB_ADD(call_read(c), Q_shift_list, c->actor.market, NULL, c->actor.login_id, NULL, "1", NULL,
           NULL, "t");
    call_then(c, current_reply);
}

void shift_current(struct call *c)
{
    call_read(c);
    call_then(c, current_load);
}

/* ---- the list ----------------------------------------------------------------------------------
 */

struct listing {
    int64_t most;
    const char *till, *from, *cursor;
};

static void list_reply(struct call *c)
{
    const struct listing *l = c->state;
    size_t n = db_rows(c->batch, 0);
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(items, shift_write(c, 0, i));
    json_t *next =
        (int64_t)n == l->most ? json_string(db_value(c->batch, 0, n - 1, 0)) : json_null();
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

static void list_load(struct call *c)
{
    const struct listing *l = c->state;
    DB_ADD(call_read(c), Q_shift_list, c->actor.market, l->till,
           counter_oversees(c) ? NULL : c->actor.login_id, l->from, db_text_int(c->arena, l->most),
           l->cursor, NULL, NULL);
    call_then(c, list_reply);
}

void shift_list(struct call *c)
{
    struct date from;
    struct listing *l = c->state = ARENA_NEW(c->arena, struct listing);
    *l = (struct listing){.till = http_query(c->request, "till"),
                          .from = http_query(c->request, "from"),
                          .cursor = http_query(c->request, "cursor")};
    if (l->from && !date_parse(l->from, &from))
        wire_bad_value(&c->reader, "", "from", l->from);
    if (l->cursor && !people_id_ok(l->cursor))
        wire_bad_value(&c->reader, "", "cursor", l->cursor);
    if (!call_body_ok(c) || !(l->most = call_limit(c, LIST_USUAL, LIST_MOST)))
        return;
    call_read(c);
    call_then(c, list_load);
}

/* ---- what changes them -------------------------------------------------------------------------
 */

struct acting {
    const char *key, *hash, *till, *kind, *reason, *id;
    int64_t amount;
    const char *pieces;
    enum status status;
};

/* An amount of money of the body: from `least`. */
static void read_amount(struct call *c, const char *name, int64_t least, int64_t *out)
{
    if (wire_integer(&c->reader, c->body, "", name, true, out) &&
        (*out < least || *out > MONEY_MAX))
        wire_bad_value(&c->reader, "", name, arena_printf(c->arena, "%lld", (long long)*out));
}

static const char *shift_of(struct call *c, const char *reply)
{
    json_t *object = json_loads(reply, 0, NULL);
    const char *id = arena_strdup(c->arena, json_string_value(json_object_get(object, "shift")));
    json_decref(object);
    return id;
}

static void changed_reply(struct call *c)
{
    const struct acting *a = c->state;
    if (a->status == STATUS_CREATED && a->till)
        call_header(c, "Location", arena_printf(c->arena, "/api/v1/shifts/%s", a->id));
    call_reply(c, a->status, shift_write(c, 0, 0));
}

/* What the functions say: false when it was refused, and answered. */
static bool went_well(struct call *c, const char *result, const char *reply)
{
    if (strcmp(result, "unknown") == 0)
        call_fail(c, STATUS_NOT_FOUND, "there is no such till");
    else if (strcmp(result, "reused") == 0)
        call_fail(c, STATUS_KEY_REUSED, NULL);
    else if (strcmp(result, "busy") == 0)
        call_problem(c, STATUS_TILL_BUSY, json_loads(reply, 0, NULL));
    else if (strcmp(result, "open") == 0)
        call_problem(c, STATUS_SHIFT_OPEN, json_loads(reply, 0, NULL));
    else
        return !counter_answer(c, result, reply);
    return false;
}

static void changed(struct call *c)
{
    struct acting *a = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    if (!went_well(c, result, reply))
        return;
    a->id = shift_of(c, reply);
    a->status = strcmp(result, "again") == 0 ? STATUS_OK : STATUS_CREATED;
    if (a->status == STATUS_CREATED)
        log_event(LOG_INFO_, a->till ? "shift_opened" : "shift_moved", "request", c->request->id,
                  "shift", a->id, "login", c->actor.login, NULL);
    shift_ask(c, a->id);
    call_then(c, changed_reply);
}

static void open_store(struct call *c)
{
    const struct acting *a = c->state;
    DB_ADD(call_write(c), Q_shift_open, a->till, c->actor.market, a->key, a->hash,
           c->actor.login_id, c->request->id, db_text_int(c->arena, a->amount));
    call_then(c, changed);
}

void shift_open(struct call *c)
{
    static const char *const names[] = {"till", "float", NULL};
    struct acting *a = c->state = ARENA_NEW(c->arena, struct acting);
    if (!(a->key = call_key(c)) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "till", 16, true, &a->till);
    read_amount(c, "float", 0, &a->amount);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    a->hash = arena_printf(c->arena, "shift %s", call_body_hash(c));
    call_read(c);
    call_then(c, open_store);
}

static void move_store(struct call *c)
{
    const struct acting *a = c->state;
    DB_ADD(call_write(c), Q_shift_move, c->params[0], c->actor.market, a->key, a->hash,
           c->actor.login_id, c->request->id, a->kind, db_text_int(c->arena, a->amount), a->reason);
    call_then(c, changed);
}

void shift_move(struct call *c)
{
    static const char *const names[] = {"kind", "amount", "reason", NULL};
    struct acting *a = c->state = ARENA_NEW(c->arena, struct acting);
    if (!shift_id_ok(c) || !(a->key = call_key(c)) || !call_body(c))
        return;
    if (wire_string(&c->reader, c->body, "", "kind", 16, true, &a->kind) &&
        strcmp(a->kind, "pay_in") != 0 && strcmp(a->kind, "pay_out") != 0)
        wire_bad_value(&c->reader, "", "kind", a->kind);
    read_amount(c, "amount", 1, &a->amount);
    if (wire_string(&c->reader, c->body, "", "reason", 200, true, &a->reason) && !*a->reason)
        wire_bad_value(&c->reader, "", "reason", "empty");
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    a->hash = arena_printf(c->arena, "move %s %s", c->params[0], call_body_hash(c));
    call_read(c);
    call_then(c, move_store);
}

/* ---- closing -----------------------------------------------------------------------------------
 */

static void closed(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    if (!went_well(c, result, reply))
        return;
    if (strcmp(result, "again") != 0)
        log_event(LOG_INFO_, "shift_closed", "request", c->request->id, "shift", c->params[0],
                  "login", c->actor.login, NULL);
    shift_report_answer(c);
}

static void close_store(struct call *c)
{
    const struct acting *a = c->state;
    DB_ADD(call_write(c), Q_shift_close, c->params[0], c->actor.market, a->key, a->hash,
           c->actor.login_id, c->request->id, counter_oversees(c) ? "t" : "f",
           db_text_int(c->arena, a->amount), a->pieces, a->reason);
    call_then(c, closed);
}

/* Coins and notes: what they make is what was counted. */
static void read_pieces(struct call *c, struct acting *a)
{
    static const char *const names[] = {"value", "count", NULL};
    json_t *pieces = wire_array(&c->reader, c->body, "", "pieces", false);
    int64_t sum = 0, product;
    size_t n = json_array_size(pieces);
    a->pieces = "[]";
    if (!n)
        return;
    if (n > PIECES_MOST)
        wire_bad_value(&c->reader, "", "pieces", "more than 50");
    for (size_t i = 0; i < n && i < PIECES_MOST; i++) {
        json_t *piece = json_array_get(pieces, i);
        const char *at = arena_printf(c->arena, "/pieces/%zu", i);
        int64_t value = 0, count = 0;
        if (!json_is_object(piece)) {
            wire_bad_value(&c->reader, "/pieces", arena_printf(c->arena, "%zu", i),
                           "anything but an object");
            continue;
        }
        wire_integer(&c->reader, piece, at, "value", true, &value);
        wire_integer(&c->reader, piece, at, "count", true, &count);
        wire_only(&c->reader, piece, at, names, NULL);
        if (value < 1 || count < 0 || __builtin_mul_overflow(value, count, &product) ||
            __builtin_add_overflow(sum, product, &sum) || sum > MONEY_MAX) {
            wire_bad_value(&c->reader, at, "count", "that many");
            return;
        }
    }
    if (sum != a->amount)
        wire_bad_value(&c->reader, "", "counted", "another sum than its pieces");
    a->pieces = wire_dump(c->arena, json_incref(pieces), NULL);
}

void shift_close(struct call *c)
{
    static const char *const names[] = {"counted", "pieces", "note", NULL};
    struct acting *a = c->state = ARENA_NEW(c->arena, struct acting);
    a->reason = "";
    if (!shift_id_ok(c) || !(a->key = call_key(c)) || !call_body(c))
        return;
    read_amount(c, "counted", 0, &a->amount);
    read_pieces(c, a);
    wire_string(&c->reader, c->body, "", "note", 200, false, &a->reason);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    a->hash = arena_printf(c->arena, "close %s %s", c->params[0], call_body_hash(c));
    call_read(c);
    call_then(c, close_store);
}
