/* A priced order as the one argument of order_place: the type `priced_order` of
 * sql/schema/019_placing.sql. */
#pragma once

#include "server/api/known.h"

/* What the request says beside the draft, and what was decided. */
struct order_terms {
    const char *hash, *rev;
    const struct draft_tender *tenders;
    size_t ntenders;
    bool duplicate, age;       /* confirmed */
    bool accept_duplicate;     /* would be, should the database find one: with `known` */
    const struct known *known; /* what was priced without asking; or NULL */
};
const char *order_placing(struct call *c, const struct pricing *pricing,
                          const struct order_terms *terms);
