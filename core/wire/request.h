/* The bodies of a client's requests, as text in the arena: what reply.h is to the way back. */
#pragma once

#include "core/draft.h"

struct request_order {
    const struct order_draft *draft;
    const char *rev;      /* of the stored draft, or NULL when it was never stored */
    int64_t expect_total; /* the total that was shown */
    const struct draft_tender *tenders;
    size_t ntenders;
    bool accept_duplicate, accept_age;
    const char *shift; /* of the till where it is sold; NULL or "": at none */
};

/* A change of an order that was placed. */
struct request_change {
    const struct order_draft *draft; /* what it shall be */
    bool preview;                    /* then only that counts */
    int64_t expect_total;            /* the total that was shown */
    const struct draft_tender *tenders;
    size_t ntenders;
    bool accept_age;
};

/* `otp` NULL or "": none. */
const char *request_session_write(struct arena *arena, const char *login, const char *password,
                                  const char *otp, size_t *len);
const char *request_draft_write(struct arena *arena, const struct order_draft *draft, size_t *len);
/* What it would cost; `shift` NULL or "": not at a till. */
const char *request_quote_write(struct arena *arena, const struct order_draft *draft,
                                const char *shift, size_t *len);
const char *request_order_write(struct arena *arena, const struct request_order *order,
                                size_t *len);
const char *request_change_write(struct arena *arena, const struct request_change *change,
                                 size_t *len);
/* Why something is done to an order; "": not said. */
const char *request_reason_write(struct arena *arena, const char *reason, size_t *len);
