#include "server/auth/totp.h"

#include <oath.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/code.h"
#include "core/text.h"
#include "server/auth/secret.h"

static void start(void)
{
    if (oath_init() != OATH_OK)
        abort();
}

static void totp_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
    secret_ready();
}

void totp_secret_new(uint8_t out[TOTP_SECRET])
{
    secret_ready();
    randombytes_buf(out, TOTP_SECRET);
}

static bool is_code_of(const uint8_t *secret, size_t len, int64_t step, const char *code)
{
    char right[TOTP_DIGITS + 1];
    if (oath_totp_generate((const char *)secret, len, (time_t)(step * TOTP_STEP), TOTP_STEP,
                           OATH_TOTP_DEFAULT_START_TIME, TOTP_DIGITS, right) != OATH_OK)
        return false;
    bool same = sodium_memcmp(right, code, TOTP_DIGITS) == 0;
    sodium_memzero(right, sizeof right);
    return same;
}

int64_t totp_match(const uint8_t *secret, size_t len, const char *code, int64_t unix_now,
                   int64_t last_step)
{
    int64_t now = unix_now / TOTP_STEP, found = -1;
    if (strlen(code) != TOTP_DIGITS || !code_is_digits(code, TOTP_DIGITS) || unix_now < 0)
        return -1;
    totp_ready();
    /* All three are looked at, whichever fits. */
    for (int64_t step = now > 0 ? now - 1 : 0; step <= now + 1; step++)
        if (is_code_of(secret, len, step, code) && step > last_step && found < 0)
            found = step;
    return found;
}

/* RFC 3986: everything but the unreserved characters is escaped. */
static void add_escaped(struct text *out, const char *part)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *part; part++)
        if (strchr(plain, *part))
            text_addc(out, *part);
        else
            text_printf(out, "%%%02X", (unsigned)(unsigned char)*part);
}

static void add_base32(struct text *out, const uint8_t *secret, size_t len)
{
    char *base32 = NULL;
    size_t size = 0;
    totp_ready();
    if (oath_base32_encode((const char *)secret, len, &base32, &size) != OATH_OK)
        abort();
    text_addn(out, base32, strcspn(base32, "=")); /* apps want it without padding */
    sodium_memzero(base32, size);
    free(base32);
}

const char *totp_uri(struct arena *arena, const uint8_t *secret, size_t len, const char *issuer,
                     const char *login)
{
    struct text out;
    text_init(&out, arena);
    text_add(&out, "otpauth://totp/");
    add_escaped(&out, issuer);
    text_addc(&out, ':');
    add_escaped(&out, login);
    text_add(&out, "?secret=");
    add_base32(&out, secret, len);
    text_add(&out, "&issuer=");
    add_escaped(&out, issuer);
    text_printf(&out, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_STEP);
    return out.data;
}

int64_t totp_match_hex(const char *secret, const char *code, int64_t unix_now, int64_t last_step)
{
    uint8_t bytes[64];
    size_t len = 0;
    if (sodium_hex2bin(bytes, sizeof bytes, secret, strlen(secret), NULL, &len, NULL) != 0)
        return -1;
    int64_t step = totp_match(bytes, len, code, unix_now, last_step);
    sodium_memzero(bytes, sizeof bytes);
    return step;
}
