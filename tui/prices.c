#include "tui/prices.h"

#include "tui/tongue.h"

#include <stdlib.h>
#include <string.h>

struct prices *prices_new(struct client *client, const char *server)
{
    struct prices *prices = calloc(1, sizeof *prices);
    if (!prices)
        abort();
    prices->feed = catalogue_feed_new(client, server);
    prices->people = people_facts_new(client);
    prices->generation = 1;
    return prices;
}

void prices_free(struct prices *prices)
{
    if (!prices)
        return;
    catalogue_feed_free(prices->feed);
    people_facts_free(prices->people);
    free(prices);
}

void prices_tick(struct prices *prices, const char *market, int64_t now)
{
    prices->now = now;
    bool people = people_facts_are_new(prices->people);
    if (people)
        catalogue_feed_set_day(prices->feed, people_facts_day(prices->people));
    bool feed = catalogue_feed_tick(prices->feed, market, now);
    bool spoken = prices->language != tongue_language(); /* what is wrong is said in it */
    prices->language = tongue_language();
    prices->generation += feed || people || spoken;
}

void prices_heard(struct prices *prices, const struct reply_quote *quote)
{
    catalogue_feed_heard(prices->feed, quote->catalogue_version);
    people_facts_heard(prices->people, quote);
}

void prices_doubt(struct prices *prices, const struct reply_quote *quote)
{
    people_facts_doubt(prices->people, PERSON_DISTRIBUTOR, quote->distributor);
    people_facts_doubt(prices->people, PERSON_CUSTOMER, quote->customer);
}

void prices_name_lines(const struct prices *prices, struct arena *arena, struct reply_quote *quote)
{
    const struct catalogue_held *held = catalogue_feed_now(prices->feed);
    for (size_t i = 0; held && i < quote->nlines; i++) {
        struct reply_line *line = &quote->lines[i];
        const struct item *item = catalogue_item(&held->wire.catalogue, line->sku);
        if (!item)
            continue;
        line->name = arena_strdup(arena, item->name);
        line->spoken = arena_strdup(arena, item->spoken);
    }
}

const char *prices_sku(const struct prices *prices, const char *code)
{
    const struct catalogue_held *held = catalogue_feed_now(prices->feed);
    if (!held || strlen(code) != 13)
        return code;
    for (size_t i = 0; i < held->wire.catalogue.nitems; i++)
        if (strcmp(held->wire.barcodes[i], code) == 0)
            return held->wire.skus[i];
    return code;
}
