/* Pages for browsers as answers: with their policy, and what goes wrong as a page too. */
#pragma once

#include "server/api/call.h"

void page_reply(struct call *call, enum status status, const char *html);
/* A page that says one thing; both texts are translated here. */
void page_say(struct call *call, enum status status, const char *heading, const char *sentence);
/* A call's `fail_page`. */
void page_fail(struct call *call, enum status status);
