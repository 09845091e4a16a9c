/* A change of an order that was placed: it is keyed, priced, undone and kept as a draft like a new
 * order, and sent to take the place of what the order was. What it was is kept beside it, so that
 * the difference can be told. Where somebody else has changed the order meanwhile, nothing is
 * merged: what it is now is fetched, the difference is told anew, and sending is asked for again.
 */
#pragma once

#include "core/text.h"
#include "core/wire/reply_around.h"
#include "core/wire/request.h"
#include "tui/order.h"

struct order_change {
    char number[32], version[32]; /* of the order that was read */
    char key[ULID_TEXT];          /* that it is sent under; "": the draft's name */
    struct arena *arena;          /* of the following; NULL: the order is not known yet */
    struct reply_order_card was;  /* as it was read */
    struct order_draft before;    /* the same as a draft */
    bool asking, is_refused;      /* asking, since it was not taken as it was sent */
    bool is_over;                 /* it cannot be changed any more */
};

/* A placed order as a draft that changes it, without its gifts. Texts are the card's; the lines and
 * what is chosen in kits the arena's. */
void order_card_draft(struct arena *arena, const struct reply_order_card *card,
                      struct order_draft *draft);

/* The change of the order in that reply, with nothing changed yet; NULL when it is not one. */
struct order *order_change_new(struct client *client, const char *body, size_t len,
                               order_event_fn *event, void *user);
/* A draft that was stored as a change goes on: the order is asked for. */
void order_change_attach(struct order *order);
void order_change_release(struct order *order);

/* A change of which the order is known: the difference can be told. */
bool order_change_is_known(const struct order *order);
/* It is no change, or there is something to be sent. */
bool order_change_any(const struct order *order);
/* What was paid of the order; 0 when this is no change. */
int64_t order_change_paid(const struct order *order);
/* "+1*40227  41109 2>3  -50318": adds what is another than it was; nothing when it is the same. */
void order_change_tell(const struct order *order, struct text *text);
/* Everything back to what the order is, in one step of undo. */
void order_change_undo_all(struct order *order);

/* ---- of order_link.c ---- */
/* Fills a request for its price. */
void order_change_preview(struct order *order, struct arena *arena, struct request *request);
/* Fills the request that sends it. */
void order_change_send(struct order *order, struct arena *arena, const struct request_order *what,
                       struct request *request);
/* The price, into the arena. False: unreadable. */
bool order_change_priced(struct order *order, struct arena *arena, const struct answer *answer,
                         struct reply_quote *out);
/* A refusal: true when the order has been changed by somebody, and is asked for now. */
bool order_change_refused(struct order *order, enum status status);
