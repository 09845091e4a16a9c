/* The rows of a spreadsheet that is imported: which columns each kind has (import_columns.c), what
 * may stand in them, and the same as JSON for the database. Every fault is kept with its line. */
#pragma once

#include <jansson.h>

#include "core/arena.h"
#include "core/csv.h"
#include "queries.h"

enum import_type {
    IMPORT_TEXT,   /* printable, at most 200 bytes */
    IMPORT_SKU,    /* the check digit must fit, unless column `legacy` says yes */
    IMPORT_NUMBER, /* of a distributor */
    IMPORT_BARCODE,
    IMPORT_COUNT, /* 0 to 1,000,000,000 */
    IMPORT_BOOL,  /* yes or no */
    IMPORT_DATE,
    IMPORT_MARKET,
    IMPORT_AMOUNT, /* in the decimals of the row's market */
    IMPORT_VOLUME, /* two decimals */
    IMPORT_KIND,
    IMPORT_AUDIENCE,
    IMPORT_STATUS,
};

struct import_column {
    const char *name;
    enum import_type type;
    bool required;
};

/* Both queries take the rows as JSON and the file's name: `faults` answers (line, field, what),
 * `apply` one row (added, changed, unchanged). */
struct import_kind {
    const char *name;
    const struct import_column *columns;
    size_t ncolumns;
    enum query faults, apply;
};
extern const struct import_kind import_kinds[]; /* ended by a NULL name */

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
