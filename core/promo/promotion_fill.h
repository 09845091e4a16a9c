/* From the texts of a catalogue to its promotions. */
#pragma once

#include "core/promo/promotion.h"

/* A text that does not read any more, or not yet: an item of it is gone, it is a later program's.
 */
struct promotion_unread {
    const struct promotion_source *source;
    struct promotion_mistake mistake; /* the first */
};

/* Reads `catalogue->sources` into `catalogue->promotions`, each for the dates for which both its
 * text and its version count. What does not read is left out; how many, and which in *unread. */
size_t promotions_fill(struct arena *arena, struct catalogue *catalogue,
                       struct promotion_unread **unread);
