/* The number of a return, as people write it: "R-10000013", "r10000013", "10000013". */
#pragma once

#include "core/arena.h"

/* As it is kept; NULL when it is none. The arena's. */
const char *return_number(struct arena *arena, const char *text);
/* It is written as it is kept. */
bool return_number_ok(const char *text);
