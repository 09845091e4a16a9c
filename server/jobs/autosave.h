/* Repeat orders: schedules whose day has come are placed, those whose day is near are told of. A
 * run is priced and placed by the same handlers as anybody's order, under a key made of schedule
 * and day: whoever comes after an interruption gets the order that was placed, not a second one. A
 * lease in the database keeps two servers from working at it at once. */
#pragma once

#include "core/status.h"
#include "server/db/db.h"

struct autosave;

/* A POST to the server's own API. `done` is called once, on the loop. */
struct autosave_ask {
    const char *path, *key, *body, *login_id, *id;
    void (*done)(void *arg, enum status status, const char *body, size_t len);
    void *arg;
};

struct autosave_config {
    struct loop *loop;
    struct db *db;
    void (*ask)(void *server, const struct autosave_ask *what);
    void *server;
    int64_t every_ms; /* how often to look; 0: once, then `finished` */
    /* Each thing that was done ("placed", "told", "balance", ...); may be NULL. */
    void (*said)(void *arg, const char *id, const char *due, const char *result, const char *order);
    /* With every_ms 0: all is done, or (false) it could not be done now. */
    void (*finished)(void *arg, bool done);
    void *arg;
};

struct autosave *autosave_new(const struct autosave_config *config);
/* Only between two turns of the loop; what is under way is given up (and done again later). */
void autosave_free(struct autosave *autosave);
