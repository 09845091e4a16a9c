#include "server/book/book_write.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- apostrophes ----------------------------------------------------------------------------- */

/* Behind any apostrophes stands what a spreadsheet would take for a formula. */
static bool is_risky(const char *text)
{
    text += strspn(text, "'");
    return *text && strchr("=+-@\t\r", *text);
}

static void unmask(struct csv *csv)
{
    for (size_t i = 0; i < csv->nfields; i++)
        if (csv->fields[i][0] == '\'' && is_risky(csv->fields[i])) {
            csv->fields[i]++;
            csv->lengths[i]--;
        }
}

/* ---- reading --------------------------------------------------------------------------------- */

bool book_open(struct arena *arena, struct book *book, const char *data, size_t len,
               const struct book_limits *limits, const char **why)
{
    memset(book, 0, sizeof *book);
    book->is_xlsx = len > 4 && memcmp(data, "PK\3\4", 4) == 0;
    if (book->is_xlsx)
        return book_xlsx_read(arena, data, len, limits, book, why);
    csv_init(&book->csv, data, len);
    return true;
}

static bool is_blank(const struct book_row *row)
{
    for (size_t i = 0; i < row->n; i++)
        if (row->lengths[i])
            return false;
    return true;
}

/* Cells at the end of a row that nobody has filled in are not stored: they are empty fields. */
static enum csv_result next_row(struct book *book)
{
    struct csv *csv = &book->csv;
    while (book->next < book->nrows && is_blank(&book->rows[book->next]))
        book->next++;
    if (book->next == book->nrows)
        return CSV_END;
    const struct book_row *row = &book->rows[book->next++];
    size_t width = csv->record_line ? csv->nfields : row->n;
    csv->record_line = row->line;
    csv->nfields = row->n > width ? row->n : width;
    for (size_t i = 0; i < csv->nfields; i++) {
        csv->fields[i] = i < row->n ? row->fields[i] : "";
        csv->lengths[i] = i < row->n ? row->lengths[i] : 0;
    }
    while (csv->nfields > width && csv->lengths[csv->nfields - 1] == 0)
        csv->nfields--;
    return CSV_RECORD;
}

enum csv_result book_next(struct arena *arena, struct book *book)
{
    if (book->is_xlsx)
        return next_row(book);
    enum csv_result result = csv_next(arena, &book->csv);
    if (result == CSV_RECORD)
        unmask(&book->csv);
    return result;
}

/* ---- writing CSV ----------------------------------------------------------------------------- */

bool book_is_xlsx(const char *path)
{
    size_t len = strlen(path);
    return len > 5 && strcasecmp(path + len - 5, ".xlsx") == 0;
}

void book_csv_cell(struct book_writer *writer, const char *text)
{
    struct text *out = &writer->csv;
    bool quoted = strpbrk(text, ",\"\r\n") != NULL || isspace((unsigned char)*text);
    if (writer->in_row)
        text_addc(out, ',');
    writer->in_row = true;
    if (quoted)
        text_addc(out, '"');
    if (is_risky(text))
        text_addc(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            text_addc(out, '"');
        text_addc(out, *text);
    }
    if (quoted)
        text_addc(out, '"');
}
