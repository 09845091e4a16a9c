/* The entry line: one grammar for the terminal, the web and SMS. Whatever is typed means exactly
 * one thing, which depends on the text, the company's code lengths and the screen alone; whether
 * the item, the person or the order exists is for others to find out.
 *
 * Numbers are known by their length. Words are searched for. What looks like a quantity, a line,
 * an amount or a card number but cannot be one is ENTRY_BAD and never falls through to something
 * else. The forms are listed in entry.def. */
#pragma once

#include "core/code.h"
#include "core/money.h"
#include "core/problem.h"

enum entry_kind {
#define ENTRY(name, verb, screens, form, help) ENTRY_##name,
#include "core/entry.def"
#undef ENTRY
    ENTRY_KINDS
};

enum entry_screen {
    AT_HOME,
    AT_ORDER,
    AT_REVIEW,
    AT_FIND,
    AT_STOCK,
    AT_CARD,
    AT_RETURN,
    AT_REPEAT,
    AT_SALE,
    AT_COUNTER
};

/* More than this is a slip: a SKU has five digits or more, so that one typed where the quantity
 * belongs is refused. The API takes more (QTY_MAX of draft.h). */
enum { ENTRY_QUANTITY_MAX = 9999, ENTRY_ADDRESS_MAX = 99, ENTRY_FUNCTION_KEYS = 12 };
/* At a till so many digits alone are cash, in whole units: a code with a digit left out, or the
 * number of something else, has more. Longer amounts need their decimal point, or `ca`. */
enum { ENTRY_BARE_CASH = 3 };

/* Twelve digits of minor units: a longer amount could not be told from a card number. */
#define ENTRY_AMOUNT_MAX INT64_C(999999999999)

struct entry_context {
    struct code_lengths lengths;
    enum entry_screen screen;
    int last_line;  /* number of the order's last line, 0: it has none */
    int candidates; /* numbered things on the screen that a digit picks: 0 to 9 */
    int exponent;   /* of the currency */
};

/* Members that the kind does not need are 0, "" or false. Texts are the arena's, well-formed UTF-8
 * without control characters, with single blanks inside and none around. */
struct entry_command {
    enum entry_kind kind;
    /* SKU, BARCODE, DISTRIBUTOR, ORDER, AMBIGUOUS: the digits. CERTIFICATE: its 16 digits or the
     * last six. WORDS, NOTE, HOLD, OVERRIDE, CUSTOMER, NEW_CUSTOMER, PERSON, ORDERS, REPEATS,
     * EVERY, STOCK, ADDRESS: as typed (an ADDRESS "p": picked up). RETURN: an order's number, a
     * return's
     * ("R-10000013"), or
     * "". RETURNED: the reason, lower case. TYPE: lower case. PRICE_LIST, COUPON: upper case.
     * SLIP, CHEQUE: the number on it. VOID_SALE, PAY_IN, PAY_OUT: why. COUNT: the pieces of money,
     * "20x3 5x4", or "".
     * LANGUAGE: its name (tr.h). BAD: the part that is wrong. Verbs may stand alone: "". */
    const char *text;
    /* SKU, BARCODE, MORE, SET, WAIT: 1 to ENTRY_QUANTITY_MAX. RETURNED: also 0. */
    int64_t quantity;
    /* MORE, VOID, SET, WHY, FREE, CHOOSE: the line, `+` and `-` being resolved already; on the
     * stock screen 0, the item shown. RETURNED: the line of the order. ADDRESS, CARD (0: none
     * said), PICK, FUNCTION_KEY: the number typed.
     */
    int number;
    /* SKU, BARCODE, CHOOSE: the numbers of what is chosen in a kit, in the order of its slots:
     * "13". */
    const char *choices;
    /* RETURNED: the item that goes out for it (`choices`: in it), and the part of the kit, from 1.
     */
    const char *exchange;
    int part;
    /* CASH, PAY_IN, PAY_OUT, COUNT (0 is an amount there), and if `has_amount` CERTIFICATE,
     * BALANCE, CREDIT, CARD, LINK, SHOW_LINK, SLIP, CHEQUE, SKU and BARCODE (the value of a
     * certificate); in minor units, with the exponent. */
    struct money amount;
    bool has_amount;
    bool is_bare; /* CASH: up to three digits alone */
    int exponent;
    /* The kinds that a row of digits can be (CODE_BIT): one, or several with AMBIGUOUS; also when a
     * quantity settled that an item is meant. */
    unsigned kinds;
    /* The number's check digit does not fit. Old SKUs have none: the catalogue knows. */
    bool check_fails;
    /* BAD: what is wrong, what `text` ought to be, and the whole line. */
    enum problem_code problem;
    const char *what, *whole;
};

struct entry_info {
    const char *name; /* "SKU" */
    const char *verb; /* "gc", or "" */
    unsigned screens; /* 1 << AT_HOME ... */
    const char *form; /* examples, two blanks between */
    const char *help; /* half a sentence */
};
const struct entry_info *entry_info(enum entry_kind kind);

/* Any bytes are allowed in `text`. A card number comes back as BAD with PROBLEM_card_number and
 * its digits starred. */
void entry_parse(struct arena *arena, const char *text, const struct entry_context *context,
                 struct entry_command *out);
/* The canonical text: in the same context it parses to an equal command. */
char *entry_format(struct arena *arena, const struct entry_command *command);
bool entry_equal(const struct entry_command *a, const struct entry_command *b);
/* The problem of a BAD command, with the parameters of its sentence. */
void entry_explain(const struct entry_command *command, struct problems *problems);
