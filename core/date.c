#include "core/date.h"

#include <stdio.h>
#include <string.h>

/* Days from civil and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
struct date date_of(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return (struct date){era * 146097 + doe - 719468};
}

void date_split(struct date date, int *year, int *month, int *day)
{
    int64_t z = (int64_t)date.days + 719468; /* the open ends are split as well */
    int era = (int)((z >= 0 ? z : z - 146096) / 146097);
    int doe = (int)(z - (int64_t)era * 146097);
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

static bool digits(const char *text, size_t n, int *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

bool date_parse(const char *text, struct date *out)
{
    int y, m, d, y2, m2, d2;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !digits(text, 4, &y) ||
        !digits(text + 5, 2, &m) || !digits(text + 8, 2, &d))
        return false;
    if (y < 1900 || y > 2999 || m < 1 || m > 12 || d < 1)
        return false;
    struct date date = date_of(y, m, d);
    date_split(date, &y2, &m2, &d2);
    if (y != y2 || m != m2 || d != d2)
        return false;
    *out = date;
    return true;
}

char *date_format(char out[DATE_TEXT], struct date date)
{
    int y, m, d;
    date_split(date, &y, &m, &d);
    if (y < 0 || y > 9999) /* an open end has no day to show */
        return strcpy(out, "-");
    /* As "%04d-%02d-%02d": a quote and an order write several. */
    const int digits[] = {y / 1000, y / 100, y / 10, y, -1, m / 10, m, -1, d / 10, d};
    size_t n = 0;
    for (; n < ARRAY_LEN(digits); n++)
        out[n] = digits[n] < 0 ? '-' : (char)('0' + digits[n] % 10);
    out[n] = '\0';
    return out;
}
