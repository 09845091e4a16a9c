/* Events of GET /events, as their stream brings them: pieces of text in, one whole event out at a
 * time. */
#pragma once

#include "core/text.h"

enum { EVENT_NAME = 16, EVENT_ID = 1024 };

/* What of a stream is not a whole event yet, and the id of the last that was. */
struct event_reader {
    char *text;
    size_t len, size;
    char id[EVENT_ID]; /* "" before the first */
};

struct reply_free {
    const char *sku;
    int64_t free;
};
/* Members that its kind does not have are "" and 0. */
struct reply_happened {
    const char *event; /* "order", "stock", "drafts", "notices", "catalogue", "reset", "end" */
    const char *order; /* its number */
    int64_t version;   /* of the catalogue */
    struct reply_free *stock;
    size_t nstock;
};

/* False when it is more than any event has: the stream is none of ours. */
bool event_reader_add(struct event_reader *reader, const char *data, size_t len) MUST_CHECK;
/* The next whole event; false when there is none yet. Comments and what cannot be read are passed
 * over. */
bool event_reader_next(struct event_reader *reader, struct arena *arena,
                       struct reply_happened *out) MUST_CHECK;
/* A new connection: what had begun is not ended any more; the id stays. */
void event_reader_restart(struct event_reader *reader);
void event_reader_release(struct event_reader *reader);
