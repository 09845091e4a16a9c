/* Prices a draft: the one function behind every channel, pure, and able to say why. */
#pragma once

#include "core/draft.h"

/* A step from the list price to the amount of a line. */
enum why_code { WHY_list_price, WHY_rank_discount, WHY_no_volume, WHY_tax_included, WHY_tax_added };

struct why {
    enum why_code code;
    struct money amount; /* what the step gives or takes, for the whole line */
    struct rate rate;    /* of a discount or tax, else 0 */
    const char *ref;     /* the list's code, the rank, the region; or NULL */
};
enum { QUOTE_WHYS = 6 };

struct quote_line {
    const struct draft_line *draft;
    const struct item *item; /* NULL: unknown */
    bool priced;
    struct money unit;     /* the list's */
    struct money goods;    /* unit x qty */
    struct money discount; /* >= 0, taken off goods */
    struct money amount;   /* goods - discount */
    struct money tax;      /* within the amount, or on top of it */
    struct rate tax_rate;
    struct volume cv, pv;
    int64_t free_stock;   /* pieces that could be sold now; -1 unknown */
    int64_t back_ordered; /* of qty */
    struct why why[QUOTE_WHYS];
    size_t nwhy;
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
    struct problems problems;
};

/* The items whose free stock the caller must bring for quote_price: components of kits resolved,
 * each once, ascending by index. */
size_t quote_stock_items(struct arena *arena, const struct catalogue *catalogue,
                         const struct order_draft *draft, uint32_t **items);

/* `stock` ascending by item; `nstock` 0 with `stock` NULL means unknown (free_stock -1, no stock
 * problems). Business mistakes are in out->problems, and what can be priced is priced all the same.
 */
void quote_price(struct arena *arena, const struct catalogue *catalogue,
                 const struct buyer_facts *buyer, const struct order_draft *draft,
                 const struct stock_fact *stock, size_t nstock, struct quote *out);

/* What the tenders pay, and what is left as due; `distributor_pays` where the account balance may
 * be used. Problems are added for tenders that cannot be. */
void quote_tenders(struct quote *quote, const struct buyer_facts *buyer, bool distributor_pays,
                   const struct draft_tender *tenders, size_t n, struct money *from_balance,
                   struct money *due);

const char *why_name(enum why_code code);
/* "List AUTUMN-2: 24.50 each" */
const char *why_say(struct arena *arena, enum language language, const struct quote *quote,
                    const struct quote_line *line, const struct why *why);
