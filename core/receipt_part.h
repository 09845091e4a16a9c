/* What receipts and reports share. */
#pragma once

#include "core/receipt.h"

const char *receipt_money(struct arena *arena, struct money amount, int exponent);
void receipt_taxes(struct paper *paper, enum language language, const struct receipt_tax *taxes,
                   size_t n, int exponent);
const char *receipt_tender_title(enum language language, const char *kind);
