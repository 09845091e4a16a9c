/* The pages that a payer sees: the pay page of a Checkout Session and 3-D Secure. Plain HTML, no
 * scripts. */
#pragma once

#include "server/sandbox/sandbox.h"

/* Every request that is not the API's. */
void page_serve(struct sandbox *sandbox, struct http_exchange *exchange,
                const struct http_request *request);
