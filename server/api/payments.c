/* Paying a placed order, letting it go to the warehouse, and what its buyer could pay with. */
#include "core/tender.h"
#include "server/api/counter.h"
#include "server/api/order_head.h"
#include "server/api/order_tenders.h"
#include "server/api/routes.h"
#include "server/net/log.h"

#include <string.h>

struct paying {
    const char *key, *hash;
    struct draft_tender *tenders;
    size_t ntenders;
    size_t head, earlier; /* statements */
    int exponent;
    const char *shift; /* at a till; or NULL */
    bool is_hand_over; /* and given out */
};

/* What a function has said in (result, reply) that every one of these can say; false: something of
 * its own. */
static bool answer_common(struct call *c, const char *result, const char *reply)
{
    if (strcmp(result, "unknown") == 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "state") == 0) {
        json_t *now = json_loads(reply, 0, NULL);
        call_problems(c, STATUS_STATE, NULL, "state", json_incref(json_object_get(now, "state")));
        json_decref(now);
    } else if (strcmp(result, "again") == 0 || strcmp(result, "paid") == 0 ||
               strcmp(result, "released") == 0 || strcmp(result, "given") == 0) {
        call_reply_text(c, STATUS_OK, "application/json", reply, strlen(reply));
    } else {
        return false;
    }
    return true;
}

static void no_order(struct call *c)
{
    call_fail(c, STATUS_NOT_FOUND, "there is no such order");
}

/* ---- paying what is due ---------------------------------------------------------------------- */

static void pay_reply(struct call *c)
{
    struct paying *p = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    if (answer_common(c, result, reply) || counter_answer(c, result, reply))
        return;
    if (strcmp(result, "wait") == 0) {
        order_refuse_tries(c, reply);
        return;
    }
    order_add_tender_problem(&c->problems, reply, p->tenders, p->ntenders, p->exponent);
    call_fail(c, STATUS_PROBLEMS, NULL);
}

static void pay_decide(struct call *c)
{
    struct paying *p = c->state;
    struct tender_sums sums;
    struct order_tenders columns;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, p->head)) {
        no_order(c);
        return;
    }
    p->exponent = (int)db_int(b, p->head, 0, COL_EXPONENT);
    /* Whoever asks again under a key that has paid gets its answer, whatever is due by now; that it
     * is cancelled, the commit tells. */
    if (!db_rows(b, p->earlier) && strcmp(db_value(b, p->head, 0, COL_STATE), "cancelled") != 0)
        tenders_take(&c->problems, money_of(db_int(b, p->head, 0, COL_DUE)), p->exponent,
                     order_tender_kinds(c, !db_value(b, p->head, 0, COL_CUSTOMER), p->shift),
                     p->tenders, p->ntenders, &sums);
    if (c->problems.count) {
        call_fail(c, STATUS_PROBLEMS, NULL);
        return;
    }
    order_tenders_fill(c->arena, p->tenders, p->ntenders, &columns);
    if (order_tries_certificate(p->tenders, p->ntenders))
        DB_ADD(call_write(c), Q_certificate_pay, c->params[0], c->actor.market, p->key, p->hash,
               c->actor.login_id, c->actor.acting_for, c->request->id, columns.kind, columns.amount,
               columns.ref, c->request->peer, p->shift, p->is_hand_over ? "t" : "f");
    else if (p->shift)
        DB_ADD(call_write(c), p->is_hand_over ? Q_counter_hand_over : Q_counter_pay, c->params[0],
               c->actor.market, p->key, p->hash, c->actor.login_id, c->actor.acting_for,
               c->request->id, p->shift, columns.kind, columns.amount, columns.ref);
    else
        DB_ADD(call_write(c), Q_order_pay, c->params[0], c->actor.market, p->key, p->hash,
               c->actor.login_id, c->actor.acting_for, c->request->id, columns.kind, columns.amount,
               columns.ref);
    call_then(c, pay_reply);
}

static void pay_look(struct call *c)
{
    struct paying *p = c->state;
    p->head = DB_ADD(call_read(c), Q_order_get, c->params[0], c->actor.market);
    p->earlier = DB_ADD(call_read(c), Q_key_done, p->key);
    call_then(c, pay_decide);
}

static void pay_start(struct call *c, bool is_hand_over)
{
    static const char *const names[] = {"tenders", "shift", NULL};
    struct paying *p = c->state = ARENA_NEW(c->arena, struct paying);
    if (!(p->key = call_key(c)) || !call_body(c))
        return;
    p->is_hand_over = is_hand_over;
    p->ntenders = wire_tenders_read(&c->reader, c->body, &p->tenders);
    counter_read_shift(c, is_hand_over, &p->shift);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!p->ntenders && !is_hand_over)
        wire_bad_value(&c->reader, "", "tenders", "none");
    if (!call_body_ok(c))
        return;
    p->hash = arena_printf(c->arena, "%s %s %s", is_hand_over ? "hand over" : "pay", c->params[0],
                           call_body_hash(c));
    call_read(c);
    call_then(c, pay_look);
}

void order_pay(struct call *c)
{
    pay_start(c, false);
}

/* What is due of it is paid in the same breath. */
void order_hand_over(struct call *c)
{
    pay_start(c, true);
}

/* ---- letting it go --------------------------------------------------------------------------- */

static void release_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    if (answer_common(c, result, reply))
        return;
    json_t *now = json_loads(reply, 0, NULL);
    struct problem *problem =
        problems_add(&c->problems, PROBLEM_release_unpaid, "/payment", c->params[0]);
    problem_set_name(problem, "payment", "payment",
                     arena_strdup(c->arena, json_string_value(json_object_get(now, "payment"))));
    json_decref(now);
    call_fail(c, STATUS_PROBLEMS, NULL);
}

static void release_store(struct call *c)
{
    struct paying *p = c->state;
    DB_ADD(call_write(c), Q_order_release, c->params[0], c->actor.market, p->key, p->hash,
           c->actor.login_id, c->request->id);
    call_then(c, release_reply);
}

void order_release(struct call *c)
{
    static const char *const names[] = {NULL};
    struct paying *p = c->state = ARENA_NEW(c->arena, struct paying);
    if (!(p->key = call_key(c)) || !call_body(c))
        return;
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    p->hash = arena_printf(c->arena, "release %s", c->params[0]);
    call_read(c);
    call_then(c, release_store);
}

/* ---- what there is to pay with --------------------------------------------------------------- */

struct means {
    const char *distributor, *customer;
    size_t head, cards;
};

static void means_reply(struct call *c)
{
    static const char *const head[] = {"market",  "currency", "#exponent", "#balance",
                                       "#credit", "#pending", "usable_on", NULL};
    static const char *const card[] = {"id", "brand", "last4", "expires", "?default", NULL};
    struct means *m = c->state;
    if (!db_rows(c->batch, m->head)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such buyer");
        return;
    }
    json_t *reply = call_row(c->batch, m->head, 0, head);
    json_object_set_new(reply, "cards", call_rows(c->batch, m->cards, card));
    call_reply(c, STATUS_OK, reply);
}

static void means_look(struct call *c)
{
    struct means *m = c->state;
    m->head = DB_ADD(call_read(c), Q_buyer_means, m->distributor, m->customer, c->actor.market);
    m->cards = DB_ADD(call_read(c), Q_buyer_cards, m->distributor, m->customer, c->actor.market);
    call_then(c, means_reply);
}

void means_get(struct call *c)
{
    struct means *m = c->state = ARENA_NEW(c->arena, struct means);
    m->distributor = http_query(c->request, "distributor");
    m->customer = http_query(c->request, "customer");
    if (!m->distributor) {
        call_fail(c, STATUS_MALFORMED, "say whose: ?distributor=");
        return;
    }
    call_read(c);
    call_then(c, means_look);
}
