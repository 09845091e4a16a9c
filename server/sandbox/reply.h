/* Answers on their way: not before what they tell is on the disk, and as their fate wants. */
#pragma once

#include "server/sandbox/call.h"

/* Sends call->status and `body` (from the arena of the request); the idempotency key, when the call
 * still has one, is in flight until then. */
void reply_when_safe(struct call *call, struct http_exchange *exchange, const char *type,
                     const char *body);
