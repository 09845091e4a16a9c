/* The gateway: a process of its own that asks the payment provider. It takes tasks from the queue
 * in the database, asks, and says what it heard; it has the provider's secret key, a role in the
 * database that may do nothing else, and no socket that anybody could call. */
#pragma once

#include "core/base.h"

struct gateway_plan {
    const char *conninfo;
    const char *url, *key_file, *ca_file; /* key_file: the secret key in its first line */
    const char *public_url;               /* where people come back to */
    int link_minutes, timeout_ms, at_once;
    bool moto;
};

/* A process's whole life; its result is the exit code. */
int gateway_run(const struct gateway_plan *plan);
