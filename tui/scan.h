/* A barcode scanner types into the same line as the operator does. A scan is an entry of its own:
 * what was being typed waits, unless it ends in `*`, which is a quantity for what is scanned. Each
 * scan is acknowledged once, by the bell and in the message row. */
#pragma once

#include "tui/entry_line.h"

struct app;

struct scan {
    bool on; /* its characters are coming */
    char text[ENTRY_TEXT];
    size_t at; /* what is typed meanwhile, and where the cursor stood */
};

/* True when the input was part of a scan. */
bool scan_input(struct app *app, const struct input *input);
