/* One-time codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of 30 seconds,
 * which is what all the apps speak. */
#pragma once

#include "core/arena.h"

enum { TOTP_SECRET = 20, TOTP_DIGITS = 6, TOTP_STEP = 30 };

void totp_secret_new(uint8_t out[TOTP_SECRET]);
/* The time step whose code this is: the present one, or one to either side for clocks that differ,
 * but only a later one than `last_step`, so that each code works once (ASVS 6.5.1). The caller
 * keeps the result as the next `last_step`. -1 when there is none. */
int64_t totp_match(const uint8_t *secret, size_t len, const char *code, int64_t unix_now,
                   int64_t last_step);
/* What an app scans as a QR code or takes as a link: otpauth://totp/ISSUER:LOGIN?secret=... */
const char *totp_uri(struct arena *arena, const uint8_t *secret, size_t len, const char *issuer,
                     const char *login);
/* The same with the secret as the database hands it out, in hex; -1 as well when that is no hex. */
int64_t totp_match_hex(const char *secret, const char *code, int64_t unix_now, int64_t last_step);
