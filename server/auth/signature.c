#include "server/auth/signature.h"

#include "server/net/log.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAC = crypto_auth_hmacsha256_BYTES, SIGNATURES_MOST = 16, SECONDS_DIGITS = 15 };

void signature_secrets_read(const char *path, struct signature_secrets *out)
{
    char line[SIGNATURE_SECRET + 2];
    memset(out, 0, sizeof *out);
    FILE *file = path ? fopen(path, "re") : NULL;
    if (path && !file)
        log_event(LOG_ERROR_, "webhook_secrets", "file", path, "why", strerror(errno), NULL);
    while (file && out->n < SIGNATURE_SECRETS && fgets(line, sizeof line, file)) {
        line[strcspn(line, " \t\r\n")] = '\0';
        if (*line && strlen(line) < SIGNATURE_SECRET)
            memcpy(out->secret[out->n++], line, strlen(line) + 1);
    }
    if (file)
        fclose(file);
    explicit_bzero(line, sizeof line);
}

/* The parts of a header. */
struct parts {
    const char *seconds;
    size_t seconds_len;
    unsigned char signatures[SIGNATURES_MOST][MAC];
    size_t n;
};

static void take_signature(struct parts *parts, const char *hex, size_t len)
{
    size_t got = 0;
    if (parts->n < SIGNATURES_MOST && len == 2 * MAC &&
        sodium_hex2bin(parts->signatures[parts->n], MAC, hex, len, NULL, &got, NULL) == 0 &&
        got == MAC)
        parts->n++;
}

/* False unless there is one time; schemes that are not ours are passed over. */
static bool parse(const char *header, struct parts *out)
{
    while (*header) {
        size_t len = strcspn(header, ",");
        if (len > 2 && strncmp(header, "t=", 2) == 0) {
            if (out->seconds)
                return false;
            out->seconds = header + 2;
            out->seconds_len = len - 2;
        } else if (len > 3 && strncmp(header, "v1=", 3) == 0) {
            take_signature(out, header + 3, len - 3);
        }
        header += len + (header[len] == ',');
    }
    return out->seconds && out->seconds_len <= SECONDS_DIGITS &&
           strspn(out->seconds, "0123456789") >= out->seconds_len;
}

static void sign(const char *secret, const struct parts *parts, const char *body, size_t len,
                 unsigned char mac[MAC])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)parts->seconds,
                                  parts->seconds_len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, len);
    crypto_auth_hmacsha256_final(&state, mac);
}

bool signature_ok(const char *header, const char *body, size_t len,
                  const struct signature_secrets *secrets, int64_t now)
{
    struct parts parts = {0};
    if (!header || !parse(header, &parts))
        return false;
    int64_t age = now - strtoll(parts.seconds, NULL, 10);
    int good = 0;
    for (size_t i = 0; i < secrets->n; i++) {
        unsigned char mac[MAC];
        sign(secrets->secret[i], &parts, body, len, mac);
        for (size_t k = 0; k < parts.n; k++)
            good |= sodium_memcmp(mac, parts.signatures[k], MAC) == 0;
    }
    return good && age <= SIGNATURE_TOLERANCE && age >= -SIGNATURE_TOLERANCE;
}
