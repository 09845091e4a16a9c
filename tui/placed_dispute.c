#include "tui/placed_dispute.h"

#include "core/money.h"
#include "tui/tongue.h"
#include "tui/when.h"

#include <string.h>

static const char *amount(const struct reply_order_card *order, char out[MONEY_TEXT], int64_t minor)
{
    return money_format(out, money_of(minor), order->exponent, true);
}

static bool wants_evidence(const struct reply_dispute *dispute)
{
    return *dispute->due_by &&
           (strcmp(dispute->state, "open") == 0 || strcmp(dispute->state, "inquiry") == 0);
}

void placed_dispute_text(struct text *text, const struct reply_order_card *order,
                         const struct reply_dispute *dispute)
{
    char sum[MONEY_TEXT], fee[MONEY_TEXT], when[WHEN_TEXT];
    const char *reason = tongue_word("dispute_reason", dispute->reason),
               *state = tongue_word("dispute", dispute->state);
    if (wants_evidence(dispute))
        text_printf(text, _("%s %s, %s: evidence until %s"), amount(order, sum, dispute->amount),
                    reason, state, when_text(when, dispute->due_by));
    else
        text_printf(text, _("%s %s, %s, fee %s"), amount(order, sum, dispute->amount), reason,
                    state, amount(order, fee, dispute->fee));
}

void placed_dispute_waits(struct text *text, const struct reply_order_card *order,
                          const struct reply_dispute *dispute)
{
    char sum[MONEY_TEXT];
    if (dispute->waits)
        text_printf(text, _("a refund of %s waits until the bank has decided"),
                    amount(order, sum, dispute->waits));
}
