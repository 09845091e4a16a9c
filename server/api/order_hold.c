/* Holding a placed order back from release, and letting it go on. */
#include "core/order_state.h"
#include "server/api/order_actor.h"
#include "server/api/routes.h"

#include <string.h>

struct holding {
    const char *key, *hash, *reason;
    bool hold;
};

static void hold_reply(struct call *c)
{
    const struct holding *h = c->state;
    const char *state = db_value(c->batch, 0, 0, 1);
    if (order_answer_move(c, h->hold ? "order_held" : "order_unheld"))
        return;
    order_hold_may(c->params[0], state, h->hold, &c->problems);
    call_problems(c, STATUS_STATE, &c->problems, "state", json_string(state));
}

static void hold_decide(struct call *c)
{
    const struct holding *h = c->state;
    if (!db_rows(c->batch, 0)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    DB_ADD(call_write(c), Q_order_hold, c->params[0], h->key, h->hash, c->actor.login_id,
           c->actor.acting_for, h->hold ? "on_hold" : "placed", h->reason, c->request->id);
    call_then(c, hold_reply);
}

/* Whether the order is of the actor's market. */
static void hold_look(struct call *c)
{
    DB_ADD(call_read(c), Q_order_get, c->params[0], c->actor.market);
    call_then(c, hold_decide);
}

static void hold_load(struct call *c, bool hold)
{
    static const char *const names[] = {"reason", NULL};
    struct holding *h = c->state = ARENA_NEW(c->arena, struct holding);
    *h = (struct holding){.reason = "", .hold = hold};
    if (!(h->key = call_key(c)) || !call_body(c))
        return;
    wire_string(&c->reader, c->body, "", "reason", 200, false, &h->reason);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    h->hash = arena_printf(c->arena, "%s %s %s", hold ? "hold" : "unhold", c->params[0],
                           call_body_hash(c));
    call_read(c);
    call_then(c, hold_look);
}

void order_hold(struct call *c)
{
    hold_load(c, true);
}

void order_unhold(struct call *c)
{
    hold_load(c, false);
}
