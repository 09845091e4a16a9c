/* What an unknown SKU may have meant, and what can be chosen in a kit. */
#pragma once

#include "core/problem.h"
#include "server/db/catalogue_store.h"

#include <jansson.h>

/* The problem with a member `candidates`: up to 9 live items, nearest first. Costs some
 * milliseconds on a large catalogue: for the first few mistakes of a request only. */
json_t *candidates_problem(struct arena *arena, enum language language,
                           const struct market_snapshot *market, const struct problem *problem);
/* All problems; the first CANDIDATES_PROBLEMS unknown SKUs with candidates, choices that are
 * missing or wrong with the options. */
enum { CANDIDATES_PROBLEMS = 3 };
json_t *candidates_problems(struct arena *arena, enum language language,
                            const struct market_snapshot *market, const struct problems *problems);
