#include "server/ctl/import_row.h"

#include <stdlib.h>
#include <string.h>

void import_fault(struct import *import, int64_t line, const char *field, const char *what)
{
    if (import->nfaults == import->cap) {
        size_t cap = import->cap ? 2 * import->cap : 64;
        struct import_fault *more = ARENA_ARRAY(import->arena, struct import_fault, cap);
        if (import->nfaults)
            memcpy(more, import->faults, import->nfaults * sizeof *more);
        import->faults = more;
        import->cap = cap;
    }
    import->faults[import->nfaults++] = (struct import_fault){line, field, what};
}

/* ---- the first line ---------------------------------------------------------------------------
 */

static int column_by_name(const struct import *import, const char *name)
{
    for (int i = 0; import_column(import->kind, (size_t)i); i++)
        if (strcmp(import_column(import->kind, (size_t)i)->name, name) == 0)
            return i;
    return -1;
}

static int field_of_column(const struct import *import, const char *name)
{
    for (size_t i = 0; i < import->nheader; i++)
        if (strcmp(import_column(import->kind, (size_t)import->header[i])->name, name) == 0)
            return (int)i;
    return -1;
}

void import_header(struct import *import, const struct csv *csv)
{
    for (size_t i = 0; i < csv->nfields; i++) {
        int column = column_by_name(import, csv->fields[i]);
        if (column < 0)
            import_fault(import, csv->record_line, csv->fields[i], "there is no such column");
        else if (field_of_column(import, csv->fields[i]) >= 0)
            import_fault(import, csv->record_line, csv->fields[i],
                         "this column stands there twice");
        else
            import->header[import->nheader++] = column;
    }
    for (size_t i = 0; import_column(import->kind, i); i++) {
        const struct sheet_column *column = import_column(import->kind, i);
        if (column->flags & COLUMN_NEEDED && field_of_column(import, column->name) < 0)
            import_fault(import, csv->record_line, column->name, "this column is missing");
    }
}

/* ---- fields -----------------------------------------------------------------------------------
 */

static const struct import_market *market_by_code(const struct import *import, const char *code)
{
    for (size_t i = 0; i < import->nmarkets; i++)
        if (strcmp(import->markets[i].code, code) == 0)
            return &import->markets[i];
    return NULL;
}

/* The market of the row; NULL when it has none that is known. */
static const struct import_market *market_of(const struct import *import, const struct csv *csv)
{
    int field = field_of_column(import, "market");
    return field < 0 ? NULL : market_by_code(import, csv->fields[field]);
}

static json_t *value_of(const struct cell *cell)
{
    if (cell->kind == CELL_IS_TEXT)
        return json_string(cell->text);
    if (cell->kind == CELL_IS_BOOL)
        return json_boolean(cell->number);
    return json_integer(cell->number);
}

/* NULL after a fault. An amount of an unknown market says nothing: the market's own field has. */
static json_t *read_cell(struct import *import, const struct csv *csv, size_t i)
{
    const struct sheet_column *column = import_column(import->kind, (size_t)import->header[i]);
    const struct import_market *market = market_of(import, csv);
    struct problems problems;
    struct cell cell;
    problems_init(&problems, import->arena);
    if (column->type == CELL_AMOUNT && !market)
        return NULL;
    if (strcmp(column->name, "market") == 0 && !market) {
        import_fault(import, csv->record_line, column->name,
                     arena_printf(import->arena, "there is no market %.40s", csv->fields[i]));
        return NULL;
    }
    if (cell_read(import->arena, column, csv->fields[i], csv->lengths[i],
                  market ? market->exponent : 0, &problems, "", &cell))
        return value_of(&cell);
    import_fault(import, csv->record_line, column->name,
                 problem_say(import->arena, LANGUAGE_en, &problems.items[0]));
    return NULL;
}

void import_row(struct import *import, const struct csv *csv)
{
    size_t faults = import->nfaults;
    if (csv->nfields != import->nheader) {
        import_fault(import, csv->record_line, "",
                     arena_printf(import->arena, "%zu fields, but %zu columns", csv->nfields,
                                  import->nheader));
        return;
    }
    json_t *row = json_pack("{s:I}", "line", (json_int_t)csv->record_line);
    for (size_t i = 0; i < csv->nfields; i++) {
        const struct sheet_column *column = import_column(import->kind, (size_t)import->header[i]);
        if (column->flags & COLUMN_FIXED)
            continue;
        if (csv->lengths[i] == 0 && column->flags & COLUMN_NEEDED)
            import_fault(import, csv->record_line, column->name, "must not be empty");
        else if (csv->lengths[i] > 0)
            json_object_set_new(row, column->name, read_cell(import, csv, i));
    }
    if (import->nfaults == faults)
        json_array_append(import->rows, row);
    json_decref(row);
}
