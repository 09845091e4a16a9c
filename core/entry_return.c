/* What is keyed of returns: which one, and what comes back of each line. */
#include "core/entry_reading.h"

#include <string.h>

enum { LINE_MOST = 999, DIGITS_LEAST = 6, DIGITS_MOST = 10, REASON_MOST = 24 };

static size_t digits_at(const char *at)
{
    return strspn(at, "0123456789");
}

/* "R-10000013", as it stands on a parcel. */
bool read_return_number(struct reading *r)
{
    const char *text = r->text;
    if (char_lower(text[0]) != 'r' || text[1] != '-' || !reading_on_screen(r, ENTRY_RETURN))
        return false;
    size_t n = digits_at(text + 2);
    if (n < DIGITS_LEAST || n > DIGITS_MOST || text[2 + n])
        return false;
    r->out->kind = ENTRY_RETURN;
    r->out->text = arena_printf(r->arena, "R-%s", text + 2);
    return true;
}

/* An order's number, a return's, or nothing: of the order that is shown. */
void operand_return(struct reading *r, struct part operand)
{
    struct reading inner = {r->arena, r->context, part_copy(r->arena, operand), r->out};
    if (read_return_number(&inner))
        return;
    r->out->text = inner.text;
    unsigned kinds = code_kinds(&r->context->lengths, operand.at, operand.len);
    if (kinds & CODE_BIT(CODE_ORDER))
        r->out->check_fails = !damm_valid(operand.at, operand.len);
    else if (operand.len && !(part_is_digits(operand) && operand.len >= DIGITS_LEAST &&
                              operand.len <= DIGITS_MOST))
        reading_bad(r, PROBLEM_bad_value, "The order or return", operand);
}

/* `x41123`, `x60500/13`: what goes out in its place. */
static bool read_exchange(struct reading *r, const char *at)
{
    struct entry_command *out = r->out;
    size_t n = digits_at(at + 1);
    if (char_lower(*at) != 'x' || n == 0)
        return reading_bad(r, PROBLEM_bad_value, "What goes out for it", part_of(at, NULL));
    out->exchange = arena_strndup(r->arena, at + 1, n);
    if (at[1 + n] == '/')
        reading_choices(r, part_of(at + 2 + n, NULL));
    else if (at[1 + n])
        return reading_bad(r, PROBLEM_bad_value, "What goes out for it", part_of(at, NULL));
    return true;
}

static bool is_exchange(const char *at)
{
    return char_lower(*at) == 'x' && char_is_digit(at[1]);
}

/* Behind the quantity: a word or letter for the reason, and what goes out. */
static bool read_reason(struct reading *r, const char *at)
{
    size_t n = 0;
    at += *at == ' ';
    if (!*at)
        return true;
    if (is_exchange(at))
        return read_exchange(r, at);
    while (char_is_letter(at[n]) || at[n] == '_')
        n++;
    if (n == 0 || n > REASON_MOST || (at[n] && at[n] != ' '))
        return reading_bad(r, PROBLEM_bad_value, "The reason", part_of(at, NULL));
    char *reason = arena_strndup(r->arena, at, n);
    for (char *c = reason; *c; c++)
        *c = char_lower(*c);
    r->out->text = reason;
    return at[n] ? read_exchange(r, at + n + 1) : true;
}

static bool read_count(struct reading *r, const char **at, const char *what, int64_t least,
                       int64_t most, int64_t *out)
{
    size_t n = digits_at(*at);
    if (!part_number(part_of(*at, *at + n), least, most, out))
        return !reading_bad(r, PROBLEM_bad_value, what, part_of(*at, NULL));
    *at += n;
    return true;
}

/* `.2*1 d x41123`; `.2/3*1 d` is the third part of a kit. Quantity 0 takes the line back. */
bool read_returned(struct reading *r)
{
    struct entry_command *out = r->out;
    const char *at = r->text + 1;
    int64_t line = 0, part = 0;
    if (r->text[0] != '.' || !reading_on_screen(r, ENTRY_RETURNED))
        return false;
    out->kind = ENTRY_RETURNED;
    out->quantity = 1;
    if (!read_count(r, &at, "The line", 1, LINE_MOST, &line))
        return true;
    if (*at == '/' && (at++, !read_count(r, &at, "The part", 1, LINE_MOST, &part)))
        return true;
    if (*at == '*' &&
        (at++, !read_count(r, &at, "The quantity", 0, ENTRY_QUANTITY_MAX, &out->quantity)))
        return true;
    out->number = (int)line;
    out->part = (int)part;
    return read_reason(r, at);
}
