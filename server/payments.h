/* Which payment provider there is, and the processes beside the workers that it needs: the gateway,
 * and for the demonstration company of an embedded server the bundled sandbox. */
#pragma once

#include "server/config.h"
#include "server/gateway/gateway.h"

enum { PAYMENTS_PATH = 640, PAYMENTS_WHY = 256 };

struct payments {
    struct gateway_plan gateway;
    bool bundled; /* the sandbox is the provider */
    int port;     /* where it listens, on this machine */
    char url[96], public_url[300], conninfo[640];
    char program[PAYMENTS_PATH], dir[PAYMENTS_PATH], key_file[PAYMENTS_PATH];
    char secret_file[PAYMENTS_PATH], ca_file[PAYMENTS_PATH];
    char listen[64], webhook[340];
};

/* `dir`: the data folder of an embedded server, else NULL. `conninfo`: the server's own; `actual`:
 * HOST:PORT that it listens on. Sets the settings that are not given. Zeroed before the first
 * time; again when the configuration was read anew. False and `why` (PAYMENTS_WHY
 * bytes). */
bool payments_prepare(struct payments *payments, struct config *config, const char *dir,
                      const char *conninfo, const char *actual, char *why);
bool payments_has_gateway(const struct payments *payments);
/* A process's whole life; its result is the exit code. */
int payments_run_gateway(const struct payments *payments);
/* Becomes the sandbox; returns only when that fails. */
int payments_run_sandbox(const struct payments *payments);
/* Cards at the sandbox for some people of the demonstration company, once. */
void payments_demo_cards(const struct payments *payments, const char *conninfo);
