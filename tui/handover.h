/* An order at the counter by its number: what is still to be paid, and the goods are given out; or
 * a sale of this shift is taken back whole. */
#pragma once

#include "core/wire/reply_around.h"
#include "tui/counter.h"
#include "tui/sale_view.h"
#include "tui/till_pay.h"

struct handover {
    struct app *app;
    char number[32];
    struct query query;
    bool has_order;
    struct reply_order_card order;
    struct till_pay pay;
    char reason[COUNTER_REASON]; /* it is to be taken back; "": to be given out */
    char key[ULID_TEXT];         /* of what F9 sends, until something changes */
    bool sending;
    int64_t looked; /* when it was asked for last */
};

void open_handover(struct app *app, const char *number);
/* The same, about to be taken back; F9 does it. */
void open_void(struct app *app, const char *number, const char *reason);
/* `r` and a number: goods come back, at once. */
void open_counter_return(struct app *app, const struct entry_command *command);
/* While one waits for the buyer's payment it is looked for now and then; milliseconds until it
 * wants to be called again. */
int handover_tick(struct app *app);

/* ---- of screen_handover.c ---- */
/* Asks for the order anew. */
void handover_ask(struct app *app);
/* Something else is sent next than was sent before. */
void handover_changed(struct handover *h);
/* It is to be taken back, for that reason. */
void handover_void(struct app *app, const char *reason);
/* What is to be paid, and what pays it: its words are added to `paid`. */
struct sale_sums handover_sums(const struct handover *h, struct text *paid);
/* What stands in the way of giving it out; NULL when nothing does. */
const char *handover_obstacle(const struct handover *h, int64_t due);
/* F9: gives it out, or takes it back. */
void handover_do(struct app *app);
