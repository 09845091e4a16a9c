/* A sheet's rows into a spreadsheet that import takes back. */
#pragma once

#include "core/sheet.h"
#include "server/book/book.h"

/* The names of the columns. */
void export_head(struct book_writer *writer, enum sheet sheet);
/* Cells as the database writes them, a JSON object; amounts in the decimals of the row's market. */
void export_row(struct book_writer *writer, struct arena *arena, enum sheet sheet,
                const char *cells, int exponent);
