/* The receipt of an order, as text and for a printer. */
#include "core/receipt.h"
#include "server/api/counter.h"
#include "server/api/routes.h"

#include <string.h>

enum {
    COL_NUMBER,
    COL_STATE,
    COL_CURRENCY,
    COL_EXPONENT,
    COL_TAX_INCLUDED,
    COL_GOODS,
    COL_DISCOUNT,
    COL_DELIVERY,
    COL_TAX_ADDED = 10,
    COL_TOTAL,
    COL_AT,
    COL_COMPANY,
    COL_SITE,
    COL_TILL,
    COL_SELLER,
    COL_DISTRIBUTOR,
    COL_DISTRIBUTOR_NAME,
    COL_CUSTOMER_NAME,
    COL_WALK_IN,
    COL_LINK,
    COL_DUE
};

struct reading {
    bool is_copy;
    size_t head, lines, taxes, payments, backs, given; /* statements */
};

static void read_lines(struct call *c, size_t s, struct receipt *out)
{
    const struct db_batch *b = c->batch;
    out->nlines = db_rows(b, s);
    out->lines = ARENA_ARRAY(c->arena, struct receipt_line, out->nlines);
    for (size_t i = 0; i < out->nlines; i++)
        out->lines[i] =
            (struct receipt_line){db_value(b, s, i, 0),         db_value(b, s, i, 1),
                                  db_int(b, s, i, 2),           money_of(db_int(b, s, i, 3)),
                                  money_of(db_int(b, s, i, 4)), money_of(db_int(b, s, i, 5))};
}

static void read_taxes(struct call *c, size_t s, struct receipt *out)
{
    const struct db_batch *b = c->batch;
    out->ntaxes = db_rows(b, s);
    out->taxes = ARENA_ARRAY(c->arena, struct receipt_tax, out->ntaxes);
    for (size_t i = 0; i < out->ntaxes; i++)
        out->taxes[i] = (struct receipt_tax){db_int(b, s, i, 0), money_of(db_int(b, s, i, 1)),
                                             money_of(db_int(b, s, i, 2))};
}

static void read_payments(struct call *c, size_t s, struct receipt *out)
{
    const struct db_batch *b = c->batch;
    out->ntenders = db_rows(b, s);
    out->tenders = ARENA_ARRAY(c->arena, struct receipt_tender, out->ntenders);
    for (size_t i = 0; i < out->ntenders; i++)
        out->tenders[i] =
            (struct receipt_tender){db_value(b, s, i, 0), money_of(db_int(b, s, i, 1)),
                                    money_of(db_int(b, s, i, 2)), money_of(db_int(b, s, i, 3))};
}

/* What came back for it; NULL: it is no exchange. */
static const struct receipt_exchange *read_exchange(struct call *c, size_t s, size_t given)
{
    const struct db_batch *b = c->batch;
    size_t n = db_rows(b, s), m = db_rows(b, given);
    if (!n)
        return NULL;
    struct receipt_exchange *out = ARENA_NEW(c->arena, struct receipt_exchange);
    *out = (struct receipt_exchange){db_value(b, s, 0, 0),
                                     db_value(b, s, 0, 1),
                                     ARENA_ARRAY(c->arena, struct receipt_line, n),
                                     n,
                                     ARENA_ARRAY(c->arena, struct receipt_tender, m),
                                     m};
    for (size_t i = 0; i < n; i++)
        out->lines[i] = (struct receipt_line){.sku = db_value(b, s, i, 2),
                                              .name = db_value(b, s, i, 3),
                                              .qty = db_int(b, s, i, 4),
                                              .amount = money_of(db_int(b, s, i, 5))};
    for (size_t i = 0; i < m; i++)
        out->given[i] = (struct receipt_tender){.kind = db_value(b, given, i, 0),
                                                .amount = money_of(db_int(b, given, i, 1))};
    return out;
}

/* Nobody, the customer, or the distributor with her number. */
static const char *buyer(struct call *c, size_t s)
{
    const struct db_batch *b = c->batch;
    if (db_bool(b, s, 0, COL_WALK_IN))
        return NULL;
    if (db_value(b, s, 0, COL_CUSTOMER_NAME))
        return db_value(b, s, 0, COL_CUSTOMER_NAME);
    return arena_printf(c->arena, "%s %s", db_value(b, s, 0, COL_DISTRIBUTOR),
                        db_value(b, s, 0, COL_DISTRIBUTOR_NAME));
}

static void receipt_read(struct call *c, const struct reading *r, struct receipt *out)
{
    const struct db_batch *b = c->batch;
    size_t s = r->head;
    *out = (struct receipt){.company = db_value(b, s, 0, COL_COMPANY),
                            .site = db_value(b, s, 0, COL_SITE),
                            .till = db_value(b, s, 0, COL_TILL),
                            .seller = db_value(b, s, 0, COL_SELLER),
                            .number = db_value(b, s, 0, COL_NUMBER),
                            .at = db_value(b, s, 0, COL_AT),
                            .buyer = buyer(c, s),
                            .currency = db_value(b, s, 0, COL_CURRENCY),
                            .exponent = (int)db_int(b, s, 0, COL_EXPONENT),
                            .tax_included = db_bool(b, s, 0, COL_TAX_INCLUDED),
                            .is_void = strcmp(db_value(b, s, 0, COL_STATE), "cancelled") == 0,
                            .is_copy = r->is_copy,
                            .goods = money_of(db_int(b, s, 0, COL_GOODS)),
                            .discount = money_of(db_int(b, s, 0, COL_DISCOUNT)),
                            .delivery = money_of(db_int(b, s, 0, COL_DELIVERY)),
                            .tax_added = money_of(db_int(b, s, 0, COL_TAX_ADDED)),
                            .total = money_of(db_int(b, s, 0, COL_TOTAL)),
                            .due = money_of(db_int(b, s, 0, COL_DUE)),
                            .link = db_value(b, s, 0, COL_LINK)};
    read_lines(c, r->lines, out);
    read_taxes(c, r->taxes, out);
    read_payments(c, r->payments, out);
    out->exchange = read_exchange(c, r->backs, r->given);
}

static void receipt_reply(struct call *c)
{
    const struct reading *r = c->state;
    struct receipt receipt;
    struct paper paper;
    if (!db_rows(c->batch, r->head)) {
        call_fail(c, STATUS_NOT_FOUND, "there is no such order");
        return;
    }
    receipt_read(c, r, &receipt);
    paper_init(&paper, c->arena);
    receipt_write(&paper, c->language, &receipt);
    json_t *out = json_pack("{s:s,s:b}", "number", receipt.number, "copy", r->is_copy);
    counter_put_paper(c, out, &paper);
    call_reply(c, STATUS_OK, out);
}

static void receipt_load(struct call *c)
{
    struct reading *r = c->state;
    const char *number = c->params[0];
    r->head = DB_ADD(call_read(c), Q_receipt_head, number, c->actor.market);
    r->lines = DB_ADD(call_read(c), Q_receipt_lines, number);
    r->taxes = DB_ADD(call_read(c), Q_receipt_taxes, number);
    r->payments = DB_ADD(call_read(c), Q_receipt_payments, number);
    r->backs = DB_ADD(call_read(c), Q_receipt_backs, number);
    r->given = DB_ADD(call_read(c), Q_receipt_given_back, number);
    call_then(c, receipt_reply);
}

void order_receipt(struct call *c)
{
    struct reading *r = c->state = ARENA_NEW(c->arena, struct reading);
    const char *copy = http_query(c->request, "copy");
    r->is_copy = copy && strcmp(copy, "true") == 0;
    if (copy && !r->is_copy && strcmp(copy, "false") != 0) {
        call_fail(c, STATUS_MALFORMED, "copy is true or false");
        return;
    }
    call_read(c);
    call_then(c, receipt_load);
}
