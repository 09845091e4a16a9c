/* What the buyer is told of a return: what to write on the parcel, where it goes, by when. */
#pragma once

#include "core/draft.h"
#include "core/tr.h"

struct return_told {
    const char *number; /* "R-10000013" */
    const char *order;
    const char *deadline; /* as the reader writes days */
    struct address address;
    bool is_exchange; /* something went out in its place already */
};

/* "R dash 1 0 0 0 0 0 1 3" */
const char *return_number_spoken(struct arena *arena, enum language language, const char *number);
/* Several lines, for a letter or a mail. */
const char *return_instructions_say(struct arena *arena, enum language language,
                                    const struct return_told *told);
/* What is said on the telephone: one sentence or two. */
const char *return_say(struct arena *arena, enum language language, const struct return_told *told);
