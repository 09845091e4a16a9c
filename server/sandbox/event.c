#include "server/sandbox/event.h"

#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"
#include "server/sandbox/webhook.h"

#include <string.h>

static void add_delivery(struct call *call, json_t *event, const char *endpoint)
{
    json_t *delivery = call_new(call, "delivery", "dlv_");
    set_text(delivery, "event", get_text(event, "id"));
    set_text(delivery, "endpoint", endpoint);
    set_int(event, "pending_webhooks", get_int(event, "pending_webhooks") + 1);
}

static bool wants(const json_t *endpoint, const char *type)
{
    const json_t *wanted = json_object_get(endpoint, "enabled_events");
    for (size_t i = 0; i < json_array_size(wanted); i++) {
        const char *one = json_string_value(json_array_get(wanted, i));
        if (strcmp(one, "*") == 0 || strcmp(one, type) == 0)
            return true;
    }
    return false;
}

void event_happened(struct call *call, const char *type, const json_t *object)
{
    struct store *store = call->sandbox->store;
    json_t *event = call_new(call, "event", "evt_"), *shown = object_public(object);
    set_text(event, "type", type);
    set_text(event, "api_version", call->api_version);
    json_object_set_new(json_object_get(event, "data"), "object", json_deep_copy(shown));
    json_decref(shown);
    json_t *request = json_object_get(event, "request");
    set_text(request, "id", call->request_id);
    set_text(request, "idempotency_key", call->key);
    if (webhook_has_option(call->sandbox->webhooks))
        add_delivery(call, event, EVENT_OPTION_ENDPOINT);
    for (size_t i = 0; i < store_count(store, "webhook_endpoint"); i++) {
        const json_t *endpoint = store_get(store, store_id(store, "webhook_endpoint", i));
        if (wants(endpoint, type))
            add_delivery(call, event, get_text(endpoint, "id"));
    }
}

void api_events_get(struct call *call)
{
    const json_t *event = call_find(call, "event", call->id, "id");
    if (event)
        call_answer(call, event);
}

void api_events_list(struct call *call)
{
    static const char *const by[] = {"type", NULL};
    list_answer(call, "event", "/v1/events", by);
}
