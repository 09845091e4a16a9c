/* Drafts: saved as keyed, with revisions and leases (sql/schema/007_draft_functions.sql). */
#include "server/api/pricing.h"
#include "server/api/routes.h"
#include "server/auth/token.h"

#include "core/code.h"

#include <string.h>

enum { DRAFTS_USUAL = 20, DRAFTS_MOST = 100 };

static bool ulid_ok(struct call *c)
{
    bool ok = ulid_valid(c->params[0]);
    if (!ok)
        call_fail(c, STATUS_NOT_FOUND, "a draft's name is a ULID");
    return ok;
}

/* What the draft functions can say beside success; the same for all of them. */
static const struct {
    const char *result;
    enum status status;
    const char *detail;
} refusals[] = {
    {"unknown", STATUS_NOT_FOUND, N_("there is no such draft")},
    {"placed", STATUS_STATE, N_("it has been placed")},
    {"exists", STATUS_STALE, N_("there is a draft of this name")},
    {"stale", STATUS_STALE, N_("it was saved again since")},
    {"locked", STATUS_LOCKED, N_("somebody else has it open")},
};

static bool refused(struct call *c, const char *result, const char *rev)
{
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        if (strcmp(refusals[i].result, result) != 0)
            continue;
        if (rev && refusals[i].status == STATUS_STALE)
            call_problems(c, refusals[i].status, NULL, "rev", json_string(rev));
        else
            call_fail(c, refusals[i].status, refusals[i].detail);
        return true;
    }
    return false;
}

/* ---- saving ---- */

struct saving {
    const char *rev;
    struct pricing pricing; /* lists show what the draft comes to, whoever saved it */
    const char *body, *lines, *spare;
    const char *from; /* the draft that a new one goes on from, or NULL */
};

static void put_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *ulid = db_value(c->batch, 0, 0, 1),
               *rev = db_value(c->batch, 0, 0, 2);
    if (refused(c, result, rev))
        return;
    bool recovered = strcmp(result, "recovered") == 0;
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", rev));
    json_t *body = json_pack("{s:s,s:s}", "ulid", ulid, "rev", rev);
    if (recovered)
        json_object_set_new(body, "recovered_from", json_string(c->params[0]));
    call_reply(c, recovered || strcmp(result, "created") == 0 ? STATUS_CREATED : STATUS_OK, body);
}

static void put_store(struct call *c)
{
    struct saving *s = c->state;
    const struct order_draft *draft = &s->pricing.draft;
    pricing_decide(c, &s->pricing);
    DB_ADD(call_write(c), Q_draft_save, c->params[0], s->spare, c->actor.login_id,
           c->actor.token_hash, s->rev, draft->market, s->body, draft->distributor, s->lines,
           db_text_int(c->arena, s->pricing.quote.total.minor),
           channel_name(s->pricing.buyer.channel), c->actor.market, s->from);
    call_then(c, put_reply);
}

/* If-Match: "rev" of what was seen, or If-None-Match: * for a new one. */
static bool precondition(struct call *c, const char **rev)
{
    const char *match = http_header(c->exchange, "If-Match"),
               *none = http_header(c->exchange, "If-None-Match");
    size_t len = match ? strlen(match) : 0;
    *rev = NULL;
    if (!match == !none) {
        call_fail(c, STATUS_PRECONDITION, "either If-Match or If-None-Match is needed");
        return false;
    }
    if (none && strcmp(none, "*") == 0)
        return true;
    if (none || len < 3 || len > 18 || match[0] != '"' || match[len - 1] != '"' ||
        strspn(match + 1, "0123456789") != len - 2) {
        call_fail(c, STATUS_MALFORMED, "If-Match is a revision in quotes, If-None-Match a *");
        return false;
    }
    *rev = arena_strndup(c->arena, match + 1, len - 2);
    return true;
}

/* ?recovered_from=ULID, of a new draft only. */
static bool origin(struct call *c, struct saving *s)
{
    s->from = http_query(c->request, "recovered_from");
    if (!s->from || (!s->rev && ulid_valid(s->from)))
        return true;
    call_fail(c, STATUS_MALFORMED, "recovered_from is the ULID of what a new draft goes on from");
    return false;
}

void draft_put(struct call *c)
{
    static const char *const also[] = {"changes", "paying", NULL};
    struct saving *s = c->state = ARENA_NEW(c->arena, struct saving);
    char spare[ULID_TEXT];
    if (!ulid_ok(c) || !precondition(c, &s->rev) || !origin(c, s) || !call_body(c) ||
        !pricing_load(c, also, &s->pricing))
        return;
    ulid_new(spare);
    s->spare = arena_strdup(c->arena, spare);
    s->body = wire_dump(c->arena, wire_draft_write(&s->pricing.draft), NULL);
    s->lines = db_text_int(c->arena, (int64_t)s->pricing.draft.nlines);
    call_then(c, put_store);
}

/* ---- reading ---- */

static const char *const list_names[] = {
    "ulid",         "rev",          "distributor", "name",      "#lines", "#total",
    "currency",     "#exponent",    "updated_at",  "locked_by", "owner",  "recovered_from",
    "locked_login", "locked_since", "changes",     NULL};

static void list_reply(struct call *c)
{
    int64_t most = *(int64_t *)c->state;
    json_t *items = call_rows(c->batch, 0, list_names), *next = json_null();
    size_t n = json_array_size(items);
    if ((int64_t)n == most)
        next =
            json_string(json_string_value(json_object_get(json_array_get(items, n - 1), "ulid")));
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

static void list_load(struct call *c)
{
    int64_t *most = c->state = ARENA_NEW(c->arena, int64_t);
    const char *owner = http_query(c->request, "owner");
    bool all = owner && strcmp(owner, "any") == 0;
    if (!(*most = call_limit(c, DRAFTS_USUAL, DRAFTS_MOST)))
        return;
    DB_ADD(call_read(c), Q_draft_list, c->actor.login_id, c->actor.market, all ? "t" : "f",
           db_text_int(c->arena, *most), http_query(c->request, "cursor"));
    call_then(c, list_reply);
}

void draft_list(struct call *c)
{
    call_read(c);
    call_then(c, list_load);
}

enum {
    COL_ULID,
    COL_REV,
    COL_BODY,
    COL_STATE,
    COL_OWNER,
    COL_HOLDER,
    COL_HOLDER_ID,
    COL_UNTIL,
    COL_MARKET,
    COL_SINCE
};

static bool visible(struct call *c)
{
    if (db_rows(c->batch, 0)) {
        const char *market = db_value(c->batch, 0, 0, COL_MARKET);
        if (!c->actor.market || strcmp(c->actor.market, market) == 0)
            return true;
    }
    call_fail(c, STATUS_NOT_FOUND, "there is no such draft");
    return false;
}

static void get_reply(struct call *c)
{
    if (!visible(c))
        return;
    const struct db_batch *b = c->batch;
    const char *rev = db_value(b, 0, 0, COL_REV);
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", rev));
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:s,s:o,s:s?,s:s?,s:s?}", "ulid", db_value(b, 0, 0, COL_ULID),
                         "rev", rev, "state", db_value(b, 0, 0, COL_STATE), "draft",
                         json_loads(db_value(b, 0, 0, COL_BODY), 0, NULL), "locked_by",
                         db_value(b, 0, 0, COL_HOLDER), "lease_until",
                         db_value(b, 0, 0, COL_HOLDER) ? db_value(b, 0, 0, COL_UNTIL) : NULL,
                         "locked_since",
                         db_value(b, 0, 0, COL_HOLDER) ? db_value(b, 0, 0, COL_SINCE) : NULL));
}

static void look(struct call *c, call_step *next)
{
    DB_ADD(call_read(c), Q_draft_get, c->params[0]);
    call_then(c, next);
}

static void get_load(struct call *c)
{
    look(c, get_reply);
}

void draft_get(struct call *c)
{
    if (ulid_ok(c)) {
        call_read(c);
        call_then(c, get_load);
    }
}

/* ---- leases ---- */

/* Somebody else has it: who, and since when. */
static bool lock_held(struct call *c)
{
    const char *holder = db_value(c->batch, 0, 0, 2), *since = db_value(c->batch, 0, 0, 4);
    if (!holder)
        return false;
    json_t *about = json_pack("{s:s,s:s?}", "locked_by", holder, "locked_since", since);
    call_problem(c, STATUS_LOCKED, about);
    return true;
}

static void lock_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *rev = db_value(c->batch, 0, 0, 1),
               *until = db_value(c->batch, 0, 0, 3);
    if (lock_held(c) || refused(c, result, rev))
        return;
    call_reply(c, STATUS_OK,
               json_pack("{s:s,s:s,s:s}", "ulid", c->params[0], "rev", rev, "lease_until", until));
}

static void lock_store(struct call *c)
{
    bool force = *(bool *)c->state;
    if (!visible(c))
        return;
    DB_ADD(call_write(c), Q_draft_lock, c->params[0], c->actor.login_id, c->actor.token_hash,
           force ? "t" : "f", c->request->id);
    call_then(c, lock_reply);
}

static void lock_look(struct call *c)
{
    look(c, lock_store);
}

static void lock(struct call *c, bool force)
{
    bool *state = c->state = ARENA_NEW(c->arena, bool);
    *state = force;
    if (ulid_ok(c)) {
        call_read(c);
        call_then(c, lock_look);
    }
}

void draft_lock(struct call *c)
{
    lock(c, false);
}

void draft_take_over(struct call *c)
{
    lock(c, true);
}

static void done_reply(struct call *c)
{
    if (!refused(c, db_value(c->batch, 0, 0, 0), NULL))
        call_reply(c, STATUS_NO_CONTENT, NULL);
}

static void release_store(struct call *c)
{
    DB_ADD(call_write(c), Q_draft_release, c->params[0], c->actor.login_id);
    call_then(c, done_reply);
}

void draft_release(struct call *c)
{
    if (ulid_ok(c)) {
        call_read(c);
        call_then(c, release_store);
    }
}

static void delete_store(struct call *c)
{
    if (!visible(c))
        return;
    DB_ADD(call_write(c), Q_draft_drop, c->params[0], c->actor.login_id, c->request->id);
    call_then(c, done_reply);
}

static void delete_look(struct call *c)
{
    look(c, delete_store);
}

void draft_delete(struct call *c)
{
    if (ulid_ok(c)) {
        call_read(c);
        call_then(c, delete_look);
    }
}
