#include "core/quote_part.h"

#include "core/code.h"

#include <stdio.h>
#include <string.h>

struct problem *quote_line_problem(struct quote *quote, size_t i, enum problem_code code,
                                   const char *member)
{
    char field[QUOTE_FIELD];
    snprintf(field, sizeof field, "/lines/%zu/%s", i, member);
    return problems_add(&quote->problems, code, field, quote->lines[i].draft->id);
}

void quote_item_params(struct problem *problem, const struct item *item)
{
    problem_set_text(problem, "sku", item->sku);
    problem_set_text(problem, "name", item->name);
}

void quote_why_add(struct quote *quote, struct quote_line *line, enum why_code code,
                   struct money amount, struct rate rate, const char *ref)
{
    enum { AT_ONCE = 4 }; /* list price, discount, tax: most lines have no more */
    if (line->nwhy % AT_ONCE == 0) {
        struct why *more = ARENA_ARRAY(quote->problems.arena, struct why, line->nwhy + AT_ONCE);
        if (line->nwhy)
            memcpy(more, line->why, line->nwhy * sizeof *more);
        line->why = more;
    }
    line->why[line->nwhy++] = (struct why){code, amount, rate, ref};
}

const char *quote_date_text(struct arena *arena, struct date date)
{
    char text[DATE_TEXT];
    return arena_strdup(arena, date_format(text, date));
}

/* ---- who buys, from which list ---- */

static void check_customer(struct quote *quote, const struct buyer_facts *buyer,
                           const struct order_draft *draft, const struct order_type_info *type)
{
    struct problem *p;
    if (type->needs_customer && !draft->customer) {
        p = problems_add(&quote->problems, PROBLEM_customer_needed, "/customer", NULL);
        problem_set_name(p, "type", "type", type->name);
    } else if (!type->needs_customer && draft->customer) {
        p = problems_add(&quote->problems, PROBLEM_customer_not_allowed, "/customer", NULL);
        problem_set_name(p, "type", "type", type->name);
    } else if (draft->customer && !buyer->customer) {
        p = problems_add(&quote->problems, PROBLEM_unknown_customer, "/customer", NULL);
        problem_set_text(p, "customer", draft->customer);
    } else if (draft->customer && buyer->distributor && buyer->customer_of &&
               strcmp(buyer->customer_of, buyer->distributor) != 0) {
        p = problems_add(&quote->problems, PROBLEM_customer_of_other, "/customer", NULL);
        problem_set_text(p, "customer", draft->customer);
    }
}

static void check_buyer(struct quote *quote, const struct buyer_facts *buyer,
                        const struct order_draft *draft)
{
    const struct order_type_info *type = order_type_info(draft->type);
    struct problem *p;
    if (!draft->distributor) {
        p = problems_add(&quote->problems, PROBLEM_required, "/distributor", NULL);
        problem_set_words(p, "what", N_("The distributor"));
    } else if (!buyer->distributor) {
        p = problems_add(&quote->problems, PROBLEM_unknown_distributor, "/distributor", NULL);
        problem_set_text(p, "distributor", draft->distributor);
    } else if (strcmp(buyer->market, quote->catalogue->market) != 0) {
        p = problems_add(&quote->problems, PROBLEM_wrong_market, "/distributor", NULL);
        problem_set_text(p, "what", draft->distributor);
        problem_set_text(p, "market", buyer->market);
    } else if (!buyer->may_order) {
        p = problems_add(&quote->problems, PROBLEM_distributor_status, "/distributor", NULL);
        problem_set_text(p, "distributor", buyer->distributor);
        problem_set_text(p, "name", buyer->name);
        problem_set_name(p, "status", "person", buyer->status);
    }
    check_customer(quote, buyer, draft, type);
}

static void check_ship_to(struct quote *quote, const struct buyer_facts *buyer,
                          const struct order_draft *draft)
{
    if (draft->destination == SHIP_pickup)
        return;
    bool is_known = draft->destination == SHIP_customer ? buyer->customer : buyer->distributor;
    if (!buyer->has_ship_to && is_known && draft->address_choice > 1) {
        problem_set_number(
            problems_add(&quote->problems, PROBLEM_address_missing, "/ship_to/choice", NULL),
            "number", draft->address_choice);
        return;
    }
    if (!buyer->has_ship_to) {
        problems_add(&quote->problems, PROBLEM_address_needed, "/ship_to", NULL);
        return;
    }
    const struct {
        const char *value, *member, *part;
    } parts[] = {{buyer->ship_to.line1, "/ship_to/address/line1", "street"},
                 {buyer->ship_to.city, "/ship_to/address/city", "city"},
                 {buyer->ship_to.country, "/ship_to/address/country", "country"}};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (!parts[i].value || !parts[i].value[0])
            problem_set_name(
                problems_add(&quote->problems, PROBLEM_address_incomplete, parts[i].member, NULL),
                "part", "part", parts[i].part);
}

/* A list for the audience replaces retail list and rank discount; without one it is retail. */
static void choose_list(struct quote *quote, const struct order_draft *draft)
{
    enum audience audience = order_type_info(draft->type)->audience;
    const struct catalogue *c = quote->catalogue;
    bool else_retail = audience == AUDIENCE_distributor;
    struct problem *p;
    if (draft->price_list) {
        quote->list = catalogue_list(c, draft->price_list, audience);
        if (!quote->list && else_retail)
            quote->list = catalogue_list(c, draft->price_list, AUDIENCE_retail);
        if (!quote->list) {
            p = problems_add(&quote->problems, PROBLEM_unknown_list, "/price_list", NULL);
            problem_set_text(p, "list", draft->price_list);
        }
        return;
    }
    quote->list = catalogue_list_on(c, audience, quote->date);
    if (!quote->list && else_retail)
        quote->list = catalogue_list_on(c, AUDIENCE_retail, quote->date);
    if (!quote->list) {
        char text[DATE_TEXT];
        p = problems_add(&quote->problems, PROBLEM_no_list, "/date", NULL);
        problem_set_text(p, "date",
                         arena_strdup(quote->problems.arena, date_format(text, quote->date)));
    }
}

/* The address's region where rates are set for it (a US state); the market's otherwise, and for
 * what is picked up there, whatever address was sent along. */
static const char *choose_region(const struct catalogue *c, const struct buyer_facts *buyer,
                                 enum destination destination)
{
    if (destination != SHIP_pickup && buyer->has_ship_to && buyer->ship_to.region)
        for (size_t i = 0; i < c->ntaxes; i++)
            if (strcmp(c->taxes[i].region, buyer->ship_to.region) == 0)
                return c->taxes[i].region;
    return c->default_region;
}

/* ---- lines ---- */

static void find_item(struct quote *quote, size_t i)
{
    struct quote_line *line = &quote->lines[i];
    const char *sku = line->draft->sku;
    line->item = catalogue_item(quote->catalogue, sku);
    if (line->item)
        return;
    size_t len = strlen(sku),
           length = quote->catalogue->nitems ? strlen(quote->catalogue->items[0].sku) : 0;
    bool digits = len > 0 && strspn(sku, "0123456789") == len;
    bool mistyped = digits && len == length && !damm_valid(sku, len);
    struct problem *p =
        quote_line_problem(quote, i, mistyped ? PROBLEM_check_digit : PROBLEM_unknown_sku, "sku");
    problem_set_text(p, "sku", sku);
}

static bool check_quantity(struct quote *quote, size_t i)
{
    int64_t qty = quote->lines[i].draft->qty;
    if (qty >= 1 && qty <= QTY_MAX)
        return true;
    struct problem *p = quote_line_problem(quote, i, PROBLEM_bad_quantity, "qty");
    problem_set_number(p, "max", QTY_MAX);
    problem_set_number(p, "qty", qty);
    return false;
}

/* Whether the item may stand on this order at all; problems do not keep it from being priced. */
static void check_item(struct quote *quote, size_t i, const struct order_draft *draft)
{
    const struct item *item = quote->lines[i].item;
    const struct order_type_info *type = order_type_info(draft->type);
    struct arena *arena = quote->problems.arena;
    struct problem *p;
    if (!(type->kinds & 1u << item->kind)) {
        quote_item_params(p = quote_line_problem(quote, i, PROBLEM_wrong_kind, "sku"), item);
        problem_set_name(p, "type", "type", type->name);
    }
    if (!date_within(quote->date, item->sale_from, item->sale_to)) {
        quote_item_params(p = quote_line_problem(quote, i, PROBLEM_not_on_sale, "sku"), item);
        problem_set_text(p, "from", quote_date_text(arena, item->sale_from));
        problem_set_text(p, "until", quote_date_text(arena, item->sale_to));
    }
    if (item->max_per_order == 0)
        return;
    int64_t sum = 0;
    for (size_t k = 0; k <= i; k++)
        if (quote->lines[k].item == item && quote->lines[k].draft->qty > 0 &&
            __builtin_add_overflow(sum, quote->lines[k].draft->qty, &sum))
            sum = INT64_MAX;
    if (sum > item->max_per_order) {
        quote_item_params(p = quote_line_problem(quote, i, PROBLEM_max_per_order, "qty"), item);
        problem_set_number(p, "max", item->max_per_order);
        problem_set_number(p, "qty", sum);
    }
}

/* As if it had not been priced: so that the sums of a quote hold whatever was too large. */
static void line_unprice(struct quote_line *line)
{
    line->priced = false;
    line->unit = line->goods = line->discount = line->amount = line->tax = money_of(0);
    line->tax_rate = (struct rate){0};
    line->cv = line->pv = (struct volume){0};
    line->nwhy = 0;
}

static bool line_amounts(struct quote *quote, struct quote_line *line, const struct price *price,
                         struct rate discount, bool volumes)
{
    int64_t qty = line->draft->qty;
    line->unit = price->amount;
    if (!money_times(price->amount, qty, &line->goods) ||
        !volume_times(price->cv, qty, &line->cv) || !volume_times(price->pv, qty, &line->pv))
        return false;
    quote_why_add(quote, line, WHY_list_price, line->goods, (struct rate){0}, quote->list->code);
    if (discount.ppm > 0) {
        line->discount = money_at_rate(line->goods, discount);
        quote_why_add(quote, line, WHY_rank_discount, money_of(-line->discount.minor), discount,
                      NULL);
    }
    line->amount = money_of(line->goods.minor - line->discount.minor);
    if (!volumes && (line->cv.hundredths || line->pv.hundredths)) {
        line->cv = line->pv = (struct volume){0};
        quote_why_add(quote, line, WHY_no_volume, money_of(0), (struct rate){0}, NULL);
    }
    return true;
}

static void price_line(struct quote *quote, size_t i, const struct buyer_facts *buyer,
                       const struct order_draft *draft)
{
    struct quote_line *line = &quote->lines[i];
    const struct order_type_info *type = order_type_info(draft->type);
    find_item(quote, i);
    bool qty_ok = check_quantity(quote, i);
    if (!line->item)
        return;
    check_item(quote, i, draft);
    if (!quote->list || !qty_ok)
        return;
    const struct price *price = catalogue_price(quote->catalogue, quote->list, line->item);
    struct problem *p;
    if (!price) {
        quote_item_params(p = quote_line_problem(quote, i, PROBLEM_not_in_list, "sku"), line->item);
        problem_set_text(p, "list", quote->list->code);
        return;
    }
    struct rate discount = {0};
    if (type->has_discount && quote->list->audience == AUDIENCE_retail && buyer->distributor)
        discount = catalogue_discount(quote->catalogue, buyer->rank, draft->type, quote->date);
    line->priced = line_amounts(quote, line, price, discount, type->has_volumes);
    if (!line->priced) {
        line_unprice(line);
        quote_line_problem(quote, i, PROBLEM_amount_too_large, "qty");
    }
}

/* ---- delivery and totals ---- */

static void charge_delivery(struct quote *quote, const struct order_draft *draft,
                            struct money goods)
{
    const struct delivery_charge *row = catalogue_delivery(
        quote->catalogue, draft->destination, "standard", quote->region, goods, quote->date);
    if (!row) {
        struct problem *p = problems_add(&quote->problems, PROBLEM_no_delivery, "/ship_to", NULL);
        problem_set_name(p, "destination", "destination", destination_name(draft->destination));
        problem_set_text(p, "date", quote_date_text(quote->problems.arena, quote->date));
        return;
    }
    quote->delivery = row->charge;
    if (row->charge.minor == 0)
        return;
    const struct tax_rate *rate = quote_rate(quote, row->tax_class);
    if (rate)
        quote->delivery_tax = quote_tax_of(quote, row->charge, rate->rate);
}

static bool sum_lines(struct quote *quote)
{
    bool ok = true;
    for (size_t i = 0; i < quote->nlines && ok; i++) {
        const struct quote_line *line = &quote->lines[i];
        if (!line->priced)
            continue;
        ok = money_add(quote->goods, line->goods, &quote->goods) &&
             money_add(quote->discount, line->discount, &quote->discount) &&
             money_add(quote->tax, line->tax, &quote->tax) &&
             volume_add(quote->cv, line->cv, &quote->cv) &&
             volume_add(quote->pv, line->pv, &quote->pv);
    }
    return ok;
}

static bool has_priced_line(const struct quote *quote)
{
    for (size_t i = 0; i < quote->nlines; i++)
        if (quote->lines[i].priced)
            return true;
    return false;
}

static void total(struct quote *quote, const struct order_draft *draft)
{
    bool ok = sum_lines(quote);
    struct money net = money_of(ok ? quote->goods.minor - quote->discount.minor : 0);
    if (ok && has_priced_line(quote))
        charge_delivery(quote, draft, net);
    if (ok && !quote->tax_included)
        ok = money_add(quote->tax, quote->delivery_tax, &quote->tax_added);
    ok = ok && money_add(net, quote->delivery, &quote->total) &&
         money_add(quote->total, quote->tax_added, &quote->total);
    if (ok)
        return;
    problems_add(&quote->problems, PROBLEM_amount_too_large, "/lines", NULL);
    for (size_t i = 0; i < quote->nlines; i++)
        line_unprice(&quote->lines[i]);
    quote->goods = quote->discount = quote->delivery = quote->delivery_tax = money_of(0);
    quote->tax = quote->tax_added = quote->total = money_of(0);
    quote->cv = quote->pv = (struct volume){0};
}

void quote_price(struct arena *arena, const struct catalogue *catalogue,
                 const struct buyer_facts *buyer, const struct order_draft *draft,
                 const struct stock_fact *stock, size_t nstock, struct quote *out)
{
    *out = (struct quote){.catalogue = catalogue};
    problems_init(&out->problems, arena);
    out->date = draft->date.days == DATE_MIN.days ? buyer->today : draft->date;
    check_buyer(out, buyer, draft);
    check_ship_to(out, buyer, draft);
    choose_list(out, draft);
    out->tax_included = out->list && out->list->tax_included;
    out->region = choose_region(catalogue, buyer, draft->destination);
    out->nlines = draft->nlines;
    out->lines = ARENA_ARRAY(arena, struct quote_line, draft->nlines);
    for (size_t i = 0; i < draft->nlines; i++) {
        out->lines[i].draft = &draft->lines[i];
        out->lines[i].free_stock = -1;
        price_line(out, i, buyer, draft);
    }
    quote_tax_lines(arena, out);
    total(out, draft);
    quote_stock_lines(arena, out, stock, nstock);
}
