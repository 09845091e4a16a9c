/* The last order of whoever orders: shown in the head of the order, and repeated by F8. */
#pragma once

#include "core/wire/reply.h"

struct app;

/* Asks for it when the order has got another distributor; once per turn. */
void last_order_tick(struct app *app);
/* NULL while it is not known, or when there is none. */
const struct reply_order *last_order(const struct app *app);
/* There may be a newer one: one has been placed. */
void last_order_forget(struct app *app);
/* F8: its lines onto the open order, one step of undo; when it is still on its way, keys wait. */
void last_order_repeat(struct app *app);
/* Keys wait for it. */
bool last_order_awaited(const struct app *app);
/* It is not wanted any more. */
bool last_order_not(struct app *app);
