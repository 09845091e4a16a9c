#include "server/api/call.h"

#include "core/code.h"
#include "server/api/inside.h"
#include "server/api/pages.h"
#include "server/api/routes.h"
#include "server/auth/digest.h"
#include "server/auth/token.h"
#include "server/net/log.h"
#include "server/net/metrics.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the session ---- */

static unsigned roles_parse(const char *text)
{
    static const char *const names[ROLE_COUNT] = {
#define ROLE(name, title) #name,
#include "server/roles.def"
#undef ROLE
    };
    unsigned roles = 0;
    for (const char *at = text; *at;) {
        size_t len = strcspn(at, ",");
        for (int i = 0; i < ROLE_COUNT; i++)
            if (strlen(names[i]) == len && memcmp(names[i], at, len) == 0)
                roles |= 1u << i;
        at += len + (at[len] == ',');
    }
    return roles;
}

static bool bearer(struct call *c)
{
    const char *header = http_header(c->exchange, "Authorization");
    if (!header || strncmp(header, "Bearer ", 7) != 0 || strlen(header) > 200)
        return false;
    token_hash_hex(header + 7, c->actor.token_hash);
    return true;
}

static void touched(void *arg)
{
    arena_free(arg);
}

/* At most once a minute, beside the request and not before it. */
void call_touch(struct call *c)
{
    struct arena *arena = arena_new();
    struct db_batch *batch = db_batch_new(arena, DB_COMMIT);
    DB_ADD(batch, Q_session_touch, arena_strdup(arena, c->actor.token_hash));
    db_send(c->server->db, batch, touched, arena);
}

/* A sign-in that is bound to one market works in that one only. */
static bool market_allowed(const struct call *c, const char *market)
{
    return !market || !c->actor.market || strcmp(market, c->actor.market) == 0;
}

static bool is_allowed(const struct call *c)
{
    return c->actor.roles & c->route->roles && market_allowed(c, c->market);
}

static enum status actor_load(struct call *c)
{
    struct actor *a = &c->actor;
    const struct db_batch *b = c->batch;
    if (db_rows(b, 0) != 1)
        return STATUS_UNAUTHENTICATED;
    a->login_id = db_value(b, 0, 0, 0);
    a->login = db_value(b, 0, 0, 1);
    a->kind = db_value(b, 0, 0, 2);
    a->name = db_value(b, 0, 0, 3);
    a->roles_text = db_value(b, 0, 0, 4);
    a->roles = roles_parse(a->roles_text);
    a->market = db_value(b, 0, 0, 5);
    a->acting_for = db_value(b, 0, 0, 6);
    a->number = db_value(b, 0, 0, 8);
    a->expires_at = db_value(b, 0, 0, 9);
    a->desk = db_value(b, 0, 0, 10);
    c->signed_in = true;
    if (db_bool(b, 0, 0, 7) && !c->is_quiet)
        call_touch(c);
    return is_allowed(c) ? STATUS_OK : STATUS_FORBIDDEN;
}

bool call_sign(struct call *c, const struct actor *actor)
{
    c->actor = *actor;
    c->signed_in = is_allowed(c);
    return c->signed_in;
}

void call_unsign(struct call *c)
{
    if (c->inside)
        return;
    struct actor nobody = {0};
    memcpy(nobody.token_hash, c->actor.token_hash, sizeof nobody.token_hash);
    c->actor = nobody;
    c->signed_in = false;
}

/* ---- the phases ---- */

struct db_batch *call_read(struct call *c)
{
    if (!c->batch || c->sent) {
        c->batch = db_batch_new(c->arena, DB_READ);
        c->sent = false;
        if (c->route->roles && !c->signed_in)
            DB_ADD(c->batch, Q_session_get, c->actor.token_hash);
    }
    return c->batch;
}

struct db_batch *call_write(struct call *c)
{
    assert(!c->route->roles || c->signed_in);
    if (!c->batch || c->sent) {
        c->batch = db_batch_new(c->arena, DB_COMMIT);
        c->sent = false;
    }
    return c->batch;
}

static void log_failed(struct call *c)
{
    log_event(LOG_WARN_, "database_failed", "request", c->request->id, "route", c->route->pattern,
              "sqlstate", db_sqlstate(c->batch), "ambiguous",
              db_is_ambiguous(c->batch) ? "yes" : "no", NULL);
}

static void batch_done(void *arg)
{
    struct call *c = arg;
    enum status status = db_status(c->batch);
    if (status != STATUS_OK) {
        log_failed(c);
        c->signed_in = true; /* the answer says nothing that needs a session */
        c->refused = NULL;
        call_fail(c, status, NULL);
        return;
    }
    if (c->route->roles && !c->signed_in) {
        status = actor_load(c);
        if (status != STATUS_OK) {
            c->signed_in = true;
            c->problems.count = 0;
            call_fail(c, status, NULL);
            return;
        }
        if (c->refused) {
            call_fail(c, c->refusal, c->refused);
            return;
        }
    }
    assert(c->next);
    c->next(c);
}

void call_then(struct call *c, call_step *next)
{
    c->next = next;
    if (!c->batch || c->sent) {
        assert(next);
        next(c);
        return;
    }
    c->sent = true;
    db_send(c->server->db, c->batch, batch_done, c);
}

bool call_again(struct call *c)
{
    if (++c->tries >= CALL_TRIES)
        return false;
    c->problems.count = 0;
    c->body = NULL;
    c->state = NULL;
    catalogue_snapshot_release(c->snapshot);
    c->snapshot = catalogue_store_take(c->server->catalogues);
    c->signed_in = c->route->roles == 0 || c->inside;
    c->route->load(c);
    if (c->refused) {
        call_read(c);
        call_then(c, NULL);
    }
    return true;
}

/* ---- reading the request ---- */

bool call_body(struct call *c)
{
    const char *why = NULL;
    c->body = wire_parse(c->arena, c->request->body, c->request->body_len, &why);
    if (!c->body)
        call_fail(c, STATUS_MALFORMED, why);
    return c->body != NULL;
}

bool call_body_ok(struct call *c)
{
    if (!c->problems.count)
        return true;
    call_fail(c, STATUS_MALFORMED, NULL);
    return false;
}

const char *call_key(struct call *c)
{
    const char *key = c->inside ? c->inside->key : http_header(c->exchange, "Idempotency-Key");
    if (!key)
        call_fail(c, STATUS_PRECONDITION, "an Idempotency-Key header is needed");
    else if (!ulid_valid(key))
        call_fail(c, STATUS_MALFORMED, "the Idempotency-Key is no ULID");
    else
        return arena_strdup(c->arena, key);
    return NULL;
}

const char *call_if_match(struct call *c)
{
    const char *header = http_header(c->exchange, "If-Match");
    size_t len = header ? strlen(header) : 0;
    if (!header)
        call_fail(c, STATUS_PRECONDITION, "an If-Match header is needed");
    else if (len < 3 || len > 11 || header[0] != '"' || header[len - 1] != '"' ||
             strspn(header + 1, "0123456789") != len - 2)
        call_fail(c, STATUS_MALFORMED, "If-Match is a revision in quotes");
    else
        return arena_strndup(c->arena, header + 1, len - 2);
    return NULL;
}

int64_t call_limit(struct call *c, int64_t usual, int64_t most)
{
    const char *text = http_query(c->request, "limit");
    if (!text)
        return usual;
    char *end;
    long long value = strtoll(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && value >= 1 && value <= most)
        return value;
    call_fail(c, STATUS_MALFORMED,
              arena_printf(c->arena, tr(c->language, "limit is a number from 1 to %lld"),
                           (long long)most));
    return 0;
}

const char *call_body_hash(struct call *c)
{
    struct text text;
    text_init(&text, c->arena);
    wire_canonical(&text, c->body);
    char *hex = arena_alloc(c->arena, DIGEST_HEX);
    digest_hex(text.data, text.len, hex);
    return hex;
}

const struct market_snapshot *call_market(struct call *c, const char *code)
{
    if (!code || !code[0])
        code = c->actor.market ? c->actor.market : c->snapshot->default_market;
    const struct market_snapshot *market = catalogue_snapshot_market(c->snapshot, code);
    if (!market || (c->signed_in && !market_allowed(c, code))) {
        call_fail(c, STATUS_NOT_FOUND,
                  arena_printf(c->arena, tr(c->language, "no market %s"), code));
        return NULL;
    }
    c->market = market->catalogue.market;
    return market;
}

/* ---- the door ---- */

static struct call *call_new(struct http_exchange *exchange, const struct http_request *request,
                             struct server *server)
{
    struct call *c = ARENA_NEW(request->arena, struct call);
    *c = (struct call){
        .server = server, .arena = request->arena, .exchange = exchange, .request = request};
    c->language = language_accepted(exchange ? http_header(exchange, "Accept-Language") : NULL);
    problems_init(&c->problems, c->arena);
    c->reader = (struct wire_reader){c->arena, &c->problems, true};
    c->snapshot = catalogue_store_take(server->catalogues);
    server->calls++;
    return c;
}

static void release_snapshot(void *arg)
{
    catalogue_snapshot_release(((struct call *)arg)->snapshot);
}

static void free_arena(void *arena)
{
    arena_free(arena);
}

static void inside_done(void *arg, enum status status, const char *body, size_t len)
{
    struct inside *inside = arg;
    inside->done(inside->arg, status, body, len);
    loop_post(inside->server->loop, free_arena, inside->arena); /* its handler still runs */
}

void api_ask(struct server *server, const struct inside *what)
{
    struct arena *arena = arena_new();
    struct inside *inside = ARENA_NEW(arena, struct inside);
    struct call_inside *door = ARENA_NEW(arena, struct call_inside);
    struct http_request *request = ARENA_NEW(arena, struct http_request);
    bool known;
    *inside = *what;
    inside->server = server;
    inside->arena = arena;
    *door = (struct call_inside){what->key ? arena_strdup(arena, what->key) : NULL, inside_done,
                                 inside};
    size_t len = strlen(what->body);
    *request = (struct http_request){.method = HTTP_POST,
                                     .path = arena_strdup(arena, what->path),
                                     .query = "",
                                     .body = arena_strndup(arena, what->body, len),
                                     .body_len = len,
                                     .peer = "",
                                     .id = arena_strdup(arena, what->id),
                                     .arena = arena};
    struct call *c = call_new(NULL, request, server);
    arena_defer(arena, release_snapshot, c);
    c->inside = door;
    c->signed_in = true;
    c->actor = (struct actor){.login_id = arena_strdup(arena, what->login_id),
                              .login = "",
                              .kind = "service",
                              .name = "",
                              .desk = arena_strdup(arena, what->channel),
                              .number = "",
                              .roles_text = ""};
    c->route = route_find(arena, request->method, request->path, c->params, &known);
    assert(c->route);
    if (c->snapshot)
        c->route->load(c);
    else
        call_fail(c, STATUS_UNAVAILABLE, "the catalogue is being read");
}

void api_handle(struct http_exchange *exchange, const struct http_request *request, void *arg)
{
    struct call *c = call_new(exchange, request, arg);
    bool known;
    arena_defer(c->arena, release_snapshot, c);
    const struct route *route =
        route_find(c->arena, request->method, request->path, c->params, &known);
    if (!route) {
        const char *accept = http_header(exchange, "Accept");
        c->fail_page = accept && strstr(accept, "text/html") ? page_fail : NULL;
        call_fail(c, known ? STATUS_METHOD : STATUS_NOT_FOUND, NULL);
        return;
    }
    c->route = route;
    if (route->roles == 0) {
        c->signed_in = true;
    } else if (!bearer(c)) {
        c->signed_in = true;
        call_fail(c, STATUS_UNAUTHENTICATED, NULL);
        return;
    } else if (!c->snapshot) {
        c->signed_in = true;
        call_fail(c, STATUS_UNAVAILABLE, "the catalogue is being read");
        return;
    }
    route->load(c);
    if (c->refused) { /* ask who it is before saying what is wrong */
        call_read(c);
        call_then(c, NULL);
    }
}
