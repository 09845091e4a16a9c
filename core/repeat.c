#include "core/repeat.h"

#include <string.h>

static const struct {
    const char *name;
    char letter;
    int days; /* of the week, of the month; 0: it is not said which */
} units[REPEAT_UNITS] = {
    [REPEAT_DAYS] = {"day", 'd', 0},
    [REPEAT_WEEKS] = {"week", 'w', 7},
    [REPEAT_MONTHS] = {"month", 'm', 31},
};

static const char *blanks(const char *at)
{
    return at + strspn(at, " ");
}

/* At most three digits; 0 when there are none, or more. */
static int number(const char **at)
{
    enum { MOST = 3 };
    int n = 0;
    size_t digits = strspn(*at, "0123456789");
    for (size_t i = 0; i < digits && digits <= MOST; i++)
        n = n * 10 + ((*at)[i] - '0');
    *at = blanks(*at + digits);
    return n;
}

static enum repeat_unit unit_of(char letter)
{
    enum repeat_unit unit = 0;
    while (unit < REPEAT_UNITS && units[unit].letter != (letter | 0x20))
        unit++;
    return unit;
}

/* Of the year 2026-01-01 the minus tells that it is no day of the month. */
static bool is_date(const char *at)
{
    size_t digits = strspn(at, "0123456789");
    return at[digits] == '-';
}

bool repeat_parse(const char *text, struct repeat_plan *out)
{
    const char *at = blanks(text);
    *out = (struct repeat_plan){.every = 1, .from = DATE_MIN};
    if (*at >= '0' && *at <= '9')
        out->every = number(&at);
    out->unit = unit_of(*at);
    if (out->every < 1 || out->every > REPEAT_MOST || out->unit == REPEAT_UNITS)
        return false;
    at = blanks(at + 1);
    int most = units[out->unit].days;
    if (most && !is_date(at))
        out->day = number(&at);
    if (most && (out->day < 1 || out->day > most))
        return false;
    return *at == '\0' || date_parse(at, &out->from);
}

bool repeat_equal(const struct repeat_plan *a, const struct repeat_plan *b)
{
    return a->every == b->every && a->unit == b->unit && a->day == b->day;
}

const char *repeat_unit_name(enum repeat_unit unit)
{
    return units[unit].name;
}

enum repeat_unit repeat_unit_by_name(const char *name)
{
    enum repeat_unit unit = 0;
    while (unit < REPEAT_UNITS && strcmp(units[unit].name, name) != 0)
        unit++;
    return unit;
}
