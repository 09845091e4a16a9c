/* Orders whose pay links are open: asked about every few seconds, so that the screen says by itself
 * when a customer has paid, whichever screen that is. */
#pragma once

#include "core/wire/reply_around.h"

struct app;

enum { PAY_WATCHES = 8, PAY_STANDS = 256 };

struct pay_watch {
    char number[64];         /* of the order; "": none */
    char stands[PAY_STANDS]; /* how its payments stood; "": not known yet */
    int64_t due;             /* when it is asked about again */
    int looks;
};

struct pay_watches {
    struct pay_watch all[PAY_WATCHES];
    char newest[64], url[400],
        sum[48]; /* the order whose link was seen last; url "": none is open */
};

/* The payment behind an open link; NULL when there is none. */
const struct reply_payment *pay_link_open(const struct reply_order_card *order);
/* From now on, for half an hour; the oldest gives way. */
void pay_watch(struct app *app, const char *number);
/* The same when it has an open link, which is known then. */
void pay_watch_seen(struct app *app, const struct reply_order_card *order);
/* "20.00 GBP"; `out` has room for MONEY_TEXT and 16 bytes. */
void pay_link_sum(const struct reply_order_card *order, const struct reply_payment *link,
                  char *out);
/* Something has become of its payments: it is asked about at once. */
void pay_watch_heard(struct app *app, const char *number);
/* Once per turn of the loop; milliseconds until it is to be called again. */
int pay_watch_tick(struct app *app);
