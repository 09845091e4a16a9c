/* An order as its return sees it: loaded from the database into core's struct, and said as JSON. */
#pragma once

#include "core/returns.h"
#include "server/api/call.h"

struct return_facts {
    const char *number; /* of the order */
    struct return_order order;
    const char *market, *currency, *distributor, *distributor_name, *customer, *customer_name;
    const char *type, *list, *pricing_date, *destination,
        *ship_to;                                     /* of what goes out in its place */
    const char *address;                              /* where parcels come back to: JSON */
    size_t head, lines, parts, certificates, reasons; /* statements */
};

/* Names the statements; then, after the round trip, reads them. False: there is no such order. */
void return_facts_ask(struct call *c, const char *number, struct return_facts *out);
bool return_facts_read(struct call *c, struct return_facts *f);

/* The lines that were sold, and how much of each can still come back. */
json_t *return_lines_write(const struct return_order *order);
json_t *return_reasons_write(const struct return_order *order);
