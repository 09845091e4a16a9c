/* Reading a snapshot row by row: what the parts of catalogue_load have in common. */
#pragma once

#include "core/arena.h"
#include "core/date.h"
#include "queries.h"

#include <libpq-fe.h>

struct market_snapshot;

/* One reading: the first failure is kept, later steps see it and do nothing. */
struct loading {
    PGconn *conn;
    struct arena *arena;   /* of the snapshot */
    struct arena *results; /* of this reading only */
    char *why;
    bool failed;
};

/* NULL after a failure. The result goes with the reading. */
PGresult *load_rows(struct loading *r, enum query query, const char *param);
size_t load_count(const PGresult *result);
int64_t load_integer(const PGresult *result, size_t row, int column);
int load_small(const PGresult *result, size_t row, int column);
bool load_boolean(const PGresult *result, size_t row, int column);
char *load_text(struct loading *r, const PGresult *result, size_t row, int column);
/* A bound of a date range as days; an open one is the end of time. */
struct date load_bound(const PGresult *result, size_t row, int column, struct date open);

/* Where the row with an id of the database stands; sorted with load_compare_ids. */
struct id_index {
    int64_t id;
    uint32_t index;
};
int load_compare_ids(const void *a, const void *b);
/* -1: none such. */
int64_t load_index_of(const struct id_index *ids, size_t n, int64_t id);

/* The tree of item groups, and where each stands in it. */
struct id_index *load_groups(struct loading *r, struct market_snapshot *market);
/* What is chosen in kits: behind the items, with their names. */
void load_choices(struct loading *r, struct market_snapshot *market, const struct id_index *ids);
/* The names of the slots of kits in a language, in their order; the results' texts. */
const char *const *load_slot_names(struct loading *r, const char *language);
/* The market's promotions: behind items and groups, which they name. */
void load_promotions(struct loading *r, struct market_snapshot *market);
