#include "server/db/catalogue_load.h"

#include "server/db/catalogue_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct item item_of(struct loading *r, const PGresult *res, size_t i,
                           const struct id_index *classes, size_t nclasses)
{
    return (struct item){
        .id = load_integer(res, i, 0),
        .sku = load_text(r, res, i, 1),
        .kind = item_kind_by_name(PQgetvalue(res, (int)i, 2)),
        .group = load_small(res, i, 3),
        .tax_class = (int)load_index_of(classes, nclasses, load_integer(res, i, 4)),
        .weight_g = load_small(res, i, 5),
        .max_per_order = load_small(res, i, 6),
        .age_limit = load_small(res, i, 7),
        .sale_from = load_bound(res, i, 8, DATE_MIN),
        .sale_to = load_bound(res, i, 9, DATE_MAX),
        .back_order = load_boolean(res, i, 10),
        .name = load_text(r, res, i, 11),
        .spoken = load_text(r, res, i, 12),
    };
}

static struct id_index *load_classes(struct loading *r, struct catalogue *c)
{
    PGresult *res = load_rows(r, Q_tax_classes, NULL);
    c->ntax_classes = load_count(res);
    const char **names = ARENA_ARRAY(r->arena, const char *, c->ntax_classes);
    struct id_index *ids = ARENA_ARRAY(r->arena, struct id_index, c->ntax_classes);
    for (size_t i = 0; i < c->ntax_classes; i++) {
        names[i] = load_text(r, res, i, 1);
        ids[i] = (struct id_index){load_integer(res, i, 0), (uint32_t)i};
    }
    c->tax_classes = names;
    return ids;
}

static struct id_index *load_items(struct loading *r, struct market_snapshot *m,
                                   const struct id_index *classes)
{
    struct catalogue *c = &m->catalogue;
    struct id_index *groups = load_groups(r, m);
    PGresult *res = load_rows(r, Q_items, m->language);
    size_t n = c->nitems = load_count(res);
    const char **skus = ARENA_ARRAY(r->arena, const char *, n);
    const char **codes = ARENA_ARRAY(r->arena, const char *, n);
    struct id_index *ids = ARENA_ARRAY(r->results, struct id_index, n);
    c->items = ARENA_ARRAY(r->arena, struct item, n);
    for (size_t i = 0; i < n; i++) {
        c->items[i] = item_of(r, res, i, classes, c->ntax_classes);
        skus[i] = c->items[i].sku;
        codes[i] = load_text(r, res, i, 13);
        c->items[i].group = (int)load_index_of(groups, c->ngroups, c->items[i].group);
        ids[i] = (struct id_index){c->items[i].id, (uint32_t)i};
    }
    qsort(ids, n, sizeof *ids, load_compare_ids);
    m->skus = skus;
    m->barcodes = codes;
    return ids;
}

static void load_kits(struct loading *r, struct catalogue *c, const struct id_index *ids)
{
    PGresult *res = load_rows(r, Q_components, NULL);
    size_t n = load_count(res);
    c->components = ARENA_ARRAY(r->arena, struct component, n);
    for (size_t i = 0; i < n; i++) {
        int64_t kit = load_index_of(ids, c->nitems, load_integer(res, i, 0));
        int64_t part = load_index_of(ids, c->nitems, load_integer(res, i, 1));
        if (kit < 0 || part < 0)
            continue;
        struct item *item = &c->items[kit];
        if (item->components++ == 0)
            item->first_component = (uint32_t)i;
        c->components[i] = (struct component){(uint32_t)part, load_small(res, i, 2)};
    }
}

/* What the value of a certificate may be that has no price of its own. */
static void load_values(struct loading *r, struct catalogue *c, const struct id_index *ids)
{
    PGresult *res = load_rows(r, Q_item_values, c->market);
    for (size_t i = 0; i < load_count(res); i++) {
        int64_t item = load_index_of(ids, c->nitems, load_integer(res, i, 0));
        if (item < 0)
            continue;
        c->items[item].value_least = money_of(load_integer(res, i, 1));
        c->items[item].value_most = money_of(load_integer(res, i, 2));
    }
}

static void load_lists(struct loading *r, struct catalogue *c, const struct id_index *ids)
{
    PGresult *res = load_rows(r, Q_price_lists, c->market);
    c->nlists = load_count(res);
    c->lists = ARENA_ARRAY(r->arena, struct price_list, c->nlists);
    struct price **prices = ARENA_ARRAY(r->arena, struct price *, c->nlists);
    for (size_t i = 0; i < c->nlists; i++) {
        prices[i] = ARENA_ARRAY(r->arena, struct price, c->nitems);
        for (size_t k = 0; k < c->nitems; k++)
            prices[i][k].amount = money_of(-1);
        c->lists[i] = (struct price_list){
            .id = load_integer(res, i, 0),
            .code = load_text(r, res, i, 1),
            .name = load_text(r, res, i, 2),
            .audience = audience_by_name(PQgetvalue(res, (int)i, 3)),
            .tax_included = load_boolean(res, i, 4),
            .from = load_bound(res, i, 5, DATE_MIN),
            .to = load_bound(res, i, 6, DATE_MAX),
            .prices = prices[i],
        };
    }
    res = load_rows(r, Q_prices, c->market);
    for (size_t i = 0; i < load_count(res); i++) {
        int64_t item = load_index_of(ids, c->nitems, load_integer(res, i, 1)),
                list_id = load_integer(res, i, 0);
        for (size_t k = 0; k < c->nlists && item >= 0; k++)
            if (c->lists[k].id == list_id)
                prices[k][item] = (struct price){money_of(load_integer(res, i, 2)),
                                                 {load_integer(res, i, 3)},
                                                 {load_integer(res, i, 4)}};
    }
}

static void load_rules(struct loading *r, struct catalogue *c, const struct id_index *classes)
{
    size_t n = c->ntax_classes;
    PGresult *res = load_rows(r, Q_rank_discounts, c->market);
    c->discounts = ARENA_ARRAY(r->arena, struct rank_discount, load_count(res));
    for (size_t i = 0; i < load_count(res); i++) {
        enum order_type type = order_type_by_name(PQgetvalue(res, (int)i, 1));
        if (type != ORDER_TYPES)
            c->discounts[c->ndiscounts++] = (struct rank_discount){load_small(res, i, 0),
                                                                   type,
                                                                   {load_integer(res, i, 2)},
                                                                   load_bound(res, i, 3, DATE_MIN),
                                                                   load_bound(res, i, 4, DATE_MAX)};
    }
    res = load_rows(r, Q_delivery_charges, c->market);
    c->ndelivery = load_count(res);
    c->delivery = ARENA_ARRAY(r->arena, struct delivery_charge, c->ndelivery);
    for (size_t i = 0; i < c->ndelivery; i++)
        c->delivery[i] = (struct delivery_charge){
            .destination = destination_by_name(PQgetvalue(res, (int)i, 0)),
            .method = load_text(r, res, i, 1),
            .zone = load_text(r, res, i, 2),
            .min_goods = money_of(load_integer(res, i, 3)),
            .charge = money_of(load_integer(res, i, 4)),
            .tax_class = (int)load_index_of(classes, n, load_integer(res, i, 5)),
            .from = load_bound(res, i, 6, DATE_MIN),
            .to = load_bound(res, i, 7, DATE_MAX),
            .min_weight_g = load_small(res, i, 8),
        };
    res = load_rows(r, Q_tax_rates, c->market);
    c->ntaxes = load_count(res);
    c->taxes = ARENA_ARRAY(r->arena, struct tax_rate, c->ntaxes);
    for (size_t i = 0; i < c->ntaxes; i++)
        c->taxes[i] = (struct tax_rate){load_text(r, res, i, 0),
                                        (int)load_index_of(classes, n, load_integer(res, i, 1)),
                                        {load_integer(res, i, 2)},
                                        load_bound(res, i, 3, DATE_MIN),
                                        load_bound(res, i, 4, DATE_MAX)};
}

static void load_markets(struct loading *r, struct catalogue_snapshot *s)
{
    PGresult *res = load_rows(r, Q_markets, NULL);
    s->nmarkets = load_count(res);
    s->markets = ARENA_ARRAY(r->arena, struct market_snapshot, s->nmarkets);
    for (size_t i = 0; i < s->nmarkets && !r->failed; i++) {
        struct market_snapshot *m = &s->markets[i];
        m->name = load_text(r, res, i, 1);
        m->language = load_text(r, res, i, 6);
        m->catalogue = (struct catalogue){
            .market = load_text(r, res, i, 0),
            .currency = load_text(r, res, i, 2),
            .exponent = load_small(res, i, 3),
            .rounding = strcmp(PQgetvalue(res, (int)i, 4), "order") == 0 ? ROUND_ORDER : ROUND_LINE,
            .default_region = load_text(r, res, i, 5),
            .version = s->version,
        };
        struct id_index *classes = load_classes(r, &m->catalogue);
        struct id_index *ids = load_items(r, m, classes);
        load_kits(r, &m->catalogue, ids);
        load_choices(r, m, ids);
        load_values(r, &m->catalogue, ids);
        load_lists(r, &m->catalogue, ids);
        load_rules(r, &m->catalogue, classes);
        load_promotions(r, m);
    }
}

static void load_company(struct loading *r, struct catalogue_snapshot *s)
{
    PGresult *version = load_rows(r, Q_catalogue_version, NULL),
             *res = load_rows(r, Q_company, NULL);
    if (!r->failed && (!load_count(res) || !load_count(version))) {
        snprintf(r->why, 256,
                 "the database holds no company yet: partylinectl demo, or import one");
        r->failed = true;
    }
    if (r->failed)
        return;
    s->version = load_integer(version, 0, 0);
    s->company = load_text(r, res, 0, 0);
    s->demo = load_boolean(res, 0, 1);
    s->default_market = load_text(r, res, 0, 2);
    s->lengths.length[CODE_SKU] = (uint8_t)load_small(res, 0, 3);
    s->lengths.length[CODE_DISTRIBUTOR] = (uint8_t)load_small(res, 0, 4);
    s->lengths.length[CODE_ORDER] = (uint8_t)load_small(res, 0, 5);
    s->lengths.length[CODE_CERTIFICATE] = (uint8_t)load_small(res, 0, 6);
    s->lengths.length[CODE_BARCODE] = 13;
}

/* The texts stay the results'. */
static void load_names(struct loading *r, struct catalogue_names *names)
{
    PGresult *res = load_rows(r, Q_item_names, names->language);
    names->names = ARENA_ARRAY(r->results, const char *, load_count(res));
    names->spoken = ARENA_ARRAY(r->results, const char *, load_count(res));
    for (size_t i = 0; i < load_count(res); i++) {
        names->names[i] = PQgetvalue(res, (int)i, 0);
        names->spoken[i] = PQgetvalue(res, (int)i, 1);
    }
    names->slots = load_slot_names(r, names->language);
}

static void finish_with_names(struct loading *r, struct catalogue_snapshot *s,
                              catalogue_finish_fn *finish)
{
    PGresult *languages = load_rows(r, Q_item_languages, NULL);
    size_t n = load_count(languages);
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
    struct loading r = {.conn = conn, .arena = arena, .results = scratch, .why = why};
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
        version = load_integer(res, 0, 0);
    PQclear(res);
    return version;
}
