#include "server/api/events_private.h"
#include "server/net/metrics.h"

#include <stdlib.h>
#include <string.h>

enum {
    EVERY_MS = 400,
    SOON_MS = 10, /* who is new need not wait, and comes with others */
    HEARTBEAT_MS = 15000,
    NO_STATEMENT = 100,
};

enum { BY_SESSION, BY_ORDER, BY_ITEM, BY_DESK, BY_CATALOGUE, STATEMENTS };

/* Where the state of a thing stands in what was looked up, and how it is told. */
static const struct {
    const char *event;
    int statement, column, columns;
    const char *names[9]; /* as call_row takes them, from the first column of the row on */
} tellings[WATCH_KINDS] = {
    [WATCH_orders] = {"order",
                      BY_ORDER,
                      0,
                      8,
                      {"number", "state", "payment", "#due", "currency", "#exponent", "version"}},
    [WATCH_stock] = {"stock", BY_ITEM, 0, 1, {"#free"}},
    [WATCH_drafts] = {"drafts", BY_DESK, 0, 4, {"#open", "changed_at", "#leased"}},
    [WATCH_notices] = {"notices", BY_DESK, 4, 4, {"", "", "", "", "#unseen", "", "#arrived"}},
    [WATCH_catalogue] = {"catalogue", BY_CATALOGUE, 0, 0, {NULL}},
};
enum { COL_PAYMENTS = 7 };

/* The statements of one round trip, and the lists that they are asked with. */
struct looking {
    struct events *events;
    struct arena *arena;
    struct db_batch *batch;
    size_t statements[STATEMENTS];
    size_t next[STATEMENTS]; /* rows that were read of each */
    const char *version;     /* of the catalogue */
};

/* What the things of one stream stand at. */
struct standing {
    uint64_t marks[WATCH_MOST];
    size_t rows[WATCH_MOST];
};

static void look(void *arg);

/* ---- asking ---------------------------------------------------------------------------------- */

struct list {
    const char **texts;
    int64_t *numbers;
    size_t n;
};

static struct list list_new(struct arena *arena, size_t most)
{
    return (struct list){arena_alloc(arena, (most + 1) * sizeof(char *)),
                         arena_alloc(arena, (most + 1) * sizeof(int64_t)), 0};
}

static void list_add(struct list *list, const char *text, int64_t number)
{
    list->texts[list->n] = text;
    list->numbers[list->n++] = number;
}

static bool watches_desk(const struct stream *stream)
{
    for (size_t i = 0; i < stream->watch.n; i++)
        if (tellings[stream->watch.things[i].kind].statement == BY_DESK)
            return true;
    return false;
}

/* Every list is in the order of streams and their things: the rows come back in the same. */
static void ask(struct looking *l)
{
    struct events *events = l->events;
    struct arena *arena = l->arena;
    size_t most = events->open * WATCH_MOST;
    struct list sessions = list_new(arena, events->open), desks = list_new(arena, events->open),
                orders = list_new(arena, most), of = list_new(arena, most),
                items = list_new(arena, most);
    for (struct stream *s = events->streams; s; s = s->next) {
        s->asked = true;
        list_add(&sessions, s->token_hash, 0);
        if (watches_desk(s))
            list_add(&desks, s->login_id, 0);
        for (size_t i = 0; i < s->watch.n; i++) {
            const struct watch_thing *thing = &s->watch.things[i];
            if (thing->kind == WATCH_stock)
                list_add(&items, s->site, s->items[i]);
            if (thing->kind == WATCH_orders) {
                list_add(&orders, thing->key, 0);
                list_add(&of, s->market, 0);
            }
        }
    }
    struct db_batch *b = l->batch = db_batch_new(arena, DB_READ);
    l->statements[BY_SESSION] =
        DB_ADD(b, Q_events_sessions, db_array_text(arena, sessions.texts, sessions.n));
    if (orders.n)
        l->statements[BY_ORDER] =
            DB_ADD(b, Q_events_orders, db_array_text(arena, orders.texts, orders.n),
                   db_array_text(arena, of.texts, of.n));
    if (items.n)
        l->statements[BY_ITEM] =
            DB_ADD(b, Q_events_stock, db_array_text(arena, items.texts, items.n),
                   db_array_int(arena, items.numbers, items.n));
    if (desks.n)
        l->statements[BY_DESK] =
            DB_ADD(b, Q_events_desks, db_array_text(arena, desks.texts, desks.n));
}

/* ---- how it stands --------------------------------------------------------------------------- */

static const char *state_of(const struct looking *l, enum watch_kind kind, size_t row)
{
    struct text text;
    size_t statement = l->statements[tellings[kind].statement];
    if (kind == WATCH_catalogue)
        return l->version;
    text_init_room(&text, l->arena, 64);
    for (int i = 0; i < tellings[kind].columns; i++) {
        const char *value = db_value(l->batch, statement, row, tellings[kind].column + i);
        text_add(&text, value ? value : "-");
        text_addc(&text, ' ');
    }
    return text.data;
}

static const char *scope_of(const struct stream *s, enum watch_kind kind)
{
    return kind == WATCH_stock                             ? s->site
           : kind == WATCH_drafts || kind == WATCH_notices ? s->login_id
                                                           : "";
}

/* Takes the next rows of the lists, which are this stream's. */
static void stand(struct looking *l, const struct stream *s, struct standing *out)
{
    size_t desk = watches_desk(s) ? l->next[BY_DESK]++ : 0;
    for (size_t i = 0; i < s->watch.n; i++) {
        const struct watch_thing *thing = &s->watch.things[i];
        int statement = tellings[thing->kind].statement;
        out->rows[i] = statement == BY_DESK ? desk : l->next[statement]++;
        out->marks[i] =
            watch_mark(scope_of(s, thing->kind), thing, state_of(l, thing->kind, out->rows[i]));
    }
}

/* ---- telling --------------------------------------------------------------------------------- */

static json_t *write_thing(const struct looking *l, const struct watch_thing *thing, size_t row)
{
    enum watch_kind kind = thing->kind;
    if (kind == WATCH_catalogue)
        return json_pack("{s:s}", "version", l->version);
    size_t statement = l->statements[tellings[kind].statement];
    json_t *object = call_row(l->batch, statement, row, tellings[kind].names);
    if (kind == WATCH_orders)
        json_object_set_new(object, "payments",
                            json_loads(db_value(l->batch, statement, row, COL_PAYMENTS), 0, NULL));
    if (kind == WATCH_stock)
        json_object_set_new(object, "sku", json_string(thing->key));
    return object;
}

static void event_add(struct text *out, const struct looking *l, const struct stream *s,
                      const char *event, json_t *data)
{
    size_t len;
    text_add(out, "id: ");
    watch_id_write(&s->watch, out);
    text_printf(out, "\nevent: %s\ndata: ", event);
    text_add(out, wire_dump(l->arena, data, &len));
    text_add(out, "\n\n");
}

/* Stock of several items is one event; each order is one of its own. */
static void events_write(struct text *out, const struct looking *l, struct stream *s,
                         const struct standing *now)
{
    size_t changed[WATCH_MOST], n = watch_differs(&s->watch, now->marks, changed);
    json_t *items = NULL;
    for (size_t i = 0; i < n; i++) {
        struct watch_thing *thing = &s->watch.things[changed[i]];
        json_t *data = write_thing(l, thing, now->rows[changed[i]]);
        thing->told = now->marks[changed[i]];
        if (thing->kind != WATCH_stock) {
            event_add(out, l, s, tellings[thing->kind].event, data);
            continue;
        }
        items = items ? items : json_array();
        json_array_append_new(items, data);
        bool more = i + 1 < n && s->watch.things[changed[i + 1]].kind == WATCH_stock;
        if (!more)
            event_add(out, l, s, tellings[WATCH_stock].event, json_pack("{s:o}", "items", items));
    }
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The session is there, and still may what it might when the stream was opened. */
static bool session_holds(const struct looking *l, const struct stream *s, size_t row)
{
    size_t statement = l->statements[BY_SESSION];
    const char *holds = db_value(l->batch, statement, row, 0);
    return holds && holds[0] == 't' && is_same(db_value(l->batch, statement, row, 1), s->roles) &&
           is_same(db_value(l->batch, statement, row, 2), s->market);
}

static void stream_write(struct stream *s, const struct text *text)
{
    s->spoke = loop_now(s->events->server->loop);
    http_stream_write(s->exchange, text->data, text->len);
}

static void stream_end(struct stream *s)
{
    http_stream_end(s->exchange);
    s->exchange = NULL;
}

static void tell(struct looking *l, struct stream *s)
{
    struct text out;
    struct standing now;
    size_t row = l->next[BY_SESSION]++;
    text_init(&out, l->arena);
    stand(l, s, &now);
    if (!s->exchange)
        return;
    if (!session_holds(l, s, row)) {
        text_add(&out, "event: end\ndata: {\"why\":\"session\"}\n\n");
        stream_write(s, &out);
        stream_end(s);
        return;
    }
    if (s->is_new && s->last_id && !watch_id_read(&s->watch, s->last_id, now.marks))
        event_add(&out, l, s, "reset", json_object());
    s->is_new = false;
    events_write(&out, l, s, &now);
    if (out.len)
        stream_write(s, &out);
}

/* ---- the round ------------------------------------------------------------------------------- */

static void stream_free(struct stream *s)
{
    s->events->open--;
    metric_add(METRIC_event_streams, -1);
    arena_free(s->arena);
}

static void sweep(struct events *events)
{
    for (struct stream **at = &events->streams, *s; (s = *at);) {
        if (s->exchange) {
            at = &s->next;
        } else {
            *at = s->next;
            stream_free(s);
        }
    }
}

static void heartbeat(struct stream *s)
{
    static const char beat[] = ": \n\n";
    struct arena *arena;
    struct text text;
    if (loop_now(s->events->server->loop) - s->spoke < HEARTBEAT_MS)
        return;
    arena = arena_new();
    text_init(&text, arena);
    text_add(&text, beat);
    stream_write(s, &text);
    arena_free(arena);
}

static void schedule(struct events *events, int64_t ms)
{
    loop_timer_free(events->timer);
    events->timer = NULL;
    if (events->streams && !events->stopping)
        events->timer = loop_timer_new(events->server->loop, ms, false, look, events);
}

static void looked(void *arg)
{
    struct looking *l = arg;
    struct events *events = l->events;
    bool ok = db_status(l->batch) == STATUS_OK;
    events->looking = NULL;
    for (struct stream *s = events->streams; s; s = s->next) {
        if (s->asked && ok)
            tell(l, s);
        s->asked = false;
        if (s->exchange)
            heartbeat(s);
    }
    arena_free(l->arena);
    sweep(events);
    schedule(events, events->hurry ? SOON_MS : EVERY_MS);
    events->hurry = false;
}

static void look(void *arg)
{
    struct events *events = arg;
    struct arena *arena = arena_new();
    struct looking *l = events->looking = ARENA_NEW(arena, struct looking);
    struct catalogue_snapshot *snapshot = catalogue_store_take(events->server->catalogues);
    loop_timer_free(events->timer);
    events->timer = NULL;
    l->events = events;
    l->arena = arena;
    l->version = db_text_int(arena, snapshot ? snapshot->version : 0);
    catalogue_snapshot_release(snapshot);
    ask(l);
    db_send(events->server->db, l->batch, looked, l);
}

void events_add(struct events *events, struct stream *stream)
{
    stream->next = events->streams;
    stream->is_new = true;
    stream->spoke = loop_now(events->server->loop);
    events->streams = stream;
    events->open++;
    metric_add(METRIC_event_streams, 1);
    if (events->looking)
        events->hurry = true;
    else
        schedule(events, SOON_MS);
}

/* While a look-up is under way its rows are counted off by the list. */
void events_gone(void *arg)
{
    struct stream *stream = arg;
    struct events *events = stream->events;
    stream->exchange = NULL;
    if (!events->looking)
        sweep(events);
}

struct events *events_new(struct server *server)
{
    struct events *events = calloc(1, sizeof *events);
    if (!events)
        abort();
    events->server = server;
    return events;
}

void events_stop(struct events *events)
{
    events->stopping = true;
    schedule(events, 0);
    for (struct stream *s = events->streams; s; s = s->next)
        if (s->exchange)
            stream_end(s);
    if (!events->looking)
        sweep(events);
}

void events_free(struct events *events)
{
    events->stopping = true;
    schedule(events, 0);
    sweep(events);
    free(events);
}
