/* Orders that have been placed: reading and listing. */
#include "core/date.h"
#include "core/order_state.h"
#include "server/api/order_actor.h"
#include "server/api/order_head.h"
#include "server/api/order_store.h"
#include "server/api/people.h"
#include "server/api/routes.h"

#include <string.h>

enum { ORDERS_USUAL = 20, ORDERS_MOST = 100 };

static const char *const head_names[] = {"",
                                         "number",
                                         "state",
                                         "payment",
                                         "type",
                                         "market",
                                         "",
                                         "",
                                         "",
                                         "",
                                         "price_list",
                                         "date",
                                         "currency",
                                         "#exponent",
                                         "?tax_included",
                                         "#goods",
                                         "#discount",
                                         "#delivery",
                                         "#delivery_tax",
                                         "#tax",
                                         "#tax_added",
                                         "#total",
                                         "#cv",
                                         "#pv",
                                         "",
                                         "",
                                         "note",
                                         "placed_at",
                                         "placed_by",
                                         "channel",
                                         "#due",
                                         NULL};
static const char *const line_names[] = {
    "id",   "sku", "name", "#qty",          "#unit", "#discount", "#amount",
    "#tax", "#cv", "#pv",  "#back_ordered", "state", NULL};
enum { LINE_GIFT_OF = 12, LINE_PICKS, LINE_SHARES, LINE_VALUE };
static const char *const promotion_names[] = {
    "id",     "#version",    "#amount",   "#delivery",    "#credit",        "#times", "#recruits",
    "coupon", "?given_back", "credit_on", "#credit_back", "?credit_usable", NULL};
static const char *const component_names[] = {"", "sku", "name", "#qty", "#share", "?chosen", NULL};
static const char *const confirmed_names[] = {"what", "by", "at", NULL};
static const char *const payment_names[] = {"id",    "kind", "#amount", "#refunded", "#over",
                                            "state", "ref",  "failure", "url",       "brand",
                                            "last4", "at",   "letter",  NULL};
enum { PAYMENT_CODE = 13 };
static const char *const dispute_names[] = {"id",        "state",    "reason", "#amount",
                                            "#fee",      "#lost",    "#waits", "due_by",
                                            "opened_at", "ended_at", NULL};
enum { REVISION_SHIP_KIND = 12, REVISION_SHIP_TO, REVISION_NOTE, REVISION_LINES };
static const char *const revision_names[] = {
    "#revision",  "until",  "by",  "reason", "#goods", "#discount", "#delivery", "#tax",
    "#tax_added", "#total", "#cv", "#pv",    "",       "",          "note",      NULL};
static const char *const event_names[] = {"at", "machine", "", "from", "to", "by", "reason", NULL};
static const char *const list_names[] = {
    "number", "state",    "payment",   "type",      "distributor", "name",   "customer_name",
    "#total", "currency", "#exponent", "placed_at", "placed_by",   "#lines", NULL};

struct reading {
    size_t head, lines, components, confirmed, promotions, payments, disputes, events, revisions;
};

static json_t *party_of(const struct db_batch *b, size_t s, int id, int name)
{
    const char *value = db_value(b, s, 0, id);
    return value ? json_pack("{s:s,s:s}", "id", value, "name", db_value(b, s, 0, name))
                 : json_null();
}

static json_t *cancel_write(const struct call *c, size_t s)
{
    struct problems why;
    problems_init(&why, c->arena);
    bool may = order_may_be_cancelled(c, s, &why);
    return json_pack(
        "{s:b,s:s,s:o}", "may", may, "until", db_value(c->batch, s, 0, COL_CANCEL_UNTIL), "say",
        may ? json_null() : json_string(problem_say(c->arena, c->language, &why.items[0])));
}

/* The parts of the kit of a line, and what of it was chosen; the rows stand line by line. */
static void components_write(const struct db_batch *b, const struct reading *r, json_t *line,
                             size_t *at)
{
    enum { LINE, SKU, NAME, QTY, SHARE, CHOSEN };
    const char *id = json_string_value(json_object_get(line, "id"));
    json_t *parts = json_array(), *choices = json_array();
    size_t s = r->components, i = *at;
    for (; i < db_rows(b, s) && strcmp(db_value(b, s, i, LINE), id) == 0; i++) {
        json_array_append_new(parts, call_row(b, s, i, component_names));
        if (db_bool(b, s, i, CHOSEN))
            json_array_append_new(choices, json_pack("{s:s,s:s}", "sku", db_value(b, s, i, SKU),
                                                     "name", db_value(b, s, i, NAME)));
    }
    if (json_array_size(parts))
        json_object_set(line, "components", parts);
    if (json_array_size(choices))
        json_object_set(line, "choices", choices);
    json_decref(parts);
    json_decref(choices);
    *at = i;
}

static json_t *lines_write(const struct db_batch *b, const struct reading *r)
{
    const size_t s = r->lines;
    size_t component = 0;
    json_t *lines = call_rows(b, s, line_names);
    for (size_t i = 0; i < db_rows(b, s); i++) {
        json_t *line = json_array_get(lines, i);
        const char *gift = db_value(b, s, i, LINE_GIFT_OF), *picks = db_value(b, s, i, LINE_PICKS);
        if (gift)
            json_object_set_new(line, "gift_of", json_string(gift));
        if (picks)
            json_object_set_new(line, "picks", json_string(picks));
        if (db_value(b, s, i, LINE_VALUE))
            json_object_set_new(line, "value", json_integer(db_int(b, s, i, LINE_VALUE)));
        json_object_set_new(line, "shares", json_loads(db_value(b, s, i, LINE_SHARES), 0, NULL));
        components_write(b, r, line, &component);
    }
    return lines;
}

/* Links with the address that people are given: ours, which leads on to the provider's. */
static json_t *payments_write(const struct call *c, size_t s)
{
    json_t *all = call_rows(c->batch, s, payment_names);
    for (size_t i = 0; i < db_rows(c->batch, s); i++) {
        const char *code = db_value(c->batch, s, i, PAYMENT_CODE), *base = c->server->public_url;
        json_object_set_new(json_array_get(all, i), "short_url",
                            code && base
                                ? json_string(arena_printf(c->arena, "%s/p/%s", base, code))
                                : json_null());
    }
    return all;
}

/* What the order was before each of its changes. */
static json_t *revisions_write(const struct db_batch *b, size_t s)
{
    json_t *all = json_array();
    for (size_t i = 0; i < db_rows(b, s); i++) {
        json_t *one = call_row(b, s, i, revision_names);
        json_object_set_new(one, "ship_to",
                            order_ship_to_read(db_value(b, s, i, REVISION_SHIP_KIND),
                                               db_value(b, s, i, REVISION_SHIP_TO)));
        json_object_set_new(one, "lines", json_loads(db_value(b, s, i, REVISION_LINES), 0, NULL));
        json_array_append_new(all, one);
    }
    return all;
}

static void get_reply(struct call *c)
{
    struct reading *r = c->state;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, r->head)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    json_t *o = call_row(b, r->head, 0, head_names);
    json_object_set_new(o, "distributor",
                        party_of(b, r->head, COL_DISTRIBUTOR, COL_DISTRIBUTOR_NAME));
    json_object_set_new(o, "customer", party_of(b, r->head, COL_CUSTOMER, COL_CUSTOMER_NAME));
    json_object_set_new(o, "ship_to",
                        order_ship_to_read(db_value(b, r->head, 0, COL_DESTINATION),
                                           db_value(b, r->head, 0, COL_SHIP_TO)));
    json_object_set_new(o, "lines", lines_write(b, r));
    json_object_set_new(o, "coupons", json_loads(db_value(b, r->head, 0, COL_COUPONS), 0, NULL));
    json_object_set_new(o, "promotions", call_rows(b, r->promotions, promotion_names));
    json_object_set_new(o, "confirmed", call_rows(b, r->confirmed, confirmed_names));
    json_object_set_new(o, "payments", payments_write(c, r->payments));
    json_object_set_new(o, "disputes", call_rows(b, r->disputes, dispute_names));
    json_object_set_new(o, "history", call_rows(b, r->events, event_names));
    json_object_set_new(o, "cancel", cancel_write(c, r->head));
    json_object_set_new(o, "version", json_string(db_value(b, r->head, 0, COL_VERSION)));
    json_object_set_new(o, "revision", json_integer(db_int(b, r->head, 0, COL_REVISION)));
    json_object_set_new(o, "revisions", revisions_write(b, r->revisions));
    call_header(c, "ETag", arena_printf(c->arena, "\"%s\"", db_value(b, r->head, 0, COL_VERSION)));
    call_reply(c, STATUS_OK, o);
}

static void get_load(struct call *c)
{
    struct reading *r = c->state;
    const char *number = c->params[0];
    r->head = DB_ADD(call_read(c), Q_order_get, number, c->actor.market);
    r->lines = DB_ADD(call_read(c), Q_order_lines, number);
    r->promotions = DB_ADD(call_read(c), Q_order_promotions, number);
    r->components = DB_ADD(call_read(c), Q_order_components, number);
    r->confirmed = DB_ADD(call_read(c), Q_order_confirmations, number);
    r->payments = DB_ADD(call_read(c), Q_order_payments, number);
    r->disputes = DB_ADD(call_read(c), Q_order_disputes, number);
    r->events = DB_ADD(call_read(c), Q_order_events, number);
    r->revisions = DB_ADD(call_read(c), Q_order_revisions, number);
    call_then(c, get_reply);
}

/* What somebody may see depends on who it is: the session comes first, in its own round trip. */
void order_get(struct call *c)
{
    c->state = ARENA_NEW(c->arena, struct reading);
    call_read(c);
    call_then(c, get_load);
}

/* ---- listing ---- */

struct listing {
    int64_t most;
    const char *distributor, *customer, *words, *state, *from, *to, *cursor, *taker;
    size_t rows, cursor_row;
};

static void list_reply(struct call *c)
{
    const struct listing *l = c->state;
    if (l->cursor && !db_rows(c->batch, l->cursor_row)) {
        wire_bad_value(&c->reader, "", "cursor", l->cursor);
        call_fail(c, STATUS_MALFORMED, NULL);
        return;
    }
    json_t *items = call_rows(c->batch, l->rows, list_names);
    size_t n = json_array_size(items);
    json_t *next = json_null();
    if ((int64_t)n == l->most)
        next =
            json_string(json_string_value(json_object_get(json_array_get(items, n - 1), "number")));
    call_reply(c, STATUS_OK, json_pack("{s:o,s:o}", "items", items, "next", next));
}

static bool is_date(const char *text)
{
    struct date date;
    return date_parse(text, &date);
}

static bool is_words(const char *text)
{
    return strlen(text) <= 100 && text[strspn(text, " ,")] != '\0';
}

static bool is_me(const char *text)
{
    return strcmp(text, "me") == 0;
}

/* Reads the filters; what cannot be meant is a problem each, so that a slip never looks like a list
 * without such orders. */
static bool list_read(struct call *c, struct listing *l)
{
    const struct {
        const char *name, **out;
        bool (*fits)(const char *text);
    } filters[] = {
        {"distributor", &l->distributor, people_id_ok},
        {"customer", &l->customer, people_id_ok},
        {"q", &l->words, is_words},
        {"state", &l->state, order_state_known},
        {"from", &l->from, is_date},
        {"to", &l->to, is_date},
        {"cursor", &l->cursor, people_id_ok},
        {"taker", &l->taker, is_me},
    };
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        *filters[i].out = http_query(c->request, filters[i].name);
        if (*filters[i].out && !filters[i].fits(*filters[i].out))
            wire_bad_value(&c->reader, "", filters[i].name, *filters[i].out);
    }
    return call_body_ok(c);
}

static void list_load(struct call *c)
{
    struct listing *l = c->state;
    if (!list_read(c, l))
        return;
    const char *most = db_text_int(c->arena, l->most), *market = c->actor.market,
               *taker = l->taker ? c->actor.login_id : NULL;
    struct db_batch *batch = call_read(c);
    if (l->distributor || l->customer || l->words)
        l->rows = DB_ADD(batch, Q_order_of_people, l->state, market, most, l->cursor, l->from,
                         l->to, taker, l->distributor, l->customer, l->words);
    else
        l->rows =
            DB_ADD(batch, Q_order_recent, l->state, market, most, l->cursor, l->from, l->to, taker);
    if (l->cursor)
        l->cursor_row = DB_ADD(batch, Q_order_exists, l->cursor);
    call_then(c, list_reply);
}

void order_list(struct call *c)
{
    struct listing *l = c->state = ARENA_NEW(c->arena, struct listing);
    if ((l->most = call_limit(c, ORDERS_USUAL, ORDERS_MOST))) {
        call_read(c);
        call_then(c, list_load);
    }
}
