#include "server/book/export_row.h"

#include <jansson.h>

void export_head(struct book_writer *writer, enum sheet sheet)
{
    struct sheet_info info = sheet_info(sheet);
    for (size_t i = 0; i < info.ncolumns; i++)
        book_write_cell(writer, info.columns[i].name, false);
    book_write_row(writer);
}

static struct cell cell_of(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return (struct cell){CELL_IS_TEXT, arena_strdup(arena, json_string_value(value)), 0};
    if (json_is_boolean(value))
        return (struct cell){CELL_IS_BOOL, NULL, json_is_true(value)};
    if (json_is_integer(value))
        return (struct cell){CELL_IS_NUMBER, NULL, json_integer_value(value)};
    return (struct cell){.kind = CELL_EMPTY};
}

void export_row(struct book_writer *writer, struct arena *arena, enum sheet sheet,
                const char *cells, int exponent)
{
    struct sheet_info info = sheet_info(sheet);
    json_t *row = json_loads(cells, 0, NULL);
    for (size_t i = 0; i < info.ncolumns; i++) {
        struct cell cell = cell_of(arena, json_object_get(row, info.columns[i].name));
        book_write_cell(writer, cell_format(arena, info.columns[i].type, &cell, exponent),
                        cell.kind == CELL_IS_NUMBER);
    }
    book_write_row(writer);
    json_decref(row);
}
