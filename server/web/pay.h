/* The pages of a pay link: what is paid and for whom, the way to the provider's page, the receipt.
 */
#pragma once

#include "server/web/frame.h"

struct pay {
    struct frame frame;
    const char *company, *order, *date, *amount, *code;
    const char *heading, *sentence; /* in the reader's language */
    const struct items *items;      /* NULL: not shown any more */
    bool is_open, is_making;        /* it can be paid · or will be able to, in a moment */
    bool is_back; /* the reader comes from the provider's page, and word of it does not yet */
    bool is_good, is_paid; /* it went well · and was not given back */
};

/* One thing that a page says. */
struct pay_say {
    struct frame frame;
    const char *sentence;
};

void pay_page(struct text *out, enum language language, const struct pay *it);
void pay_say(struct text *out, enum language language, const struct pay_say *it);
