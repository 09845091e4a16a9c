#include "server/sandbox/reply.h"

#include "server/sandbox/idempotency.h"

#include <string.h>

enum { SLOW_MS = 3000, SILENT_MS = 600000 };

/* An answer on its way: until it is safe, and as long as its fate wants. In the request's arena. */
struct reply {
    struct sandbox *sandbox;
    struct http_exchange *exchange;
    const char *type, *body, *key;
    size_t len;
    int status;
    enum fate fate;
    struct loop_timer *timer;
    struct reply *next, **before; /* while it is held */
};

static void send_proper(struct reply *reply)
{
    idempotency_end(reply->sandbox, reply->key);
    http_reply(reply->exchange, reply->status, reply->type, reply->body, reply->len);
}

static void send_broken(struct reply *reply, size_t sent)
{
    idempotency_end(reply->sandbox, reply->key);
    http_reply_broken(reply->exchange, reply->status, reply->type, reply->body, reply->len, sent);
}

static void release(struct reply *reply)
{
    loop_timer_free(reply->timer);
    *reply->before = reply->next;
    if (reply->next)
        reply->next->before = reply->before;
}

static void held_long_enough(void *arg)
{
    struct reply *reply = arg;
    release(reply);
    if (reply->fate == FATE_SLOW)
        send_proper(reply);
    else
        send_broken(reply, 0);
}

static void hold(struct reply *reply, int64_t ms)
{
    struct sandbox *sandbox = reply->sandbox;
    reply->timer = loop_timer_new(sandbox->loop, ms, false, held_long_enough, reply);
    reply->next = sandbox->held;
    reply->before = &sandbox->held;
    if (reply->next)
        reply->next->before = &reply->next;
    sandbox->held = reply;
}

void serve_let_go(struct sandbox *sandbox)
{
    while (sandbox->held) {
        struct reply *reply = sandbox->held;
        release(reply);
        send_broken(reply, 0);
    }
}

static void reply_safe(void *arg)
{
    struct reply *reply = arg;
    switch (reply->fate) {
    case FATE_ANSWER:
        send_proper(reply);
        break;
    case FATE_CUT:
        send_broken(reply, reply->len / 2);
        break;
    case FATE_SLOW:
        hold(reply, SLOW_MS);
        break;
    case FATE_SILENT: /* what was asked is over, though nobody is told */
        idempotency_end(reply->sandbox, reply->key);
        reply->key = NULL;
        hold(reply, SILENT_MS);
        break;
    }
}

void reply_when_safe(struct call *call, struct http_exchange *exchange, const char *type,
                     const char *body)
{
    struct reply *reply = ARENA_NEW(call->arena, struct reply);
    *reply = (struct reply){.sandbox = call->sandbox,
                            .exchange = exchange,
                            .type = type,
                            .body = body,
                            .len = strlen(body),
                            .key = call->key,
                            .status = call->status ? call->status : 200,
                            .fate = call->fate};
    store_when_safe(call->sandbox->store, reply_safe, reply);
}
