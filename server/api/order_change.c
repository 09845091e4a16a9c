/* Changing an order that was placed and is not released: lines, address, note. It is priced as a
 * draft would be, on the day and from the list that it was placed with, its own stock counted as
 * free; what is in the books is reversed, never overwritten. */
#include "core/order_state.h"
#include "server/api/candidates.h"
#include "server/api/order_head.h"
#include "server/api/order_store.h"
#include "server/api/routes.h"
#include "server/net/log.h"
#include "server/net/metrics.h"

#include <string.h>

struct changing {
    struct pricing pricing;
    const char *key, *hash, *version, *reason;
    bool preview, accept_age, age_confirmed;
    int64_t expect_total;
    struct draft_tender *tenders;
    size_t ntenders;
    size_t done, head, lines, holds, confirmed; /* statements */
    const char *now_version;
    int64_t paid, was_total, was_due, was_cv, was_pv;
    struct money from_balance;
};

static void refuse(struct call *c, struct changing *g, enum status status)
{
    call_problems(
        c, status, NULL, "problems",
        candidates_problems(c->arena, c->language, g->pricing.market, &g->pricing.quote.problems));
}

/* ---- after the commit ---- */

static void on_changed(struct call *c, struct changing *g, const char *reply)
{
    (void)g;
    log_event(LOG_INFO_, "order_changed", "request", c->request->id, "number", c->params[0],
              "login", c->actor.login, NULL);
    call_reply_text(c, STATUS_OK, "application/json", reply, strlen(reply));
}

static void on_again(struct call *c, struct changing *g, const char *reply)
{
    (void)g;
    metric_add(METRIC_orders_replayed, 1);
    call_reply_text(c, STATUS_OK, "application/json", reply, strlen(reply));
}

static void on_reused(struct call *c, struct changing *g, const char *reply)
{
    (void)g, (void)reply;
    call_fail(c, STATUS_KEY_REUSED, NULL);
}

static void on_state(struct call *c, struct changing *g, const char *reply)
{
    (void)g;
    json_t *now = json_loads(reply, 0, NULL);
    const char *state = arena_strdup(c->arena, json_string_value(json_object_get(now, "state")));
    json_decref(now);
    order_change_may(c->params[0], state, &c->problems);
    call_problems(c, STATUS_STATE, &c->problems, "state", json_string(state));
}

static void on_stale(struct call *c, struct changing *g, const char *reply)
{
    (void)g, (void)reply;
    call_fail(c, STATUS_STALE, NULL);
}

static void on_facts(struct call *c, struct changing *g, const char *reply)
{
    (void)g, (void)reply;
    if (!call_again(c))
        call_fail(c, STATUS_UNAVAILABLE, "the distributor is being changed");
}

static void on_stock(struct call *c, struct changing *g, const char *reply)
{
    order_add_shortages(&g->pricing.quote, reply);
    refuse(c, g, STATUS_STOCK_SHORT);
}

static void on_balance(struct call *c, struct changing *g, const char *reply)
{
    order_add_balance_short(&g->pricing.quote, reply, g->from_balance);
    refuse(c, g, STATUS_PROBLEMS);
}

/* A line of the draft as it now stands, by its id. */
static const char *sku_of_line(const struct pricing *pr, const char *id)
{
    for (size_t i = 0; i < pr->draft.nlines; i++)
        if (strcmp(pr->draft.lines[i].id, id) == 0)
            return pr->draft.lines[i].sku;
    return "";
}

static void on_certificates(struct call *c, struct changing *g, const char *reply)
{
    json_t *why = json_loads(reply, 0, NULL);
    const char *line = arena_strdup(c->arena, json_string_value(json_object_get(why, "line")));
    json_decref(why);
    problem_set_text(
        problems_add(&g->pricing.quote.problems, PROBLEM_certificates_issued, "/lines", line),
        "sku", sku_of_line(&g->pricing, line));
    refuse(c, g, STATUS_PROBLEMS);
}

static void on_unknown(struct call *c, struct changing *g, const char *reply)
{
    (void)g, (void)reply;
    call_fail(c, STATUS_NOT_FOUND, "there is no such order");
}

/* What order_change can say, and what follows. */
static const struct {
    const char *result;
    void (*answer)(struct call *c, struct changing *g, const char *reply);
} outcomes[] = {{"changed", on_changed},
                {"again", on_again},
                {"reused", on_reused},
                {"unknown", on_unknown},
                {"state", on_state},
                {"stale", on_stale},
                {"facts", on_facts},
                {"promotion", on_facts},
                {"stock", on_stock},
                {"balance", on_balance},
                {"certificates", on_certificates}};

static void committed(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
        if (strcmp(outcomes[i].result, result) == 0) {
            outcomes[i].answer(c, c->state, reply ? reply : "{}");
            return;
        }
    log_event(LOG_ERROR_, "order_change_unknown_result", "result", result, NULL);
    call_fail(c, STATUS_INTERNAL, NULL);
}

static void commit(struct call *c, struct changing *g)
{
    const struct pricing *pr = &g->pricing;
    const struct quote *q = &pr->quote;
    struct arena *a = c->arena;
    struct order_columns col;
    order_columns_fill(a, q, &col);
    DB_ADD(call_write(c), Q_order_change, c->params[0], g->key, g->hash, c->actor.login_id,
           c->actor.acting_for, c->request->id, g->reason, g->version, pr->distributor_version,
           q->region, order_minor(a, q->goods), order_minor(a, q->discount),
           order_minor(a, q->delivery), order_minor(a, q->delivery_tax), order_minor(a, q->tax),
           order_minor(a, q->tax_added), order_minor(a, q->total), db_text_int(a, q->cv.hundredths),
           db_text_int(a, q->pv.hundredths), destination_name(pr->draft.destination),
           order_ship_to(a, &pr->buyer, pr->draft.method), pr->draft.note, pr->fingerprint,
           order_minor(a, g->from_balance), col.client, col.item, col.sku, col.name, col.qty,
           col.unit, col.discount, col.tax, col.ppm, col.cv, col.pv, col.need_line, col.need_item,
           col.need_qty, col.need_per, col.need_back, order_promotions(a, pr),
           order_confirmed_text(a, false, order_asks_age(q) && !g->age_confirmed), col.part_client,
           col.part_item, col.part_slot, col.part_qty, col.part_share);
    call_then(c, committed);
}

/* ---- deciding ---- */

/* Tenders pay what the change costs more than was paid; what they leave over is due. */
static void check_tenders(struct changing *g)
{
    struct pricing *pr = &g->pricing;
    struct quote *q = &pr->quote;
    struct tender_sums sums;
    quote_tenders(q, &pr->buyer,
                  TENDER_BIT(later) |
                      (order_type_info(pr->draft.type)->needs_customer ? 0 : TENDER_BIT(balance)),
                  g->tenders, g->ntenders, &sums);
    g->from_balance = sums.from_balance;
    int64_t needed = q->total.minor > g->paid ? q->total.minor - g->paid : 0;
    if (problems_stops(&q->problems) || g->from_balance.minor <= needed)
        return;
    struct problem *p = problems_add(&q->problems, PROBLEM_tenders_exceed, "/tenders", NULL);
    problem_set_money(p, "sum", g->from_balance.minor, q->catalogue->exponent);
    problem_set_money(p, "total", needed, q->catalogue->exponent);
}

static enum status verdict(struct changing *g)
{
    struct quote *q = &g->pricing.quote;
    size_t shortages = 0;
    check_tenders(g);
    for (size_t i = 0; i < q->problems.count; i++)
        shortages += q->problems.items[i].code == PROBLEM_stock_short;
    if (problems_stops(&q->problems) > shortages)
        return STATUS_PROBLEMS;
    if (shortages)
        return STATUS_STOCK_SHORT;
    if (q->total.minor != g->expect_total)
        return STATUS_TOTAL_CHANGED;
    bool asks = order_asks_age(q) && !g->age_confirmed && !g->accept_age;
    return asks ? STATUS_PROBLEMS : STATUS_OK;
}

/* What it was, what it would be, and where the difference would go. */
static void reply_preview(struct call *c, struct changing *g)
{
    check_tenders(g);
    int64_t total = g->pricing.quote.total.minor;
    int64_t open = total - g->paid - g->from_balance.minor;
    json_t *was =
        json_pack("{s:I,s:I,s:I,s:I}", "total", (json_int_t)g->was_total, "due",
                  (json_int_t)g->was_due, "cv", (json_int_t)g->was_cv, "pv", (json_int_t)g->was_pv);
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:o,s:o,s:I,s:I,s:I,s:I}", "number", c->params[0], "version",
                         g->now_version, "was", was, "quote", pricing_write(c, &g->pricing),
                         "difference", (json_int_t)(total - g->was_total), "paid",
                         (json_int_t)g->paid, "due", (json_int_t)(open > 0 ? open : 0), "refunded",
                         (json_int_t)(total < g->paid ? g->paid - total : 0)));
}

static void decide(struct call *c)
{
    struct changing *g = c->state;
    pricing_decide(c, &g->pricing);
    if (g->preview) {
        reply_preview(c, g);
        return;
    }
    enum status status = verdict(g);
    if (status == STATUS_OK)
        commit(c, g);
    else if (status == STATUS_TOTAL_CHANGED)
        call_problems(c, status, NULL, "quote", pricing_write(c, &g->pricing));
    else
        refuse(c, g, status);
}

/* ---- the order as a draft that is changed ---- */

static json_t *lines_as_draft(const struct db_batch *b, size_t s)
{
    enum { CLIENT_ID, SKU, QTY, BACK_ORDERED, PICKS, CHOICES, VALUE };
    json_t *lines = json_array();
    for (size_t i = 0; i < db_rows(b, s); i++) {
        json_t *line =
            json_pack("{s:s,s:s,s:I,s:b,s:s?,s:o}", "id", db_value(b, s, i, CLIENT_ID), "sku",
                      db_value(b, s, i, SKU), "qty", (json_int_t)db_int(b, s, i, QTY), "backorder",
                      db_bool(b, s, i, BACK_ORDERED), "picks", db_value(b, s, i, PICKS), "choices",
                      wire_choices_write(db_value(b, s, i, CHOICES)));
        if (db_value(b, s, i, VALUE))
            json_object_set_new(line, "value", json_integer(db_int(b, s, i, VALUE)));
        json_array_append_new(lines, line);
    }
    return lines;
}

static json_t *ship_to_as_draft(const struct db_batch *b, size_t s)
{
    json_t *ship =
        order_ship_to_read(db_value(b, s, 0, COL_DESTINATION), db_value(b, s, 0, COL_SHIP_TO));
    if (json_is_null(json_object_get(ship, "address")))
        json_object_del(ship, "address");
    return ship;
}

/* What the request says in place of what the order has. */
static json_t *changed_or(const struct call *c, const char *name, json_t *else_value)
{
    json_t *value = json_object_get(c->body, name);
    if (!value || json_is_null(value))
        return else_value;
    json_decref(else_value);
    return json_incref(value);
}

static void release_json(void *value)
{
    json_decref(value);
}

static bool read_draft(struct call *c, struct changing *g)
{
    const struct db_batch *b = c->batch;
    size_t s = g->head;
    const char *list = db_value(b, s, 0, COL_LIST), *customer = db_value(b, s, 0, COL_CUSTOMER);
    json_t *draft = json_pack(
        "{s:s,s:s,s:s,s:s?,s:o,s:o,s:o,s:o,s:s,s:s}", "market", db_value(b, s, 0, COL_MARKET),
        "type", db_value(b, s, 0, COL_TYPE), "distributor", db_value(b, s, 0, COL_DISTRIBUTOR),
        "customer", customer, "lines", changed_or(c, "lines", lines_as_draft(b, g->lines)),
        "ship_to", changed_or(c, "ship_to", ship_to_as_draft(b, s)), "coupons",
        changed_or(c, "coupons", json_loads(db_value(b, s, 0, COL_COUPONS), 0, NULL)), "note",
        changed_or(c, "note", json_string(db_value(b, s, 0, COL_NOTE))), "price_list", list, "date",
        db_value(b, s, 0, COL_DATE));
    arena_defer(c->arena, release_json, draft);
    wire_draft_read(&c->reader, draft, NULL, &g->pricing.draft);
    g->pricing.order = c->params[0];
    g->pricing.channel = db_value(b, s, 0, COL_CHANNEL);
    return call_body_ok(c);
}

/* What the order has reserved is as good as free for it. */
static void read_holds(struct call *c, struct changing *g)
{
    const struct db_batch *b = c->batch;
    size_t n = db_rows(b, g->holds);
    struct stock_held *held = ARENA_ARRAY(c->arena, struct stock_held, n);
    for (size_t i = 0; i < n; i++)
        held[i] = (struct stock_held){db_int(b, g->holds, i, 0), db_int(b, g->holds, i, 1)};
    g->pricing.held = held;
    g->pricing.nheld = n;
}

static void read_was(const struct call *c, struct changing *g)
{
    const struct db_batch *b = c->batch;
    g->now_version = db_value(b, g->head, 0, COL_VERSION);
    g->was_total = db_int(b, g->head, 0, COL_TOTAL);
    g->was_due = db_int(b, g->head, 0, COL_DUE);
    g->was_cv = db_int(b, g->head, 0, COL_CV);
    g->was_pv = db_int(b, g->head, 0, COL_PV);
    g->paid = g->was_total - g->was_due;
    for (size_t i = 0; i < db_rows(b, g->confirmed); i++)
        g->age_confirmed |= strcmp(db_value(b, g->confirmed, i, 0), "age") == 0;
}

static void change_price(struct call *c)
{
    struct changing *g = c->state;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, g->head)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    if (!g->preview && db_rows(b, g->done)) {
        bool same = strcmp(db_value(b, g->done, 0, 0), g->hash) == 0;
        (same ? on_again : on_reused)(c, g, db_value(b, g->done, 0, 1));
        return;
    }
    const char *state = db_value(b, g->head, 0, COL_STATE);
    if (!order_change_may(c->params[0], state, &c->problems)) {
        call_problems(c, STATUS_STATE, &c->problems, "state", json_string(state));
        return;
    }
    if (g->version && strcmp(g->version, db_value(b, g->head, 0, COL_VERSION)) != 0) {
        call_fail(c, STATUS_STALE, NULL);
        return;
    }
    read_was(c, g);
    read_holds(c, g);
    if (read_draft(c, g) && pricing_want(c, &g->pricing))
        call_then(c, decide);
}

static void change_look(struct call *c)
{
    struct changing *g = c->state;
    const char *number = c->params[0];
    g->head = DB_ADD(call_read(c), Q_order_get, number, c->actor.market);
    g->lines = DB_ADD(call_read(c), Q_order_keyed_lines, number);
    g->holds = DB_ADD(call_read(c), Q_order_holds, number);
    g->confirmed = DB_ADD(call_read(c), Q_order_confirmations, number);
    /* Last: whoever sees the order as the key has changed it sees the key as well. */
    g->done = DB_ADD(call_read(c), Q_key_done, g->key);
    call_then(c, change_price);
}

/* ---- the request ---- */

static bool read_preview(struct call *c, struct changing *g)
{
    const char *preview = http_query(c->request, "preview");
    g->preview = preview && strcmp(preview, "true") == 0;
    if (preview && !g->preview && strcmp(preview, "false") != 0) {
        call_fail(c, STATUS_MALFORMED, "preview is true or false");
        return false;
    }
    return g->preview || ((g->key = call_key(c)) && (g->version = call_if_match(c)));
}

void order_change(struct call *c)
{
    static const char *const names[] = {"lines",   "ship_to", "coupons", "note", "expect_total",
                                        "tenders", "reason",  "accept",  NULL};
    struct changing *g = c->state = ARENA_NEW(c->arena, struct changing);
    *g = (struct changing){.reason = ""};
    if (!read_preview(c, g) || !call_body(c))
        return;
    wire_integer(&c->reader, c->body, "", "expect_total", !g->preview, &g->expect_total);
    wire_string(&c->reader, c->body, "", "reason", 200, false, &g->reason);
    g->ntenders = wire_tenders_read(&c->reader, c->body, &g->tenders);
    bool duplicate = false;
    order_read_accept(c, &duplicate, &g->accept_age);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!json_object_get(c->body, "lines") && !json_object_get(c->body, "ship_to") &&
        !json_object_get(c->body, "note") && !json_object_get(c->body, "coupons"))
        problems_add(&c->problems, PROBLEM_change_nothing, "", NULL);
    if (!call_body_ok(c))
        return;
    g->hash = arena_printf(c->arena, "change %s %s", c->params[0], call_body_hash(c));
    call_read(c);
    call_then(c, change_look);
}
