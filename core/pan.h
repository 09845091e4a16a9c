/* The guard against card numbers: nothing that looks like one is kept, logged, mirrored or sent on.
 *
 * What looks like one: 13 to 19 decimal digits of any script, with at most one blank, dash or dot
 * between two digits, that pass the Luhn check and begin as issuers' numbers do (2221-2720, 30,
 * 34-39, 4, 5, 6). They must be the whole of such a run of digits, or stand in it grouped as cards
 * are printed ("2 4111 1111 1111 1111"). A list of five-digit codes may look like one by chance;
 * callers that know better (a barcode whose check digit fits) ask about the rest only. */
#pragma once

#include "core/base.h"

/* `text` need not be well-formed UTF-8. */
bool pan_found(const char *text, size_t len);
/* Overwrites every byte of the digits of all card numbers with '*', separators stay; afterwards
 * pan_found() says no. Returns how many numbers there were. */
size_t pan_scrub(char *text, size_t len);

/* What may stand between two digits of one number: blanks, dashes, dots of any script. */
bool pan_is_separator(uint32_t code_point);
/* 0 to 9 for a decimal digit of any script (Unicode category Nd), -1 for anything else. */
int pan_digit_value(uint32_t code_point);
