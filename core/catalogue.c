#include "core/catalogue.h"

#include <string.h>

static const char *const kind_names[ITEM_KINDS] = {"product",   "kit",         "gift",
                                                   "sales_aid", "certificate", "fee"};
static const char *const audience_names[AUDIENCES] = {"retail", "distributor", "host", "sales_aid"};
static const char *const destination_names[DESTINATIONS] = {"distributor", "host",   "customer",
                                                            "party",       "pickup", "address"};
static const struct order_type_info types[ORDER_TYPES] = {
#define K(kind) (1u << ITEM_##kind)
#define YES_no false
#define YES_must true
#define TYPE(name, word, audience, customer, kinds, volumes, discount, ship_to, title)             \
    {#name,          #word,   title,    AUDIENCE_##audience, kinds,                                \
     YES_##customer, volumes, discount, SHIP_##ship_to},
#include "core/order_type.def"
#undef TYPE
#undef K
#undef YES_no
#undef YES_must
};

static size_t name_index(const char *const *names, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return n;
}

const char *item_kind_name(enum item_kind kind)
{
    return kind_names[kind];
}

enum item_kind item_kind_by_name(const char *name)
{
    return (enum item_kind)name_index(kind_names, ITEM_KINDS, name);
}

const char *audience_name(enum audience audience)
{
    return audience_names[audience];
}

enum audience audience_by_name(const char *name)
{
    return (enum audience)name_index(audience_names, AUDIENCES, name);
}

const char *destination_name(enum destination destination)
{
    return destination_names[destination];
}

enum destination destination_by_name(const char *name)
{
    return (enum destination)name_index(destination_names, DESTINATIONS, name);
}

const struct order_type_info *order_type_info(enum order_type type)
{
    return &types[type];
}

enum order_type order_type_by_name(const char *name)
{
    for (size_t i = 0; i < ORDER_TYPES; i++)
        if (strcmp(types[i].name, name) == 0)
            return (enum order_type)i;
    return ORDER_TYPES;
}

enum order_type order_type_by_word(const char *word)
{
    for (size_t i = 0; i < ORDER_TYPES; i++)
        if (strcmp(types[i].word, word) == 0)
            return (enum order_type)i;
    return ORDER_TYPES;
}

const struct item *catalogue_item(const struct catalogue *catalogue, const char *sku)
{
    size_t low = 0, high = catalogue->nitems;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = strcmp(catalogue->items[mid].sku, sku);
        if (order == 0)
            return &catalogue->items[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct price_list *catalogue_list(const struct catalogue *catalogue, const char *code,
                                        enum audience audience)
{
    for (size_t i = 0; i < catalogue->nlists; i++)
        if (catalogue->lists[i].audience == audience && strcmp(catalogue->lists[i].code, code) == 0)
            return &catalogue->lists[i];
    return NULL;
}

const struct price_list *catalogue_list_on(const struct catalogue *catalogue,
                                           enum audience audience, struct date date)
{
    for (size_t i = 0; i < catalogue->nlists; i++) {
        const struct price_list *list = &catalogue->lists[i];
        if (list->audience == audience && date_within(date, list->from, list->to))
            return list;
    }
    return NULL;
}

const struct price *catalogue_price(const struct catalogue *catalogue,
                                    const struct price_list *list, const struct item *item)
{
    const struct price *price = &list->prices[item - catalogue->items];
    return price->amount.minor >= 0 ? price : NULL;
}

struct rate catalogue_discount(const struct catalogue *catalogue, int rank, enum order_type type,
                               struct date date)
{
    for (size_t i = 0; i < catalogue->ndiscounts; i++) {
        const struct rank_discount *row = &catalogue->discounts[i];
        if (row->rank == rank && row->type == type && date_within(date, row->from, row->to))
            return row->rate;
    }
    return (struct rate){0};
}

/* A row for the very zone goes before one for every zone; then the more demanding one. */
static bool delivery_is_better(const struct delivery_charge *row,
                               const struct delivery_charge *best)
{
    if (!best)
        return true;
    bool own_zone = row->zone[0] != '\0', best_own = best->zone[0] != '\0';
    if (own_zone != best_own)
        return own_zone;
    if (row->min_weight_g != best->min_weight_g)
        return row->min_weight_g > best->min_weight_g;
    return row->min_goods.minor > best->min_goods.minor;
}

const struct delivery_charge *catalogue_delivery(const struct catalogue *catalogue,
                                                 enum destination destination, const char *method,
                                                 const char *zone, struct money goods,
                                                 int64_t weight_g, struct date date)
{
    const struct delivery_charge *best = NULL;
    for (size_t i = 0; i < catalogue->ndelivery; i++) {
        const struct delivery_charge *row = &catalogue->delivery[i];
        if (row->destination != destination || strcmp(row->method, method) != 0 ||
            (row->zone[0] && strcmp(row->zone, zone) != 0) || row->min_goods.minor > goods.minor ||
            row->min_weight_g > weight_g || !date_within(date, row->from, row->to))
            continue;
        if (delivery_is_better(row, best))
            best = row;
    }
    return best;
}

const struct tax_rate *catalogue_tax(const struct catalogue *catalogue, const char *region,
                                     int tax_class, struct date date)
{
    for (size_t i = 0; i < catalogue->ntaxes; i++) {
        const struct tax_rate *row = &catalogue->taxes[i];
        if (row->tax_class == tax_class && strcmp(row->region, region) == 0 &&
            date_within(date, row->from, row->to))
            return row;
    }
    return NULL;
}
