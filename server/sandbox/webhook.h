/* Events on their way to webhook endpoints: signed as Stripe signs them, tried again with growing
 * waits until the endpoint answers 2xx, for three days. What is under way survives a restart; so an
 * event may come twice, and events come in any order. */
#pragma once

#include "server/sandbox/sandbox.h"

enum { WEBHOOK_SECRETS = 4 };

struct webhook_config {
    const char *url;                      /* NULL: no endpoint but those of the API */
    const char *secrets[WEBHOOK_SECRETS]; /* several while one is replaced: a signature for each */
    const char *ca_file;
    int64_t retry_ms; /* the first wait; each further one is twice as long, at most an hour */
};

/* What a test may ask for. */
struct webhook_control {
    int64_t drop;      /* so many of the next deliveries are never sent */
    int64_t duplicate; /* so many times more each is sent */
    int64_t delay_ms;
    int64_t reorder; /* the next so many are kept until all are there, and sent last first */
};

/* Goes on with the deliveries that the store has. */
struct webhooks *webhook_start(struct sandbox *sandbox, const struct webhook_config *config);
void webhook_free(struct webhooks *webhooks);
bool webhook_has_option(const struct webhooks *webhooks);
/* Takes up the deliveries of a change that has been committed. */
void webhook_committed(struct webhooks *webhooks, const struct change *change);
struct webhook_control *webhook_control(struct webhooks *webhooks);
/* The header line: "Stripe-Signature: t=...,v1=...", from the arena. */
const char *webhook_sign(struct arena *arena, int64_t time, const char *body,
                         const char *const *secrets, size_t n);
