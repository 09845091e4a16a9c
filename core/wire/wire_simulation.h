/* Simulations of promotions on the wire: the orders as the database hands them over, the report as
 * a reply. */
#pragma once

#include "core/promo/simulation.h"
#include "core/wire/wire.h"

/* One order: {"number", "person", "recruiter", "rank", "channel", "today", "first_order",
 * "people"?, "coupons"?, "recruits"?, "draft"}. False for what is none. The arena's. */
bool wire_simulation_order(struct arena *arena, const char *text,
                           struct simulation_order *out) MUST_CHECK;
json_t *wire_simulation_write(struct arena *arena, enum language language,
                              const struct catalogue *catalogue, const char *code,
                              const struct simulation_report *report);
