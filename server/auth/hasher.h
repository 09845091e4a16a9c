/* Passwords are checked by a few threads beside the loop: one argon2id takes 30 to 100 ms and 19
 * MiB, a loop must never be kept longer than 5 ms. The queue is bounded, so that a flood of
 * sign-ins is told to come back later instead of delaying everybody. All functions belong to the
 * loop's thread. */
#pragma once

#include "core/base.h"
#include "server/net/loop.h"

struct hasher;

/* `queue` checks may wait beside the `threads` that run. */
struct hasher *hasher_new(struct loop *loop, int threads, size_t queue);
/* Waits for the checks that run (some 100 ms at most) and drops the others; no `done` is called any
 * more. Every password is wiped. NULL is allowed. */
void hasher_free(struct hasher *hasher);

/* Compares a password with a hash in PHC form; both are copied. `phc` NULL, for a login that does
 * not exist, costs the same and is never right, so that the time of an answer tells nothing.
 * `done(arg, ok, new_hash)` is called on the loop, never from within; `new_hash` is the same
 * password hashed with the present parameters when `phc` has others, else NULL, and lives until
 * `done` returns. False when the queue is full: `done` is not called, answer 429. */
MUST_CHECK bool hasher_verify(struct hasher *hasher, const char *phc, const char *password,
                              void (*done)(void *arg, bool ok, const char *new_hash), void *arg);
/* Checks that wait for a thread. (The metric hashes_running counts those that run as well.) */
size_t hasher_waiting(struct hasher *hasher);
