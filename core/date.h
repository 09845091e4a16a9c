/* Business dates and months, proleptic Gregorian, without any clock or zone: which date it is in a
 * market is decided where the clock is (the database) and passed in. */
#pragma once

#include "core/base.h"

struct date {
    int32_t days; /* since 1970-01-01 */
};

enum { DATE_TEXT = 12 };
/* No lower or upper end. */
#define DATE_MIN ((struct date){INT32_MIN})
#define DATE_MAX ((struct date){INT32_MAX})

struct date date_of(int year, int month, int day);
void date_split(struct date date, int *year, int *month, int *day);
/* Exactly "YYYY-MM-DD", years 1900 to 2999, a day that exists. */
bool date_parse(const char *text, struct date *out) MUST_CHECK;
char *date_format(char out[DATE_TEXT], struct date date);
/* True when from <= date < to. */
static inline bool date_within(struct date date, struct date from, struct date to)
{
    return date.days >= from.days && date.days < to.days;
}
