/* An entry line while it is being read: what the readers of the grammar share. */
#pragma once

#include "core/entry.h"
#include "core/entry_part.h"

struct reading {
    struct arena *arena;
    const struct entry_context *context;
    const char *text; /* cleaned */
    struct entry_command *out;
};

/* A command of that kind with nothing else in it. */
static inline struct entry_command command_of(enum entry_kind kind)
{
    return (struct entry_command){
        .kind = kind, .text = "", .choices = "", .exchange = "", .what = "", .whole = ""};
}

/* A reader says whether the line is of its form, and then has written the command. What it wrote
 * before it said no does not count. */
bool read_number(struct reading *r);
/* `q*SKU`. A star with something like a quantity or an item beside it is never searched for. */
bool read_times(struct reading *r);
/* `SKU q`; with a leading zero or more than three digits it may be a telephone number. */
bool read_item_quantity(struct reading *r);
/* `SKU/13`, `q*SKU/13`: a kit with what is chosen in it. */
bool read_kit(struct reading *r);
/* Digits of another script alone: refused rather than searched for in vain. */
bool read_foreign_number(struct reading *r);
/* Digits and points: cash where there is something to pay. */
bool read_decimal(struct reading *r);
/* `.2*1 d x41123` of a return; `R-10000013`. */
bool read_returned(struct reading *r);
bool read_return_number(struct reading *r);
void operand_return(struct reading *r, struct part operand);
/* What is keyed at a till only: a number and perhaps an amount; an amount and why; money counted.
 */
void operand_slip(struct reading *r, struct part operand);
void operand_move(struct reading *r, struct part operand);
void operand_bank(struct reading *r, struct part operand);
void operand_fetch(struct reading *r, struct part operand);
void operand_count(struct reading *r, struct part operand);
/* Up to ENTRY_BARE_CASH digits, where cash is taken over a counter. */
bool reading_bare_cash(struct reading *r, struct part digits);
/* A verb counts when alone or followed by a digit or blank, and on its screens. */
bool read_verb(struct reading *r);

/* `SKU=25`, `q*SKU=25`: a gift certificate with its value. */
bool read_valued(struct reading *r);
/* The numbers of choices: digits but 0. BAD otherwise. */
void reading_choices(struct reading *r, struct part part);
/* The command becomes BAD; always true, so that a reader can end with it. */
bool reading_bad(struct reading *r, enum problem_code problem, const char *what, struct part part);
bool reading_bad_quantity(struct reading *r, struct part part);
/* Whether the kind belongs to the screen. */
bool reading_on_screen(const struct reading *r, enum entry_kind kind);
/* The amount of the command, or BAD. */
void reading_amount(struct reading *r, struct part part);
