#include "server/book/import_row.h"

#include "core/code.h"
#include "core/pan.h"
#include "core/tr.h"

#include <stdlib.h>
#include <string.h>

void import_fault(struct import *import, int64_t line, const char *field, const char *what)
{
    if (import->nfaults == IMPORT_FAULTS_MOST)
        return;
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

static int by_line(const void *a, const void *b)
{
    const struct import_fault *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return strcmp(x->field, y->field);
}

void import_sort(struct import *import)
{
    if (import->nfaults)
        qsort(import->faults, import->nfaults, sizeof *import->faults, by_line);
}

void import_drop(struct import *import, const int64_t *lines, size_t n)
{
    json_t *kept = json_array(), *row;
    size_t i, at = 0;
    json_array_foreach(import->rows, i, row)
    {
        int64_t line = json_integer_value(json_object_get(row, "line"));
        while (at < n && lines[at] < line)
            at++;
        if (at == n || lines[at] != line)
            json_array_append(kept, row);
    }
    json_array_clear(import->rows);
    json_array_extend(import->rows, kept);
    json_decref(kept);
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
            import_fault(import, csv->record_line, csv->fields[i],
                         tr(import->language, "there is no such column"));
        else if (field_of_column(import, csv->fields[i]) >= 0)
            import_fault(import, csv->record_line, csv->fields[i],
                         tr(import->language, "this column stands there twice"));
        else
            import->header[import->nheader++] = column;
    }
    for (size_t i = 0; import_column(import->kind, i); i++) {
        const struct sheet_column *column = import_column(import->kind, i);
        if (column->flags & COLUMN_NEEDED && field_of_column(import, column->name) < 0)
            import_fault(import, csv->record_line, column->name,
                         tr(import->language, "this column is missing"));
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

/* As where it is typed: a sheet keeps no card number. */
static bool is_card(const struct import *import, const struct sheet_column *column,
                    const struct csv *csv, size_t i)
{
    return import->kind->sheet != SHEETS && cell_is_text_type(column->type) &&
           pan_found(csv->fields[i], csv->lengths[i]) &&
           !ean13_valid(csv->fields[i], csv->lengths[i]);
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
                     arena_printf(import->arena, tr(import->language, "there is no market %.40s"),
                                  csv->fields[i]));
        return NULL;
    }
    if (is_card(import, column, csv, i))
        problem_set_words(problems_add(&problems, PROBLEM_card_number, "", NULL), "what",
                          column->title);
    else if (cell_read(import->arena, column, csv->fields[i], csv->lengths[i],
                       market ? market->exponent : 0, &problems, "", &cell))
        return value_of(&cell);
    import_fault(import, csv->record_line, column->name,
                 problem_say(import->arena, import->language, &problems.items[0]));
    return NULL;
}

/* A cell of a sheet that may be empty is emptied by "-", as at the terminal. */
static bool may_empty(const struct import *import, const struct sheet_column *column)
{
    return import->kind->sheet != SHEETS &&
           sheet_column(import->kind->sheet, column->name) == column &&
           !(column->flags & (COLUMN_NEEDED | COLUMN_KEY));
}

void import_row(struct import *import, const struct csv *csv)
{
    import->nrows++;
    size_t faults = import->nfaults;
    if (csv->nfields != import->nheader) {
        import_fault(import, csv->record_line, "",
                     arena_printf(import->arena,
                                  tr(import->language, "%zu fields, but %zu columns"), csv->nfields,
                                  import->nheader));
        return;
    }
    json_t *row = json_pack("{s:I}", "line", (json_int_t)csv->record_line);
    for (size_t i = 0; i < csv->nfields; i++) {
        const struct sheet_column *column = import_column(import->kind, (size_t)import->header[i]);
        if (column->flags & COLUMN_FIXED)
            continue;
        if (csv->lengths[i] == 0 && column->flags & COLUMN_NEEDED)
            import_fault(import, csv->record_line, column->name,
                         tr(import->language, "must not be empty"));
        else if (may_empty(import, column) && strcmp(csv->fields[i], "-") == 0)
            json_object_set_new(row, column->name, json_null());
        else if (csv->lengths[i] > 0)
            json_object_set_new(row, column->name, read_cell(import, csv, i));
    }
    if (import->nfaults == faults)
        json_array_append(import->rows, row);
    json_decref(row);
}

/* ---- the file ---------------------------------------------------------------------------------
 */

struct import_kind import_of_sheet(enum sheet sheet)
{
    /* Prices may bring their list with them. */
    static const struct sheet_column with_prices[] = {
        {"list_name", "list_name", CELL_TEXT, 0, 0},
        {"valid_from", "valid_from", CELL_DATE, 0, 0},
        {"valid_to", "valid_to", CELL_DATE, 0, 0},
        {"tax_included", "tax_included", CELL_YES, 0, 0},
        {"legacy", "legacy", CELL_YES, 0, 0},
    };
    struct import_kind kind = {sheet_info(sheet).name, sheet, NULL, 0};
    if (sheet == SHEET_prices) {
        kind.columns = with_prices;
        kind.ncolumns = ARRAY_LEN(with_prices);
    }
    return kind;
}

const struct sheet_column *import_column(const struct import_kind *kind, size_t i)
{
    size_t own = kind->sheet == SHEETS ? 0 : sheet_info(kind->sheet).ncolumns;
    if (i < own) {
        const struct sheet_column *columns = sheet_info(kind->sheet).columns;
        return columns + i;
    }
    return i - own < kind->ncolumns ? &kind->columns[i - own] : NULL;
}

bool import_read(struct import *import, const char *data, size_t len,
                 const struct book_limits *limits, const char **why)
{
    struct book book;
    if (!book_open(import->arena, &book, data, len, limits, why))
        return false;
    enum csv_result result = book_next(import->arena, &book);
    if (result == CSV_END)
        *why = "";
    if (result == CSV_RECORD)
        import_header(import, &book.csv);
    bool readable = import->nfaults == 0, any = result != CSV_END;
    for (size_t n = 0; readable && result == CSV_RECORD; n++) {
        result = book_next(import->arena, &book);
        if (result == CSV_RECORD && n < limits->rows)
            import_row(import, &book.csv);
        if (result == CSV_RECORD && n >= limits->rows) {
            *why = N_("it has too many rows: take it in parts");
            return false;
        }
    }
    if (result == CSV_ERROR) {
        *why = book.csv.why;
        import->broken_line = book.csv.error_line;
        import->broken_column = book.csv.error_column;
        return false;
    }
    return any;
}
