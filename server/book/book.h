/* Spreadsheet files as rows of text: CSV and XLSX, read and written by partylinectl and for
 * the terminal. What a cell means is for others (core/sheet.h); here 12.50 is the text "12.50" or
 * "12.5", a date "2025-12-01", a truth "yes" or "no".
 *
 * No text becomes a formula: in CSV one that begins with = + - @, a tab or a return gets an
 * apostrophe in front, which is taken off when it is read; in XLSX texts are texts. */
#pragma once

#include "core/csv.h"
#include "core/text.h"

struct book_row {
    const char **fields;
    size_t *lengths;
    size_t n;
    int64_t line;
};

struct book {
    struct csv csv; /* the record read last, whatever the file is */
    bool is_xlsx;
    struct book_row *rows; /* of an XLSX file */
    size_t nrows, next;
};

/* What is unpacked and kept of a file at most: it may come from anybody. */
struct book_limits {
    size_t bytes, rows; /* of an XLSX file, all its parts together; without the first row */
};
extern const struct book_limits book_any; /* as large as a spreadsheet can be */

/* The bytes of a file, which must live as long; what begins as a ZIP is XLSX. False with a sentence
 * (English, for tr) when it is a spreadsheet that cannot be read, or one that is too large. */
bool book_open(struct arena *arena, struct book *book, const char *data, size_t len,
               const struct book_limits *limits, const char **why) MUST_CHECK;
/* The next record, as csv_next() has it: in book->csv. Rows of nothing but blanks are passed over.
 */
enum csv_result book_next(struct arena *arena, struct book *book) MUST_CHECK;

struct book_writer {
    struct text csv;
    bool is_xlsx, in_row;
    int fd; /* of the XLSX file in memory */
    void *workbook, *worksheet;
    uint32_t row;
    uint16_t column;
};

/* By the ending of the file's name. */
bool book_is_xlsx(const char *path);
bool book_write_begin(struct book_writer *writer, struct arena *arena, bool is_xlsx) MUST_CHECK;
/* A number counts as one in XLSX; in CSV it is text like any other. */
void book_write_cell(struct book_writer *writer, const char *text, bool is_number);
void book_write_row(struct book_writer *writer);
/* The file's bytes in the arena; NULL when there was no room for it. */
const char *book_write_end(struct book_writer *writer, struct arena *arena, size_t *len);

/* XLSX alone (book_xlsx.c). */
bool book_xlsx_read(struct arena *arena, const char *data, size_t len,
                    const struct book_limits *limits, struct book *out,
                    const char **why) MUST_CHECK;
