/* Taking an order back: asked once, in the message row, by saying `u` a second time; anything else
 * keeps the order. The server decides whether it is still time. */
#pragma once

#include "core/code.h"

struct app;

struct cancel {
    char number[32];
    char key[ULID_TEXT]; /* of the request, so that a repeated one does nothing twice */
    char wanted[32];     /* asked about ... */
    unsigned asked_at;   /* ... at that entry: the answer is the next one */
    char placed[32];     /* the order just placed here, "" for none */
    char placed_say[80]; /* "178.10 GBP, JONES, Sarah" */
};

/* `u` where nothing else is to be undone: the order just placed; `number` NULL: that one. */
void cancel_ask(struct app *app, const char *number, const char *say);
/* An order was placed here. */
void cancel_placed(struct app *app, const char *number, const char *say);
