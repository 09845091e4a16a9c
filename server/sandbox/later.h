/* What comes of a request a moment after it: a payment that was processing, a dispute. Kept in the
 * store, so that it comes after a restart too. */
#pragma once

#include "server/sandbox/call.h"

/* `what` is a row of later.c, `target` the id of an object. */
void later_add(struct call *call, const char *what, const char *target, int64_t seconds);

struct laters *laters_start(struct sandbox *sandbox);
void laters_free(struct laters *laters);
