/* Which price an order shows: the server's as soon as there is one of the order as it stands; until
 * then one made here in the moment of the key. The server's is the one that counts: where it
 * differs from what was shown, the row says so. */
#pragma once

#include "core/draft.h"
#include "core/wire/reply.h"
#include "tui/local_quote.h"

struct order;

/* What is known of a line. */
enum line_known {
    LINE_NOTHING,   /* the server has not seen it, and nothing is known here */
    LINE_LIST,      /* item and list price, or those of another quantity */
    LINE_HERE,      /* priced here */
    LINE_CONFIRMED, /* by the server, as it stands */
};

struct order_was {
    const char *line; /* id */
    int64_t amount;
};

/* Where the draft's lines are in the quote that is shown, and their problems, so that a look-up
 * costs the same in a long order. Of the lines as they were when it was made. */
struct order_index {
    struct arena *arena;
    size_t nlines;
    const struct reply_line **lines; /* by number - 1; NULL: not quoted */
    enum line_known *known;
    uint32_t *first, *problems; /* problems[first[number]] up to first[number + 1]; 0: of no line */
    size_t pending, to_mend;
};

struct order_price {
    struct prices *prices; /* NULL: nothing is priced here */
    struct arena *here_arena;
    struct local_quote here; /* LOCAL_NONE: there is none */
    uint64_t here_of, generation,
        named;                  /* named: generation that the server's lines have names of */
    struct arena *served_arena; /* NULL: no answer of the server yet */
    struct reply_quote served;  /* the latest one, of whatever edit */
    uint64_t head, head_since;  /* sum of who, how and from which list; the edit that changed it */
    struct arena *was_arena;
    struct order_was *was; /* amounts shown that the server has corrected */
    size_t nwas;
    int64_t total_was; /* -1: that one was right */
    struct order_index index;
};

void order_price_attach(struct order *order, struct prices *prices);
void order_price_release(struct order *order);
/* The order has been edited: the new price is here when it returns. */
void order_price_edited(struct order *order);
/* Once per turn: whether something has come that prices it better. */
void order_price_look(struct order *order);
/* A quote of the server for the order as it was after that many edits; the arena is the order's. */
void order_price_served(struct order *order, struct arena *arena, const struct reply_quote *quote,
                        uint64_t edits);
/* Of order_known.c, for order_price.c: the index anew from draft and quotes. */
void order_index_make(struct order *order);
