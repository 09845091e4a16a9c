#include "tui/order.h"

#include <string.h>

void order_sell(struct order *order, const struct order_till *till)
{
    struct order_version *version = &order->versions[order->at];
    strncpy(order->shift, till->shift, sizeof order->shift - 1);
    strncpy(order->walk_in, till->walk_in, sizeof order->walk_in - 1);
    version->draft.destination = SHIP_pickup;
    version->draft.at_counter = true;
    if (version->draft.distributor || !*till->walk_in)
        return;
    version->draft.type = ORDER_customer;
    version->draft.distributor = arena_strdup(version->arena, till->walk_in_of);
    version->draft.customer = arena_strdup(version->arena, till->walk_in);
}

bool order_is_walk_in(const struct order *order)
{
    const char *customer = order_draft(order)->customer;
    return *order->walk_in && customer && strcmp(customer, order->walk_in) == 0;
}
