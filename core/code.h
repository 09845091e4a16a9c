/* The numbers people read to each other: what makes one well formed, and which kinds of number a
 * row of digits can be. Numbers end in a Damm check digit, which catches every single wrong digit
 * and every swap of neighbours; barcodes end in the check digit of GS1. All digits are ASCII. */
#pragma once

#include "core/base.h"

enum code_kind {
    CODE_SKU,
    CODE_DISTRIBUTOR,
    CODE_ORDER,
    CODE_CERTIFICATE,
    CODE_BARCODE,
    CODE_KINDS,
};

/* How many digits each kind has, check digit included: a company's choice, except EAN-13. */
struct code_lengths {
    uint8_t length[CODE_KINDS];
};

/* How many digits say which certificate, where the buyer is known. */
enum { CERTIFICATE_LAST = 6 };

/* The bit of a kind in the masks of this module. */
#define CODE_BIT(kind) (1U << (kind))

/* `n` ASCII digits, at least one. */
bool code_is_digits(const char *text, size_t n);
/* Within SKU 5-8, distributor 7-9, order 9-11, certificate 16, barcode 13, and no two the same. */
bool code_lengths_valid(const struct code_lengths *lengths);
/* The kinds that have `n` digits, as CODE_BITs; 0 also for what is no row of digits. */
unsigned code_kinds(const struct code_lengths *lengths, const char *digits, size_t n);
/* Whether the check digit of a number of that kind fits. */
bool code_check_fits(enum code_kind kind, const char *digits, size_t n);

/* The digit to append to `n` digits, '0' to '9'. The quasigroup is the one of H. M. Damm, "Total
 * anti-symmetrische Quasigruppen" (2004): 572 gives 4. */
char damm_digit(const char *digits, size_t n);
/* At least two digits, the last of which is the check digit of the others. */
bool damm_valid(const char *digits, size_t n);
/* Thirteen digits, the last of which makes the sum with weights 1, 3, 1, 3 ... a multiple of 10. */
bool ean13_valid(const char *digits, size_t n);

enum { ULID_TEXT = 27, ULID_RANDOM = 10 };
/* 26 digits of Crockford's base 32 in upper case, at most 128 bits. */
bool ulid_valid(const char *text);
/* `unix_ms` below 2^48; the random bytes are the caller's. */
void ulid_format(char out[ULID_TEXT], uint64_t unix_ms, const uint8_t random[ULID_RANDOM]);
