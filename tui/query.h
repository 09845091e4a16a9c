/* A look-up of which only the latest counts: a screen's question to the server and what came back.
 * An answer to an older question is dropped, so that a late one never lands in the wrong place. */
#pragma once

#include "tui/app.h"

struct query {
    struct arena *arena; /* of the data; NULL: none yet */
    uint64_t asked;      /* counts questions */
    bool waiting;
    char error[MESSAGE_TEXT]; /* "" or why there is no data */
    bool has_trouble;
    struct reply_trouble trouble; /* when has_trouble: with its candidates */
    int64_t sent;
};

/* GET of a path; `done` calls query_answer first. Data of before stays until the answer is there.
 */
void query_ask(struct query *query, struct app *app, const char *path, answer_fn *done,
               void *owner);
/* True when the answer is the latest and a success: `arena` is then new, for reading the body into
 * it. False for an old one (nothing changes) and for a failure (`error` says why). */
bool query_answer(struct query *query, const struct answer *answer);
/* What is told comes from here instead: an answer that is on its way is dropped. A new arena. */
struct arena *query_own(struct query *query);
/* The body could not be read. */
void query_unreadable(struct query *query);
void query_release(struct query *query);

/* Text for a URL's query; the arena's. */
const char *query_escape(struct arena *arena, const char *text);
