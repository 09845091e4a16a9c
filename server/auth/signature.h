/* Signatures of the payment provider's events: `Stripe-Signature: t=SECONDS,v1=HEX,...`, where each
 * v1 is HMAC-SHA256(secret, "SECONDS.BODY"). While a secret is replaced there are several of
 * either. */
#pragma once

#include "core/base.h"

enum { SIGNATURE_SECRETS = 4, SIGNATURE_SECRET = 160, SIGNATURE_TOLERANCE = 300 /* seconds */ };

struct signature_secrets {
    char secret[SIGNATURE_SECRETS][SIGNATURE_SECRET];
    size_t n;
};

/* The first words of a file's lines; none when `path` is NULL or cannot be read (which is logged).
 */
void signature_secrets_read(const char *path, struct signature_secrets *out);
/* Whether one of the secrets has signed these very bytes, at most SIGNATURE_TOLERANCE seconds from
 * `now` (since 1970). Takes the same time wherever a signature is wrong. */
bool signature_ok(const char *header, const char *body, size_t len,
                  const struct signature_secrets *secrets, int64_t now);
