/* What an earlier session of this login keyed and the server does not have: brought back at
 * sign-on. Never merged: when the draft is still as the journal knew it, or holds what the journal
 * wrote, it goes on under its own name, else as a copy under a new one. An order that was being
 * placed is sent again under its key, which places it once at most. */
#pragma once

struct app;

/* Begins, if there is anything; the result is told in the message rows. */
void recover_begin(struct app *app);
void recover_release(struct app *app);
