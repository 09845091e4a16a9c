/* The rows of a spreadsheet that is imported, by partylinectl or into a change set: what may stand
 * in the columns of each kind, and the same as JSON for the database. Every fault is kept with its
 * line. */
#pragma once

#include <jansson.h>

#include "core/arena.h"
#include "core/sheet.h"
#include "server/book/book.h"

struct import_kind {
    const char *name;
    enum sheet sheet;                   /* SHEETS: none */
    const struct sheet_column *columns; /* beside the sheet's own */
    size_t ncolumns;
};
/* What a file of a sheet may have. */
struct import_kind import_of_sheet(enum sheet sheet);
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
enum { IMPORT_FAULTS_MOST = 10000 }; /* that are kept */

struct import {
    struct arena *arena;
    enum language language; /* of the faults */
    const struct import_kind *kind;
    const struct import_market *markets;
    size_t nmarkets;
    int header[CSV_FIELDS_MAX]; /* field of the file -> column */
    size_t nheader;
    struct import_fault *faults;
    size_t nfaults, cap;
    int64_t broken_line, broken_column; /* where a file stops making sense, from 1; or 0 */
    int64_t nrows;                      /* that were in the file, without the first */
    json_t *rows; /* those without a fault: {"line": 2, "sku": "40216", ...} */
};

void import_fault(struct import *import, int64_t line, const char *field, const char *what);
/* By line, then by column. */
void import_sort(struct import *import);
/* The rows of those lines, which ascend, are not taken. */
void import_drop(struct import *import, const int64_t *lines, size_t n);
/* The first record: names of columns in any order. */
void import_header(struct import *import, const struct csv *csv);
void import_row(struct import *import, const struct csv *csv);
/* The whole file, its rows into import->rows. Faults of the first line leave the others unread.
 * False when it is no spreadsheet, cannot be read to its end, or is too large: `why` is a sentence
 * (English, for tr), "" for an empty file. */
bool import_read(struct import *import, const char *data, size_t len,
                 const struct book_limits *limits, const char **why) MUST_CHECK;
