/* What can be imported, and the columns of each; an empty field is one that is not given. Those of
 * the back office's sheets are core/sheet.def's. */
#include "core/base.h"
#include "server/ctl/import_row.h"

#define OPTIONAL(name, type)                                                                       \
    {                                                                                              \
        name, name, CELL_##type, 0, 0                                                              \
    }
#define NEEDED(name, type)                                                                         \
    {                                                                                              \
        name, name, CELL_##type, COLUMN_NEEDED, 0                                                  \
    }

/* Prices may bring their list with them. */
static const struct sheet_column with_prices[] = {
    OPTIONAL("list_name", TEXT),   OPTIONAL("valid_from", DATE), OPTIONAL("valid_to", DATE),
    OPTIONAL("tax_included", YES), OPTIONAL("legacy", YES),
};
static const struct sheet_column distributors[] = {
    NEEDED("number", NUMBER),    NEEDED("market", CODE),     OPTIONAL("given_name", TEXT),
    NEEDED("family_name", TEXT), OPTIONAL("name", TEXT),     NEEDED("joined", DATE),
    OPTIONAL("sponsor", NUMBER), OPTIONAL("status", STATUS), OPTIONAL("rank", TEXT),
    OPTIONAL("email", TEXT),     OPTIONAL("phone", TEXT),    OPTIONAL("language", TEXT),
    OPTIONAL("line1", TEXT),     OPTIONAL("line2", TEXT),    OPTIONAL("city", TEXT),
    OPTIONAL("postcode", TEXT),  OPTIONAL("region", TEXT),   OPTIONAL("country", TEXT),
};
static const struct sheet_column stock[] = {
    NEEDED("site", TEXT),       NEEDED("sku", SKU),    NEEDED("qty", COUNT),
    OPTIONAL("location", TEXT), OPTIONAL("lot", TEXT), OPTIONAL("expires", DATE),
    OPTIONAL("legacy", YES),
};

const struct import_kind import_kinds[] = {
    {"items", SHEET_items, NULL, 0, 0, 0},
    {"prices", SHEET_prices, with_prices, ARRAY_LEN(with_prices), 0, 0},
    {"lists", SHEET_lists, NULL, 0, 0, 0},
    {"discounts", SHEET_discounts, NULL, 0, 0, 0},
    {"delivery", SHEET_delivery, NULL, 0, 0, 0},
    {"tax", SHEET_tax, NULL, 0, 0, 0},
    {"distributors", SHEETS, distributors, ARRAY_LEN(distributors), Q_import_distributors_faults,
     Q_import_distributors},
    {"stock", SHEETS, stock, ARRAY_LEN(stock), Q_import_stock_faults, Q_import_stock},
    {NULL, SHEETS, NULL, 0, 0, 0},
};

const struct sheet_column *import_column(const struct import_kind *kind, size_t i)
{
    size_t own = kind->sheet == SHEETS ? 0 : sheet_info(kind->sheet).ncolumns;
    if (i < own) {
        const struct sheet_column *columns = sheet_info(kind->sheet).columns;
        return columns + i;
    }
    return i - own < kind->ncolumns ? &kind->columns[i - own] : NULL;
}
