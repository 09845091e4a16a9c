#include "core/wire/reply_office.h"

#include "core/wire/reply_part.h"

#include <string.h>

/* ---- cells ----------------------------------------------------------------------------------- */

static struct cell cell_of(const json_t *value)
{
    if (json_string_length(value))
        return (struct cell){CELL_IS_TEXT, json_string_value(value), 0};
    if (json_is_integer(value))
        return (struct cell){CELL_IS_NUMBER, NULL, json_integer_value(value)};
    if (json_is_boolean(value))
        return (struct cell){CELL_IS_BOOL, NULL, json_is_true(value)};
    return (struct cell){.kind = CELL_EMPTY};
}

static json_t *cell_write(const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_IS_TEXT:
        return json_string(cell->text);
    case CELL_IS_NUMBER:
        return json_integer(cell->number);
    case CELL_IS_BOOL:
        return json_boolean(cell->number);
    case CELL_EMPTY:
        break;
    }
    return json_null();
}

/* The item's name stands beside the cells of its price. */
static void cells_read(enum sheet sheet, const json_t *cells, const char *name, struct cell *out)
{
    struct sheet_info info = sheet_info(sheet);
    for (size_t i = 0; i < info.ncolumns && i < SHEET_COLUMNS_MOST; i++) {
        const json_t *value = json_object_get(cells, info.columns[i].name);
        if (value)
            out[i] = cell_of(value);
        else if (info.columns[i].flags & COLUMN_FIXED)
            out[i] = (struct cell){CELL_IS_TEXT, name, 0};
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void change_read(enum sheet sheet, const json_t *change, struct reply_row *out)
{
    out->changed = json_is_object(change);
    out->id = get_text(change, "id");
    out->gone = get_true(change, "gone");
    memcpy(out->news, out->cells, sizeof out->news);
    cells_read(sheet, json_object_get(change, "new"), out->name, out->news);
}

static void row_read(enum sheet sheet, const json_t *object, struct reply_row *out)
{
    *out = (struct reply_row){.key = get_text(object, "key"),
                              .name = get_text(object, "name"),
                              .base = get_text(object, "base"),
                              .exists = json_is_object(json_object_get(object, "cells"))};
    cells_read(sheet, json_object_get(object, "cells"), out->name, out->cells);
    json_t *change = json_object_get(object, "change");
    change_read(sheet, change, out);
    out->overtaken = out->changed &&
                     !json_equal(json_object_get(change, "old"), json_object_get(object, "cells"));
}

bool reply_sheet_read(struct arena *arena, const char *body, size_t len, struct reply_sheet *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *items = json_object_get(object, "items");
    *out = (struct reply_sheet){
        .sheet = sheet_by_name(get_text(object, "sheet")),
        .market = get_text(object, "market"),
        .currency = get_text(object, "currency"),
        .list = get_text(object, "list"),
        .exponent = get_exponent(object),
        .next = get_text(object, "next"),
        .rows = ARENA_ARRAY(arena, struct reply_row, json_array_size(items)),
    };
    if (out->sheet == SHEETS)
        return false;
    for (size_t i = 0; i < json_array_size(items); i++)
        row_read(out->sheet, json_array_get(items, i), &out->rows[out->n++]);
    return true;
}

bool reply_changes_read(struct arena *arena, const char *body, size_t len,
                        struct reply_changes *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *items = json_object_get(object, "items");
    *out = (struct reply_changes){
        .items = ARENA_ARRAY(arena, struct reply_change, json_array_size(items)),
        .next = get_text(object, "next")};
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *one = json_array_get(items, i);
        struct reply_change *change = &out->items[out->n];
        change->sheet = sheet_by_name(get_text(one, "sheet"));
        if (change->sheet == SHEETS)
            continue;
        change->row = (struct reply_row){.key = get_text(one, "key"), .name = "", .base = ""};
        change->row.exists = json_is_object(json_object_get(one, "old"));
        cells_read(change->sheet, json_object_get(one, "old"), "", change->row.cells);
        change_read(change->sheet, one, &change->row);
        out->n++;
    }
    return object != NULL;
}

bool reply_taken_read(struct arena *arena, const char *body, size_t len, struct reply_taken *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *one = json_array_get(json_object_get(object, "items"), 0);
    *out = (struct reply_taken){.result = get_text(one, "result"),
                                .id = get_text(one, "id"),
                                .say = get_text(json_object_get(one, "problem"), "say")};
    return *out->result != '\0';
}

bool reply_imported_read(struct arena *arena, const char *body, size_t len,
                         struct reply_imported *out)
{
    json_t *object = body_object(arena, body, len);
    const json_t *faults = json_object_get(object, "problems");
    size_t n = json_array_size(faults);
    *out = (struct reply_imported){.sheet = sheet_by_name(get_text(object, "sheet")),
                                   .rows = get_number(object, "rows"),
                                   .taken = get_number(object, "taken"),
                                   .same = get_number(object, "same"),
                                   .refused = get_number(object, "refused"),
                                   .faults = ARENA_ARRAY(arena, struct reply_fault, n)};
    for (size_t i = 0; i < n; i++) {
        const json_t *fault = json_array_get(faults, i);
        out->faults[out->nfaults++] = (struct reply_fault){
            get_number(fault, "line"), get_text(fault, "column"), get_text(fault, "say")};
    }
    return out->sheet != SHEETS;
}

/* ---- change sets ----------------------------------------------------------------------------- */

bool reply_changeset_read(struct arena *arena, const char *body, size_t len,
                          struct reply_changeset *out)
{
    const json_t *object = body_object(arena, body, len);
    const json_t *items = json_object_get(object, "items");
    if (items)
        object = json_array_get(items, 0);
    *out = (struct reply_changeset){
        .id = get_text(object, "id"),
        .title = get_text(object, "title"),
        .state = get_text(object, "state"),
        .effective = get_text(object, "effective"),
        .owner = get_text(object, "owner"),
        .rev = get_text(object, "rev"),
        .rows = get_number(object, "rows"),
    };
    return *out->id != '\0';
}

bool reply_checked_read(struct arena *arena, const char *body, size_t len,
                        struct reply_checked *out)
{
    json_t *object = body_object(arena, body, len);
    *out = (struct reply_checked){
        .state = get_text(object, "state"),
        .rows = get_number(object, "rows"),
        .faults = get_number(object, "faults"),
    };
    out->nproblems = wire_problems_read(arena, object, &out->problems);
    return *out->state != '\0';
}

/* ---- requests -------------------------------------------------------------------------------- */

const char *request_row_write(struct arena *arena, const struct request_row *row, size_t *len)
{
    struct sheet_info info = sheet_info(row->sheet);
    json_t *cells = json_object(), *object = json_pack("{s:s}", "sheet", info.name);
    for (size_t i = 0; i < info.ncolumns && row->cells; i++)
        if (row->given[i])
            json_object_set_new(cells, info.columns[i].name, cell_write(&row->cells[i]));
    json_object_set_new(object, "cells", cells);
    json_object_set_new(object, row->key ? "key" : "fresh",
                        row->key ? json_string(row->key) : json_true());
    if (row->base)
        json_object_set_new(object, "base", json_string(row->base));
    if (row->gone)
        json_object_set_new(object, "gone", json_true());
    if (row->drop)
        json_object_set_new(object, "drop", json_true());
    return wire_dump(arena, json_pack("{s:[o]}", "rows", object), len);
}

const char *request_day_write(struct arena *arena, const char *day, size_t *len)
{
    return wire_dump(arena, json_pack("{s:s?}", "effective", *day ? day : NULL), len);
}

const char *request_publish_write(struct arena *arena, bool accept, size_t *len)
{
    return wire_dump(arena,
                     accept ? json_pack("{s:[s]}", "accept", "price_missing") : json_object(), len);
}
