#include "server/sandbox/sandbox.h"

#include "server/sandbox/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { ID_CHARACTERS = 24 };

int64_t sandbox_now(const struct sandbox *sandbox)
{
    return (int64_t)time(NULL) + sandbox->clock_ahead;
}

void sandbox_new_id(const char *prefix, char *out, size_t size)
{
    /* 64 of these: two less than base64, so that six random bits choose one; - and _ stay out of
     * ids that people read. */
    static const char letters[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzXz";
    unsigned char random[ID_CHARACTERS];
    if (getrandom(random, sizeof random, 0) != sizeof random)
        abort();
    size_t n = (size_t)snprintf(out, size, "%s", prefix);
    for (size_t i = 0; i < ID_CHARACTERS && n + 1 < size; i++)
        out[n++] = letters[random[i] & 63];
    out[n] = '\0';
}

void sandbox_commit(struct sandbox *sandbox, struct change *change)
{
    store_commit(change);
    webhook_committed(sandbox->webhooks, change);
}
