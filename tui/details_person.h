/* Between people and the texts of their fields. */
#pragma once

#include "core/wire/reply_around.h"
#include "tui/details_fields.h"

void details_person_read(char out[FIELDS][FIELD_TEXT], const struct reply_person_card *person);
/* "brown, ana" or "brown ana": the family's name goes first, with a capital. */
void details_name_read(char out[FIELDS][FIELD_TEXT], const char *name);
/* "BROWN, Ana", as people are listed; names that are not written in letters with cases keep theirs,
 * "陳 美玲". The arena's. */
const char *details_name_shown(struct arena *arena, const char *family, const char *given);
