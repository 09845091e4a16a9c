/* Names that the API has for states and kinds, as a person reads them (word.def, and
 * the titles of order_type.def as the group "type"). English; tr() has
 * them in the other languages. */
#pragma once

#include "core/base.h"

/* "on_hold" of the group "order" -> "on hold"; NULL when there is none. */
const char *word_find(const char *group, const char *name);
