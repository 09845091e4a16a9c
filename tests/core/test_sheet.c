/* Cells of the back office's sheets: what may be typed into each, and that it is shown as typed. */
#include "core/sheet.h"
#include "tests/report.h"

#include <string.h>

static const struct sheet_column *column(const char *sheet, const char *name)
{
    return sheet_column(sheet_by_name(sheet), name);
}

static void what_is_read_is_shown_as_it_was_typed(void)
{
    static const struct {
        const char *sheet, *name, *typed, *shown;
        int exponent;
        int64_t number;
    } rows[] = {
        {"prices", "amount", "12.50", "12.50", 2, 1250},
        {"prices", "amount", "12.5", "12.50", 2, 1250},
        {"prices", "amount", "1250", "1250", 0, 1250},
        {"prices", "amount", "0", "0.00", 2, 0},
        {"prices", "amount", "90071992547409.91", "90071992547409.91", 2, 9007199254740991},
        {"prices", "cv", "6.9", "6.90", 3, 690},
        {"tax", "percent", "20", "20", 2, 200000},
        {"tax", "percent", "8.875", "8.875", 2, 88750},
        {"tax", "percent", "0", "0", 2, 0},
        {"tax", "percent", "100", "100", 2, 1000000},
        {"tax", "percent", "10.0", "10", 2, 100000},
        {"items", "weight_g", "1000000000", "1000000000", 2, 1000000000},
        {"items", "age_limit", "18", "18", 2, 18},
        {"items", "back_order", "yes", "yes", 2, 1},
        {"items", "back_order", "no", "no", 2, 0},
        {"items", "name", "Rose, \"dark\"", "Rose, \"dark\"", 2, 0},
        {"items", "name", "玫瑰香水", "玫瑰香水", 2, 0},
        {"items", "sale_to", "2028-02-29", "2028-02-29", 2, 0},
        {"items", "barcode", "5012345402161", "5012345402161", 2, 0},
        {"items", "barcode", "", "", 2, 0},
        {"delivery", "destination", "pickup", "pickup", 2, 0},
        {"discounts", "order_type", "sales_aids", "sales_aids", 2, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new();
        struct problems problems;
        struct cell cell;
        const struct sheet_column *c = column(rows[i].sheet, rows[i].name);
        problems_init(&problems, arena);
        bool good = cell_read(arena, c, rows[i].typed, strlen(rows[i].typed), rows[i].exponent,
                              &problems, "", &cell);
        CU_ASSERT(good && problems.count == 0);
        CU_ASSERT_STRING_EQUAL(cell_format(arena, c->type, &cell, rows[i].exponent), rows[i].shown);
        CU_ASSERT(cell.kind == CELL_IS_TEXT || cell.number == rows[i].number);
        arena_free(arena);
    }
}

static void what_a_column_cannot_hold_is_one_problem(void)
{
    static const struct {
        const char *sheet, *name, *typed;
        enum problem_code code;
    } rows[] = {
        {"prices", "amount", "", PROBLEM_required},
        {"prices", "amount", "-1", PROBLEM_bad_amount},
        {"prices", "amount", "1.005", PROBLEM_bad_amount},
        {"prices", "amount", "90071992547409.92", PROBLEM_bad_amount},
        {"prices", "amount", "99999999999999999999", PROBLEM_bad_amount},
        {"prices", "amount", "1,50", PROBLEM_bad_amount},
        {"prices", "sku", "4021", PROBLEM_bad_digits},
        {"prices", "sku", "4021x", PROBLEM_bad_digits},
        {"tax", "percent", "100.0001", PROBLEM_bad_percent},
        {"tax", "percent", "8.87501", PROBLEM_bad_percent},
        {"tax", "percent", "20%", PROBLEM_bad_percent},
        {"tax", "region", "New York", PROBLEM_bad_word},
        {"tax", "region", "A/B", PROBLEM_bad_word},
        {"items", "weight_g", "1000000001", PROBLEM_bad_count},
        {"items", "weight_g", "1.", PROBLEM_bad_count},
        {"items", "age_limit", "100", PROBLEM_bad_count},
        {"kits", "qty", "0", PROBLEM_bad_count},
        {"kits", "qty", "-1", PROBLEM_bad_count},
        {"kits", "qty", "10000", PROBLEM_bad_count},
        {"kits", "slot", "10", PROBLEM_bad_count},
        {"choices", "choose", "0", PROBLEM_bad_count},
        {"items", "back_order", "true", PROBLEM_bad_yes},
        {"items", "barcode", "5012345402162", PROBLEM_bad_barcode},
        {"items", "sale_to", "2027-02-29", PROBLEM_bad_date},
        {"items", "kind", "shoe", PROBLEM_unknown_name},
        {"items", "name", "two\nlines", PROBLEM_bad_text},
        {"items", "name", "caf\xe9", PROBLEM_bad_text},
        {"delivery", "destination", "moon", PROBLEM_unknown_name},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena *arena = arena_new();
        struct problems problems;
        struct cell cell;
        problems_init(&problems, arena);
        bool good = cell_read(arena, column(rows[i].sheet, rows[i].name), rows[i].typed,
                              strlen(rows[i].typed), 2, &problems, "/x", &cell);
        CU_ASSERT_FATAL(!good && problems.count == 1);
        CU_ASSERT_EQUAL(problems.items[0].code, rows[i].code);
        CU_ASSERT_STRING_EQUAL(problems.items[0].field, "/x");
        CU_ASSERT(strchr(problem_say(arena, LANGUAGE_en, &problems.items[0]), '{') == NULL);
        arena_free(arena);
    }
}

static void sheets_hold_their_own_columns(void)
{
    size_t all = 0;
    for (enum sheet sheet = 0; sheet < SHEETS; sheet++) {
        struct sheet_info info = sheet_info(sheet);
        CU_ASSERT_EQUAL(sheet_by_name(info.name), sheet);
        CU_ASSERT(info.ncolumns > 0 && info.columns[0].flags & COLUMN_KEY);
        for (size_t i = 0; i < info.ncolumns; i++)
            CU_ASSERT_PTR_EQUAL(sheet_column(sheet, info.columns[i].name), &info.columns[i]);
        all += info.ncolumns;
    }
    CU_ASSERT_PTR_EQUAL(sheet_info(SHEETS - 1).columns + sheet_info(SHEETS - 1).ncolumns,
                        sheet_info(0).columns + all);
    CU_ASSERT_PTR_NULL(column("tax", "amount"));
    CU_ASSERT_EQUAL(sheet_by_name("shoes"), SHEETS);
}

static const struct test_case cases[] = {
    {"what is read is shown as it was typed", what_is_read_is_shown_as_it_was_typed},
    {"what a column cannot hold is one problem", what_a_column_cannot_hold_is_one_problem},
    {"sheets hold their own columns", sheets_hold_their_own_columns},
};
REPORT_MAIN("sheet", cases)
