/* The test cards: the only ones that the sandbox takes. A number is compared with the table and
 * forgotten; what is kept of a card is its row's name and what a receipt shows. */
#pragma once

#include "core/base.h"

enum card_does {
    CARD_PAYS,
    CARD_DECLINES,            /* also when it is attached to a customer */
    CARD_DECLINES_LATER,      /* may be attached */
    CARD_ASKS_ONCE,           /* 3-D Secure, unless it was set up for later payments */
    CARD_ASKS_ALWAYS,         /* 3-D Secure at each payment, set up or not */
    CARD_ASKS_DECLINES,       /* 3-D Secure, and declined behind it */
    CARD_DISPUTES,            /* pays, and the payment is charged back */
    CARD_INQUIRES,            /* pays, and the card's bank inquires about it */
    CARD_REFUND_FAILS,        /* refunds succeed, and fail a moment later */
    CARD_REFUND_WAITS,        /* refunds are pending, and succeed a moment later */
    CARD_SLOW,                /* the answer takes three seconds */
    CARD_SILENT,              /* nothing is charged, and no answer comes */
    CARD_CHARGED_SILENT,      /* charged, and no answer comes */
    CARD_PROCESSING,          /* the payment is `processing`, and succeeds a moment later */
    CARD_PROCESSING_DECLINES, /* the same, and fails */
};

struct card {
    const char *name, *number, *brand, *funding, *country;
    enum card_does does;
    const char *code, *decline_code, *say; /* where it declines; decline_code may be NULL */
};

/* NULL when there is none. */
const struct card *card_by_name(const char *name);
/* Of "pm_card_visa" or "tok_visa". */
const struct card *card_by_test_id(const char *id);
/* Of a number as people write it, with blanks or dashes. */
const struct card *card_by_number(const char *number);
/* The digits of a card number without blanks and dashes pass the Luhn check; false for anything
 * that is no number of 12 to 19 digits. */
bool card_number_is_plausible(const char *number);
const char *card_last4(const struct card *card);
/* The rows in their order; NULL behind the last. */
const struct card *card_at(size_t i);
