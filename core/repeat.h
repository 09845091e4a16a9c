/* How often a repeat order comes: every so many days, weeks or months, and on which day of the week
 * or month. Read from what an operator keys: "m 15", "2w 3", "30d", "m 15 2026-01-01". */
#pragma once

#include "core/date.h"

enum repeat_unit { REPEAT_DAYS, REPEAT_WEEKS, REPEAT_MONTHS, REPEAT_UNITS };

enum { REPEAT_MOST = 99 };

struct repeat_plan {
    int every; /* 1 to REPEAT_MOST */
    enum repeat_unit unit;
    int day;          /* of the week, 1 is Monday; of the month, its last one where it is shorter;
                       * 0 with days */
    struct date from; /* not before that day; DATE_MIN: not said */
};

/* False when it is none. */
bool repeat_parse(const char *text, struct repeat_plan *out);
/* The same but for `from`. */
bool repeat_equal(const struct repeat_plan *a, const struct repeat_plan *b);
/* "month" as the API has it; REPEAT_UNITS for what is none. */
const char *repeat_unit_name(enum repeat_unit unit);
enum repeat_unit repeat_unit_by_name(const char *name);
