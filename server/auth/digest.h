/* SHA-256 of text that came from outside, for comparing it later: a request's body, an order's
 * lines. */
#pragma once

#include "core/base.h"

enum { DIGEST_HEX = 65 };

/* 64 hex digits. */
void digest_hex(const char *data, size_t len, char out[DIGEST_HEX]);
