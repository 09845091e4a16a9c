/* What the verbs of the grammar do to the lines and the head of the open order, on the order's
 * screen and in review alike. */
#pragma once

#include "core/entry.h"

struct app;

/* NULL when the kind is none of these. */
void (*order_command(enum entry_kind kind))(struct app *app, const struct entry_command *command);
