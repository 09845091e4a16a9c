/* X and Z reports: the figures of a shift as JSON, as text, and for a printer. */
#include "server/api/shift.h"

#include "core/receipt.h"
#include "server/api/counter.h"
#include "server/api/routes.h"

#include <string.h>

enum { COL_FIGURES, COL_COMPANY, COL_SITE, COL_OPENED, COL_AT, COL_PIECES };
enum {
    SHIFT_TILL_NAME = 2,
    SHIFT_CURRENCY = 5,
    SHIFT_EXPONENT,
    SHIFT_SELLER = 8,
    SHIFT_Z = 16,
    SHIFT_COUNTED = 18,
    SHIFT_DIFFERENCE,
    SHIFT_NOTE
};
enum { MOVE_KIND = 1, MOVE_AMOUNT, MOVE_REASON };

struct reporting {
    size_t shift, figures, moves; /* statements */
    json_t *found;
    struct report report;
};

static struct money figure(const json_t *figures, const char *name)
{
    return money_of(json_integer_value(json_object_get(figures, name)));
}

static struct report_sum sum_of(const json_t *figures, const char *name)
{
    const json_t *sum = json_object_get(figures, name);
    return (struct report_sum){json_integer_value(json_object_get(sum, "count")),
                               figure(sum, "total")};
}

static void read_tenders(struct call *c, struct reporting *r)
{
    const json_t *tenders = json_object_get(r->found, "tenders");
    size_t n = r->report.ntenders = json_array_size(tenders);
    r->report.tenders = ARENA_ARRAY(c->arena, struct report_tender, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *tender = json_array_get(tenders, i);
        const char *kind = json_string_value(json_object_get(tender, "kind"));
        r->report.tenders[i] =
            (struct report_tender){.kind = arena_strdup(c->arena, kind),
                                   .count = json_integer_value(json_object_get(tender, "count")),
                                   .amount = figure(tender, "amount"),
                                   .given_back = figure(tender, "given_back"),
                                   .is_hidden = r->report.is_blind && strcmp(kind, "cash") == 0};
    }
}

static void read_taxes(struct call *c, struct reporting *r)
{
    const json_t *taxes = json_object_get(r->found, "taxes");
    size_t n = r->report.ntaxes = r->report.is_blind ? 0 : json_array_size(taxes);
    r->report.taxes = ARENA_ARRAY(c->arena, struct receipt_tax, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *tax = json_array_get(taxes, i);
        r->report.taxes[i] = (struct receipt_tax){json_integer_value(json_object_get(tax, "rate")),
                                                  figure(tax, "goods"), figure(tax, "tax")};
    }
}

static void read_moves(struct call *c, struct reporting *r)
{
    const struct db_batch *b = c->batch;
    size_t n = r->report.nmoves = db_rows(b, r->moves);
    r->report.moves = ARENA_ARRAY(c->arena, struct report_move, n);
    for (size_t i = 0; i < n; i++)
        r->report.moves[i] = (struct report_move){
            strcmp(db_value(b, r->moves, i, MOVE_KIND), "pay_in") == 0,
            money_of(db_int(b, r->moves, i, MOVE_AMOUNT)), db_value(b, r->moves, i, MOVE_REASON)};
}

static void read_report(struct call *c, struct reporting *r)
{
    const struct db_batch *b = c->batch;
    size_t s = r->shift, f = r->figures;
    bool is_closed = db_value(b, s, 0, SHIFT_Z);
    r->found = json_loads(db_value(b, f, 0, COL_FIGURES), 0, NULL);
    r->report =
        (struct report){.company = db_value(b, f, 0, COL_COMPANY),
                        .site = db_value(b, f, 0, COL_SITE),
                        .till = db_value(b, s, 0, SHIFT_TILL_NAME),
                        .seller = db_value(b, s, 0, SHIFT_SELLER),
                        .opened = db_value(b, f, 0, COL_OPENED),
                        .at = db_value(b, f, 0, COL_AT),
                        .z = is_closed ? db_int(b, s, 0, SHIFT_Z) : 0,
                        .currency = db_value(b, s, 0, SHIFT_CURRENCY),
                        .exponent = (int)db_int(b, s, 0, SHIFT_EXPONENT),
                        .is_blind = shift_is_hidden(c, s, 0),
                        .sales = sum_of(r->found, "sales"),
                        .voids = sum_of(r->found, "voids"),
                        .returns = sum_of(r->found, "returns"),
                        .pickups = sum_of(r->found, "pickups"),
                        .waiting = sum_of(r->found, "waiting"),
                        .change_fund = figure(r->found, "float"),
                        .cash_taken = figure(r->found, "cash_taken"),
                        .cash_given_back = figure(r->found, "cash_given_back"),
                        .pay_in = figure(r->found, "pay_in"),
                        .pay_out = figure(r->found, "pay_out"),
                        .expected = figure(r->found, "expected"),
                        .counted = money_of(is_closed ? db_int(b, s, 0, SHIFT_COUNTED) : 0),
                        .difference = money_of(is_closed ? db_int(b, s, 0, SHIFT_DIFFERENCE) : 0),
                        .note = db_value(b, s, 0, SHIFT_NOTE)};
    read_tenders(c, r);
    read_taxes(c, r);
    read_moves(c, r);
}

/* ---- as JSON --------------------------------------------------------------------------------- */

static json_t *unless(bool hidden, int64_t minor)
{
    return hidden ? json_null() : json_integer(minor);
}

static json_t *sum_write(const struct report_sum *sum, bool hidden)
{
    return json_pack("{s:I,s:o}", "count", (json_int_t)sum->count, "total",
                     unless(hidden, sum->total.minor));
}

static json_t *tenders_write(const struct report *r)
{
    json_t *all = json_array();
    for (size_t i = 0; i < r->ntenders; i++) {
        const struct report_tender *t = &r->tenders[i];
        json_array_append_new(all, json_pack("{s:s,s:I,s:o,s:o}", "kind", t->kind, "count",
                                             (json_int_t)t->count, "amount",
                                             unless(t->is_hidden, t->amount.minor), "given_back",
                                             unless(t->is_hidden, t->given_back.minor)));
    }
    return all;
}

static json_t *taxes_write(const struct report *r)
{
    json_t *all = json_array();
    for (size_t i = 0; i < r->ntaxes; i++)
        json_array_append_new(all, json_pack("{s:I,s:I,s:I}", "rate", (json_int_t)r->taxes[i].ppm,
                                             "goods", (json_int_t)r->taxes[i].goods.minor, "tax",
                                             (json_int_t)r->taxes[i].tax.minor));
    return all;
}

static void put_cash(json_t *out, const struct report *r)
{
    const bool blind = r->is_blind, open = !r->z;
    const struct {
        const char *name;
        int64_t minor;
        bool hidden;
    } rows[] = {{"float", r->change_fund.minor, false},
                {"pay_in", r->pay_in.minor, false},
                {"pay_out", r->pay_out.minor, false},
                {"cash_taken", r->cash_taken.minor, blind},
                {"cash_given_back", r->cash_given_back.minor, blind},
                {"expected", r->expected.minor, blind},
                {"counted", r->counted.minor, open},
                {"difference", r->difference.minor, open}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        json_object_set_new(out, rows[i].name, unless(rows[i].hidden, rows[i].minor));
}

static json_t *report_json(struct call *c, const struct reporting *r)
{
    static const char *const moves[] = {"at", "kind", "#amount", "reason", "name", NULL};
    const struct report *report = &r->report;
    json_t *out = json_pack(
        "{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "kind", report->z ? "z" : "x",
        "number", report->z ? json_integer(report->z) : json_null(), "shift",
        shift_write(c, r->shift, 0), "sales", sum_write(&report->sales, report->is_blind), "voids",
        sum_write(&report->voids, false), "returns", sum_write(&report->returns, false), "pickups",
        sum_write(&report->pickups, false), "waiting", sum_write(&report->waiting, false),
        "tenders", tenders_write(report), "taxes", taxes_write(report), "moves",
        call_rows(c->batch, r->moves, moves), "pieces",
        json_loads(db_value(c->batch, r->figures, 0, COL_PIECES), 0, NULL));
    put_cash(out, report);
    return out;
}

static void report_reply(struct call *c)
{
    struct reporting *r = c->state;
    struct paper paper;
    if (!shift_found(c, r->shift))
        return;
    read_report(c, r);
    paper_init(&paper, c->arena);
    report_write(&paper, c->language, &r->report);
    json_t *out = report_json(c, r);
    counter_put_paper(c, out, &paper);
    json_decref(r->found);
    call_reply(c, STATUS_OK, out);
}

void shift_report_answer(struct call *c)
{
    struct reporting *r = c->state = ARENA_NEW(c->arena, struct reporting);
    const char *id = c->params[0];
    r->shift = shift_ask(c, id);
    r->figures = DB_ADD(call_read(c), Q_shift_report, id);
    r->moves = DB_ADD(call_read(c), Q_shift_moves, id);
    call_then(c, report_reply);
}

void shift_report(struct call *c)
{
    if (!shift_id_ok(c))
        return;
    call_read(c);
    call_then(c, shift_report_answer);
}
