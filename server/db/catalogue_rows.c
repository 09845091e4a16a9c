#include "server/db/catalogue_rows.h"

#include <stdio.h>
#include <stdlib.h>

static void release_result(void *result)
{
    PQclear(result);
}

PGresult *load_rows(struct loading *r, enum query query, const char *param)
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

size_t load_count(const PGresult *result)
{
    return result ? (size_t)PQntuples(result) : 0;
}

int64_t load_integer(const PGresult *result, size_t row, int column)
{
    return strtoll(PQgetvalue(result, (int)row, column), NULL, 10);
}

int load_small(const PGresult *result, size_t row, int column)
{
    return (int)load_integer(result, row, column);
}

bool load_boolean(const PGresult *result, size_t row, int column)
{
    return PQgetvalue(result, (int)row, column)[0] == 't';
}

char *load_text(struct loading *r, const PGresult *result, size_t row, int column)
{
    return arena_strdup(r->arena, PQgetvalue(result, (int)row, column));
}

struct date load_bound(const PGresult *result, size_t row, int column, struct date open)
{
    if (PQgetisnull(result, (int)row, column))
        return open;
    return (struct date){(int32_t)load_integer(result, row, column)};
}

int load_compare_ids(const void *a, const void *b)
{
    const struct id_index *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

int64_t load_index_of(const struct id_index *ids, size_t n, int64_t id)
{
    struct id_index key = {id, 0};
    const struct id_index *found = bsearch(&key, ids, n, sizeof *ids, load_compare_ids);
    return found ? (int64_t)found->index : -1;
}
