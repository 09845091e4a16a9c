/* A letter as it goes to a mail server: RFC 5322, plain text in UTF-8. Names, subjects and texts
 * may hold anything; nothing of them becomes a header of its own. Pure: id and time are parameters.
 */
#pragma once

#include "core/arena.h"
#include "core/tr.h"

struct letter {
    const char *from_name, *from; /* "Velvet & Vale", "orders@example.org" */
    const char *to_name, *to;
    const char *subject, *text; /* lines end with \n */
    const char *id; /* of the message, without <> and domain: always the same for a letter */
    int64_t time;   /* seconds since 1970 */
};

/* A mailbox that can be written to: ASCII, one @ with something on both sides, nothing that a
 * header or a mail server would read in another way. */
bool letter_address_ok(const char *address);
/* Splits "Velvet & Vale <orders@example.org>" or a bare address; false when there is none. */
bool letter_sender(struct arena *arena, const char *from, const char **name, const char **address);
/* The whole message; lines end with CRLF. Both addresses must be good ones. */
const char *letter_write(struct arena *arena, const struct letter *letter, size_t *len);

struct letter_fact {
    const char *name, *value;
};
/* Subject and text of a kind of letter in a language; false when there is no such kind. A fact that
 * is missing is said as "-". */
bool letter_compose(struct arena *arena, enum language language, const char *kind,
                    const struct letter_fact *facts, size_t n, const char **subject,
                    const char **text);
