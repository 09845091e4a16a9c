#include "server/auth/digest.h"

#include <sodium.h>

void digest_hex(const char *data, size_t len, char out[DIGEST_HEX])
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, (const unsigned char *)data, len);
    sodium_bin2hex(out, DIGEST_HEX, digest, sizeof digest);
}
