/* The sandbox as a whole: what its parts share. One process, one loop. */
#pragma once

#include "server/net/http.h"
#include "server/sandbox/store.h"

struct faults;
struct webhooks;
struct reply;
struct laters;

struct sandbox {
    struct loop *loop;
    struct store *store;
    struct webhooks *webhooks;
    struct faults *faults;
    struct laters *laters;
    json_t *shapes;      /* objects.json: an object as it is when it is new */
    json_t *in_flight;   /* idempotency keys of requests that are not answered yet */
    struct reply *held;  /* exchanges that get no answer, or a late one */
    const char *key;     /* the secret key of the API */
    char base[160];      /* http://127.0.0.1:4242 */
    int64_t clock_ahead; /* seconds, by /sandbox/control */
};

/* Answers a request, now or later; for http_config. */
void serve(struct http_exchange *exchange, const struct http_request *request, void *arg);
/* Ends every exchange that is held, without a proper answer: before the server is drained. */
void serve_let_go(struct sandbox *sandbox);
/* Takes away idempotency keys that are a day old. */
void serve_forget_keys(struct sandbox *sandbox);
/* store_commit, and what is to be done about the new objects: events sent, things that come later.
 */
void sandbox_commit(struct sandbox *sandbox, struct change *change);
/* Seconds since 1970, as the sandbox tells it. */
int64_t sandbox_now(const struct sandbox *sandbox);
/* `out` of `size` bytes gets `prefix` and letters and digits that nobody can guess. */
void sandbox_new_id(const char *prefix, char *out, size_t size);
