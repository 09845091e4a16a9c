/* Event streams (GET /api/v1/events): what the open streams of this worker watch is looked up for
 * all of them together, a few times a second and in one round trip, and each is told what stands
 * otherwise than it was told last (watch.h). Nobody who changes anything does more for it. Without
 * a stream nothing is asked. */
#pragma once

#include "core/base.h"

struct server;
struct events;

struct events *events_new(struct server *server);
/* The worker stops: streams end now, those who listen come again to another worker. */
void events_stop(struct events *events);
/* After the HTTP server and the database are gone. */
void events_free(struct events *events);
