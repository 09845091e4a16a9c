#include "core/entry.h"

#include "core/pan.h"
#include "core/text.h"

#include <assert.h>
#include <string.h>

enum {
    HOME = 1 << AT_HOME,
    REVIEW = 1 << AT_REVIEW,
    STOCK_ = 1 << AT_STOCK,
    LINES = 1 << AT_ORDER | REVIEW,
    ANYWHERE = HOME | LINES | 1 << AT_FIND | STOCK_,
};

static const struct entry_info infos[ENTRY_KINDS] = {
#define ENTRY(name, screens, form, help) {#name, screens, form, help},
#include "core/entry.def"
#undef ENTRY
};

enum { CERTIFICATE_LAST = 6, PHONE_LEAST = 7, PHONE_MOST = 15, CARD_STARS = 13 };

static const char any_item[] = "The item", any_line[] = "The line", any_amount[] = "The amount";

/* A line while it is being read. */
struct reading {
    struct arena *arena;
    const struct entry_context *context;
    const char *text;
    struct entry_command *out;
};

/* A piece of the line. */
struct part {
    const char *at;
    size_t len;
};

const struct entry_info *entry_info(enum entry_kind kind)
{
    assert(kind < ENTRY_KINDS);
    return &infos[kind];
}

/* ---- pieces of text ---------------------------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The text from `at` up to `end` (NULL: all of it) without the blanks around it. */
static struct part part_of(const char *at, const char *end)
{
    struct part part = {at, end ? (size_t)(end - at) : strlen(at)};
    for (; part.len && part.at[0] == ' '; part.at++)
        part.len--;
    while (part.len && part.at[part.len - 1] == ' ')
        part.len--;
    return part;
}

static bool part_is_digits(struct part part)
{
    return code_is_digits(part.at, part.len);
}

static char *part_copy(struct arena *arena, struct part part)
{
    return arena_strndup(arena, part.at, part.len);
}

/* A whole number from `least` to `most`, in ASCII digits only. */
static bool part_number(struct part part, int64_t least, int64_t most, int64_t *out)
{
    int64_t v = 0;
    if (!part_is_digits(part))
        return false;
    for (size_t i = 0; i < part.len; i++)
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, part.at[i] - '0', &v))
            return false;
    *out = v;
    return v >= least && v <= most;
}

/* Begins with a digit of another script, which is never taken for a number. */
static bool part_is_foreign(struct part part)
{
    const char *at = part.at, *end = part.at + part.len;
    return part.len && !is_digit(*at) && pan_digit_value(utf8_next(&at, end)) >= 0;
}

static bool is_blank(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
           c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool is_unprintable(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFFFD;
}

/* The line with single blanks, none around, and U+FFFD for everything that cannot be shown. */
static const char *line_clean(struct arena *arena, const char *line)
{
    struct text out;
    bool blank = false;
    text_init(&out, arena);
    for (const char *at = line, *end = line + strlen(line); at < end;) {
        const char *from = at;
        uint32_t c = utf8_next(&at, end);
        if (is_blank(c)) {
            blank = true;
            continue;
        }
        if (blank && out.len)
            text_addc(&out, ' ');
        blank = false;
        if (is_unprintable(c))
            text_add(&out, "\xEF\xBF\xBD");
        else
            text_addn(&out, from, (size_t)(at - from));
    }
    return out.data;
}

/* ---- answers ----------------------------------------------------------------------------------- */

static bool bad(struct reading *r, enum problem_code problem, const char *what, struct part part)
{
    *r->out = (struct entry_command){.kind = ENTRY_BAD,
                                     .problem = problem,
                                     .what = what,
                                     .text = part_copy(r->arena, part),
                                     .whole = r->text};
    return true;
}

static bool bad_quantity(struct reading *r, struct part part)
{
    return bad(r, PROBLEM_bad_quantity, "The quantity", part);
}

static bool is_here(const struct reading *r, enum entry_kind kind)
{
    return infos[kind].screens & 1U << r->context->screen;
}

/* Commands on lines need a screen that shows them, and lines. */
static bool no_lines_here(struct reading *r, enum entry_kind kind)
{
    if (!is_here(r, kind))
        return bad(r, PROBLEM_bad_value, "The entry on this screen", part_of(r->text, NULL));
    if (r->context->last_line < 1)
        return bad(r, PROBLEM_no_lines, "", part_of(r->text, NULL));
    return false;
}

static bool amount_read(struct reading *r, struct part part)
{
    struct entry_command *out = r->out;
    out->exponent = r->context->exponent;
    out->has_amount = money_parse(part.at, part.len, out->exponent, &out->amount) &&
                      out->amount.minor > 0;
    return out->has_amount || !bad(r, PROBLEM_tender_amount, any_amount, part);
}

/* ---- numbers ----------------------------------------------------------------------------------- */

static const enum entry_kind kind_of_code[CODE_KINDS] = {
    [CODE_SKU] = ENTRY_SKU,
    [CODE_DISTRIBUTOR] = ENTRY_DISTRIBUTOR,
    [CODE_ORDER] = ENTRY_ORDER,
    [CODE_CERTIFICATE] = ENTRY_CERTIFICATE,
    [CODE_BARCODE] = ENTRY_BARCODE,
};

static void number_set(struct reading *r, enum code_kind kind, unsigned kinds, struct part digits)
{
    r->out->kind = kind_of_code[kind];
    r->out->text = part_copy(r->arena, digits);
    r->out->kinds = kinds;
    r->out->quantity = kind == CODE_SKU || kind == CODE_BARCODE;
    r->out->check_fails = !code_check_fits(kind, digits.at, digits.len);
}

/* An item with a quantity: among the kinds only a SKU or a barcode can be meant. */
static bool item_set(struct reading *r, struct part digits, int64_t quantity)
{
    unsigned kinds = code_kinds(&r->context->lengths, digits.at, digits.len);
    if (!(kinds & (CODE_BIT(CODE_SKU) | CODE_BIT(CODE_BARCODE))))
        return false;
    number_set(r, kinds & CODE_BIT(CODE_SKU) ? CODE_SKU : CODE_BARCODE, kinds, digits);
    r->out->quantity = quantity;
    return true;
}

/* A row of digits that is no code: a telephone number, or a slip. */
static bool number_unknown(struct reading *r, struct part digits)
{
    if (digits.len >= 10 || digits.at[0] == '0')
        return false;
    return bad(r, PROBLEM_unknown_sku, any_item, digits);
}

static bool read_number(struct reading *r)
{
    struct part digits = part_of(r->text, NULL);
    if (!part_is_digits(digits))
        return false;
    unsigned kinds = code_kinds(&r->context->lengths, digits.at, digits.len);
    if (!kinds)
        return number_unknown(r, digits);
    enum code_kind kind = 0;
    while (!(kinds & CODE_BIT(kind)))
        kind++;
    number_set(r, kind, kinds, digits);
    if (kinds != CODE_BIT(kind)) {
        *r->out = (struct entry_command){
            .kind = ENTRY_AMBIGUOUS, .text = r->out->text, .kinds = kinds};
        return true;
    }
    /* A telephone number may have the length of some code; SKUs may be without check digit. */
    return kind == CODE_SKU || digits.at[0] != '0' || !r->out->check_fails;
}

/* `q*SKU`. A star with something like a quantity or an item beside it is never searched for. */
static bool read_times(struct reading *r)
{
    const char *star = strchr(r->text, '*');
    if (!star)
        return false;
    struct part left = part_of(r->text, star), right = part_of(star + 1, NULL);
    int64_t quantity;
    if (part_number(left, 1, ENTRY_QUANTITY_MAX, &quantity)) {
        if (!right.len)
            return bad(r, PROBLEM_required, any_item, right);
        return item_set(r, right, quantity) || bad(r, PROBLEM_unknown_sku, any_item, right);
    }
    bool like_a_quantity = !left.len || is_digit(*left.at) || strchr("+-.", *left.at) ||
                           part_is_foreign(left) || part_is_digits(right);
    return like_a_quantity && bad_quantity(r, left);
}

/* `SKU q`; with a leading zero or more than three digits it may be a telephone number. */
static bool read_item_quantity(struct reading *r)
{
    const char *space = strchr(r->text, ' ');
    if (!space || r->text[0] == '0')
        return false;
    struct part item = part_of(r->text, space), quantity = part_of(space, NULL);
    int64_t q;
    if (!item_set(r, item, 1))
        return false;
    if (quantity.len <= 3 && quantity.at[0] != '0' && part_number(quantity, 1, 999, &q)) {
        r->out->quantity = q;
        return true;
    }
    bool zero = quantity.len == 1 && quantity.at[0] == '0';
    bool negative = quantity.at[0] == '-' && is_digit(quantity.at[1]);
    return (zero || negative || part_is_foreign(quantity)) && bad_quantity(r, quantity);
}

/* Digits of another script alone: refused rather than searched for in vain. */
static bool read_foreign_number(struct reading *r)
{
    bool foreign = false;
    for (const char *at = r->text, *end = at + strlen(at); at < end;) {
        uint32_t c = utf8_next(&at, end);
        if (c != ' ' && pan_digit_value(c) < 0)
            return false;
        foreign |= c >= 0x80;
    }
    return foreign && bad(r, PROBLEM_bad_value, "A number", part_of(r->text, NULL));
}

/* Digits and points: cash where there is something to pay. */
static bool read_decimal(struct reading *r)
{
    struct part part = part_of(r->text, NULL);
    if (!is_digit(part.at[0]) || strspn(part.at, "0123456789.") != part.len ||
        !strchr(part.at, '.'))
        return false;
    if (!is_here(r, ENTRY_CASH))
        return bad(r, PROBLEM_bad_value, "The entry on this screen", part);
    r->out->kind = ENTRY_CASH;
    amount_read(r, part);
    return true;
}

/* ---- signs ------------------------------------------------------------------------------------- */

static bool read_empty(struct reading *r)
{
    r->out->kind = ENTRY_EMPTY;
    return !r->text[0];
}

static bool read_unprintable(struct reading *r)
{
    if (!strstr(r->text, "\xEF\xBF\xBD"))
        return false;
    return bad(r, PROBLEM_bad_text, "The entry", part_of(r->text, NULL));
}

/* A card number stays one after its digits have been starred: nothing else has so many stars. */
static bool read_starred(struct reading *r)
{
    int stars = 0;
    for (const char *at = r->text; *at; at++)
        stars += *at == '*';
    return stars >= CARD_STARS &&
           bad(r, PROBLEM_card_number, "The entry", part_of(r->text, NULL));
}

static bool read_pick(struct reading *r)
{
    int64_t n;
    struct part digit = part_of(r->text, NULL);
    if (r->context->candidates < 1 || digit.len != 1 || !part_is_digits(digit))
        return false;
    if (!part_number(digit, 1, r->context->candidates, &n))
        return bad(r, PROBLEM_bad_value, "The choice", digit);
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
        return bad(r, PROBLEM_bad_value, "The function key", number);
    r->out->kind = ENTRY_FUNCTION_KEY;
    r->out->number = (int)n;
    return true;
}

/* What follows `.n`: `*q`, `+`, `+q` or `?`. */
static bool read_line_sign(struct reading *r, char sign, struct part rest)
{
    struct entry_command *out = r->out;
    out->quantity = 1;
    if (sign == '*' && part_number(rest, 0, ENTRY_QUANTITY_MAX, &out->quantity))
        out->kind = out->quantity ? ENTRY_SET : ENTRY_VOID;
    else if (sign == '+' && (!rest.len || part_number(rest, 1, ENTRY_QUANTITY_MAX, &out->quantity)))
        out->kind = ENTRY_MORE;
    else if (sign == '*' || sign == '+')
        return bad_quantity(r, rest);
    else if (sign == '?' && !rest.len)
        *out = (struct entry_command){.kind = ENTRY_WHY, .text = "", .number = out->number};
    else
        return bad(r, PROBLEM_bad_value, any_line, part_of(r->text + 1, NULL));
    return true;
}

static bool read_line(struct reading *r)
{
    int64_t n;
    if (r->text[0] != '.')
        return false;
    if (no_lines_here(r, ENTRY_SET))
        return true;
    const char *at = r->text + 1 + strspn(r->text + 1, "0123456789 ");
    struct part number = part_of(r->text + 1, at);
    if (!part_number(number, 1, r->context->last_line, &n))
        return bad(r, PROBLEM_bad_value, any_line, number.len ? number : part_of(at, NULL));
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
        digits += is_digit(*at);
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
        return (is_digit(*rest.at) || part_is_foreign(rest)) &&
               bad_quantity(r, part_of(r->text, NULL));
    if (!no_lines_here(r, ENTRY_VOID))
        *r->out = (struct entry_command){
            .kind = ENTRY_VOID, .text = "", .number = r->context->last_line};
    return true;
}

/* ---- verbs ------------------------------------------------------------------------------------- */

static void operand_text(struct reading *r, struct part operand)
{
    r->out->text = part_copy(r->arena, operand);
}

static void operand_mapped(struct reading *r, struct part operand, char (*map)(char))
{
    char *text = part_copy(r->arena, operand);
    for (char *at = text; *at; at++)
        *at = map(*at);
    r->out->text = text;
}

static void operand_lower(struct reading *r, struct part operand)
{
    operand_mapped(r, operand, lower);
}

static void operand_upper(struct reading *r, struct part operand)
{
    operand_mapped(r, operand, upper);
}

static void operand_address(struct reading *r, struct part operand)
{
    int64_t n = 0;
    if (operand.len && !part_number(operand, 1, ENTRY_ADDRESS_MAX, &n))
        bad(r, PROBLEM_bad_value, "The address", operand);
    else
        r->out->number = (int)n;
}

/* An item by number or words. */
static void operand_item(struct reading *r, struct part operand)
{
    unsigned kinds = code_kinds(&r->context->lengths, operand.at, operand.len);
    operand_text(r, operand);
    if (kinds & CODE_BIT(CODE_SKU))
        r->out->check_fails = !damm_valid(operand.at, operand.len);
    else if (kinds & CODE_BIT(CODE_BARCODE))
        r->out->check_fails = !ean13_valid(operand.at, operand.len);
}

static void operand_amount(struct reading *r, struct part operand)
{
    if (operand.len)
        amount_read(r, operand);
}

static void operand_amount_needed(struct reading *r, struct part operand)
{
    if (operand.len)
        amount_read(r, operand);
    else
        bad(r, PROBLEM_required, any_amount, operand);
}

/* The digits of a certificate, with what stands between them taken out; NULL if it has not the
 * right number of them. */
static const char *certificate_digits(struct reading *r, struct part part)
{
    struct text out;
    text_init(&out, r->arena);
    for (size_t i = 0; i < part.len; i++)
        if (is_digit(part.at[i]))
            text_addc(&out, part.at[i]);
        else if (part.at[i] != ' ' && part.at[i] != '-')
            return NULL;
    bool fits = out.len == r->context->lengths.length[CODE_CERTIFICATE] ||
                out.len == CERTIFICATE_LAST;
    return fits ? out.data : NULL;
}

/* `gc NUMBER` or `gc NUMBER amount`. */
static void operand_certificate(struct reading *r, struct part operand)
{
    struct entry_command *out = r->out;
    struct part amount = {operand.at + operand.len, 0};
    if (!operand.len) {
        bad(r, PROBLEM_required, "The certificate", operand);
        return;
    }
    out->text = certificate_digits(r, operand);
    if (!out->text) {
        while (amount.at > operand.at && amount.at[-1] != ' ') {
            amount.at--;
            amount.len++;
        }
        out->text = certificate_digits(r, part_of(operand.at, amount.at));
    }
    if (!out->text) {
        bad(r, PROBLEM_bad_value, "The certificate", operand);
        return;
    }
    size_t n = strlen(out->text);
    out->kinds = CODE_BIT(CODE_CERTIFICATE);
    out->check_fails = n != CERTIFICATE_LAST && !damm_valid(out->text, n);
    if (amount.len)
        amount_read(r, amount);
}

static const struct verb {
    const char *word;
    enum entry_kind kind;
    void (*operand)(struct reading *r, struct part operand); /* NULL: stands alone */
} verbs[] = {
    {"u", ENTRY_UNDO, NULL},
    {"r", ENTRY_REDO, NULL},
    {"y", ENTRY_TAKE, NULL},
    {"x", ENTRY_HIDE, NULL},
    {"later", ENTRY_LATER, NULL},
    {"t", ENTRY_TYPE, operand_lower},
    {"a", ENTRY_ADDRESS, operand_address},
    {"pl", ENTRY_PRICE_LIST, operand_upper},
    {"n", ENTRY_NOTE, operand_text},
    {"c", ENTRY_CUSTOMER, operand_text},
    {"s", ENTRY_STOCK, operand_item},
    {"gc", ENTRY_CERTIFICATE, operand_certificate},
    {"bal", ENTRY_BALANCE, operand_amount},
    {"ca", ENTRY_CASH, operand_amount_needed},
};

static bool verb_matches(const struct verb *verb, const char *text, size_t letters)
{
    if (strlen(verb->word) != letters)
        return false;
    for (size_t i = 0; i < letters; i++)
        if (lower(text[i]) != verb->word[i])
            return false;
    return true;
}

/* A verb counts when alone or followed by a digit or blank, and on its screens. */
static bool read_verb(struct reading *r)
{
    size_t letters = 0;
    while (is_letter(r->text[letters]))
        letters++;
    const char *behind = r->text + letters;
    if (!letters || (*behind && *behind != ' ' && !is_digit(*behind)))
        return false;
    struct part operand = part_of(behind, NULL);
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        const struct verb *verb = &verbs[i];
        if (!verb_matches(verb, r->text, letters) || !is_here(r, verb->kind))
            continue;
        if (!verb->operand && operand.len)
            return false;
        r->out->kind = verb->kind;
        if (verb->operand)
            verb->operand(r, operand);
        return true;
    }
    return false;
}

static bool read_words(struct reading *r)
{
    r->out->kind = ENTRY_WORDS;
    r->out->text = r->text;
    return true;
}

/* ---- the whole --------------------------------------------------------------------------------- */

/* In this order; the first that answers wins. */
static bool (*const readers[])(struct reading *r) = {
    read_empty,  read_unprintable, read_starred,       read_pick,    read_function_key,
    read_line,   read_times,       read_more,          read_void,    read_verb,
    read_number, read_decimal,     read_item_quantity, read_foreign_number, read_words,
};

/* One barcode in ten, and telephone numbers, would pass for a card. */
static bool is_surely_no_card(const struct entry_command *command)
{
    bool item = command->kind == ENTRY_BARCODE || command->kind == ENTRY_STOCK;
    return (item && ean13_valid(command->text, strlen(command->text))) ||
           (command->kind == ENTRY_WORDS && is_phone(command->text));
}

static void refuse_card(struct reading *r)
{
    size_t len = strlen(r->text);
    if (is_surely_no_card(r->out) || !pan_found(r->text, len))
        return;
    char *starred = arena_strndup(r->arena, r->text, len);
    pan_scrub(starred, len);
    r->text = starred;
    bad(r, PROBLEM_card_number, "The entry", part_of(starred, NULL));
}

void entry_parse(struct arena *arena, const char *text, const struct entry_context *context,
                 struct entry_command *out)
{
    static const struct entry_command nothing = {.text = "", .what = "", .whole = ""};
    struct reading r = {arena, context, line_clean(arena, text), out};
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        *out = nothing;
        if (readers[i](&r))
            break;
    }
    refuse_card(&r);
}
