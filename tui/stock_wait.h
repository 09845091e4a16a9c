/* The waiting list, from the stock of an item: whoever orders now waits for it. */
#pragma once

#include "core/base.h"

struct app;

/* Asks the server to put the person of the open order on the list; says when there is none. */
void stock_wait(struct app *app, const char *sku, int64_t qty);
