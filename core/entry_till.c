/* What is keyed at a till only: cash without its decimal point, slips, money moved and counted. */
#include "core/entry_reading.h"

#include "core/pieces.h"
#include "core/tr.h"

#include <string.h>

enum { SLIP_MOST = 20 };

bool reading_bare_cash(struct reading *r, struct part digits)
{
    enum entry_screen at = r->context->screen;
    bool at_till = at == AT_SALE || at == AT_COUNTER || at == AT_RETURN;
    if (!at_till || digits.len > ENTRY_BARE_CASH || digits.at[0] == '0')
        return false;
    *r->out = command_of(ENTRY_CASH);
    reading_amount(r, digits);
    r->out->is_bare = r->out->kind == ENTRY_CASH;
    return true;
}

/* The first word, and what stands behind it. */
static struct part first_word(struct part operand, struct part *rest)
{
    size_t n = 0;
    while (n < operand.len && operand.at[n] != ' ')
        n++;
    *rest = part_of(operand.at + n, operand.at + operand.len);
    return (struct part){operand.at, n};
}

/* `0423`, `0423 50.00`: letters, digits and dashes, of which one is a digit. */
static bool is_slip(struct part word)
{
    bool digit = false;
    for (size_t i = 0; i < word.len; i++) {
        char c = word.at[i];
        if (!char_is_letter(c) && !char_is_digit(c) && c != '-')
            return false;
        digit |= char_is_digit(c);
    }
    return digit && word.len <= SLIP_MOST;
}

void operand_slip(struct reading *r, struct part operand)
{
    struct part amount, number = first_word(operand, &amount);
    if (!operand.len) {
        reading_bad(r, PROBLEM_required, "The number on the slip", operand);
    } else if (!is_slip(number)) {
        reading_bad(r, PROBLEM_bad_value, "The number on the slip", number);
    } else {
        r->out->text = part_copy(r->arena, number);
        if (amount.len)
            reading_amount(r, amount);
    }
}

/* An amount, and something behind it that is needed, too. */
static void amount_and(struct reading *r, struct part operand, const char *what)
{
    struct part behind, amount = first_word(operand, &behind);
    if (!operand.len) {
        reading_bad(r, PROBLEM_required, "The amount", operand);
    } else if (!behind.len) {
        reading_bad(r, PROBLEM_required, what, operand);
    } else {
        r->out->text = part_copy(r->arena, behind);
        reading_amount(r, amount);
    }
}

/* Nothing is put into a drawer or taken out of it without a reason. */
void operand_move(struct reading *r, struct part operand)
{
    amount_and(r, operand, N_("The reason"));
}

/* `bank` shows what went there. */
void operand_bank(struct reading *r, struct part operand)
{
    if (operand.len)
        amount_and(r, operand, N_("The number of the bag"));
}

void operand_fetch(struct reading *r, struct part operand)
{
    amount_and(r, operand, N_("The number of the slip"));
}

/* `183.85`, or the pieces; an empty drawer is counted, too. */
void operand_count(struct reading *r, struct part operand)
{
    int exponent = r->context->exponent;
    struct pieces pieces;
    struct money sum;
    if (!operand.len) {
        reading_bad(r, PROBLEM_required, "What was counted", operand);
        return;
    }
    bool is_sum = money_parse(operand.at, operand.len, exponent, &sum) && sum.minor >= 0;
    if (!is_sum && pieces_read(operand.at, operand.len, exponent, &pieces)) {
        r->out->text = part_copy(r->arena, operand);
        sum = pieces.sum;
    } else if (!is_sum) {
        reading_bad(r, PROBLEM_bad_value, "What was counted", operand);
        return;
    }
    if (sum.minor > ENTRY_AMOUNT_MAX) {
        reading_bad(r, PROBLEM_tender_amount, "What was counted", operand);
        r->out->exponent = exponent;
        return;
    }
    r->out->amount = sum;
    r->out->has_amount = true;
    r->out->exponent = exponent;
}
