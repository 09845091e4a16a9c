/* The pages of the payment provider that stands in for the real one: paying or saving a card, the
 * question of the card's bank, and what else it has to say. */
#pragma once

#include "server/web/frame.h"

struct sandbox_field {
    const char *name, *label, *autocomplete, *inputmode, *example; /* label: marked with N_() */
    int most;                                                      /* characters */
    const char *value, *problem; /* to be shown again · marked with N_(); NULL: none */
};

struct sandbox_pay {
    struct frame frame;
    const struct items *items; /* NULL: a card is to be saved, nothing is paid */
    const char *amount, *id, *cancel_url;
    const char *refused; /* marked with N_(): why the last try did not go through; NULL */
    const struct sandbox_field *fields;
    size_t n;
};

struct sandbox_ask {
    struct frame frame;
    const char *amount; /* NULL: a card is to be saved */
    const char *secret;
};

struct sandbox_say {
    struct frame frame;
    const char *sentence, *back; /* back: an address, NULL or "" */
};

void sandbox_pay_page(struct text *out, enum language language, const struct sandbox_pay *it);
void sandbox_ask_page(struct text *out, enum language language, const struct sandbox_ask *it);
void sandbox_say_page(struct text *out, enum language language, const struct sandbox_say *it);
