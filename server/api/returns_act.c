/* What becomes of a return: it comes and is inspected, it is refused, it is cancelled. */
#include "server/api/return_number.h"
#include "server/api/routes.h"
#include "server/net/log.h"

#include "core/draft.h"

#include <string.h>

enum { LINES_MAX = 200 };

struct acting {
    const char *key, *hash, *number, *reason, *to; /* to: NULL: it came */
    bool close;
    size_t n;
    int64_t *position, *stock, *quarantine, *scrap;
};

static const char *member_of(struct call *c, json_t *reply, const char *name)
{
    const char *text = json_string_value(json_object_get(reply, name));
    return text ? arena_strdup(c->arena, text) : "";
}

static void in_state(struct call *c, struct acting *a, json_t *reply, enum problem_code code)
{
    const char *state = member_of(c, reply, "state");
    struct problem *p = problems_add(&c->problems, code, "", NULL);
    problem_set_text(p, "return", a->number);
    problem_set_name(p, "state", "return", state);
    call_problems(c, STATUS_STATE, &c->problems, "state", json_string(state));
}

/* More pieces than are still to come; or no such line. */
static void too_many(struct call *c, struct acting *a, json_t *reply)
{
    int64_t position = json_integer_value(json_object_get(reply, "position"));
    size_t i = 0;
    while (i + 1 < a->n && a->position[i] != position)
        i++;
    struct problem *p = problems_add(&c->problems, PROBLEM_return_more,
                                     arena_printf(c->arena, "/lines/%zu", i), NULL);
    problem_set_number(p, "line", position);
    problem_set_number(p, "left", json_integer_value(json_object_get(reply, "left")));
    call_problems(c, STATUS_PROBLEMS, &c->problems, NULL, NULL);
}

static void acted(struct call *c)
{
    struct acting *a = c->state;
    const char *result = db_value(c->batch, 0, 0, 0), *text = db_value(c->batch, 0, 0, 1);
    if (!text)
        text = "{}";
    json_t *reply = json_loads(text, 0, NULL);
    if (strcmp(result, "unknown") == 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such return");
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else if (strcmp(result, "state") == 0) {
        in_state(c, a, reply, PROBLEM_return_state);
    } else if (strcmp(result, "came") == 0) {
        in_state(c, a, reply, PROBLEM_return_came);
    } else if (strcmp(result, "pieces") == 0) {
        too_many(c, a, reply);
    } else {
        log_event(LOG_INFO_, "return_acted", "request", c->request->id, "number", a->number,
                  "state", member_of(c, reply, "state"), "login", c->actor.login, NULL);
        call_reply_text(c, STATUS_OK, "application/json", text, strlen(text));
    }
    json_decref(reply);
}

static void act_store(struct call *c)
{
    const struct acting *a = c->state;
    struct arena *arena = c->arena;
    if (a->to)
        DB_ADD(call_write(c), Q_return_end, a->number, c->actor.market, a->key, a->hash,
               c->actor.login_id, c->actor.acting_for, c->request->id, a->to, a->reason);
    else
        DB_ADD(call_write(c), Q_return_receive, a->number, c->actor.market, a->key, a->hash,
               c->actor.login_id, c->request->id, db_array_int(arena, a->position, a->n),
               db_array_int(arena, a->stock, a->n), db_array_int(arena, a->quarantine, a->n),
               db_array_int(arena, a->scrap, a->n), a->close ? "t" : "f", a->reason);
    call_then(c, acted);
}

static struct acting *act_start(struct call *c)
{
    struct acting *a = c->state = ARENA_NEW(c->arena, struct acting);
    *a = (struct acting){.reason = ""};
    if (!(a->number = return_number(c->arena, c->params[0]))) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such return");
        return NULL;
    }
    return (a->key = call_key(c)) && call_body(c) ? a : NULL;
}

static void act_go(struct call *c, struct acting *a)
{
    if (!call_body_ok(c))
        return;
    a->hash =
        arena_printf(c->arena, "%s %s %s", a->to ? a->to : "receive", a->number, call_body_hash(c));
    call_read(c);
    call_then(c, act_store);
}

/* ---- it came --------------------------------------------------------------------------------- */

static void read_pieces(struct call *c, json_t *line, const char *at, const char *name,
                        int64_t *out)
{
    *out = 0;
    if (wire_integer(&c->reader, line, at, name, false, out) && (*out < 0 || *out > QTY_MAX)) {
        wire_bad_value(&c->reader, at, name, arena_printf(c->arena, "%lld", (long long)*out));
        *out = 0;
    }
}

static void read_line(struct call *c, struct acting *a, json_t *line, size_t i)
{
    static const char *const names[] = {"position", "stock", "quarantine", "scrap", NULL};
    const char *at = arena_printf(c->arena, "/lines/%zu", i);
    a->position[i] = a->stock[i] = a->quarantine[i] = a->scrap[i] = 0;
    if (!json_is_object(line)) {
        wire_bad_value(&c->reader, "/lines", arena_printf(c->arena, "%zu", i),
                       "anything but an object");
        return;
    }
    if (wire_integer(&c->reader, line, at, "position", true, &a->position[i]) &&
        (a->position[i] < 1 || a->position[i] > LINES_MAX))
        wire_bad_value(&c->reader, at, "position",
                       arena_printf(c->arena, "%lld", (long long)a->position[i]));
    read_pieces(c, line, at, "stock", &a->stock[i]);
    read_pieces(c, line, at, "quarantine", &a->quarantine[i]);
    read_pieces(c, line, at, "scrap", &a->scrap[i]);
    wire_only(&c->reader, line, at, names, NULL);
}

void return_receive(struct call *c)
{
    static const char *const names[] = {"lines", "close", "note", NULL};
    struct acting *a = act_start(c);
    if (!a)
        return;
    json_t *lines = wire_array(&c->reader, c->body, "", "lines", true);
    size_t n = json_array_size(lines);
    if (n > LINES_MAX) {
        problem_set_number(problems_add(&c->problems, PROBLEM_too_many_lines, "/lines", NULL),
                           "max", LINES_MAX);
        n = 0;
    }
    a->position = ARENA_ARRAY(c->arena, int64_t, n);
    a->stock = ARENA_ARRAY(c->arena, int64_t, n);
    a->quarantine = ARENA_ARRAY(c->arena, int64_t, n);
    a->scrap = ARENA_ARRAY(c->arena, int64_t, n);
    for (a->n = 0; a->n < n && c->problems.count < WIRE_PROBLEMS_MAX; a->n++)
        read_line(c, a, json_array_get(lines, a->n), a->n);
    wire_boolean(&c->reader, c->body, "", "close", &a->close);
    wire_string(&c->reader, c->body, "", "note", 200, false, &a->reason);
    wire_only(&c->reader, c->body, "", names, NULL);
    act_go(c, a);
}

/* ---- it never comes -------------------------------------------------------------------------- */

static void end(struct call *c, const char *to, bool needs_reason)
{
    static const char *const names[] = {"reason", NULL};
    struct acting *a = act_start(c);
    if (!a)
        return;
    a->to = to;
    wire_string(&c->reader, c->body, "", "reason", 200, needs_reason, &a->reason);
    wire_only(&c->reader, c->body, "", names, NULL);
    act_go(c, a);
}

void return_refuse(struct call *c)
{
    end(c, "refused", true);
}

void return_cancel(struct call *c)
{
    end(c, "cancelled", false);
}
