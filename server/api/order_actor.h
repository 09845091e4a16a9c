/* What the one who asks may do with an order, and what comes of it. */
#pragma once

#include "server/api/call.h"

/* Whether the actor may take back the order that Q_order_get (statement `s`) has read; else
 * *problems says why not. */
bool order_may_be_cancelled(const struct call *c, size_t s, struct problems *problems);
/* Answers what a function that moves an order's state has said (`event` is logged when it did);
 * false when the state does not allow it: that is for the caller to say. */
bool order_answer_move(struct call *c, const char *event);
