/* Tables of columns (wire_catalogue.h), read into rows of C. */
#pragma once

#include "core/date.h"
#include "core/wire/wire_catalogue.h"

struct columns_reading {
    struct pull *pull;
    struct arena *arena;
    struct wire_catalogue *out;
    size_t nitems;
    bool has_items;
    size_t options; /* that the slots of kits have */
};

enum column_type { TEXT, LINES, INT, LONG, BOOLEAN, FROM, TO, NAME, AMOUNT };

struct column {
    const char *name;
    enum column_type type;
    size_t offset;                /* in the row */
    int64_t least, most;          /* of INT, LONG and AMOUNT; `most` of NAME */
    int (*by_name)(const char *); /* of NAME: the enumeration's value */
};

/* What is next as a number within bounds, a date (null: `open`), a value by its name. */
int64_t columns_bounded(struct pull *p, int64_t least, int64_t most);
struct date columns_date(struct pull *p, struct date open);
int columns_named(struct pull *p, const struct column *column);
/* `columns` ends with a name that is NULL. The bit of the column that was read, 0 for another
 * member, which is skipped. */
unsigned columns_take(struct columns_reading *r, const struct column *columns, const char *name,
                      void *rows, size_t size, size_t n);
unsigned columns_all(const struct column *columns);
/* The opening of a table, with its `count`. */
size_t columns_count(struct columns_reading *r);
/* The columns behind `count`, every one of which is needed. */
void columns_read(struct columns_reading *r, const struct column *columns, void *rows, size_t size,
                  size_t n);
/* The tables of kits, behind the items. */
void columns_components(struct columns_reading *r);
void columns_slots(struct columns_reading *r);
void columns_options(struct columns_reading *r);
void columns_slot_names(struct columns_reading *r);
/* A table of its own rows: `*rows` is made. */
size_t columns_table(struct columns_reading *r, const struct column *columns, void *rows,
                     size_t size);
