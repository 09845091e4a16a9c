/* An order after it has been placed: its states, and who may take it back until when, and
 * whether it may still be changed. */
#pragma once

#include "core/problem.h"

bool order_state_known(const char *state);
bool order_state_may_go(const char *from, const char *to);

/* What counts when somebody wants to cancel an order. */
struct order_cancel {
    const char *order, *state;
    const char *taker; /* who took it */
    const char *until; /* as people read it, when the taker's time ends */
    bool is_taker;     /* it is the taker who asks */
    bool in_time;
    bool is_office; /* back office and supervisor: no matter when, as long as nothing is picked */
};
/* True when it may be; else adds the problem that says why not and who can help. */
bool order_cancel_may(const struct order_cancel *cancel, struct problems *problems);

/* Whether an order may still be changed: placed or on hold; else adds the problem that says so. */
bool order_change_may(const char *order, const char *state, struct problems *problems);
/* Whether it may be put on hold, or taken off it. */
bool order_hold_may(const char *order, const char *state, bool hold, struct problems *problems);
