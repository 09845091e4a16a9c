#include "core/wire/wire_columns.h"

#include <string.h>

enum { ROWS_MOST = 1000 * 1000 };

int64_t columns_bounded(struct pull *p, int64_t least, int64_t most)
{
    int64_t value = pull_integer(p);
    if (value < least || value > most)
        pull_fail(p);
    return p->failed ? least : value;
}

struct date columns_date(struct pull *p, struct date open)
{
    struct date date = open;
    if (!pull_null(p) && !date_parse(pull_string(p), &date))
        pull_fail(p);
    return date;
}

int columns_named(struct pull *p, const struct column *column)
{
    int value = column->by_name(pull_string(p));
    if (value >= column->most)
        pull_fail(p);
    return p->failed ? 0 : value;
}

static void cell(struct columns_reading *r, const struct column *column, char *row)
{
    struct pull *p = r->pull;
    void *at = row + column->offset;
    switch (column->type) {
    case TEXT:
        *(const char **)at = arena_strdup(r->arena, pull_string(p));
        break;
    case LINES:
        *(const char **)at = arena_strdup(r->arena, pull_lines(p));
        break;
    case INT:
        *(int *)at = (int)columns_bounded(p, column->least, column->most);
        break;
    case LONG:
        *(int64_t *)at = columns_bounded(p, column->least, column->most);
        break;
    case AMOUNT:
        *(int64_t *)at = pull_null(p) ? -1 : columns_bounded(p, column->least, column->most);
        break;
    case BOOLEAN:
        *(bool *)at = pull_boolean(p);
        break;
    case FROM:
        *(struct date *)at = columns_date(p, DATE_MIN);
        break;
    case TO:
        *(struct date *)at = columns_date(p, DATE_MAX);
        break;
    case NAME:
        *(int *)at = columns_named(p, column);
        break;
    }
}

static void column_read(struct columns_reading *r, const struct column *column, void *rows,
                        size_t size, size_t n)
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

unsigned columns_take(struct columns_reading *r, const struct column *columns, const char *name,
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

unsigned columns_all(const struct column *columns)
{
    unsigned bits = 0;
    for (unsigned i = 0; columns[i].name; i++)
        bits |= 1u << i;
    return bits;
}

size_t columns_count(struct columns_reading *r)
{
    char name[PULL_NAME];
    pull_open(r->pull, '{');
    if (!pull_member(r->pull, name) || strcmp(name, "count") != 0)
        pull_fail(r->pull);
    return (size_t)columns_bounded(r->pull, 0, ROWS_MOST);
}

void columns_read(struct columns_reading *r, const struct column *columns, void *rows, size_t size,
                  size_t n)
{
    char name[PULL_NAME];
    unsigned seen = 0;
    while (pull_member(r->pull, name))
        seen |= columns_take(r, columns, name, rows, size, n);
    if (seen != columns_all(columns))
        pull_fail(r->pull);
}

size_t columns_table(struct columns_reading *r, const struct column *columns, void *rows,
                     size_t size)
{
    size_t n = columns_count(r);
    void *made = arena_array(r->arena, r->pull->failed ? 0 : n, size);
    *(void **)rows = made;
    if (!r->pull->failed)
        columns_read(r, columns, made, size, n);
    return r->pull->failed ? 0 : n;
}
