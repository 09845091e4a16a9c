/* The pages of pay links: what is paid, the way to the provider's page, and the receipt. For people
 * with a browser and no account; without scripts. Pure. */
#pragma once

#include "core/arena.h"
#include "core/tr.h"

#include <jansson.h>

/* `page` as link_page (sql/schema) has it; `code` is the link's; `is_back`: the reader comes from
 * the provider's page, which may have told us nothing yet. */
const char *link_html(struct arena *arena, enum language language, const char *code,
                      const json_t *page, bool is_back);
/* Whether it would only say that something is not known yet. */
bool link_html_waits(const json_t *page, bool is_back);
/* A page that says one thing; both texts are translated here. */
const char *link_html_say(struct arena *arena, enum language language, const char *heading,
                          const char *sentence);
