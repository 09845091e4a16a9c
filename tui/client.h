/* The link to the server: requests queue in order, nothing ever waits for them, and each answer
 * goes to the callback of its own request with the context it was sent with, so that a late answer
 * lands on its own row. Lost connections are retried with back-off; requests that meet an expired
 * session are parked until there is a new token, and then sent again. */
#pragma once

#include "core/arena.h"

struct client;

struct answer {
    bool arrived;      /* false: no answer, `error` says why */
    const char *error; /* a sentence, "" when arrived */
    int http;          /* the HTTP code when arrived */
    int retry_after;   /* seconds, 0: not said */
    const char *etag;  /* "" when there is none */
    const char *day;   /* the business day in the market, "" when not said */
    const char *body;  /* lives as long as the callback */
    size_t len;
    bool repeated; /* an earlier attempt may have been carried out */
    uint64_t context;
};
static inline bool answer_is_ok(const struct answer *answer)
{
    return answer->arrived && answer->http >= 200 && answer->http < 300;
}

typedef void answer_fn(void *owner, const struct answer *answer);

struct request {
    const char *method, *path; /* "/orders": behind /api/v1 */
    const char *body;          /* JSON, or NULL; copied, as all texts */
    size_t len;
    const char *type;    /* of a body that is no JSON: its Content-Type; or NULL */
    const char *header;  /* "If-Match: \"3\"", or NULL */
    const char *version; /* that this one is for, beside a header: sent as If-Match; or NULL */
    int tries;           /* 0: until there is an answer */
    bool before_reads;   /* GETs that are asked for later wait for this one */
    bool waits_for_none; /* a GET that is the same before and after a change */
    bool bulk; /* megabytes: kept as they come, packed or not, beside the others and in more time */
    bool anonymous; /* no token, and 401 is an answer like others */
    answer_fn *done;
    void *owner;
    uint64_t context;
};

enum link_state { LINK_NEW, LINK_OK, LINK_LOST };

/* NULL, with a sentence in *why, for a URL that is not https, unless it is http to this machine.
 * `ca` NULL: the system's authorities. */
struct client *client_new(const char *url, const char *ca, const char **why);
void client_free(struct client *client);
/* Ends the wait of parked requests. */
void client_set_token(struct client *client, const char *token);
void client_send(struct client *client, const struct request *request);
/* The owner's callbacks will not be called any more; requests not yet sent are dropped. */
void client_forget(struct client *client, const void *owner);

bool client_is_expired(const struct client *client);
bool client_is_idle(const struct client *client);
/* Something is under way, or will be without a new token. */
bool client_is_busy(const struct client *client);
enum link_state client_link(const struct client *client);
/* How long answers take now, milliseconds, roughly; -1 before the first. */
int client_rtt(const struct client *client);

/* GET of a path whose reply has no end, on a connection of its own, beside the requests; it is not
 * tried again, and says nothing of the link. Both callbacks come from client_wait and may not call
 * client_listen or client_unlisten. `header`: one more, or NULL. */
struct listen {
    const char *path, *header;
    bool (*data)(void *owner, const char *data, size_t len); /* of a 200; false ends it */
    void (*ended)(void *owner, int http);                    /* http 0: no answer, or broken off */
    void *owner;
};
/* Instead of what was listened to before. */
void client_listen(struct client *client, const struct listen *listen);
/* `ended` is not called. */
void client_unlisten(struct client *client);

/* Ends the wait, from whatever thread: there is something to look at. */
void client_wake(struct client *client);

/* The one wait of the program: until a file descriptor is ready, the network moves, or `timeout`
 * milliseconds have passed. Then carries the requests on and calls back. */
void client_wait(struct client *client, int64_t now, int timeout, const int *fds, size_t nfds);
