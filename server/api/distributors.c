/* Distributors: finding them, and one of them with addresses and figures of the open month. */
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

static const char *const found_names[] = {"id",        "name",   "city",        "postcode", "#rank",
                                          "rank_name", "status", "last_active", "phone",    NULL};
static const char *const head_names[] = {
    "id",       "name",        "market", "status", "#rank",    "rank_name", "sponsor",
    "joined",   "last_active", "phone",  "email",  "language", "#version",  "#balance",
    "currency", "#exponent",   "",       "#pv",    "#cv",      NULL};
static const char *const facts_names[] = {
    "id", "name", "status", "market", "#rank", "rank_name", "#version", "?first_order", NULL};
enum { COL_VERSION = 12, COL_PERSON = 16 };

static bool found(struct call *c)
{
    if (!db_rows(c->batch, 0))
        call_fail(c, STATUS_NOT_FOUND, "there is no such distributor");
    return db_rows(c->batch, 0) > 0;
}

/* ---- list ---- */

static void list_reply(struct call *c)
{
    people_list_reply(c, found_names, true);
}

static void list_load(struct call *c)
{
    const char *q = http_query(c->request, "q"), *market = http_query(c->request, "market");
    int64_t most = call_limit(c, PEOPLE_USUAL, PEOPLE_MOST);
    if (!most)
        return;
    if (!q || strlen(q) > 100 || q[strspn(q, " ,")] == '\0') {
        call_fail(c, STATUS_MALFORMED, "q says what to look for, in at most 100 bytes");
        return;
    }
    DB_ADD(call_read(c), Q_distributor_search, q, c->actor.market ? c->actor.market : market,
           db_text_int(c->arena, most));
    call_then(c, list_reply);
}

void distributor_list(struct call *c)
{
    call_read(c);
    call_then(c, list_load);
}

/* ---- one ---- */

static void get_reply(struct call *c)
{
    if (!found(c))
        return;
    json_t *object = call_row(c->batch, 0, 0, head_names);
    json_object_set_new(object, "addresses", people_addresses(c, 1));
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", db_value(c->batch, 0, 0, COL_VERSION)));
    call_reply(c, STATUS_OK, object);
}

static void get_load(struct call *c)
{
    DB_ADD(call_read(c), Q_distributor_get, c->params[0], c->actor.market);
    DB_ADD(call_read(c), Q_distributor_addresses, c->params[0]);
    call_then(c, get_reply);
}

void distributor_get(struct call *c)
{
    call_read(c);
    call_then(c, get_load);
}

static void facts_reply(struct call *c)
{
    if (found(c))
        call_reply(c, STATUS_OK, call_row(c->batch, 0, 0, facts_names));
}

static void facts_load(struct call *c)
{
    DB_ADD(call_read(c), Q_pricing_facts, c->params[0], c->actor.market);
    call_then(c, facts_reply);
}

void distributor_facts(struct call *c)
{
    call_read(c);
    call_then(c, facts_load);
}

/* ---- changing ---- */

static void patch_store(struct call *c)
{
    if (found(c))
        person_patch_store(c, db_value(c->batch, 0, 0, COL_PERSON), c->state);
}

static void patch_look(struct call *c)
{
    DB_ADD(call_read(c), Q_distributor_get, c->params[0], c->actor.market);
    call_then(c, patch_store);
}

void distributor_patch(struct call *c)
{
    struct person_patch *patch = c->state = ARENA_NEW(c->arena, struct person_patch);
    if (person_patch_read(c, patch)) {
        call_read(c);
        call_then(c, patch_look);
    }
}
