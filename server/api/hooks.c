/* What the payment provider says unasked. An event's content is not believed, however well it is
 * signed: the gateway looks at what the event is about. */
#include "server/api/routes.h"
#include "server/auth/signature.h"
#include "server/net/log.h"
#include "server/net/metrics.h"

#include <string.h>
#include <time.h>

enum { REF_MOST = 255, REFS = 4 };

struct event {
    json_t *body;
    const char *id, *type, *object;
    const char *refs[REFS];
    size_t n, known;
};

static void release_json(void *what)
{
    json_decref(what);
}

/* A name as the provider gives them. */
static bool is_ref(const char *text)
{
    return text && *text && strlen(text) <= REF_MOST &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.") ==
               strlen(text);
}

static const char *ref_of(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    return json_string_value(json_is_object(member) ? json_object_get(member, "id") : member);
}

static bool event_read(struct call *c, struct event *event)
{
    static const char *const names[REFS] = {"id", "payment_intent", "setup_intent", "charge"};
    json_t *body = json_loadb(c->request->body, c->request->body_len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *object = json_object_get(json_object_get(body, "data"), "object");
    if (body)
        arena_defer(c->arena, release_json, body);
    *event = (struct event){.body = body, .id = ref_of(body, "id"), .type = ref_of(body, "type")};
    for (size_t i = 0; i < REFS; i++)
        if (is_ref(ref_of(object, names[i])))
            event->refs[event->n++] = ref_of(object, names[i]);
    event->object = event->n ? event->refs[0] : "";
    return is_ref(event->id) && is_ref(event->type);
}

static bool is_dispute(const struct event *event)
{
    return strncmp(event->type, "charge.dispute.", strlen("charge.dispute.")) == 0;
}

static void taken(struct call *c)
{
    const struct event *event = c->state;
    bool fresh = db_bool(c->batch, 0, 0, 0);
    if (is_dispute(event) && !db_bool(c->batch, event->known, 0, 0)) {
        metric_add(METRIC_webhooks_strange_disputes, 1);
        log_event(LOG_WARN_, "dispute_of_no_payment", "request", c->request->id, "event", event->id,
                  "dispute", event->object, NULL);
    }
    metric_add(METRIC_webhooks, 1);
    log_event(LOG_INFO_, "provider_event", "request", c->request->id, "event", event->id, "type",
              event->type, "object", event->object, "again", fresh ? NULL : "yes", NULL);
    call_reply(c, STATUS_OK, json_pack("{s:b}", "received", 1));
}

static void refuse(struct call *c, const char *why)
{
    metric_add(METRIC_webhooks_refused, 1);
    log_event(LOG_WARN_, "provider_event_refused", "request", c->request->id, "peer",
              c->request->peer, "why", why, NULL);
    call_fail(c, STATUS_MALFORMED, why);
}

void hook_stripe(struct call *c)
{
    struct event *event = c->state = ARENA_NEW(c->arena, struct event);
    if (c->server->webhook_secrets->n == 0)
        call_fail(c, STATUS_NOT_FOUND, "no payment provider is set up here");
    else if (!signature_ok(http_header(c->exchange, "Stripe-Signature"), c->request->body,
                           c->request->body_len, c->server->webhook_secrets, time(NULL)))
        refuse(c, N_("the signature is missing, wrong or too old"));
    else if (!event_read(c, event))
        refuse(c, N_("this is no event"));
    else {
        DB_ADD(call_write(c), Q_gateway_event, event->id, event->type, event->object,
               db_array_text(c->arena, event->refs, event->n));
        if (is_dispute(event))
            event->known = DB_ADD(call_write(c), Q_gateway_knows,
                                  db_array_text(c->arena, event->refs, event->n));
        call_then(c, taken);
    }
}
