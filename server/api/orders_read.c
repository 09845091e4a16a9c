/* Orders that have been placed: reading, listing, cancelling. */
#include "server/api/routes.h"
#include "server/net/log.h"

#include <string.h>

enum { ORDERS_USUAL = 20, ORDERS_MOST = 100 };

static const char *const head_names[] = {"",
                                         "number",
                                         "state",
                                         "payment",
                                         "type",
                                         "market",
                                         "",
                                         "",
                                         "",
                                         "",
                                         "price_list",
                                         "date",
                                         "currency",
                                         "#exponent",
                                         "?tax_included",
                                         "#goods",
                                         "#discount",
                                         "#delivery",
                                         "#delivery_tax",
                                         "#tax",
                                         "#tax_added",
                                         "#total",
                                         "#cv",
                                         "#pv",
                                         "",
                                         "",
                                         "note",
                                         "placed_at",
                                         "placed_by",
                                         "channel",
                                         "#due",
                                         NULL};
enum {
    COL_DISTRIBUTOR = 6,
    COL_DISTRIBUTOR_NAME,
    COL_CUSTOMER,
    COL_CUSTOMER_NAME,
    COL_DESTINATION = 24,
    COL_SHIP_TO,
    COL_VERSION = 33
};
static const char *const line_names[] = {
    "id",   "sku", "name", "#qty",          "#unit", "#discount", "#amount",
    "#tax", "#cv", "#pv",  "#back_ordered", "state", NULL};
static const char *const payment_names[] = {"kind", "#amount", "state", NULL};
static const char *const event_names[] = {"at", "machine", "", "from", "to", "by", "reason", NULL};
static const char *const list_names[] = {
    "number",   "state",     "payment",   "type",      "distributor", "name", "#total",
    "currency", "#exponent", "placed_at", "placed_by", "#lines",      NULL};

struct reading {
    size_t head, lines, payments, events;
};

static json_t *party_of(const struct db_batch *b, size_t s, int id, int name)
{
    const char *value = db_value(b, s, 0, id);
    return value ? json_pack("{s:s,s:s}", "id", value, "name", db_value(b, s, 0, name))
                 : json_null();
}

static void get_reply(struct call *c)
{
    struct reading *r = c->state;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, r->head)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    json_t *o = call_row(b, r->head, 0, head_names);
    json_object_set_new(o, "distributor",
                        party_of(b, r->head, COL_DISTRIBUTOR, COL_DISTRIBUTOR_NAME));
    json_object_set_new(o, "customer", party_of(b, r->head, COL_CUSTOMER, COL_CUSTOMER_NAME));
    json_t *address = json_loads(db_value(b, r->head, 0, COL_SHIP_TO), 0, NULL);
    json_object_set_new(o, "ship_to",
                        json_pack("{s:s,s:o}", "kind", db_value(b, r->head, 0, COL_DESTINATION),
                                  "address", address ? address : json_null()));
    json_object_set_new(o, "lines", call_rows(b, r->lines, line_names));
    json_object_set_new(o, "payments", call_rows(b, r->payments, payment_names));
    json_object_set_new(o, "history", call_rows(b, r->events, event_names));
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", db_value(b, r->head, 0, COL_VERSION)));
    call_reply(c, STATUS_OK, o);
}

static void get_load(struct call *c)
{
    struct reading *r = c->state;
    const char *number = c->params[0];
    r->head = DB_ADD(call_read(c), Q_order_get, number, c->actor.market);
    r->lines = DB_ADD(call_read(c), Q_order_lines, number);
    r->payments = DB_ADD(call_read(c), Q_order_payments, number);
    r->events = DB_ADD(call_read(c), Q_order_events, number);
    call_then(c, get_reply);
}

/* What somebody may see depends on who it is: the session comes first, in its own round trip. */
void order_get(struct call *c)
{
    c->state = ARENA_NEW(c->arena, struct reading);
    call_read(c);
    call_then(c, get_load);
}

/* ---- listing ---- */

static void list_reply(struct call *c)
{
    int64_t most = *(int64_t *)c->state;
    json_t *items = call_rows(c->batch, 0, list_names);
    size_t n = json_array_size(items);
    json_t *next = json_null();
    if ((int64_t)n == most)
        next =
            json_string(json_string_value(json_object_get(json_array_get(items, n - 1), "number")));
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

static void list_load(struct call *c)
{
    int64_t most = *(int64_t *)c->state;
    const struct http_request *r = c->request;
    const char *customer = http_query(r, "customer");
    if (customer && (strlen(customer) > 18 || customer[strspn(customer, "0123456789")])) {
        call_fail(c, STATUS_MALFORMED, "customer is a number");
        return;
    }
    DB_ADD(call_read(c), Q_order_list, http_query(r, "distributor"), customer,
           http_query(r, "state"), c->actor.market, db_text_int(c->arena, most),
           http_query(r, "cursor"));
    call_then(c, list_reply);
}

void order_list(struct call *c)
{
    int64_t *most = ARENA_NEW(c->arena, int64_t);
    c->state = most;
    if ((*most = call_limit(c, ORDERS_USUAL, ORDERS_MOST))) {
        call_read(c);
        call_then(c, list_load);
    }
}

/* ---- cancelling ---- */

struct cancelling {
    const char *key, *hash, *reason;
};

static void cancel_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *state = db_value(c->batch, 0, 0, 1);
    if (strcmp(result, "unknown") == 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "state") == 0) {
        call_problems(c, STATUS_STATE, NULL, "state", json_string(state));
    } else {
        if (strcmp(result, "cancelled") == 0)
            log_event(LOG_INFO_, "order_cancelled", "request", c->request->id, "number",
                      c->params[0], "login", c->actor.login, NULL);
        call_reply(c, STATUS_OK, json_pack("{s:s,s:s}", "number", c->params[0], "state", state));
    }
}

static void cancel_decide(struct call *c)
{
    struct cancelling *s = c->state;
    if (!db_rows(c->batch, 0)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    DB_ADD(call_write(c), Q_order_cancel, c->params[0], s->key, s->hash, c->actor.login_id,
           c->actor.acting_for, s->reason, c->request->id);
    call_then(c, cancel_reply);
}

static void cancel_look(struct call *c)
{
    DB_ADD(call_read(c), Q_order_get, c->params[0], c->actor.market);
    call_then(c, cancel_decide);
}

void order_cancel(struct call *c)
{
    static const char *const names[] = {"reason", NULL};
    struct cancelling *s = ARENA_NEW(c->arena, struct cancelling);
    c->state = s;
    s->reason = "";
    if (!(s->key = call_key(c)) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "reason", 200, false, &s->reason);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    /* The same words said of another order are another request. */
    s->hash = arena_printf(c->arena, "%s %s", c->params[0], call_body_hash(c));
    call_read(c);
    call_then(c, cancel_look);
}
