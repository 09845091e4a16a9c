#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"
#include "server/sandbox/method.h"

#include <string.h>

static void set_person(struct call *call, json_t *customer)
{
    static const char *const names[] = {"name", "email", "phone", "description"};
    const char *method = call_text(call, "invoice_settings[default_payment_method]");
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        set_param(customer, names[i], call, names[i]);
    set_address(customer, "address", call, "address");
    set_map(customer, "metadata", call, "metadata");
    if (call_has(call, "preferred_locales[")) {
        json_t *locales = json_array();
        for (size_t i = 0; i < call->form.n; i++)
            if (form_name_fits(call->form.pairs[i].name, "preferred_locales[#]"))
                json_array_append_new(locales, json_string(call->form.pairs[i].value));
        json_object_set_new(customer, "preferred_locales", locales);
    }
    const json_t *found =
        call_find(call, "payment_method", method, "invoice_settings[default_payment_method]");
    if (found && strcmp(get_text(found, "customer"), get_text(customer, "id")) != 0)
        call_refuse(call, ERROR_method_of_other, "invoice_settings[default_payment_method]",
                    method);
    else
        set_param(json_object_get(customer, "invoice_settings"), "default_payment_method", call,
                  "invoice_settings[default_payment_method]");
}

void api_customers_create(struct call *call)
{
    json_t *customer = call_new(call, "customer", "cus_");
    set_person(call, customer);
    json_t *method = call_failed(call)
                         ? NULL
                         : method_find(call, call_text(call, "payment_method"), "payment_method");
    if (call_failed(call))
        return;
    event_happened(call, "customer.created", customer);
    if (!method || method_attach(call, method, get_text(customer, "id")))
        call_answer(call, customer);
}

void api_customers_update(struct call *call)
{
    if (!call_find(call, "customer", call->id, "id"))
        return;
    json_t *customer = change_edit(&call->change, call->id);
    set_person(call, customer);
    if (call_failed(call))
        return;
    event_happened(call, "customer.updated", customer);
    call_answer(call, customer);
}

/* One that was deleted is still told of, but no more than that. */
void api_customers_get(struct call *call)
{
    const json_t *customer = change_get(&call->change, call->id);
    if (get_bool(customer, "deleted") ||
        (customer = call_find(call, "customer", call->id, "id")) != NULL)
        call_answer(call, customer);
}

void api_customers_list(struct call *call)
{
    static const char *const by[] = {"email", NULL};
    list_answer(call, "customer", "/v1/customers", by);
}

static void detach_all(struct call *call, const char *customer)
{
    struct store *store = call->sandbox->store;
    for (size_t i = 0; i < store_count(store, "payment_method"); i++) {
        const char *id = store_id(store, "payment_method", i);
        if (strcmp(get_text(store_get(store, id), "customer"), customer) != 0)
            continue;
        json_t *method = change_edit(&call->change, id);
        set_text(method, "customer", NULL);
        set_bool(method, "_used", true);
    }
}

void api_customers_delete(struct call *call)
{
    const json_t *customer = call_find(call, "customer", call->id, "id");
    if (!customer)
        return;
    event_happened(call, "customer.deleted", customer);
    detach_all(call, call->id);
    call_answer(call, change_add(&call->change, json_pack("{s:s, s:s, s:b}", "id", call->id,
                                                          "object", "customer", "deleted", 1)));
}

void api_customers_methods(struct call *call)
{
    struct store *store = call->sandbox->store;
    json_t *methods = json_array();
    if (!call_find(call, "customer", call->id, "customer")) {
        json_decref(methods);
        return;
    }
    for (size_t i = store_count(store, "payment_method"); i-- > 0;) {
        const json_t *method = store_get(store, store_id(store, "payment_method", i));
        if (strcmp(get_text(method, "customer"), call->id) == 0)
            json_array_append_new(methods, object_public(method));
    }
    list_ready(call, arena_printf(call->arena, "/v1/customers/%s/payment_methods", call->id),
               methods);
}
