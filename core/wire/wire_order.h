/* The body of an order that is to be placed, as programs write it: in the canonical form (see
 * wire_canonical) and with nothing in it to object to. It is read in one go, without jansson's
 * tree. */
#pragma once

#include "core/draft.h"

struct wire_order {
    struct order_draft draft;
    const char *rev; /* or NULL */
    int64_t expect_total;
    struct draft_tender *tenders;
    size_t ntenders;
    bool accept_duplicate, accept_age;
};

/* False for every other body, be it good or bad: wire_parse and the readers of wire.h are to judge
 * it. A body that is read here is read alike there, and is its own canonical text. */
bool wire_order_read(struct arena *arena, const char *body, size_t len, struct wire_order *out);
