/* Moments of the server, as an operator reads them: in the terminal's own zone. */
#pragma once

#include "core/base.h"

enum { WHEN_TEXT = 24 };

/* "2025-11-22T12:05:11Z" becomes "22 Nov 12:05", of another year "22 Nov 2024"; "" stays "". */
const char *when_text(char out[WHEN_TEXT], const char *moment);
/* "12:05" of today, "22 Nov" of another day; "" for what is no moment. */
const char *when_short(char out[WHEN_TEXT], const char *moment);
/* "12:05" alone. */
const char *when_hour(char out[WHEN_TEXT], const char *moment);
/* The name of a day of the week; 1 is Monday. */
const char *when_weekday(int day);
/* A business date, "2025-11-30": "Sun 30 Nov". */
const char *when_day(char out[WHEN_TEXT], const char *date);
