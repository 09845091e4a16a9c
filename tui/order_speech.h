/* What the open order is, said without a screen: whole, and the parts that the review says too. */
#pragma once

#include "tui/app.h"

/* For the screen on which it is keyed. */
void order_say(struct app *app, struct speech *speech);
/* Its lines, with what is wrong, what promotions do, and the total. */
void order_say_lines(struct app *app, struct speech *speech);
/* Its type, customer and note. */
void order_say_type(const struct app *app, struct speech *speech);
/* What the total is made of. */
void order_say_sums(const struct app *app, struct speech *speech);
/* Each with its line and what mends it; how many. */
size_t order_say_problems(const struct app *app, struct speech *speech,
                          const struct reply_problem *problems, size_t n);
