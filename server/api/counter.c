/* What is done at a till: what its refusals mean, and voids. */
#include "server/api/counter.h"

#include "core/paper.h"
#include "server/api/order_cancel.h"
#include "server/api/people.h"
#include "server/api/routes.h"
#include "server/net/log.h"

#include <string.h>

void counter_read_shift(struct call *c, bool required, const char **out)
{
    if (wire_string(&c->reader, c->body, "", "shift", 18, required, out) && !people_id_ok(*out))
        wire_bad_value(&c->reader, "", "shift", *out);
}

bool counter_oversees(const struct call *c)
{
    return c->actor.roles & (ROLE_BIT(office) | ROLE_BIT(supervisor));
}

void counter_put_paper(struct call *c, json_t *object, const struct paper *paper)
{
    size_t len;
    struct text code;
    const char *bytes = paper_escpos(paper, &len);
    text_init_room(&code, c->arena, len * 4 / 3 + 8);
    text_add_base64(&code, bytes, len);
    json_object_set_new(object, "text", json_string(paper_text(paper)));
    json_object_set_new(object, "escpos", json_string(code.data));
}

/* ---- refusals -------------------------------------------------------------------------------- */

static const char *member_of(struct call *c, const char *reply, const char *name)
{
    json_t *object = json_loads(reply ? reply : "{}", 0, NULL);
    const char *text = json_string_value(json_object_get(object, name));
    text = text ? arena_strdup(c->arena, text) : "";
    json_decref(object);
    return text;
}

void counter_refuse(struct call *c, const char *detail)
{
    const char *why = member_of(c, detail, "why");
    if (strcmp(why, "closed") == 0)
        call_fail(c, STATUS_SHIFT_CLOSED, NULL);
    else if (strcmp(why, "other") == 0)
        call_fail(c, STATUS_FORBIDDEN, "it is somebody else's shift");
    else
        call_fail(c, STATUS_NOT_FOUND, "there is no such shift");
}

static void on_short(struct call *c, const char *reply)
{
    json_t *about = counter_oversees(c) ? json_loads(reply, 0, NULL) : NULL;
    call_problem(c, STATUS_DRAWER_SHORT, about ? about : json_object());
}

static void on_unpaid(struct call *c, const char *reply)
{
    call_problem(c, STATUS_NOT_PAID, json_loads(reply, 0, NULL));
}

static void on_place(struct call *c, const char *reply)
{
    call_problem(c, STATUS_NOT_HERE, json_loads(reply, 0, NULL));
}

static void on_waits(struct call *c, const char *reply)
{
    (void)reply;
    call_fail(c, STATUS_STOCK_SHORT, "something of it has not come yet");
}

static void on_elsewhere(struct call *c, const char *reply)
{
    (void)reply;
    call_fail(c, STATUS_NOT_THIS_SHIFT, NULL);
}

bool counter_answer(struct call *c, const char *result, const char *reply)
{
    static const struct {
        const char *result;
        void (*answer)(struct call *c, const char *reply);
    } answers[] = {{"shift", counter_refuse}, {"short", on_short}, {"unpaid", on_unpaid},
                   {"place", on_place},       {"waits", on_waits}, {"elsewhere", on_elsewhere}};
    for (size_t i = 0; i < ARRAY_LEN(answers); i++)
        if (strcmp(answers[i].result, result) == 0) {
            answers[i].answer(c, reply);
            return true;
        }
    return false;
}

/* ---- voids ----------------------------------------------------------------------------------- */

struct voiding {
    const char *key, *hash, *shift, *reason;
    int exponent;
};

static void void_reply(struct call *c)
{
    const struct voiding *v = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *reply = db_value(c->batch, 0, 0, 1);
    if (counter_answer(c, result, reply))
        return;
    if (strcmp(result, "unknown") == 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "certificates") == 0) {
        order_certificates_spent(c, reply, v->exponent);
        call_fail(c, STATUS_PROBLEMS, NULL);
    } else if (strcmp(result, "state") == 0) {
        call_problem(c, STATUS_STATE, json_loads(reply, 0, NULL));
    } else {
        if (strcmp(result, "again") != 0)
            log_event(LOG_INFO_, "order_voided", "request", c->request->id, "number", c->params[0],
                      "login", c->actor.login, NULL);
        call_reply_text(c, STATUS_OK, "application/json", reply, strlen(reply));
    }
}

static void void_store(struct call *c)
{
    struct voiding *v = c->state;
    if (!db_rows(c->batch, 1)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    v->exponent = (int)db_int(c->batch, 1, 0, 0);
    DB_ADD(call_write(c), Q_counter_void, c->params[0], c->actor.market, v->key, v->hash,
           c->actor.login_id, c->actor.acting_for, c->request->id, v->shift, v->reason);
    call_then(c, void_reply);
}

void order_void(struct call *c)
{
    static const char *const names[] = {"shift", "reason", NULL};
    struct voiding *v = c->state = ARENA_NEW(c->arena, struct voiding);
    if (!(v->key = call_key(c)) || !call_body(c))
        return;
    counter_read_shift(c, true, &v->shift);
    wire_string(&c->reader, c->body, "", "reason", 200, true, &v->reason);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    v->hash = arena_printf(c->arena, "void %s %s", c->params[0], call_body_hash(c));
    DB_ADD(call_read(c), Q_order_exponent, c->params[0]);
    call_then(c, void_store);
}
