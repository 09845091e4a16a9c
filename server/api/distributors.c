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
    "id",       "name",      "status",    "?may_order",      "market",
    "#rank",    "rank_name", "#version",  "#person_version", "?first_order",
    "#balance", "currency",  "#exponent", "today",           NULL};
static const struct people_kind kind = {
    .missing = N_("there is no such distributor"),
    .found_names = found_names,
    .has_total = true,
    .head_names = head_names,
    .version = 12,
    .person = 16,
};

/* ---- finding and reading ---- */

static void list_reply(struct call *c)
{
    people_list_reply(c, &kind);
}

static void list_load(struct call *c)
{
    const char *q, *market = http_query(c->request, "market");
    int64_t most = people_search(c, true, &q);
    if (!most)
        return;
    DB_ADD(call_read(c), Q_distributor_search, q, c->actor.market ? c->actor.market : market,
           db_text_int(c->arena, most));
    call_then(c, list_reply);
}

void distributor_list(struct call *c)
{
    call_read(c);
    call_then(c, list_load);
}

static void get_reply(struct call *c)
{
    people_get_reply(c, &kind);
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
    if (!people_found(c, &kind))
        return;
    json_t *object = call_row(c->batch, 0, 0, facts_names);
    people_put_addresses(c, object, 1);
    call_reply(c, STATUS_OK, object);
}

static void facts_load(struct call *c)
{
    DB_ADD(call_read(c), Q_pricing_facts, c->params[0], c->actor.market);
    DB_ADD(call_read(c), Q_distributor_addresses, c->params[0]);
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
    person_patch_store(c, &kind, c->state);
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
