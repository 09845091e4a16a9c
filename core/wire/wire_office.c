#include "core/wire/wire_office.h"

#include "core/code.h"
#include "core/pan.h"

#include <string.h>

/* ---- rows of a request ----------------------------------------------------------------------- */

static struct problem *cell_problem(struct wire_reader *r, enum problem_code code, const char *at,
                                    const char *what)
{
    struct problem *problem = problems_add(r->problems, code, at, NULL);
    problem_set_words(problem, "what", what);
    return problem;
}

static bool number_fits(enum cell_type type, const json_t *value)
{
    int64_t least, most, number = json_integer_value(value);
    return json_is_integer(value) && cell_range(type, &least, &most) && number >= least &&
           number <= most;
}

static void text_check(struct wire_reader *r, const struct sheet_column *column, const char *at,
                       const json_t *value)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (pan_found(text, len) && !ean13_valid(text, len))
        cell_problem(r, PROBLEM_card_number, at, column->title);
    else
        cell_text_ok(column, text, len, r->problems, at);
}

/* What is refused, as it came. */
static const char *value_text(struct arena *arena, const json_t *value)
{
    if (json_is_integer(value))
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    if (!json_is_string(value))
        return json_is_boolean(value) ? (json_is_true(value) ? "true" : "false") : "that";
    char *text = arena_printf(arena, "\"%s\"", json_string_value(value));
    pan_scrub(text, strlen(text));
    return text;
}

static void cell_check(struct wire_reader *r, const struct sheet_column *column, const char *at,
                       const json_t *value)
{
    bool is_text = cell_is_text_type(column->type), is_yes = column->type == CELL_YES;
    if (column->flags & COLUMN_FIXED)
        cell_problem(r, PROBLEM_fixed_column, at, column->title);
    else if (json_is_null(value) && column->flags & COLUMN_NEEDED)
        cell_problem(r, PROBLEM_required, at, column->title);
    else if (json_is_null(value))
        return;
    else if (is_text && json_is_string(value) && json_string_length(value))
        text_check(r, column, at, value);
    else if (!(is_yes ? json_is_boolean(value) : !is_text && number_fits(column->type, value)))
        problem_set_text(cell_problem(r, PROBLEM_bad_value, at, column->title), "value",
                         value_text(r->arena, value));
}

static void cells_check(struct wire_reader *r, enum sheet sheet, json_t *cells, const char *at)
{
    const char *name;
    json_t *value;
    json_object_foreach(cells, name, value)
    {
        const struct sheet_column *column = sheet_column(sheet, name);
        if (r->problems->count >= WIRE_PROBLEMS_MAX)
            return;
        if (column)
            cell_check(r, column, arena_printf(r->arena, "%s/%s", at, name), value);
        else
            wire_only(r, cells, at, (const char *const[]){NULL}, NULL);
        if (!column)
            return;
    }
}

/* A new row has the cells that name it. */
static void key_check(struct wire_reader *r, enum sheet sheet, json_t *cells, const char *at)
{
    struct sheet_info info = sheet_info(sheet);
    unsigned both = COLUMN_KEY | COLUMN_NEEDED;
    for (size_t i = 0; i < info.ncolumns; i++) {
        const struct sheet_column *column = &info.columns[i];
        json_t *value = json_object_get(cells, column->name);
        if ((column->flags & both) == both && (!value || json_is_null(value)))
            cell_problem(r, PROBLEM_required, arena_printf(r->arena, "%s/%s", at, column->name),
                         column->title);
    }
}

static void row_check(struct wire_reader *r, json_t *row, const char *at)
{
    static const char *const names[] = {"sheet", "key",  "base",  "cells",
                                        "gone",  "drop", "fresh", NULL};
    const char *name = "", *key = NULL, *base;
    bool flag;
    wire_only(r, row, at, names, NULL);
    wire_string(r, row, at, "sheet", 20, true, &name);
    wire_string(r, row, at, "key", 300, false, &key);
    wire_string(r, row, at, "base", 32, false, &base);
    wire_boolean(r, row, at, "gone", &flag);
    wire_boolean(r, row, at, "drop", &flag);
    wire_boolean(r, row, at, "fresh", &flag);
    json_t *cells = wire_object(r, row, at, "cells", key == NULL);
    enum sheet sheet = sheet_by_name(name);
    if (sheet == SHEETS && *name)
        wire_bad_value(r, at, "sheet", name);
    if (sheet == SHEETS || !cells)
        return;
    const char *inside = arena_printf(r->arena, "%s/cells", at);
    cells_check(r, sheet, cells, inside);
    if (!key)
        key_check(r, sheet, cells, inside);
}

json_t *wire_rows_read(struct wire_reader *r, json_t *body)
{
    static const char *const names[] = {"rows", NULL};
    wire_only(r, body, "", names, NULL);
    json_t *rows = wire_array(r, body, "", "rows", true);
    if (json_array_size(rows) > OFFICE_ROWS_MOST) {
        wire_bad_value(r, "", "rows", "more than 500 rows");
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        const char *at = arena_printf(r->arena, "/rows/%zu", i);
        if (json_is_object(row))
            row_check(r, row, at);
        else
            wire_bad_value(r, "/rows", arena_printf(r->arena, "%zu", i), "no object");
    }
    return rows;
}

/* ---- replies --------------------------------------------------------------------------------- */

json_t *wire_columns_write(enum language language, enum sheet sheet)
{
    static const char *const types[] = {
        [CELL_TEXT] = "text",
        [CELL_CODE] = "code",
        [CELL_SKU] = "sku",
        [CELL_NUMBER] = "number",
        [CELL_BARCODE] = "barcode",
        [CELL_COUNT] = "count",
        [CELL_AGE] = "count",
        [CELL_SLOT] = "count",
        [CELL_DIGIT] = "count",
        [CELL_PIECES] = "count",
        [CELL_YES] = "boolean",
        [CELL_DATE] = "date",
        [CELL_AMOUNT] = "amount",
        [CELL_VOLUME] = "volume",
        [CELL_RATE] = "ppm",
        [CELL_KIND] = "kind",
        [CELL_AUDIENCE] = "audience",
        [CELL_TYPE] = "type",
        [CELL_DESTINATION] = "destination",
        [CELL_STATUS] = "status",
    };
    struct sheet_info info = sheet_info(sheet);
    json_t *array = json_array();
    for (size_t i = 0; i < info.ncolumns; i++) {
        const struct sheet_column *c = &info.columns[i];
        json_array_append_new(array,
                              json_pack("{s:s,s:s,s:s,s:b,s:b,s:b}", "name", c->name, "title",
                                        tr(language, c->title), "type", types[c->type], "key",
                                        c->flags & COLUMN_KEY, "needed", c->flags & COLUMN_NEEDED,
                                        "fixed", c->flags & COLUMN_FIXED));
    }
    return array;
}

static void param_set(struct problem *problem, enum sheet sheet, const char *name,
                      const json_t *value)
{
    const char *text = json_string_value(value);
    const struct sheet_column *column =
        text && sheet < SHEETS && strcmp(name, "column") == 0 ? sheet_column(sheet, text) : NULL;
    if (problem->nparams == PROBLEM_PARAMS)
        return;
    if (column)
        problem_set_words(problem, name, column->title);
    else if (text)
        problem_set_text(problem, name, text);
    else if (json_is_integer(value))
        problem_set_number(problem, name, json_integer_value(value));
    else
        problem_set_text(problem, name, "-");
}

void wire_fault_read(struct problems *problems, const json_t *fault)
{
    enum problem_code code = problem_by_name(json_string_value(json_object_get(fault, "code")));
    const char *column = json_string_value(json_object_get(fault, "column"));
    const char *key = json_string_value(json_object_get(fault, "key"));
    const char *sheet = json_string_value(json_object_get(fault, "sheet"));
    json_int_t id = json_integer_value(json_object_get(fault, "id"));
    json_t *params = json_object_get(fault, "params"), *value;
    const char *name;
    if (code == PROBLEM_COUNT)
        return;
    const char *field = !id ? ""
                        : *column
                            ? arena_printf(problems->arena, "/rows/%lld/%s", (long long)id, column)
                            : arena_printf(problems->arena, "/rows/%lld", (long long)id);
    struct problem *problem = problems_add(problems, code, field, NULL);
    problem->line = arena_strdup(problems->arena, key);
    json_object_foreach(params, name, value)
        param_set(problem, sheet_by_name(sheet), arena_strdup(problems->arena, name), value);
    for (size_t i = 0; i < problem->nparams; i++)
        if (problem->params[i].text && !problem->params[i].words)
            problem->params[i].text = arena_strdup(problems->arena, problem->params[i].text);
}
