/* A return as JSON, before it is made. */
#include "server/api/candidates.h"
#include "server/api/returning.h"

/* ---- the answer ------------------------------------------------------------------------------ */

static json_t *back_write(const struct returning *r, size_t i)
{
    const struct return_back *b = &r->quote.backs[i];
    json_t *one =
        json_pack("{s:s,s:s?,s:I,s:s?,s:I,s:I,s:I,s:n}", "line", b->wish->line, "component",
                  b->wish->part, "qty", (json_int_t)b->wish->qty, "reason",
                  b->reason ? b->reason->code : NULL, "worth", (json_int_t)b->worth.minor, "cv",
                  (json_int_t)b->cv.hundredths, "pv", (json_int_t)b->pv.hundredths, "exchange");
    for (size_t k = 0; k < r->nout && k < r->exchange.nlines; k++) {
        const struct quote_line *line = &r->exchange.lines[k];
        if (r->out[k] != i || !line->item)
            continue;
        int64_t cost = line->amount.minor + (r->exchange.tax_included ? 0 : line->tax.minor);
        json_object_set_new(
            one, "exchange",
            json_pack("{s:s,s:s,s:I,s:I,s:I,s:I}", "sku", line->item->sku, "name", line->item->name,
                      "amount", (json_int_t)cost, "cv", (json_int_t)line->cv.hundredths, "pv",
                      (json_int_t)line->pv.hundredths, "free_stock", (json_int_t)line->free_stock));
    }
    return one;
}

json_t *return_person_write(const char *id, const char *name)
{
    return id ? json_pack("{s:s,s:s}", "id", id, "name", name) : json_null();
}

const char *return_day_text(struct call *c, struct date date)
{
    char text[DATE_TEXT];
    return arena_strdup(c->arena, date_format(text, date));
}

json_t *return_money_write(struct call *c, const struct returning *r)
{
    const struct return_quote *q = &r->quote;
    return json_pack("{s:s,s:s,s:s,s:i,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:s,s:s}", "kind",
                     return_kind_name(q->kind), "order", r->number, "currency", r->facts.currency,
                     "exponent", r->facts.order.exponent, "worth", (json_int_t)q->worth.minor,
                     "fee", (json_int_t)q->fee.minor, "delivery", (json_int_t)q->delivery.minor,
                     "exchange_total", (json_int_t)r->exchange.total.minor, "refund",
                     (json_int_t)r->refund, "due", (json_int_t)r->due, "cv",
                     (json_int_t)(r->exchange.cv.hundredths - q->cv.hundredths), "pv",
                     (json_int_t)(r->exchange.pv.hundredths - q->pv.hundredths), "deadline",
                     return_day_text(c, q->deadline), "last_day", return_day_text(c, q->last_day));
}

json_t *return_address_write(const char *text)
{
    json_t *address = json_loads(text, 0, NULL);
    return address ? address : json_object();
}

json_t *return_quote_write(struct call *c, const struct returning *r)
{
    const struct return_facts *f = &r->facts;
    json_t *o = return_money_write(c, r), *backs = json_array();
    for (size_t i = 0; i < r->quote.nbacks; i++)
        json_array_append_new(backs, back_write(r, i));
    json_object_set_new(o, "market", json_string(f->market));
    json_object_set_new(o, "tax_included", json_boolean(f->order.tax_included));
    json_object_set_new(o, "distributor", return_person_write(f->distributor, f->distributor_name));
    json_object_set_new(o, "customer", return_person_write(f->customer, f->customer_name));
    json_object_set_new(o, "sent_on", json_string(return_day_text(c, f->order.sent_on)));
    json_object_set_new(o, "today", json_string(return_day_text(c, f->order.today)));
    json_object_set_new(o, "late", json_boolean(r->quote.late));
    json_object_set_new(o, "list", json_string(f->list));
    json_object_set_new(o, "address", return_address_write(f->address));
    json_object_set_new(o, "reasons", return_reasons_write(&f->order));
    json_object_set_new(o, "lines", return_lines_write(&f->order));
    json_object_set_new(o, "back", backs);
    json_object_set_new(o, "problems", return_problems_write(c, r));
    return o;
}

json_t *return_problems_write(struct call *c, const struct returning *r)
{
    return candidates_problems(c->arena, c->language, call_market(c, r->facts.market),
                               &r->problems);
}
