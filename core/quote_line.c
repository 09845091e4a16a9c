#include "core/quote_part.h"

#include "core/code.h"

#include <string.h>

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

static int age_of(const struct catalogue *c, const struct component *parts, size_t n, int least)
{
    for (size_t i = 0; i < n; i++)
        least =
            c->items[parts[i].item].age_limit > least ? c->items[parts[i].item].age_limit : least;
    return least;
}

/* Of a kit the age counts that any of its parts wants. */
static void check_age(struct quote *quote, size_t i)
{
    const struct quote_line *line = &quote->lines[i];
    const struct catalogue *c = quote->catalogue;
    int age = line->item->age_limit;
    if (line->item->kind == ITEM_KIT)
        age = age_of(c, c->components + line->item->first_component, line->item->components, age);
    age = age_of(c, line->chosen, line->nchosen, age);
    if (age == 0)
        return;
    struct problem *p = quote_line_problem(quote, i, PROBLEM_age_check, "sku");
    quote_item_params(p, line->item);
    problem_set_number(p, "age", age);
}

/* As if it had not been priced: so that the sums of a quote hold whatever was too large. */
void quote_line_unprice(struct quote_line *line)
{
    line->priced = false;
    line->unit = line->goods = line->discount = line->amount = line->tax = money_of(0);
    line->tax_rate = (struct rate){0};
    line->cv = line->pv = (struct volume){0};
    line->nwhy = line->nshares = 0;
}

/* Of a certificate the value is said with the line, where its item has no price of its own. */
static bool check_value(struct quote *quote, size_t i, struct price *price)
{
    const struct item *item = quote->lines[i].item;
    int64_t value = quote->lines[i].draft->value;
    int exponent = quote->catalogue->exponent;
    bool is_free = item->value_most.minor > 0;
    struct problem *p;
    if (quote_is_certificate(item))
        price->cv = price->pv = (struct volume){0};
    if (!is_free && value == 0)
        return true;
    if (is_free && value >= item->value_least.minor && value <= item->value_most.minor) {
        price->amount = money_of(value);
        return true;
    }
    p = quote_line_problem(quote, i, is_free ? PROBLEM_value_needed : PROBLEM_value_fixed, "value");
    quote_item_params(p, item);
    if (is_free) {
        problem_set_money(p, "least", item->value_least.minor, exponent);
        problem_set_money(p, "most", item->value_most.minor, exponent);
    }
    return false;
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

struct rate quote_rank_discount(const struct quote *quote, const struct buyer_facts *buyer,
                                enum order_type type)
{
    if (!order_type_info(type)->has_discount || quote->list->audience != AUDIENCE_retail ||
        !buyer->distributor)
        return (struct rate){0};
    return catalogue_discount(quote->catalogue, buyer->rank, type, quote->date);
}

void quote_price_line(struct quote *quote, size_t i, const struct buyer_facts *buyer,
                      const struct order_draft *draft)
{
    struct quote_line *line = &quote->lines[i];
    find_item(quote, i);
    bool qty_ok = check_quantity(quote, i);
    if (!line->item)
        return;
    check_item(quote, i, draft);
    quote_choose(quote, i);
    check_age(quote, i);
    if (!quote->list || !qty_ok)
        return;
    const struct price *price = catalogue_price(quote->catalogue, quote->list, line->item);
    struct problem *p;
    if (!price) {
        quote_item_params(p = quote_line_problem(quote, i, PROBLEM_not_in_list, "sku"), line->item);
        problem_set_text(p, "list", quote->list->code);
        return;
    }
    struct price own = *price;
    if (!check_value(quote, i, &own))
        return;
    struct rate discount = quote_is_certificate(line->item)
                               ? (struct rate){0}
                               : quote_rank_discount(quote, buyer, draft->type);
    line->priced =
        line_amounts(quote, line, &own, discount, order_type_info(draft->type)->has_volumes);
    if (!line->priced) {
        quote_line_unprice(line);
        quote_line_problem(quote, i, PROBLEM_amount_too_large, "qty");
    }
}
