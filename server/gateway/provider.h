/* One request to the payment provider, and what came back. Nothing of it is logged here. */
#pragma once

#include "server/gateway/step.h"
#include "server/net/loop.h"

struct provider;

struct provider_config {
    const char *url;     /* "https://api.stripe.com"; http on this machine only */
    const char *key;     /* the secret key */
    const char *ca_file; /* PEM of who signs its certificate; NULL: the system's */
    int timeout_ms;      /* a whole request */
    int at_once;
};

struct provider *provider_new(struct loop *loop, const struct provider_config *config);
/* What is under way is given up, and nobody told. */
void provider_free(struct provider *provider);
/* `heard` lives in the arena; called later, from the loop. */
void provider_ask(struct provider *provider, struct arena *arena, const struct question *question,
                  void (*done)(void *arg, const struct heard *heard), void *arg);
