/* The API asked from within the server: what runs by itself (server/jobs) prices and places through
 * the very handlers that clients meet. */
#pragma once

#include "server/api/call.h"

struct inside {
    const char *path, *key, *body; /* of a POST */
    const char *login_id;          /* who acts; for every market */
    const char *channel;           /* "autosave" */
    const char *id;                /* as a request is called in log and audit */
    /* Called on the loop, once, maybe before api_ask returns; the body goes with the call. */
    void (*done)(void *arg, enum status status, const char *body, size_t len);
    void *arg;
    struct server *server; /* filled in */
    struct arena *arena;
};
void api_ask(struct server *server, const struct inside *what);
