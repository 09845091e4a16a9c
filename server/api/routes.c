#include "server/api/routes.h"

#include <string.h>

/* Sets of roles, as the rows name them. */
enum {
    ANYONE = 0,
    SIGNED_IN = (1 << ROLE_COUNT) - 1,
    TAKERS = ROLE_BIT(operator) | ROLE_BIT(counter) | ROLE_BIT(office) | ROLE_BIT(supervisor),
    OFFICE = ROLE_BIT(office),
    STAFF = TAKERS | ROLE_BIT(warehouse),
    TILLS = ROLE_BIT(counter) | ROLE_BIT(office) | ROLE_BIT(supervisor),
    SELLERS = ROLE_BIT(counter) | ROLE_BIT(supervisor),
    OVERSEERS = ROLE_BIT(office) | ROLE_BIT(supervisor),
    RELEASERS = ROLE_BIT(counter) | ROLE_BIT(warehouse) | ROLE_BIT(office) | ROLE_BIT(supervisor),
};

const struct route route_table[] = {
#define ROUTE(method, pattern, handler, roles, title)                                              \
    {HTTP_##method, pattern, handler, roles, title},
#include "server/routes.def"
#undef ROUTE
};
const size_t route_count = ARRAY_LEN(route_table);

/* Compares part by part; a {part} of the pattern takes one part of the path that is not empty. */
static bool matches(struct arena *arena, const char *pattern, const char *path,
                    const char *params[CALL_PARAMS])
{
    size_t n = 0;
    while (*pattern) {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t len = strcspn(path, "/");
        if (len == 0)
            return false;
        params[n++] = arena_strndup(arena, path, len);
        path += len;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *path == '\0';
}

const struct route *route_find(struct arena *arena, enum http_method method, const char *path,
                               const char *params[CALL_PARAMS], bool *known)
{
    *known = false;
    if (method == HTTP_HEAD)
        method = HTTP_GET;
    for (size_t i = 0; i < route_count; i++) {
        if (!matches(arena, route_table[i].pattern, path, params))
            continue;
        if (route_table[i].method == method)
            return &route_table[i];
        *known = true;
    }
    return NULL;
}
