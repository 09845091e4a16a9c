/* What distributors and customers have in common. */
#pragma once

#include "server/api/call.h"

enum { PEOPLE_USUAL = 20, PEOPLE_MOST = 100 };

/* One kind of people: what makes distributors and customers differ in reading and changing. */
struct people_kind {
    const char *missing;            /* "there is no such customer" */
    const char *const *found_names; /* columns of the search, as call_row takes them */
    bool has_total;                 /* the search's rows end with the number of all hits */
    const char *const *head_names;  /* columns of one */
    int version, person;            /* columns of one: its revision, its person's id */
};

/* `limit` and `q` of a search; 0 when the request was refused. `q` may be absent where `needed` is
 * false, and is NULL then. */
int64_t people_search(struct call *c, bool needed, const char **q);
/* {"items":[...],"total":N,"next":null} */
void people_list_reply(struct call *c, const struct people_kind *kind);
/* Answers 404 when the first statement has no row. */
bool people_found(struct call *c, const struct people_kind *kind);
/* Adds `addresses`, from the rows of a statement. */
void people_put_addresses(struct call *c, json_t *object, size_t statement);
/* One of them (statement 0) with the addresses (statement 1). */
void people_get_reply(struct call *c, const struct people_kind *kind);
/* `address` of the body as JSON text in *out; untouched when absent. Problems for what it needs and
 * does not have: street, city, and the country's two letters. */
void people_address_read(struct call *c, const char **out);
/* A merge-patch: reads e-mail, phone, language and address into `out`; false when refused. NULL
 * leaves a field alone, "" clears it, the address "null" goes. */
struct person_patch {
    const char *email, *phone, *language, *address, *version;
};
bool person_patch_read(struct call *c, struct person_patch *out);
/* After the person was looked up: sends the change and answers with the new ETag, or 404. */
void person_patch_store(struct call *c, const struct people_kind *kind,
                        const struct person_patch *patch);
/* Digits only, at most 18: what may be compared with a database id. */
bool people_id_ok(const char *id);
