/* Idempotency keys: the first answer to a key is kept for a day, and is the answer to every further
 * request with it. */
#pragma once

#include "server/sandbox/call.h"
#include "server/sandbox/params.h"

/* False: the call has its answer (the kept one, or why the key will not do). `*kept` is then the
 * kept answer's text, or NULL. Otherwise the key is in flight until idempotency_end. */
bool idempotency_begin(struct call *call, enum route route, const char **kept);
/* Keeps what the call answers; before its change is committed. */
void idempotency_keep(struct call *call, enum route route, const char *body);
void idempotency_end(struct sandbox *sandbox, const char *key);
