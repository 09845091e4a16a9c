/* Prices a draft: the one function behind every channel, pure, and able to say why. */
#pragma once

#include "core/draft.h"
#include "core/tender.h"

/* A step from the list price to the amount of a line. */
enum why_code {
    WHY_list_price,
    WHY_rank_discount,
    WHY_promotion,
    WHY_gift,
    WHY_no_volume,
    WHY_volume_reduced,
    WHY_tax_included,
    WHY_tax_added
};

struct why {
    enum why_code code;
    struct money amount; /* what the step gives or takes, for the whole line */
    struct rate rate;    /* of a discount or tax, else 0 */
    const char *ref;     /* the list's code, the promotion's, the region; or NULL */
};

/* What a promotion takes off a line: fixed with the order, so that a return of some pieces gives
 * back what they cost. */
struct line_share {
    const struct promotion *promotion;
    struct money amount; /* >= 0 */
};

struct quote_line {
    const struct draft_line *draft;  /* of a gift: made by the quote, id "+CODE" */
    const struct promotion *gift_of; /* not in the draft: added by this promotion; or NULL */
    const struct item *item;         /* NULL: unknown */
    bool priced;
    struct money unit;     /* the list's */
    struct money goods;    /* unit x qty */
    struct money discount; /* >= 0, taken off goods: by rank and promotions */
    struct money amount;   /* goods - discount */
    struct money tax;      /* within the amount, or on top of it */
    struct rate tax_rate;
    struct volume cv, pv;
    const struct component *chosen; /* of a kit, in the order of its slots */
    size_t nchosen;
    int64_t free_stock;        /* pieces that could be sold now; -1 unknown */
    int64_t back_ordered;      /* of qty */
    struct line_share *shares; /* in the order in which they were taken */
    size_t nshares;
    struct why *why;
    size_t nwhy;
};

/* What became of a promotion that was considered. */
enum promotion_state { PROMOTION_applied, PROMOTION_lost, PROMOTION_failed };
enum need_kind {
    NEED_none,
    NEED_spend,
    NEED_quantity,
    NEED_order,
    NEED_first_order,
    NEED_party,
    NEED_recruits,
    NEED_pieces, /* of "buy n get m", of a set */
    NEED_goods,  /* nothing in the order that it could reduce */
    NEED_stock,  /* of the gift */
    NEED_limit_uses,
    NEED_limit_person,
    NEED_limit_budget,
    NEED_KINDS
};

struct quote_promotion {
    const struct promotion *promotion;
    enum promotion_state state;
    struct money amount;           /* off the goods, with what is given away at list price */
    struct money delivery, credit; /* waived; to be booked */
    int64_t times;
    const struct promotion *lost_to; /* of PROMOTION_lost */
    enum need_kind need;             /* of PROMOTION_failed */
    const struct item_set *of;       /* what is missing, of NEED_spend, quantity, pieces, goods */
    int64_t actual, needed;          /* minor units, pieces or people, as the need is */
    int64_t picks, picked;           /* pieces that may be chosen, and that were */
    int64_t recruits;                /* new customers that it rewards, of PROMOTION_applied */
};

/* One step away: `qty` more pieces of `item` save `saves`; `picks`: they may be chosen free. */
struct quote_hint {
    const struct promotion *promotion; /* NULL: no hint */
    const struct item *item;
    int64_t qty;
    struct money saves;
    bool picks;
};

/* One component to be taken from stock for a line. */
struct stock_need {
    uint32_t line, item; /* indexes: quote line, catalogue item */
    int64_t qty, per;    /* pieces in all, pieces for one of the line */
    bool back_order;
};

struct quote {
    const struct catalogue *catalogue;
    const struct price_list *list;
    struct date date;
    bool tax_included;
    struct quote_line *lines;
    size_t nlines;
    /* goods - discount + delivery + tax_added = total; the amounts add up to goods - discount. */
    struct money goods, discount, delivery, delivery_tax, tax, tax_added, total;
    struct volume cv, pv;
    const char *region;
    struct stock_need *needs; /* ascending by item */
    size_t nneeds;
    struct quote_promotion *promotions; /* those considered: by lane, priority, code */
    size_t npromotions;
    struct money credit; /* of all promotions: onto the buyer's account when placed */
    bool search_bounded; /* more combinations than are tried: see core/promo/promo.h */
    struct problems problems;
};

/* The items whose free stock the caller must bring for quote_price: components of kits resolved,
 * each once, ascending by index. */
size_t quote_stock_items(struct arena *arena, const struct catalogue *catalogue,
                         const struct order_draft *draft, uint32_t **items);

/* A part of a kit on an order: what a return of it alone gives back comes from its share. */
struct line_part {
    uint32_t item;      /* index into catalogue.items */
    int slot;           /* from which it was chosen, from 1; 0: the kit always has it */
    int64_t qty;        /* pieces in all */
    struct money share; /* of the line's amount */
};

/* The parts of a priced kit, the chosen ones last, in the order of its slots; 0 for any other line.
 * The amount of the line is shared over them by list price x pieces (by pieces, where none has a
 * price), largest remainder: the shares add up to the amount. */
size_t quote_line_parts(struct arena *arena, const struct quote *quote,
                        const struct quote_line *line, struct line_part **out);

/* `stock` ascending by item; `nstock` 0 with `stock` NULL means unknown (free_stock -1, no stock
 * problems). Business mistakes are in out->problems, and what can be priced is priced all the same.
 */
void quote_price(struct arena *arena, const struct catalogue *catalogue,
                 const struct buyer_facts *buyer, const struct order_draft *draft,
                 const struct stock_fact *stock, size_t nstock, struct quote *out);

enum { QUOTE_HINTS = 8 };
/* The steps that are nearly there, found by pricing the order with each: the best first. Costs up
 * to QUOTE_HINTS quotes. */
size_t quote_hints_find(struct arena *arena, const struct quote *quote,
                        const struct buyer_facts *buyer, const struct order_draft *draft,
                        const struct stock_fact *stock, size_t nstock,
                        struct quote_hint out[QUOTE_HINTS]);
/* The best of them; `out->promotion` NULL when there is none. */
void quote_hint_find(struct arena *arena, const struct quote *quote,
                     const struct buyer_facts *buyer, const struct order_draft *draft,
                     const struct stock_fact *stock, size_t nstock, struct quote_hint *out);
/* What is to be refunded when `returned` of the `qty` pieces of a line, for which `paid` was paid,
 * have come back in all, and `refunded` was given back for those before: rounded down, so that all
 * pieces together give exactly `paid`. */
struct money line_refund(struct money paid, int64_t qty, int64_t returned, struct money refunded);

/* What the tenders pay of the total, one after the other, and what they leave as due;
 * `kinds` are those that may be used (tender_kinds). Problems are added for tenders that cannot be.
 * What else an account, a certificate, a card holds is known when the order is placed.
 */
void quote_tenders(struct quote *quote, const struct buyer_facts *buyer, unsigned kinds,
                   const struct draft_tender *tenders, size_t n, struct tender_sums *sums);

const char *promotion_state_name(enum promotion_state state); /* "applied" */
const char *need_name(enum need_kind need);                   /* "spend" */
/* "Applied: 19.00 off", "Lost to SPRING: no two of them together", "2 of 3 pieces": for people. */
const char *quote_promotion_say(struct arena *arena, enum language language,
                                const struct quote *quote, const struct quote_promotion *promotion);
/* "1 more 41109 saves 19.00" */
const char *quote_hint_say(struct arena *arena, enum language language, const struct quote *quote,
                           const struct quote_hint *hint);

const char *why_name(enum why_code code);
/* "List AUTUMN-2: 24.50 each" */
const char *why_say(struct arena *arena, enum language language, const struct quote *quote,
                    const struct quote_line *line, const struct why *why);
