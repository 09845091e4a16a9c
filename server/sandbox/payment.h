/* How a payment goes: a PaymentIntent tried with a card, the charge that comes of it, its capture
 * and its end. The state of an intent changes here only. */
#pragma once

#include "server/sandbox/call.h"

struct attempt {
    json_t *intent, *method; /* both to be edited */
    bool off_session, moto;  /* the payer is not there to be asked; by letter or telephone */
    bool refuse_action;      /* decline rather than ask for 3-D Secure */
    bool authenticated;      /* 3-D Secure is behind us */
    const char *return_url;
};

/* Leaves the intent in its next state; a decline fails the call with 402. */
void payment_attempt(struct call *call, const struct attempt *attempt);
/* The payer's answer to 3-D Secure. */
void payment_authenticated(struct call *call, json_t *intent, bool accepted);
/* All or part of what was authorised; the rest is let go. */
void payment_capture(struct call *call, json_t *intent, int64_t amount);
void payment_cancel(struct call *call, json_t *intent, const char *reason);
/* The end of a payment that was `processing`. */
void payment_settle(struct call *call, json_t *intent);
/* Whether its status is one of these ("a|b"). */
bool payment_is(const json_t *intent, const char *states);
/* The id that a client secret begins with; NULL when it is none. */
const char *payment_id_of_secret(struct arena *arena, const char *secret);
/* Where the payer answers to 3-D Secure. */
const char *payment_action_url(struct call *call, const json_t *intent);
json_t *payment_next_action(struct call *call, const json_t *intent, const char *return_url);
