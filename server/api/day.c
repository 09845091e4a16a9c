/* An operator's day: what was taken so far, how fast, and what wants another look. */
#include "server/api/routes.h"

static const char *const totals_names[] = {"currency", "#exponent",   "#orders", "#total",
                                           "#cv",      "#due_orders", "#due",    NULL};
static const char *const figures_names[] = {
    "date", "", "", "#cancelled", "#seconds_per_order", "#experience", NULL};
static const char *const month_names[] = {"", "ends", "#days_left", NULL};
static const char *const duplicate_names[] = {"order", "earlier", "at", "by", "name", NULL};
static const char *const arrived_names[] = {"id",   "sku",   "item",  "#qty", "distributor",
                                            "name", "phone", "since", NULL};
static const char *const notice_names[] = {"id", "kind", "ref", "sku", "name", "at", NULL};

struct day {
    size_t totals, figures, duplicates, arrived, notices;
};

static void reply(struct call *c)
{
    const struct day *day = c->state;
    const struct db_batch *b = c->batch;
    json_t *body = call_row(b, day->figures, 0, figures_names);
    json_int_t orders = 0;
    for (size_t i = 0; i < db_rows(b, day->totals); i++)
        orders += db_int(b, day->totals, i, 2);
    json_object_set_new(body, "orders", json_integer(orders));
    json_object_set_new(body, "totals", call_rows(b, day->totals, totals_names));
    json_object_set_new(body, "month", call_row(b, day->figures, 0, month_names));
    json_object_set_new(body, "duplicates", call_rows(b, day->duplicates, duplicate_names));
    json_object_set_new(body, "arrived", call_rows(b, day->arrived, arrived_names));
    json_object_set_new(body, "notices", call_rows(b, day->notices, notice_names));
    call_reply(c, STATUS_OK, body);
}

/* The day of whoever asks, in the market of the sign-in, or in all with the default one's month. */
static void load(struct call *c)
{
    struct day *day = c->state;
    const struct market_snapshot *market = call_market(c, NULL);
    if (!market)
        return;
    struct db_batch *batch = call_read(c);
    day->totals = DB_ADD(batch, Q_day_totals, c->actor.login_id, c->actor.market);
    day->figures = DB_ADD(batch, Q_day_figures, c->actor.login_id, market->catalogue.market);
    day->duplicates = DB_ADD(batch, Q_day_duplicates, c->actor.login_id, c->actor.market);
    day->arrived = DB_ADD(batch, Q_waiting_arrived, c->actor.login_id);
    day->notices = DB_ADD(batch, Q_notice_list, c->actor.login_id);
    call_then(c, reply);
}

void day_get(struct call *c)
{
    c->state = ARENA_NEW(c->arena, struct day);
    call_read(c);
    call_then(c, load);
}
