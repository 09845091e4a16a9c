/* The rows of a spreadsheet that is imported: which columns each kind has (import_columns.c), what
 * may stand in them, and the same as JSON for the database. Every fault is kept with its line. */
#pragma once

#include <jansson.h>

#include "core/arena.h"
#include "core/sheet.h"
#include "queries.h"
#include "server/book/book.h"

/* A sheet is imported through a change set. Of the others both queries take the rows as JSON and
 * the file's name: `faults` answers (line, field, what), `apply` one row (added, changed,
 * unchanged). */
struct import_kind {
    const char *name;
    enum sheet sheet;                   /* SHEETS: none */
    const struct sheet_column *columns; /* beside the sheet's own */
    size_t ncolumns;
    enum query faults, apply;
};
extern const struct import_kind import_kinds[]; /* ended by a NULL name */
/* The columns, counted from 0; NULL behind the last. */
const struct sheet_column *import_column(const struct import_kind *kind, size_t i);

struct import_market {
    const char *code;
    int exponent;
};

struct import_fault {
    int64_t line;
    const char *field, *what; /* field "" for the whole row */
};

struct import {
    struct arena *arena;
    const struct import_kind *kind;
    const struct import_market *markets;
    size_t nmarkets;
    int header[CSV_FIELDS_MAX]; /* field of the file -> column */
    size_t nheader;
    struct import_fault *faults;
    size_t nfaults, cap;
    json_t *rows; /* those without a fault: {"line": 2, "sku": "40216", ...} */
};

void import_fault(struct import *import, int64_t line, const char *field, const char *what);
/* The first record: names of columns in any order. */
void import_header(struct import *import, const struct csv *csv);
void import_row(struct import *import, const struct csv *csv);
