/* The job of the repeat orders (server/jobs/autosave.h) at work: in a worker, or once for
 * partylinectl. */
#pragma once

#include "server/config.h"

#include <stdbool.h>

struct server;
struct autosave;

/* Looks every autosave_seconds of the configuration; 0 there: never (then NULL). */
struct autosave *repeat_start(struct server *server);
/* All that is due now, on a loop and connections of its own. `said` is told of each thing done.
 * False when it could not be done now; `why` (of 256 bytes) then tells. */
bool repeat_once(const char *conninfo, const struct config *config,
                 void (*said)(void *arg, const char *id, const char *due, const char *result,
                              const char *order),
                 void *arg, char *why);
