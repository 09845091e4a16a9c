/* Percent-encoding of paths and queries. */
#pragma once

#include "core/arena.h"

/* The text that `text` encodes, decoded once; with `plus`, as in a query, + is a blank. NULL when
 * an escape is broken or the result is not UTF-8 (which has no NUL here). */
char *uri_decode(struct arena *arena, const char *text, size_t len, bool plus);
