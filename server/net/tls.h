/* Our TLS: 1.2 and 1.3, forward secrecy and AEAD only. */
#pragma once

#include "core/base.h"

#include <openssl/ssl.h>

/* For a server with the chain and the key in these PEM files; NULL and `why` (256 bytes) when they
 * cannot be read or don't belong together. */
SSL_CTX *tls_server_new(const char *certificate, const char *key, char *why);
/* The oldest error of OpenSSL's queue behind `what`, into `why` (256 bytes); empties the queue. */
void tls_why(char *why, const char *what);
