/* Bytes as text (RFC 4648, section 4): what JSON carries for a printer. */
#pragma once

#include "core/arena.h"

/* The bytes, the arena's; NULL for what is not base64 in its one canonical form. */
const unsigned char *base64_read(struct arena *arena, const char *text, size_t *len);
