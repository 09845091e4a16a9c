/* Distributors: finding them, and one of them with addresses and figures of the open month. */
#include "server/api/people.h"
#include "server/api/pricing_facts.h"
#include "server/api/routes.h"

#include <string.h>

static const char *const found_names[] = {"id",        "name",   "city",        "postcode", "#rank",
                                          "rank_name", "status", "last_active", "phone",    NULL};
static const char *const head_names[] = {
    "id",       "name",     "market",      "status",    "#rank", "rank_name",
    "sponsor",  "joined",   "last_active", "phone",     "email", "language",
    "#version", "#balance", "currency",    "#exponent", "",      "#pv",
    "#cv",      "#credit",  "#pending",    "usable_on", NULL};
static const char *const facts_names[] = {
    "id",       "name",      "status",    "?may_order",      "market",
    "#rank",    "rank_name", "#version",  "#person_version", "",
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

enum { FACTS_MARKET = 4, FACTS_TODAY = 13, FACTS_COUPONS = 20, FACTS_COUPON = 32 };

static void facts_reply(struct call *c)
{
    struct pricing_facts *facts = c->state;
    struct buyer_facts buyer = {.distributor = c->params[0]};
    struct date today = DATE_MIN;
    if (!people_found(c, &kind))
        return;
    json_t *object = call_row(c->batch, 0, 0, facts_names);
    people_put_addresses(c, object, 1);
    if (date_parse(db_value(c->batch, 0, 0, FACTS_TODAY), &today))
        pricing_facts_read(c, facts, db_value(c->batch, 0, 0, FACTS_MARKET), today, &buyer);
    json_object_update_new(object, pricing_facts_write(&buyer));
    call_reply(c, STATUS_OK, object);
}

/* ?coupons=A,B */
static size_t read_coupons(struct call *c, const char **coupons)
{
    size_t n = 0;
    for (const char *at = http_query(c->request, "coupons"); at && *at && n < FACTS_COUPONS;) {
        size_t len = strcspn(at, ",");
        if (len > 0 && len <= (size_t)FACTS_COUPON * 4)
            coupons[n++] = arena_strndup(c->arena, at, len);
        at += len + (at[len] == ',');
    }
    return n;
}

static void facts_load(struct call *c)
{
    const char **coupons = ARENA_ARRAY(c->arena, const char *, FACTS_COUPONS);
    size_t n = read_coupons(c, coupons);
    struct pricing_facts *facts = c->state = ARENA_NEW(c->arena, struct pricing_facts);
    *facts = (struct pricing_facts){.distributor = c->params[0],
                                    .customer = http_query(c->request, "customer"),
                                    .coupons = coupons,
                                    .ncoupons = n};
    DB_ADD(call_read(c), Q_pricing_facts, c->params[0], c->actor.market);
    DB_ADD(call_read(c), Q_distributor_addresses, c->params[0]);
    pricing_facts_ask(c, facts);
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
