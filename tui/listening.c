#include "tui/listening.h"

#include "core/wire/reply_events.h"
#include "tui/app.h"
#include "tui/open.h"
#include "tui/prices.h"
#include "tui/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    STOCK_MOST = 40,
    WATCH_TEXT = 3 * 1024,
    SETTLE_MS = 2000,  /* a list that grows with each line is asked for when it rests */
    SILENT_MS = 45000, /* the server says something every quarter of a minute */
    AGAIN_MS = 1000,   /* after the first failure; doubles */
    AGAIN_MOST_MS = 60000,
    NOT_THERE_MS = 300000, /* a server without streams, or a role that has none */
    REST_MS = 60000,
};

struct listening {
    struct event_reader reader;
    char watch[WATCH_TEXT];  /* what the stream watches */
    char wanted[WATCH_TEXT]; /* what it is to watch */
    int64_t wanted_since, next_try, heard;
    int failures;
    int http;      /* how it has ended */
    bool is_open;  /* asked for, and not ended */
    bool is_live;  /* an event has come by it */
    bool is_heard; /* a byte has, since the last turn */
};

void listening_free(struct listening *listening)
{
    if (listening)
        event_reader_release(&listening->reader);
    free(listening);
}

bool listening_is_live(const struct app *app)
{
    return app->listening && app->listening->is_open && app->listening->is_live;
}

/* ---- what is to be watched ------------------------------------------------------------------- */

static void add_orders(struct text *out, const struct app *app)
{
    const char *before = ";orders:";
    for (size_t i = 0; i < PAY_WATCHES; i++) {
        const char *number = app->pay_watches.all[i].number;
        if (!*number)
            continue;
        text_printf(out, "%s%s", before, number);
        before = ",";
    }
}

static bool is_earlier(const struct reply_quote *quote, size_t line)
{
    for (size_t i = 0; i < line; i++)
        if (strcmp(quote->lines[i].sku, quote->lines[line].sku) == 0)
            return true;
    return false;
}

/* What the server knows of the order's lines; at a till the goods are the till's. */
static void add_stock(struct text *out, const struct app *app)
{
    const char *before = ";stock:";
    const struct order *order = app->order;
    if (!order || app->counter || !order->price.served_arena)
        return;
    const struct reply_quote *quote = &order->price.served;
    for (size_t i = 0, n = 0; i < quote->nlines && n < STOCK_MOST; i++)
        if (quote->lines[i].free_stock >= 0 && !is_earlier(quote, i)) {
            text_printf(out, "%s%s", before, quote->lines[i].sku);
            before = ",";
            n++;
        }
}

static void want(struct app *app)
{
    struct listening *l = app->listening;
    struct arena *arena = arena_new();
    struct text text;
    text_init(&text, arena);
    text_add(&text, "drafts;notices;catalogue");
    add_orders(&text, app);
    add_stock(&text, app);
    if (text.len < WATCH_TEXT && strcmp(text.data, l->wanted) != 0) {
        strcpy(l->wanted, text.data);
        l->wanted_since = app->now;
    }
    arena_free(arena);
}

/* ---- the stream ------------------------------------------------------------------------------ */

static bool take(void *owner, const char *data, size_t len)
{
    struct listening *l = owner;
    l->is_heard = true;
    return event_reader_add(&l->reader, data, len);
}

static void ended(void *owner, int http)
{
    struct listening *l = owner;
    l->is_open = false;
    l->http = http;
}

static void stop(struct app *app)
{
    client_unlisten(app->client);
    app->listening->is_open = app->listening->is_live = false;
    app->listening->watch[0] = '\0';
}

static void begin(struct app *app)
{
    struct listening *l = app->listening;
    struct arena *arena = arena_new();
    event_reader_restart(&l->reader);
    strcpy(l->watch, l->wanted);
    l->is_open = true;
    l->heard = app->now;
    client_listen(
        app->client,
        &(struct listen){
            .path = arena_printf(arena, "/events?market=%s&watch=%s", app->session.market.market,
                                 query_escape(arena, l->watch)),
            .header = *l->reader.id ? arena_printf(arena, "Last-Event-ID: %s", l->reader.id) : NULL,
            .data = take,
            .ended = ended,
            .owner = l,
        });
    arena_free(arena);
}

/* It has ended by itself: when it is tried again. */
static void wait_a_while(struct app *app)
{
    struct listening *l = app->listening;
    int64_t wait = AGAIN_MS;
    bool is_refused = l->http >= 400 && l->http < 500 && l->http != 429;
    for (int i = 0; i < l->failures && wait < AGAIN_MOST_MS; i++)
        wait *= 2;
    l->failures = l->is_live ? 0 : l->failures + 1;
    l->next_try = app->now + (is_refused ? NOT_THERE_MS : wait);
    stop(app);
}

/* ---- what is told ---------------------------------------------------------------------------- */

static void stock_take(struct reply_quote *quote, const struct reply_free *now)
{
    for (size_t i = 0; i < quote->nlines; i++)
        if (quote->lines[i].free_stock >= 0 && strcmp(quote->lines[i].sku, now->sku) == 0)
            quote->lines[i].free_stock = now->free;
}

/* Shown as it is; whether it is enough is the server's to say. */
static bool is_enough_as_before(const struct order *order, const struct reply_free *now)
{
    const struct reply_quote *quote = &order->price.served;
    for (size_t i = 0; i < quote->nlines; i++) {
        const struct reply_line *line = &quote->lines[i];
        if (line->free_stock >= 0 && strcmp(line->sku, now->sku) == 0 &&
            (line->free_stock < line->qty) != (now->free < line->qty))
            return false;
    }
    return true;
}

static void tell_stock(struct app *app, const struct reply_happened *event)
{
    struct order *order = app->order;
    bool reprice = false;
    if (!order || app->counter || !order->price.served_arena)
        return;
    for (size_t i = 0; i < event->nstock; i++) {
        reprice = reprice || !is_enough_as_before(order, &event->stock[i]);
        stock_take(&order->price.served, &event->stock[i]);
        if (order->quote_arena)
            stock_take(&order->quote, &event->stock[i]);
    }
    if (reprice && order->placing == PLACING_NO && app_screen(app) == app_order_screen(app))
        order_reprice(order);
}

static void tell(struct app *app, const struct reply_happened *event)
{
    const char *what = event->event;
    app->listening->is_live = true;
    if (strcmp(what, "order") == 0)
        pay_watch_heard(app, event->order);
    else if (strcmp(what, "stock") == 0)
        tell_stock(app, event);
    else if (strcmp(what, "catalogue") == 0)
        catalogue_feed_told(app->prices->feed, event->version);
    else if (strcmp(what, "drafts") == 0 || strcmp(what, "notices") == 0)
        home_heard(app);
}

static void read_on(struct app *app)
{
    struct listening *l = app->listening;
    struct arena *arena = arena_new();
    struct reply_happened event;
    if (l->is_heard)
        l->heard = app->now;
    l->is_heard = false;
    while (event_reader_next(&l->reader, arena, &event))
        tell(app, &event);
    arena_free(arena);
}

void listening_restart(struct app *app)
{
    if (!app->listening)
        return;
    stop(app);
    app->listening->reader.id[0] = '\0';
    app->listening->failures = 0;
    app->listening->next_try = 0;
}

static bool is_wanted(const struct app *app)
{
    return app->signed_in && client_link(app->client) == LINK_OK && !client_is_expired(app->client);
}

int listening_tick(struct app *app)
{
    if (!app->listening && !(app->listening = calloc(1, sizeof *app->listening)))
        abort();
    struct listening *l = app->listening;
    read_on(app);
    if (*l->watch && !l->is_open)
        wait_a_while(app);
    if (l->is_open && app->now - l->heard > SILENT_MS)
        wait_a_while(app);
    if (!is_wanted(app))
        return REST_MS;
    want(app);
    int64_t settled = l->wanted_since + SETTLE_MS;
    if (l->is_open && strcmp(l->watch, l->wanted) != 0 && settled <= app->now)
        stop(app);
    if (!l->is_open && l->next_try <= app->now)
        begin(app);
    if (!l->is_open)
        return (int)(l->next_try - app->now);
    return strcmp(l->watch, l->wanted) == 0 ? REST_MS / 4 : (int)(settled - app->now);
}
