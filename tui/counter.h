/* The showroom at the terminal: the till that it is at, the shift that is open there, and what was
 * sold last. Money moves by F9 alone: an entry says what it will be, and shows it. */
#pragma once

#include "core/wire/reply_tills.h"
#include "tui/query.h"

enum { COUNTER_REASON = 201, COUNTER_PICKUPS = 9, COUNTER_PIECES = 200 };

enum counter_act { COUNTER_NOTHING, COUNTER_OPEN, COUNTER_PAY_IN, COUNTER_PAY_OUT, COUNTER_CLOSE };

/* What F9 will do. */
struct counter_armed {
    enum counter_act act;
    int64_t amount;
    char text[COUNTER_REASON]; /* why; the pieces that were counted */
    char key[ULID_TEXT];
    bool sending;
};

/* The last sale, until the next is begun. */
struct counter_sold {
    char number[32], currency[4];
    int64_t total, given, change, due;
    int exponent;
    char paid[256];       /* "cash 100.00, card terminal 20.00" */
    bool was_handed_over; /* an order that had been placed before */
};

struct counter {
    struct app *app;
    struct query tills_query, shift_query, report_query, pickups_query;
    bool has_tills, has_shift, has_report, has_pickups;
    bool is_known; /* whether there is a shift has been told */
    struct reply_tills tills;
    struct reply_shift shift;
    struct reply_till_report report;
    struct reply_pickups pickups;
    char till[32]; /* that is chosen, before there is a shift; "" none */
    struct counter_armed armed;
    struct counter_sold sold;
    char unsold[ULID_TEXT]; /* the sale that could not be made: there is no link */
};

/* Whether whoever is signed in may sell over a counter; and whether that is all they do. */
bool counter_may(const struct app *app);
bool counter_only(const struct app *app);
/* The desk is the showroom from now on. */
void counter_begin(struct app *app);
/* An order that was just made is a sale of the shift, at this desk. */
void counter_order(struct app *app, struct order *order);
/* The same of one that is recalled; false: it is no sale here. */
bool counter_till(const struct app *app, struct order_till *out);
/* There is a shift; otherwise it is said what to do first. */
bool counter_is_open(struct app *app);
/* NULL at another desk, or without a shift. */
const struct reply_shift *counter_shift(const struct app *app);
/* Asks anew for the shift, and for what the home of the desk shows. */
void counter_ask(struct app *app);
/* The reply to something that was done to the shift. */
bool counter_take_shift(struct app *app, const struct answer *answer);
/* Once per turn; milliseconds until it wants to be called again. */
int counter_tick(struct app *app);

/* Posts under that key, and again until there is an answer. */
void counter_post(struct app *app, const char *path, const char *key, const char *body,
                  answer_fn *done, void *owner);

/* ---- acts (counter_acts.c) ---- */
void counter_arm(struct app *app, enum counter_act act, const struct entry_command *command);
void counter_disarm(struct app *app);
/* F9. */
void counter_do(struct app *app);
/* `x`: the report of the open shift. */
void counter_x_report(struct app *app);
/* The sentence for what F9 will do; the arena's. */
const char *counter_armed_text(const struct app *app, struct arena *arena);

/* ---- sales (counter_sell.c) ---- */
/* F9 of the sale. */
void sale_pay(struct app *app);
/* The order was placed, and is still there. */
void counter_sold(struct app *app, struct order *order);
/* Why it was not. */
void counter_not_sold(struct app *app, struct order *order);
/* The total as it is shown now; -1: none. */
int64_t sale_total(const struct order *order);
