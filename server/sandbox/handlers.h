/* The handlers of the API: one for each row of routes.def, each in the file of its resource. */
#pragma once

#include "server/sandbox/call.h"

#define ROUTE(method, path, name) void api_##name(struct call *call);
#include "server/sandbox/routes.def"
#undef ROUTE
