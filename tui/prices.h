/* What this side needs to price an order in the moment of the key: the market's catalogue, and the
 * facts of the people who stand on orders. */
#pragma once

#include "core/tr.h"
#include "tui/catalogue_feed.h"
#include "tui/person_facts.h"

struct prices {
    struct catalogue_feed *feed;
    struct people_facts *people;
    uint64_t generation;    /* goes up when something is known that was not */
    int64_t now;            /* of the present turn of the loop */
    enum language language; /* of the texts made here */
};

struct prices *prices_new(struct client *client, const char *server);
void prices_free(struct prices *prices);
/* Once per turn of the loop, for whoever is signed on. */
void prices_tick(struct prices *prices, const char *market, int64_t now);
/* What a quote of the server tells beside the prices. */
void prices_heard(struct prices *prices, const struct reply_quote *quote);
/* The server's price is another one: whatever ours was made from is asked for again. */
void prices_doubt(struct prices *prices, const struct reply_quote *quote);
/* Gives the lines the names that the catalogue has, in the operator's language, instead of those of
 * the server, in the market's; copies of them. */
void prices_name_lines(const struct prices *prices, struct arena *arena, struct reply_quote *quote);
/* The item's number for a barcode that was scanned; what is no barcode we know stays as it is. */
const char *prices_sku(const struct prices *prices, const char *code);
