/* One worker: a loop, its database connections, the catalogue, and the HTTP door. */
#pragma once

#include "server/config.h"

struct worker_plan {
    const struct config *config;
    const char *conninfo;
    int listener;
    const char *certificate, *key; /* PEM files */
    const char *public_url;        /* how the world reaches us, without a slash at the end */
};

/* The worker's whole life; process_run calls it in the forked child. Its result is the exit code.
 */
int worker_run(int slot, const struct worker_plan *plan);
