/* XLSX goes through a file in memory: the library writes files, and who may write where is settled
 * by whoever asked. */
#include "server/book/book_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { DIGITS_MOST = 15 }; /* that a double keeps */

bool book_write_begin(struct book_writer *writer, struct arena *arena, bool is_xlsx)
{
    char path[32];
    *writer = (struct book_writer){.is_xlsx = is_xlsx, .fd = -1};
    text_init(&writer->csv, arena);
    if (!is_xlsx)
        return true;
    writer->fd = memfd_create("book", MFD_CLOEXEC);
    if (writer->fd < 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/fd/%d", writer->fd);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = NULL};
    writer->workbook = workbook_new_opt(path, &options);
    writer->worksheet = writer->workbook ? workbook_add_worksheet(writer->workbook, NULL) : NULL;
    return writer->worksheet != NULL;
}

/* Larger ones stay exact as texts. */
static bool keeps_number(const char *text)
{
    return *text && strspn(text, "0123456789.") == strlen(text) && strlen(text) <= DIGITS_MOST;
}

void book_write_cell(struct book_writer *writer, const char *text, bool is_number)
{
    if (!writer->is_xlsx)
        book_csv_cell(writer, text);
    else if (is_number && keeps_number(text))
        worksheet_write_number(writer->worksheet, writer->row, writer->column, strtod(text, NULL),
                               NULL);
    else if (*text)
        worksheet_write_string(writer->worksheet, writer->row, writer->column, text, NULL);
    writer->column++;
}

void book_write_row(struct book_writer *writer)
{
    if (!writer->is_xlsx)
        text_add(&writer->csv, "\r\n");
    writer->in_row = false;
    writer->column = 0;
    writer->row++;
}

const char *book_write_end(struct book_writer *writer, struct arena *arena, size_t *len)
{
    if (!writer->is_xlsx) {
        *len = writer->csv.len;
        return writer->csv.data;
    }
    bool good = workbook_close(writer->workbook) == LXW_NO_ERROR;
    off_t size = good ? lseek(writer->fd, 0, SEEK_END) : -1;
    char *bytes = NULL;
    if (size > 0) {
        *len = (size_t)size;
        bytes = arena_alloc(arena, *len);
        for (size_t at = 0; at < *len;) {
            ssize_t n = pread(writer->fd, bytes + at, *len - at, (off_t)at);
            if (n <= 0) {
                bytes = NULL;
                break;
            }
            at += (size_t)n;
        }
    }
    close(writer->fd);
    return bytes;
}
