/* What a call is answered with: JSON, problems, anything else. */
#include "server/api/call.h"

#include <assert.h>

#define PROBLEM_BASE "https://partyline.example/problems/"

static void answered(struct call *c)
{
    assert(!c->answered);
    c->answered = true;
    c->server->calls--;
}

void call_reply_text(struct call *c, enum status status, const char *type, const char *text,
                     size_t len)
{
    answered(c);
    if (c->inside)
        c->inside->done(c->inside->arg, status, text, len);
    else
        http_reply(c->exchange, status_info(status)->http, type, text, len);
}

void call_reply_pieces(struct call *c, enum status status, const char *type,
                       const struct http_piece *pieces, size_t n, void (*release)(void *what),
                       void *what)
{
    answered(c);
    http_reply_pieces(c->exchange, status_info(status)->http, type, pieces, n, release, what);
}

struct http_exchange *call_stream(struct call *c, const char *type, void (*closed)(void *arg),
                                  void *arg)
{
    if (c->request->method == HTTP_HEAD) {
        call_reply_text(c, STATUS_OK, type, "", 0);
        return NULL;
    }
    answered(c);
    catalogue_snapshot_release(c->snapshot);
    c->snapshot = NULL;
    return http_stream_open(c->exchange, type, closed, arg) ? c->exchange : NULL;
}

void call_reply(struct call *c, enum status status, json_t *body)
{
    size_t len = 0;
    const char *text = body ? wire_dump(c->arena, body, &len) : "";
    call_reply_text(c, status, body ? "application/json" : NULL, text, len);
}

void call_header(struct call *c, const char *name, const char *value)
{
    if (!c->inside)
        http_reply_header(c->exchange, name, value);
}

void call_problems(struct call *c, enum status status, const struct problems *problems,
                   const char *member, json_t *value)
{
    json_t *about = json_object();
    if (problems && problems->count)
        json_object_set_new(about, "problems",
                            wire_problems_write(c->arena, c->language, problems));
    if (member)
        json_object_set_new(about, member, value);
    call_problem(c, status, about);
}

void call_problem(struct call *c, enum status status, json_t *about)
{
    const struct status_info *info = status_info(status);
    json_t *body =
        json_pack("{s:s+,s:s,s:i,s:s}", "type", PROBLEM_BASE, info->type, "title",
                  tr(c->language, info->title), "status", info->http, "request", c->request->id);
    json_object_update(body, about);
    json_decref(about);
    size_t len = 0;
    const char *text = wire_dump(c->arena, body, &len);
    call_reply_text(c, status, "application/problem+json", text, len);
}

void call_fail(struct call *c, enum status status, const char *detail)
{
    /* What load finds wrong waits until it is known who asks. */
    if (c->route && c->route->roles && !c->signed_in) {
        if (!c->refused) {
            c->refusal = status;
            c->refused = detail ? detail : "";
        }
        return;
    }
    if (status == STATUS_UNAVAILABLE || status == STATUS_TOO_MANY)
        call_header(c, "Retry-After", "1");
    if (c->fail_page) {
        c->fail_page(c, status);
        return;
    }
    call_problems(c, status, &c->problems, detail && detail[0] ? "detail" : NULL,
                  detail && detail[0] ? json_string(tr(c->language, detail)) : NULL);
}

void call_wait(struct call *c, int64_t seconds)
{
    call_header(c, "Retry-After", db_text_int(c->arena, seconds));
    call_problems(c, STATUS_TOO_MANY, NULL, "wait_seconds", json_integer(seconds));
}

/* ---- rows to JSON ---- */

static json_t *cell(const struct db_batch *batch, size_t statement, size_t row, int column,
                    char kind)
{
    const char *value = db_value(batch, statement, row, column);
    if (!value)
        return json_null();
    if (kind == '#')
        return json_integer(db_int(batch, statement, row, column));
    if (kind == '?')
        return json_boolean(db_bool(batch, statement, row, column));
    return json_string(value);
}

json_t *call_row(const struct db_batch *batch, size_t statement, size_t row,
                 const char *const *names)
{
    json_t *object = json_object();
    for (int i = 0; names[i]; i++) {
        char kind = names[i][0] == '#' || names[i][0] == '?' ? names[i][0] : '\0';
        if (names[i][0])
            json_object_set_new(object, names[i] + (kind != '\0'),
                                cell(batch, statement, row, i, kind));
    }
    return object;
}

json_t *call_rows(const struct db_batch *batch, size_t statement, const char *const *names)
{
    json_t *array = json_array();
    for (size_t i = 0; i < db_rows(batch, statement); i++)
        json_array_append_new(array, call_row(batch, statement, i, names));
    return array;
}
