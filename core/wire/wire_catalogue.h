/* The whole priced catalogue of a market on the wire: one object of columns, so that 50,000 items
 * are a dozen arrays and not 50,000 objects. The server writes its pieces straight into text, each
 * once, and joins what a request asks for; the client reads them with pull.h. Inside a table
 * `count` comes first and the columns have as many elements; groups come before items, and items
 * before what is indexed by them. An open end of a range of dates is null. */
#pragma once

#include "core/catalogue.h"
#include "core/wire/pull.h"

/* A catalogue with what the screens want beside prices. */
struct wire_catalogue {
    struct catalogue catalogue;  /* without the database's ids */
    const char *language;        /* of the names */
    const char *const *skus;     /* of the items, in their order: for nearest_codes */
    const char *const *barcodes; /* of the items; "" where there is none */
    size_t nunread;              /* promotions that this program cannot read: a newer server's */
};

/* The pieces, in the order in which they are joined: market, items, names, then each list behind
 * WIRE_CATALOGUE_COMMA but the first, and WIRE_CATALOGUE_END. */
#define WIRE_CATALOGUE_COMMA ","
#define WIRE_CATALOGUE_END "]}"
/* Raised when a reader of before could not read what is written now. */
enum { WIRE_CATALOGUE_FORMAT = 3 };

/* Market, types of order, tables of discount, delivery and tax, texts of promotions. */
void wire_catalogue_write_market(struct text *out, const struct catalogue *catalogue);
/* Groups, items, components of kits and what is chosen in them, the same in every market. */
void wire_catalogue_write_items(struct text *out, const struct catalogue *catalogue,
                                const char *const *barcodes);
/* `names` and `spoken` of the items, and the names of the slots of kits. */
void wire_catalogue_write_names(struct text *out, const char *language, const char *const *names,
                                const char *const *spoken, size_t n, const char *const *slots,
                                size_t nslots);
void wire_catalogue_write_list(struct text *out, const struct catalogue *catalogue,
                               const struct price_list *list);

/* False when the text is not such a catalogue, or one that core could not price with: an index out
 * of range, items that are not ascending, an amount too large. */
bool wire_catalogue_read(struct arena *arena, pull_source *more, void *arg,
                         struct wire_catalogue *out) MUST_CHECK;
