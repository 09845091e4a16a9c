/* The parts of event streams, among themselves: events.c (the door: who may watch what), and
 * events_poll.c (the look-up, and what is told). */
#pragma once

#include "server/api/call.h"
#include "server/api/events.h"
#include "server/api/watch.h"

struct stream {
    struct stream *next;
    struct events *events;
    struct arena *arena;            /* holds the stream itself */
    struct http_exchange *exchange; /* NULL: it is over */
    const char *login_id, *roles, *token_hash;
    const char *market; /* of the sign-in; NULL: every market */
    const char *site;   /* the market whose stock is watched */
    const char *last_id;
    struct watch watch;
    int64_t items[WATCH_MOST]; /* the database's ids, of things that are stock */
    int64_t spoke;             /* when it was written to last */
    bool asked;                /* the look-up under way is for it, too */
    bool is_new;               /* nothing was told yet */
};

struct looking; /* a look-up under way */

struct events {
    struct server *server;
    struct stream *streams;
    size_t open;
    struct loop_timer *timer;
    struct looking *looking;
    bool hurry, stopping;
};

/* Into the list; it is told soon how everything stands. */
void events_add(struct events *events, struct stream *stream);
/* `closed` of its exchange; `arg`: the stream. */
void events_gone(void *arg);
