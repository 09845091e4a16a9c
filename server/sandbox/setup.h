/* SetupIntents: a card made ready for later payments. */
#pragma once

#include "server/sandbox/call.h"

struct setup_attempt {
    json_t *intent, *method;
    bool moto, authenticated;
    const char *return_url;
};

/* Leaves the intent in its next state; a decline fails the call with 402. */
void setup_attempt(struct call *call, const struct setup_attempt *attempt);
void setup_authenticated(struct call *call, json_t *intent, bool accepted);
