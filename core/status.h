/* How the outside world answered: one list for server, client and manual (status.def). */
#pragma once

#include "core/base.h"

enum status {
#define STATUS(name, http, type, title) STATUS_##name,
#include "core/status.def"
#undef STATUS
    STATUS_COUNT
};

struct status_info {
    const char *name; /* "TOTAL_CHANGED" */
    int http;         /* 409 */
    const char *type; /* "total-changed" */
    const char *title;
};

const struct status_info *status_info(enum status status);
/* The status whose problem type is `type`; STATUS_COUNT when there is none. */
enum status status_by_type(const char *type);
static inline bool status_is_ok(enum status s)
{
    return s == STATUS_OK || s == STATUS_CREATED || s == STATUS_NO_CONTENT;
}
