/* Checkout Sessions: what a hosted pay page is for. */
#pragma once

#include "server/sandbox/call.h"

/* Whether it can still be paid; one whose time is over becomes `expired` first. */
bool session_is_open(struct call *call, const char *id);
/* Pays (or sets up) with a card, as the payer asks on the page: the session is complete when the
 * intent went through; a decline fails the call. */
void session_pay(struct call *call, json_t *session, json_t *method, const char *name,
                 const char *email);
/* The payer's answer to 3-D Secure. */
void session_authenticated(struct call *call, json_t *session, bool accepted);
/* The intent was `processing` and is no more. */
void session_settled(struct call *call, const json_t *intent);
/* All that are out of time. */
void session_expire_due(struct sandbox *sandbox);
/* Where the payer goes behind a complete one. */
const char *session_success_url(struct call *call, const json_t *session);
/* The PaymentIntent or SetupIntent; NULL when there is none yet. */
json_t *session_intent(struct call *call, const json_t *session);
