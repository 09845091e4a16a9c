/* Receipts and the reports of a shift: shown as text, and sent as bytes to the printer of this
 * terminal. What was not printed is kept, and F8 tries again. */
#pragma once

#include "core/base.h"

struct app;

/* The receipt of what was just sold, to the printer. */
void receipt_print(struct app *app, const char *number);
/* F8: what was not printed; else a copy of the receipt of the order whose number is typed, or of
 * that one (""), shown and printed. */
void receipt_again(struct app *app, const char *number);
/* The report that closing has brought: shown and printed. */
void open_report(struct app *app, const char *body, size_t len);
/* The report of the open shift, shown; F8 prints it. */
void open_x_report(struct app *app);
/* Milliseconds until it wants to be called again. */
int receipts_tick(struct app *app);
void receipts_release(struct app *app);
