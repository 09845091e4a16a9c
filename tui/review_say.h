/* The review without a screen: everything that it shows, as lines of text. */
#pragma once

#include "tui/app.h"

void review_say(struct app *app, struct speech *speech);

/* ---- from screen_review.c ---- */
/* What the total was before it changed; -1: it did not. */
int64_t review_total_before(const struct app *app);
/* Milliseconds until the review has to say why it waits. */
int review_tick(const struct app *app);
