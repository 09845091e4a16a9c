/* The life of one API request. A handler is a few plain functions, run one after another; between
 * two of them lies one round trip to the database, so that callbacks never nest:
 *
 *     static void load(struct call *c)     names statements: call_read(c), DB_ADD(...),
 * call_then(c, decide) static void decide(struct call *c)   one pure core call on what was loaded;
 * then call_write(c), DB_ADD(...), call_then(c, reply), or an answer at once static void
 * reply(struct call *c)    call_reply(c, ...)
 *
 * The session is checked in the first round trip, beside whatever `load` asked for, and the roles
 * of the route before anything that was loaded is looked at. What `load` finds wrong with the
 * request is told only after that check. */
#pragma once

#include "core/wire/wire.h"
#include "server/db/catalogue_store.h"
#include "server/db/db.h"
#include "server/net/http.h"

struct hasher;
struct known_store;
struct config;
struct signature_secrets;
struct events;

/* Who may do what: a set of roles per route. */
enum role {
#define ROLE(name, title) ROLE_##name,
#include "server/roles.def"
#undef ROLE
    ROLE_COUNT
};
#define ROLE_BIT(name) (1u << ROLE_##name)

/* Everything that a worker's handlers share. */
struct server {
    struct loop *loop;
    struct db *db;
    struct hasher *hasher;
    struct catalogue_store *catalogues;
    struct known_store *known; /* NULL: nothing is kept */
    struct events *events;
    const struct config *config;
    const char *public_url; /* how the world reaches us; NULL where nobody asks from outside */
    const struct signature_secrets *webhook_secrets; /* of the payment provider's events */
    bool draining;
    size_t calls; /* in work */
};

struct actor {
    const char *login_id; /* as the database writes it */
    const char *acting_for;
    const char *login, *kind, *name;
    const char *number;     /* a distributor's own number, else "" */
    const char *market;     /* NULL: every market */
    const char *roles_text; /* "operator,counter" */
    const char *expires_at;
    const char *desk; /* "call", "showroom"; "" when none was said */
    unsigned roles;
    char token_hash[80];
};

/* A request of the server's own, without a network: see inside.h. */
struct call_inside {
    const char *key; /* Idempotency-Key, or NULL */
    void (*done)(void *arg, enum status status, const char *body, size_t len);
    void *arg;
};

struct call;
typedef void call_step(struct call *call);

struct route {
    enum http_method method;
    const char *pattern; /* "/api/v1/orders/{number}" */
    call_step *load;
    unsigned roles; /* 0: anybody, without signing in */
    const char *title;
};

enum { CALL_PARAMS = 2, CALL_TRIES = 4 };

struct call {
    struct server *server;
    struct arena *arena;
    struct http_exchange *exchange;   /* NULL when it is asked from inside */
    const struct call_inside *inside; /* or NULL */
    const struct http_request *request;
    const struct route *route;
    const char *params[CALL_PARAMS]; /* of the path, in order */
    struct actor actor;
    enum language language; /* of the sentences: what Accept-Language asks for */
    const char *market;     /* that the request is about, once call_market has been asked */
    struct catalogue_snapshot *snapshot; /* NULL only where the route needs no sign-in */
    struct problems problems;
    struct wire_reader reader;
    json_t *body;
    struct db_batch *batch; /* the one being filled, then the one just answered */
    call_step *next;
    const char *refused; /* what load found wrong; told after the session check */
    enum status refusal;
    /* Where people look with a browser: says as a page what call_fail would say as a problem. */
    void (*fail_page)(struct call *call, enum status status);
    bool signed_in, answered, sent;
    bool is_quiet; /* asking this is no activity of the session's */
    int tries;
    void *state; /* the handler's own */
};

/* ---- asking the database ---- */
struct db_batch *call_read(struct call *call);
struct db_batch *call_write(struct call *call);
/* Sends the batch (if there is one) and goes on with `next`. A failure of the database is answered
 * with 503, an ambiguous one as well: the client asks again with the same key. */
void call_then(struct call *call, call_step *next);
/* Goes on as this actor, who is to be checked by the statement that follows; false when the route
 * or the market is not the actor's. call_unsign takes it back: the next read checks the session. */
bool call_sign(struct call *call, const struct actor *actor);
void call_unsign(struct call *call);
/* Tells the session that it is in use. */
void call_touch(struct call *call);
/* Starts the handler anew: what it had loaded is out of date. False after CALL_TRIES times. */
bool call_again(struct call *call);

/* ---- reading the request ---- */
/* The body as an object; answers 400 and returns false when it is none. Call it once, in load. */
bool call_body(struct call *call);
/* Answers 400 when the reader found malformed members. Call after the body has been read. */
bool call_body_ok(struct call *call);
/* The Idempotency-Key header; answers 428 without one and 400 when it is no ULID. */
const char *call_key(struct call *call);
/* The revision of an If-Match header, quoted as our own ETags are; answers 428 without one. */
const char *call_if_match(struct call *call);
/* `limit` of the query, 1 to `most`; `usual` when absent. Answers 400 on nonsense, returns 0. */
int64_t call_limit(struct call *call, int64_t usual, int64_t most);
/* SHA-256 of the decoded body, members sorted: what a key is compared with. */
const char *call_body_hash(struct call *call);
/* The market asked for, or (once signed in) the actor's, or the company's; answers 404 when there
 * is none such. An actor of another market is refused by the session check. */
const struct market_snapshot *call_market(struct call *call, const char *code);

/* ---- answering ---- */
void call_reply(struct call *call, enum status status, json_t *body);
void call_header(struct call *call, const char *name, const char *value);
/* application/problem+json; `detail`, which is translated, may be NULL. */
void call_fail(struct call *call, enum status status, const char *detail);
/* The same with the problems found and, if not NULL, one more member. */
void call_problems(struct call *call, enum status status, const struct problems *problems,
                   const char *member, json_t *value);
/* 429: whoever asks has to wait, in seconds. */
void call_wait(struct call *call, int64_t seconds);
/* The same with any members beside; the object is released. */
void call_problem(struct call *call, enum status status, json_t *about);
/* Anything else than JSON. */
void call_reply_text(struct call *call, enum status status, const char *type, const char *text,
                     size_t len);
/* A body of megabytes: see http_reply_pieces. */
void call_reply_pieces(struct call *call, enum status status, const char *type,
                       const struct http_piece *pieces, size_t n, void (*release)(void *what),
                       void *what);
/* No reply but a stream (http_stream_open), HEAD excepted; NULL when the client has gone, or was
 * answered. The call has not much of a life left: what it holds of the catalogue is let go. */
struct http_exchange *call_stream(struct call *call, const char *type, void (*closed)(void *arg),
                                  void *arg);

/* ---- rows to JSON ---- */
/* An object of one row: `names` in the order of the columns; "#name" is an integer, "?name" a
 * boolean, "name" a string or null, "" is left out. NULL-ended. */
json_t *call_row(const struct db_batch *batch, size_t statement, size_t row,
                 const char *const *names);
json_t *call_rows(const struct db_batch *batch, size_t statement, const char *const *names);
