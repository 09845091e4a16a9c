/* Cards that a person lets us charge again. They are left on the provider's own page, behind a link
 * that the gateway makes; no number of one ever comes here. */
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

struct kind {
    bool is_customer;
    const char *missing;
};
static const struct kind distributors = {false, N_("there is no such distributor")};
static const struct kind customers = {true, N_("there is no such customer")};

struct cards {
    const struct kind *kind;
    call_step *next; /* once it is known whose they are */
    const char *person, *market;
    const char *key, *hash;
};

/* ---- whose they are -------------------------------------------------------------------------- */

static void found(struct call *c)
{
    struct cards *cards = c->state;
    if (!db_rows(c->batch, 0)) {
        call_fail(c, STATUS_NOT_FOUND, cards->kind->missing);
        return;
    }
    cards->person = db_value(c->batch, 0, 0, 0);
    cards->market = db_value(c->batch, 0, 0, 1);
    cards->next(c);
}

static void find(struct call *c)
{
    const struct cards *cards = c->state;
    DB_ADD(call_read(c), Q_card_person, cards->kind->is_customer ? NULL : c->params[0],
           cards->kind->is_customer ? c->params[0] : NULL, c->actor.market);
    call_then(c, found);
}

static struct cards *begin(struct call *c, const struct kind *kind, call_step *next)
{
    struct cards *cards = c->state = ARENA_NEW(c->arena, struct cards);
    *cards = (struct cards){.kind = kind, .next = next};
    if (!kind->is_customer || people_id_ok(c->params[0]))
        return cards;
    call_fail(c, STATUS_NOT_FOUND, kind->missing);
    return NULL;
}

static void go(struct call *c)
{
    call_read(c);
    call_then(c, find);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void listed(struct call *c)
{
    static const char *const cards[] = {"id",      "brand",    "last4",    "expires",
                                        "funding", "?default", "?expired", NULL};
    static const char *const links[] = {"id", "state", "url", "why", "card", "at", NULL};
    call_reply(c, STATUS_OK,
               json_pack("{s:o,s:o,s:n}", "items", call_rows(c->batch, 0, cards), "links",
                         call_rows(c->batch, 1, links), "next"));
}

static void list(struct call *c)
{
    const struct cards *cards = c->state;
    DB_ADD(call_read(c), Q_card_list, cards->person, c->actor.market);
    DB_ADD(call_read(c), Q_card_links, cards->person, c->actor.market);
    call_then(c, listed);
}

void card_list_distributor(struct call *c)
{
    if (begin(c, &distributors, list))
        go(c);
}

void card_list_customer(struct call *c)
{
    if (begin(c, &customers, list))
        go(c);
}

/* ---- a link ---------------------------------------------------------------------------------- */

static void linked(struct call *c)
{
    const char *result = db_value(c->batch, 0, 0, 0);
    if (strcmp(result, "reused") == 0)
        call_fail(c, STATUS_KEY_REUSED, NULL);
    else
        call_reply(c, strcmp(result, "again") == 0 ? STATUS_OK : STATUS_CREATED,
                   json_pack("{s:s}", "id", db_value(c->batch, 0, 0, 1)));
}

static void make_link(struct call *c)
{
    const struct cards *cards = c->state;
    DB_ADD(call_write(c), Q_card_setup_add, cards->key,
           arena_printf(c->arena, "card link %s", cards->person), cards->person, cards->market,
           c->actor.login_id, c->request->id);
    call_then(c, linked);
}

static void begin_link(struct call *c, const struct kind *kind)
{
    struct cards *cards = begin(c, kind, make_link);
    if (cards && (cards->key = call_key(c)))
        go(c);
}

void card_link_distributor(struct call *c)
{
    begin_link(c, &distributors);
}

void card_link_customer(struct call *c)
{
    begin_link(c, &customers);
}

/* ---- no more --------------------------------------------------------------------------------- */

static void removed(struct call *c)
{
    if (db_bool(c->batch, 0, 0, 0))
        call_reply(c, STATUS_NO_CONTENT, NULL);
    else
        call_fail(c, STATUS_NOT_FOUND, "there is no such card");
}

static void take_away(struct call *c)
{
    const struct cards *cards = c->state;
    DB_ADD(call_write(c), Q_card_remove, c->params[1], cards->person, c->actor.market,
           c->actor.login_id, c->request->id);
    call_then(c, removed);
}

static void begin_remove(struct call *c, const struct kind *kind)
{
    if (!begin(c, kind, take_away))
        return;
    if (people_id_ok(c->params[1]))
        go(c);
    else
        call_fail(c, STATUS_NOT_FOUND, "there is no such card");
}

void card_remove_distributor(struct call *c)
{
    begin_remove(c, &distributors);
}

void card_remove_customer(struct call *c)
{
    begin_remove(c, &customers);
}
