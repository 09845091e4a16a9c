/* Core's structs to JSON and back: the only place where the two programs meet. Reading is strict
 * for requests (unknown members are refused) and lenient for replies (they are ignored). Decoded
 * strings live in the arena. */
#pragma once

#include "core/draft.h"
#include "core/quote.h"
#include "core/status.h"
#include "core/text.h"
#include "core/wire/reply.h"

#include <jansson.h>

enum { WIRE_DEPTH_MAX = 64, WIRE_PROBLEMS_MAX = 100 };

/* Parses one JSON object: refuses duplicate members, bad UTF-8, NUL, numbers with a fraction or
 * exponent, integers outside int64, depth over 64, trailing text. On failure NULL, with the place
 * in a `malformed` message ("line 3, column 17: duplicate member \"qty\""). Freed with the arena.
 */
json_t *wire_parse(struct arena *arena, const char *body, size_t len, const char **why);

/* Members of an object by type; each checks presence and adds a problem with the RFC 6901 pointer
 * `at/name`. No string or number of a request may look like a card number, and no problem repeats
 * one. Absent optional members leave *out alone and return false without a problem. */
struct wire_reader {
    struct arena *arena;
    struct problems *problems;
    bool strict; /* requests: unknown members are a problem */
};
bool wire_string(struct wire_reader *r, json_t *object, const char *at, const char *name,
                 size_t max, bool required, const char **out);
bool wire_integer(struct wire_reader *r, json_t *object, const char *at, const char *name,
                  bool required, int64_t *out);
bool wire_boolean(struct wire_reader *r, json_t *object, const char *at, const char *name,
                  bool *out);
/* An array of at most `most` texts, none of them empty; how many there are. */
size_t wire_strings(struct wire_reader *r, json_t *object, const char *at, const char *name,
                    size_t most, size_t max, const char *const **out);
json_t *wire_object(struct wire_reader *r, json_t *object, const char *at, const char *name,
                    bool required);
json_t *wire_array(struct wire_reader *r, json_t *object, const char *at, const char *name,
                   bool required);
/* Adds bad_value for `at/name`; `value` is copied. */
void wire_bad_value(struct wire_reader *r, const char *at, const char *name, const char *value);
/* Adds unknown_member for each member in neither of the NULL-ended lists (`also` may be NULL);
 * stops at WIRE_PROBLEMS_MAX problems, so that a senseless body does not get a reply many times its
 * size. */
void wire_only(struct wire_reader *r, json_t *object, const char *at, const char *const *names,
               const char *const *also);

/* Drafts. `also` (NULL-ended, may be NULL) are further members the request may hold ("tenders"). */
void wire_draft_read(struct wire_reader *r, json_t *object, const char *const *also,
                     struct order_draft *out);
json_t *wire_draft_write(const struct order_draft *draft);
/* A draft line's choices as an array of texts. */
json_t *wire_choices_write(const char *choices);
/* An address; absent parts become "". */
void wire_address_read(struct wire_reader *r, json_t *object, const char *at, struct address *out);
json_t *wire_address_write(const struct address *address);
/* Tenders of an order request. */
size_t wire_tenders_read(struct wire_reader *r, json_t *object, struct draft_tender **out);
json_t *wire_tenders_write(const struct draft_tender *tenders, size_t n);

/* Quotes and problems, as the server sends them. */
json_t *wire_quote_write(struct arena *arena, enum language language, const struct quote *quote);
/* Parts of a quote: what became of its promotions, what they take off a line, and the best that is
 * nearly there (null when there is none). */
json_t *wire_promotions_write(struct arena *arena, enum language language,
                              const struct quote *quote);
json_t *wire_shares_write(const struct quote_line *line);
json_t *wire_hint_write(struct arena *arena, enum language language, const struct quote *quote,
                        const struct quote_hint *hint);
json_t *wire_problem_write(struct arena *arena, enum language language,
                           const struct problem *problem);
json_t *wire_problems_write(struct arena *arena, enum language language,
                            const struct problems *problems);

/* The value as JSON without blanks, members in the order of their names: the same text for the
 * same request, however it was written, for comparing it later. */
void wire_canonical(struct text *text, json_t *value);

/* Text of a JSON value in the arena; the value is released. */
const char *wire_dump(struct arena *arena, json_t *value, size_t *len);

/* Parts of replies (reply.h); false when the object is not a quote. */
bool wire_quote_read(struct arena *arena, json_t *object, struct reply_quote *out);
size_t wire_problems_read(struct arena *arena, json_t *object, struct reply_problem **out);
