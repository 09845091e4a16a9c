/* What stands in the way of taking an order back. */
#pragma once

#include "server/api/call.h"

/* Adds the problem that certificates of the order are spent, from the detail of "certificates". */
void order_certificates_spent(struct call *c, const char *detail, int exponent);
