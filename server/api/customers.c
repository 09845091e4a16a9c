/* Customers of distributors: finding, reading, making and changing them. */
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

static const char *const found_names[] = {"id",    "name",        "city", "postcode",
                                          "phone", "distributor", NULL};
static const char *const head_names[] = {"id",        "name",        "given_name", "family_name",
                                         "market",    "distributor", "phone",      "email",
                                         "language",  "#version",    "#credit",    "#pending",
                                         "usable_on", "currency",    "#exponent",  NULL};
static const struct people_kind kind = {
    .missing = N_("there is no such customer"),
    .found_names = found_names,
    .head_names = head_names,
    .version = 9,
    .person = 0,
};

struct new_customer {
    const char *key, *hash, *distributor, *given, *family, *name, *email, *phone, *language,
        *address;
};

static bool id_ok(struct call *c)
{
    bool ok = people_id_ok(c->params[0]);
    if (!ok)
        call_fail(c, STATUS_NOT_FOUND, "there is no such customer");
    return ok;
}

/* ---- list and one ---- */

static void list_reply(struct call *c)
{
    people_list_reply(c, &kind);
}

static void list_load(struct call *c)
{
    const char *q;
    int64_t most = people_search(c, false, &q);
    if (!most)
        return;
    DB_ADD(call_read(c), Q_customer_search, q, http_query(c->request, "distributor"),
           c->actor.market, db_text_int(c->arena, most));
    call_then(c, list_reply);
}

void customer_list(struct call *c)
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
    DB_ADD(call_read(c), Q_customer_get, c->params[0], c->actor.market);
    DB_ADD(call_read(c), Q_customer_addresses, c->params[0]);
    call_then(c, get_reply);
}

void customer_get(struct call *c)
{
    if (id_ok(c)) {
        call_read(c);
        call_then(c, get_load);
    }
}

/* ---- making ---- */

static void create_reply(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0), *id = db_value(c->batch, 0, 0, 1);
    struct new_customer *n = c->state;
    if (strcmp(result, "unknown") == 0) {
        struct problem *p =
            problems_add(&c->problems, PROBLEM_unknown_distributor, "/distributor", NULL);
        problem_set_text(p, "distributor", n->distributor);
        call_fail(c, STATUS_PROBLEMS, NULL);
    } else if (strcmp(result, "reused") == 0) {
        call_fail(c, STATUS_KEY_REUSED, NULL);
    } else {
        call_header(c, "Location", arena_printf(c->arena, "/api/v1/customers/%s", id));
        call_reply(
            c, strcmp(result, "again") == 0 ? STATUS_OK : STATUS_CREATED,
            json_pack("{s:s,s:s,s:s}", "id", id, "name", n->name, "distributor", n->distributor));
    }
}

static void create_store(struct call *c)
{
    struct new_customer *n = c->state;
    if (!db_rows(c->batch, 0)) {
        problem_set_text(
            problems_add(&c->problems, PROBLEM_unknown_distributor, "/distributor", NULL),
            "distributor", n->distributor);
        call_fail(c, STATUS_PROBLEMS, NULL);
        return;
    }
    DB_ADD(call_write(c), Q_customer_create, n->key, n->hash, c->actor.login_id, c->request->id,
           n->distributor, n->given, n->family, n->name, n->email, n->phone, n->language,
           n->address);
    call_then(c, create_reply);
}

/* The distributor must be of a market that the actor works in. */
static void create_look(struct call *c)
{
    struct new_customer *n = c->state;
    DB_ADD(call_read(c), Q_pricing_facts, n->distributor, c->actor.market);
    call_then(c, create_store);
}

void customer_post(struct call *c)
{
    static const char *const names[] = {"distributor", "name",    "given_name",
                                        "family_name", "email",   "phone",
                                        "language",    "address", NULL};
    struct wire_reader *r = &c->reader;
    struct new_customer *n = c->state = ARENA_NEW(c->arena, struct new_customer);
    *n = (struct new_customer){
        .given = "", .family = "", .name = "", .email = "", .phone = "", .language = "en"};
    if (!(n->key = call_key(c)) || !call_body(c))
        return;
    wire_string(r, c->body, "", "distributor", 16, true, &n->distributor);
    wire_string(r, c->body, "", "name", 120, true, &n->name);
    wire_string(r, c->body, "", "given_name", 120, false, &n->given);
    wire_string(r, c->body, "", "family_name", 120, false, &n->family);
    wire_string(r, c->body, "", "email", 254, false, &n->email);
    wire_string(r, c->body, "", "phone", 40, false, &n->phone);
    wire_string(r, c->body, "", "language", 8, false, &n->language);
    wire_only(r, c->body, "", names, NULL);
    people_address_read(c, &n->address);
    if (!call_body_ok(c))
        return;
    n->hash = call_body_hash(c);
    call_read(c);
    call_then(c, create_look);
}

/* ---- changing ---- */

static void patch_store(struct call *c)
{
    person_patch_store(c, &kind, c->state);
}

static void patch_look(struct call *c)
{
    DB_ADD(call_read(c), Q_customer_get, c->params[0], c->actor.market);
    call_then(c, patch_store);
}

void customer_patch(struct call *c)
{
    struct person_patch *patch = c->state = ARENA_NEW(c->arena, struct person_patch);
    if (id_ok(c) && person_patch_read(c, patch)) {
        call_read(c);
        call_then(c, patch_look);
    }
}
