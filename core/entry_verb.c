/* The reader of verbs, and what may follow each. */
#include "core/entry_reading.h"

#include "core/text.h"
#include "core/tr.h"

#include <string.h>

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
    operand_mapped(r, operand, char_lower);
}

static void operand_upper(struct reading *r, struct part operand)
{
    operand_mapped(r, operand, char_upper);
}

/* A number, `p` for picking up, or an address in full: its parts have commas between them. */
static void operand_address(struct reading *r, struct part operand)
{
    int64_t n = 0;
    bool is_full = operand.len && memchr(operand.at, ',', operand.len);
    bool is_pickup = operand.len == 1 && char_lower(*operand.at) == 'p';
    if (is_full)
        operand_text(r, operand);
    else if (is_pickup)
        operand_lower(r, operand);
    else if (operand.len && !part_number(operand, 1, ENTRY_ADDRESS_MAX, &n))
        reading_bad(r, PROBLEM_bad_value, "The address", operand);
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

static void operand_language(struct reading *r, struct part operand)
{
    char *name = part_copy(r->arena, operand);
    enum language language = language_by_name(name);
    if (language != LANGUAGES)
        r->out->text = language_info(language)->name;
    else if (operand.len)
        reading_bad(r, PROBLEM_bad_value, "The language", operand);
}

static void operand_amount(struct reading *r, struct part operand)
{
    if (operand.len)
        reading_amount(r, operand);
}

static void operand_amount_needed(struct reading *r, struct part operand)
{
    if (operand.len)
        reading_amount(r, operand);
    else
        reading_bad(r, PROBLEM_required, "The amount", operand);
}

/* The digits of a certificate, with what stands between them taken out; NULL if it has not the
 * right number of them. */
static const char *certificate_digits(struct reading *r, struct part part)
{
    struct text out;
    text_init(&out, r->arena);
    for (size_t i = 0; i < part.len; i++)
        if (char_is_digit(part.at[i]))
            text_addc(&out, part.at[i]);
        else if (part.at[i] != ' ' && part.at[i] != '-')
            return NULL;
    bool fits =
        out.len == r->context->lengths.length[CODE_CERTIFICATE] || out.len == CERTIFICATE_LAST;
    return fits ? out.data : NULL;
}

/* `gc NUMBER` or `gc NUMBER amount`. */
static void operand_certificate(struct reading *r, struct part operand)
{
    struct entry_command *out = r->out;
    struct part amount = {operand.at + operand.len, 0};
    if (!operand.len) {
        reading_bad(r, PROBLEM_required, "The certificate", operand);
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
        reading_bad(r, PROBLEM_bad_value, "The certificate", operand);
        return;
    }
    size_t n = strlen(out->text);
    out->kinds = CODE_BIT(CODE_CERTIFICATE);
    out->check_fails = n != CERTIFICATE_LAST && !damm_valid(out->text, n);
    if (amount.len)
        reading_amount(r, amount);
}

/* `card 2`, `card 50.00` or `card 2 50.00`: an amount has a point, or stands behind the number. */
static void operand_card(struct reading *r, struct part operand)
{
    struct part rest = operand;
    while (rest.len && *rest.at != ' ' && *rest.at != '.') {
        rest.at++;
        rest.len--;
    }
    if (rest.len && *rest.at == '.')
        rest = operand;
    size_t digits = operand.len - rest.len;
    if (digits == 1 && char_is_digit(*operand.at) && *operand.at != '0')
        r->out->number = *operand.at - '0';
    else if (digits)
        reading_bad(r, PROBLEM_bad_value, "The card", operand);
    while (rest.len && *rest.at == ' ') {
        rest.at++;
        rest.len--;
    }
    if (rest.len && r->out->kind == ENTRY_CARD)
        reading_amount(r, rest);
}

/* What may follow a verb; those without a function stand alone. */
static void (*const operands[ENTRY_KINDS])(struct reading *r, struct part operand) = {
    [ENTRY_REPEATS] = operand_text,       [ENTRY_EVERY] = operand_text,
    [ENTRY_OVERRIDE] = operand_text,      [ENTRY_RETURN] = operand_return,
    [ENTRY_HOLD] = operand_text,          [ENTRY_TYPE] = operand_lower,
    [ENTRY_ADDRESS] = operand_address,    [ENTRY_PRICE_LIST] = operand_upper,
    [ENTRY_NOTE] = operand_text,          [ENTRY_COUPON] = operand_upper,
    [ENTRY_CUSTOMER] = operand_text,      [ENTRY_NEW_CUSTOMER] = operand_text,
    [ENTRY_PERSON] = operand_text,        [ENTRY_ORDERS] = operand_text,
    [ENTRY_STOCK] = operand_item,         [ENTRY_CERTIFICATE] = operand_certificate,
    [ENTRY_BALANCE] = operand_amount,     [ENTRY_CREDIT] = operand_amount,
    [ENTRY_CARD] = operand_card,          [ENTRY_LINK] = operand_amount,
    [ENTRY_CASH] = operand_amount_needed, [ENTRY_LANGUAGE] = operand_language,
    [ENTRY_SLIP] = operand_slip,          [ENTRY_CHEQUE] = operand_slip,
    [ENTRY_SHOW_LINK] = operand_amount,   [ENTRY_VOID_SALE] = operand_text,
    [ENTRY_PAY_IN] = operand_move,        [ENTRY_PAY_OUT] = operand_move,
    [ENTRY_BANK] = operand_bank,          [ENTRY_FETCH] = operand_fetch,
    [ENTRY_COUNT] = operand_count,        [ENTRY_GOES_TO] = operand_lower,
};

static bool verb_matches(const char *verb, const char *text, size_t letters)
{
    if (strlen(verb) != letters)
        return false;
    for (size_t i = 0; i < letters; i++)
        if (char_lower(text[i]) != verb[i])
            return false;
    return true;
}

bool read_verb(struct reading *r)
{
    size_t letters = r->text[0] == '/';
    while (char_is_letter(r->text[letters]))
        letters++;
    const char *behind = r->text + letters;
    if (!letters || (*behind && *behind != ' ' && !char_is_digit(*behind)))
        return false;
    enum entry_kind kind = 0;
    while (kind < ENTRY_KINDS &&
           !(verb_matches(entry_info(kind)->verb, r->text, letters) && reading_on_screen(r, kind)))
        kind++;
    if (kind == ENTRY_KINDS || (!operands[kind] && *behind))
        return false;
    r->out->kind = kind;
    if (operands[kind])
        operands[kind](r, part_of(behind, NULL));
    return true;
}
