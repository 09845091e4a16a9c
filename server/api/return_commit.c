/* A return on its way into the database, and what the database says. */
#include "server/api/counter.h"
#include "server/api/order_tenders.h"
#include "server/api/returning.h"
#include "server/net/log.h"

#include <string.h>

/* ---- after the commit ------------------------------------------------------------------------ */

static void on_made(struct call *c, struct returning *r, const char *reply)
{
    json_t *made = json_loads(reply, 0, NULL);
    const char *number = json_string_value(json_object_get(made, "number"));
    log_event(LOG_INFO_, "return_asked", "request", c->request->id, "number", number, "order",
              r->number, "login", c->actor.login, NULL);
    call_header(c, "Location", arena_printf(c->arena, "/api/v1/returns/%s", number));
    call_reply(c, STATUS_CREATED, made);
}

static void on_again(struct call *c, struct returning *r, const char *reply)
{
    (void)r;
    call_reply_text(c, STATUS_OK, "application/json", reply, strlen(reply));
}

static void on_reused(struct call *c, struct returning *r, const char *reply)
{
    (void)r, (void)reply;
    call_fail(c, STATUS_KEY_REUSED, NULL);
}

static void on_unknown(struct call *c, struct returning *r, const char *reply)
{
    (void)r, (void)reply;
    call_fail(c, STATUS_NOT_FOUND, "there is no such order");
}

/* It has changed between look and commit. */
static void on_facts(struct call *c, struct returning *r, const char *reply)
{
    (void)r, (void)reply;
    if (!call_again(c))
        call_fail(c, STATUS_UNAVAILABLE, "the order is being changed");
}

static void on_stock(struct call *c, struct returning *r, const char *reply)
{
    return_exchange_shortages(c, r, reply);
    call_problems(c, STATUS_STOCK_SHORT, NULL, "problems", return_problems_write(c, r));
}

static void on_tender(struct call *c, struct returning *r, const char *reply)
{
    order_add_tender_problem(&c->problems, reply, r->tenders, r->ntenders, r->facts.order.exponent);
    call_fail(c, STATUS_PROBLEMS, NULL);
}

static const struct {
    const char *result;
    void (*answer)(struct call *c, struct returning *r, const char *reply);
} outcomes[] = {{"made", on_made},       {"again", on_again},  {"reused", on_reused},
                {"unknown", on_unknown}, {"state", on_facts},  {"facts", on_facts},
                {"stock", on_stock},     {"tender", on_tender}};

static void committed(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
        if (strcmp(outcomes[i].result, result) == 0) {
            outcomes[i].answer(c, c->state, reply ? reply : "{}");
            return;
        }
    if (counter_answer(c, result, reply))
        return;
    log_event(LOG_ERROR_, "return_unknown_result", "result", result, NULL);
    call_fail(c, STATUS_INTERNAL, NULL);
}

/* ---- the commit ------------------------------------------------------------------------------ */

struct wish_columns {
    const char *line, *component, *qty, *reason, *exchange;
};

static struct wish_columns wish_columns(struct call *c, const struct returning *r)
{
    size_t n = r->quote.nbacks;
    int64_t *line = ARENA_ARRAY(c->arena, int64_t, n),
            *component = ARENA_ARRAY(c->arena, int64_t, n),
            *qty = ARENA_ARRAY(c->arena, int64_t, n), *exchange = ARENA_ARRAY(c->arena, int64_t, n);
    const char **reason = ARENA_ARRAY(c->arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        const struct return_back *b = &r->quote.backs[i];
        line[i] = b->line->number;
        component[i] = b->part ? b->part->position : 0;
        qty[i] = b->wish->qty;
        reason[i] = b->reason->code;
        exchange[i] = 0;
        for (size_t k = 0; k < r->nout; k++)
            if (r->out[k] == i)
                exchange[i] = (int64_t)k + 1;
    }
    return (struct wish_columns){db_array_int(c->arena, line, n),
                                 db_array_int(c->arena, component, n),
                                 db_array_int(c->arena, qty, n), db_array_text(c->arena, reason, n),
                                 db_array_int(c->arena, exchange, n)};
}

static const char *exchange_head(struct call *c, const struct quote *q)
{
    return wire_dump(
        c->arena,
        json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "goods", (json_int_t)q->goods.minor, "discount",
                  (json_int_t)q->discount.minor, "tax", (json_int_t)q->tax.minor, "tax_added",
                  (json_int_t)q->tax_added.minor, "total", (json_int_t)q->total.minor, "cv",
                  (json_int_t)q->cv.hundredths, "pv", (json_int_t)q->pv.hundredths),
        NULL);
}

static const char *about(struct call *c, const struct returning *r)
{
    json_t *o = return_money_write(c, r);
    json_object_set_new(o, "address", return_address_write(r->facts.address));
    return wire_dump(c->arena, o, NULL);
}

/* The columns that both functions have. */
#define RETURN_COLUMNS                                                                             \
    r->number, c->actor.market, r->key, r->hash, c->actor.login_id, c->actor.acting_for,           \
        c->request->id, return_kind_name(q->kind), q->late ? r->override : "", r->note,            \
        return_day_text(c, q->deadline),                                                           \
        order_minor(a, q->kind == RETURN_withdrawal ? money_of(0) : r->facts.order.fee),           \
        db_text_int(a, r->facts.order.buy_back.ppm),                                               \
        db_text_int(a, q->worth.minor - q->fee.minor), order_minor(a, q->refund), about(c, r),     \
        w.line, w.component, w.qty, w.reason, w.exchange,                                          \
        r->nout ? exchange_head(c, &r->exchange) : NULL, col.client, col.item, col.sku, col.name,  \
        col.qty, col.unit, col.discount, col.tax, col.ppm, col.cv, col.pv, col.need_line,          \
        col.need_item, col.need_qty, col.need_per, col.need_back, col.part_client, col.part_item,  \
        col.part_slot, col.part_qty, col.part_share

/* At a counter it is here already, and what goes out is paid and taken along. */
void return_commit(struct call *c, struct returning *r)
{
    struct arena *a = c->arena;
    const struct return_quote *q = &r->quote;
    struct wish_columns w = wish_columns(c, r);
    struct order_columns col;
    struct order_tenders tenders;
    if (!r->nout)
        r->exchange.catalogue = &call_market(c, r->facts.market)->catalogue;
    order_columns_fill(a, &r->exchange, &col);
    order_tenders_fill(a, r->tenders, r->ntenders, &tenders);
    if (r->shift)
        DB_ADD(call_write(c), Q_counter_return, RETURN_COLUMNS, r->shift,
               db_array_text(a, r->to, q->nbacks), tenders.kind, tenders.amount, tenders.ref);
    else
        DB_ADD(call_write(c), Q_return_ask, RETURN_COLUMNS);
    call_then(c, committed);
}
