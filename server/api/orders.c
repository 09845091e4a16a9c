/* Placing orders: idempotent by key, atomic in one database function, and only for the total that
 * the client has shown.
 *
 * An order whose caller and buyer this worker knows goes at once, in one round trip. Whatever is
 * then not as it was taken to be, and whatever is to be told about it, is found out by doing it the
 * long way: ask, price, place. */
#include "core/wire/json_out.h"
#include "core/wire/wire_order.h"
#include "server/api/candidates.h"
#include "server/api/counter.h"
#include "server/api/order_placing.h"
#include "server/api/order_store.h"
#include "server/api/order_tenders.h"
#include "server/api/routes.h"
#include "server/auth/digest.h"
#include "server/net/log.h"
#include "server/net/metrics.h"

#include <stdlib.h>
#include <string.h>

struct placing {
    struct pricing pricing;
    const char *key, *hash, *rev;
    int64_t expect_total;
    struct draft_tender *tenders;
    size_t ntenders;
    bool accept_duplicate, accept_age, is_duplicate;
    size_t earlier; /* statement: what the key has placed before */
    struct tender_sums sums;
    struct known *known; /* it was placed at once; or NULL */
};

/* ---- replies ---- */

static void reply_placed(struct call *c, enum status status, const char *number, const char *state,
                         const char *payment, int64_t total, int64_t due, const char *change,
                         const char *currency, int64_t exponent)
{
    struct text text;
    struct json_out out = {&text, false};
    text_init(&text, c->arena);
    json_out_open(&out, NULL, '{');
    json_out_string(&out, "number", number);
    json_out_string(&out, "state", state);
    json_out_string(&out, "payment", payment);
    json_out_int(&out, "total", total);
    json_out_int(&out, "due", due);
    if (change)
        json_out_int(&out, "change", strtoll(change, NULL, 10));
    json_out_string(&out, "currency", currency);
    json_out_int(&out, "exponent", exponent);
    json_out_close(&out, '}');
    call_header(c, "Location", arena_printf(c->arena, "/api/v1/orders/%s", number));
    call_reply_text(c, status, "application/json", text.data, text.len);
}

static void reused(struct call *c, const char *number)
{
    metric_add(METRIC_orders_refused, 1);
    call_problems(c, STATUS_KEY_REUSED, NULL, "order", json_string(number));
}

/* The key has placed an order before: the same request gets the same answer. */
static bool answer_earlier(struct call *c, struct placing *p, const struct db_batch *b, size_t s)
{
    if (!db_rows(b, s))
        return false;
    const char *number = db_value(b, s, 0, 0), *market = db_value(b, s, 0, 8);
    if (c->actor.market && strcmp(c->actor.market, market) != 0) {
        call_fail(c, STATUS_FORBIDDEN, NULL);
        return true;
    }
    if (strcmp(db_value(b, s, 0, 6), p->hash) != 0) {
        reused(c, number);
        return true;
    }
    metric_add(METRIC_orders_replayed, 1);
    reply_placed(c, STATUS_OK, number, db_value(b, s, 0, 1), db_value(b, s, 0, 2),
                 db_int(b, s, 0, 3), db_int(b, s, 0, 7), db_value(b, s, 0, 9), db_value(b, s, 0, 4),
                 db_int(b, s, 0, 5));
    return true;
}

static void refuse_problems(struct call *c, struct placing *p, enum status status)
{
    metric_add(METRIC_orders_refused, 1);
    call_problems(
        c, status, NULL, "problems",
        candidates_problems(c->arena, c->language, p->pricing.market, &p->pricing.quote.problems));
}

/* ---- after the commit ---- */

static void on_stock(struct call *c, struct placing *p, const char *detail)
{
    order_add_shortages(&p->pricing.quote, detail);
    refuse_problems(c, p, STATUS_STOCK_SHORT);
}

static void on_tender(struct call *c, struct placing *p, const char *detail)
{
    struct quote *q = &p->pricing.quote;
    order_add_tender_problem(&q->problems, detail, p->tenders, p->ntenders, q->catalogue->exponent);
    refuse_problems(c, p, STATUS_PROBLEMS);
}

static void on_placed(struct call *c, struct placing *p, const char *detail)
{
    (void)detail;
    const struct db_batch *b = c->batch;
    const char *number = db_value(b, 0, 0, 1);
    const struct catalogue *m = p->pricing.quote.catalogue;
    metric_add(METRIC_orders_placed, 1);
    if (p->known) {
        metric_add(METRIC_orders_placed_at_once, 1);
        known_used(c, p->known);
    }
    log_event(LOG_INFO_, "order_placed", "request", c->request->id, "number", number, "login",
              c->actor.login, NULL);
    const char *state = p->pricing.shift ? db_value(b, 0, 0, 5) : "placed";
    reply_placed(c, STATUS_CREATED, number, state, db_value(b, 0, 0, 2), db_int(b, 0, 0, 3),
                 p->sums.due.minor, p->pricing.shift ? db_value(b, 0, 0, 6) : NULL, m->currency,
                 m->exponent);
}

/* Somebody else placed this very key between our look and our commit. */
static void again_reply(struct call *c)
{
    struct placing *p = c->state;
    if (!answer_earlier(c, p, c->batch, 0))
        call_fail(c, STATUS_INTERNAL, NULL);
}

static void on_again(struct call *c, struct placing *p, const char *detail)
{
    (void)detail;
    DB_ADD(call_read(c), Q_order_by_key, p->key);
    call_then(c, again_reply);
}

static void on_stale(struct call *c, struct placing *p, const char *detail)
{
    (void)p;
    json_t *newer = json_loads(detail, 0, NULL);
    const char *rev = db_text_int(c->arena, json_integer_value(json_object_get(newer, "rev")));
    json_decref(newer);
    metric_add(METRIC_orders_refused, 1);
    call_problems(c, STATUS_STALE, NULL, "rev", json_string(rev));
}

static void on_locked(struct call *c, struct placing *p, const char *detail)
{
    (void)p, (void)detail;
    call_fail(c, STATUS_LOCKED, "somebody else has this draft open");
}

/* Somebody else has had the last use, the last of the budget: what it costs without is told. */
static void on_promotion(struct call *c, struct placing *p, const char *detail)
{
    (void)p, (void)detail;
    if (!call_again(c))
        call_fail(c, STATUS_UNAVAILABLE, "a promotion of the order is being used up");
}

static void on_facts(struct call *c, struct placing *p, const char *detail)
{
    (void)p, (void)detail;
    if (!call_again(c))
        call_fail(c, STATUS_UNAVAILABLE, "the distributor is being changed");
}

static void on_shift(struct call *c, struct placing *p, const char *detail)
{
    (void)p;
    metric_add(METRIC_orders_refused, 1);
    counter_refuse(c, detail);
}

static void on_wait(struct call *c, struct placing *p, const char *detail)
{
    (void)p;
    metric_add(METRIC_orders_refused, 1);
    order_refuse_tries(c, detail);
}

/* What order_place can say, and what follows. */
static const struct {
    const char *result;
    void (*answer)(struct call *c, struct placing *p, const char *detail);
} outcomes[] = {{"placed", on_placed},       {"again", on_again},   {"reused", on_again},
                {"stock", on_stock},         {"tender", on_tender}, {"facts", on_facts},
                {"promotion", on_promotion}, {"stale", on_stale},   {"locked", on_locked},
                {"shift", on_shift},         {"wait", on_wait}};

static void place_after_asking(struct call *c, struct placing *p);

static void committed(struct call *c)
{
    struct placing *p = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *detail = db_value(c->batch, 0, 0, 4);
    if (p->known && strcmp(result, "placed") != 0) {
        place_after_asking(c, p);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
        if (strcmp(outcomes[i].result, result) == 0) {
            outcomes[i].answer(c, p, detail ? detail : "{}");
            return;
        }
    log_event(LOG_ERROR_, "order_place_unknown_result", "result", result, NULL);
    call_fail(c, STATUS_INTERNAL, NULL);
}

/* ---- the commit ---- */

static void commit(struct call *c, struct placing *p)
{
    const struct order_terms terms = {.hash = p->hash,
                                      .rev = p->rev,
                                      .tenders = p->tenders,
                                      .ntenders = p->ntenders,
                                      .duplicate = p->is_duplicate,
                                      .age = order_asks_age(&p->pricing.quote),
                                      .accept_duplicate = p->accept_duplicate,
                                      .known = p->known};
    const char *order = order_placing(c, &p->pricing, &terms);
    if (order_tries_certificate(p->tenders, p->ntenders))
        DB_ADD(call_write(c), Q_certificate_place, p->key, order, p->pricing.shift,
               c->request->peer);
    else if (p->pricing.shift)
        DB_ADD(call_write(c), Q_counter_place, p->key, order, p->pricing.shift);
    else
        DB_ADD(call_write(c), Q_order_place, p->key, order);
    call_then(c, committed);
}

/* ---- deciding ---- */

/* Statuses of the first reason that keeps the order from being placed; STATUS_OK goes on. */
static enum status verdict_of_price(struct call *c, struct placing *p)
{
    struct quote *q = &p->pricing.quote;
    bool distributor_pays = !order_type_info(p->pricing.draft.type)->needs_customer;
    unsigned kinds = order_tender_kinds(c, distributor_pays, p->pricing.shift);
    quote_tenders(q, &p->pricing.buyer, kinds, p->tenders, p->ntenders, &p->sums);
    size_t stops = problems_stops(&q->problems), shortages = 0;
    for (size_t i = 0; i < q->problems.count; i++)
        shortages += q->problems.items[i].code == PROBLEM_stock_short;
    if (stops > shortages)
        return STATUS_PROBLEMS;
    if (shortages)
        return STATUS_STOCK_SHORT;
    return q->total.minor == p->expect_total ? STATUS_OK : STATUS_TOTAL_CHANGED;
}

static enum status verdict(struct call *c, struct placing *p)
{
    enum status status = verdict_of_price(c, p);
    if (status != STATUS_OK)
        return status;
    p->is_duplicate = pricing_check_duplicate(c, &p->pricing);
    bool asks = (p->is_duplicate && !p->accept_duplicate) ||
                (order_asks_age(&p->pricing.quote) && !p->accept_age);
    return asks ? STATUS_PROBLEMS : STATUS_OK;
}

static void decide(struct call *c)
{
    struct placing *p = c->state;
    if (answer_earlier(c, p, c->batch, p->earlier))
        return;
    pricing_decide(c, &p->pricing);
    known_keep(c, &p->pricing);
    enum status status = verdict(c, p);
    if (status == STATUS_OK) {
        commit(c, p);
    } else if (status == STATUS_TOTAL_CHANGED) {
        metric_add(METRIC_orders_refused, 1);
        call_problems(c, status, NULL, "quote", pricing_write(c, &p->pricing));
    } else {
        refuse_problems(c, p, status);
    }
}

static void place_after_asking(struct call *c, struct placing *p)
{
    p->known = NULL;
    call_unsign(c);
    pricing_ask(c, &p->pricing);
    p->earlier = DB_ADD(call_read(c), Q_order_by_key, p->key);
    call_then(c, decide);
}

/* False when that cannot be: it is asked about, who wants it is not known, or a number is tried,
 * which is to count once. */
static bool place_at_once(struct call *c, struct placing *p)
{
    bool must_ask =
        c->tries || p->pricing.shift || order_tries_certificate(p->tenders, p->ntenders);
    struct known *known = must_ask ? NULL : known_find(c, &p->pricing);
    if (!known || !call_sign(c, &known->actor))
        return false;
    known_decide(c, &p->pricing, known);
    if (verdict_of_price(c, p) != STATUS_OK ||
        (order_asks_age(&p->pricing.quote) && !p->accept_age))
        return false;
    p->known = known;
    commit(c, p);
    return true;
}

/* ---- the request ---- */

/* As programs write it: what is hashed is the canonical text, which this is. */
static bool read_plain(struct call *c, struct placing *p)
{
    struct wire_order order;
    const struct http_request *request = c->request;
    if (!wire_order_read(c->arena, request->body, request->body_len, &order))
        return false;
    p->pricing.draft = order.draft;
    p->rev = order.rev;
    p->expect_total = order.expect_total;
    p->tenders = order.tenders;
    p->ntenders = order.ntenders;
    p->accept_duplicate = order.accept_duplicate;
    p->accept_age = order.accept_age;
    char *hash = arena_alloc(c->arena, DIGEST_HEX);
    digest_hex(request->body, request->body_len, hash);
    p->hash = hash;
    return true;
}

static bool read_any(struct call *c, struct placing *p)
{
    static const char *const also[] = {"rev", "expect_total", "tenders", "accept", "shift", NULL};
    if (!call_body(c))
        return false;
    wire_integer(&c->reader, c->body, "", "expect_total", true, &p->expect_total);
    if (wire_string(&c->reader, c->body, "", "rev", 18, false, &p->rev) &&
        (!p->rev[0] || p->rev[strspn(p->rev, "0123456789")]))
        wire_bad_value(&c->reader, "", "rev", p->rev);
    p->ntenders = wire_tenders_read(&c->reader, c->body, &p->tenders);
    order_read_accept(c, &p->accept_duplicate, &p->accept_age);
    p->hash = call_body_hash(c);
    if (!pricing_read(c, also, &p->pricing))
        return false;
    pricing_read_shift(c, &p->pricing);
    return call_body_ok(c);
}

void order_create(struct call *c)
{
    struct placing *p = ARENA_NEW(c->arena, struct placing);
    c->state = p;
    if (!(p->key = call_key(c)) || (!read_plain(c, p) && !read_any(c, p)) ||
        !pricing_begin(c, &p->pricing))
        return;
    if (!place_at_once(c, p))
        place_after_asking(c, p);
}
