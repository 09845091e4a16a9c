/* Structured log lines: `time level event key=value ...` on standard error, or the journal's native
 * protocol when standard error is the journal. Values are quoted and escaped, so that no text from
 * outside can make a line of its own; runs of digits that look like card numbers are starred. */
#pragma once

#include "core/base.h"

enum log_level { LOG_DEBUG_, LOG_INFO_, LOG_WARN_, LOG_ERROR_ };

void log_init(const char *program, enum log_level least);
/* log_event(LOG_INFO_, "order_placed", "request", id, "number", number, NULL): pairs of strings, a
 * NULL value prints as -. Ends with NULL. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));
/* One clear line on standard error and exit(code): only before the loop starts. */
NORETURN void die(int code, const char *format, ...) PRINTF_LIKE(2, 3);

enum { EXIT_USAGE = 64, EXIT_CONFIG = 78 };
