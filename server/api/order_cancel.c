/* Taking an order back. */
#include "server/api/order_cancel.h"

#include "core/order_state.h"
#include "core/text.h"
#include "server/api/order_actor.h"
#include "server/api/order_head.h"
#include "server/api/routes.h"
#include "server/net/log.h"

#include <string.h>

bool order_may_be_cancelled(const struct call *c, size_t s, struct problems *problems)
{
    const struct db_batch *b = c->batch;
    unsigned office = ROLE_BIT(office) | ROLE_BIT(supervisor);
    struct order_cancel cancel = {
        .order = db_value(b, s, 0, COL_NUMBER),
        .state = db_value(b, s, 0, COL_STATE),
        .taker = db_value(b, s, 0, COL_PLACED_BY),
        .until = db_value(b, s, 0, COL_CANCEL_UNTIL_SAY),
        .is_taker = strcmp(db_value(b, s, 0, COL_TAKER), c->actor.login_id) == 0,
        .in_time = db_bool(b, s, 0, COL_IN_TIME),
        .is_office = c->actor.roles & office,
    };
    return order_cancel_may(&cancel, problems);
}

struct cancelling {
    const char *key, *hash, *reason;
    int exponent;
};

bool order_answer_move(struct call *c, const char *event)
{
    const char *result = db_value(c->batch, 0, 0, 0), *state = db_value(c->batch, 0, 0, 1);
    if (strcmp(result, "unknown") == 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "state") == 0) {
        return false;
    } else {
        if (strcmp(result, "again") != 0)
            log_event(LOG_INFO_, event, "request", c->request->id, "number", c->params[0], "login",
                      c->actor.login, NULL);
        call_reply(c, STATUS_OK, json_pack("{s:s,s:s}", "number", c->params[0], "state", state));
    }
    return true;
}

/* "...4711 (70.00 of 100.00 left)": of each that is spent. */
static const char *spent_say(struct call *c, const char *detail, int exponent)
{
    struct text say;
    text_init(&say, c->arena);
    json_t *why = json_loads(detail, 0, NULL), *spent = json_object_get(why, "spent"), *one;
    size_t i;
    json_array_foreach(spent, i, one)
    {
        char left[MONEY_TEXT], all[MONEY_TEXT];
        money_format(left, money_of(json_integer_value(json_object_get(one, "left"))), exponent,
                     true);
        money_format(all, money_of(json_integer_value(json_object_get(one, "amount"))), exponent,
                     true);
        text_printf(&say, "%s...%s %s/%s", i ? ", " : "",
                    json_string_value(json_object_get(one, "last")), left, all);
    }
    json_decref(why);
    return say.data;
}

void order_certificates_spent(struct call *c, const char *detail, int exponent)
{
    struct problem *p = problems_add(&c->problems, PROBLEM_certificates_spent, "", NULL);
    problem_set_text(p, "order", c->params[0]);
    problem_set_text(p, "spent", spent_say(c, detail, exponent));
}

static void cancel_reply(struct call *c)
{
    const char *state = db_value(c->batch, 0, 0, 1);
    if (strcmp(db_value(c->batch, 0, 0, 0), "certificates") == 0) {
        const struct cancelling *s = c->state;
        order_certificates_spent(c, db_value(c->batch, 0, 0, 2), s->exponent);
        call_problems(c, STATUS_STATE, &c->problems, "state", json_string(state));
        return;
    }
    if (order_answer_move(c, "order_cancelled"))
        return;
    order_cancel_may(&(struct order_cancel){.order = c->params[0], .state = state}, &c->problems);
    call_problems(c, STATUS_STATE, &c->problems, "state", json_string(state));
}

/* The one who took it and when it was do not change, so that may be decided here; whether it has
 * been picked or cancelled meanwhile, the commit looks at again. A cancelled one goes on: the same
 * key is to get the same answer. */
static void cancel_decide(struct call *c)
{
    struct cancelling *s = c->state;
    if (!db_rows(c->batch, 0)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    const char *state = db_value(c->batch, 0, 0, COL_STATE);
    if (strcmp(state, "cancelled") != 0 && !order_may_be_cancelled(c, 0, &c->problems)) {
        if (order_state_may_go(state, "cancelled"))
            call_fail(c, STATUS_PROBLEMS, NULL);
        else
            call_problems(c, STATUS_STATE, &c->problems, "state", json_string(state));
        return;
    }
    s->exponent = (int)db_int(c->batch, 0, 0, COL_EXPONENT);
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
