/* The coach: one line that says what could be done next, for operators who are new. It shows itself
 * to who has taken few orders, until `tips` says otherwise; that is kept per login. */
#pragma once

#include "core/base.h"

struct app;

enum coach_wish { COACH_AUTO, COACH_ON, COACH_OFF };

/* Reads what the login has said before. */
void coach_begin(struct app *app);
/* The other way round, from now on. */
void coach_toggle(struct app *app);
/* The line for the present screen, in the operator's language; "" for none. */
const char *coach_line(const struct app *app);
