/* libcurl on the loop: transfers run beside everything else, and nothing waits. */
#pragma once

#include <curl/curl.h>

#include "server/net/loop.h"

struct multi;

/* `at_once`: connections at the same time; what is more waits. */
struct multi *multi_new(struct loop *loop, int at_once);
/* What is under way is given up, and nobody told; the handles are freed. */
void multi_free(struct multi *multi);
/* Starts a transfer; `done(arg, easy, result)` is called later, from the loop, and may ask the
 * handle how it went. The handle is freed behind it. CURLOPT_PRIVATE is ours. */
void multi_add(struct multi *multi, CURL *easy,
               void (*done)(void *arg, CURL *easy, CURLcode result), void *arg);
