/* From an address to its handler (server/routes.def). */
#pragma once

#include "server/api/call.h"

#define ROUTE(method, pattern, handler, roles, title) call_step handler;
#include "server/routes.def"
#undef ROUTE

extern const struct route route_table[];
extern const size_t route_count;

/* The route, with the values of its {parameters}; NULL when nothing answers there. `*known` tells
 * that the address exists for another method (405). */
const struct route *route_find(struct arena *arena, enum http_method method, const char *path,
                               const char *params[CALL_PARAMS], bool *known);
/* What http_server calls for each request; `arg` is the struct server. */
void api_handle(struct http_exchange *exchange, const struct http_request *request, void *arg);
