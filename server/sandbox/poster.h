/* Sends bodies to addresses by libcurl, on the loop. */
#pragma once

#include "server/net/loop.h"

struct poster;

/* `ca_file`: PEM of who signs the certificates of https addresses; NULL: the system's. */
struct poster *poster_new(struct loop *loop, const char *ca_file);
/* What is under way is given up, and nobody told. */
void poster_free(struct poster *poster);
/* POSTs `body` (copied) with the header line `signature` as JSON, and calls `done(arg, status)`
 * later; status 0: no answer within ten seconds. Redirects are not followed. */
void poster_send(struct poster *poster, const char *url, const char *signature, const char *body,
                 void (*done)(void *arg, int status), void *arg);
