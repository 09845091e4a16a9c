#include "tui/when.h"

#include "tui/tongue.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const months[] = {N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"),
                                     N_("May"), N_("Jun"), N_("Jul"), N_("Aug"),
                                     N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")};
static const char *const days[] = {N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"),
                                   N_("Thu"), N_("Fri"), N_("Sat")};

/* False when it is no moment: it is shown as it came. */
static bool local(const char *moment, struct tm *out)
{
    struct tm utc = {0};
    const char *end = strptime(moment, "%Y-%m-%dT%H:%M:%S", &utc);
    if (!end || *end != 'Z')
        return false;
    time_t at = timegm(&utc);
    return localtime_r(&at, out) != NULL;
}

static int this_year(void)
{
    time_t now = time(NULL);
    struct tm today;
    localtime_r(&now, &today);
    return today.tm_year;
}

static const char *as_it_came(char out[WHEN_TEXT], const char *text)
{
    snprintf(out, WHEN_TEXT, "%.*s", WHEN_TEXT - 1, text);
    return out;
}

const char *when_text(char out[WHEN_TEXT], const char *moment)
{
    struct tm at;
    if (!local(moment, &at))
        return as_it_came(out, moment);
    bool is_old = at.tm_year < this_year() - 1; /* a training company lives in the past */
    if (is_old)                                 /* TRANSLATORS: day, month, year */
        snprintf(out, WHEN_TEXT, _("%2d %.8s %d"), at.tm_mday, _(months[at.tm_mon]),
                 at.tm_year + 1900);
    else /* TRANSLATORS: day, month, hour, minute */
        snprintf(out, WHEN_TEXT, _("%2d %.8s %02d:%02d"), at.tm_mday, _(months[at.tm_mon]),
                 at.tm_hour, at.tm_min);
    return out;
}

const char *when_short(char out[WHEN_TEXT], const char *moment)
{
    struct tm at, today;
    time_t now = time(NULL);
    out[0] = '\0';
    if (!local(moment, &at))
        return out;
    localtime_r(&now, &today);
    if (at.tm_year == today.tm_year && at.tm_yday == today.tm_yday)
        return when_hour(out, moment);
    /* TRANSLATORS: day, month */
    snprintf(out, WHEN_TEXT, _("%2d %.8s"), at.tm_mday, _(months[at.tm_mon]));
    return out;
}

const char *when_hour(char out[WHEN_TEXT], const char *moment)
{
    struct tm at;
    if (!local(moment, &at))
        return as_it_came(out, moment);
    snprintf(out, WHEN_TEXT, "%02d:%02d", at.tm_hour, at.tm_min);
    return out;
}

const char *when_day(char out[WHEN_TEXT], const char *date)
{
    struct tm day = {0};
    const char *end = strptime(date, "%Y-%m-%d", &day);
    if (!end || *end)
        return as_it_came(out, date);
    time_t at = timegm(&day);
    gmtime_r(&at, &day);
    /* TRANSLATORS: day of the week, day, month */
    snprintf(out, WHEN_TEXT, _("%.6s %d %.8s"), _(days[day.tm_wday]), day.tm_mday,
             _(months[day.tm_mon]));
    return out;
}

const char *when_weekday(int day)
{
    enum { DAYS = 7 };
    return _(days[(day % DAYS + DAYS) % DAYS]);
}
