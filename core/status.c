#include "core/status.h"

#include <string.h>

static const struct status_info table[STATUS_COUNT] = {
#define STATUS(name, http, type, title) {#name, http, type, title},
#include "core/status.def"
#undef STATUS
};

const struct status_info *status_info(enum status status)
{
    return &table[status < STATUS_COUNT ? status : STATUS_INTERNAL];
}

enum status status_by_type(const char *type)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (strcmp(table[i].type, type) == 0)
            return (enum status)i;
    return STATUS_COUNT;
}
