/* A user's mistakes are data: all found at once, each with its place, a code from problem.def and
 * parameters; every front end (terminal, API, web, SMS) shows the same text. */
#pragma once

#include "core/arena.h"
#include "core/tr.h"

enum problem_code {
#define PROBLEM(name, severity, text) PROBLEM_##name,
#include "core/problem.def"
#undef PROBLEM
    PROBLEM_COUNT
};

enum severity {
    SEVERITY_stop,    /* the order cannot be placed */
    SEVERITY_warning, /* shown, never in the way, except `duplicate` and `age_check`, asked once */
};

struct problem_param {
    const char *name;
    const char *text;  /* NULL: the number counts */
    const char *words; /* said in its place, in the language of the sentence; NULL: the text */
    int64_t number;
    int exponent; /* of an amount in minor units; -1 for a plain number */
};

enum { PROBLEM_PARAMS = 6 };

struct problem {
    enum problem_code code;
    const char *field; /* RFC 6901 pointer into the request, "" for the whole */
    const char *line;  /* the client's id of the line, or NULL */
    struct problem_param params[PROBLEM_PARAMS];
    size_t nparams;
};

struct problems {
    struct arena *arena;
    struct problem *items;
    size_t count, cap;
};

void problems_init(struct problems *problems, struct arena *arena);
/* The new problem, for adding parameters to. `field` is copied; `line` must live as long. */
struct problem *problems_add(struct problems *problems, enum problem_code code, const char *field,
                             const char *line);
void problem_set_text(struct problem *problem, const char *name, const char *text);
/* English words that belong to the sentence and are translated with it: N_("The quantity"). */
void problem_set_words(struct problem *problem, const char *name, const char *words);
/* A name of the API, which the sentence has in words (word.h): "terminated" of the group "person".
 */
void problem_set_name(struct problem *problem, const char *name, const char *group,
                      const char *value);
void problem_set_number(struct problem *problem, const char *name, int64_t number);
/* An amount: an integer of minor units in the API, "12.50" in the sentence. */
void problem_set_money(struct problem *problem, const char *name, int64_t minor, int exponent);

const char *problem_name(enum problem_code code);    /* "unknown_sku" */
enum problem_code problem_by_name(const char *name); /* PROBLEM_COUNT when there is none */
enum severity problem_severity(enum problem_code code);
/* How many of them stop the order. */
size_t problems_stops(const struct problems *problems);
/* The sentence with its parameters put in. */
const char *problem_say(struct arena *arena, enum language language, const struct problem *problem);
