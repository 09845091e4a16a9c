/* The text of a promotion in requests: of the body, of the database. */
#pragma once

#include "core/promo/promotion.h"
#include "server/api/call.h"

/* Whether the code of the path can be one; else 404. */
bool promotion_code_ok(struct call *c);
/* The member "text" of the body: lines that can be printed. NULL, and a problem, when it is none.
 */
const char *promotion_text_take(struct call *c);
/* False, with a problem for each mistake, when it does not read. */
bool promotion_text_read(struct call *c, const char *market, const char *text,
                         struct promotion *out, struct problems *problems);
/* The same; its code must be that of the path: else a problem, too. True when it reads. */
bool promotion_text_own(struct call *c, const char *market, const char *text, struct promotion *out,
                        struct problems *problems);
