#include "server/db/catalogue_rows.h"
#include "server/db/catalogue_store.h"

#include <stdlib.h>

struct id_index *load_groups(struct loading *r, struct market_snapshot *market)
{
    PGresult *res = load_rows(r, Q_groups, NULL);
    size_t n = load_count(res);
    struct item_group *groups = ARENA_ARRAY(r->arena, struct item_group, n);
    struct id_index *ids = ARENA_ARRAY(r->results, struct id_index, n);
    for (size_t i = 0; i < n; i++) {
        groups[i] = (struct item_group){load_text(r, res, i, 1), load_text(r, res, i, 2), -1};
        if (!PQgetisnull(res, (int)i, 3)) {
            int64_t parent = load_integer(res, i, 3);
            for (size_t k = 0; k < i; k++) /* parents come first */
                if (ids[k].id == parent)
                    groups[i].parent = (int)k;
        }
        ids[i] = (struct id_index){load_integer(res, i, 0), (uint32_t)i};
    }
    qsort(ids, n, sizeof *ids, load_compare_ids);
    market->catalogue.groups = groups;
    market->catalogue.ngroups = n;
    return ids;
}

void load_promotions(struct loading *r, struct market_snapshot *market)
{
    struct catalogue *c = &market->catalogue;
    PGresult *res = load_rows(r, Q_promotions, c->market);
    size_t n = load_count(res);
    struct promotion_source *sources = ARENA_ARRAY(r->arena, struct promotion_source, n);
    int64_t *ids = ARENA_ARRAY(r->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        ids[i] = load_integer(res, i, 0);
        sources[i] = (struct promotion_source){
            .code = load_text(r, res, i, 1),
            .text = load_text(r, res, i, 3),
            .version = load_integer(res, i, 2),
            .from = load_bound(res, i, 4, DATE_MIN),
            .to = load_bound(res, i, 5, DATE_MAX),
        };
    }
    market->promotion_ids = ids;
    c->sources = sources;
    c->nsources = n;
    struct promotion_unread *unread;
    market->nunread = promotions_fill(r->arena, c, &unread);
    market->unread = unread;
}
