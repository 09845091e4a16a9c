/* Repeat orders on the wire, as the terminal reads and changes them. */
#pragma once

#include "core/repeat.h"
#include "core/wire/reply.h"

struct reply_repeat_run {
    const char *due, *result, *order; /* "" when none was placed */
    const char *why;                  /* of a refusal; "" */
    const char *out, *later;          /* SKUs that were left out, that come later; "" */
    int64_t total;                    /* -1: none */
};

struct reply_repeat {
    const char *id, *state, *distributor, *name, *customer, *customer_name;
    const char *pays, *due, *retry; /* "balance", "card" or "later" */
    struct repeat_plan plan;
    int64_t nlines; /* of a row of a list */
    /* Of one in full. */
    const char *version, *created_by, *created_at, *currency, *then[2];
    int exponent;
    int64_t told_total; /* what notice of the next run said; -1: none was given */
    struct order_draft draft;
    struct reply_repeat_run *runs;
    size_t nruns;
    /* Of the newest order whose card was declined; charge_state "": none. */
    const char *charge_state, *charge_order, *charge_next, *charge_why;
};

struct reply_repeats {
    struct reply_repeat *items;
    size_t n;
    const char *next; /* "" at the end */
};

bool reply_repeats_read(struct arena *arena, const char *body, size_t len,
                        struct reply_repeats *out) MUST_CHECK;
bool reply_repeat_read(struct arena *arena, const char *body, size_t len,
                       struct reply_repeat *out) MUST_CHECK;

/* A new one from all three; of one that is there, what is NULL stays. */
struct request_repeat {
    bool is_new;
    const struct order_draft *draft;
    const struct repeat_plan *plan;
    const char *pays;
};
const char *request_repeat_write(struct arena *arena, const struct request_repeat *repeat,
                                 size_t *len);
