/* Change sets: rows of sheets are collected, validated, looked at, and published together. */
#include "core/date.h"
#include "core/wire/wire_office.h"
#include "server/api/changeset_part.h"
#include "server/api/routes.h"
#include "server/net/log.h"

#include <string.h>

enum { SETS_USUAL = 20, SETS_MOST = 100, ROWS_USUAL = 100, TITLE_MOST = 80 };

static const char *const head_names[] = {
    "id",           "title",      "state",        "rev",   "effective", "owner",
    "published_by", "updated_at", "published_at", "#rows", NULL};

/* `next` is the last one's id while there may be more. */
static void list_answer(struct call *c, json_t *items, int64_t most)
{
    size_t n = json_array_size(items);
    const json_t *last = json_object_get(json_array_get(items, n - 1), "id");
    json_t *next = n > 0 && (int64_t)n == most ? json_copy((json_t *)(uintptr_t)last) : json_null();
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

bool changeset_id_ok(struct call *c)
{
    if (ulid_valid(c->params[0]))
        return true;
    call_fail(c, STATUS_NOT_FOUND, "there is no such change set");
    return false;
}

/* What the database says of a change set that cannot be worked on. */
bool changeset_refused(struct call *c, const char *result)
{
    if (strcmp(result, "unknown") == 0)
        call_fail(c, STATUS_NOT_FOUND, "there is no such change set");
    else if (strcmp(result, "closed") == 0)
        call_fail(c, STATUS_STATE, "this change set is published or dropped already");
    else
        return false;
    return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

static void list_reply(struct call *c)
{
    list_answer(c, call_rows(c->batch, 0, head_names), *(int64_t *)c->state);
}

static void list_load(struct call *c)
{
    int64_t *most = c->state = ARENA_NEW(c->arena, int64_t);
    const char *owner = http_query(c->request, "owner");
    bool mine = owner && strcmp(owner, "me") == 0;
    if (!(*most = call_limit(c, SETS_USUAL, SETS_MOST)))
        return;
    DB_ADD(call_read(c), Q_changeset_list, http_query(c->request, "state"),
           mine ? c->actor.login_id : NULL, db_text_int(c->arena, *most),
           http_query(c->request, "cursor"));
    call_then(c, list_reply);
}

void changeset_list(struct call *c)
{
    call_read(c);
    call_then(c, list_load);
}

static void get_reply(struct call *c)
{
    if (db_rows(c->batch, 0) == 0) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such change set");
        return;
    }
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", db_value(c->batch, 0, 0, 3)));
    call_reply(c, *(enum status *)c->state, call_row(c->batch, 0, 0, head_names));
}

static void look(struct call *c, const char *id, enum status status)
{
    enum status *state = c->state = ARENA_NEW(c->arena, enum status);
    *state = status;
    DB_ADD(call_read(c), Q_changeset_get, id);
    call_then(c, get_reply);
}

static void get_load(struct call *c)
{
    look(c, c->params[0], STATUS_OK);
}

void changeset_get(struct call *c)
{
    if (changeset_id_ok(c)) {
        call_read(c);
        call_then(c, get_load);
    }
}

static void rows_reply(struct call *c)
{
    json_t *items = json_array();
    for (size_t i = 0; i < db_rows(c->batch, 0); i++) {
        const char *old = db_value(c->batch, 0, i, 3);
        json_array_append_new(
            items,
            json_pack("{s:s,s:s,s:s,s:o,s:o,s:b,s:s?}", "id", db_value(c->batch, 0, i, 0), "sheet",
                      db_value(c->batch, 0, i, 1), "key", db_value(c->batch, 0, i, 2), "old",
                      old ? json_loads(old, 0, NULL) : json_null(), "new",
                      json_loads(db_value(c->batch, 0, i, 4), 0, NULL), "gone",
                      db_bool(c->batch, 0, i, 5), "by", db_value(c->batch, 0, i, 6)));
    }
    list_answer(c, items, *(int64_t *)c->state);
}

static void rows_load(struct call *c)
{
    int64_t *most = c->state = ARENA_NEW(c->arena, int64_t);
    const char *cursor = http_query(c->request, "cursor");
    if (!(*most = call_limit(c, ROWS_USUAL, OFFICE_ROWS_MOST)))
        return;
    if (cursor && (!code_is_digits(cursor, strlen(cursor)) || strlen(cursor) > 18)) {
        call_fail(c, STATUS_MALFORMED, "the cursor is one of an earlier answer");
        return;
    }
    DB_ADD(call_read(c), Q_changeset_rows, c->params[0], cursor ? cursor : "0",
           db_text_int(c->arena, *most));
    call_then(c, rows_reply);
}

void changeset_rows(struct call *c)
{
    if (changeset_id_ok(c)) {
        call_read(c);
        call_then(c, rows_load);
    }
}

/* ---- the head -------------------------------------------------------------------------------- */

struct head {
    const char *key, *title, *effective, *state, *rev;
};

/* Title and day; `clears` when the day is taken away. */
static void head_read(struct call *c, struct head *h, bool *clears)
{
    struct date date;
    *clears = json_is_null(json_object_get(c->body, "effective"));
    wire_string(&c->reader, c->body, "", "title", TITLE_MOST, false, &h->title);
    if (wire_string(&c->reader, c->body, "", "effective", 10, false, &h->effective) &&
        !date_parse(h->effective, &date))
        wire_bad_value(&c->reader, "", "effective", h->effective);
}

static void create_reply(struct call *c)
{
    const struct head *h = c->state;
    if (strcmp(db_value(c->batch, 0, 0, 0), "created") != 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
        return;
    }
    call_header(c, "Location", arena_printf(c->arena, "/api/v1/changesets/%s", h->key));
    look(c, h->key, STATUS_CREATED);
}

static void create_store(struct call *c)
{
    const struct head *h = c->state;
    DB_ADD(call_write(c), Q_changeset_make, h->key, c->actor.login_id, h->title ? h->title : "",
           h->effective);
    call_then(c, create_reply);
}

void changeset_create(struct call *c)
{
    static const char *const names[] = {"title", "effective", NULL};
    struct head *h = c->state = ARENA_NEW(c->arena, struct head);
    bool clears;
    *h = (struct head){.key = call_key(c)};
    if (!h->key || !call_body(c))
        return;
    wire_only(&c->reader, c->body, "", names, NULL);
    head_read(c, h, &clears);
    if (!call_body_ok(c))
        return;
    call_read(c);
    call_then(c, create_store);
}

static void change_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *rev = db_value(c->batch, 0, 0, 1);
    if (changeset_refused(c, result))
        return;
    if (strcmp(result, "stale") == 0) {
        call_problems(c, STATUS_STALE, NULL, "rev", json_string(rev));
        return;
    }
    look(c, c->params[0], STATUS_OK);
}

static void change_store(struct call *c)
{
    const struct head *h = c->state;
    DB_ADD(call_write(c), Q_changeset_patch, c->params[0], c->actor.login_id, h->rev,
           wire_dump(c->arena, json_deep_copy(c->body), NULL));
    call_then(c, change_reply);
}

void changeset_change(struct call *c)
{
    static const char *const names[] = {"title", "effective", "state", NULL};
    struct head *h = c->state = ARENA_NEW(c->arena, struct head);
    bool clears;
    *h = (struct head){.rev = NULL};
    if (!changeset_id_ok(c) || !(h->rev = call_if_match(c)) || !call_body(c))
        return;
    wire_only(&c->reader, c->body, "", names, NULL);
    head_read(c, h, &clears);
    if (wire_string(&c->reader, c->body, "", "state", 10, false, &h->state) &&
        strcmp(h->state, "dropped") != 0)
        wire_bad_value(&c->reader, "", "state", h->state);
    if (!call_body_ok(c))
        return;
    call_read(c);
    call_then(c, change_store);
}

/* ---- rows ------------------------------------------------------------------------------------ */

const struct problem *changeset_row_problem(struct problems *problems, const char *result,
                                            const char *key, const char *who)
{
    static const struct {
        const char *result;
        enum problem_code code;
    } codes[] = {{"changed", PROBLEM_row_changed},
                 {"unknown", PROBLEM_row_unknown},
                 {"exists", PROBLEM_row_exists},
                 {"foreign", PROBLEM_other_market}};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (strcmp(codes[i].result, result) != 0)
            continue;
        struct problem *problem = problems_add(problems, codes[i].code, "", NULL);
        problem_set_text(problem, "row", key);
        if (codes[i].code == PROBLEM_row_changed)
            problem_set_text(problem, "who", who ? who : "partylinectl");
        return problem;
    }
    return NULL;
}

static json_t *row_problem(struct call *c, const char *result, const char *key, const char *who)
{
    struct problems problems;
    problems_init(&problems, c->arena);
    const struct problem *problem = changeset_row_problem(&problems, result, key, who);
    return problem ? wire_problem_write(c->arena, c->language, problem) : json_null();
}

static void put_reply(struct call *c)
{
    const struct db_batch *b = c->batch;
    json_t *items = json_array();
    for (size_t i = 0; i < db_rows(b, 0); i++) {
        const char *key = db_value(b, 0, i, 1), *result = db_value(b, 0, i, 3);
        if (changeset_refused(c, result)) {
            json_decref(items);
            return;
        }
        json_array_append_new(items, json_pack("{s:s?,s:s?,s:s,s:o}", "key", key, "id",
                                               db_value(b, 0, i, 2), "result", result, "problem",
                                               row_problem(c, result, key, db_value(b, 0, i, 4))));
    }
    call_reply(c, STATUS_OK, json_pack("{s:o}", "items", items));
}

static void put_store(struct call *c)
{
    json_t *rows = json_object_get(c->body, "rows");
    DB_ADD(call_write(c), Q_changeset_put, c->params[0], c->actor.login_id, c->actor.market,
           wire_dump(c->arena, json_deep_copy(rows), NULL));
    call_then(c, put_reply);
}

void changeset_put(struct call *c)
{
    if (!changeset_id_ok(c) || !call_body(c))
        return;
    wire_rows_read(&c->reader, c->body);
    if (c->problems.count) {
        call_fail(c, STATUS_PROBLEMS, NULL);
        return;
    }
    call_read(c);
    call_then(c, put_store);
}

/* ---- validating and publishing --------------------------------------------------------------- */

struct publishing {
    const char *key;
    bool publish, accept;
};

static void read_faults(struct call *c, const char *text)
{
    json_t *faults = json_loads(text, 0, NULL), *fault;
    size_t i;
    json_array_foreach(faults, i, fault)
    {
        wire_fault_read(&c->problems, fault);
    }
    json_decref(faults);
}

static bool is_conflict(const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (problems->items[i].code == PROBLEM_row_changed ||
            problems->items[i].code == PROBLEM_row_exists)
            return true;
    return false;
}

static void publish_reply(struct call *c)
{
    const struct publishing *p = c->state;
    const char *result = db_value(c->batch, 0, 0, 0);
    int64_t rows = db_int(c->batch, 0, 0, 1), faults = db_int(c->batch, 0, 0, 2);
    if (changeset_refused(c, result))
        return;
    read_faults(c, db_value(c->batch, 0, 0, 3));
    bool done = strcmp(result, "published") == 0 || strcmp(result, "again") == 0;
    if (p->publish && !done) {
        call_problems(c, is_conflict(&c->problems) ? STATUS_CONFLICT : STATUS_PROBLEMS,
                      &c->problems, "faults", json_integer(faults));
        return;
    }
    if (strcmp(result, "published") == 0)
        log_event(LOG_INFO_, "changeset_published", "request", c->request->id, "changeset",
                  c->params[0], "login", c->actor.login, NULL);
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:I,s:I,s:o}", "id", c->params[0], "state",
                         done ? "published" : "draft", "rows", (json_int_t)rows, "faults",
                         (json_int_t)faults, "problems",
                         wire_problems_write(c->arena, c->language, &c->problems)));
}

static void publish_store(struct call *c)
{
    const struct publishing *p = c->state;
    DB_ADD(call_write(c), Q_changeset_publish, c->params[0], c->actor.login_id, c->request->id,
           p->key, p->publish ? "t" : "f", p->accept ? "t" : "f");
    call_then(c, publish_reply);
}

void changeset_validate(struct call *c)
{
    struct publishing *p = c->state = ARENA_NEW(c->arena, struct publishing);
    *p = (struct publishing){.publish = false};
    if (!changeset_id_ok(c))
        return;
    call_read(c);
    call_then(c, publish_store);
}

static void read_accept(struct call *c, struct publishing *p)
{
    static const char *const names[] = {"accept", NULL};
    wire_only(&c->reader, c->body, "", names, NULL);
    json_t *accept = wire_array(&c->reader, c->body, "", "accept", false);
    for (size_t i = 0; i < json_array_size(accept); i++) {
        const char *word = json_string_value(json_array_get(accept, i));
        if (word && strcmp(word, problem_name(PROBLEM_price_missing)) == 0)
            p->accept = true;
        else
            wire_bad_value(&c->reader, "/accept", arena_printf(c->arena, "%zu", i),
                           word ? word : "anything but a text");
    }
}

void changeset_publish(struct call *c)
{
    struct publishing *p = c->state = ARENA_NEW(c->arena, struct publishing);
    *p = (struct publishing){.publish = true, .key = call_key(c)};
    if (!changeset_id_ok(c) || !p->key || !call_body(c))
        return;
    read_accept(c, p);
    if (!call_body_ok(c))
        return;
    call_read(c);
    call_then(c, publish_store);
}
