/* What the price of an order depends on in the people it is for: asked when somebody first stands
 * on an order, kept for the sign-on, asked again in the background when it is old. */
#pragma once

#include "core/wire/reply.h"
#include "tui/client.h"

enum person_kind { PERSON_DISTRIBUTOR, PERSON_CUSTOMER };
enum facts_state { FACTS_ASKED, FACTS_KNOWN, FACTS_ABSENT }; /* absent: there is no such person */

struct person_facts {
    enum facts_state state;
    struct reply_person person; /* when known */
};

struct people_facts;

struct people_facts *people_facts_new(struct client *client);
void people_facts_free(struct people_facts *people);
/* Forgets everybody: another person has signed on. */
void people_facts_clear(struct people_facts *people);
/* Asks when nothing is known yet; never waits. Valid until the next turn of the loop. `query`: what
 * else of the order they are of, "" or "?customer=..&coupons=..". */
const struct person_facts *people_facts_of(struct people_facts *people, enum person_kind kind,
                                           const char *id, const char *query, int64_t now);
/* True when an answer has come since the last time it was asked. */
bool people_facts_are_new(struct people_facts *people);
/* The business day that the latest facts told; "" before. */
const char *people_facts_day(const struct people_facts *people);
/* The balance that a quote has just told. */
void people_facts_heard(struct people_facts *people, const struct reply_quote *quote);
/* They may have changed: asked again. */
void people_facts_doubt(struct people_facts *people, enum person_kind kind, const char *id);
