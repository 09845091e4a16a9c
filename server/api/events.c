/* GET /api/v1/events: an event stream is opened. */
#include "server/api/events_private.h"
#include "server/api/routes.h"
#include "server/config.h"
#include "server/net/metrics.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { STREAMS_OF_SESSION = 4 };

/* Whoever may read a thing may watch it. */
static const char *const read_by[WATCH_KINDS] = {
    [WATCH_orders] = "/api/v1/orders/1",     [WATCH_stock] = "/api/v1/items/1",
    [WATCH_drafts] = "/api/v1/drafts",       [WATCH_notices] = "/api/v1/day",
    [WATCH_catalogue] = "/api/v1/catalogue",
};

struct opening {
    struct stream *stream;
    size_t orders; /* the statement that has looked for them */
};

/* With the request, unless it has become a stream. */
static void opening_free(void *arg)
{
    const struct opening *o = arg;
    if (o->stream)
        arena_free(o->stream->arena);
}

static bool may_watch(struct call *c, const struct watch *watch)
{
    const char *params[CALL_PARAMS];
    bool known;
    for (size_t i = 0; i < watch->n; i++) {
        const struct route *route =
            route_find(c->arena, HTTP_GET, read_by[watch->things[i].kind], params, &known);
        assert(route);
        if (!(route->roles & c->actor.roles)) {
            call_fail(c, STATUS_FORBIDDEN, NULL);
            return false;
        }
    }
    return true;
}

static bool find_items(struct call *c, struct stream *stream)
{
    const struct market_snapshot *market = call_market(c, http_query(c->request, "market"));
    if (!market)
        return false;
    stream->site = arena_strdup(stream->arena, market->catalogue.market);
    for (size_t i = 0; i < stream->watch.n; i++) {
        if (stream->watch.things[i].kind != WATCH_stock)
            continue;
        const struct item *item = catalogue_item(&market->catalogue, stream->watch.things[i].key);
        if (!item) {
            call_fail(c, STATUS_NOT_FOUND, "there is no such item");
            return false;
        }
        stream->items[i] = item->id;
    }
    return true;
}

/* Of this worker only: a session that is spread over several may have more. */
static bool has_room(struct call *c)
{
    const struct events *events = c->server->events;
    size_t same = 0;
    for (const struct stream *s = events->streams; s; s = s->next)
        same += s->exchange && strcmp(s->token_hash, c->actor.token_hash) == 0;
    if (same >= STREAMS_OF_SESSION)
        call_fail(c, STATUS_TOO_MANY, "this sign-in has 4 event streams open; close one first");
    else if (c->server->draining)
        call_fail(c, STATUS_UNAVAILABLE, "stopping");
    else if (events->open >= (size_t)c->server->config->event_streams)
        call_fail(c, STATUS_UNAVAILABLE, "too many event streams are open here");
    else
        return true;
    return false;
}

static void begin(struct call *c)
{
    static const char greeting[] = "retry: 1000\n\n";
    struct opening *o = c->state;
    struct stream *stream = o->stream;
    for (size_t i = 0, row = 0; i < stream->watch.n; i++)
        if (stream->watch.things[i].kind == WATCH_orders &&
            !db_value(c->batch, o->orders, row++, 0)) {
            call_fail(c, STATUS_NOT_FOUND, "there is no such order");
            return;
        }
    if (!has_room(c))
        return;
    struct events *events = c->server->events;
    const char *last = http_header(c->exchange, "Last-Event-ID");
    stream->events = events;
    stream->last_id = last ? arena_strdup(stream->arena, last) : NULL;
    stream->login_id = arena_strdup(stream->arena, c->actor.login_id);
    stream->roles = arena_strdup(stream->arena, c->actor.roles_text);
    stream->token_hash = arena_strdup(stream->arena, c->actor.token_hash);
    stream->market = c->actor.market ? arena_strdup(stream->arena, c->actor.market) : NULL;
    stream->exchange = call_stream(c, "text/event-stream", events_gone, stream);
    if (!stream->exchange)
        return;
    o->stream = NULL;
    http_stream_write(stream->exchange, greeting, sizeof greeting - 1);
    events_add(events, stream);
}

static void look(struct call *c)
{
    struct opening *o = c->state;
    const struct watch *watch = &o->stream->watch;
    const char *numbers[WATCH_ORDERS], *markets[WATCH_ORDERS];
    size_t n = 0;
    if (!may_watch(c, watch) || !find_items(c, o->stream))
        return;
    for (size_t i = 0; i < watch->n; i++)
        if (watch->things[i].kind == WATCH_orders) {
            numbers[n] = watch->things[i].key;
            markets[n++] = c->actor.market;
        }
    if (n)
        o->orders = DB_ADD(call_read(c), Q_events_orders, db_array_text(c->arena, numbers, n),
                           db_array_text(c->arena, markets, n));
    call_then(c, begin);
}

void events_get(struct call *c)
{
    struct opening *o = c->state = ARENA_NEW(c->arena, struct opening);
    struct arena *arena = arena_new();
    const char *text = http_query(c->request, "watch"), *wrong;
    o->stream = ARENA_NEW(arena, struct stream);
    o->stream->arena = arena;
    arena_defer(c->arena, opening_free, o);
    c->is_quiet = true;
    wrong = watch_read(arena, text ? text : "", &o->stream->watch);
    if (wrong) {
        call_fail(c, STATUS_MALFORMED, wrong);
        return;
    }
    call_read(c);
    call_then(c, look);
}
