/* Faults that a test asks for: what goes wrong with the next requests. */
#pragma once

#include "server/sandbox/call.h"

struct fault {
    const char *kind; /* a word of params.def */
    bool done;        /* the request does what it asks for */
    bool undone;      /* nothing of it is stored, not even its key */
    enum error say;   /* the answer; ERRORS: its own */
    enum fate fate;
};

struct faults {
    const struct fault *fault; /* NULL: none */
    int64_t count;
    char method[8], path[208]; /* "" is any; a path is a beginning, or the whole with $ behind it */
};

/* NULL when there is none of this name. */
const struct fault *fault_by_kind(const char *kind);
/* The fault that is due, taken off the count; NULL for none. */
const struct fault *fault_take(struct call *call, const char *method, const char *path);
/* What becomes of the answer. */
void fault_apply(struct call *call, const struct fault *fault);
