/* An order's entries in the journal: what was accepted is written down before the screen says so,
 * and given up when the server has it. Without a journal nothing happens here. */
#pragma once

#include "tui/journal.h"

struct order;
struct request_order;

/* What the journal has of one order. */
struct order_keep {
    uint64_t *lines; /* fingerprints of the lines of its last record */
    size_t nlines, cap;
    unsigned age; /* of the journal, when that was written */
    bool known;   /* there is a record of it */
    bool needed;  /* the server may not have it all */
};

/* The draft as it is now. */
void order_keep_edit(struct order *order);
/* It is about to be sent to be placed. */
void order_keep_placing(struct order *order, const struct request_order *body);
/* The server has it as it is now, and it is not being placed. */
void order_keep_stored(struct order *order);
/* Nothing of it is to be brought back. */
void order_keep_done(struct order *order);
void order_keep_release(struct order *order);
