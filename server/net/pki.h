/* The private certificate authority of an embedded server: ECDSA P-256, made on first use. */
#pragma once

#include "core/base.h"

/* Makes DIR/ca.pem, DIR/ca.key, DIR/server.pem (chain), DIR/server.key when missing or when the
 * server certificate ends within 30 days or does not name all of `names` (NULL-ended: host names
 * and addresses, SAN); keys 0600, written to a temporary name and renamed, so that an interrupted
 * first run leaves nothing half. CA 10 years, server 397 days. False and `why` (256 bytes). */
bool pki_ensure(const char *dir, const char *const *names, char *why);
