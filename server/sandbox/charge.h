/* Charges: what was asked of the card's bank for a payment, and what of it was given back. */
#pragma once

#include "server/sandbox/call.h"

/* Pending, of the intent's whole amount. */
json_t *charge_new(struct call *call, const json_t *intent, const json_t *method);
void charge_fail(json_t *charge, const char *code, const char *decline_code, const char *say);
void charge_succeed(json_t *charge, bool captured);
/* What is not captured counts as given back, as with Stripe. */
void charge_capture(json_t *charge, int64_t amount);
/* Of one that was not captured: nothing is taken. */
void charge_let_go(json_t *charge);
/* `amount` more (or less, below 0) is given back. */
void charge_refund(json_t *charge, int64_t amount);
int64_t charge_refundable(const json_t *charge);
/* A refund whose end was put off: it fails, or succeeds. */
void charge_refund_ends(struct call *call, json_t *refund, bool good);
