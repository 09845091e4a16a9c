/* What can be imported, and the columns of each; an empty field is one that is not given. */
#include "core/base.h"
#include "server/ctl/import_row.h"

static const struct import_column items[] = {
    {"sku", IMPORT_SKU, true},          {"name", IMPORT_TEXT, true},
    {"spoken", IMPORT_TEXT, false},     {"language", IMPORT_TEXT, false},
    {"kind", IMPORT_KIND, false},       {"group", IMPORT_TEXT, false},
    {"tax_class", IMPORT_TEXT, false},  {"barcode", IMPORT_BARCODE, false},
    {"weight_g", IMPORT_COUNT, false},  {"max_per_order", IMPORT_COUNT, false},
    {"age_limit", IMPORT_COUNT, false}, {"sale_from", IMPORT_DATE, false},
    {"sale_to", IMPORT_DATE, false},    {"back_order", IMPORT_BOOL, false},
    {"legacy", IMPORT_BOOL, false},
};
static const struct import_column prices[] = {
    {"market", IMPORT_MARKET, true},      {"list", IMPORT_TEXT, true},
    {"audience", IMPORT_AUDIENCE, false}, {"sku", IMPORT_SKU, true},
    {"amount", IMPORT_AMOUNT, true},      {"cv", IMPORT_VOLUME, false},
    {"pv", IMPORT_VOLUME, false},         {"list_name", IMPORT_TEXT, false},
    {"valid_from", IMPORT_DATE, false},   {"valid_to", IMPORT_DATE, false},
    {"tax_included", IMPORT_BOOL, false}, {"legacy", IMPORT_BOOL, false},
};
static const struct import_column distributors[] = {
    {"number", IMPORT_NUMBER, true},    {"market", IMPORT_MARKET, true},
    {"given_name", IMPORT_TEXT, false}, {"family_name", IMPORT_TEXT, true},
    {"name", IMPORT_TEXT, false},       {"joined", IMPORT_DATE, true},
    {"sponsor", IMPORT_NUMBER, false},  {"status", IMPORT_STATUS, false},
    {"rank", IMPORT_TEXT, false},       {"email", IMPORT_TEXT, false},
    {"phone", IMPORT_TEXT, false},      {"language", IMPORT_TEXT, false},
    {"line1", IMPORT_TEXT, false},      {"line2", IMPORT_TEXT, false},
    {"city", IMPORT_TEXT, false},       {"postcode", IMPORT_TEXT, false},
    {"region", IMPORT_TEXT, false},     {"country", IMPORT_TEXT, false},
};
static const struct import_column stock[] = {
    {"site", IMPORT_TEXT, true},      {"sku", IMPORT_SKU, true},   {"qty", IMPORT_COUNT, true},
    {"location", IMPORT_TEXT, false}, {"lot", IMPORT_TEXT, false}, {"expires", IMPORT_DATE, false},
    {"legacy", IMPORT_BOOL, false},
};

const struct import_kind import_kinds[] = {
    {"items", items, ARRAY_LEN(items), Q_import_items_faults, Q_import_items},
    {"prices", prices, ARRAY_LEN(prices), Q_import_prices_faults, Q_import_prices},
    {"distributors", distributors, ARRAY_LEN(distributors), Q_import_distributors_faults,
     Q_import_distributors},
    {"stock", stock, ARRAY_LEN(stock), Q_import_stock_faults, Q_import_stock},
    {NULL, NULL, 0, 0, 0},
};
