/* What can be imported beside sheets, and the columns of each; an empty field is one that is not
 * given. */
#include "server/ctl/import_columns.h"
#include "core/base.h"

#define OPTIONAL(name, type)                                                                       \
    {                                                                                              \
        name, name, CELL_##type, 0, 0                                                              \
    }
#define NEEDED(name, type)                                                                         \
    {                                                                                              \
        name, name, CELL_##type, COLUMN_NEEDED, 0                                                  \
    }

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

const struct ctl_import ctl_imports[] = {
    {{"distributors", SHEETS, distributors, ARRAY_LEN(distributors)},
     Q_import_distributors_faults,
     Q_import_distributors},
    {{"stock", SHEETS, stock, ARRAY_LEN(stock)}, Q_import_stock_faults, Q_import_stock},
    {{NULL, SHEETS, NULL, 0}, 0, 0},
};
