#include "server/api/return_facts.h"

#include <string.h>

enum {
    COL_NUMBER,
    COL_STATE,
    COL_MARKET,
    COL_CURRENCY,
    COL_EXPONENT,
    COL_TAX_INCLUDED,
    COL_OF_DISTRIBUTOR,
    COL_BY_WEB,
    COL_DELIVERY,
    COL_DELIVERY_ADDED,
    COL_TODAY,
    COL_SENT_ON,
    COL_LAST_DAY,
    COL_WITHDRAW_UNTIL,
    COL_BUY_BACK_UNTIL,
    COL_POST_DAYS,
    COL_FEE,
    COL_BUY_BACK,
    COL_DISTRIBUTOR,
    COL_DISTRIBUTOR_NAME,
    COL_CUSTOMER,
    COL_CUSTOMER_NAME,
    COL_TYPE,
    COL_LIST,
    COL_PRICING_DATE,
    COL_DESTINATION,
    COL_SHIP_TO,
    COL_LANGUAGE,
    COL_ADDRESS
};

void return_facts_ask(struct call *c, const char *number, struct return_facts *out)
{
    *out = (struct return_facts){.number = number};
    struct db_batch *batch = call_read(c);
    out->head = DB_ADD(batch, Q_return_order, number, c->actor.market);
    out->lines = DB_ADD(batch, Q_return_order_lines, number);
    out->parts = DB_ADD(batch, Q_return_order_parts, number);
    out->certificates = DB_ADD(batch, Q_return_order_certificates, number);
    out->reasons = DB_ADD(batch, Q_return_reasons, number, language_info(c->language)->name);
}

static struct date day(const struct db_batch *b, size_t s, int column)
{
    const char *text = db_value(b, s, 0, column);
    struct date date = DATE_MIN;
    if (!text || !date_parse(text, &date))
        date = DATE_MIN;
    return date;
}

static struct money money_in(const struct db_batch *b, size_t s, size_t row, int column)
{
    return money_of(db_int(b, s, row, column));
}

static void read_head(const struct db_batch *b, struct return_facts *f)
{
    size_t s = f->head;
    const char *state = db_value(b, s, 0, COL_STATE);
    f->market = db_value(b, s, 0, COL_MARKET);
    f->currency = db_value(b, s, 0, COL_CURRENCY);
    f->distributor = db_value(b, s, 0, COL_DISTRIBUTOR);
    f->distributor_name = db_value(b, s, 0, COL_DISTRIBUTOR_NAME);
    f->customer = db_value(b, s, 0, COL_CUSTOMER);
    f->customer_name = db_value(b, s, 0, COL_CUSTOMER_NAME);
    f->type = db_value(b, s, 0, COL_TYPE);
    f->list = db_value(b, s, 0, COL_LIST);
    f->pricing_date = db_value(b, s, 0, COL_PRICING_DATE);
    f->destination = db_value(b, s, 0, COL_DESTINATION);
    f->ship_to = db_value(b, s, 0, COL_SHIP_TO);
    f->address = db_value(b, s, 0, COL_ADDRESS);
    f->order = (struct return_order){
        .number = db_value(b, s, 0, COL_NUMBER),
        .state = state,
        .sent = strcmp(state, "shipped") == 0 || strcmp(state, "received") == 0,
        .tax_included = db_bool(b, s, 0, COL_TAX_INCLUDED),
        .of_distributor = db_bool(b, s, 0, COL_OF_DISTRIBUTOR),
        .by_web = db_bool(b, s, 0, COL_BY_WEB),
        .exponent = (int)db_int(b, s, 0, COL_EXPONENT),
        .delivery = money_in(b, s, 0, COL_DELIVERY),
        .delivery_added = money_in(b, s, 0, COL_DELIVERY_ADDED),
        .today = day(b, s, COL_TODAY),
        .sent_on = day(b, s, COL_SENT_ON),
        .last_day = day(b, s, COL_LAST_DAY),
        .withdraw_until = day(b, s, COL_WITHDRAW_UNTIL),
        .buy_back_until = day(b, s, COL_BUY_BACK_UNTIL),
        .post_days = db_int(b, s, 0, COL_POST_DAYS),
        .fee = money_in(b, s, 0, COL_FEE),
        .buy_back = {db_int(b, s, 0, COL_BUY_BACK)},
    };
}

static void read_line(const struct db_batch *b, size_t s, size_t row, struct return_line *out)
{
    enum {
        ID,
        LINE,
        SKU,
        NAME,
        QTY,
        TAKEN,
        UNIT,
        GOODS,
        DISCOUNT,
        PROMOTED,
        AMOUNT,
        TAX,
        PPM,
        CV,
        PV,
        COMES_BACK,
        KEEPS,
        EXCHANGED,
        IS_CERTIFICATE
    };
    *out = (struct return_line){
        .id = db_value(b, s, row, ID),
        .number = (int)db_int(b, s, row, LINE),
        .sku = db_value(b, s, row, SKU),
        .name = db_value(b, s, row, NAME),
        .qty = db_int(b, s, row, QTY),
        .taken = db_int(b, s, row, TAKEN),
        .unit = money_in(b, s, row, UNIT),
        .goods = money_in(b, s, row, GOODS),
        .discount = money_in(b, s, row, DISCOUNT),
        .promoted = money_in(b, s, row, PROMOTED),
        .amount = money_in(b, s, row, AMOUNT),
        .tax = money_in(b, s, row, TAX),
        .tax_rate = {db_int(b, s, row, PPM)},
        .cv = {db_int(b, s, row, CV)},
        .pv = {db_int(b, s, row, PV)},
        .comes_back = db_bool(b, s, row, COMES_BACK),
        .keeps_delivery = db_bool(b, s, row, KEEPS),
        .exchanged = db_bool(b, s, row, EXCHANGED),
        .is_certificate = db_bool(b, s, row, IS_CERTIFICATE),
    };
}

/* The parts stand in the order of the lines. */
static void read_parts(const struct db_batch *b, size_t s, struct return_line *line, size_t *next,
                       struct return_part *parts)
{
    enum { ID, POSITION, SKU, NAME, QTY, TAKEN, SHARE };
    line->parts = parts + *next;
    for (; *next < db_rows(b, s) && strcmp(db_value(b, s, *next, ID), line->id) == 0; (*next)++)
        line->parts[line->nparts++] = (struct return_part){
            .position = (int)db_int(b, s, *next, POSITION),
            .sku = db_value(b, s, *next, SKU),
            .name = db_value(b, s, *next, NAME),
            .qty = db_int(b, s, *next, QTY),
            .taken = db_int(b, s, *next, TAKEN),
            .share = money_in(b, s, *next, SHARE),
        };
}

/* So do the certificates. */
static void read_certificates(const struct db_batch *b, size_t s, struct return_line *line,
                              size_t *next, struct return_certificate *certificates)
{
    enum { ID, LAST, AMOUNT, LEFT };
    line->certificates = certificates + *next;
    for (; *next < db_rows(b, s) && strcmp(db_value(b, s, *next, ID), line->id) == 0; (*next)++)
        line->certificates[line->ncertificates++] =
            (struct return_certificate){.last = db_value(b, s, *next, LAST),
                                        .amount = money_in(b, s, *next, AMOUNT),
                                        .left = money_in(b, s, *next, LEFT)};
}

static void read_reasons(struct call *c, struct return_facts *f)
{
    enum { CODE, LETTER, NAME, FEE, DELIVERY };
    const struct db_batch *b = c->batch;
    size_t s = f->reasons, n = db_rows(b, s);
    struct return_reason *reasons = ARENA_ARRAY(c->arena, struct return_reason, n);
    for (size_t i = 0; i < n; i++)
        reasons[i] = (struct return_reason){db_value(b, s, i, CODE), db_value(b, s, i, LETTER),
                                            db_value(b, s, i, NAME), db_bool(b, s, i, FEE),
                                            db_bool(b, s, i, DELIVERY)};
    f->order.reasons = reasons;
    f->order.nreasons = n;
}

bool return_facts_read(struct call *c, struct return_facts *f)
{
    const struct db_batch *b = c->batch;
    if (!db_rows(b, f->head))
        return false;
    read_head(b, f);
    size_t n = db_rows(b, f->lines), next = 0, next_certificate = 0;
    struct return_part *parts = ARENA_ARRAY(c->arena, struct return_part, db_rows(b, f->parts));
    struct return_certificate *certificates =
        ARENA_ARRAY(c->arena, struct return_certificate, db_rows(b, f->certificates));
    f->order.lines = ARENA_ARRAY(c->arena, struct return_line, n);
    f->order.nlines = n;
    for (size_t i = 0; i < n; i++) {
        read_line(b, f->lines, i, &f->order.lines[i]);
        read_parts(b, f->parts, &f->order.lines[i], &next, parts);
        read_certificates(b, f->certificates, &f->order.lines[i], &next_certificate, certificates);
    }
    read_reasons(c, f);
    return true;
}

/* ---- as JSON --------------------------------------------------------------------------------- */

static json_t *parts_write(const struct return_line *line)
{
    json_t *parts = json_array();
    for (size_t i = 0; i < line->nparts; i++) {
        const struct return_part *part = &line->parts[i];
        json_array_append_new(parts, json_pack("{s:s,s:s,s:I,s:I,s:I}", "sku", part->sku, "name",
                                               part->name, "qty", (json_int_t)part->qty, "left",
                                               (json_int_t)return_left(line, part), "share",
                                               (json_int_t)part->share.minor));
    }
    return parts;
}

static json_t *certificates_write(const struct return_line *line)
{
    json_t *all = json_array();
    for (size_t i = 0; i < line->ncertificates; i++) {
        const struct return_certificate *one = &line->certificates[i];
        json_array_append_new(all, json_pack("{s:s,s:I,s:I,s:b}", "last", one->last, "amount",
                                             (json_int_t)one->amount.minor, "left",
                                             (json_int_t)one->left.minor, "goes", one->goes));
    }
    return all;
}

json_t *return_lines_write(const struct return_order *order)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < order->nlines; i++) {
        const struct return_line *line = &order->lines[i];
        json_t *one =
            json_pack("{s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I}", "id", line->id, "sku", line->sku, "name",
                      line->name, "qty", (json_int_t)line->qty, "left",
                      (json_int_t)return_left(line, NULL), "amount", (json_int_t)line->amount.minor,
                      "tax", (json_int_t)line->tax.minor, "cv", (json_int_t)line->cv.hundredths);
        if (line->nparts)
            json_object_set_new(one, "components", parts_write(line));
        if (line->is_certificate)
            json_object_set_new(one, "certificates", certificates_write(line));
        json_array_append_new(lines, one);
    }
    return lines;
}

json_t *return_reasons_write(const struct return_order *order)
{
    json_t *reasons = json_array();
    for (size_t i = 0; i < order->nreasons; i++) {
        const struct return_reason *reason = &order->reasons[i];
        json_array_append_new(reasons,
                              json_pack("{s:s,s:s,s:s,s:b}", "code", reason->code, "letter",
                                        reason->letter, "name", reason->name, "fee", reason->fee));
    }
    return reasons;
}
