/* What waits at a till for its buyer: sales whose link is not paid yet, and orders that were taken
 * elsewhere to be picked up here. */
#include "server/api/call.h"
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

enum { PICKUPS_USUAL = 20, PICKUPS_MOST = 100 };

struct pickups {
    int64_t most;
    size_t till, rows, cursor_row;
    const char *cursor;
};

static void pickups_reply(struct call *c)
{
    static const char *const names[] = {"number",    "state",         "payment",   "distributor",
                                        "name",      "customer_name", "#total",    "currency",
                                        "#exponent", "#due",          "placed_at", "#lines",
                                        NULL};
    const struct pickups *p = c->state;
    if (!db_rows(c->batch, p->till)) {
        call_fail(c, STATUS_NOT_FOUND, NULL);
        return;
    }
    if (p->cursor && !db_rows(c->batch, p->cursor_row)) {
        wire_bad_value(&c->reader, "", "cursor", p->cursor);
        call_fail(c, STATUS_MALFORMED, NULL);
        return;
    }
    json_t *items = call_rows(c->batch, p->rows, names), *next = json_null();
    size_t n = json_array_size(items);
    if (n && (int64_t)n == p->most)
        next = json_incref(json_object_get(json_array_get(items, n - 1), "number"));
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

static void pickups_load(struct call *c)
{
    struct pickups *p = c->state;
    const char *code = c->params[0], *market = c->actor.market,
               *most = db_text_int(c->arena, p->most);
    p->cursor = http_query(c->request, "cursor");
    if (p->cursor && !people_id_ok(p->cursor))
        wire_bad_value(&c->reader, "", "cursor", p->cursor);
    if (!call_body_ok(c))
        return;
    struct db_batch *batch = call_read(c);
    p->till = DB_ADD(batch, Q_till_exists, code, market);
    p->rows = DB_ADD(batch, Q_pickup_list, code, market, most, p->cursor);
    if (p->cursor)
        p->cursor_row = DB_ADD(batch, Q_order_exists, p->cursor);
    call_then(c, pickups_reply);
}

void pickup_list(struct call *c)
{
    struct pickups *p = c->state = ARENA_NEW(c->arena, struct pickups);
    if ((p->most = call_limit(c, PICKUPS_USUAL, PICKUPS_MOST))) {
        call_read(c);
        call_then(c, pickups_load);
    }
}
