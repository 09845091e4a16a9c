/* What the two halves of writing share. */
#pragma once

#include "server/book/book.h"

void book_csv_cell(struct book_writer *writer, const char *text);
