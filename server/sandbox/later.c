#include "server/sandbox/later.h"

#include "server/sandbox/charge.h"
#include "server/sandbox/dispute.h"
#include "server/sandbox/payment.h"
#include "server/sandbox/session.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 200, MINUTE_MS = 60000 };

struct laters {
    struct sandbox *sandbox;
    struct loop_timer *look, *minute;
};

static void refund_succeeds(struct call *call, json_t *refund)
{
    charge_refund_ends(call, refund, true);
}

static void refund_fails(struct call *call, json_t *refund)
{
    charge_refund_ends(call, refund, false);
}

static const struct {
    const char *what;
    void (*come)(struct call *call, json_t *target);
} rows[] = {
    {"settle", payment_settle},
    {"dispute", dispute_opens},
    {"dispute_won", dispute_won},
    {"dispute_lost", dispute_lost},
    {"dispute_escalates", dispute_escalates},
    {"refund", refund_succeeds},
    {"refund_fails", refund_fails},
};

void later_add(struct call *call, const char *what, const char *target, int64_t seconds)
{
    json_t *later = call_new(call, "later", "ltr_");
    set_text(later, "what", what);
    set_text(later, "target", target);
    set_int(later, "due", call->now + seconds);
}

static void come(struct sandbox *sandbox, const json_t *later)
{
    struct arena *arena = arena_new();
    struct call call;
    call_init(&call, sandbox, arena);
    json_t *target = change_edit(&call.change, get_text(later, "target"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].what, get_text(later, "what")) == 0)
            rows[i].come(&call, target);
    change_drop(&call.change, get_text(later, "id"));
    sandbox_commit(sandbox, &call.change);
    arena_free(arena);
}

static void look(void *arg)
{
    struct laters *laters = arg;
    struct store *store = laters->sandbox->store;
    for (size_t i = store_count(store, "later"); i-- > 0;) {
        const json_t *later = store_get(store, store_id(store, "later", i));
        if (get_int(later, "due") <= sandbox_now(laters->sandbox))
            come(laters->sandbox, later);
    }
}

static void each_minute(void *arg)
{
    struct laters *laters = arg;
    serve_forget_keys(laters->sandbox);
    session_expire_due(laters->sandbox);
}

struct laters *laters_start(struct sandbox *sandbox)
{
    struct laters *laters = calloc(1, sizeof *laters);
    if (!laters)
        abort();
    laters->sandbox = sandbox;
    laters->look = loop_timer_new(sandbox->loop, LOOK_MS, true, look, laters);
    laters->minute = loop_timer_new(sandbox->loop, MINUTE_MS, true, each_minute, laters);
    return laters;
}

void laters_free(struct laters *laters)
{
    if (!laters)
        return;
    loop_timer_free(laters->look);
    loop_timer_free(laters->minute);
    free(laters);
}
