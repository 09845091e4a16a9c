/* What a client writes down on its own disk about the orders that it has open, one record per line
 * of JSON, so that nothing that was accepted is lost when the client or the link dies. A record of
 * an edit is the whole draft, except that leading lines which the order's record before has already
 * are only counted: so it stands for itself after any number of others, and stays small on an order
 * of a thousand lines. */
#pragma once

#include "core/draft.h"

enum record_kind {
    RECORD_EDIT,    /* the draft as it is now */
    RECORD_PLACING, /* the same, about to be sent to be placed for exactly `expect_total` */
    RECORD_STORED,  /* the server has the latest edit, under `rev` */
    RECORD_DONE,    /* nothing is to be brought back: placed, dropped, or somebody else's */
    RECORD_TYPED,   /* text in the entry line that is not entered; `ulid` "": of no order */
    RECORD_COPY,    /* what was brought back goes on under the name `to` */
    RECORD_KINDS
};

struct record {
    enum record_kind kind;
    const char *ulid;         /* of the draft */
    const char *rev;          /* EDIT, PLACING: stored under it before, "" never; STORED */
    size_t keep;              /* EDIT, PLACING: lines that are those of the record before */
    struct order_draft draft; /* EDIT, PLACING: with the lines behind those */
    int64_t expect_total;     /* PLACING, and what follows */
    struct draft_tender *tenders;
    size_t ntenders;
    bool accept_duplicate, accept_age;
    const char *shift; /* "": no sale at a till */
    const char *typed; /* TYPED */
    const char *to;    /* COPY */
};

/* One line without its end; the arena's. */
const char *record_write(struct arena *arena, const struct record *record, size_t *len);
/* False for what is no record. Texts that were not given are "". */
bool record_read(struct arena *arena, const char *text, size_t len, struct record *out) MUST_CHECK;
