#include "server/auth/token.h"

#include <string.h>
#include <time.h>

#include "server/auth/digest.h"
#include "server/auth/secret.h"

void token_new(char out[TOKEN_TEXT])
{
    uint8_t bits[32];
    secret_ready();
    randombytes_buf(bits, sizeof bits);
    sodium_bin2base64(out, TOKEN_TEXT, bits, sizeof bits, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bits, sizeof bits);
}

void token_hash(const char *token, uint8_t out[TOKEN_HASH])
{
    _Static_assert((int)TOKEN_HASH == (int)DIGEST, "SHA-256");
    digest(token, strlen(token), out);
}

void token_hash_hex(const char *token, char out[TOKEN_HASH_HEX])
{
    uint8_t hash[TOKEN_HASH];
    token_hash(token, hash);
    out[0] = '\\';
    out[1] = 'x';
    sodium_bin2hex(out + 2, TOKEN_HASH_HEX - 2, hash, sizeof hash);
}

void request_id_new(char out[REQUEST_ID_TEXT])
{
    uint8_t bits[8];
    secret_ready();
    randombytes_buf(bits, sizeof bits);
    sodium_bin2hex(out, REQUEST_ID_TEXT, bits, sizeof bits);
}

void ulid_new(char out[ULID_TEXT])
{
    struct timespec now;
    uint8_t random[ULID_RANDOM];
    secret_ready();
    clock_gettime(CLOCK_REALTIME, &now);
    randombytes_buf(random, sizeof random);
    ulid_format(out, (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000, random);
}

void secret_wipe(char *text)
{
    sodium_memzero(text, strlen(text));
}
