#include "core/wire/wire_catalogue.h"

#include <stdio.h>
#include <string.h>

/* ---- values ---------------------------------------------------------------------------------- */

static void add_string(struct text *out, const char *text)
{
    text_addc(out, '"');
    for (;;) {
        size_t plain = 0;
        while ((unsigned char)text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
            plain++;
        text_addn(out, text, plain);
        text += plain;
        if (!*text)
            break;
        if (*text == '"' || *text == '\\')
            text_addc(out, '\\'), text_addc(out, *text);
        else
            text_printf(out, "\\u%04x", (unsigned)*text);
        text++;
    }
    text_addc(out, '"');
}

static void add_boolean(struct text *out, bool value)
{
    text_add(out, value ? "true" : "false");
}

/* An open end is null; what no reader of dates takes is as far off as it can be. */
static void add_date(struct text *out, struct date date)
{
    const struct date first = date_of(1900, 1, 1), last = date_of(2999, 12, 31);
    char text[DATE_TEXT];
    if (date.days == DATE_MIN.days || date.days == DATE_MAX.days) {
        text_add(out, "null");
        return;
    }
    date = date.days < first.days ? first : date.days > last.days ? last : date;
    add_string(out, date_format(text, date));
}

/* `"name":` */
static void add_name(struct text *out, const char *name)
{
    add_string(out, name);
    text_addc(out, ':');
}

/* A member with a column of `n` values, each written by the statement that follows with its place
 * in `i`; a comma before it. */
#define COLUMN(out, name, n, add)                                                                  \
    do {                                                                                           \
        text_addc((out), ',');                                                                     \
        add_name((out), (name));                                                                   \
        text_addc((out), '[');                                                                     \
        for (size_t i = 0; i < (n); i++) {                                                         \
            if (i)                                                                                 \
                text_addc((out), ',');                                                             \
            add;                                                                                   \
        }                                                                                          \
        text_addc((out), ']');                                                                     \
    } while (0)

static void add_count(struct text *out, const char *table, size_t count)
{
    add_name(out, table);
    text_add(out, "{\"count\":");
    text_add_int(out, (int64_t)count);
}

/* ---- pieces ---------------------------------------------------------------------------------- */

/* For programs that do not have core: which list prices an order, and what counts on it. */
static void add_order_types(struct text *out)
{
    const struct order_type_info *t;
#define TYPES(name, add)                                                                           \
    COLUMN(out, name, ORDER_TYPES, t = order_type_info((enum order_type)i); add)
    add_count(out, "order_types", ORDER_TYPES);
    TYPES("type", add_string(out, t->name));
    TYPES("audience", add_string(out, audience_name(t->audience)));
    TYPES("else_retail", add_boolean(out, t->audience == AUDIENCE_distributor));
    TYPES("has_volumes", add_boolean(out, t->has_volumes));
    TYPES("has_discount", add_boolean(out, t->has_discount));
    TYPES("ship_to", add_string(out, destination_name(t->ship_to)));
#undef TYPES
    text_addc(out, '}');
}

static void add_discounts(struct text *out, const struct catalogue *c)
{
    const struct rank_discount *row = c->discounts;
    size_t n = c->ndiscounts;
    add_count(out, "discounts", n);
    COLUMN(out, "rank", n, text_add_int(out, row[i].rank));
    COLUMN(out, "type", n, add_string(out, order_type_info(row[i].type)->name));
    COLUMN(out, "ppm", n, text_add_int(out, row[i].rate.ppm));
    COLUMN(out, "from", n, add_date(out, row[i].from));
    COLUMN(out, "to", n, add_date(out, row[i].to));
    text_addc(out, '}');
}

static void add_delivery(struct text *out, const struct catalogue *c)
{
    const struct delivery_charge *row = c->delivery;
    size_t n = c->ndelivery;
    add_count(out, "delivery", n);
    COLUMN(out, "destination", n, add_string(out, destination_name(row[i].destination)));
    COLUMN(out, "method", n, add_string(out, row[i].method));
    COLUMN(out, "zone", n, add_string(out, row[i].zone));
    COLUMN(out, "min_goods", n, text_add_int(out, row[i].min_goods.minor));
    COLUMN(out, "charge", n, text_add_int(out, row[i].charge.minor));
    COLUMN(out, "tax_class", n, text_add_int(out, row[i].tax_class));
    COLUMN(out, "from", n, add_date(out, row[i].from));
    COLUMN(out, "to", n, add_date(out, row[i].to));
    COLUMN(out, "min_weight_g", n, text_add_int(out, row[i].min_weight_g));
    text_addc(out, '}');
}

static void add_taxes(struct text *out, const struct catalogue *c)
{
    const struct tax_rate *row = c->taxes;
    size_t n = c->ntaxes;
    add_count(out, "taxes", n);
    COLUMN(out, "region", n, add_string(out, row[i].region));
    COLUMN(out, "tax_class", n, text_add_int(out, row[i].tax_class));
    COLUMN(out, "ppm", n, text_add_int(out, row[i].rate.ppm));
    COLUMN(out, "from", n, add_date(out, row[i].from));
    COLUMN(out, "to", n, add_date(out, row[i].to));
    text_addc(out, '}');
}

static void add_promotions(struct text *out, const struct catalogue *c)
{
    const struct promotion_source *row = c->sources;
    size_t n = c->nsources;
    add_count(out, "promotions", n);
    COLUMN(out, "code", n, add_string(out, row[i].code));
    COLUMN(out, "version", n, text_add_int(out, row[i].version));
    COLUMN(out, "from", n, add_date(out, row[i].from));
    COLUMN(out, "to", n, add_date(out, row[i].to));
    COLUMN(out, "text", n, add_string(out, row[i].text));
    text_addc(out, '}');
}

static void add_groups(struct text *out, const struct catalogue *c)
{
    const struct item_group *row = c->groups;
    size_t n = c->ngroups;
    add_count(out, "groups", n);
    COLUMN(out, "code", n, add_string(out, row[i].code));
    COLUMN(out, "name", n, add_string(out, row[i].name));
    COLUMN(out, "parent", n, text_add_int(out, row[i].parent));
    text_add(out, "},");
}

void wire_catalogue_write_market(struct text *out, const struct catalogue *c)
{
    text_printf(out, "{\"version\":%lld,\"exponent\":%d,\"rounding\":\"%s\",\"market\":",
                (long long)c->version, c->exponent, c->rounding == ROUND_ORDER ? "order" : "line");
    add_string(out, c->market);
    text_add(out, ",\"currency\":");
    add_string(out, c->currency);
    text_add(out, ",\"default_region\":");
    add_string(out, c->default_region);
    COLUMN(out, "tax_classes", c->ntax_classes, add_string(out, c->tax_classes[i]));
    text_addc(out, ',');
    add_order_types(out);
    text_addc(out, ',');
    add_discounts(out, c);
    text_addc(out, ',');
    add_delivery(out, c);
    text_addc(out, ',');
    add_taxes(out, c);
    text_addc(out, ',');
    add_promotions(out, c);
    text_addc(out, ',');
}

/* A kit's components side by side, kits ascending. */
static void add_components(struct text *out, const struct catalogue *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->nitems; i++)
        n += c->items[i].components;
    add_count(out, "components", n);
    const char *const names[] = {"kit", "item", "qty"};
    for (size_t column = 0; column < ARRAY_LEN(names); column++) {
        text_addc(out, ',');
        add_name(out, names[column]);
        const char *before = "[";
        for (size_t i = 0; i < c->nitems; i++)
            for (uint32_t k = 0; k < c->items[i].components; k++) {
                const struct component *part = &c->components[c->items[i].first_component + k];
                const int64_t values[] = {(int64_t)i, part->item, part->qty};
                text_add(out, before);
                text_add_int(out, values[column]);
                before = ",";
            }
        text_add(out, n ? "]" : "[]");
    }
    text_add(out, "},");
}

/* What is chosen in kits: slots by kit, each with its options side by side. */
static void add_slots(struct text *out, const struct catalogue *c)
{
    const struct kit_slot *slot = c->slots;
    const struct component *option = c->options;
    uint32_t *kits = ARENA_ARRAY(out->arena, uint32_t, c->nslots);
    for (uint32_t i = 0; i < c->nitems; i++)
        for (uint32_t k = 0; k < c->items[i].slots; k++)
            kits[c->items[i].first_slot + k] = i;
    add_count(out, "slots", c->nslots);
    COLUMN(out, "kit", c->nslots, text_add_int(out, kits[i]));
    COLUMN(out, "choose", c->nslots, text_add_int(out, slot[i].choose));
    COLUMN(out, "options", c->nslots, text_add_int(out, slot[i].options));
    text_add(out, "},");
    add_count(out, "options", c->noptions);
    COLUMN(out, "item", c->noptions, text_add_int(out, option[i].item));
    COLUMN(out, "qty", c->noptions, text_add_int(out, option[i].qty));
    text_add(out, "},");
}

/* Certificates whose value is keyed, items ascending. */
static void add_values(struct text *out, const struct catalogue *c)
{
    const struct item *item = c->items;
    uint32_t *at = ARENA_ARRAY(out->arena, uint32_t, c->nitems);
    size_t n = 0;
    for (uint32_t i = 0; i < c->nitems; i++)
        if (item[i].value_most.minor)
            at[n++] = i;
    add_count(out, "values", n);
    COLUMN(out, "item", n, text_add_int(out, at[i]));
    COLUMN(out, "least", n, text_add_int(out, item[at[i]].value_least.minor));
    COLUMN(out, "most", n, text_add_int(out, item[at[i]].value_most.minor));
    text_add(out, "},");
}

void wire_catalogue_write_items(struct text *out, const struct catalogue *c,
                                const char *const *barcodes)
{
    const struct item *item = c->items;
    size_t n = c->nitems;
    add_groups(out, c);
    add_count(out, "items", n);
    COLUMN(out, "sku", n, add_string(out, item[i].sku));
    COLUMN(out, "barcode", n, add_string(out, barcodes[i]));
    COLUMN(out, "kind", n, add_string(out, item_kind_name(item[i].kind)));
    COLUMN(out, "group", n, text_add_int(out, item[i].group));
    COLUMN(out, "tax_class", n, text_add_int(out, item[i].tax_class));
    COLUMN(out, "weight_g", n, text_add_int(out, item[i].weight_g));
    COLUMN(out, "max_per_order", n, text_add_int(out, item[i].max_per_order));
    COLUMN(out, "age_limit", n, text_add_int(out, item[i].age_limit));
    COLUMN(out, "sale_from", n, add_date(out, item[i].sale_from));
    COLUMN(out, "sale_to", n, add_date(out, item[i].sale_to));
    COLUMN(out, "back_order", n, add_boolean(out, item[i].back_order));
    text_add(out, "},");
    add_values(out, c);
    add_components(out, c);
    add_slots(out, c);
}

void wire_catalogue_write_names(struct text *out, const char *language, const char *const *names,
                                const char *const *spoken, size_t n, const char *const *slots,
                                size_t nslots)
{
    text_add(out, "\"language\":");
    add_string(out, language);
    text_addc(out, ',');
    add_count(out, "names", n);
    COLUMN(out, "name", n, add_string(out, names[i]));
    COLUMN(out, "spoken", n, add_string(out, spoken[i]));
    text_add(out, "},");
    add_count(out, "slot_names", nslots);
    COLUMN(out, "name", nslots, add_string(out, slots[i]));
    text_add(out, "},\"lists\":[");
}

void wire_catalogue_write_list(struct text *out, const struct catalogue *c,
                               const struct price_list *list)
{
    const struct price *price = list->prices;
    size_t n = c->nitems;
    text_add(out, "{\"code\":");
    add_string(out, list->code);
    text_add(out, ",\"name\":");
    add_string(out, list->name);
    text_add(out, ",\"audience\":");
    add_string(out, audience_name(list->audience));
    text_add(out, ",\"tax_included\":");
    add_boolean(out, list->tax_included);
    text_add(out, ",\"from\":");
    add_date(out, list->from);
    text_add(out, ",\"to\":");
    add_date(out, list->to);
    COLUMN(out, "price", n, if (price[i].amount.minor < 0) text_add(out, "null");
           else text_add_int(out, price[i].amount.minor));
    COLUMN(out, "cv", n, text_add_int(out, price[i].cv.hundredths));
    COLUMN(out, "pv", n, text_add_int(out, price[i].pv.hundredths));
    text_addc(out, '}');
}
