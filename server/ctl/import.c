/* partylinectl import KIND FILE: a spreadsheet as CSV. Either all of it is brought in, in one
 * transaction, or nothing, and every fault is listed as FILE:LINE: field: what. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text.h"
#include "queries.h"
#include "server/ctl/ctl.h"
#include "server/ctl/import_row.h"

enum { FILE_MAX = 256 << 20 };

#define COLUMN(kind, name, type, required) COLUMN_##kind(#name, IMPORT_##type, required)
#define TAKE(name, type, required) {name, type, required},
#define DROP(name, type, required)

#define COLUMN_items TAKE
#define COLUMN_prices DROP
#define COLUMN_distributors DROP
#define COLUMN_stock DROP
static const struct import_column item_columns[] = {
#include "server/ctl/import.def"
};
#undef COLUMN_items
#undef COLUMN_prices
#define COLUMN_items DROP
#define COLUMN_prices TAKE
static const struct import_column price_columns[] = {
#include "server/ctl/import.def"
};
#undef COLUMN_prices
#undef COLUMN_distributors
#define COLUMN_prices DROP
#define COLUMN_distributors TAKE
static const struct import_column distributor_columns[] = {
#include "server/ctl/import.def"
};
#undef COLUMN_distributors
#undef COLUMN_stock
#define COLUMN_distributors DROP
#define COLUMN_stock TAKE
static const struct import_column stock_columns[] = {
#include "server/ctl/import.def"
};
