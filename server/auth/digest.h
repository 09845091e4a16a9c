/* SHA-256: of text that came from outside, for comparing it later (a request's body, an order's
 * lines), and of tokens. By OpenSSL, which uses the processor's instructions for it. */
#pragma once

#include "core/base.h"

enum { DIGEST = 32, DIGEST_HEX = 2 * DIGEST + 1 };

void digest(const char *data, size_t len, uint8_t out[DIGEST]);
/* 64 hex digits. */
void digest_hex(const char *data, size_t len, char out[DIGEST_HEX]);
