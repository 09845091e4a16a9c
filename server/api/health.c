/* What balancers and Prometheus ask; nothing here needs a session. */
#include "server/api/routes.h"
#include "server/config.h"
#include "server/net/metrics.h"

#include <string.h>

void health_alive(struct call *c)
{
    call_reply_text(c, STATUS_OK, "text/plain; charset=utf-8", "alive\n", 6);
}

static void ready_reply(struct call *c)
{
    if (c->server->draining || !c->snapshot)
        call_fail(c, STATUS_UNAVAILABLE, c->snapshot ? "stopping" : "the catalogue is not loaded");
    else
        call_reply_text(c, STATUS_OK, "text/plain; charset=utf-8", "ready\n", 6);
}

void health_ready(struct call *c)
{
    DB_ADD(call_read(c), Q_health);
    call_then(c, ready_reply);
}

static bool may_read_metrics(struct call *c)
{
    const char *token = c->server->config->metrics_token;
    const char *header = http_header(c->exchange, "Authorization");
    if (token && header && strncmp(header, "Bearer ", 7) == 0)
        return strlen(header + 7) == strlen(token) && strcmp(header + 7, token) == 0;
    const char *peer = c->request->peer;
    return strncmp(peer, "127.", 4) == 0 || strcmp(peer, "::1") == 0;
}

void health_metrics(struct call *c)
{
    if (!may_read_metrics(c)) {
        call_fail(c, STATUS_FORBIDDEN, NULL);
        return;
    }
    struct text out;
    text_init(&out, c->arena);
    metrics_print(&out);
    call_reply_text(c, STATUS_OK, "text/plain; version=0.0.4; charset=utf-8", out.data, out.len);
}
