#include "core/quote.h"

#include "core/code.h"
#include "core/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_TEXT = 48 };

static struct problem *line_problem(struct quote *quote, size_t i, enum problem_code code,
                                    const char *member)
{
    char field[FIELD_TEXT];
    snprintf(field, sizeof field, "/lines/%zu/%s", i, member);
    return problems_add(&quote->problems, code, field, quote->lines[i].draft->id);
}

static void item_params(struct problem *problem, const struct item *item)
{
    problem_set_text(problem, "sku", item->sku);
    problem_set_text(problem, "name", item->name);
}

static void why_add(struct quote_line *line, enum why_code code, struct money amount,
                    struct rate rate, const char *ref)
{
    assert(line->nwhy < QUOTE_WHYS);
    line->why[line->nwhy++] = (struct why){code, amount, rate, ref};
}

/* ---- who buys, from which list ---- */

static void check_customer(struct quote *quote, const struct buyer_facts *buyer,
                           const struct order_draft *draft, const struct order_type_info *type)
{
    struct problem *p;
    if (type->needs_customer && !draft->customer) {
        p = problems_add(&quote->problems, PROBLEM_customer_needed, "/customer", NULL);
        problem_set_text(p, "type", type->name);
    } else if (!type->needs_customer && draft->customer) {
        p = problems_add(&quote->problems, PROBLEM_customer_not_allowed, "/customer", NULL);
        problem_set_text(p, "type", type->name);
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
        problem_set_text(p, "what", "The distributor");
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
        problem_set_text(p, "status", buyer->status);
    }
    check_customer(quote, buyer, draft, type);
}

static void check_ship_to(struct quote *quote, const struct buyer_facts *buyer,
                          const struct order_draft *draft)
{
    if (draft->destination == SHIP_pickup)
        return;
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
            problem_set_text(
                problems_add(&quote->problems, PROBLEM_address_incomplete, parts[i].member, NULL),
                "part", parts[i].part);
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
        line_problem(quote, i, mistyped ? PROBLEM_check_digit : PROBLEM_unknown_sku, "sku");
    problem_set_text(p, "sku", sku);
}

static bool check_quantity(struct quote *quote, size_t i)
{
    int64_t qty = quote->lines[i].draft->qty;
    if (qty >= 1 && qty <= QTY_MAX)
        return true;
    struct problem *p = line_problem(quote, i, PROBLEM_bad_quantity, "qty");
    problem_set_number(p, "max", QTY_MAX);
    problem_set_number(p, "qty", qty);
    return false;
}

static const char *date_or_dash(struct arena *arena, struct date date)
{
    char text[DATE_TEXT];
    return arena_strdup(arena, date_format(text, date));
}

/* Whether the item may stand on this order at all; problems do not keep it from being priced. */
static void check_item(struct quote *quote, size_t i, const struct order_draft *draft)
{
    const struct item *item = quote->lines[i].item;
    const struct order_type_info *type = order_type_info(draft->type);
    struct arena *arena = quote->problems.arena;
    struct problem *p;
    if (!(type->kinds & 1u << item->kind)) {
        item_params(p = line_problem(quote, i, PROBLEM_wrong_kind, "sku"), item);
        problem_set_text(p, "type", type->name);
    }
    if (!date_within(quote->date, item->sale_from, item->sale_to)) {
        item_params(p = line_problem(quote, i, PROBLEM_not_on_sale, "sku"), item);
        problem_set_text(p, "from", date_or_dash(arena, item->sale_from));
        problem_set_text(p, "until", date_or_dash(arena, item->sale_to));
    }
    if (item->max_per_order == 0)
        return;
    int64_t sum = 0;
    for (size_t k = 0; k <= i; k++)
        if (quote->lines[k].item == item && quote->lines[k].draft->qty > 0 &&
            __builtin_add_overflow(sum, quote->lines[k].draft->qty, &sum))
            sum = INT64_MAX;
    if (sum > item->max_per_order) {
        item_params(p = line_problem(quote, i, PROBLEM_max_per_order, "qty"), item);
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
    why_add(line, WHY_list_price, line->goods, (struct rate){0}, quote->list->code);
    if (discount.ppm > 0) {
        line->discount = money_at_rate(line->goods, discount);
        why_add(line, WHY_rank_discount, money_of(-line->discount.minor), discount, NULL);
    }
    line->amount = money_of(line->goods.minor - line->discount.minor);
    if (!volumes && (line->cv.hundredths || line->pv.hundredths)) {
        line->cv = line->pv = (struct volume){0};
        why_add(line, WHY_no_volume, money_of(0), (struct rate){0}, NULL);
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
        item_params(p = line_problem(quote, i, PROBLEM_not_in_list, "sku"), line->item);
        problem_set_text(p, "list", quote->list->code);
        return;
    }
    struct rate discount = {0};
    if (type->has_discount && quote->list->audience == AUDIENCE_retail && buyer->distributor)
        discount = catalogue_discount(quote->catalogue, buyer->rank, draft->type, quote->date);
    line->priced = line_amounts(quote, line, price, discount, type->has_volumes);
    if (!line->priced) {
        line_unprice(line);
        line_problem(quote, i, PROBLEM_amount_too_large, "qty");
    }
}

/* ---- tax ---- */

/* A missing rate is one problem, however many lines it concerns. */
static bool told_of_class(const struct quote *quote, const char *class)
{
    for (size_t i = 0; i < quote->problems.count; i++) {
        const struct problem *p = &quote->problems.items[i];
        if (p->code == PROBLEM_no_tax_rate && strcmp(p->params[0].text, class) == 0)
            return true;
    }
    return false;
}

static const struct tax_rate *rate_or_problem(struct quote *quote, int tax_class)
{
    const struct catalogue *c = quote->catalogue;
    const struct tax_rate *rate = catalogue_tax(c, quote->region, tax_class, quote->date);
    if (rate || told_of_class(quote, c->tax_classes[tax_class]))
        return rate;
    struct problem *p = problems_add(&quote->problems, PROBLEM_no_tax_rate, "/ship_to", NULL);
    problem_set_text(p, "class", c->tax_classes[tax_class]);
    problem_set_text(p, "region", quote->region);
    problem_set_text(p, "date", date_or_dash(quote->problems.arena, quote->date));
    return NULL;
}

static struct money tax_of(const struct quote *quote, struct money amount, struct rate rate)
{
    return quote->tax_included ? money_tax_within(amount, rate) : money_at_rate(amount, rate);
}

/* Rounds once per rate over the whole order and shares the result out by the lines' amounts. */
static void tax_by_order(struct arena *arena, struct quote *quote)
{
    size_t n = quote->nlines;
    int64_t *weights = ARENA_ARRAY(arena, int64_t, n);
    struct money *parts = ARENA_ARRAY(arena, struct money, n);
    bool *done = ARENA_ARRAY(arena, bool, n);
    for (size_t first = 0; first < n; first++) {
        if (done[first] || !quote->lines[first].priced)
            continue;
        struct rate rate = quote->lines[first].tax_rate;
        struct money sum = money_of(0);
        for (size_t i = 0; i < n; i++) {
            const struct quote_line *line = &quote->lines[i];
            bool same = line->priced && line->tax_rate.ppm == rate.ppm;
            weights[i] = same ? line->amount.minor : 0;
            done[i] = done[i] || same;
            if (!money_add(sum, money_of(weights[i]), &sum))
                return; /* the sum of the goods reports it */
        }
        money_allocate(tax_of(quote, sum, rate), weights, n, parts);
        for (size_t i = 0; i < n; i++)
            if (weights[i])
                quote->lines[i].tax = parts[i];
    }
}

static void tax_lines(struct arena *arena, struct quote *quote)
{
    enum why_code code = quote->tax_included ? WHY_tax_included : WHY_tax_added;
    for (size_t i = 0; i < quote->nlines; i++) {
        struct quote_line *line = &quote->lines[i];
        if (!line->priced)
            continue;
        const struct tax_rate *rate = rate_or_problem(quote, line->item->tax_class);
        line->tax_rate = rate ? rate->rate : (struct rate){0};
        line->tax = tax_of(quote, line->amount, line->tax_rate);
    }
    if (quote->catalogue->rounding == ROUND_ORDER)
        tax_by_order(arena, quote);
    for (size_t i = 0; i < quote->nlines; i++)
        if (quote->lines[i].priced && quote->lines[i].tax_rate.ppm)
            why_add(&quote->lines[i], code, quote->lines[i].tax, quote->lines[i].tax_rate,
                    quote->region);
}

/* ---- delivery and totals ---- */

static void charge_delivery(struct quote *quote, const struct order_draft *draft,
                            struct money goods)
{
    const struct delivery_charge *row = catalogue_delivery(
        quote->catalogue, draft->destination, "standard", quote->region, goods, quote->date);
    if (!row) {
        struct problem *p = problems_add(&quote->problems, PROBLEM_no_delivery, "/ship_to", NULL);
        problem_set_text(p, "destination", destination_name(draft->destination));
        problem_set_text(p, "date", date_or_dash(quote->problems.arena, quote->date));
        return;
    }
    quote->delivery = row->charge;
    if (row->charge.minor == 0)
        return;
    const struct tax_rate *rate = rate_or_problem(quote, row->tax_class);
    if (rate)
        quote->delivery_tax = tax_of(quote, row->charge, rate->rate);
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

/* ---- stock ---- */

static size_t components_of(const struct catalogue *c, const struct item *item)
{
    (void)c;
    return item->kind == ITEM_KIT ? item->components : 1;
}

/* The k-th thing that an item takes from stock: itself, or a component of the kit. */
static struct component component_at(const struct catalogue *c, const struct item *item, size_t k)
{
    if (item->kind == ITEM_KIT)
        return c->components[item->first_component + k];
    return (struct component){(uint32_t)(item - c->items), 1};
}

static int compare_u32(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

size_t quote_stock_items(struct arena *arena, const struct catalogue *catalogue,
                         const struct order_draft *draft, uint32_t **items)
{
    size_t n = 0, most = 0;
    const struct item **found = ARENA_ARRAY(arena, const struct item *, draft->nlines);
    for (size_t i = 0; i < draft->nlines; i++)
        if ((found[i] = catalogue_item(catalogue, draft->lines[i].sku)))
            most += components_of(catalogue, found[i]);
    uint32_t *all = ARENA_ARRAY(arena, uint32_t, most);
    for (size_t i = 0; i < draft->nlines; i++)
        for (size_t k = 0; found[i] && k < components_of(catalogue, found[i]); k++)
            all[n++] = component_at(catalogue, found[i], k).item;
    qsort(all, n, sizeof *all, compare_u32);
    size_t unique = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || all[i] != all[i - 1])
            all[unique++] = all[i];
    *items = all;
    return unique;
}

static int64_t *stock_find(const struct stock_fact *stock, int64_t *left, size_t n, uint32_t item)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (stock[mid].item == item)
            return &left[mid];
        if (stock[mid].item < item)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* How many of the item could be sold out of what is left. */
static int64_t sellable(const struct catalogue *c, const struct item *item,
                        const struct stock_fact *stock, int64_t *left, size_t n)
{
    int64_t least = INT64_MAX;
    for (size_t k = 0; k < components_of(c, item); k++) {
        struct component part = component_at(c, item, k);
        int64_t *free_left = stock_find(stock, left, n, part.item);
        int64_t pieces = free_left && *free_left > 0 ? *free_left / part.qty : 0;
        least = pieces < least ? pieces : least;
    }
    return least == INT64_MAX ? 0 : least;
}

static void stock_report(struct quote *quote, size_t i, int64_t free_now)
{
    struct quote_line *line = &quote->lines[i];
    int64_t qty = line->draft->qty;
    if (free_now >= qty)
        return;
    bool later = line->item->back_order && line->draft->back_order;
    struct problem *p =
        line_problem(quote, i, later ? PROBLEM_back_ordered : PROBLEM_stock_short, "qty");
    item_params(p, line->item);
    problem_set_number(p, "free", free_now);
    problem_set_number(p, "qty", qty);
    if (later)
        problem_set_number(p, "short", line->back_ordered = qty - free_now);
    else
        problem_set_number(p, "can_back_order", line->item->back_order);
}

static int compare_needs(const void *a, const void *b)
{
    const struct stock_need *x = a, *y = b;
    if (x->item != y->item)
        return (x->item > y->item) - (x->item < y->item);
    return (x->line > y->line) - (x->line < y->line);
}

static void needs_collect(struct arena *arena, struct quote *quote)
{
    const struct catalogue *c = quote->catalogue;
    size_t most = 0;
    for (size_t i = 0; i < quote->nlines; i++)
        if (quote->lines[i].priced)
            most += components_of(c, quote->lines[i].item);
    quote->needs = ARENA_ARRAY(arena, struct stock_need, most);
    for (size_t i = 0; i < quote->nlines; i++) {
        const struct quote_line *line = &quote->lines[i];
        for (size_t k = 0; line->priced && k < components_of(c, line->item); k++) {
            struct component part = component_at(c, line->item, k);
            quote->needs[quote->nneeds++] = (struct stock_need){
                .line = (uint32_t)i,
                .item = part.item,
                .qty = line->draft->qty * part.qty,
                .per = part.qty,
                .back_order = line->item->back_order && line->draft->back_order,
            };
        }
    }
    qsort(quote->needs, quote->nneeds, sizeof *quote->needs, compare_needs);
}

static void check_stock(struct arena *arena, struct quote *quote, const struct stock_fact *stock,
                        size_t n)
{
    const struct catalogue *c = quote->catalogue;
    int64_t *left = ARENA_ARRAY(arena, int64_t, n), *whole = ARENA_ARRAY(arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        left[i] = whole[i] = stock[i].free;
    for (size_t i = 0; i < quote->nlines; i++) {
        struct quote_line *line = &quote->lines[i];
        if (!line->item)
            continue;
        line->free_stock = sellable(c, line->item, stock, whole, n);
        if (!line->priced)
            continue;
        stock_report(quote, i, sellable(c, line->item, stock, left, n));
        for (size_t k = 0; k < components_of(c, line->item); k++) {
            struct component part = component_at(c, line->item, k);
            int64_t *free_left = stock_find(stock, left, n, part.item);
            if (free_left)
                *free_left -= part.qty * line->draft->qty;
        }
    }
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
    tax_lines(arena, out);
    total(out, draft);
    needs_collect(arena, out);
    if (stock)
        check_stock(arena, out, stock, nstock);
}

/* ---- tenders ---- */

static bool tender_is_taken(const struct draft_tender *tender, const struct buyer_facts *buyer,
                            bool distributor_pays)
{
    if (strcmp(tender->kind, "later") == 0)
        return true;
    return strcmp(tender->kind, "balance") == 0 && distributor_pays && buyer->distributor;
}

static struct problem *tender_problem(struct quote *quote, size_t i, enum problem_code code,
                                      const char *member)
{
    char field[FIELD_TEXT];
    snprintf(field, sizeof field, "/tenders/%zu/%s", i, member);
    return problems_add(&quote->problems, code, field, NULL);
}

void quote_tenders(struct quote *quote, const struct buyer_facts *buyer, bool distributor_pays,
                   const struct draft_tender *tenders, size_t n, struct money *from_balance,
                   struct money *due)
{
    struct money sum = money_of(0);
    int exponent = quote->catalogue->exponent;
    struct problem *p;
    *from_balance = money_of(0);
    for (size_t i = 0; i < n; i++) {
        if (!tender_is_taken(&tenders[i], buyer, distributor_pays)) {
            p = tender_problem(quote, i, PROBLEM_tender_kind, "kind");
            problem_set_text(p, "kind", tenders[i].kind);
        } else if (tenders[i].amount < 1 || tenders[i].amount > MONEY_MAX ||
                   !money_add(sum, money_of(tenders[i].amount), &sum)) {
            p = tender_problem(quote, i, PROBLEM_tender_amount, "amount");
            problem_set_number(p, "max", MONEY_MAX);
            problem_set_number(p, "amount", tenders[i].amount);
        } else if (strcmp(tenders[i].kind, "balance") == 0) {
            from_balance->minor += tenders[i].amount;
        }
    }
    if (sum.minor > quote->total.minor) {
        p = problems_add(&quote->problems, PROBLEM_tenders_exceed, "/tenders", NULL);
        problem_set_money(p, "sum", sum.minor, exponent);
        problem_set_money(p, "total", quote->total.minor, exponent);
    } else if (from_balance->minor > 0 && from_balance->minor > buyer->balance.minor) {
        p = problems_add(&quote->problems, PROBLEM_balance_short, "/tenders", NULL);
        problem_set_money(p, "balance", buyer->balance.minor, exponent);
        problem_set_money(p, "amount", from_balance->minor, exponent);
    }
    *due = money_of(quote->total.minor - from_balance->minor);
}

/* ---- saying why ---- */

static const char *const why_names[] = {"list_price", "rank_discount", "no_volume", "tax_included",
                                        "tax_added"};

const char *why_name(enum why_code code)
{
    return why_names[code];
}

/* 250000 -> "25", 82500 -> "8.25" */
static void percent_text(char out[24], struct rate rate)
{
    snprintf(out, 24, "%lld.%04lld", (long long)(rate.ppm / 10000), (long long)(rate.ppm % 10000));
    size_t len = strlen(out);
    while (out[len - 1] == '0')
        out[--len] = '\0';
    if (out[len - 1] == '.')
        out[--len] = '\0';
}

const char *why_say(struct arena *arena, const struct quote *quote, const struct quote_line *line,
                    const struct why *why)
{
    char amount[MONEY_TEXT], unit[MONEY_TEXT], percent[24];
    int exponent = quote->catalogue->exponent;
    money_format(amount, why->amount, exponent, true);
    money_format(unit, line->unit, exponent, true);
    percent_text(percent, why->rate);
    switch (why->code) {
    case WHY_list_price:
        return arena_printf(arena, "List %s: %lld x %s = %s", why->ref, (long long)line->draft->qty,
                            unit, amount);
    case WHY_rank_discount:
        return arena_printf(arena, "Rank discount %s %%: %s", percent, amount);
    case WHY_no_volume:
        return "This type of order carries no volume";
    case WHY_tax_included:
        return arena_printf(arena, "Includes %s tax at %s %%: %s", why->ref, percent, amount);
    case WHY_tax_added:
        return arena_printf(arena, "%s tax at %s %% comes on top: %s", why->ref, percent, amount);
    }
    assert(!"a why without a sentence");
    return "";
}
