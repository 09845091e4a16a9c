/* Returns that were asked for: one, many, and what its buyer is told to do. */
#include "core/returns_say.h"
#include "core/wire/wire.h"
#include "server/api/people.h"
#include "server/api/return_number.h"
#include "server/api/routes.h"

#include <string.h>

enum { LIST_USUAL = 20, LIST_MOST = 100 };
enum {
    COL_NUMBER,
    COL_ORDER,
    COL_MARKET,
    COL_KIND,
    COL_STATE,
    COL_DEADLINE,
    COL_EXCHANGE,
    COL_ADDRESS = 20,
    COL_LANGUAGE,
    COL_DISTRIBUTOR,
    COL_DISTRIBUTOR_NAME,
    COL_CUSTOMER,
    COL_CUSTOMER_NAME
};

static const char *const head_names[] = {
    "number",   "order",     "market",    "kind",     "state",    "deadline",  "exchange",
    "currency", "#exponent", "#expected", "#refund",  "#fee",     "#delivery", "note",
    "override", "reason",    "asked_at",  "asked_by", "ended_at", "ended_by",  NULL};
static const char *const line_names[] = {
    "#position",   "line", "sku", "name",         "?component",   "#qty",   "reason",
    "reason_name", "",     "",    "#stock",       "#quarantine",  "#scrap", "#booked",
    "#refund",     "#cv",  "#pv", "inspected_at", "inspected_by", NULL};
enum { LINE_EXCHANGE_SKU = 8, LINE_EXCHANGE_NAME };
static const char *const list_names[] = {
    "number",    "order",     "market",   "kind",     "state", "deadline", "currency",
    "#exponent", "#expected", "asked_at", "asked_by", "name",  "#pieces",  NULL};

struct reading {
    const char *number;
    size_t head, lines;
};

static void no_return(struct call *c)
{
    call_fail(c, STATUS_NOT_FOUND, "there is no such return");
}

static json_t *person(const struct db_batch *b, size_t s, int id)
{
    const char *value = db_value(b, s, 0, id);
    return value ? json_pack("{s:s,s:s}", "id", value, "name", db_value(b, s, 0, id + 1))
                 : json_null();
}

static json_t *lines_write(const struct db_batch *b, size_t s)
{
    json_t *lines = call_rows(b, s, line_names);
    for (size_t i = 0; i < db_rows(b, s); i++) {
        const char *sku = db_value(b, s, i, LINE_EXCHANGE_SKU);
        json_object_set_new(
            json_array_get(lines, i), "exchange",
            sku ? json_pack("{s:s,s:s}", "sku", sku, "name", db_value(b, s, i, LINE_EXCHANGE_NAME))
                : json_null());
    }
    return lines;
}

static void get_reply(struct call *c)
{
    struct reading *r = c->state;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, r->head)) {
        no_return(c);
        return;
    }
    json_t *o = call_row(b, r->head, 0, head_names);
    json_t *address = json_loads(db_value(b, r->head, 0, COL_ADDRESS), 0, NULL);
    json_object_set_new(o, "address", address ? address : json_object());
    json_object_set_new(o, "distributor", person(b, r->head, COL_DISTRIBUTOR));
    json_object_set_new(o, "customer", person(b, r->head, COL_CUSTOMER));
    json_object_set_new(o, "lines", lines_write(b, r->lines));
    call_reply(c, STATUS_OK, o);
}

static void get_load(struct call *c)
{
    struct reading *r = c->state;
    r->head = DB_ADD(call_read(c), Q_return_get, r->number, c->actor.market);
    r->lines =
        DB_ADD(call_read(c), Q_return_get_lines, r->number, language_info(c->language)->name);
    call_then(c, get_reply);
}

static bool start(struct call *c)
{
    struct reading *r = c->state = ARENA_NEW(c->arena, struct reading);
    if (!(r->number = return_number(c->arena, c->params[0]))) {
        no_return(c);
        return false;
    }
    call_read(c);
    return true;
}

void return_get(struct call *c)
{
    if (start(c))
        call_then(c, get_load);
}

/* ---- instructions ---------------------------------------------------------------------------- */

static void release_json(void *value)
{
    json_decref(value);
}

/* In the language of the buyer, whoever asks. */
static void told_reply(struct call *c)
{
    const struct reading *r = c->state;
    const struct db_batch *b = c->batch;
    if (!db_rows(b, r->head)) {
        no_return(c);
        return;
    }
    struct return_told told = {
        .number = db_value(b, r->head, 0, COL_NUMBER),
        .order = db_value(b, r->head, 0, COL_ORDER),
        .deadline = db_value(b, r->head, 0, COL_DEADLINE),
        .is_exchange = db_value(b, r->head, 0, COL_EXCHANGE),
    };
    json_t *address = json_loads(db_value(b, r->head, 0, COL_ADDRESS), 0, NULL);
    arena_defer(c->arena, release_json, address);
    wire_address_read(&c->reader, address, "", &told.address);
    enum language language = language_by_name(db_value(b, r->head, 0, COL_LANGUAGE));
    const char *text =
        return_instructions_say(c->arena, language == LANGUAGES ? LANGUAGE_en : language, &told);
    call_reply_text(c, STATUS_OK, "text/plain; charset=utf-8", text, strlen(text));
}

static void told_load(struct call *c)
{
    struct reading *r = c->state;
    r->head = DB_ADD(call_read(c), Q_return_get, r->number, c->actor.market);
    call_then(c, told_reply);
}

void return_instructions(struct call *c)
{
    if (start(c))
        call_then(c, told_load);
}

/* ---- the list -------------------------------------------------------------------------------- */

struct listing {
    int64_t most;
    const char *order, *state, *cursor;
    size_t rows, cursor_row;
};

static bool is_state(const char *text)
{
    static const char *const states[] = {"asked",   "received",  "closed",
                                         "refused", "cancelled", "expired"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++)
        if (strcmp(states[i], text) == 0)
            return true;
    return false;
}

static void list_reply(struct call *c)
{
    const struct listing *l = c->state;
    const struct db_batch *b = c->batch;
    if (l->cursor && !db_rows(b, l->cursor_row)) {
        wire_bad_value(&c->reader, "", "cursor", l->cursor);
        call_fail(c, STATUS_MALFORMED, NULL);
        return;
    }
    size_t n = db_rows(b, l->rows);
    json_t *next =
        (int64_t)n == l->most ? json_string(db_value(b, l->rows, n - 1, 0)) : json_null();
    call_reply(c, STATUS_OK,
               json_pack("{s:o,s:o}", "items", call_rows(b, l->rows, list_names), "next", next));
}

static void list_load(struct call *c)
{
    struct listing *l = c->state;
    const struct {
        const char *name, **out;
        bool (*fits)(const char *text);
    } filters[] = {{"order", &l->order, people_id_ok},
                   {"state", &l->state, is_state},
                   {"cursor", &l->cursor, return_number_ok}};
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        *filters[i].out = http_query(c->request, filters[i].name);
        if (*filters[i].out && !filters[i].fits(*filters[i].out))
            wire_bad_value(&c->reader, "", filters[i].name, *filters[i].out);
    }
    if (!call_body_ok(c))
        return;
    l->rows = DB_ADD(call_read(c), Q_return_list, l->order, l->state, c->actor.market,
                     db_text_int(c->arena, l->most), l->cursor);
    if (l->cursor)
        l->cursor_row = DB_ADD(call_read(c), Q_return_exists, l->cursor);
    call_then(c, list_reply);
}

void return_list(struct call *c)
{
    struct listing *l = c->state = ARENA_NEW(c->arena, struct listing);
    if ((l->most = call_limit(c, LIST_USUAL, LIST_MOST))) {
        call_read(c);
        call_then(c, list_load);
    }
}
