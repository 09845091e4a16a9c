/* The disputes of a placed order's payments, as whoever judges reads them. */
#pragma once

#include "core/text.h"
#include "core/wire/reply_around.h"

/* How one stands: amount, why, state, and until when evidence is taken. */
void placed_dispute_text(struct text *text, const struct reply_order_card *order,
                         const struct reply_dispute *dispute);
/* What of the order's refunds waits for it; "" for nothing. */
void placed_dispute_waits(struct text *text, const struct reply_order_card *order,
                          const struct reply_dispute *dispute);
