/* What a promotion would have done to the last orders of its market, before it is published. Orders
 * come by pages, so that no query holds up those behind it, and are priced in slices of a few
 * milliseconds, so that the loop serves others meanwhile. */
#include "core/wire/wire_simulation.h"
#include "server/api/promotion_text.h"
#include "server/api/routes.h"

#include <string.h>

enum { PAGE = 100, SLICE_MS = 2 };
enum { RANGE_COUNT, RANGE_NEWEST, RANGE_FIRST, RANGE_LAST, RANGE_TODAY };

struct simulating {
    const char *market, *text;
    int64_t most; /* orders, as asked */
    const struct market_snapshot *snapshot;
    struct promotion promotion;
    struct simulation *simulation;
    const char *newest, *first, *last;
    const char *amounts, *days; /* of its questions about new customers */
    int64_t orders, done;
    size_t row;  /* of the page */
    size_t look; /* the statement of what is stored */
};

static void page_ask(struct call *c);

/* ---- pricing --------------------------------------------------------------------------------- */

static void reply(struct call *c)
{
    struct simulating *s = c->state;
    json_t *body = wire_simulation_write(c->arena, c->language, &s->snapshot->catalogue,
                                         s->promotion.code, simulation_end(s->simulation));
    json_object_set_new(body, "first", s->first ? json_string(s->first) : json_null());
    json_object_set_new(body, "last", s->last ? json_string(s->last) : json_null());
    call_reply(c, STATUS_OK, body);
}

static void price_row(struct call *c, size_t row)
{
    struct simulating *s = c->state;
    struct arena *arena = arena_new();
    struct simulation_order order;
    if (wire_simulation_order(arena, db_value(c->batch, 0, row, 0), &order))
        simulation_add(s->simulation, &order);
    arena_free(arena);
}

static void slice(void *arg)
{
    struct call *c = arg;
    struct simulating *s = c->state;
    struct loop *loop = c->server->loop;
    size_t n = db_rows(c->batch, 0);
    int64_t end = loop_now(loop) + SLICE_MS;
    while (s->row < n && loop_now(loop) < end)
        price_row(c, s->row++);
    if (s->row < n)
        loop_post(loop, slice, c);
    else if (n && (s->done += (int64_t)n) < s->orders)
        page_ask(c);
    else
        reply(c);
}

static void page_done(struct call *c)
{
    slice(c);
}

static void page_ask(struct call *c)
{
    struct simulating *s = c->state;
    s->row = 0;
    DB_ADD(call_read(c), Q_simulation_orders, s->market, db_text_int(c->arena, s->most), s->newest,
           s->first, db_text_int(c->arena, s->done), db_text_int(c->arena, PAGE), s->amounts,
           s->days);
    call_then(c, page_done);
}

/* ---- beginning ------------------------------------------------------------------------------- */

static void questions(struct call *c)
{
    struct simulating *s = c->state;
    const struct condition *const *asks;
    size_t n = simulation_asks(s->simulation, &asks);
    int64_t *amounts = ARENA_ARRAY(c->arena, int64_t, n), *days = ARENA_ARRAY(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        amounts[i] = asks[i]->amount.minor;
        days[i] = asks[i]->days;
    }
    s->amounts = db_array_int(c->arena, amounts, n);
    s->days = db_array_int(c->arena, days, n);
}

/* On its first day, or today when that is past. */
static void begin(struct call *c)
{
    struct simulating *s = c->state;
    const struct db_batch *b = c->batch;
    struct date day = {(int32_t)db_int(b, 0, 0, RANGE_TODAY)};
    if (s->promotion.from.days > day.days)
        day = s->promotion.from;
    s->orders = db_int(b, 0, 0, RANGE_COUNT);
    s->newest = db_value(b, 0, 0, RANGE_NEWEST);
    s->first = db_value(b, 0, 0, RANGE_FIRST);
    s->last = db_value(b, 0, 0, RANGE_LAST);
    s->simulation = simulation_new(c->arena, &s->snapshot->catalogue, &s->promotion, day);
    questions(c);
    page_ask(c);
}

static void look(struct call *c)
{
    struct simulating *s = c->state;
    bool stored = db_rows(c->batch, s->look) > 0;
    if (stored && s->market && strcmp(s->market, db_value(c->batch, s->look, 0, 0)) != 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such promotion");
        return;
    }
    if (stored) {
        s->market = db_value(c->batch, s->look, 0, 0);
        s->text = s->text ? s->text : db_value(c->batch, s->look, 0, 1);
    }
    if (!s->text) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such promotion");
        return;
    }
    if (!(s->snapshot = call_market(c, s->market)))
        return;
    s->market = s->snapshot->catalogue.market;
    promotion_text_own(c, s->market, s->text, &s->promotion, &c->problems);
    if (c->problems.count) {
        call_problems(c, STATUS_PROBLEMS, &c->problems, NULL, NULL);
        return;
    }
    DB_ADD(call_read(c), Q_simulation_range, s->market, db_text_int(c->arena, s->most));
    call_then(c, begin);
}

void promotion_simulate(struct call *c)
{
    static const char *const names[] = {"market", "text", "orders", NULL};
    struct simulating *s = c->state = ARENA_NEW(c->arena, struct simulating);
    *s = (struct simulating){.most = SIMULATION_ORDERS};
    if (!promotion_code_ok(c) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "market", 2, false, &s->market);
    if (json_object_get(c->body, "text"))
        s->text = promotion_text_take(c);
    if (wire_integer(&c->reader, c->body, "", "orders", false, &s->most) &&
        (s->most < 1 || s->most > SIMULATION_ORDERS_MAX))
        wire_bad_value(&c->reader, "", "orders", "outside 1 to 5000");
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    s->look = DB_ADD(call_read(c), Q_promotion_text, c->params[0]);
    call_then(c, look);
}
