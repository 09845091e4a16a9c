/* Sheets and change sets on the wire: what the server reads and writes; the way back is
 * reply_office.h. */
#pragma once

#include "core/sheet.h"
#include "core/wire/wire.h"

enum { OFFICE_ROWS_MOST = 500 };

/* The rows of a request: {"rows": [{"sheet", "key"?, "base"?, "cells"?, "gone"?, "drop"?,
 * "fresh"?}]}. Cells are checked by their columns; NULL when the array itself is missing. Borrowed
 * from `body`. */
json_t *wire_rows_read(struct wire_reader *r, json_t *body);
/* The columns of a sheet, titles translated. */
json_t *wire_columns_write(enum language language, enum sheet sheet);
/* A fault that the database has found in a change set, as a problem at "/rows/ID/COLUMN". */
void wire_fault_read(struct problems *problems, const json_t *fault);
