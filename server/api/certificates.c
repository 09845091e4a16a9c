/* Gift certificates at the desk. Who knows a number, or the last six digits and who bought it, sees
 * the certificate and what became of it; lists have the last four digits only, for a number is as
 * good as money. Look-ups are counted (certificate_look), so that nobody finds one by trying; so is
 * what orders name (order_tries_certificate). */
#include "core/tender.h"
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

enum { LIST_USUAL = 50, LIST_MOST = 200 };
enum { COL_SELLER = 10, COL_SELLER_NAME, COL_CUSTOMER, COL_CUSTOMER_NAME };

static const char *const card_names[] = {"id",        "last",    "market",   "currency",
                                         "#exponent", "#amount", "#balance", "state",
                                         "issued_at", "order",   NULL};
static const char *const event_names[] = {"at", "act", "#amount", "order", NULL};
static const char *const liability_names[] = {"market", "currency",   "#exponent", "#open", "#dead",
                                              "#sold",  "#liability", "#books",    NULL};

struct looking {
    char digits[CERTIFICATE_DIGITS + 1];
    const char *person; /* who bought it, with the last digits; else NULL */
    const char *number;
    size_t card, history;
};

static json_t *person(const struct db_batch *b, size_t s, size_t row, int id)
{
    const char *value = db_value(b, s, row, id);
    return value ? json_pack("{s:s,s:s}", "id", value, "name", db_value(b, s, row, id + 1))
                 : json_null();
}

static json_t *card_write(const struct db_batch *b, size_t s, size_t row)
{
    json_t *card = call_row(b, s, row, card_names);
    json_object_set_new(card, "seller", person(b, s, row, COL_SELLER));
    json_object_set_new(card, "customer", person(b, s, row, COL_CUSTOMER));
    return card;
}

/* ---- one ------------------------------------------------------------------------------------- */

static void look_reply(struct call *c)
{
    const struct looking *l = c->state;
    json_t *card = card_write(c->batch, l->card, 0);
    json_object_set_new(card, "number", json_string(arena_printf(c->arena, "GC%s", l->number)));
    json_object_set_new(card, "history", call_rows(c->batch, l->history, event_names));
    if (l->person)
        card = json_pack("{s:[o],s:n}", "items", card, "next");
    call_reply(c, STATUS_OK, card);
}

static void looked(struct call *c)
{
    struct looking *l = c->state;
    int64_t wait = db_int(c->batch, 0, 0, 0);
    const char *id = db_value(c->batch, 0, 0, 1);
    if (wait > 0) {
        call_wait(c, wait);
        return;
    }
    if (!id) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such certificate");
        return;
    }
    l->number = db_value(c->batch, 0, 0, 2);
    l->card = DB_ADD(call_read(c), Q_certificate_card, id);
    l->history = DB_ADD(call_read(c), Q_certificate_history, id);
    call_then(c, look_reply);
}

static void look(struct call *c)
{
    const struct looking *l = c->state;
    DB_ADD(call_write(c), Q_certificate_look, l->digits, l->person, c->actor.market,
           c->actor.login_id, c->request->peer, c->request->id);
    call_then(c, looked);
}

void certificate_get(struct call *c)
{
    struct looking *l = c->state = ARENA_NEW(c->arena, struct looking);
    /* A mistyped one costs no try. */
    if (!certificate_number(c->params[0], l->digits) || strlen(l->digits) != CERTIFICATE_DIGITS) {
        call_fail(c, STATUS_NOT_FOUND,
                  "a certificate has 16 digits, the last of which checks them");
        return;
    }
    call_read(c);
    call_then(c, look);
}

/* ---- many ------------------------------------------------------------------------------------ */

struct listing {
    struct looking looking; /* first: `look` finds it there */
    const char *seller, *customer, *distributor, *state, *cursor, *last;
    int64_t limit;
};

static void list_reply(struct call *c)
{
    const struct listing *l = c->state;
    size_t rows = db_rows(c->batch, 0), n = rows > (size_t)l->limit ? (size_t)l->limit : rows;
    json_t *items = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(items, card_write(c->batch, 0, i));
    call_reply(c, STATUS_OK,
               json_pack("{s:o,s:s?}", "items", items, "next",
                         rows > n ? db_value(c->batch, 0, n - 1, 0) : NULL));
}

static void list_load(struct call *c)
{
    const struct listing *l = c->state;
    DB_ADD(call_read(c), Q_certificate_list, l->seller, l->customer, l->state, c->actor.market,
           l->cursor, db_text_int(c->arena, l->limit + 1), l->distributor);
    call_then(c, list_reply);
}

static bool state_ok(const char *state)
{
    return strcmp(state, "active") == 0 || strcmp(state, "dead") == 0;
}

static bool last_ok(const char *last)
{
    return strlen(last) == CERTIFICATE_LAST && code_is_digits(last, CERTIFICATE_LAST);
}

void certificate_list(struct call *c)
{
    struct listing *l = c->state = ARENA_NEW(c->arena, struct listing);
    const struct {
        const char *name, **into;
        bool (*is_ok)(const char *value);
    } params[] = {
        {"seller", &l->seller, people_id_ok},           {"customer", &l->customer, people_id_ok},
        {"distributor", &l->distributor, people_id_ok}, {"state", &l->state, state_ok},
        {"cursor", &l->cursor, people_id_ok},           {"last", &l->last, last_ok}};
    if (!(l->limit = call_limit(c, LIST_USUAL, LIST_MOST)))
        return;
    for (size_t i = 0; i < ARRAY_LEN(params); i++)
        if ((*params[i].into = http_query(c->request, params[i].name)) &&
            !params[i].is_ok(*params[i].into))
            wire_bad_value(&c->reader, "", params[i].name, *params[i].into);
    if (!c->problems.count && l->last && !l->customer && !l->distributor)
        wire_bad_value(&c->reader, "", "last", "without a customer or a distributor");
    if (c->problems.count) {
        call_fail(c, STATUS_MALFORMED, NULL);
        return;
    }
    if (l->last)
        memcpy(l->looking.digits, l->last, CERTIFICATE_LAST + 1);
    l->looking.person = l->last ? (l->customer ? l->customer : l->distributor) : NULL;
    call_read(c);
    call_then(c, l->last ? look : list_load);
}

/* ---- what is owed ---------------------------------------------------------------------------- */

static void liability_reply(struct call *c)
{
    call_reply(c, STATUS_OK,
               json_pack("{s:o,s:n}", "items", call_rows(c->batch, 0, liability_names), "next"));
}

static void liability_load(struct call *c)
{
    DB_ADD(call_read(c), Q_certificate_liability, c->actor.market);
    call_then(c, liability_reply);
}

void certificate_liability(struct call *c)
{
    call_read(c);
    call_then(c, liability_load);
}
