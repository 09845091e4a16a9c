#include "core/wire/wire_catalogue.h"

#include <string.h>

enum { ROWS_MOST = 1000 * 1000 };

struct reading {
    struct pull *pull;
    struct arena *arena;
    struct wire_catalogue *out;
    size_t nitems;
    bool has_items;
};

/* ---- tables ---------------------------------------------------------------------------------- */

enum column_type { TEXT, INT, LONG, BOOLEAN, FROM, TO, NAME, AMOUNT };

struct column {
    const char *name;
    enum column_type type;
    size_t offset;                /* in the row */
    int64_t least, most;          /* of INT, LONG and AMOUNT; `most` of NAME */
    int (*by_name)(const char *); /* of NAME: the enumeration's value */
};

static int64_t bounded(struct pull *p, int64_t least, int64_t most)
{
    int64_t value = pull_integer(p);
    if (value < least || value > most)
        pull_fail(p);
    return p->failed ? least : value;
}

static struct date date_or(struct pull *p, struct date open)
{
    struct date date = open;
    if (!pull_null(p) && !date_parse(pull_string(p), &date))
        pull_fail(p);
    return date;
}

static int named(struct pull *p, const struct column *column)
{
    int value = column->by_name(pull_string(p));
    if (value >= column->most)
        pull_fail(p);
    return p->failed ? 0 : value;
}

static void cell(struct reading *r, const struct column *column, char *row)
{
    struct pull *p = r->pull;
    void *at = row + column->offset;
    switch (column->type) {
    case TEXT:
        *(const char **)at = arena_strdup(r->arena, pull_string(p));
        break;
    case INT:
        *(int *)at = (int)bounded(p, column->least, column->most);
        break;
    case LONG:
        *(int64_t *)at = bounded(p, column->least, column->most);
        break;
    case AMOUNT:
        *(int64_t *)at = pull_null(p) ? -1 : bounded(p, column->least, column->most);
        break;
    case BOOLEAN:
        *(bool *)at = pull_boolean(p);
        break;
    case FROM:
        *(struct date *)at = date_or(p, DATE_MIN);
        break;
    case TO:
        *(struct date *)at = date_or(p, DATE_MAX);
        break;
    case NAME:
        *(int *)at = named(p, column);
        break;
    }
}

static void column_read(struct reading *r, const struct column *column, void *rows, size_t size,
                        size_t n)
{
    size_t i = 0;
    pull_open(r->pull, '[');
    while (pull_element(r->pull)) {
        if (i == n) {
            pull_fail(r->pull);
            return;
        }
        cell(r, column, (char *)rows + size * i++);
    }
    if (i != n)
        pull_fail(r->pull);
}

/* `columns` ends with a name that is NULL. The bit of the column that was read, 0 for another
 * member, which is skipped. */
static unsigned column_take(struct reading *r, const struct column *columns, const char *name,
                            void *rows, size_t size, size_t n)
{
    for (unsigned i = 0; columns[i].name; i++)
        if (strcmp(columns[i].name, name) == 0) {
            column_read(r, &columns[i], rows, size, n);
            return 1u << i;
        }
    pull_skip(r->pull);
    return 0;
}

static unsigned all_of(const struct column *columns)
{
    unsigned bits = 0;
    for (unsigned i = 0; columns[i].name; i++)
        bits |= 1u << i;
    return bits;
}

static size_t count_read(struct reading *r)
{
    char name[PULL_NAME];
    pull_open(r->pull, '{');
    if (!pull_member(r->pull, name) || strcmp(name, "count") != 0)
        pull_fail(r->pull);
    return (size_t)bounded(r->pull, 0, ROWS_MOST);
}

/* The columns behind `count`, every one of which is needed. */
static void columns_read(struct reading *r, const struct column *columns, void *rows, size_t size,
                         size_t n)
{
    char name[PULL_NAME];
    unsigned seen = 0;
    while (pull_member(r->pull, name))
        seen |= column_take(r, columns, name, rows, size, n);
    if (seen != all_of(columns))
        pull_fail(r->pull);
}

/* A table of its own rows: `*rows` is made. */
static size_t table_read(struct reading *r, const struct column *columns, void *rows, size_t size)
{
    size_t n = count_read(r);
    void *made = arena_array(r->arena, r->pull->failed ? 0 : n, size);
    *(void **)rows = made;
    if (!r->pull->failed)
        columns_read(r, columns, made, size, n);
    return r->pull->failed ? 0 : n;
}

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

static void items_read(struct reading *r)
{
    struct arena *scratch = arena_new(), *own = r->arena;
    struct item_row *rows;
    size_t n = count_read(r);
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

static void names_read(struct reading *r)
{
    static const struct column columns[] = {
        {"name", TEXT, offsetof(struct item, name), 0, 0, NULL},
        {"spoken", TEXT, offsetof(struct item, spoken), 0, 0, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    size_t n = count_read(r);
    if (!r->has_items || n != r->nitems)
        pull_fail(r->pull);
    else
        columns_read(r, columns, r->out->catalogue.items, sizeof(struct item), n);
}

struct part_row {
    int kit, qty;
    struct component part;
};

/* Kits come ascending, each with its components side by side. */
static void components_read(struct reading *r)
{
    struct arena *scratch = arena_new(), *own = r->arena;
    struct catalogue *c = &r->out->catalogue;
    const int64_t last = r->has_items ? (int64_t)r->nitems - 1 : -1;
    const struct column columns[] = {
        {"kit", INT, offsetof(struct part_row, kit), 0, last, NULL},
        {"item", INT, offsetof(struct part_row, part.item), 0, last, NULL},
        {"qty", INT, offsetof(struct part_row, qty), 1, INT32_MAX, NULL},
        {NULL, TEXT, 0, 0, 0, NULL},
    };
    struct part_row *rows;
    r->arena = scratch;
    size_t n = table_read(r, columns, &rows, sizeof *rows);
    r->arena = own;
    c->components = ARENA_ARRAY(own, struct component, n);
    for (size_t i = 0; i < n; i++) {
        struct item *kit = &c->items[rows[i].kit];
        if (i && rows[i].kit < rows[i - 1].kit)
            pull_fail(r->pull);
        if (kit->components++ == 0)
            kit->first_component = (uint32_t)i;
        c->components[i] = (struct component){rows[i].part.item, rows[i].qty};
    }
    arena_free(scratch);
}

/* ---- lists and rules ------------------------------------------------------------------------- */

static const struct column price_columns[] = {
    {"price", AMOUNT, offsetof(struct price, amount), 0, MONEY_MAX, NULL},
    {"cv", LONG, offsetof(struct price, cv), 0, MONEY_MAX, NULL},
    {"pv", LONG, offsetof(struct price, pv), 0, MONEY_MAX, NULL},
    {NULL, TEXT, 0, 0, 0, NULL},
};

static struct price_list list_read(struct reading *r)
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
            list.audience = (enum audience)named(p, &audience);
        else if (strcmp(name, "tax_included") == 0)
            list.tax_included = pull_boolean(p);
        else if (strcmp(name, "from") == 0)
            list.from = date_or(p, DATE_MIN);
        else if (strcmp(name, "to") == 0)
            list.to = date_or(p, DATE_MAX);
        else
            seen |= column_take(r, price_columns, name, prices, sizeof *prices, r->nitems);
    if (seen != all_of(price_columns) || !*list.code)
        pull_fail(p);
    return list;
}

static void lists_read(struct reading *r)
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

static void discounts_read(struct reading *r)
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
    c->ndiscounts = table_read(r, columns, &c->discounts, sizeof *c->discounts);
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
    {NULL, TEXT, 0, 0, 0, NULL},
};
#undef AT

static void delivery_read(struct reading *r)
{
    struct catalogue *c = &r->out->catalogue;
    c->ndelivery = table_read(r, delivery_columns, &c->delivery, sizeof *c->delivery);
}

static void taxes_read(struct reading *r)
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
    c->ntaxes = table_read(r, columns, &c->taxes, sizeof *c->taxes);
}

static void classes_read(struct reading *r)
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

static void version_read(struct reading *r)
{
    r->out->catalogue.version = pull_integer(r->pull);
}

static void exponent_read(struct reading *r)
{
    r->out->catalogue.exponent = (int)bounded(r->pull, 0, 4);
}

static void rounding_read(struct reading *r)
{
    bool by_order = strcmp(pull_string(r->pull), "order") == 0;
    r->out->catalogue.rounding = by_order ? ROUND_ORDER : ROUND_LINE;
}

static void market_read(struct reading *r)
{
    r->out->catalogue.market = arena_strdup(r->arena, pull_string(r->pull));
}

static void currency_read(struct reading *r)
{
    r->out->catalogue.currency = arena_strdup(r->arena, pull_string(r->pull));
}

static void region_read(struct reading *r)
{
    r->out->catalogue.default_region = arena_strdup(r->arena, pull_string(r->pull));
}

static void language_read(struct reading *r)
{
    r->out->language = arena_strdup(r->arena, pull_string(r->pull));
}

static const struct {
    const char *name;
    void (*read)(struct reading *r);
} members[] = {
    {"version", version_read},     {"exponent", exponent_read},   {"rounding", rounding_read},
    {"market", market_read},       {"currency", currency_read},   {"default_region", region_read},
    {"tax_classes", classes_read}, {"discounts", discounts_read}, {"delivery", delivery_read},
    {"taxes", taxes_read},         {"items", items_read},         {"components", components_read},
    {"language", language_read},   {"names", names_read},         {"lists", lists_read},
};

/* What one column says of another can be compared only when all are there. */
static bool classes_fit(const struct catalogue *c)
{
    int n = (int)c->ntax_classes;
    bool fit = true;
    for (size_t i = 0; i < c->nitems; i++)
        fit &= c->items[i].tax_class < n;
    for (size_t i = 0; i < c->ndelivery; i++)
        fit &= c->delivery[i].tax_class < n;
    for (size_t i = 0; i < c->ntaxes; i++)
        fit &= c->taxes[i].tax_class < n;
    return fit;
}

static unsigned member_take(struct reading *r, const char *name)
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
    struct reading r = {.pull = &pull, .arena = arena, .out = out};
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
    return pull_end(&pull) && seen == (1u << ARRAY_LEN(members)) - 1 &&
           classes_fit(&out->catalogue);
}
