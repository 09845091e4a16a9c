/* A return as it is seen and heard: lines, what comes back of them and what goes out, the money. */
#pragma once

#include "tui/back.h"
#include "tui/speech.h"

void return_view_draw(struct app *app, struct frame *frame);
void return_view_say(struct app *app, struct speech *speech);
/* The letters and names of all reasons; the arena's. */
const char *return_view_reasons(struct arena *arena, const struct back *back);
