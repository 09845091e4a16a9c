/* The way back from a command to text, and what is said about a bad one. */
#include "core/entry.h"

#include "core/text.h"

#include <string.h>

/* With a point even where the currency has no minor units: "100." is never part of a number. */
static void add_amount(struct text *out, const struct entry_command *command)
{
    char amount[MONEY_TEXT];
    text_add(out, money_format(amount, command->amount, command->exponent, false));
    if (command->exponent == 0)
        text_addc(out, '.');
}

static void add_verb(struct text *out, const struct entry_command *command)
{
    text_add(out, entry_info(command->kind)->verb);
    if (command->text[0])
        text_printf(out, " %s", command->text);
    if (command->number)
        text_printf(out, " %d", command->number);
    if (command->has_amount) {
        text_addc(out, ' ');
        add_amount(out, command);
    }
}

/* The digits alone would ask which kind is meant, or be taken for a telephone number. */
static bool needs_quantity(const struct entry_command *command)
{
    bool several = (command->kinds & (command->kinds - 1)) != 0;
    bool phone = command->kind == ENTRY_BARCODE && command->check_fails && command->text[0] == '0';
    return command->quantity != 1 ||
           ((several || phone) && !command->choices[0] && !command->has_amount);
}

static void add_item(struct text *out, const struct entry_command *command)
{
    if (needs_quantity(command))
        text_printf(out, "%lld*", (long long)command->quantity);
    text_add(out, command->text);
    if (command->choices[0])
        text_printf(out, "/%s", command->choices);
    if (command->has_amount) {
        text_addc(out, '=');
        add_amount(out, command);
    }
}

static void add_more(struct text *out, const struct entry_command *command)
{
    if (command->number)
        text_printf(out, ".%d", command->number);
    text_printf(out, "+%lld", (long long)command->quantity);
}

static void add_void(struct text *out, const struct entry_command *command)
{
    text_printf(out, ".%d*0", command->number);
}

static void add_wait(struct text *out, const struct entry_command *command)
{
    text_printf(out, ".w %lld", (long long)command->quantity);
}

static void add_set(struct text *out, const struct entry_command *command)
{
    text_printf(out, ".%d*%lld", command->number, (long long)command->quantity);
}

static void add_choose(struct text *out, const struct entry_command *command)
{
    text_printf(out, ".%d/%s", command->number, command->choices);
}

static void add_why(struct text *out, const struct entry_command *command)
{
    text_printf(out, ".%d?", command->number);
}

static void add_free(struct text *out, const struct entry_command *command)
{
    text_printf(out, ".%df", command->number);
}

static void add_choices(struct text *out, const struct entry_command *command)
{
    (void)command;
    text_addc(out, '?');
}

static void add_pick(struct text *out, const struct entry_command *command)
{
    text_printf(out, "%d", command->number);
}

static void add_function_key(struct text *out, const struct entry_command *command)
{
    text_printf(out, "/%d", command->number);
}

static void add_other(struct text *out, const struct entry_command *command)
{
    (void)command;
    text_add(out, ".d");
}

static void add_returned(struct text *out, const struct entry_command *command)
{
    text_printf(out, ".%d", command->number);
    if (command->part)
        text_printf(out, "/%d", command->part);
    text_printf(out, "*%lld", (long long)command->quantity);
    if (command->text[0])
        text_printf(out, " %s", command->text);
    if (command->exchange[0])
        text_printf(out, " x%s", command->exchange);
    if (command->choices[0])
        text_printf(out, "/%s", command->choices);
}

static void add_cash(struct text *out, const struct entry_command *command)
{
    int64_t whole = command->amount.minor;
    for (int i = 0; i < command->exponent; i++)
        whole /= 10;
    if (command->is_bare)
        text_printf(out, "%lld", (long long)whole);
    else
        add_verb(out, command);
}

static void add_move(struct text *out, const struct entry_command *command)
{
    text_add(out, entry_info(command->kind)->verb);
    if (!command->has_amount) /* `bank` */
        return;
    text_add(out, " ");
    add_amount(out, command);
    text_printf(out, " %s", command->text);
}

/* The pieces have their sum. */
static void add_count(struct text *out, const struct entry_command *command)
{
    text_printf(out, "%s ", entry_info(command->kind)->verb);
    if (command->text[0])
        text_add(out, command->text);
    else
        add_amount(out, command);
}

static void add_whole(struct text *out, const struct entry_command *command)
{
    text_add(out, command->whole);
}

/* Those that are not written as a verb or as their text. */
static void (*const writers[ENTRY_KINDS])(struct text *out, const struct entry_command *command) = {
    [ENTRY_SKU] = add_item,          [ENTRY_BARCODE] = add_item,
    [ENTRY_MORE] = add_more,         [ENTRY_VOID] = add_void,
    [ENTRY_SET] = add_set,           [ENTRY_WHY] = add_why,
    [ENTRY_PICK] = add_pick,         [ENTRY_FUNCTION_KEY] = add_function_key,
    [ENTRY_FREE] = add_free,         [ENTRY_CHOICES] = add_choices,
    [ENTRY_OTHER] = add_other,       [ENTRY_WAIT] = add_wait,
    [ENTRY_BAD] = add_whole,         [ENTRY_CHOOSE] = add_choose,
    [ENTRY_RETURNED] = add_returned, [ENTRY_CASH] = add_cash,
    [ENTRY_PAY_IN] = add_move,       [ENTRY_PAY_OUT] = add_move,
    [ENTRY_BANK] = add_move,         [ENTRY_FETCH] = add_move,
    [ENTRY_COUNT] = add_count,
};

char *entry_format(struct arena *arena, const struct entry_command *command)
{
    struct text out;
    text_init(&out, arena);
    if (writers[command->kind])
        writers[command->kind](&out, command);
    else if (entry_info(command->kind)->verb[0])
        add_verb(&out, command);
    else
        text_add(&out, command->text);
    return out.data;
}

bool entry_equal(const struct entry_command *a, const struct entry_command *b)
{
    return a->kind == b->kind && a->quantity == b->quantity && a->number == b->number &&
           a->amount.minor == b->amount.minor && a->has_amount == b->has_amount &&
           a->exponent == b->exponent && a->is_bare == b->is_bare && a->kinds == b->kinds &&
           a->check_fails == b->check_fails && a->problem == b->problem &&
           strcmp(a->text, b->text) == 0 && strcmp(a->choices, b->choices) == 0 &&
           a->part == b->part && strcmp(a->exchange, b->exchange) == 0 &&
           strcmp(a->what, b->what) == 0 && strcmp(a->whole, b->whole) == 0;
}

/* The name that the sentence gives to the offending text, where it is not {value}. */
static const struct {
    enum problem_code code;
    const char *param;
} value_params[] = {
    {PROBLEM_bad_quantity, "qty"},
    {PROBLEM_unknown_sku, "sku"},
    {PROBLEM_tender_amount, "amount"},
};

void entry_explain(const struct entry_command *command, struct problems *problems)
{
    const char *value = "value";
    struct problem *problem = problems_add(problems, command->problem, "", NULL);
    for (size_t i = 0; i < ARRAY_LEN(value_params); i++)
        if (value_params[i].code == command->problem)
            value = value_params[i].param;
    problem_set_text(problem, value, command->text);
    problem_set_words(problem, "what", command->what);
    if (command->problem == PROBLEM_bad_quantity)
        problem_set_number(problem, "max", ENTRY_QUANTITY_MAX);
    if (command->problem == PROBLEM_tender_amount)
        problem_set_money(problem, "max", ENTRY_AMOUNT_MAX, command->exponent);
}
