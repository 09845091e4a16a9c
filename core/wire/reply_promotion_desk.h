/* Promotions as the back office's terminal reads and writes them: the list, one with its text, what
 * became of saving and publishing it, and the lines of a simulation. Readers as in reply.h. */
#pragma once

#include "core/wire/reply.h"

struct reply_promotion_row {
    const char *code, *name, *lane, *state, *from, *to, *say; /* "" when there is none */
    bool has_draft;                                           /* written and not published */
    int64_t uses;
};

struct reply_promotion_rows {
    struct reply_promotion_row *rows;
    size_t n;
    const char *next; /* "" at the end */
};

struct reply_promotion_one {
    const char *code, *market, *state, *rev, *text;
    bool has_draft;
    int64_t uses, coupons;
    int64_t version; /* the last one; 0: none yet */
    const char *from, *to;
};

/* Of saving, publishing and ending; what is not told is 0 or "". */
struct reply_promotion_done {
    const char *state, *rev;
    int64_t version;
};

struct reply_simulated {
    const char **lines;
    size_t n;
};

bool reply_promotion_rows_read(struct arena *arena, const char *body, size_t len,
                               struct reply_promotion_rows *out) MUST_CHECK;
bool reply_promotion_one_read(struct arena *arena, const char *body, size_t len,
                              struct reply_promotion_one *out) MUST_CHECK;
bool reply_promotion_done_read(struct arena *arena, const char *body, size_t len,
                               struct reply_promotion_done *out) MUST_CHECK;
bool reply_simulated_read(struct arena *arena, const char *body, size_t len,
                          struct reply_simulated *out) MUST_CHECK;

/* {"market", "text"}; with `orders`, if not 0, as a simulation asks for it. */
const char *request_promotion_write(struct arena *arena, const char *market, const char *text,
                                    int64_t orders, size_t *len);
/* {"from": "2025-12-01"}, or {} for "": today. */
const char *request_from_write(struct arena *arena, const char *day, size_t *len);
