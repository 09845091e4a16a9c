/* One market's catalogue, priced: items, kits, price lists, and the tables of rank discounts,
 * delivery charges and tax. Built once (by the server from the database, by a client from the
 * wire), then read only and shared; replaced whole when the data changes, never edited. */
#pragma once

#include "core/arena.h"
#include "core/date.h"
#include "core/money.h"

enum item_kind {
    ITEM_PRODUCT,
    ITEM_KIT,
    ITEM_GIFT,
    ITEM_SALES_AID,
    ITEM_CERTIFICATE,
    ITEM_FEE,
    ITEM_KINDS
};

enum order_type {
#define TYPE(name, word, audience, customer, kinds, volumes, discount, ship_to, title) ORDER_##name,
#include "core/order_type.def"
#undef TYPE
    ORDER_TYPES
};

enum audience {
    AUDIENCE_retail,
    AUDIENCE_distributor,
    AUDIENCE_host,
    AUDIENCE_sales_aid,
    AUDIENCES
};
enum destination {
    SHIP_distributor,
    SHIP_host,
    SHIP_customer,
    SHIP_party,
    SHIP_pickup,
    SHIP_address,
    DESTINATIONS
};
enum rounding { ROUND_LINE, ROUND_ORDER };

/* A node of the tree of product groups; a group holds the items of the groups below it. */
struct item_group {
    const char *code, *name; /* "KITCHENWARE" */
    int parent;              /* index, smaller than its own; -1 at the top */
};

struct item {
    int64_t id; /* the database's */
    const char *sku, *name, *spoken;
    enum item_kind kind;
    int group, tax_class; /* indexes into groups, tax_classes */
    int weight_g;
    int max_per_order;              /* 0: no limit */
    int age_limit;                  /* years, 0: none */
    struct date sale_from, sale_to; /* from <= date < to */
    bool back_order;                /* may be sold beyond the stock */
    /* Of a gift certificate whose value is keyed with the line: within these. Both 0: its price. */
    struct money value_least, value_most;
    uint32_t first_component, components; /* of a kit, into catalogue.components */
    uint32_t first_slot, slots;           /* what is chosen in a kit, into catalogue.slots */
};

struct component {
    uint32_t item; /* index into catalogue.items */
    int qty;
};

/* Of a kit: `choose` out of its options, the same one again if wanted. */
struct kit_slot {
    const char *name; /* "Scent" */
    int choose;
    uint32_t first_option, options; /* into catalogue.options */
};

/* amount.minor < 0: the item is not in the list. */
struct price {
    struct money amount;
    struct volume cv, pv;
};

struct promotion; /* core/promo/promotion.h */

/* A version of a promotion as it is kept and sent: its text, and the pricing dates for which this
 * version counts, from <= date < to. */
struct promotion_source {
    const char *code, *text;
    int64_t version;
    struct date from, to;
};

struct price_list {
    int64_t id;
    const char *code, *name; /* "AUTUMN-2" */
    enum audience audience;
    bool tax_included;
    struct date from, to;
    const struct price *prices; /* one per item */
};

struct rank_discount {
    int rank;
    enum order_type type;
    struct rate rate;
    struct date from, to;
};

/* The charge for goods of at least `min_goods` that weigh at least `min_weight_g`. Of the rows that
 * are reached the one with the greatest weight counts, among those the one with the greatest value.
 * A zone "" is every zone; a row for the very zone goes first. */
struct delivery_charge {
    enum destination destination;
    const char *method, *zone;
    struct money min_goods, charge;
    int tax_class;
    struct date from, to;
    int min_weight_g;
};

struct tax_rate {
    const char *region; /* "GB", "CA" */
    int tax_class;
    struct rate rate;
    struct date from, to;
};

struct catalogue {
    const char *market, *currency, *default_region;
    int64_t version; /* of the data it was built from */
    int exponent;
    enum rounding rounding;
    struct item *items; /* ascending by sku */
    size_t nitems;
    const struct item_group *groups;
    size_t ngroups;
    struct component *components;
    struct kit_slot *slots; /* a kit's side by side, in their order */
    size_t nslots;
    struct component *options; /* a slot's side by side, in their order */
    size_t noptions;
    struct price_list *lists; /* by audience, then ascending by date */
    size_t nlists;
    struct rank_discount *discounts;
    size_t ndiscounts;
    struct delivery_charge *delivery;
    size_t ndelivery;
    struct tax_rate *taxes;
    size_t ntaxes;
    const char *const *tax_classes; /* names: "standard", "zero" */
    size_t ntax_classes;
    const struct promotion_source *sources; /* ascending by code, then date */
    size_t nsources;
    const struct promotion *promotions; /* of those texts that could be read, in their order */
    size_t npromotions;
};

/* NULL when there is no such item. */
const struct item *catalogue_item(const struct catalogue *catalogue, const char *sku);
const struct price_list *catalogue_list(const struct catalogue *catalogue, const char *code,
                                        enum audience audience);
/* The list of an audience that is valid on a date; NULL when there is none. */
const struct price_list *catalogue_list_on(const struct catalogue *catalogue,
                                           enum audience audience, struct date date);
/* NULL when the item is not in the list. */
const struct price *catalogue_price(const struct catalogue *catalogue,
                                    const struct price_list *list, const struct item *item);
struct rate catalogue_discount(const struct catalogue *catalogue, int rank, enum order_type type,
                               struct date date);
const struct delivery_charge *catalogue_delivery(const struct catalogue *catalogue,
                                                 enum destination destination, const char *method,
                                                 const char *zone, struct money goods,
                                                 int64_t weight_g, struct date date);
/* NULL when no rate is set. */
const struct tax_rate *catalogue_tax(const struct catalogue *catalogue, const char *region,
                                     int tax_class, struct date date);

/* The published names: "sales_aid", "pickup", "kit". The _by_name give the count when unknown. */
const char *item_kind_name(enum item_kind kind);
enum item_kind item_kind_by_name(const char *name);
const char *audience_name(enum audience audience);
enum audience audience_by_name(const char *name);
const char *destination_name(enum destination destination);
enum destination destination_by_name(const char *name);

struct order_type_info {
    const char *name, *word, *title; /* "sales_aids", "aid", "Sales aids" */
    enum audience audience;
    unsigned kinds; /* 1u << enum item_kind, of what may be sold */
    bool needs_customer, has_volumes, has_discount;
    enum destination ship_to;
};
const struct order_type_info *order_type_info(enum order_type type);
enum order_type order_type_by_name(const char *name);
enum order_type order_type_by_word(const char *word); /* as keyed: "own", "cust", "aid" */
