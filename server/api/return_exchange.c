/* What goes out in place of what comes back. */
#include "server/api/returning.h"

#include <string.h>

/* ---- what goes out in its place ---------------------------------------------------------------
 */

/* Of a problem of the order that goes out, what is about its lines: the buyer was looked at when
 * the first order was placed. */
static bool is_about_line(enum problem_code code)
{
    static const enum problem_code kept[] = {
        PROBLEM_unknown_sku,      PROBLEM_check_digit,
        PROBLEM_not_in_list,      PROBLEM_not_on_sale,
        PROBLEM_wrong_kind,       PROBLEM_bad_quantity,
        PROBLEM_max_per_order,    PROBLEM_stock_short,
        PROBLEM_amount_too_large, PROBLEM_no_tax_rate,
        PROBLEM_no_list,          PROBLEM_choice_needed,
        PROBLEM_choice_too_many,  PROBLEM_choice_not_offered,
        PROBLEM_age_check,
    };
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        if (kept[i] == code)
            return true;
    return false;
}

/* They are told of the wishes, as the client has sent them. */
static void take_problems(struct returning *r)
{
    static const char lines[] = "/lines/";
    for (size_t i = 0; i < r->exchange.problems.count; i++) {
        struct problem problem = r->exchange.problems.items[i];
        size_t line = 0;
        const char *at = problem.field;
        if (!is_about_line(problem.code) || strncmp(at, lines, sizeof lines - 1) != 0)
            continue;
        for (at += sizeof lines - 1; *at >= '0' && *at <= '9'; at++)
            line = line * 10 + (size_t)(*at - '0');
        if (line >= r->nout)
            continue;
        struct problem *told =
            problems_add(&r->problems, problem.code,
                         arena_printf(r->problems.arena, "/lines/%zu/exchange", r->out[line]),
                         r->wishes[r->out[line]].line);
        const char *field = told->field, *id = told->line;
        *told = problem;
        told->field = field;
        told->line = id;
    }
}

static void add_up(struct quote *q)
{
    q->goods = q->discount = q->delivery = q->delivery_tax = q->tax = money_of(0);
    q->cv.hundredths = q->pv.hundredths = 0;
    for (size_t i = 0; i < q->nlines; i++) {
        q->goods.minor += q->lines[i].goods.minor;
        q->discount.minor += q->lines[i].discount.minor;
        q->tax.minor += q->lines[i].tax.minor;
        q->cv.hundredths += q->lines[i].cv.hundredths;
        q->pv.hundredths += q->lines[i].pv.hundredths;
    }
    q->tax_added.minor = q->tax_included ? 0 : q->tax.minor;
    q->total.minor = q->goods.minor - q->discount.minor + q->tax_added.minor;
}

/* The list prices of its day, without promotions; what came back pays for them. */
void return_exchange_quote(struct call *c, struct returning *r)
{
    struct pricing *p = &r->pricing;
    pricing_decide(c, p);
    struct catalogue *plain = ARENA_NEW(c->arena, struct catalogue);
    *plain = p->market->catalogue;
    plain->npromotions = 0;
    quote_price(c->arena, plain, &p->buyer, &p->draft, p->stock_facts, p->nstock, &r->exchange);
    for (size_t i = 0; i < r->nout && i < r->exchange.nlines; i++) {
        const struct return_back *back = &r->quote.backs[r->out[i]];
        if (r->exchange.lines[i].priced && back->line)
            return_exchange_price(back, r->facts.order.tax_included, &r->exchange.lines[i]);
    }
    r->exchange.tax_included = r->facts.order.tax_included;
    add_up(&r->exchange);
    take_problems(r);
}

static void release_json(void *value)
{
    json_decref(value);
}

/* As a draft: same buyer, same address, the list of the first order where it is still known. */
bool return_exchange_want(struct call *c, struct returning *r)
{
    const struct return_facts *f = &r->facts;
    struct pricing *p = &r->pricing;
    struct order_draft *d = &p->draft;
    const struct market_snapshot *market = call_market(c, f->market);
    if (!market)
        return false;
    *p = (struct pricing){.order = r->number, .shift = r->shift};
    *d = (struct order_draft){.market = f->market, .distributor = f->distributor};
    d->customer = f->customer;
    d->type = order_type_by_name(f->type);
    d->destination = r->shift ? SHIP_pickup : destination_by_name(f->destination);
    d->at_counter = r->shift != NULL;
    d->date = DATE_MIN;
    json_t *address = json_loads(f->ship_to, 0, NULL);
    arena_defer(c->arena, release_json, address);
    json_object_del(address, "method"); /* it goes free, and the standard way */
    if (!r->shift && json_object_size(address)) {
        d->has_address = true;
        wire_address_read(&c->reader, address, "", &d->address);
    }
    if (catalogue_list(&market->catalogue, f->list, order_type_info(d->type)->audience) &&
        date_parse(f->pricing_date, &d->date))
        d->price_list = f->list;
    d->lines = ARENA_ARRAY(c->arena, struct draft_line, r->nwishes);
    r->out = ARENA_ARRAY(c->arena, size_t, r->nwishes);
    for (size_t i = 0; i < r->nwishes; i++)
        if (r->wishes[i].exchange) {
            r->out[d->nlines] = i;
            d->lines[d->nlines++] = (struct draft_line){.id = arena_printf(c->arena, "x%zu", i + 1),
                                                        .sku = r->wishes[i].exchange,
                                                        .qty = r->wishes[i].qty,
                                                        .choices = r->wishes[i].choices};
        }
    r->nout = d->nlines;
    return call_body_ok(c) && pricing_want(c, p);
}

void return_exchange_shortages(struct call *c, struct returning *r, const char *detail)
{
    problems_init(&r->exchange.problems, c->arena);
    order_add_shortages(&r->exchange, detail);
    take_problems(r);
}
