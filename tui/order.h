/* The order that is open: the draft as keyed, its versions for undo, and its traffic with the
 * server. Every accepted Enter makes a new version at once, here; pricing and saving follow behind,
 * each with one request under way, later edits coalescing. Nothing here waits, and nothing draws.
 */
#pragma once

#include "core/code.h"
#include "core/draft.h"
#include "core/wire/reply.h"
#include "tui/client.h"
#include "tui/order_keep.h"
#include "tui/order_pay.h"
#include "tui/order_price.h"

enum { ORDER_UNDO = 200, ORDER_REV = 64, ORDER_NAME = 64, ORDER_SHIFT = 32 };

struct order;

enum order_event {
    ORDER_PRICED,      /* there is a new quote */
    ORDER_REFUSED,     /* a quote could not be had: see trouble */
    ORDER_COPIED,      /* somebody else has the draft (taken_by); our keying goes on in a copy */
    ORDER_UNSAVED,     /* the server will not store it: see trouble */
    ORDER_PLACED,      /* see placed */
    ORDER_NOT_PLACED,  /* see trouble, or error */
    ORDER_LEFT,        /* an order that was left is stored, and is no more */
    ORDER_PAY_TOLD,    /* what there is to pay with has come */
    ORDER_PAY_FOUND,   /* a certificate was looked up, and pays */
    ORDER_PAY_UNTOLD,  /* a certificate was to be looked up: nobody says what it is worth */
    ORDER_PAY_NOTHING, /* a certificate was looked up: there is none, or nothing left of it */
    ORDER_PAY_GONE,    /* the same of one that was chosen before the order was parked */
    ORDER_MOVED,       /* somebody has changed the placed order that this is a change of */
};
typedef void order_event_fn(void *user, struct order *order, enum order_event event);

/* Placing: wanted until total and revision are confirmed, then sent until answered. */
enum order_placing { PLACING_NO, PLACING_WANTED, PLACING_SENT };

struct order_version {
    struct arena *arena;
    struct order_draft draft;
    struct order_paying paying;
};

/* "pending n of m" as it is said: at once when all is confirmed or less than was said, else when
 * the keys rest. Counting each line that is keyed in a row, twice, is what nobody reads; the row
 * says
 * `..` itself. */
struct order_pending_said {
    size_t n, lines;
};

struct order {
    struct client *client;
    order_event_fn *event;
    void *user;

    char ulid[ULID_TEXT];
    struct order_version versions[ORDER_UNDO + 1];
    size_t nversions, at;       /* the current one is versions[at]; those behind it can be redone */
    uint64_t edits;             /* counts changes; an answer carries the count it was asked with */
    uint64_t rested;            /* edits at which the operator made a pause (order_promo.h) */
    unsigned next_line;         /* for ids of lines */
    bool in_paste, paste_begun; /* a paste is one step of undo */

    struct arena *quote_arena; /* NULL: no quote yet; lent by `price` */
    struct reply_quote quote;  /* the one to show */
    uint64_t quoted, quoting;  /* edits that the server's is of; that one is asked for, 0 none */
    struct order_price price;
    struct order_pending_said pending_said;

    char rev[ORDER_REV]; /* "": never stored */
    uint64_t saved, saving;
    bool refused; /* the server will not store it as it is */
    bool leaving;
    bool told_nobody;        /* it was placed when it had been left: the next sign-on tells */
    struct order *next_held; /* of those that are left but not stored yet (held.c) */
    int64_t touched;         /* when the lease was last renewed, milliseconds */
    char copied_from[ULID_TEXT], taken_by[ORDER_NAME]; /* "", or whose draft it was a copy of */

    char typed[DRAFT_TYPED_MAX + 1]; /* in the entry line, not entered */
    uint64_t typings, typed_saved;   /* counts its changes; that one is stored */
    uint64_t payings, payings_saved; /* the same of how it is paid */
    struct journal *journal;         /* NULL: none */
    struct order_keep keep;

    bool accept_duplicate, accept_age;
    enum order_placing placing;
    int64_t frozen; /* the total that the review shows; -1 while it is not confirmed */
    struct arena *outcome_arena;
    struct reply_trouble trouble;
    struct reply_order placed;
    const char *error; /* "" or why no answer came */

    char shift[ORDER_SHIFT];   /* of the till where it is sold at once; "": at none */
    char walk_in[ORDER_SHIFT]; /* the customer who buys there when nobody says who it is */
    int64_t told;              /* the total of a sale that the buyer was told; -1: none */

    struct order_means means;
    struct order_change *change; /* of an order that was placed (order_change.h); NULL: a new one */
};

/* A new draft's identity: time and randomness. */
void order_ulid(char out[ULID_TEXT]);
struct order *order_new(struct client *client, const char *market, order_event_fn *event,
                        void *user);
/* An order just made or recalled is a sale at a till, of that shift: it is paid in full when it is
 * placed, and the goods are handed over. Nobody bought it yet: then it is the walk-in, a customer
 * of that distributor. */
struct order_till {
    const char *shift, *walk_in_of, *walk_in;
};
void order_sell(struct order *order, const struct order_till *till);
/* A sale to nobody in particular. */
bool order_is_walk_in(const struct order *order);
/* A stored draft, locked for us already. */
struct order *order_recall(struct client *client, const struct reply_draft *stored,
                           order_event_fn *event, void *user);
/* The same at a till: what was parked there, or keyed on the telephone and fetched now. */
struct order *order_recall_sale(struct client *client, const struct reply_draft *stored,
                                const struct order_till *till, order_event_fn *event, void *user);
/* One that is on no server yet, with what is there to begin with. */
struct order *order_of(struct client *client, const struct order_draft *draft,
                       order_event_fn *event, void *user);
/* What is in the entry line goes with the draft, as far as it may. */
void order_typed(struct order *order, const char *text);
/* An order that was left and is not stored yet is open again. */
void order_return(struct order *order);
/* Gives the order up: when what was keyed is stored, it tells ORDER_LEFT and frees itself. An empty
 * draft is removed, others are released. */
void order_leave(struct order *order);
void order_free(struct order *order);

const struct order_draft *order_draft(const struct order *order);
static inline size_t order_lines(const struct order *order)
{
    return order_draft(order)->nlines;
}
/* Line `number` counts from 1. */
const struct draft_line *order_line(const struct order *order, size_t number);
/* What the quote that is shown says of a line, also of another quantity; NULL for nothing. */
const struct reply_line *order_line_quoted(const struct order *order, size_t number);
enum line_known order_line_known(const struct order *order, size_t number);
/* The server has priced the line as it stands now, as it is shown. */
bool order_line_confirmed(const struct order *order, size_t number);
/* What is said to be wrong with the line is of the line as it stands now. */
bool order_line_is_judged(const struct order *order, size_t number);
/* The server has corrected its price: what was shown before. */
bool order_line_was(const struct order *order, size_t number, int64_t *amount);
/* Why a line costs what it does, step by step; sentences. */
const char **order_line_why(const struct order *order, size_t number, struct arena *arena,
                            size_t *count);
size_t order_pending(const struct order *order);
/* Takes what is to be said of it, after keys and answers. */
void order_pending_look(struct order *order);
/* The server has priced the order as it stands now. */
bool order_confirmed(const struct order *order);
/* Somebody has: the sums that are shown are of the order as it stands. */
bool order_priced(const struct order *order);
/* The sums that are shown mean something: of the order as it stands, or as it was a moment ago. */
bool order_has_sums(const struct order *order);
/* The n-th problem of a line, or NULL; number 0: those of no line. */
const struct reply_problem *order_problem(const struct order *order, size_t number, size_t nth);
/* It is there only because of another one of its line, which says enough. */
bool order_problem_follows(const struct order *order, const struct reply_problem *problem);
/* The distributor is not known or may not order. */
bool order_person_refused(const struct order *order);
/* The warning that the same has been ordered before, or NULL. */
const struct reply_problem *order_duplicate(const struct order *order);
/* Problems that stop it. */
size_t order_stops(const struct order *order);
/* The last line with candidates; 0 when there is none. */
size_t order_line_to_mend(const struct order *order, const struct reply_problem **problem);

/* Edits: one step of undo each. */
void order_set_distributor(struct order *order, const char *id);
void order_set_customer(struct order *order, const char *id);
void order_set_type(struct order *order, enum order_type type);
void order_set_address(struct order *order, int choice);
/* Elsewhere than to the buyer; `address` NULL: as where one picks up. */
void order_set_ship(struct order *order, enum destination to, const struct address *address);
void order_set_price_list(struct order *order, const char *code);
void order_set_coupons(struct order *order, const char *const *codes, size_t n);
void order_set_note(struct order *order, const char *note);
bool order_add(struct order *order, const char *sku, int64_t qty); /* false: too many lines */
/* A gift certificate of a value that was keyed, in minor units. */
bool order_add_valued(struct order *order, const char *sku, int64_t qty, int64_t value);
bool order_add_kit(struct order *order, const char *sku, int64_t qty, const char *choices);
/* The same, the first `chosen` of them as what a promotion lets the buyer choose. */
bool order_add_chosen(struct order *order, const char *sku, int64_t qty, int64_t chosen,
                      const char *promotion);
/* Lines of another order, but for its gifts. */
bool order_add_all(struct order *order, const struct reply_line *lines, size_t n);
void order_set_qty(struct order *order, size_t number, int64_t qty); /* 0: the line goes */
void order_set_sku(struct order *order, size_t number, const char *sku);
/* Chosen by that promotion; NULL: bought. */
void order_set_picks(struct order *order, size_t number, const char *promotion);
/* What is chosen in the kit of a line, as draft_line has it; NULL: nothing. */
void order_set_choices(struct order *order, size_t number, const char *choices);
/* All of the draft anew, in one step of undo. */
void order_replace(struct order *order, const struct order_draft *draft);
bool order_undo(struct order *order);
bool order_redo(struct order *order);
void order_paste(struct order *order, bool begins);

/* Asks for a quote again although nothing has changed. */
void order_reprice(struct order *order);
/* Renews the lease now and then; milliseconds until it wants to be called again. */
int order_tick(struct order *order, int64_t now);

/* The review freezes the total as soon as it is confirmed. */
void order_review(struct order *order);
/* What of the frozen total is not paid yet: all of it, but for a change. */
int64_t order_to_pay(const struct order *order);
/* For order_pay.c: how it is paid, to be changed; one step of undo. */
struct order_paying *order_paying_edit(struct order *order);
/* It has been: the journal knows it at once, the stored draft when the order is left. */
void order_paying_edited(struct order *order);
/* Places it for exactly the frozen total, as soon as there is one; a sale for nothing else than the
 * total that was shown. */
void order_place(struct order *order);
/* Takes that back; false when it has been sent already. */
bool order_place_not(struct order *order);
