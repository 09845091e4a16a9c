/* What each route takes, from params.def, and whether a request keeps to it. */
#pragma once

#include "server/sandbox/call.h"

enum route {
#define ROUTE(method, path, name) ROUTE_##name,
#include "server/sandbox/routes.def"
#undef ROUTE
    ROUTES
};

/* Fails the call for the first parameter that is unknown, missing or no good. */
void params_check(struct call *call, enum route route);
/* An absolute http or https address in plain ASCII: it goes into headers. */
bool params_is_url(const char *value);
