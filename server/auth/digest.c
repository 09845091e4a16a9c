#include "server/auth/digest.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

/* Looked up once, and one context for each thread: both cost more than to hash an order. */
static EVP_MD *sha256;
static pthread_key_t contexts;

static void drop(void *context)
{
    EVP_MD_CTX_free(context);
}

static void look_up(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!sha256 || pthread_key_create(&contexts, drop) != 0)
        abort(); /* an OpenSSL without SHA-256 */
}

static EVP_MD_CTX *context_of_thread(void)
{
    EVP_MD_CTX *context = pthread_getspecific(contexts);
    if (context)
        return context;
    context = EVP_MD_CTX_new();
    if (!context || pthread_setspecific(contexts, context) != 0)
        abort(); /* out of memory */
    return context;
}

void digest(const char *data, size_t len, uint8_t out[DIGEST])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, look_up);
    EVP_MD_CTX *context = context_of_thread();
    if (!EVP_DigestInit_ex2(context, sha256, NULL) || !EVP_DigestUpdate(context, data, len) ||
        !EVP_DigestFinal_ex(context, out, NULL))
        abort(); /* out of memory */
}

void digest_hex(const char *data, size_t len, char out[DIGEST_HEX])
{
    uint8_t bytes[DIGEST];
    digest(data, len, bytes);
    sodium_bin2hex(out, DIGEST_HEX, bytes, sizeof bytes);
}
