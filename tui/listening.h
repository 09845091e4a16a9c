/* The server tells what changes (GET /events), so that nothing need be asked every few seconds: the
 * orders whose payment is awaited, the stock of what stands in the open order, drafts, notices, the
 * catalogue. Where no stream can be had (a server of before, a proxy that keeps all back, a lost
 * link) everything is asked for as if there were none. */
#pragma once

#include "core/base.h"

struct app;
struct listening;

void listening_free(struct listening *listening);
/* Somebody has signed on: what was told to whoever was before is not for them. */
void listening_restart(struct app *app);
/* Events do arrive: what they tell need not be asked for. */
bool listening_is_live(const struct app *app);
/* Once per turn of the loop: takes what has come. Milliseconds until it is to be called again. */
int listening_tick(struct app *app);
