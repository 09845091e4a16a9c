/* What distributors and customers have in common. */
#pragma once

#include "server/api/call.h"

enum { PEOPLE_USUAL = 20, PEOPLE_MOST = 100 };

/* {"items":[...],"total":N,"next":null} of a search whose rows end with the total of all hits when
 * `has_total`. */
void people_list_reply(struct call *c, const char *const *names, bool has_total);
json_t *people_addresses(struct call *c, size_t statement);
/* A PATCH body: reads e-mail, phone, language and address into `out`; false when refused. */
struct person_patch {
    const char *email, *phone, *language, *address, *version;
};
bool person_patch_read(struct call *c, struct person_patch *out);
/* Sends the change of person `id` and answers with the new ETag. */
void person_patch_store(struct call *c, const char *id, const struct person_patch *patch);
/* Digits only, at most 18: what may be compared with a database id. */
bool people_id_ok(const char *id);
