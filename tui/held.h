/* Orders that were left but are not stored yet stay in memory until they are, and can be had back
 * from there, whatever the link does. */
#pragma once

#include "core/base.h"

struct app;
struct order;

void held_add(struct app *app, struct order *order);
/* It is stored, and about to be freed. */
void held_remove(struct app *app, struct order *order);
struct order *held_find(const struct app *app, const char *ulid);
/* Open again, as if it had never been left. */
void held_open(struct app *app, struct order *order);
void held_release(struct app *app);
