#include "server/auth/digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

/* Looked up once: that costs more than to hash an order. */
static EVP_MD *sha256;

static void look_up(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void digest(const char *data, size_t len, uint8_t out[DIGEST])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, look_up);
    if (!sha256 || !EVP_Digest(data, len, out, NULL, sha256, NULL))
        abort(); /* out of memory, or an OpenSSL without SHA-256 */
}

void digest_hex(const char *data, size_t len, char out[DIGEST_HEX])
{
    uint8_t bytes[DIGEST];
    digest(data, len, bytes);
    sodium_bin2hex(out, DIGEST_HEX, bytes, sizeof bytes);
}
