/* What is asked once before an order is placed: whether it repeats another one, and whether the
 * buyer is old enough. F9 again says yes to what was asked. */
#pragma once

#include "tui/app.h"

/* It is to be asked before this order can be placed. */
bool kit_must_ask(const struct order *order);
/* Asks for the next of them; false when nothing else keeps the order from being placed than what
 * was said already, or when something else does. */
bool kit_ask(struct app *app, struct order *order);
