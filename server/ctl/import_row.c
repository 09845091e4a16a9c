#include "server/ctl/import_row.h"

#include <stdlib.h>
#include <string.h>

#include "core/catalogue.h"
#include "core/code.h"
#include "core/date.h"
#include "core/money.h"
#include "core/text.h"

enum { TEXT_MAX = 200, COUNT_MAX = 1000000000, COUNT_DIGITS = 10, SHOWN = 40 };

/* One field on its way into JSON. */
struct cell {
    struct import *import;
    const struct csv *csv;
    const struct import_column *column;
    const char *text;
    size_t len;
    int64_t line;
};

/* What stood there, as much of it as a line can show. */
static const char *shown(struct arena *arena, const char *text)
{
    const char *at = text, *end = text + strlen(text);
    for (int i = 0; i < SHOWN && at < end; i++)
        utf8_next(&at, end);
    return at == end ? text
                     : arena_printf(arena, "%s..", arena_strndup(arena, text, (size_t)(at - text)));
}

static const char *said(const struct cell *cell)
{
    return shown(cell->import->arena, cell->text);
}

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
    import->faults[import->nfaults++] =
        (struct import_fault){line, shown(import->arena, field), what};
}

/* ---- the first line ---------------------------------------------------------------------------
 */

static int column_by_name(const struct import *import, const char *name)
{
    for (size_t i = 0; i < import->kind->ncolumns; i++)
        if (strcmp(import->kind->columns[i].name, name) == 0)
            return (int)i;
    return -1;
}

static int field_of_column(const struct import *import, const char *name)
{
    for (size_t i = 0; i < import->nheader; i++)
        if (strcmp(import->kind->columns[import->header[i]].name, name) == 0)
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
    for (size_t i = 0; i < import->kind->ncolumns; i++)
        if (import->kind->columns[i].required &&
            field_of_column(import, import->kind->columns[i].name) < 0)
            import_fault(import, csv->record_line, import->kind->columns[i].name,
                         "this column is missing");
}

/* ---- fields -----------------------------------------------------------------------------------
 */

/* The text of another field of the row, "" when it is not given. */
static const char *neighbour(const struct cell *cell, const char *name)
{
    int field = field_of_column(cell->import, name);
    return field < 0 ? "" : cell->csv->fields[field];
}

static json_t *refuse(const struct cell *cell, const char *what)
{
    import_fault(cell->import, cell->line, cell->column->name, what);
    return NULL;
}

static json_t *read_text(const struct cell *cell)
{
    if (cell->len > TEXT_MAX)
        return refuse(cell, "longer than 200 bytes");
    if (!utf8_is_printable(cell->text, cell->len))
        return refuse(cell, "control characters");
    return json_stringn(cell->text, cell->len);
}

static json_t *read_code(const struct cell *cell, size_t least, size_t most, bool checked)
{
    struct arena *arena = cell->import->arena;
    if (cell->len < least || cell->len > most || !code_is_digits(cell->text, cell->len))
        return refuse(cell,
                      arena_printf(arena, "%s is not %zu to %zu digits", said(cell), least, most));
    if (checked && !damm_valid(cell->text, cell->len))
        return refuse(cell, arena_printf(arena, "the check digit of %s does not fit", said(cell)));
    return json_stringn(cell->text, cell->len);
}

static json_t *read_barcode(const struct cell *cell)
{
    if (!ean13_valid(cell->text, cell->len))
        return refuse(cell, arena_printf(cell->import->arena, "%s is no EAN-13", said(cell)));
    return json_stringn(cell->text, cell->len);
}

static json_t *read_count(const struct cell *cell)
{
    long long value = COUNT_MAX + 1LL;
    if (cell->len <= COUNT_DIGITS && code_is_digits(cell->text, cell->len))
        value = strtoll(cell->text, NULL, 10);
    if (value > COUNT_MAX)
        return refuse(cell, arena_printf(cell->import->arena, "%s is no count", said(cell)));
    return json_integer(value);
}

static json_t *read_bool(const struct cell *cell)
{
    if (strcmp(cell->text, "yes") == 0)
        return json_true();
    if (strcmp(cell->text, "no") == 0)
        return json_false();
    return refuse(cell, arena_printf(cell->import->arena, "%s is neither yes nor no", said(cell)));
}

static json_t *read_date(const struct cell *cell)
{
    struct date date;
    if (strlen(cell->text) != cell->len || !date_parse(cell->text, &date))
        return refuse(cell,
                      arena_printf(cell->import->arena, "%s is no date YYYY-MM-DD", said(cell)));
    return json_string(cell->text);
}

static const struct import_market *market_by_code(const struct import *import, const char *code)
{
    for (size_t i = 0; i < import->nmarkets; i++)
        if (strcmp(import->markets[i].code, code) == 0)
            return &import->markets[i];
    return NULL;
}

static json_t *read_market(const struct cell *cell)
{
    if (!market_by_code(cell->import, cell->text))
        return refuse(cell, arena_printf(cell->import->arena, "there is no market %s", said(cell)));
    return json_string(cell->text);
}

static json_t *read_decimal(const struct cell *cell, int exponent)
{
    struct money money;
    if (!money_parse(cell->text, cell->len, exponent, &money) || money.minor > MONEY_MAX)
        return refuse(cell,
                      arena_printf(cell->import->arena, "%s is no amount of at most %d decimals",
                                   said(cell), exponent));
    return json_integer(money.minor);
}

/* Without a market nothing is said: the market's own field has said it. */
static json_t *read_amount(const struct cell *cell)
{
    const struct import_market *market = market_by_code(cell->import, neighbour(cell, "market"));
    return market ? read_decimal(cell, market->exponent) : NULL;
}

static json_t *read_word(const struct cell *cell, bool known)
{
    if (!known)
        return refuse(cell, arena_printf(cell->import->arena, "there is no %s %s",
                                         cell->column->name, said(cell)));
    return json_string(cell->text);
}

static bool is_status(const char *text)
{
    static const char *const statuses[] = {"applicant", "active", "suspended", "terminated"};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        if (strcmp(statuses[i], text) == 0)
            return true;
    return false;
}

/* NULL after a fault. */
static json_t *read_cell(const struct cell *cell)
{
    switch (cell->column->type) {
    case IMPORT_TEXT:
        return read_text(cell);
    case IMPORT_SKU:
        return read_code(cell, 5, 8, strcmp(neighbour(cell, "legacy"), "yes") != 0);
    case IMPORT_NUMBER:
        return read_code(cell, 7, 9, true);
    case IMPORT_BARCODE:
        return read_barcode(cell);
    case IMPORT_COUNT:
        return read_count(cell);
    case IMPORT_BOOL:
        return read_bool(cell);
    case IMPORT_DATE:
        return read_date(cell);
    case IMPORT_MARKET:
        return read_market(cell);
    case IMPORT_AMOUNT:
        return read_amount(cell);
    case IMPORT_VOLUME:
        return read_decimal(cell, 2);
    case IMPORT_KIND:
        return read_word(cell, item_kind_by_name(cell->text) != ITEM_KINDS);
    case IMPORT_AUDIENCE:
        return read_word(cell, audience_by_name(cell->text) != AUDIENCES);
    case IMPORT_STATUS:
        return read_word(cell, is_status(cell->text));
    }
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
        const struct import_column *column = &import->kind->columns[import->header[i]];
        struct cell cell = {import, csv, column, csv->fields[i], csv->lengths[i], csv->record_line};
        if (cell.len == 0 && column->required)
            refuse(&cell, "must not be empty");
        else if (cell.len > 0)
            json_object_set_new(row, column->name, read_cell(&cell));
    }
    if (import->nfaults == faults)
        json_array_append(import->rows, row);
    json_decref(row);
}
