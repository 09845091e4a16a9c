/* The back office's sheets: which columns each has, what may stand in a cell, and the cell as
 * people read and type it. The terminal, the server and spreadsheet files all go by this one table
 * (sheet.def); what only the database can know (whether there is such a group) is found later. */
#pragma once

#include "core/problem.h"

enum sheet {
#define SHEET(name, title) SHEET_##name,
#define COLUMN(sheet, name, title, type, flags, width)
#include "core/sheet.def"
#undef SHEET
#undef COLUMN
    SHEETS
};

enum cell_type {
    CELL_TEXT,   /* printable, at most 200 bytes */
    CELL_CODE,   /* printable, no blanks or slashes, at most 40 bytes */
    CELL_SKU,    /* 5 to 8 digits; whether the check digit has to fit depends on the item */
    CELL_NUMBER, /* of a distributor: 7 to 9 digits, the check digit fits */
    CELL_BARCODE,
    CELL_COUNT,  /* 0 to 1,000,000,000 */
    CELL_AGE,    /* 0 to 99 */
    CELL_SLOT,   /* of a kit, 0 to 9 */
    CELL_DIGIT,  /* 1 to 9 */
    CELL_PIECES, /* 1 to 9,999 */
    CELL_YES,    /* yes or no */
    CELL_DATE,
    CELL_AMOUNT, /* in the decimals of the row's market; minor units */
    CELL_VOLUME, /* two decimals; hundredths */
    CELL_RATE,   /* percent with four decimals; parts per million */
    CELL_KIND,
    CELL_AUDIENCE,
    CELL_TYPE, /* of an order */
    CELL_DESTINATION,
    CELL_STATUS, /* of a distributor */
};

enum column_flags {
    COLUMN_KEY = 1,    /* names the row: fixed once the row is there */
    COLUMN_NEEDED = 2, /* may not be empty */
    COLUMN_FIXED = 4,  /* shown only */
};

struct sheet_column {
    const char *name, *title; /* "weight_g", "Grams" (English) */
    enum cell_type type;
    unsigned flags;
    int width; /* in cells of the screen */
};

struct sheet_info {
    const char *name, *title; /* "prices", "Prices" */
    const struct sheet_column *columns;
    size_t ncolumns;
};
struct sheet_info sheet_info(enum sheet sheet);
enum sheet sheet_by_name(const char *name); /* SHEETS when there is none */
/* NULL when the sheet has no such column. */
const struct sheet_column *sheet_column(enum sheet sheet, const char *name);

/* A cell's value, as the API has it. */
struct cell {
    enum { CELL_EMPTY, CELL_IS_TEXT, CELL_IS_NUMBER, CELL_IS_BOOL } kind;
    const char *text;
    int64_t number; /* of a bool 0 or 1 */
};
bool cell_is_text_type(enum cell_type type);
/* The smallest and greatest number that a cell of the type may hold; false for texts. */
bool cell_range(enum cell_type type, int64_t *least, int64_t *most);
/* Reads what was typed; an empty text is an empty cell. On failure false and a problem for `field`.
 * The texts are the arena's. */
bool cell_read(struct arena *arena, const struct sheet_column *column, const char *text, size_t len,
               int exponent, struct problems *problems, const char *field, struct cell *out);
/* Whether a text may stand in a cell of a text type; adds a problem when not. */
bool cell_text_ok(const struct sheet_column *column, const char *text, size_t len,
                  struct problems *problems, const char *field);
/* As typed and exported: "12.50", "yes", "25", "". */
const char *cell_format(struct arena *arena, enum cell_type type, const struct cell *cell,
                        int exponent);
bool cell_equal(const struct cell *a, const struct cell *b);
