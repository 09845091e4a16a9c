/* What a journal tells of each order in it. */
#pragma once

#include "tui/journal.h"

struct lost {
    const char *ulid;
    const char *rev; /* that the latest edit followed; "" none */
    const char *typed;
    const char *to;               /* "", or the name of the copy that was begun */
    const struct record *placing; /* NULL: it was not being placed */
    struct order_draft *drafts;   /* as edited, the latest last */
    size_t n;
    bool unsaved; /* the server may not have the latest */
};

/* The orders of a journal, in the order in which they were begun; *typed is what was typed for none
 * of them. */
struct lost *lost_read(struct arena *arena, const struct leftover *leftover, size_t *n,
                       const char **typed);
bool lost_needs(const struct lost *lost);
const struct order_draft *lost_draft(const struct lost *lost);
/* Whether that is one of its states: then whoever stored it was us. */
bool lost_wrote(const struct lost *lost, const struct order_draft *draft);
