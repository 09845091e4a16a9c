/* Which passwords are good enough, and how they are kept: argon2id in PHC form, with the least
 * parameters that OWASP names (ASVS 5.0, appendix C: m=19456 KiB, t=2, p=1; p is libsodium's 1).
 * Stronger ones may be set here at any time: each password is hashed anew at its next sign-in. */
#pragma once

#include "core/problem.h"

#define PASSWORD_OPS 2ULL
#define PASSWORD_MEMORY ((size_t)19456 * 1024)
#define PASSWORD_PREFIX "$argon2id$v=19$m=19456,t=2,p=1$"

enum { PASSWORD_HASH = 128 };                      /* bytes, the NUL included */
enum { PASSWORD_LEAST = 12, PASSWORD_MOST = 128 }; /* code points */

/* Blocks for some 30 to 100 ms: for partylinectl. On a loop use auth/hasher.h. False when there is
 * no memory for it. */
MUST_CHECK bool password_hash(const char *password, char out[PASSWORD_HASH]);

/* Adds a problem at `field` when the password is too short, too long, not printable text, or among
 * the first that anybody would guess. There are no rules of composition (ASVS 6.2.5): what counts
 * is what is left when common words (password.def), `names`, years, runs ("aaaa", "1234", "fdsa")
 * and repetitions are taken away; that must still be 8 characters, the least that any password has.
 * `names` are texts that a guesser of this very account would try (company, login, the person's
 * name), ended by NULL; NULL for none. */
bool password_acceptable(const char *password, const char *const *names, struct problems *problems,
                         const char *field);
