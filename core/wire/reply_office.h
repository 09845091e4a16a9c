/* Replies and requests of the back office: pages of sheets, change sets, what became of rows, and
 * what stands in the way of publishing. Readers as in reply.h. */
#pragma once

#include "core/sheet.h"
#include "core/wire/reply.h"

enum { SHEET_COLUMNS_MOST = 16 };

/* A row of a sheet, its cells in the order of the sheet's columns. */
struct reply_row {
    const char *key, *name, *base, *id; /* base: what was seen; id: in the change set, or "" */
    bool exists;                        /* else it is a new row of the change set */
    bool changed, gone;
    bool overtaken;                        /* somebody else has changed it since */
    struct cell cells[SHEET_COLUMNS_MOST]; /* as it is; of changes: as it was when they began */
    struct cell news[SHEET_COLUMNS_MOST];  /* as the change set has it */
};

struct reply_sheet {
    enum sheet sheet;
    const char *market, *currency, *list;
    int exponent;
    struct reply_row *rows;
    size_t n;
    const char *next; /* "" at the end */
};

struct reply_changeset {
    const char *id, *title, *state, *effective, *owner;
    int64_t rows;
    const char *rev;
};

struct reply_change {
    enum sheet sheet;
    struct reply_row row;
};

struct reply_changes {
    struct reply_change *items;
    size_t n;
    const char *next;
};

/* What became of one row. */
struct reply_taken {
    const char *result, *id, *say; /* say: why it was not taken, or "" */
};

struct reply_checked {
    const char *state;
    int64_t rows, faults;
    struct reply_problem *problems;
    size_t nproblems;
};

bool reply_sheet_read(struct arena *arena, const char *body, size_t len,
                      struct reply_sheet *out) MUST_CHECK;
/* One change set, or the first of a list; false when there is none. */
bool reply_changeset_read(struct arena *arena, const char *body, size_t len,
                          struct reply_changeset *out) MUST_CHECK;
bool reply_changes_read(struct arena *arena, const char *body, size_t len,
                        struct reply_changes *out) MUST_CHECK;
/* Of the first row. */
bool reply_taken_read(struct arena *arena, const char *body, size_t len,
                      struct reply_taken *out) MUST_CHECK;
bool reply_checked_read(struct arena *arena, const char *body, size_t len,
                        struct reply_checked *out) MUST_CHECK;

/* What became of a file's rows. */
struct reply_fault {
    int64_t line;
    const char *column, *say; /* column "": the whole row */
};
struct reply_imported {
    enum sheet sheet;
    int64_t rows, taken, same, refused;
    struct reply_fault *faults;
    size_t nfaults;
};
bool reply_imported_read(struct arena *arena, const char *body, size_t len,
                         struct reply_imported *out) MUST_CHECK;

/* One row to be taken: `cells` by column, those that are not `given` stay as they are. */
struct request_row {
    enum sheet sheet;
    const char *key, *base; /* NULL: a new row; not seen */
    const struct cell *cells;
    const bool *given;
    bool gone, drop;
};
const char *request_row_write(struct arena *arena, const struct request_row *row, size_t *len);
/* {"effective": "2025-12-01"}, or null for "". */
const char *request_day_write(struct arena *arena, const char *day, size_t *len);
/* Publishing, with goods that have no price accepted or not. */
const char *request_publish_write(struct arena *arena, bool accept, size_t *len);
