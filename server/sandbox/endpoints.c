#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"

void api_endpoints_create(struct call *call)
{
    char secret[64];
    json_t *endpoint = call_new(call, "webhook_endpoint", "we_");
    json_t *wanted = json_object_get(endpoint, "enabled_events");
    set_param(endpoint, "url", call, "url");
    set_param(endpoint, "description", call, "description");
    set_param(endpoint, "api_version", call, "api_version");
    set_map(endpoint, "metadata", call, "metadata");
    for (size_t i = 0; i < call->form.n; i++)
        if (form_name_fits(call->form.pairs[i].name, "enabled_events[#]"))
            json_array_append_new(wanted, json_string(call->form.pairs[i].value));
    sandbox_new_id("whsec_", secret, sizeof secret);
    set_text(endpoint, "_secret", secret);
    json_t *told = json_copy(endpoint);
    set_text(told, "secret", secret); /* this once */
    call_answer(call, told);
    json_decref(told);
}

void api_endpoints_get(struct call *call)
{
    const json_t *endpoint = call_find(call, "webhook_endpoint", call->id, "id");
    if (endpoint)
        call_answer(call, endpoint);
}

void api_endpoints_list(struct call *call)
{
    static const char *const by[] = {NULL};
    list_answer(call, "webhook_endpoint", "/v1/webhook_endpoints", by);
}

void api_endpoints_delete(struct call *call)
{
    if (!call_find(call, "webhook_endpoint", call->id, "id"))
        return;
    change_drop(&call->change, call->id);
    json_t *gone =
        json_pack("{s:s, s:s, s:b}", "id", call->id, "object", "webhook_endpoint", "deleted", 1);
    call_answer(call, gone);
    json_decref(gone);
}
