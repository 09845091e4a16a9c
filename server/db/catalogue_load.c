#include "server/db/catalogue_load.h"

#include "queries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One reading: the first failure is kept, later steps see it and do nothing. */
struct reading {
    PGconn *conn;
    struct arena *arena;   /* of the snapshot */
    struct arena *results; /* of this reading only */
    char *why;
    bool failed;
};

static void release_result(void *result)
{
    PQclear(result);
}

static PGresult *rows(struct reading *r, enum query query, const char *param)
{
    if (r->failed)
        return NULL;
    PGresult *result = PQexecParams(r->conn, query_table[query].sql, query_table[query].nparams,
                                    NULL, &param, NULL, NULL, 0);
    arena_defer(r->results, release_result, result);
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return result;
    snprintf(r->why, 256, "%s: %s", query_table[query].name, PQresultErrorMessage(result));
    r->failed = true;
    return NULL;
}

static size_t count(const PGresult *result)
{
    return result ? (size_t)PQntuples(result) : 0;
}

static int64_t integer(const PGresult *result, size_t row, int column)
{
    return strtoll(PQgetvalue(result, (int)row, column), NULL, 10);
}

static int small(const PGresult *result, size_t row, int column)
{
    return (int)integer(result, row, column);
}

static bool boolean(const PGresult *result, size_t row, int column)
{
    return PQgetvalue(result, (int)row, column)[0] == 't';
}

static char *text(struct reading *r, const PGresult *result, size_t row, int column)
{
    return arena_strdup(r->arena, PQgetvalue(result, (int)row, column));
}

/* A bound of a date range as days; an open one is the end of time. */
static struct date bound(const PGresult *result, size_t row, int column, struct date open)
{
    if (PQgetisnull(result, (int)row, column))
        return open;
    return (struct date){(int32_t)integer(result, row, column)};
}

struct id_index {
    int64_t id;
    uint32_t index;
};

static int compare_ids(const void *a, const void *b)
{
    const struct id_index *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static int64_t index_of(const struct id_index *ids, size_t n, int64_t id)
{
    struct id_index key = {id, 0};
    const struct id_index *found = bsearch(&key, ids, n, sizeof *ids, compare_ids);
    return found ? (int64_t)found->index : -1;
}

/* Copies of the groups' names, in the order of the rows; one copy serves all its items. */
static const char **group_names(struct reading *r, const PGresult *groups, struct id_index *ids)
{
    const char **names = ARENA_ARRAY(r->arena, const char *, count(groups));
    for (size_t i = 0; i < count(groups); i++) {
        names[i] = text(r, groups, i, 1);
        ids[i] = (struct id_index){integer(groups, i, 0), (uint32_t)i};
    }
    return names;
}

static struct item item_of(struct reading *r, const PGresult *res, size_t i,
                           const struct id_index *classes, size_t nclasses)
{
    return (struct item){
        .id = integer(res, i, 0),
        .sku = text(r, res, i, 1),
        .kind = item_kind_by_name(PQgetvalue(res, (int)i, 2)),
        .group = small(res, i, 3),
        .tax_class = (int)index_of(classes, nclasses, integer(res, i, 4)),
        .weight_g = small(res, i, 5),
        .max_per_order = small(res, i, 6),
        .age_limit = small(res, i, 7),
        .sale_from = bound(res, i, 8, DATE_MIN),
        .sale_to = bound(res, i, 9, DATE_MAX),
        .back_order = boolean(res, i, 10),
        .name = text(r, res, i, 11),
        .spoken = text(r, res, i, 12),
    };
}

static struct id_index *load_classes(struct reading *r, struct catalogue *c)
{
    PGresult *res = rows(r, Q_tax_classes, NULL);
    c->ntax_classes = count(res);
    const char **names = ARENA_ARRAY(r->arena, const char *, c->ntax_classes);
    struct id_index *ids = ARENA_ARRAY(r->arena, struct id_index, c->ntax_classes);
    for (size_t i = 0; i < c->ntax_classes; i++) {
        names[i] = text(r, res, i, 1);
        ids[i] = (struct id_index){integer(res, i, 0), (uint32_t)i};
    }
    c->tax_classes = names;
    return ids;
}

static struct id_index *load_items(struct reading *r, struct market_snapshot *m,
                                   const struct id_index *classes)
{
    struct catalogue *c = &m->catalogue;
    PGresult *res = rows(r, Q_items, m->language), *groups = rows(r, Q_groups, NULL);
    size_t n = c->nitems = count(res), ngroups = count(groups);
    struct id_index *group_ids = ARENA_ARRAY(r->results, struct id_index, ngroups);
    const char **group_texts = group_names(r, groups, group_ids);
    const char **skus = ARENA_ARRAY(r->arena, const char *, n);
    const char **codes = ARENA_ARRAY(r->arena, const char *, n);
    const char **names = ARENA_ARRAY(r->arena, const char *, n);
    struct id_index *ids = ARENA_ARRAY(r->results, struct id_index, n);
    c->items = ARENA_ARRAY(r->arena, struct item, n);
    for (size_t i = 0; i < n; i++) {
        c->items[i] = item_of(r, res, i, classes, c->ntax_classes);
        skus[i] = c->items[i].sku;
        codes[i] = text(r, res, i, 13);
        int64_t group = index_of(group_ids, ngroups, c->items[i].group);
        names[i] = group < 0 ? "" : group_texts[group];
        ids[i] = (struct id_index){c->items[i].id, (uint32_t)i};
    }
    qsort(ids, n, sizeof *ids, compare_ids);
    m->skus = skus;
    m->barcodes = codes;
    m->groups = names;
    return ids;
}

static void load_kits(struct reading *r, struct catalogue *c, const struct id_index *ids)
{
    PGresult *res = rows(r, Q_components, NULL);
    size_t n = count(res);
    c->components = ARENA_ARRAY(r->arena, struct component, n);
    for (size_t i = 0; i < n; i++) {
        int64_t kit = index_of(ids, c->nitems, integer(res, i, 0));
        int64_t part = index_of(ids, c->nitems, integer(res, i, 1));
        if (kit < 0 || part < 0)
            continue;
        struct item *item = &c->items[kit];
        if (item->components++ == 0)
            item->first_component = (uint32_t)i;
        c->components[i] = (struct component){(uint32_t)part, small(res, i, 2)};
    }
}

static void load_lists(struct reading *r, struct catalogue *c, const struct id_index *ids)
{
    PGresult *res = rows(r, Q_price_lists, c->market);
    c->nlists = count(res);
    c->lists = ARENA_ARRAY(r->arena, struct price_list, c->nlists);
    struct price **prices = ARENA_ARRAY(r->arena, struct price *, c->nlists);
    for (size_t i = 0; i < c->nlists; i++) {
        prices[i] = ARENA_ARRAY(r->arena, struct price, c->nitems);
        for (size_t k = 0; k < c->nitems; k++)
            prices[i][k].amount = money_of(-1);
        c->lists[i] = (struct price_list){
            .id = integer(res, i, 0),
            .code = text(r, res, i, 1),
            .name = text(r, res, i, 2),
            .audience = audience_by_name(PQgetvalue(res, (int)i, 3)),
            .tax_included = boolean(res, i, 4),
            .from = bound(res, i, 5, DATE_MIN),
            .to = bound(res, i, 6, DATE_MAX),
            .prices = prices[i],
        };
    }
    res = rows(r, Q_prices, c->market);
    for (size_t i = 0; i < count(res); i++) {
        int64_t item = index_of(ids, c->nitems, integer(res, i, 1)), list_id = integer(res, i, 0);
        for (size_t k = 0; k < c->nlists && item >= 0; k++)
            if (c->lists[k].id == list_id)
                prices[k][item] = (struct price){
                    money_of(integer(res, i, 2)), {integer(res, i, 3)}, {integer(res, i, 4)}};
    }
}

static void load_rules(struct reading *r, struct catalogue *c, const struct id_index *classes)
{
    size_t n = c->ntax_classes;
    PGresult *res = rows(r, Q_rank_discounts, c->market);
    c->discounts = ARENA_ARRAY(r->arena, struct rank_discount, count(res));
    for (size_t i = 0; i < count(res); i++) {
        enum order_type type = order_type_by_name(PQgetvalue(res, (int)i, 1));
        if (type != ORDER_TYPES)
            c->discounts[c->ndiscounts++] = (struct rank_discount){small(res, i, 0),
                                                                   type,
                                                                   {integer(res, i, 2)},
                                                                   bound(res, i, 3, DATE_MIN),
                                                                   bound(res, i, 4, DATE_MAX)};
    }
    res = rows(r, Q_delivery_charges, c->market);
    c->ndelivery = count(res);
    c->delivery = ARENA_ARRAY(r->arena, struct delivery_charge, c->ndelivery);
    for (size_t i = 0; i < c->ndelivery; i++)
        c->delivery[i] = (struct delivery_charge){
            .destination = destination_by_name(PQgetvalue(res, (int)i, 0)),
            .method = text(r, res, i, 1),
            .zone = text(r, res, i, 2),
            .min_goods = money_of(integer(res, i, 3)),
            .charge = money_of(integer(res, i, 4)),
            .tax_class = (int)index_of(classes, n, integer(res, i, 5)),
            .from = bound(res, i, 6, DATE_MIN),
            .to = bound(res, i, 7, DATE_MAX),
        };
    res = rows(r, Q_tax_rates, c->market);
    c->ntaxes = count(res);
    c->taxes = ARENA_ARRAY(r->arena, struct tax_rate, c->ntaxes);
    for (size_t i = 0; i < c->ntaxes; i++)
        c->taxes[i] = (struct tax_rate){text(r, res, i, 0),
                                        (int)index_of(classes, n, integer(res, i, 1)),
                                        {integer(res, i, 2)},
                                        bound(res, i, 3, DATE_MIN),
                                        bound(res, i, 4, DATE_MAX)};
}

static void load_markets(struct reading *r, struct catalogue_snapshot *s)
{
    PGresult *res = rows(r, Q_markets, NULL);
    s->nmarkets = count(res);
    s->markets = ARENA_ARRAY(r->arena, struct market_snapshot, s->nmarkets);
    for (size_t i = 0; i < s->nmarkets && !r->failed; i++) {
        struct market_snapshot *m = &s->markets[i];
        m->name = text(r, res, i, 1);
        m->language = text(r, res, i, 6);
        m->catalogue = (struct catalogue){
            .market = text(r, res, i, 0),
            .currency = text(r, res, i, 2),
            .exponent = small(res, i, 3),
            .rounding = strcmp(PQgetvalue(res, (int)i, 4), "order") == 0 ? ROUND_ORDER : ROUND_LINE,
            .default_region = text(r, res, i, 5),
            .version = s->version,
        };
        struct id_index *classes = load_classes(r, &m->catalogue);
        struct id_index *ids = load_items(r, m, classes);
        load_kits(r, &m->catalogue, ids);
        load_lists(r, &m->catalogue, ids);
        load_rules(r, &m->catalogue, classes);
    }
}

static void load_company(struct reading *r, struct catalogue_snapshot *s)
{
    PGresult *version = rows(r, Q_catalogue_version, NULL), *res = rows(r, Q_company, NULL);
    if (!r->failed && (!count(res) || !count(version))) {
        snprintf(r->why, 256,
                 "the database holds no company yet: partylinectl demo, or import one");
        r->failed = true;
    }
    if (r->failed)
        return;
    s->version = integer(version, 0, 0);
    s->company = text(r, res, 0, 0);
    s->demo = boolean(res, 0, 1);
    s->default_market = text(r, res, 0, 2);
    s->lengths.length[CODE_SKU] = (uint8_t)small(res, 0, 3);
    s->lengths.length[CODE_DISTRIBUTOR] = (uint8_t)small(res, 0, 4);
    s->lengths.length[CODE_ORDER] = (uint8_t)small(res, 0, 5);
    s->lengths.length[CODE_CERTIFICATE] = (uint8_t)small(res, 0, 6);
    s->lengths.length[CODE_BARCODE] = 13;
}

/* The texts stay the results'. */
static void load_names(struct reading *r, struct catalogue_names *names)
{
    PGresult *res = rows(r, Q_item_names, names->language);
    names->names = ARENA_ARRAY(r->results, const char *, count(res));
    names->spoken = ARENA_ARRAY(r->results, const char *, count(res));
    for (size_t i = 0; i < count(res); i++) {
        names->names[i] = PQgetvalue(res, (int)i, 0);
        names->spoken[i] = PQgetvalue(res, (int)i, 1);
    }
}

static void finish_with_names(struct reading *r, struct catalogue_snapshot *s,
                              catalogue_finish_fn *finish)
{
    PGresult *languages = rows(r, Q_item_languages, NULL);
    size_t n = count(languages);
    struct catalogue_names *names = ARENA_ARRAY(r->results, struct catalogue_names, n);
    for (size_t i = 0; i < n; i++) {
        names[i].language = PQgetvalue(languages, (int)i, 0);
        load_names(r, &names[i]);
    }
    if (!r->failed)
        finish(s, names, n);
}

struct catalogue_snapshot *catalogue_load(PGconn *conn, catalogue_finish_fn *finish, char *why)
{
    struct arena *scratch = arena_new(), *arena = arena_new();
    struct catalogue_snapshot *s = ARENA_NEW(arena, struct catalogue_snapshot);
    *s = (struct catalogue_snapshot){.arena = arena, .refs = 1};
    struct reading r = {.conn = conn, .arena = arena, .results = scratch, .why = why};
    PQclear(PQexec(conn, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    load_company(&r, s);
    load_markets(&r, s);
    if (finish)
        finish_with_names(&r, s, finish);
    PQclear(PQexec(conn, "COMMIT"));
    arena_free(scratch);
    if (!r.failed)
        return s;
    arena_free(arena);
    return NULL;
}

int64_t catalogue_load_version(PGconn *conn)
{
    PGresult *res = PQexec(conn, query_table[Q_catalogue_version].sql);
    int64_t version = -1;
    if (PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1)
        version = integer(res, 0, 0);
    PQclear(res);
    return version;
}
