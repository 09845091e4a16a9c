#include "core/text.h"
#include "server/net/log.h"
#include "server/sandbox/fault.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/idempotency.h"
#include "server/sandbox/list.h"
#include "server/sandbox/page.h"
#include "server/sandbox/params.h"
#include "server/sandbox/reply.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_ROOM = 512 };

#define API_VERSION "2025-09-30.clover"

static const struct {
    enum http_method method;
    const char *verb, *path;
    void (*handle)(struct call *call);
} routes[ROUTES] = {
#define ROUTE(method, path, name) {HTTP_##method, #method, path, api_##name},
#include "server/sandbox/routes.def"
#undef ROUTE
};

static const char *dump(struct arena *arena, const json_t *body)
{
    char *text = json_dumps(body ? body : json_null(), JSON_INDENT(2) | JSON_ENCODE_ANY);
    if (!text)
        abort(); /* out of memory */
    arena_defer(arena, free, text);
    return text;
}

/* ---- who asks, and for what ------------------------------------------------------------------ */

static bool is_authorised(struct call *call, const char *given)
{
    const char *key = call->sandbox->key;
    unsigned char basic[KEY_ROOM * 2];
    const char *pair = arena_printf(call->arena, "%s:", key);
    EVP_EncodeBlock(basic, (const unsigned char *)pair, (int)strlen(pair));
    const char *bearer = arena_printf(call->arena, "Bearer %s", key);
    const char *user = arena_printf(call->arena, "Basic %s", (const char *)basic);
    bool good = false;
    size_t len = strlen(given);
    good |= len == strlen(bearer) && CRYPTO_memcmp(given, bearer, len) == 0;
    good |= len == strlen(user) && CRYPTO_memcmp(given, user, len) == 0;
    return good;
}

/* True, and the id in it, when the path is of this pattern. */
static bool path_fits(struct arena *arena, const char *path, const char *pattern, const char **id)
{
    const char *brace = strchr(pattern, '{');
    *id = NULL;
    if (!brace)
        return strcmp(path, pattern) == 0;
    size_t before = (size_t)(brace - pattern);
    if (strncmp(path, pattern, before) != 0)
        return false;
    size_t len = strcspn(path + before, "/");
    *id = arena_strndup(arena, path + before, len);
    return len && strcmp(path + before + len, brace + strlen("{id}")) == 0;
}

static enum route find_route(struct call *call, const struct http_request *request)
{
    for (size_t i = 0; i < ROUTES; i++)
        if (routes[i].method == request->method &&
            path_fits(call->arena, request->path, routes[i].path, &call->id))
            return (enum route)i;
    return ROUTES;
}

static void read_form(struct call *call, struct http_exchange *exchange,
                      const struct http_request *request)
{
    static const char wanted[] = "application/x-www-form-urlencoded";
    const char *why, *type = http_header(exchange, "Content-Type");
    if (request->body_len && (!type || strncasecmp(type, wanted, strlen(wanted)) != 0))
        call_refuse(call, ERROR_bad_form, NULL,
                    "Send the body as application/x-www-form-urlencoded.");
    else if (!form_add(&call->form, request->query, strlen(request->query), &why) ||
             !form_add(&call->form, request->body, request->body_len, &why))
        call_refuse(call, ERROR_bad_form, NULL, why);
}

/* Everything that may refuse a request before its handler sees it. */
static enum route admit(struct call *call, struct http_exchange *exchange,
                        const struct http_request *request)
{
    static const char *const verbs[HTTP_METHODS] = {"GET",   "POST",   "PUT",
                                                    "PATCH", "DELETE", "HEAD"};
    const char *given = http_header(exchange, "Authorization");
    if (!given)
        call_refuse(call, ERROR_no_key, NULL);
    else if (!is_authorised(call, given))
        call_refuse(call, ERROR_bad_key, NULL);
    enum route route = call_failed(call) ? ROUTES : find_route(call, request);
    if (!call_failed(call) && route == ROUTES)
        call_refuse(call, ERROR_bad_url, NULL, verbs[request->method], request->path);
    if (!call_failed(call))
        read_form(call, exchange, request);
    if (!call_failed(call))
        params_check(call, route);
    return route;
}

static const char *version_of(struct http_exchange *exchange)
{
    const char *version = http_header(exchange, "Stripe-Version");
    size_t len = version ? strlen(version) : 0;
    bool fits = len && len <= 40 && utf8_is_printable(version, len); /* it goes back in a header */
    return fits ? version : API_VERSION;
}

/* ---- a request ------------------------------------------------------------------------------- */

/* Does what is asked, with whatever fault is due; the answer's text. */
static const char *perform(struct call *call, enum route route, const char *path)
{
    const char *kept;
    const struct fault *fault = fault_take(call, routes[route].verb, path);
    if (routes[route].method != HTTP_POST || (fault && fault->undone && !fault->done))
        call->key = NULL;
    if (call->key && !idempotency_begin(call, route, &kept)) {
        call->key = NULL; /* not ours to end */
        call->replayed = kept != NULL;
        if (fault)
            call->fate = fault->fate;
        return kept ? kept : dump(call->arena, call->body);
    }
    if (!fault || fault->done) {
        routes[route].handle(call);
        expand_apply(call);
    }
    if (call_failed(call) && !call->stands)
        change_forget(&call->change);
    if (fault)
        fault_apply(call, fault);
    const char *text = dump(call->arena, call->body);
    if (call->key && !call->undone)
        idempotency_keep(call, route, text);
    if (!call->undone)
        sandbox_commit(call->sandbox, &call->change);
    return text;
}

static void answer(struct call *call, struct http_exchange *exchange, const char *text)
{
    http_reply_header(exchange, "Request-Id", call->request_id);
    http_reply_header(exchange, "Stripe-Version", call->api_version);
    if (call->replayed)
        http_reply_header(exchange, "Idempotent-Replayed", "true");
    if (call->status == 401)
        http_reply_header(exchange, "WWW-Authenticate", "Basic realm=\"sandbox\"");
    reply_when_safe(call, exchange, "application/json", text);
}

static void serve_api(struct sandbox *sandbox, struct http_exchange *exchange,
                      const struct http_request *request)
{
    struct call *call = ARENA_NEW(request->arena, struct call);
    call_init(call, sandbox, request->arena);
    call->request_id = arena_printf(request->arena, "req_%s", request->id);
    call->key = http_header(exchange, "Idempotency-Key");
    call->api_version = version_of(exchange);
    enum route route = admit(call, exchange, request);
    bool refused = call_failed(call);
    if (refused)
        call->key = NULL;
    const char *text =
        refused ? dump(request->arena, call->body) : perform(call, route, request->path);
    log_event(LOG_INFO_, "request", "request", call->request_id, "path", request->path, "status",
              arena_printf(request->arena, "%d", call->status), NULL);
    answer(call, exchange, text);
}

void serve(struct http_exchange *exchange, const struct http_request *request, void *arg)
{
    struct sandbox *sandbox = arg;
    bool is_api =
        strncmp(request->path, "/v1/", 4) == 0 || strncmp(request->path, "/sandbox/", 9) == 0;
    if (is_api)
        serve_api(sandbox, exchange, request);
    else
        page_serve(sandbox, exchange, request);
}
