/* The waiting list of an item, and what somebody is to know when something has arrived. */
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

enum { QTY_OF_WAITING = 99999 };

static const char *const names[] = {
    "id",   "distributor", "name",  "customer", "customer_name", "phone",
    "#qty", "note",        "since", "by",       "arrived_at",    NULL};

struct waiter {
    const char *key, *hash, *distributor, *customer, *note;
    int64_t qty;
    const char *item;
};

static void no_item(struct call *c)
{
    call_fail(c, STATUS_NOT_FOUND, "there is no such item");
}

/* ---- the list -------------------------------------------------------------------------------- */

static void list_reply(struct call *c)
{
    if (!db_rows(c->batch, 0))
        no_item(c);
    else
        call_reply(c, STATUS_OK,
                   json_pack("{s:o,s:n}", "items", call_rows(c->batch, 1, names), "next"));
}

static void list_load(struct call *c)
{
    DB_ADD(call_read(c), Q_waiting_item, c->params[0]);
    DB_ADD(call_read(c), Q_waiting_list, c->params[0], c->actor.market);
    call_then(c, list_reply);
}

void waiting_get(struct call *c)
{
    call_read(c);
    call_then(c, list_load);
}

/* ---- one more -------------------------------------------------------------------------------- */

static void add_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *id = db_value(c->batch, 0, 0, 1);
    if (strcmp(result, "reused") == 0)
        call_fail(c, STATUS_KEY_REUSED, NULL);
    else
        call_reply(c, strcmp(result, "again") == 0 ? STATUS_OK : STATUS_CREATED,
                   json_pack("{s:s}", "id", id));
}

static void add_store(struct call *c)
{
    struct waiter *w = c->state;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, 0)) {
        no_item(c);
        return;
    }
    if (!db_rows(b, 1))
        problem_set_text(
            problems_add(&c->problems, PROBLEM_unknown_distributor, "/distributor", NULL),
            "distributor", w->distributor);
    else if (w->customer && !db_value(b, 1, 0, 2))
        problem_set_text(problems_add(&c->problems, PROBLEM_unknown_customer, "/customer", NULL),
                         "customer", w->customer);
    if (c->problems.count) {
        call_fail(c, STATUS_PROBLEMS, NULL);
        return;
    }
    DB_ADD(call_write(c), Q_waiting_add, w->key, w->hash, c->actor.login_id, c->request->id,
           db_value(b, 0, 0, 0), db_value(b, 1, 0, 1), db_value(b, 1, 0, 0), db_value(b, 1, 0, 2),
           db_text_int(c->arena, w->qty), w->note);
    call_then(c, add_reply);
}

static void add_look(struct call *c)
{
    const struct waiter *w = c->state;
    DB_ADD(call_read(c), Q_waiting_item, c->params[0]);
    DB_ADD(call_read(c), Q_waiting_person, w->distributor, w->customer, c->actor.market);
    call_then(c, add_store);
}

void waiting_post(struct call *c)
{
    static const char *const members[] = {"distributor", "customer", "qty", "note", NULL};
    struct waiter *w = c->state = ARENA_NEW(c->arena, struct waiter);
    *w = (struct waiter){.note = ""};
    if (!(w->key = call_key(c)) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "distributor", 20, true, &w->distributor);
    wire_string(&c->reader, c->body, "", "customer", 20, false, &w->customer);
    wire_string(&c->reader, c->body, "", "note", 200, false, &w->note);
    if (wire_integer(&c->reader, c->body, "", "qty", true, &w->qty) &&
        (w->qty < 1 || w->qty > QTY_OF_WAITING)) {
        struct problem *p = problems_add(&c->problems, PROBLEM_bad_quantity, "/qty", NULL);
        problem_set_number(p, "max", QTY_OF_WAITING);
        problem_set_number(p, "qty", w->qty);
    }
    wire_only(&c->reader, c->body, "", members, NULL);
    if (!call_body_ok(c))
        return;
    w->hash = arena_printf(c->arena, "waiting %s %s", c->params[0], call_body_hash(c));
    call_read(c);
    call_then(c, add_look);
}

/* ---- told, or no longer wanted --------------------------------------------------------------- */

static void drop_reply(struct call *c)
{
    if (db_bool(c->batch, 0, 0, 0))
        call_reply(c, STATUS_NO_CONTENT, NULL);
    else
        call_fail(c, STATUS_NOT_FOUND, "nobody waits under this number");
}

static void drop_store(struct call *c)
{
    if (!db_rows(c->batch, 0)) {
        no_item(c);
        return;
    }
    DB_ADD(call_write(c), Q_waiting_drop, c->params[1], db_value(c->batch, 0, 0, 0),
           c->actor.market, c->actor.login_id, c->request->id);
    call_then(c, drop_reply);
}

static void drop_look(struct call *c)
{
    DB_ADD(call_read(c), Q_waiting_item, c->params[0]);
    call_then(c, drop_store);
}

void waiting_delete(struct call *c)
{
    if (!people_id_ok(c->params[1])) {
        call_fail(c, STATUS_NOT_FOUND, "nobody waits under this number");
        return;
    }
    call_read(c);
    call_then(c, drop_look);
}

/* ---- notices --------------------------------------------------------------------------------- */

static void seen_reply(struct call *c)
{
    if (db_bool(c->batch, 0, 0, 0))
        call_reply(c, STATUS_NO_CONTENT, NULL);
    else
        call_fail(c, STATUS_NOT_FOUND, "there is no such notice");
}

static void seen_store(struct call *c)
{
    DB_ADD(call_write(c), Q_notice_seen, c->params[0], c->actor.login_id);
    call_then(c, seen_reply);
}

void notice_delete(struct call *c)
{
    if (!people_id_ok(c->params[0])) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such notice");
        return;
    }
    call_read(c);
    call_then(c, seen_store);
}
