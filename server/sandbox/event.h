/* What happened, as Stripe's events tell it: stored with what they tell of, and sent to the webhook
 * endpoints that want them. */
#pragma once

#include "server/sandbox/call.h"

/* The object as it is now; call it when it is as it shall be shown. */
void event_happened(struct call *call, const char *type, const json_t *object);
/* The endpoint that the command line gives has this id; it is not in the store. */
#define EVENT_OPTION_ENDPOINT "we_option"
