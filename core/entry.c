#include "core/entry.h"

#include "core/entry_reading.h"
#include "core/pan.h"

#include <assert.h>
#include <string.h>

enum {
    HOME = 1 << AT_HOME,
    REVIEW = 1 << AT_REVIEW,
    STOCK = 1 << AT_STOCK,
    CARD = 1 << AT_CARD,
    RETURN = 1 << AT_RETURN,
    REPEAT = 1 << AT_REPEAT,
    SALE = 1 << AT_SALE,
    COUNTER = 1 << AT_COUNTER,
    TILL = SALE | COUNTER,
    PHONED = 1 << AT_ORDER | REVIEW,
    LINES = PHONED | SALE,
    ANYWHERE = HOME | LINES | 1 << AT_FIND | STOCK | CARD | RETURN | REPEAT | COUNTER,
};

static const struct entry_info infos[ENTRY_KINDS] = {
#define ENTRY(name, verb, screens, form, help) {#name, verb, screens, form, help},
#include "core/entry.def"
#undef ENTRY
};

enum { PHONE_LEAST = 7, PHONE_MOST = 15, CARD_STARS = 13 };

const struct entry_info *entry_info(enum entry_kind kind)
{
    assert(kind < ENTRY_KINDS);
    return &infos[kind];
}

bool reading_bad(struct reading *r, enum problem_code problem, const char *what, struct part part)
{
    struct entry_command *out = r->out;
    *out = command_of(ENTRY_BAD);
    out->problem = problem;
    out->what = what;
    out->text = part_copy(r->arena, part);
    out->whole = r->text;
    return true;
}

bool reading_bad_quantity(struct reading *r, struct part part)
{
    return reading_bad(r, PROBLEM_bad_quantity, "The quantity", part);
}

bool reading_on_screen(const struct reading *r, enum entry_kind kind)
{
    return (entry_info(kind)->screens & 1U << r->context->screen) != 0;
}

void reading_amount(struct reading *r, struct part part)
{
    int exponent = r->context->exponent;
    struct money amount;
    if (!money_parse(part.at, part.len, exponent, &amount) || amount.minor < 1 ||
        amount.minor > ENTRY_AMOUNT_MAX) {
        reading_bad(r, PROBLEM_tender_amount, "The amount", part);
        r->out->exponent = exponent;
        return;
    }
    r->out->amount = amount;
    r->out->has_amount = true;
    r->out->exponent = exponent;
}

/* Commands on lines need a screen that shows them, and lines. */
static bool no_lines_here(struct reading *r, enum entry_kind kind)
{
    if (!reading_on_screen(r, kind))
        return reading_bad(r, PROBLEM_bad_value, "The entry on this screen",
                           part_of(r->text, NULL));
    if (r->context->last_line < 1)
        return reading_bad(r, PROBLEM_no_lines, "", part_of(r->text, NULL));
    return false;
}

static bool read_empty(struct reading *r)
{
    return !r->text[0];
}

static bool read_unprintable(struct reading *r)
{
    if (!strstr(r->text, "\xEF\xBF\xBD"))
        return false;
    return reading_bad(r, PROBLEM_bad_text, "The entry", part_of(r->text, NULL));
}

/* A card number stays one after its digits have been starred: nothing else has so many stars. */
static bool read_starred(struct reading *r)
{
    int stars = 0;
    for (const char *at = r->text; *at; at++)
        stars += *at == '*';
    return stars >= CARD_STARS &&
           reading_bad(r, PROBLEM_card_number, "The entry", part_of(r->text, NULL));
}

static bool read_pick(struct reading *r)
{
    int64_t n;
    struct part digit = part_of(r->text, NULL);
    if (r->context->candidates < 1 || digit.len != 1 || !part_is_digits(digit))
        return false;
    if (!part_number(digit, 1, r->context->candidates, &n))
        return reading_bad(r, PROBLEM_bad_value, "The choice", digit);
    r->out->kind = ENTRY_PICK;
    r->out->number = (int)n;
    return true;
}

static bool read_function_key(struct reading *r)
{
    int64_t n;
    if (r->text[0] != '/')
        return false;
    struct part number = part_of(r->text + 1, NULL);
    if (!part_number(number, 1, ENTRY_FUNCTION_KEYS, &n))
        return reading_bad(r, PROBLEM_bad_value, "The function key", number);
    r->out->kind = ENTRY_FUNCTION_KEY;
    r->out->number = (int)n;
    return true;
}

/* What follows `.n`: `*q`, `+`, `+q`, `/choices`, `?` or `f`. */
static bool read_line_sign(struct reading *r, char sign, struct part rest)
{
    struct entry_command *out = r->out;
    out->quantity = sign == '+';
    if (sign == '*' && part_number(rest, 0, ENTRY_QUANTITY_MAX, &out->quantity))
        out->kind = out->quantity ? ENTRY_SET : ENTRY_VOID;
    else if (sign == '+' && (!rest.len || part_number(rest, 1, ENTRY_QUANTITY_MAX, &out->quantity)))
        out->kind = ENTRY_MORE;
    else if (sign == '*' || sign == '+')
        return reading_bad_quantity(r, rest);
    else if (sign == '?' && !rest.len)
        out->kind = ENTRY_WHY;
    else if (char_lower(sign) == 'f' && !rest.len)
        out->kind = ENTRY_FREE;
    else if (sign == '/') {
        out->kind = ENTRY_CHOOSE;
        reading_choices(r, rest);
    } else
        return reading_bad(r, PROBLEM_bad_value, "The line", part_of(r->text + 1, NULL));
    return true;
}

/* `.w 2` and `.w`: that many of the item shown are waited for. */
static bool read_wait(struct reading *r, struct part rest)
{
    r->out->kind = ENTRY_WAIT;
    r->out->quantity = 1;
    if (rest.len && !part_number(rest, 1, ENTRY_QUANTITY_MAX, &r->out->quantity))
        return reading_bad_quantity(r, rest);
    return true;
}

static bool read_line(struct reading *r)
{
    int64_t n;
    if (r->text[0] != '.')
        return false;
    if (char_lower(r->text[1]) == 'd' && !r->text[2] && reading_on_screen(r, ENTRY_OTHER)) {
        r->out->kind = ENTRY_OTHER;
        return true;
    }
    if (char_lower(r->text[1]) == 'w' && reading_on_screen(r, ENTRY_WAIT))
        return read_wait(r, part_of(r->text + 2, NULL));
    if (no_lines_here(r, ENTRY_SET))
        return true;
    const char *at = r->text + 1 + strspn(r->text + 1, "0123456789 ");
    struct part number = part_of(r->text + 1, at);
    if (!part_number(number, 1, r->context->last_line, &n))
        return reading_bad(r, PROBLEM_bad_value, "The line",
                           number.len ? number : part_of(at, NULL));
    r->out->number = (int)n;
    return read_line_sign(r, *at, *at ? part_of(at + 1, NULL) : part_of(at, NULL));
}

/* A telephone number in its international form: nothing but digits and what is put between. */
static bool is_phone(const char *text)
{
    int digits = 0;
    if (text[0] != '+' || text[1 + strspn(text + 1, "0123456789 -().")])
        return false;
    for (const char *at = text; *at; at++)
        digits += char_is_digit(*at);
    return digits >= PHONE_LEAST && digits <= PHONE_MOST;
}

/* `+`, `+n`: of the last line, or of the item that the stock screen shows. */
static bool read_more(struct reading *r)
{
    if (r->text[0] != '+' || is_phone(r->text))
        return false;
    bool shown = r->context->screen == AT_STOCK;
    if (!shown && no_lines_here(r, ENTRY_MORE))
        return true;
    r->out->number = shown ? 0 : r->context->last_line;
    return read_line_sign(r, '+', part_of(r->text + 1, NULL));
}

/* `-`; a negative number is no quantity. */
static bool read_void(struct reading *r)
{
    if (r->text[0] != '-')
        return false;
    struct part rest = part_of(r->text + 1, NULL);
    if (rest.len)
        return (char_is_digit(*rest.at) || part_is_foreign(rest)) &&
               reading_bad_quantity(r, part_of(r->text, NULL));
    if (!no_lines_here(r, ENTRY_VOID)) {
        r->out->kind = ENTRY_VOID;
        r->out->number = r->context->last_line;
    }
    return true;
}

static bool read_choices(struct reading *r)
{
    if (strcmp(r->text, "?") != 0 || !reading_on_screen(r, ENTRY_CHOICES))
        return false;
    r->out->kind = ENTRY_CHOICES;
    return true;
}

static bool read_words(struct reading *r)
{
    r->out->kind = ENTRY_WORDS;
    r->out->text = r->text;
    return true;
}

/* In this order; the first that answers wins. */
static bool (*const readers[])(struct reading *r) = {
    read_empty,         read_starred, read_unprintable,   read_pick,           read_returned,
    read_return_number, read_line,    read_verb,          read_choices,        read_function_key,
    read_kit,           read_valued,  read_times,         read_more,           read_void,
    read_number,        read_decimal, read_item_quantity, read_foreign_number, read_words,
};

/* One barcode in ten, and telephone numbers, would pass for a card. */
static bool is_surely_no_card(const struct entry_command *command)
{
    bool item = command->kind == ENTRY_BARCODE || command->kind == ENTRY_STOCK;
    return (item && ean13_valid(command->text, strlen(command->text))) ||
           (command->kind == ENTRY_WORDS && is_phone(command->text));
}

/* What the command holds counts as well as what was typed: a certificate's digits are joined, and
 * may have an amount behind them that does not belong to the number. */
static bool holds_card(const struct reading *r)
{
    const struct entry_command *out = r->out;
    if (is_surely_no_card(out))
        return false;
    return pan_found(out->text, strlen(out->text)) ||
           (out->kind != ENTRY_CERTIFICATE && pan_found(r->text, strlen(r->text)));
}

static void refuse_card(struct reading *r)
{
    size_t len = strlen(r->text);
    char *starred = arena_strndup(r->arena, r->text, len);
    if (!pan_scrub(starred, len))
        for (char *at = starred; *at; at++)
            *at = char_is_digit(*at) ? '*' : *at;
    r->text = starred;
    reading_bad(r, PROBLEM_card_number, "The entry", part_of(starred, NULL));
}

void entry_parse(struct arena *arena, const char *text, const struct entry_context *context,
                 struct entry_command *out)
{
    struct reading r = {arena, context, part_clean(arena, text), out};
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        *out = command_of(ENTRY_EMPTY);
        if (readers[i](&r))
            break;
    }
    if (holds_card(&r))
        refuse_card(&r);
}
