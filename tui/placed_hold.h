/* Holding a placed order back from release, and letting it go on. */
#pragma once

#include "core/base.h"

struct app;

/* Asks the server; the news come with its answer, and the screen is asked for again. */
void placed_hold(struct app *app, const char *number, bool hold, const char *reason);
