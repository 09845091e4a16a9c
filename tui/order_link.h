/* The traffic of the open order: quote, save, place. Only order.c has business here. */
#pragma once

#include "tui/order.h"

/* Sends what the latest edit calls for and what is not under way already. */
void order_link_send(struct order *order);
/* Something that placing may have waited for is there. */
void order_link_ready(struct order *order);
