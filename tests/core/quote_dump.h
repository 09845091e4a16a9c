/* Random catalogues, orders and quotes as JSON, for the models in Python (quote_model.py,
 * promotion_model.py). */
#pragma once

#include "tests/core/random_order.h"

static struct random_order order;

static inline void text(const char *name, const char *value)
{
    if (value)
        printf("\"%s\":\"%s\",", name, value);
    else
        printf("\"%s\":null,", name);
}

static inline void number(const char *name, int64_t value)
{
    printf("\"%s\":%lld,", name, (long long)value);
}

static inline void truth(const char *name, bool value)
{
    printf("\"%s\":%s,", name, value ? "true" : "false");
}

static inline void dump_items(const struct catalogue *c)
{
    printf("\"items\":[");
    for (size_t i = 0; i < c->nitems; i++) {
        const struct item *item = &c->items[i];
        printf("%s{", i ? "," : "");
        text("sku", item->sku);
        text("kind", item_kind_name(item->kind));
        number("tax_class", item->tax_class);
        number("weight", item->weight_g);
        number("max", item->max_per_order);
        number("from", item->sale_from.days);
        number("to", item->sale_to.days);
        truth("back_order", item->back_order);
        printf("\"value\":[%lld,%lld],", (long long)item->value_least.minor,
               (long long)item->value_most.minor);
        printf("\"components\":[");
        for (size_t k = 0; k < item->components; k++)
            printf("%s[%u,%d]", k ? "," : "", c->components[item->first_component + k].item,
                   c->components[item->first_component + k].qty);
        printf("]}");
    }
    printf("],");
}

static inline void dump_lists(const struct catalogue *c)
{
    printf("\"lists\":[");
    for (size_t i = 0; i < c->nlists; i++) {
        const struct price_list *list = &c->lists[i];
        printf("%s{", i ? "," : "");
        text("code", list->code);
        text("audience", audience_name(list->audience));
        truth("tax_included", list->tax_included);
        number("from", list->from.days);
        number("to", list->to.days);
        printf("\"prices\":[");
        for (size_t k = 0; k < c->nitems; k++) {
            const struct price *p = &list->prices[k];
            if (p->amount.minor < 0)
                printf("%snull", k ? "," : "");
            else
                printf("%s[%lld,%lld,%lld]", k ? "," : "", (long long)p->amount.minor,
                       (long long)p->cv.hundredths, (long long)p->pv.hundredths);
        }
        printf("]}");
    }
    printf("],");
}

static inline void dump_catalogue(const struct catalogue *c)
{
    printf("{\"catalogue\":{");
    text("market", c->market);
    text("region", c->default_region);
    text("rounding", c->rounding == ROUND_LINE ? "line" : "order");
    dump_items(c);
    dump_lists(c);
    printf("\"discounts\":[");
    for (size_t i = 0; i < c->ndiscounts; i++) {
        const struct rank_discount *d = &c->discounts[i];
        printf("%s[%d,\"%s\",%lld,%d,%d]", i ? "," : "", d->rank, order_type_info(d->type)->name,
               (long long)d->rate.ppm, d->from.days, d->to.days);
    }
    printf("],\"delivery\":[");
    for (size_t i = 0; i < c->ndelivery; i++) {
        const struct delivery_charge *d = &c->delivery[i];
        printf("%s[\"%s\",\"%s\",%lld,%lld,%d,%d,%d,%d]", i ? "," : "",
               destination_name(d->destination), d->zone, (long long)d->min_goods.minor,
               (long long)d->charge.minor, d->tax_class, d->from.days, d->to.days, d->min_weight_g);
    }
    printf("],\"taxes\":[");
    for (size_t i = 0; i < c->ntaxes; i++) {
        const struct tax_rate *t = &c->taxes[i];
        printf("%s[\"%s\",%d,%lld,%d,%d]", i ? "," : "", t->region, t->tax_class,
               (long long)t->rate.ppm, t->from.days, t->to.days);
    }
    printf("]}}\n");
}

static inline void dump_order(void)
{
    const struct order_draft *d = &order.draft;
    const struct buyer_facts *b = &order.buyer;
    printf("{\"draft\":{");
    text("type", order_type_info(d->type)->name);
    text("distributor", d->distributor);
    text("customer", d->customer);
    text("destination", destination_name(d->destination));
    text("price_list", d->price_list);
    if (d->date.days == DATE_MIN.days)
        printf("\"date\":null,");
    else
        number("date", d->date.days);
    printf("\"lines\":[");
    for (size_t i = 0; i < d->nlines; i++)
        printf("%s[\"%s\",%lld,%s,%lld]", i ? "," : "", d->lines[i].sku, (long long)d->lines[i].qty,
               d->lines[i].back_order ? "true" : "false", (long long)d->lines[i].value);
    printf("],\"tenders\":[");
    for (size_t i = 0; i < order.ntenders; i++)
        printf("%s[\"%s\",%lld,\"%s\"]", i ? "," : "", order.tenders[i].kind,
               (long long)order.tenders[i].amount,
               order.tenders[i].ref ? order.tenders[i].ref : "");
    printf("]},\"buyer\":{");
    text("distributor", b->distributor);
    text("market", b->market);
    number("rank", b->rank);
    truth("may_order", b->may_order);
    text("customer", b->customer);
    text("customer_of", b->customer_of);
    truth("has_ship_to", b->has_ship_to);
    text("line1", b->ship_to.line1);
    text("city", b->ship_to.city);
    text("country", b->ship_to.country);
    text("region", b->ship_to.region);
    number("balance", b->balance.minor);
    printf("\"today\":%d},\"stock\":", b->today.days);
    printf(order.known_stock ? "[" : "null,");
    for (size_t i = 0; i < order.nstock; i++)
        printf("%lld%s", (long long)order.stock[i].free, i + 1 < order.nstock ? "," : "],");
}

static inline void dump_quote(const struct quote *q)
{
    printf("\"quote\":{");
    text("list", q->list ? q->list->code : NULL);
    text("region", q->region);
    truth("tax_included", q->tax_included);
    number("date", q->date.days);
    number("goods", q->goods.minor);
    number("discount", q->discount.minor);
    number("delivery", q->delivery.minor);
    number("delivery_tax", q->delivery_tax.minor);
    number("tax", q->tax.minor);
    number("tax_added", q->tax_added.minor);
    number("total", q->total.minor);
    number("cv", q->cv.hundredths);
    number("pv", q->pv.hundredths);
    printf("\"lines\":[");
    for (size_t i = 0; i < q->nlines; i++) {
        const struct quote_line *l = &q->lines[i];
        printf("%s{", i ? "," : "");
        truth("known", l->item != NULL);
        truth("priced", l->priced);
        number("unit", l->unit.minor);
        number("goods", l->goods.minor);
        number("discount", l->discount.minor);
        number("amount", l->amount.minor);
        number("tax", l->tax.minor);
        number("ppm", l->tax_rate.ppm);
        number("cv", l->cv.hundredths);
        number("pv", l->pv.hundredths);
        number("free", l->free_stock);
        printf("\"back\":%lld}", (long long)l->back_ordered);
    }
    printf("],\"needs\":[");
    for (size_t i = 0; i < q->nneeds; i++)
        printf("%s[%u,%u,%lld,%lld,%s]", i ? "," : "", q->needs[i].item, q->needs[i].line,
               (long long)q->needs[i].qty, (long long)q->needs[i].per,
               q->needs[i].back_order ? "true" : "false");
    printf("]},");
}

static inline void dump_problems(const char *name, const struct problems *problems, size_t first)
{
    printf("\"%s\":[", name);
    for (size_t i = first; i < problems->count; i++)
        printf("%s[\"%s\",\"%s\"]", i > first ? "," : "", problem_name(problems->items[i].code),
               problems->items[i].field);
    printf("]");
}
