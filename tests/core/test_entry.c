/* core/entry.h: what each line means on each screen, what is refused, and that the canonical text
 * means the same. Lengths are the demonstration company's: 5, 7, 9, 16. */
#include "core/entry.h"
#include "core/pan.h"
#include "core/text.h"
#include "tests/core/random.h"
#include "tests/report.h"

#include <stdio.h>
#include <string.h>

#define WIDE_1 "\xEF\xBC\x91" /* full-width 1 */
#define ARABIC_3 "\xD9\xA3"   /* Arabic-Indic 3 */
#define WIDE_BLANK "\xE3\x80\x80"
#define REPLACEMENT "\xEF\xBF\xBD"

static const char *const screen_names[] = {"home", "order",  "review", "find", "stock",
                                           "card", "return", "repeat", "sale", "counter"};

static struct entry_context context_at(enum entry_screen screen)
{
    struct entry_context context = {
        .lengths = {{5, 7, 9, 16, 13}}, .screen = screen, .last_line = 5, .exponent = 2};
    if (screen == AT_HOME)
        context.last_line = 0;
    if (screen == AT_FIND || screen == AT_REVIEW)
        context.candidates = 4;
    return context;
}

/* Numbers with sound check digits; the first test makes sure. */
#define SKU "40216"
#define SKU2 "41109"
#define PERSON "1047296"
#define ORDER "100884211"
#define CERTIFICATE "1234567890123450"
#define BARCODE "5012345402161"

static void the_numbers_of_this_test_are_sound(void)
{
    static const char *const numbers[] = {SKU, SKU2, PERSON, ORDER, CERTIFICATE};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (!damm_valid(numbers[i], strlen(numbers[i])))
            printf("   %s wants %c\n", numbers[i], damm_digit(numbers[i], strlen(numbers[i]) - 1));
        CU_ASSERT(damm_valid(numbers[i], strlen(numbers[i])));
    }
    CU_ASSERT(ean13_valid(BARCODE, 13));
}

static const struct meaning {
    enum entry_screen screen;
    const char *typed;
    enum entry_kind kind;
    const char *canonical;
} meanings[] = {
    {AT_ORDER, "", ENTRY_EMPTY, ""},
    {AT_ORDER, "   ", ENTRY_EMPTY, ""},
    {AT_ORDER, "\t\r\n", ENTRY_EMPTY, ""},
    /* items */
    {AT_ORDER, SKU, ENTRY_SKU, SKU},
    {AT_HOME, SKU, ENTRY_SKU, SKU},
    {AT_ORDER, "  " SKU "  ", ENTRY_SKU, SKU},
    {AT_ORDER, WIDE_BLANK SKU "\xC2\xA0", ENTRY_SKU, SKU},
    {AT_ORDER, "2*" SKU2, ENTRY_SKU, "2*" SKU2},
    {AT_ORDER, " 2  *  " SKU2, ENTRY_SKU, "2*" SKU2},
    {AT_ORDER, "1*" SKU2, ENTRY_SKU, SKU2},
    {AT_ORDER, "002*" SKU2, ENTRY_SKU, "2*" SKU2},
    {AT_ORDER, "9999*" SKU2, ENTRY_SKU, "9999*" SKU2},
    {AT_ORDER, SKU2 " 3", ENTRY_SKU, "3*" SKU2},
    {AT_ORDER, SKU2 "    999 ", ENTRY_SKU, "999*" SKU2},
    {AT_ORDER, SKU2 " 1", ENTRY_SKU, SKU2},
    {AT_ORDER, BARCODE, ENTRY_BARCODE, BARCODE},
    {AT_STOCK, "3*" BARCODE, ENTRY_BARCODE, "3*" BARCODE},
    {AT_ORDER, BARCODE " 3", ENTRY_BARCODE, "3*" BARCODE},
    /* kits, with what is chosen in them */
    {AT_ORDER, SKU "/13", ENTRY_SKU, SKU "/13"},
    {AT_HOME, "3*" SKU "/13", ENTRY_SKU, "3*" SKU "/13"},
    {AT_ORDER, " 3 * " SKU " / 1 ", ENTRY_SKU, "3*" SKU "/1"},
    {AT_ORDER, "1*" SKU "/123456789", ENTRY_SKU, SKU "/123456789"},
    {AT_ORDER, BARCODE "/2", ENTRY_BARCODE, BARCODE "/2"},
    /* gift certificates, with their value */
    {AT_ORDER, SKU "=25", ENTRY_SKU, SKU "=25.00"},
    {AT_HOME, " 3 * " SKU " = 12.5 ", ENTRY_SKU, "3*" SKU "=12.50"},
    {AT_ORDER, BARCODE "=100.00", ENTRY_BARCODE, BARCODE "=100.00"},
    {AT_ORDER, ".2/13", ENTRY_CHOOSE, ".2/13"},
    {AT_REVIEW, " . 2 / 13", ENTRY_CHOOSE, ".2/13"},
    {AT_ORDER, "1/2 price", ENTRY_WORDS, "1/2 price"},
    {AT_ORDER, "rose/lily", ENTRY_WORDS, "rose/lily"},
    {AT_ORDER, "22/11/2025", ENTRY_WORDS, "22/11/2025"},
    /* people, orders, certificates */
    {AT_HOME, PERSON, ENTRY_DISTRIBUTOR, PERSON},
    {AT_HOME, ORDER, ENTRY_ORDER, ORDER},
    {AT_HOME, CERTIFICATE, ENTRY_CERTIFICATE, "gc " CERTIFICATE},
    {AT_REVIEW, "gc" CERTIFICATE, ENTRY_CERTIFICATE, "gc " CERTIFICATE},
    {AT_REVIEW, "GC 1234 5678-9012 3450", ENTRY_CERTIFICATE, "gc " CERTIFICATE},
    {AT_REVIEW, "gc 411027", ENTRY_CERTIFICATE, "gc 411027"},
    {AT_REVIEW, "gc411027 12.5", ENTRY_CERTIFICATE, "gc 411027 12.50"},
    {AT_REVIEW, "gc 411027 5", ENTRY_CERTIFICATE, "gc 411027 5.00"},
    {AT_REVIEW, "gc 1234 5678 9012 3450 .50", ENTRY_CERTIFICATE, "gc " CERTIFICATE " 0.50"},
    /* words */
    {AT_HOME, "jones sar", ENTRY_WORDS, "jones sar"},
    {AT_HOME, "  Jones   Sar ", ENTRY_WORDS, "Jones Sar"},
    {AT_ORDER, "sue", ENTRY_WORDS, "sue"},
    {AT_ORDER, "rose cream", ENTRY_WORDS, "rose cream"},
    {AT_ORDER, "\xE9\x99\xB3 \xE7\xBE\x8E", ENTRY_WORDS, "\xE9\x99\xB3 \xE7\xBE\x8E"},
    {AT_ORDER, "s\xC3\xA9same", ENTRY_WORDS, "s\xC3\xA9same"},
    {AT_ORDER, "3-for-2", ENTRY_WORDS, "3-for-2"},
    {AT_ORDER, "1.5l bottle", ENTRY_WORDS, "1.5l bottle"},
    {AT_ORDER, "o'brien", ENTRY_WORDS, "o'brien"},
    {AT_HOME, "LS6 2QT", ENTRY_WORDS, "LS6 2QT"},
    {AT_ORDER, "rose*", ENTRY_WORDS, "rose*"},
    {AT_ORDER, "-rose", ENTRY_WORDS, "-rose"},
    /* telephones: never an item with a quantity */
    {AT_HOME, "07700900123", ENTRY_WORDS, "07700900123"},
    {AT_HOME, "07700 900123", ENTRY_WORDS, "07700 900123"},
    {AT_ORDER, "01904 496", ENTRY_WORDS, "01904 496"},
    {AT_ORDER, SKU " 4960", ENTRY_WORDS, SKU " 4960"},
    {AT_ORDER, SKU " 012", ENTRY_WORDS, SKU " 012"},
    {AT_ORDER, "7700900123", ENTRY_WORDS, "7700900123"},
    {AT_ORDER, "077009002", ENTRY_WORDS, "077009002"}, /* an order's length, no order's check */
    {AT_ORDER, "+447700900123", ENTRY_WORDS, "+447700900123"},
    {AT_ORDER, "+44 7700 900123", ENTRY_WORDS, "+44 7700 900123"},
    {AT_ORDER, "+44 (0) 7700-900123", ENTRY_WORDS, "+44 (0) 7700-900123"},
    {AT_HOME, "+4915112345672", ENTRY_WORDS, "+4915112345672"},
    /* lines */
    {AT_ORDER, "+", ENTRY_MORE, ".5+1"},
    {AT_ORDER, "+3", ENTRY_MORE, ".5+3"},
    {AT_REVIEW, "+ 3", ENTRY_MORE, ".5+3"},
    {AT_ORDER, ".2+", ENTRY_MORE, ".2+1"},
    {AT_ORDER, ".2+3", ENTRY_MORE, ".2+3"},
    {AT_STOCK, "+", ENTRY_MORE, "+1"},
    {AT_STOCK, "+2", ENTRY_MORE, "+2"},
    {AT_ORDER, "-", ENTRY_VOID, ".5*0"},
    {AT_ORDER, ".2*0", ENTRY_VOID, ".2*0"},
    {AT_ORDER, ".2*5", ENTRY_SET, ".2*5"},
    {AT_REVIEW, ". 2 * 5 ", ENTRY_SET, ".2*5"},
    {AT_ORDER, ".2?", ENTRY_WHY, ".2?"},
    {AT_ORDER, ".2 ?", ENTRY_WHY, ".2?"},
    {AT_ORDER, ".2f", ENTRY_FREE, ".2f"},
    {AT_REVIEW, ".2 F", ENTRY_FREE, ".2f"},
    /* verbs */
    {AT_ORDER, "u", ENTRY_UNDO, "u"},
    {AT_ORDER, "R", ENTRY_REDO, "r"},
    {AT_ORDER, "y", ENTRY_TAKE, "y"},
    {AT_ORDER, "X", ENTRY_HIDE, "x"},
    {AT_ORDER, "x large", ENTRY_WORDS, "x large"},
    {AT_HOME, "u", ENTRY_UNDO, "u"},
    {AT_FIND, "u", ENTRY_WORDS, "u"},
    {AT_REVIEW, ".d", ENTRY_OTHER, ".d"},
    {AT_STOCK, ".w 2", ENTRY_WAIT, ".w 2"},
    {AT_RETURN, ".2*1 d", ENTRY_RETURNED, ".2*1 d"},
    {AT_RETURN, ".2", ENTRY_RETURNED, ".2*1"},
    {AT_RETURN, "to q", ENTRY_GOES_TO, "to q"},
    {AT_RETURN, "TO 2/1 X", ENTRY_GOES_TO, "to 2/1 x"},
    {AT_SALE, "to q", ENTRY_WORDS, "to q"},
    {AT_RETURN, "20", ENTRY_CASH, "20"},
    {AT_RETURN, "v0423 5.00", ENTRY_SLIP, "v 0423 5.00"},
    {AT_RETURN, ".2*0", ENTRY_RETURNED, ".2*0"},
    {AT_RETURN, ".2*1 D x41123", ENTRY_RETURNED, ".2*1 d x41123"},
    {AT_RETURN, ".2/3*4 wrong_item X60500/13", ENTRY_RETURNED, ".2/3*4 wrong_item x60500/13"},
    {AT_RETURN, ".1*2 x", ENTRY_RETURNED, ".1*2 x"},
    {AT_RETURN, ".1*2 d d", ENTRY_BAD, ".1*2 d d"},
    {AT_RETURN, ".0*2 d", ENTRY_BAD, ".0*2 d"},
    {AT_RETURN, ".1*99999 d", ENTRY_BAD, ".1*99999 d"},
    {AT_RETURN, ".1*1 d x41123y", ENTRY_BAD, ".1*1 d x41123y"},
    {AT_HOME, "r100884211", ENTRY_RETURN, "r 100884211"},
    {AT_HOME, "R-10000013", ENTRY_RETURN, "r R-10000013"},
    {AT_CARD, "r", ENTRY_RETURN, "r"},
    {AT_HOME, "r 12", ENTRY_BAD, "r 12"},
    {AT_ORDER, "r", ENTRY_REDO, "r"},
    {AT_RETURN, "ov promised", ENTRY_OVERRIDE, "ov promised"},
    /* at a till: three digits alone are cash, more of them a slip in a code */
    {AT_SALE, "100", ENTRY_CASH, "100"},
    {AT_SALE, "5", ENTRY_CASH, "5"},
    {AT_SALE, "100.00", ENTRY_CASH, "ca 100.00"},
    {AT_SALE, "100.", ENTRY_CASH, "ca 100.00"},
    {AT_SALE, "ca 1000", ENTRY_CASH, "ca 1000.00"},
    {AT_SALE, "1000", ENTRY_BAD, "1000"},
    {AT_SALE, "4021", ENTRY_BAD, "4021"},
    {AT_SALE, "010", ENTRY_WORDS, "010"},
    {AT_SALE, "0", ENTRY_WORDS, "0"},
    {AT_COUNTER, "150", ENTRY_CASH, "150"},
    {AT_ORDER, "100", ENTRY_BAD, "100"},
    {AT_REVIEW, "100", ENTRY_BAD, "100"},
    {AT_SALE, SKU, ENTRY_SKU, SKU},
    {AT_SALE, "v0423", ENTRY_SLIP, "v 0423"},
    {AT_SALE, "V 0423 50", ENTRY_SLIP, "v 0423 50.00"},
    {AT_SALE, "v", ENTRY_BAD, "v"},
    {AT_SALE, "velvet", ENTRY_WORDS, "velvet"},
    {AT_SALE, "v rose", ENTRY_BAD, "v rose"},
    {AT_SALE, "ch000123 12.50", ENTRY_CHEQUE, "ch 000123 12.50"},
    {AT_SALE, "l", ENTRY_SHOW_LINK, "l"},
    {AT_SALE, "l 50", ENTRY_SHOW_LINK, "l 50.00"},
    {AT_SALE, "x", ENTRY_HIDE, "x"},
    {AT_COUNTER, "x", ENTRY_X_REPORT, "x"},
    {AT_HOME, "bank", ENTRY_BANK, "bank"},
    {AT_COUNTER, "bank 250 B-1207", ENTRY_BANK, "bank 250.00 B-1207"},
    {AT_COUNTER, "bank 250", ENTRY_BAD, "bank 250"},
    {AT_HOME, "fetch 150 S-31", ENTRY_FETCH, "fetch 150.00 S-31"},
    {AT_HOME, "fetch", ENTRY_BAD, "fetch"},
    {AT_SALE, "r", ENTRY_RETURN, "r"},
    {AT_SALE, "a 2", ENTRY_WORDS, "a 2"},
    {AT_SALE, "void wrong size", ENTRY_VOID_SALE, "void wrong size"},
    {AT_COUNTER, "in 20 change", ENTRY_PAY_IN, "in 20.00 change"},
    {AT_COUNTER, "out 3.60 two stamps", ENTRY_PAY_OUT, "out 3.60 two stamps"},
    {AT_COUNTER, "in 20", ENTRY_BAD, "in 20"},
    {AT_COUNTER, "in", ENTRY_BAD, "in"},
    {AT_COUNTER, "out all of it", ENTRY_BAD, "out all of it"},
    {AT_COUNTER, "out 0 nothing", ENTRY_BAD, "out 0 nothing"},
    {AT_HOME, "in 20 change", ENTRY_WORDS, "in 20 change"},
    {AT_COUNTER, "z 183.85", ENTRY_COUNT, "z 183.85"},
    {AT_COUNTER, "z 0", ENTRY_COUNT, "z 0.00"},
    {AT_COUNTER, "z 20x3 5x4 0.50x7", ENTRY_COUNT, "z 20x3 5x4 0.50x7"},
    {AT_COUNTER, "z 20x3 20x1", ENTRY_BAD, "z 20x3 20x1"},
    {AT_COUNTER, "z -5", ENTRY_BAD, "z -5"},
    {AT_COUNTER, "z", ENTRY_BAD, "z"},
    {AT_RETURN, "t buyback", ENTRY_TYPE, "t buyback"},
    {AT_STOCK, ".W12", ENTRY_WAIT, ".w 12"},
    {AT_STOCK, ".w", ENTRY_WAIT, ".w 1"},
    {AT_REVIEW, ".D", ENTRY_OTHER, ".d"},
    {AT_HOME, "o", ENTRY_ORDERS, "o"},
    {AT_ORDER, "o jones", ENTRY_ORDERS, "o jones"},
    {AT_HOME, "o1047296", ENTRY_ORDERS, "o 1047296"},
    {AT_HOME, "okafor", ENTRY_WORDS, "okafor"},
    {AT_STOCK, "i", ENTRY_PERSON, "i"},
    {AT_HOME, "i 1047296", ENTRY_PERSON, "i 1047296"},
    {AT_HOME, "ida", ENTRY_WORDS, "ida"},
    {AT_ORDER, "nc Brown, Ana", ENTRY_NEW_CUSTOMER, "nc Brown, Ana"},
    {AT_HOME, "nc", ENTRY_WORDS, "nc"},
    {AT_HOME, "tips", ENTRY_TIPS, "tips"},
    {AT_REVIEW, "a p", ENTRY_ADDRESS, "a p"},
    {AT_REVIEW, "a P", ENTRY_ADDRESS, "a p"},
    {AT_REVIEW, "a 5 Dock Road, Leeds, LS9 8AA", ENTRY_ADDRESS, "a 5 Dock Road, Leeds, LS9 8AA"},
    {AT_ORDER, "T Cust", ENTRY_TYPE, "t cust"},
    {AT_ORDER, "t", ENTRY_TYPE, "t"},
    {AT_ORDER, "t party 8841", ENTRY_TYPE, "t party 8841"},
    {AT_ORDER, "tote", ENTRY_WORDS, "tote"},
    {AT_HOME, "t own", ENTRY_WORDS, "t own"},
    {AT_ORDER, "a 2", ENTRY_ADDRESS, "a 2"},
    {AT_ORDER, "a2", ENTRY_ADDRESS, "a 2"},
    {AT_ORDER, "a", ENTRY_ADDRESS, "a"},
    {AT_ORDER, "pl autumn-1", ENTRY_PRICE_LIST, "pl AUTUMN-1"},
    {AT_ORDER, "pl", ENTRY_PRICE_LIST, "pl"},
    {AT_ORDER, "plum", ENTRY_WORDS, "plum"},
    {AT_ORDER, "cp rose-10", ENTRY_COUPON, "cp ROSE-10"},
    {AT_ORDER, "cp -rose-10", ENTRY_COUPON, "cp -ROSE-10"},
    {AT_REVIEW, "cp", ENTRY_COUPON, "cp"},
    {AT_HOME, "cp rose-10", ENTRY_WORDS, "cp rose-10"},
    {AT_ORDER, "pr", ENTRY_PROMOTIONS, "pr"},
    {AT_ORDER, "pr rose", ENTRY_WORDS, "pr rose"},
    {AT_ORDER, "?", ENTRY_CHOICES, "?"},
    {AT_HOME, "?", ENTRY_WORDS, "?"},
    {AT_ORDER, "?rose", ENTRY_WORDS, "?rose"},
    {AT_ORDER, "n Ring  twice", ENTRY_NOTE, "n Ring twice"},
    {AT_ORDER, "n 2*3 m, door code 12", ENTRY_NOTE, "n 2*3 m, door code 12"},
    {AT_ORDER, "n2 steps", ENTRY_NOTE, "n 2 steps"},
    {AT_ORDER, "c " PERSON, ENTRY_CUSTOMER, "c " PERSON},
    {AT_ORDER, "c jones sar", ENTRY_CUSTOMER, "c jones sar"},
    {AT_ORDER, "s" SKU, ENTRY_STOCK, "s " SKU},
    {AT_HOME, "s " SKU, ENTRY_STOCK, "s " SKU},
    {AT_ORDER, "S", ENTRY_STOCK, "s"},
    {AT_ORDER, "s rose cream", ENTRY_STOCK, "s rose cream"},
    {AT_ORDER, "/9", ENTRY_FUNCTION_KEY, "/9"},
    {AT_HOME, "/ 12", ENTRY_FUNCTION_KEY, "/12"},
    {AT_ORDER, "/LANG DE", ENTRY_LANGUAGE, "/lang de"},
    {AT_HOME, "/lang zh", ENTRY_LANGUAGE, "/lang zh_CN"},
    {AT_REVIEW, "/lang", ENTRY_LANGUAGE, "/lang"},
    {AT_HOME, "lang", ENTRY_WORDS, "lang"}, /* a name */
    /* picks */
    {AT_FIND, "3", ENTRY_PICK, "3"},
    {AT_REVIEW, " 2 ", ENTRY_PICK, "2"},
    /* paying exists in review alone */
    {AT_REVIEW, "ca 9999999999.99", ENTRY_CASH, "ca 9999999999.99"},
    {AT_REVIEW, "gc 411027 12342.50", ENTRY_CERTIFICATE, "gc 411027 12342.50"},
    {AT_REVIEW, "gc 4321098765432106 5.00", ENTRY_CERTIFICATE, "gc 4321098765432106 5.00"},
    {AT_REVIEW, "bal", ENTRY_BALANCE, "bal"},
    {AT_REVIEW, "bal 12.5", ENTRY_BALANCE, "bal 12.50"},
    {AT_REVIEW, "ca 100", ENTRY_CASH, "ca 100.00"},
    {AT_REVIEW, "CA100.5", ENTRY_CASH, "ca 100.50"},
    {AT_REVIEW, "100.00", ENTRY_CASH, "ca 100.00"},
    {AT_REVIEW, "100.", ENTRY_CASH, "ca 100.00"},
    {AT_REVIEW, "0.5", ENTRY_CASH, "ca 0.50"},
    {AT_REVIEW, "later", ENTRY_LATER, "later"},
    {AT_REVIEW, SKU, ENTRY_SKU, SKU},
    {AT_ORDER, "later", ENTRY_WORDS, "later"},
    {AT_ORDER, "bal 5", ENTRY_WORDS, "bal 5"},
    {AT_ORDER, "ca 100", ENTRY_WORDS, "ca 100"},
    {AT_REVIEW, "later today", ENTRY_WORDS, "later today"},
};

static void every_form_means_one_thing(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        const struct meaning *m = &meanings[i];
        struct entry_context context = context_at(m->screen);
        struct entry_command command;
        entry_parse(arena, m->typed, &context, &command);
        const char *canonical = entry_format(arena, &command);
        bool ok = command.kind == m->kind && strcmp(canonical, m->canonical) == 0;
        if (!ok)
            printf("   %s \"%s\": %s \"%s\"\n", screen_names[m->screen], m->typed,
                   entry_info(command.kind)->name, canonical);
        CU_ASSERT(ok);
    }
    arena_free(arena);
}

static const struct refusal {
    enum entry_screen screen;
    const char *typed;
    enum problem_code problem;
    const char *text, *sentence;
} refusals[] = {
    /* quantities */
    {AT_ORDER, "0*" SKU, PROBLEM_bad_quantity, "0",
     "A quantity is a whole number from 1 to 9999, not 0."},
    {AT_ORDER, "-3*" SKU, PROBLEM_bad_quantity, "-3", NULL},
    {AT_ORDER, "+3*" SKU, PROBLEM_bad_quantity, "+3", NULL},
    {AT_ORDER, "1.5*" SKU, PROBLEM_bad_quantity, "1.5", NULL},
    {AT_ORDER, "10000*" SKU, PROBLEM_bad_quantity, "10000", NULL},
    {AT_ORDER, SKU2 "*" SKU, PROBLEM_bad_quantity, SKU2, NULL},
    {AT_ORDER, "9223372036854775808*" SKU, PROBLEM_bad_quantity, "9223372036854775808", NULL},
    {AT_ORDER, "18446744073709551617*" SKU, PROBLEM_bad_quantity, "18446744073709551617", NULL},
    {AT_ORDER, WIDE_1 "*" SKU, PROBLEM_bad_quantity, WIDE_1, NULL},
    {AT_ORDER, ARABIC_3 " * " SKU, PROBLEM_bad_quantity, ARABIC_3, NULL},
    {AT_ORDER, "1" WIDE_1 "*" SKU, PROBLEM_bad_quantity, "1" WIDE_1, NULL},
    {AT_ORDER, "*" SKU, PROBLEM_bad_quantity, "", NULL},
    {AT_ORDER, "x*" SKU, PROBLEM_bad_quantity, "x", NULL},
    {AT_ORDER, "1e3*" SKU, PROBLEM_bad_quantity, "1e3", NULL},
    {AT_ORDER, SKU " 0", PROBLEM_bad_quantity, "0", NULL},
    {AT_ORDER, SKU " -3", PROBLEM_bad_quantity, "-3", NULL},
    {AT_ORDER, SKU " " ARABIC_3, PROBLEM_bad_quantity, ARABIC_3, NULL},
    {AT_ORDER, "-3", PROBLEM_bad_quantity, "-3", NULL},
    {AT_ORDER, "+0", PROBLEM_bad_quantity, "0", NULL},
    {AT_ORDER, "+-3", PROBLEM_bad_quantity, "-3", NULL},
    {AT_ORDER, "+10000", PROBLEM_bad_quantity, "10000", NULL},
    {AT_ORDER, "+99999999999999999999", PROBLEM_bad_quantity, "99999999999999999999", NULL},
    {AT_ORDER, "+" ARABIC_3, PROBLEM_bad_quantity, ARABIC_3, NULL},
    {AT_ORDER, ".2*", PROBLEM_bad_quantity, "", NULL},
    {AT_ORDER, ".2*-1", PROBLEM_bad_quantity, "-1", NULL},
    {AT_ORDER, ".2*99999999999999999999", PROBLEM_bad_quantity, "99999999999999999999", NULL},
    {AT_ORDER, ".2*" WIDE_1, PROBLEM_bad_quantity, WIDE_1, NULL},
    {AT_ORDER, ".2+0", PROBLEM_bad_quantity, "0", NULL},
    /* items */
    {AT_ORDER, "123456", PROBLEM_unknown_sku, "123456", "No item 123456."},
    {AT_ORDER, "7", PROBLEM_unknown_sku, "7", NULL},
    {AT_ORDER, "2*123456", PROBLEM_unknown_sku, "123456", NULL},
    {AT_ORDER, "2*rose", PROBLEM_unknown_sku, "rose", NULL},
    {AT_ORDER, "2*" PERSON, PROBLEM_unknown_sku, PERSON, NULL},
    {AT_ORDER, "2*3*" SKU, PROBLEM_unknown_sku, "3*" SKU, NULL},
    {AT_ORDER, "2*", PROBLEM_required, "", "The item is missing."},
    {AT_ORDER, WIDE_1 WIDE_1 WIDE_1 WIDE_1 WIDE_1, PROBLEM_bad_value,
     WIDE_1 WIDE_1 WIDE_1 WIDE_1 WIDE_1, NULL},
    /* choices */
    {AT_ORDER, SKU "/", PROBLEM_required, "", "The choice is missing."},
    {AT_ORDER, SKU "/103", PROBLEM_bad_choices, "103",
     "Behind the slash stand the numbers of what is chosen, each from 1 to 9, not 103."},
    {AT_ORDER, SKU "/rose", PROBLEM_bad_choices, "rose", NULL},
    {AT_ORDER, SKU "/1/2", PROBLEM_bad_choices, "1/2", NULL},
    {AT_ORDER, SKU "=", PROBLEM_required, "", NULL},
    {AT_ORDER, SKU "=0", PROBLEM_tender_amount, "0", NULL},
    {AT_ORDER, SKU "=-5", PROBLEM_tender_amount, "-5", NULL},
    {AT_ORDER, SKU "=1.234", PROBLEM_tender_amount, "1.234", NULL},
    {AT_ORDER, SKU "=rose", PROBLEM_tender_amount, "rose", NULL},
    {AT_ORDER, SKU "=1=2", PROBLEM_tender_amount, "1=2", NULL},
    {AT_ORDER, "0*" SKU "/1", PROBLEM_bad_quantity, "0", NULL},
    {AT_ORDER, "2*123456/1", PROBLEM_unknown_sku, "123456/1", NULL},
    {AT_ORDER, ".2/", PROBLEM_required, "", NULL},
    {AT_ORDER, ".2/0", PROBLEM_bad_choices, "0", NULL},
    {AT_ORDER, ".6/1", PROBLEM_bad_value, "6", NULL},
    /* lines */
    {AT_ORDER, ".0*2", PROBLEM_bad_value, "0", "The line cannot be 0."},
    {AT_ORDER, ".6*2", PROBLEM_bad_value, "6", NULL},
    {AT_ORDER, ".99999999999999999999?", PROBLEM_bad_value, "99999999999999999999", NULL},
    {AT_ORDER, ".", PROBLEM_bad_value, "", NULL},
    {AT_ORDER, ".2", PROBLEM_bad_value, "2", NULL},
    {AT_ORDER, ".2 5*3", PROBLEM_bad_value, "2 5", NULL},
    {AT_ORDER, ".2?x", PROBLEM_bad_value, "2?x", NULL},
    {AT_ORDER, "." WIDE_1 "*2", PROBLEM_bad_value, WIDE_1 "*2", NULL},
    {AT_HOME, ".2*5", PROBLEM_bad_value, ".2*5", NULL},
    {AT_HOME, "+", PROBLEM_bad_value, "+", NULL},
    {AT_HOME, "-", PROBLEM_bad_value, "-", NULL},
    {AT_STOCK, "-", PROBLEM_bad_value, "-", "The entry on this screen cannot be -."},
    {AT_FIND, ".2*0", PROBLEM_bad_value, ".2*0", NULL},
    /* verbs with something else behind */
    {AT_ORDER, "a 0", PROBLEM_bad_value, "0", "The address cannot be 0."},
    {AT_ORDER, "a 100", PROBLEM_bad_value, "100", NULL},
    {AT_ORDER, "a rose", PROBLEM_bad_value, "rose", NULL},
    {AT_ORDER, "/0", PROBLEM_bad_value, "0", "The function key cannot be 0."},
    {AT_ORDER, "/13", PROBLEM_bad_value, "13", NULL},
    {AT_ORDER, "/", PROBLEM_bad_value, "", NULL},
    {AT_ORDER, "/9x", PROBLEM_bad_value, "9x", NULL},
    {AT_FIND, "5", PROBLEM_bad_value, "5", "The choice cannot be 5."},
    {AT_FIND, "0", PROBLEM_bad_value, "0", NULL},
    {AT_REVIEW, "gc", PROBLEM_required, "", "The certificate is missing."},
    {AT_REVIEW, "gc 12345", PROBLEM_bad_value, "12345", NULL},
    {AT_REVIEW, "gc 411027 5 5", PROBLEM_bad_value, "411027 5 5", NULL},
    /* amounts */
    {AT_REVIEW, "gc 411027 x", PROBLEM_tender_amount, "x", NULL},
    {AT_REVIEW, "ca", PROBLEM_required, "", "The amount is missing."},
    {AT_REVIEW, "ca 0", PROBLEM_tender_amount, "0", NULL},
    {AT_REVIEW, "ca -5", PROBLEM_tender_amount, "-5", NULL},
    {AT_REVIEW, "ca 1.234", PROBLEM_tender_amount, "1.234", NULL},
    {AT_REVIEW, "ca 99999999999999999999", PROBLEM_tender_amount, "99999999999999999999", NULL},
    {AT_REVIEW, "ca 9999999999.99x", PROBLEM_tender_amount, "9999999999.99x", NULL},
    {AT_REVIEW, "ca 10000000000", PROBLEM_tender_amount, "10000000000",
     "A tender is more than 0 and at most 9,999,999,999.99, not 10000000000."},
    {AT_REVIEW, "bal x", PROBLEM_tender_amount, "x", NULL},
    {AT_REVIEW, "100.000", PROBLEM_tender_amount, "100.000", NULL},
    {AT_REVIEW, "1.2.3", PROBLEM_tender_amount, "1.2.3", NULL},
    {AT_REVIEW, "0.00", PROBLEM_tender_amount, "0.00", NULL},
    {AT_ORDER, "12.50", PROBLEM_bad_value, "12.50", NULL},
    /* what is no text */
    {AT_ORDER,
     "a\x01"
     "b",
     PROBLEM_bad_text, "a" REPLACEMENT "b", "The entry holds characters that cannot be printed."},
    {AT_ORDER, "\x1B[17~", PROBLEM_bad_text, REPLACEMENT "[17~", NULL},
    {AT_ORDER, "\xC3", PROBLEM_bad_text, REPLACEMENT, NULL},
    /* card numbers */
    {AT_ORDER, "4111111111111111", PROBLEM_card_number, "****************",
     "The entry looks like a card number. Card numbers are never kept here."},
    {AT_REVIEW, "4111  1111  1111  1111", PROBLEM_card_number, "**** **** **** ****", NULL},
    {AT_ORDER, "n card 4242-4242-4242-4242 0827", PROBLEM_card_number,
     "n card ****-****-****-**** 0827", NULL},
    {AT_REVIEW, "gc4111111111111111", PROBLEM_card_number, "gc****************", NULL},
    {AT_REVIEW, "gc 238-90128-9012 3450 12.50", PROBLEM_card_number, "gc ***-*****-**** **** **.**",
     NULL}, /* a card number once the dashes are gone */
    {AT_HOME, "/lang fr", PROBLEM_bad_value, "fr", "The language cannot be fr."},
    {AT_ORDER, "-4111111111111111", PROBLEM_card_number, "-****************", NULL},
    {AT_ORDER, "4111111111111111\x01", PROBLEM_card_number, "****************" REPLACEMENT, NULL},
};

static void what_cannot_be_meant_is_refused(void)
{
    struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
        const struct refusal *f = &refusals[i];
        struct entry_context context = context_at(f->screen);
        struct entry_command command;
        entry_parse(arena, f->typed, &context, &command);
        bool ok = command.kind == ENTRY_BAD && command.problem == f->problem &&
                  strcmp(command.text, f->text) == 0;
        if (!ok)
            printf("   %s \"%s\": %s \"%s\" %s\n", screen_names[f->screen], f->typed,
                   entry_info(command.kind)->name, command.text, problem_name(command.problem));
        CU_ASSERT(ok);
        if (command.kind != ENTRY_BAD)
            continue;
        struct problems problems;
        problems_init(&problems, arena);
        entry_explain(&command, &problems);
        const char *sentence = problem_say(arena, LANGUAGE_en, &problems.items[0]);
        CU_ASSERT(problems.count == 1 && problems_stops(&problems) == 1);
        CU_ASSERT(strchr(f->typed, '?') || !strchr(sentence, '?')); /* no parameter is missing */
        if (f->sentence)
            CU_ASSERT_STRING_EQUAL(sentence, f->sentence);
    }
    arena_free(arena);
}

static struct entry_command parse(struct arena *arena, const char *text,
                                  const struct entry_context *context)
{
    struct entry_command command;
    entry_parse(arena, text, context, &command);
    return command;
}

static void a_wrong_check_digit_is_told(void)
{
    static const struct {
        const char *typed;
        enum entry_kind kind;
        bool fails;
    } rows[] = {
        {SKU, ENTRY_SKU, false},
        {"40217", ENTRY_SKU, true},
        {"2*40217", ENTRY_SKU, true},
        {"01235", ENTRY_SKU, true},
        {PERSON, ENTRY_DISTRIBUTOR, false},
        {"1047269", ENTRY_DISTRIBUTOR, true},
        {ORDER, ENTRY_ORDER, false},
        {"100884213", ENTRY_ORDER, true},
        {BARCODE, ENTRY_BARCODE, false},
        {"5012345402162", ENTRY_BARCODE, true},
        {"s" SKU, ENTRY_STOCK, false},
        {"s40261", ENTRY_STOCK, true},
        {"gc" CERTIFICATE, ENTRY_CERTIFICATE, false},
        {"gc 1234567890123453", ENTRY_CERTIFICATE, true},
        {"gc 411027", ENTRY_CERTIFICATE, false},
    };
    struct arena *arena = arena_new();
    struct entry_context context = context_at(AT_ORDER);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct entry_command command = parse(arena, rows[i].typed, &context);
        if (command.kind != rows[i].kind || command.check_fails != rows[i].fails)
            printf("   %s\n", rows[i].typed);
        CU_ASSERT(command.kind == rows[i].kind && command.check_fails == rows[i].fails);
    }
    arena_free(arena);
}

static void a_number_of_two_kinds_asks(void)
{
    struct arena *arena = arena_new();
    struct entry_context context = context_at(AT_ORDER);
    context.lengths.length[CODE_SKU] = 7;
    struct entry_command command = parse(arena, "1234567", &context);
    CU_ASSERT_EQUAL(command.kind, ENTRY_AMBIGUOUS);
    CU_ASSERT_EQUAL(command.kinds, CODE_BIT(CODE_SKU) | CODE_BIT(CODE_DISTRIBUTOR));
    CU_ASSERT_STRING_EQUAL(entry_format(arena, &command), "1234567");
    command = parse(arena, "1*1234567", &context); /* a quantity settles it */
    CU_ASSERT(command.kind == ENTRY_SKU && command.quantity == 1);
    CU_ASSERT_STRING_EQUAL(entry_format(arena, &command), "1*1234567");
    command = parse(arena, "1234567 2", &context);
    CU_ASSERT(command.kind == ENTRY_SKU && command.quantity == 2);
    arena_free(arena);
}

static void commands_carry_what_they_need(void)
{
    struct arena *arena = arena_new();
    struct entry_context order = context_at(AT_ORDER), review = context_at(AT_REVIEW);
    struct entry_command command = parse(arena, "3*" SKU, &order);
    CU_ASSERT(command.quantity == 3 && command.kinds == CODE_BIT(CODE_SKU));
    CU_ASSERT_STRING_EQUAL(command.text, SKU);
    command = parse(arena, ".2*7", &order);
    CU_ASSERT(command.number == 2 && command.quantity == 7);
    command = parse(arena, "-", &order);
    CU_ASSERT(command.number == 5 && command.quantity == 0);
    command = parse(arena, "a 3", &order);
    CU_ASSERT_EQUAL(command.number, 3);
    command = parse(arena, "t CUST", &order);
    CU_ASSERT_STRING_EQUAL(command.text, "cust");
    command = parse(arena, "gc 411027 12.50", &review);
    CU_ASSERT(command.has_amount && command.amount.minor == 1250);
    CU_ASSERT_STRING_EQUAL(command.text, "411027");
    command = parse(arena, "bal", &review);
    CU_ASSERT_FALSE(command.has_amount);
    arena_free(arena);
}

static void yen_have_no_decimals(void)
{
    struct arena *arena = arena_new();
    struct entry_context context = context_at(AT_REVIEW);
    context.exponent = 0;
    struct entry_command command = parse(arena, "1500.", &context);
    CU_ASSERT(command.kind == ENTRY_CASH && command.amount.minor == 1500);
    command = parse(arena, "ca 1500.5", &context);
    CU_ASSERT(command.kind == ENTRY_BAD && command.problem == PROBLEM_tender_amount);
    command = parse(arena, "gc 411027 1234567890.", &context); /* ten digits: not a long number */
    struct entry_command again = parse(arena, entry_format(arena, &command), &context);
    CU_ASSERT(command.kind == ENTRY_CERTIFICATE && command.amount.minor == 1234567890);
    CU_ASSERT(entry_equal(&command, &again));
    arena_free(arena);
}

static void an_order_without_lines_has_none_to_change(void)
{
    static const char *const typed[] = {"+", "+3", "-", ".1*2", ".1?"};
    struct arena *arena = arena_new();
    struct entry_context context = context_at(AT_ORDER);
    context.last_line = 0;
    for (size_t i = 0; i < ARRAY_LEN(typed); i++) {
        struct entry_command command = parse(arena, typed[i], &context);
        CU_ASSERT(command.kind == ENTRY_BAD && command.problem == PROBLEM_no_lines);
    }
    arena_free(arena);
}

/* About one sound barcode in ten would pass for a card; all of them have to get through. */
static void barcodes_are_not_taken_for_cards(void)
{
    struct arena *arena = arena_new();
    struct entry_context context = context_at(AT_ORDER);
    size_t like_cards = 0, refused = 0;
    for (unsigned i = 0; i < 1000; i++)
        for (unsigned check = 0; check < 10; check++) {
            char *code = arena_printf(arena, "401234567%03u%u", i, check);
            if (!ean13_valid(code, 13))
                continue;
            struct entry_command scan = parse(arena, code, &context);
            struct entry_command stock = parse(arena, arena_printf(arena, "s%s", code), &context);
            like_cards += pan_found(code, 13);
            refused += scan.kind != ENTRY_BARCODE || stock.kind != ENTRY_STOCK;
        }
    CU_ASSERT(like_cards > 50);
    CU_ASSERT_EQUAL(refused, 0);
    arena_free(arena);
}

/* Whatever the examples of entry.def show must be what they are shown for. */
static void the_examples_of_the_help_are_true(void)
{
    struct arena *arena = arena_new();
    for (int kind = 0; kind < ENTRY_KINDS; kind++) {
        const struct entry_info *info = entry_info((enum entry_kind)kind);
        CU_ASSERT(info->name[0] && info->help[0] && info->screens);
        for (const char *at = info->form; *at;) {
            const char *end = strstr(at, "  ");
            size_t len = end ? (size_t)(end - at) : strlen(at);
            char *example = arena_strndup(arena, at, len);
            for (int screen = AT_HOME; screen <= AT_COUNTER; screen++) {
                if (!(info->screens & 1U << screen))
                    continue;
                struct entry_context context = context_at((enum entry_screen)screen);
                context.candidates = kind == ENTRY_PICK ? 9 : 0;
                /* the stock screen adds the item shown: it has no line numbers */
                if (screen == AT_STOCK && example[0] == '.')
                    continue;
                struct entry_command command = parse(arena, example, &context);
                if ((int)command.kind != kind)
                    printf("   %s: %s is %s\n", info->name, example,
                           entry_info(command.kind)->name);
                CU_ASSERT((int)command.kind == kind);
            }
            at += len + (end ? 2 : 0);
        }
    }
    arena_free(arena);
}

/* ---- properties --------------------------------------------------------------------------------
 */

static bool makes_the_round_trip(struct arena *arena, const char *text,
                                 const struct entry_context *context)
{
    struct entry_command command = parse(arena, text, context);
    const char *canonical = entry_format(arena, &command);
    struct entry_command again = parse(arena, canonical, context);
    bool ok = utf8_valid(canonical, strlen(canonical)) && entry_equal(&command, &again) &&
              strcmp(canonical, entry_format(arena, &again)) == 0;
    bool sane = command.kind < ENTRY_KINDS && command.text && command.quantity >= 0 &&
                command.quantity <= ENTRY_QUANTITY_MAX && command.number >= 0 &&
                command.amount.minor >= 0;
    bool clean = command.kind != ENTRY_BAD || !pan_found(canonical, strlen(canonical));
    if (!ok || !sane || !clean)
        printf("   %s \"%s\": %s \"%s\", then %s \"%s\"\n", screen_names[context->screen], text,
               entry_info(command.kind)->name, canonical, entry_info(again.kind)->name,
               entry_format(arena, &again));
    return ok && sane && clean;
}

static struct entry_context random_context(uint64_t *seed)
{
    struct entry_context context = {
        .lengths = {{(uint8_t)(5 + random_below(seed, 4)), (uint8_t)(7 + random_below(seed, 3)),
                     (uint8_t)(9 + random_below(seed, 3)), 16, 13}},
        .screen = (enum entry_screen)random_below(seed, AT_COUNTER + 1),
        .last_line = (int)random_below(seed, 12),
        .candidates = (int)random_below(seed, 10),
        .exponent = (int)random_below(seed, 5),
    };
    return context;
}

static void random_lines_make_the_round_trip(void)
{
    static const char *const pieces[] = {
        "0",
        "1",
        "2",
        "9",
        "40",
        "40216",
        PERSON,
        ORDER,
        "5012345402161",
        "*",
        "+",
        "-",
        ".",
        "?",
        "/",
        " ",
        "  ",
        "4111111111111111",
        "gc",
        "pl",
        "bal",
        "ca",
        "later",
        "t",
        "a",
        "n",
        "s",
        "c",
        "u",
        "r",
        "y",
        "x",
        "rose",
        WIDE_1,
        ARABIC_3,
        WIDE_BLANK,
        "\t",
        "(",
        ",",
        "\x01",
        "\xC3",
        REPLACEMENT,
        "\xE9\x99\xB3",
        "12.50",
        "1234567890123450",
        "411027",
        "07700",
    };
    uint64_t seed = report_seed();
    for (int round = 0; round < 200000; round++) {
        struct arena *arena = arena_new();
        struct text text;
        struct entry_context context = random_context(&seed);
        text_init(&text, arena);
        for (uint64_t n = random_below(&seed, 7); n > 0; n--)
            text_add(&text, pieces[random_below(&seed, ARRAY_LEN(pieces))]);
        bool ok = makes_the_round_trip(arena, text.data, &context);
        arena_free(arena);
        CU_ASSERT_FATAL(ok);
    }
}

static void mutated_lines_make_the_round_trip(void)
{
    uint64_t seed = report_seed();
    for (int round = 0; round < 200000; round++) {
        struct arena *arena = arena_new();
        struct entry_context context = random_context(&seed);
        size_t which = random_below(&seed, ARRAY_LEN(meanings) + ARRAY_LEN(refusals));
        const char *typed = which < ARRAY_LEN(meanings)
                                ? meanings[which].typed
                                : refusals[which - ARRAY_LEN(meanings)].typed;
        size_t len = strlen(typed);
        char *text = arena_strndup(arena, typed, len);
        for (uint64_t n = random_below(&seed, 4); n > 0 && len > 0; n--)
            text[random_below(&seed, len)] =
                (char)(random_below(&seed, 4) ? ' ' + (int)random_below(&seed, 95)
                                              : 1 + (int)random_below(&seed, 255));
        bool ok = makes_the_round_trip(arena, text, &context);
        arena_free(arena);
        CU_ASSERT_FATAL(ok);
    }
}

static const struct test_case cases[] = {
    {"the numbers of this test are sound", the_numbers_of_this_test_are_sound},
    {"every form means one thing", every_form_means_one_thing},
    {"what cannot be meant is refused, and why is said", what_cannot_be_meant_is_refused},
    {"a wrong check digit is told, and the number kept", a_wrong_check_digit_is_told},
    {"a number of two kinds asks, unless a quantity settles it", a_number_of_two_kinds_asks},
    {"commands carry what they need", commands_carry_what_they_need},
    {"yen have no decimals", yen_have_no_decimals},
    {"an order without lines has none to change", an_order_without_lines_has_none_to_change},
    {"barcodes are not taken for cards", barcodes_are_not_taken_for_cards},
    {"the examples of the help are true", the_examples_of_the_help_are_true},
    {"random lines never crash and make the round trip", random_lines_make_the_round_trip},
    {"mutated lines never crash and make the round trip", mutated_lines_make_the_round_trip},
};
REPORT_MAIN("entry", cases)
