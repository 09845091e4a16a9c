/* Asking for a return, and looking at what it would give: what comes back, what goes out in its
 * place, the fee, and the money. Core decides; the database keeps to the same sums or says no. */
#include "core/tender.h"
#include "server/api/counter.h"
#include "server/api/order_tenders.h"
#include "server/api/people.h"
#include "server/api/returning.h"
#include "server/api/routes.h"

#include <string.h>

enum { WISHES_MAX = 200, OVERRIDERS = ROLE_BIT(office) | ROLE_BIT(supervisor) };

/* ---- deciding -------------------------------------------------------------------------------- */

/* What goes out is paid by what it is for; the rest of either is money. */
static void settle(struct returning *r)
{
    int64_t for_exchange = 0, cost = r->exchange.total.minor;
    for (size_t i = 0; i < r->quote.nbacks; i++)
        if (r->wishes[i].exchange)
            for_exchange += r->quote.backs[i].worth.minor;
    r->due = cost > for_exchange ? cost - for_exchange : 0;
    r->refund = r->quote.refund.minor - (cost < for_exchange ? cost : for_exchange);
}

static enum status verdict(const struct returning *r)
{
    size_t shortages = 0, stops = problems_stops(&r->problems);
    for (size_t i = 0; i < r->problems.count; i++)
        shortages += r->problems.items[i].code == PROBLEM_stock_short;
    if (stops > shortages)
        return r->facts.order.sent ? STATUS_PROBLEMS : STATUS_STATE;
    if (shortages)
        return STATUS_STOCK_SHORT;
    bool as_told = r->refund == r->expect_refund && r->due == r->expect_due;
    return as_told ? STATUS_OK : STATUS_TOTAL_CHANGED;
}

/* At a till the rest of what goes out is paid at once; whether in full, the commit tells. */
static bool is_paid_well(struct call *c, struct returning *r)
{
    struct tender_sums sums;
    size_t before = r->problems.count;
    if (r->shift)
        tenders_take(&r->problems, money_of(r->due), r->facts.order.exponent,
                     order_tender_kinds(c, !r->facts.customer, true), r->tenders, r->ntenders,
                     &sums);
    return r->problems.count == before;
}

static void decide(struct call *c)
{
    struct returning *r = c->state;
    if (r->nout)
        return_exchange_quote(c, r);
    settle(r);
    if (r->preview) {
        call_reply(c, STATUS_OK, return_quote_write(c, r));
        return;
    }
    enum status status = verdict(r);
    if (status == STATUS_OK && !is_paid_well(c, r))
        call_problems(c, STATUS_PROBLEMS, NULL, "problems", return_problems_write(c, r));
    else if (status == STATUS_OK)
        return_commit(c, r);
    else if (status == STATUS_TOTAL_CHANGED)
        call_problems(c, status, NULL, "return", return_quote_write(c, r));
    else
        call_problems(c, status, NULL, "problems", return_problems_write(c, r));
}

/* A late one is taken by who may, and says why. */
static bool may_override(struct call *c, struct returning *r)
{
    if (!*r->override)
        return false;
    if (c->actor.roles & OVERRIDERS)
        return true;
    problems_add(&r->problems, PROBLEM_return_override, "/override", NULL);
    return false;
}

static void quote(struct call *c)
{
    struct returning *r = c->state;
    const struct db_batch *b = c->batch;
    if (!return_facts_read(c, &r->facts)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    if (!r->preview && db_rows(b, r->done)) {
        bool same = strcmp(db_value(b, r->done, 0, 0), r->hash) == 0;
        if (same)
            call_reply_text(c, STATUS_OK, "application/json", db_value(b, r->done, 0, 1),
                            strlen(db_value(b, r->done, 0, 1)));
        else
            call_fail(c, STATUS_KEY_REUSED, NULL);
        return;
    }
    problems_init(&r->problems, c->arena);
    bool late_allowed = may_override(c, r);
    return_quote_make(c->arena, &r->facts.order, r->kind, r->wishes, r->nwishes, late_allowed,
                      &r->problems, &r->quote);
    bool has_exchange = false;
    for (size_t i = 0; i < r->nwishes; i++)
        has_exchange |= r->wishes[i].exchange && r->wishes[i].qty > 0;
    if (has_exchange && !return_exchange_want(c, r))
        return;
    if (has_exchange)
        call_then(c, decide);
    else
        decide(c);
}

static void look(struct call *c)
{
    struct returning *r = c->state;
    r->nout = 0;
    r->exchange = (struct quote){0};
    return_facts_ask(c, r->number, &r->facts);
    /* Last: whoever sees the order as the key has changed it sees the key as well. */
    if (!r->preview)
        r->done = DB_ADD(call_read(c), Q_key_done, r->key);
    call_then(c, quote);
}

/* ---- the request ----------------------------------------------------------------------------- */

static void read_exchange(struct call *c, json_t *object, const char *at, struct return_wish *out)
{
    static const char *const names[] = {"sku", "choices", NULL};
    json_t *exchange = json_object_get(object, "exchange");
    const char *const *choices;
    if (!exchange || json_is_null(exchange))
        return;
    if (!json_is_object(exchange)) {
        wire_string(&c->reader, object, at, "exchange", 32, true, &out->exchange);
        return;
    }
    at = arena_printf(c->arena, "%s/exchange", at);
    wire_string(&c->reader, exchange, at, "sku", 32, true, &out->exchange);
    size_t n = wire_strings(&c->reader, exchange, at, "choices", 18, 32, &choices);
    struct text text;
    text_init(&text, c->arena);
    for (size_t i = 0; i < n; i++)
        text_printf(&text, "%s%s", i ? " " : "", choices[i]);
    out->choices = n ? text.data : NULL;
    wire_only(&c->reader, exchange, at, names, NULL);
}

/* At a counter a line says where its pieces go; elsewhere that is found out when they come. */
static void read_to(struct call *c, struct returning *r, json_t *object, const char *at, size_t i)
{
    r->to[i] = return_place_name(RETURN_TO_stock);
    if (!wire_string(&c->reader, object, at, "to", 16, r->shift, &r->to[i]))
        return;
    if (r->shift && return_place_by_name(r->to[i]) != RETURN_PLACES)
        return;
    wire_bad_value(&c->reader, at, "to", r->shift ? r->to[i] : "given without a shift");
    r->to[i] = return_place_name(RETURN_TO_stock);
}

static void read_wish(struct call *c, struct returning *r, json_t *object, size_t i)
{
    static const char *const names[] = {"line",     "component", "qty", "reason",
                                        "exchange", "to",        NULL};
    struct return_wish *out = &r->wishes[i];
    const char *at = arena_printf(c->arena, "/lines/%zu", i);
    struct wire_reader *reader = &c->reader;
    *out = (struct return_wish){.line = ""};
    if (!json_is_object(object)) {
        wire_bad_value(reader, "/lines", arena_printf(c->arena, "%zu", i),
                       "anything but an object");
        return;
    }
    if (json_is_null(json_object_get(object, "component")))
        json_object_del(object, "component");
    wire_string(reader, object, at, "line", 32, true, &out->line);
    wire_string(reader, object, at, "component", 32, false, &out->part);
    wire_string(reader, object, at, "reason", 32, true, &out->reason);
    if (wire_integer(reader, object, at, "qty", true, &out->qty) &&
        (out->qty < 1 || out->qty > QTY_MAX))
        wire_bad_value(reader, at, "qty", arena_printf(c->arena, "%lld", (long long)out->qty));
    read_exchange(c, object, at, out);
    read_to(c, r, object, at, i);
    wire_only(reader, object, at, names, NULL);
}

static void read_wishes(struct call *c, struct returning *r)
{
    json_t *lines = wire_array(&c->reader, c->body, "", "lines", true);
    size_t n = json_array_size(lines);
    if (n > WISHES_MAX) {
        problem_set_number(problems_add(&c->problems, PROBLEM_too_many_lines, "/lines", NULL),
                           "max", WISHES_MAX);
        return;
    }
    r->wishes = ARENA_ARRAY(c->arena, struct return_wish, n);
    r->to = ARENA_ARRAY(c->arena, const char *, n);
    for (r->nwishes = 0; r->nwishes < n && c->problems.count < WIRE_PROBLEMS_MAX; r->nwishes++)
        read_wish(c, r, json_array_get(lines, r->nwishes), r->nwishes);
}

static bool read_preview(struct call *c, struct returning *r)
{
    const char *preview = http_query(c->request, "preview");
    r->preview = preview && strcmp(preview, "true") == 0;
    if (preview && !r->preview && strcmp(preview, "false") != 0) {
        call_fail(c, STATUS_MALFORMED, "preview is true or false");
        return false;
    }
    return r->preview || (r->key = call_key(c));
}

void return_create(struct call *c)
{
    static const char *const names[] = {"order",         "kind",       "lines", "override", "note",
                                        "expect_refund", "expect_due", "shift", "tenders",  NULL};
    const char *kind = "return";
    struct returning *r = c->state = ARENA_NEW(c->arena, struct returning);
    *r = (struct returning){.number = "", .override = "", .note = ""};
    if (!read_preview(c, r) || !call_body(c))
        return;
    if (wire_string(&c->reader, c->body, "", "order", 16, true, &r->number) &&
        !people_id_ok(r->number))
        wire_bad_value(&c->reader, "", "order", r->number);
    wire_string(&c->reader, c->body, "", "kind", 16, false, &kind);
    wire_string(&c->reader, c->body, "", "override", 200, false, &r->override);
    wire_string(&c->reader, c->body, "", "note", 200, false, &r->note);
    wire_integer(&c->reader, c->body, "", "expect_refund", !r->preview, &r->expect_refund);
    wire_integer(&c->reader, c->body, "", "expect_due", false, &r->expect_due);
    if ((r->kind = return_kind_by_name(kind)) == RETURN_KINDS)
        wire_bad_value(&c->reader, "", "kind", kind);
    counter_read_shift(c, false, &r->shift);
    r->ntenders = wire_tenders_read(&c->reader, c->body, &r->tenders);
    if (r->ntenders && !r->shift)
        wire_bad_value(&c->reader, "", "tenders", "given without a shift");
    read_wishes(c, r);
    wire_only(&c->reader, c->body, "", names, NULL);
    if (!call_body_ok(c))
        return;
    r->hash = arena_printf(c->arena, "return %s", call_body_hash(c));
    call_read(c);
    call_then(c, look);
}
