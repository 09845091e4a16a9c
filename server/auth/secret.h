/* libsodium, ready for use. Its functions that draw random bytes or hash passwords want sodium_init
 * first; that is cheap, safe from any thread and harmless when repeated. */
#pragma once

#include <sodium.h>
#include <stdlib.h>

static inline void secret_ready(void)
{
    if (sodium_init() < 0)
        abort(); /* no source of randomness: nothing here may go on */
}
