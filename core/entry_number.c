/* The readers of rows of digits: codes, items with quantities, amounts. */
#include "core/entry_reading.h"

#include "core/kit.h"
#include "core/pan.h"
#include "core/text.h"

#include <string.h>

static const enum entry_kind kind_of_code[CODE_KINDS] = {
    [CODE_SKU] = ENTRY_SKU,         [CODE_DISTRIBUTOR] = ENTRY_DISTRIBUTOR,
    [CODE_ORDER] = ENTRY_ORDER,     [CODE_CERTIFICATE] = ENTRY_CERTIFICATE,
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
    return reading_bad(r, PROBLEM_unknown_sku, "The item", digits);
}

bool read_number(struct reading *r)
{
    struct part digits = part_of(r->text, NULL);
    if (!part_is_digits(digits))
        return false;
    unsigned kinds = code_kinds(&r->context->lengths, digits.at, digits.len);
    if (!kinds)
        return reading_bare_cash(r, digits) || number_unknown(r, digits);
    enum code_kind kind = 0;
    while (!(kinds & CODE_BIT(kind)))
        kind++;
    if (kinds != CODE_BIT(kind)) {
        *r->out = command_of(ENTRY_AMBIGUOUS);
        r->out->text = part_copy(r->arena, digits);
        r->out->kinds = kinds;
        return true;
    }
    number_set(r, kind, kinds, digits);
    /* A telephone number may have the length of some code; SKUs may be without check digit. */
    return kind == CODE_SKU || digits.at[0] != '0' || !r->out->check_fails;
}

bool read_times(struct reading *r)
{
    const char *star = strchr(r->text, '*');
    if (!star)
        return false;
    struct part left = part_of(r->text, star), right = part_of(star + 1, NULL);
    int64_t quantity;
    if (part_number(left, 1, ENTRY_QUANTITY_MAX, &quantity)) {
        if (!right.len)
            return reading_bad(r, PROBLEM_required, "The item", right);
        return item_set(r, right, quantity) ||
               reading_bad(r, PROBLEM_unknown_sku, "The item", right);
    }
    bool like_a_quantity = !left.len || char_is_digit(*left.at) || strchr("+-.", *left.at) ||
                           part_is_foreign(left) || part_is_digits(right);
    return like_a_quantity && reading_bad_quantity(r, left);
}

void reading_choices(struct reading *r, struct part part)
{
    if (part.len >= 1 && part.len <= KIT_CHOICES && strspn(part.at, "123456789") >= part.len)
        r->out->choices = part_copy(r->arena, part);
    else if (part.len)
        reading_bad(r, PROBLEM_bad_choices, "", part);
    else
        reading_bad(r, PROBLEM_required, "The choice", part);
}

/* `SKU` or `q*SKU` in front of a sign; NULL when that is not what stands there, else what stands
 * behind the sign. */
static const char *item_before(struct reading *r, char sign)
{
    const char *end = strchr(r->text, sign);
    if (!end || end == r->text)
        return NULL;
    struct part item = part_of(r->text, end);
    const char *star = memchr(item.at, '*', item.len);
    int64_t quantity = 1;
    if (star && !part_number(part_of(item.at, star), 1, ENTRY_QUANTITY_MAX, &quantity))
        return NULL;
    item = star ? part_of(star + 1, end) : item;
    return part_is_digits(item) && item_set(r, item, quantity) ? end + 1 : NULL;
}

/* A slash behind digits is never searched for. */
bool read_kit(struct reading *r)
{
    const char *choices = item_before(r, '/');
    if (!choices)
        return false;
    reading_choices(r, part_of(choices, NULL));
    return true;
}

bool read_valued(struct reading *r)
{
    const char *value = item_before(r, '=');
    if (!value)
        return false;
    struct part part = part_of(value, NULL);
    if (part.len)
        reading_amount(r, part);
    else
        reading_bad(r, PROBLEM_required, "The value", part);
    return true;
}

bool read_item_quantity(struct reading *r)
{
    const char *space = strchr(r->text, ' ');
    if (!space || r->text[0] == '0')
        return false;
    struct part item = part_of(r->text, space), quantity = part_of(space, NULL);
    int64_t q;
    if (!item_set(r, item, 1))
        return false;
    if (quantity.at[0] != '0' && part_number(quantity, 1, 999, &q)) {
        r->out->quantity = q;
        return true;
    }
    bool zero = quantity.len == 1 && quantity.at[0] == '0';
    bool negative = quantity.at[0] == '-' && char_is_digit(quantity.at[1]);
    return (zero || negative || part_is_foreign(quantity)) && reading_bad_quantity(r, quantity);
}

bool read_foreign_number(struct reading *r)
{
    bool foreign = false;
    for (const char *at = r->text, *end = at + strlen(at); at < end;) {
        uint32_t c = utf8_next(&at, end);
        if (c != ' ' && pan_digit_value(c) < 0)
            return false;
        foreign |= c >= 0x80;
    }
    return foreign && reading_bad(r, PROBLEM_bad_value, "A number", part_of(r->text, NULL));
}

bool read_decimal(struct reading *r)
{
    struct part part = part_of(r->text, NULL);
    if (!char_is_digit(part.at[0]) || strspn(part.at, "0123456789.") != part.len ||
        !strchr(part.at, '.'))
        return false;
    if (!reading_on_screen(r, ENTRY_CASH))
        return reading_bad(r, PROBLEM_bad_value, "The entry on this screen", part);
    r->out->kind = ENTRY_CASH;
    reading_amount(r, part);
    return true;
}
