#include "core/promo/promotion_fill.h"
#include "core/wire/wire_columns.h"

#include <string.h>

/* ---- items ----------------------------------------------------------------------------------- */

static int kind_of(const char *name)
{
    return (int)item_kind_by_name(name);
}

static int type_of(const char *name)
{
    return (int)order_type_by_name(name);
}

static int destination_of(const char *name)
{
    return (int)destination_by_name(name);
}

static int audience_of(const char *name)
{
    return (int)audience_by_name(name);
}

/* As they come; the barcode is moved into a list of its own. */
struct item_row {
    struct item item;
    const char *barcode;
};

#define AT(member) offsetof(struct item_row, item.member)
static const struct column item_columns[] = {
    {"sku", TEXT, AT(sku), 0, 0, NULL},
    {"barcode", TEXT, offsetof(struct item_row, barcode), 0, 0, NULL},
    {"kind", NAME, AT(kind), 0, ITEM_KINDS, kind_of},
    {"group", INT, AT(group), 0, INT32_MAX, NULL},
    {"tax_class", INT, AT(tax_class), 0, INT32_MAX, NULL},
    {"weight_g", INT, AT(weight_g), 0, INT32_MAX, NULL},
    {"max_per_order", INT, AT(max_per_order), 0, INT32_MAX, NULL},
    {"age_limit", INT, AT(age_limit), 0, INT32_MAX, NULL},
    {"sale_from", FROM, AT(sale_from), 0, 0, NULL},
    {"sale_to", TO, AT(sale_to), 0, 0, NULL},
    {"back_order", BOOLEAN, AT(back_order), 0, 0, NULL},
    {NULL, TEXT, 0, 0, 0, NULL},
};
#undef AT

static void items_read(struct columns_reading *r)
{
    struct arena *scratch = arena_new(), *own = r->arena;
    struct item_row *rows;
    size_t n = columns_count(r);
    rows = arena_array(scratch, r->pull->failed ? 0 : n, sizeof *rows);
    if (!r->pull->failed)
        columns_read(r, item_columns, rows, sizeof *rows, n);
    if (!r->pull->failed) {
        struct item *items = ARENA_ARRAY(own, struct item, n);
        const char **barcodes = ARENA_ARRAY(own, const char *, n),
                   **skus = ARENA_ARRAY(own, const char *, n);
        for (size_t i = 0; i < n; i++) {
            items[i] = rows[i].item;
            barcodes[i] = rows[i].barcode;
            skus[i] = items[i].sku;
            if (i && strcmp(skus[i - 1], skus[i]) >= 0)
                pull_fail(r->pull);
        }
        r->out->catalogue.items = items;
        r->out->barcodes = barcodes;
        r->out->skus = skus;
        r->out->catalogue.nitems = r->nitems = n;
        r->has_items = true;
    }
    arena_free(scratch);
}

struct value_row {
    int item;
    struct money least, most;
};

static void values_read(struct columns_reading *r)
{
    struct arena *scratch = arena_new(), *own = r->arena;
    const struct column columns[] = {
        {"item", INT, offsetof(struct value_row, item), 0,
         r->has_items ? (int64_t)r->nitems - 1 : -1, NULL},
        {"least", LONG, offsetof(struct value_row, least), 1, MONEY_MAX, NULL},
        {"most", LONG, offsetof(struct value_row, most), 1, MONEY_MAX, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct value_row *rows;
    r->arena = scratch;
    size_t n = columns_table(r, columns, &rows, sizeof *rows);
    r->arena = own;
    for (size_t i = 0; i < n; i++) {
        struct item *item = &r->out->catalogue.items[rows[i].item];
        item->value_least = rows[i].least;
        item->value_most = rows[i].most;
    }
    arena_free(scratch);
}

static void names_read(struct columns_reading *r)
{
    static const struct column columns[] = {
        {"name", TEXT, offsetof(struct item, name), 0, 0, NULL},
        {"spoken", TEXT, offsetof(struct item, spoken), 0, 0, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    size_t n = columns_count(r);
    if (!r->has_items || n != r->nitems)
        pull_fail(r->pull);
    else
        columns_read(r, columns, r->out->catalogue.items, sizeof(struct item), n);
}

/* ---- lists and rules ------------------------------------------------------------------------- */

static const struct column price_columns[] = {
    {"price", AMOUNT, offsetof(struct price, amount), 0, MONEY_MAX, NULL},
    {"cv", LONG, offsetof(struct price, cv), 0, MONEY_MAX, NULL},
    {"pv", LONG, offsetof(struct price, pv), 0, MONEY_MAX, NULL},
    {NULL, TEXT, 0, 0, 0, NULL},
};

static struct price_list list_read(struct columns_reading *r)
{
    struct pull *p = r->pull;
    struct price *prices = ARENA_ARRAY(r->arena, struct price, r->nitems);
    struct price_list list = {
        .code = "", .name = "", .prices = prices, .from = DATE_MIN, .to = DATE_MAX};
    const struct column audience = {"audience", NAME, 0, 0, AUDIENCES, audience_of};
    char name[PULL_NAME];
    unsigned seen = 0;
    for (pull_open(p, '{'); pull_member(p, name);)
        if (strcmp(name, "code") == 0)
            list.code = arena_strdup(r->arena, pull_string(p));
        else if (strcmp(name, "name") == 0)
            list.name = arena_strdup(r->arena, pull_string(p));
        else if (strcmp(name, "audience") == 0)
            list.audience = (enum audience)columns_named(p, &audience);
        else if (strcmp(name, "tax_included") == 0)
            list.tax_included = pull_boolean(p);
        else if (strcmp(name, "from") == 0)
            list.from = columns_date(p, DATE_MIN);
        else if (strcmp(name, "to") == 0)
            list.to = columns_date(p, DATE_MAX);
        else
            seen |= columns_take(r, price_columns, name, prices, sizeof *prices, r->nitems);
    if (seen != columns_all(price_columns) || !*list.code)
        pull_fail(p);
    return list;
}

static void lists_read(struct columns_reading *r)
{
    struct catalogue *c = &r->out->catalogue;
    size_t room = 0;
    if (!r->has_items)
        pull_fail(r->pull);
    for (pull_open(r->pull, '['); pull_element(r->pull);) {
        if (c->nlists == room) {
            struct price_list *more = ARENA_ARRAY(r->arena, struct price_list, room = room * 2 + 8);
            if (c->nlists)
                memcpy(more, c->lists, c->nlists * sizeof *more);
            c->lists = more;
        }
        c->lists[c->nlists++] = list_read(r);
    }
}

static void discounts_read(struct columns_reading *r)
{
    static const struct column columns[] = {
        {"rank", INT, offsetof(struct rank_discount, rank), INT32_MIN, INT32_MAX, NULL},
        {"type", NAME, offsetof(struct rank_discount, type), 0, ORDER_TYPES, type_of},
        {"ppm", LONG, offsetof(struct rank_discount, rate), 0, 1000000, NULL},
        {"from", FROM, offsetof(struct rank_discount, from), 0, 0, NULL},
        {"to", TO, offsetof(struct rank_discount, to), 0, 0, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct catalogue *c = &r->out->catalogue;
    c->ndiscounts = columns_table(r, columns, &c->discounts, sizeof *c->discounts);
}

#define AT(member) offsetof(struct delivery_charge, member)
static const struct column delivery_columns[] = {
    {"destination", NAME, AT(destination), 0, DESTINATIONS, destination_of},
    {"method", TEXT, AT(method), 0, 0, NULL},
    {"zone", TEXT, AT(zone), 0, 0, NULL},
    {"min_goods", LONG, AT(min_goods), 0, MONEY_MAX, NULL},
    {"charge", LONG, AT(charge), 0, MONEY_MAX, NULL},
    {"tax_class", INT, AT(tax_class), 0, INT32_MAX, NULL},
    {"from", FROM, AT(from), 0, 0, NULL},
    {"to", TO, AT(to), 0, 0, NULL},
    {"min_weight_g", INT, AT(min_weight_g), 0, INT32_MAX, NULL},
    {NULL, TEXT, 0, 0, 0, NULL},
};
#undef AT

static void delivery_read(struct columns_reading *r)
{
    struct catalogue *c = &r->out->catalogue;
    c->ndelivery = columns_table(r, delivery_columns, &c->delivery, sizeof *c->delivery);
}

static void taxes_read(struct columns_reading *r)
{
    static const struct column columns[] = {
        {"region", TEXT, offsetof(struct tax_rate, region), 0, 0, NULL},
        {"tax_class", INT, offsetof(struct tax_rate, tax_class), 0, INT32_MAX, NULL},
        {"ppm", LONG, offsetof(struct tax_rate, rate), 0, 1000000, NULL},
        {"from", FROM, offsetof(struct tax_rate, from), 0, 0, NULL},
        {"to", TO, offsetof(struct tax_rate, to), 0, 0, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct catalogue *c = &r->out->catalogue;
    c->ntaxes = columns_table(r, columns, &c->taxes, sizeof *c->taxes);
}

/* A group stands behind the one that it belongs to. */
static void groups_read(struct columns_reading *r)
{
    static const struct column columns[] = {
        {"code", TEXT, offsetof(struct item_group, code), 0, 0, NULL},
        {"name", TEXT, offsetof(struct item_group, name), 0, 0, NULL},
        {"parent", INT, offsetof(struct item_group, parent), -1, INT32_MAX, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct item_group *groups;
    size_t n = columns_table(r, columns, &groups, sizeof *groups);
    for (size_t i = 0; i < n; i++)
        if (groups[i].parent >= (int)i)
            pull_fail(r->pull);
    r->out->catalogue.groups = groups;
    r->out->catalogue.ngroups = n;
}

static void promotions_read(struct columns_reading *r)
{
    static const struct column columns[] = {
        {"code", TEXT, offsetof(struct promotion_source, code), 0, 0, NULL},
        {"version", LONG, offsetof(struct promotion_source, version), 1, INT32_MAX, NULL},
        {"from", FROM, offsetof(struct promotion_source, from), 0, 0, NULL},
        {"to", TO, offsetof(struct promotion_source, to), 0, 0, NULL},
        {"text", LINES, offsetof(struct promotion_source, text), 0, 0, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct promotion_source *sources;
    r->out->catalogue.nsources = columns_table(r, columns, &sources, sizeof *sources);
    r->out->catalogue.sources = sources;
}

static void classes_read(struct columns_reading *r)
{
    enum { CLASSES_MOST = 256 };
    const char **names = ARENA_ARRAY(r->arena, const char *, CLASSES_MOST);
    size_t n = 0;
    for (pull_open(r->pull, '['); pull_element(r->pull);) {
        if (n == CLASSES_MOST)
            pull_fail(r->pull);
        else
            names[n++] = arena_strdup(r->arena, pull_string(r->pull));
    }
    r->out->catalogue.tax_classes = names;
    r->out->catalogue.ntax_classes = n;
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void version_read(struct columns_reading *r)
{
    r->out->catalogue.version = pull_integer(r->pull);
}

static void exponent_read(struct columns_reading *r)
{
    r->out->catalogue.exponent = (int)columns_bounded(r->pull, 0, 4);
}

static void rounding_read(struct columns_reading *r)
{
    bool by_order = strcmp(pull_string(r->pull), "order") == 0;
    r->out->catalogue.rounding = by_order ? ROUND_ORDER : ROUND_LINE;
}

static void market_read(struct columns_reading *r)
{
    r->out->catalogue.market = arena_strdup(r->arena, pull_string(r->pull));
}

static void currency_read(struct columns_reading *r)
{
    r->out->catalogue.currency = arena_strdup(r->arena, pull_string(r->pull));
}

static void region_read(struct columns_reading *r)
{
    r->out->catalogue.default_region = arena_strdup(r->arena, pull_string(r->pull));
}

static void language_read(struct columns_reading *r)
{
    r->out->language = arena_strdup(r->arena, pull_string(r->pull));
}

static const struct {
    const char *name;
    void (*read)(struct columns_reading *r);
} members[] = {
    {"version", version_read},       {"exponent", exponent_read},
    {"rounding", rounding_read},     {"market", market_read},
    {"currency", currency_read},     {"default_region", region_read},
    {"tax_classes", classes_read},   {"discounts", discounts_read},
    {"delivery", delivery_read},     {"taxes", taxes_read},
    {"items", items_read},           {"components", columns_components},
    {"language", language_read},     {"names", names_read},
    {"lists", lists_read},           {"groups", groups_read},
    {"promotions", promotions_read}, {"slots", columns_slots},
    {"options", columns_options},    {"slot_names", columns_slot_names},
    {"values", values_read},
};

/* What one column says of another can be compared only when all are there. */
static bool indexes_fit(const struct catalogue *c)
{
    int n = (int)c->ntax_classes;
    bool fit = true;
    for (size_t i = 0; i < c->nitems; i++)
        fit &= c->items[i].tax_class < n && c->items[i].group < (int)c->ngroups;
    for (size_t i = 0; i < c->ndelivery; i++)
        fit &= c->delivery[i].tax_class < n;
    for (size_t i = 0; i < c->ntaxes; i++)
        fit &= c->taxes[i].tax_class < n;
    return fit;
}

static unsigned member_take(struct columns_reading *r, const char *name)
{
    for (unsigned i = 0; i < ARRAY_LEN(members); i++)
        if (strcmp(members[i].name, name) == 0) {
            members[i].read(r);
            return 1u << i;
        }
    pull_skip(r->pull);
    return 0;
}

bool wire_catalogue_read(struct arena *arena, pull_source *more, void *arg,
                         struct wire_catalogue *out)
{
    struct pull pull;
    struct columns_reading r = {.pull = &pull, .arena = arena, .out = out};
    struct promotion_unread *unread;
    char name[PULL_NAME];
    unsigned seen = 0;
    *out = (struct wire_catalogue){0};
    pull_init(&pull, more, arg);
    for (pull_open(&pull, '{'); pull_member(&pull, name);) {
        unsigned bit = member_take(&r, name);
        if (seen & bit) /* twice */
            pull_fail(&pull);
        seen |= bit;
    }
    if (!pull_end(&pull) || seen != (1u << ARRAY_LEN(members)) - 1 || !indexes_fit(&out->catalogue))
        return false;
    out->nunread = promotions_fill(arena, &out->catalogue, &unread);
    return true;
}
