/* What the provider is asked, one request at a time: a task of the queue is one step, or a few.
 * Pure: a step and a task make a question, a step and the provider's words make an answer; so that
 * both can be held against what Stripe documents without a network. */
#pragma once

#include "core/arena.h"

#include <jansson.h>

/* The requests (step.def): where each goes, and what its object is. */
enum step {
    STEP_NONE,
#define STEP(name, method, path, object) STEP_##name,
#include "server/gateway/step.def"
#undef STEP
    STEP_COUNT
};

/* A row of gateway_take; texts are never NULL, "" when there is nothing. */
struct task {
    const char *id, *act, *key;
    int64_t amount;
    const char *currency, *number, *payment, *refund, *setup;
    const char *provider_ref, *session_ref, *refund_ref, *customer, *method;
    const char *email, *language, *channel, *payment_state;
    const char *code;      /* of a link's own page */
    int64_t keyed_at, now; /* seconds since 1970: since when the key is sent; the present */
    int64_t tries;         /* with this one */
    const char *after;     /* the last of a list that was looked through so far; NULL: its begin */
};

/* What a question needs that is the company's. */
struct terms {
    const char *public_url; /* never NULL, without a slash at the end */
    int link_minutes;
    bool moto; /* a phoned order is told as one: the provider must have allowed it */
};

struct question {
    bool post;
    const char *path; /* "/v1/payment_intents/pi_1?expand[]=..." */
    const char *body; /* of a POST: application/x-www-form-urlencoded */
    const char *key;  /* of a POST: Idempotency-Key */
};

enum outcome {
#define OUTCOME(name, level) OUTCOME_##name,
#include "server/gateway/outcome.def"
#undef OUTCOME
    OUTCOME_COUNT
};

/* What came back: an answer with its code, or none. */
struct heard {
    int code;      /* of HTTP; 0: no answer */
    bool sent;     /* without an answer: the question may have arrived */
    bool replayed; /* the provider says what it said before under this key */
    json_t *body;  /* decoded; NULL when it is no JSON */
};

struct answer {
    enum step next; /* what is to be asked now; STEP_NONE: `outcome` is the end */
    enum outcome outcome;
    const char *ref;  /* the provider's name of the payment or refund; NULL when it is not known */
    json_t *detail;   /* an object, or NULL; see gateway_result in sql/schema */
    const char *code; /* of an error, for the log; "" without one */
    bool loud;        /* nothing will go until somebody changes the settings */
};

/* The first request of a task; STEP_NONE: nothing needs to be asked, and *out is the answer. */
enum step step_first(struct arena *arena, const struct task *task, struct answer *out);
void step_question(struct arena *arena, enum step step, const struct task *task,
                   const struct terms *terms, struct question *out);
/* `task` may be changed: what one step learns (the name of a payment) the next one asks about. */
void step_answer(struct arena *arena, enum step step, struct task *task, const struct heard *heard,
                 struct answer *out);

/* What the provider keeps with a payment or refund, so that it can be found again. */
const char *step_mark(struct arena *arena, const struct task *task);
const char *step_name(enum step step);
const char *outcome_name(enum outcome outcome);
