/* Comma-separated values after RFC 4180, read from a buffer one record at a time: quoted fields,
 * doubled quotes, line ends within quotes, CRLF or LF, a byte order mark. What is not well formed
 * is an error with its line and column, never a guess. */
#pragma once

#include "core/arena.h"

enum { CSV_FIELDS_MAX = 256, CSV_FIELD_MAX = 65536 };

enum csv_result {
    CSV_RECORD,
    CSV_END,
    CSV_ERROR, /* see `why`; there is nothing more to read */
};

struct csv_place {
    const char *at, *line_start; /* the next byte, and where its line begins */
    int64_t line;                /* from 1 */
};

struct csv {
    struct csv_place place;
    const char *end;
    /* The record read last: its texts live in the arena that was given for it. */
    const char *fields[CSV_FIELDS_MAX];
    size_t lengths[CSV_FIELDS_MAX];
    size_t nfields;
    int64_t record_line; /* where it begins */
    /* After CSV_ERROR: what (English, for tr) and where; the column counts bytes, from 1. */
    const char *why;
    int64_t error_line, error_column;
};

/* Reads `text`, which must live as long; a byte order mark is passed over. */
void csv_init(struct csv *csv, const char *text, size_t len);
/* The next record. Fields are NUL-terminated copies; text that is not UTF-8, or holds a NUL, is an
 * error. Empty lines are passed over. */
enum csv_result csv_next(struct arena *arena, struct csv *csv) MUST_CHECK;
