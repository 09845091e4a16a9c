#include "server/sandbox/event.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"
#include "server/sandbox/payment.h"
#include "server/sandbox/session.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_SECONDS = 30 * 60, MOST_SECONDS = 24 * 3600, ITEMS_MAX = 100 };
static const int64_t amount_most = 99999999;

/* ---- line items ------------------------------------------------------------------------------ */

#define ITEM(field) arena_printf(call->arena, "%s" field, prefix)

static json_t *item_of(struct call *call, const char *prefix)
{
    static const char *const needed[] = {"[price_data][currency]", "[price_data][unit_amount]",
                                         "[price_data][product_data][name]"};
    for (size_t i = 0; i < ARRAY_LEN(needed) && !call_failed(call); i++) {
        const char *param = arena_printf(call->arena, "%s%s", prefix, needed[i]);
        if (!call_text(call, param))
            call_refuse(call, ERROR_missing, param, param);
    }
    if (call_failed(call))
        return NULL;
    int64_t quantity = call_int(call, ITEM("[quantity]"), 1);
    int64_t unit = call_int(call, ITEM("[price_data][unit_amount]"), 0), amount;
    if (__builtin_mul_overflow(unit, quantity, &amount) || amount > amount_most) {
        call_refuse(call, ERROR_amount_overflow, ITEM("[quantity]"));
        return NULL;
    }
    json_t *item = call_shape(call, "item"), *price = call_shape(call, "price");
    char id[64];
    sandbox_new_id("li_", id, sizeof id);
    set_text(item, "id", id);
    set_int(item, "amount_subtotal", amount);
    set_int(item, "amount_total", amount);
    set_int(item, "quantity", quantity);
    set_param(item, "currency", call, ITEM("[price_data][currency]"));
    set_param(item, "description", call, ITEM("[price_data][product_data][name]"));
    set_param(item, "_note", call, ITEM("[price_data][product_data][description]"));
    sandbox_new_id("price_", id, sizeof id);
    set_text(price, "id", id);
    sandbox_new_id("prod_", id, sizeof id);
    set_text(price, "product", id);
    set_int(price, "created", call->now);
    set_int(price, "unit_amount", unit);
    set_text(price, "unit_amount_decimal", arena_printf(call->arena, "%lld", (long long)unit));
    set_param(price, "currency", call, ITEM("[price_data][currency]"));
    set_param(price, "tax_behavior", call, ITEM("[price_data][tax_behavior]"));
    json_object_set_new(item, "price", price);
    return item;
}

/* Whether any line item has a number of `n` or more. */
static bool has_more_items(const struct call *call, size_t n)
{
    static const char prefix[] = "line_items[";
    for (size_t i = 0; i < call->form.n; i++) {
        const char *name = call->form.pairs[i].name;
        if (strncmp(name, prefix, strlen(prefix)) == 0 &&
            strtoull(name + strlen(prefix), NULL, 10) >= n)
            return true;
    }
    return false;
}

/* line_items[0], [1], ... without gaps; their sum. */
static json_t *items_of(struct call *call, int64_t *total, const char **currency)
{
    json_t *items = json_array();
    *total = 0;
    *currency = NULL;
    for (int i = 0; i < ITEMS_MAX && !call_failed(call); i++) {
        const char *prefix = arena_printf(call->arena, "line_items[%d]", i);
        if (!call_has(call, arena_printf(call->arena, "%s[", prefix)))
            break;
        json_t *item = item_of(call, prefix);
        if (!item)
            break;
        json_array_append_new(items, item);
        *total += get_int(item, "amount_total");
        if (*currency && strcmp(*currency, get_text(item, "currency")) != 0)
            call_refuse(call, ERROR_session_currency, "line_items");
        *currency = get_text(item, "currency");
    }
    if (has_more_items(call, json_array_size(items)))
        call_refuse(call, ERROR_bad_form, "line_items",
                    "line_items are numbered from 0 without gaps, and are at most 100.");
    else if (!json_array_size(items))
        call_refuse(call, ERROR_missing, "line_items", "line_items");
    else if (*total > amount_most)
        call_refuse(call, ERROR_amount_overflow, "line_items");
    return items;
}

/* ---- made ------------------------------------------------------------------------------------ */

static void set_time(struct call *call, json_t *session)
{
    int64_t expires = call_int(call, "expires_at", call->now + MOST_SECONDS);
    if (expires < call->now + LEAST_SECONDS - 1 || expires > call->now + MOST_SECONDS + 1)
        call_refuse(call, ERROR_session_time, "expires_at");
    set_int(session, "expires_at", expires);
}

static void set_payment(struct call *call, json_t *session)
{
    int64_t total;
    const char *currency;
    json_object_set_new(session, "_items", items_of(call, &total, &currency));
    if (call_failed(call))
        return;
    set_text(session, "currency", currency);
    set_int(session, "amount_total", total);
    set_int(session, "amount_subtotal", total);
    json_object_set_new(
        session, "total_details",
        json_pack("{s:i, s:i, s:i}", "amount_discount", 0, "amount_shipping", 0, "amount_tax", 0));
    if (!*get_text(session, "customer") && !*get_text(session, "customer_creation"))
        set_text(session, "customer_creation", "if_required");
    json_t *data = json_pack("{s:{}}", "metadata");
#define DATA(name) set_param(data, name, call, "payment_intent_data[" name "]")
    DATA("capture_method");
    DATA("description");
    DATA("receipt_email");
    DATA("setup_future_usage");
    DATA("statement_descriptor_suffix");
    DATA("transfer_group");
#undef DATA
    set_map(data, "metadata", call, "payment_intent_data[metadata]");
    json_object_set_new(session, "_intent_data", data);
}

static void set_setup(struct call *call, json_t *session)
{
    json_t *intent = call_new(call, "setup_intent", "seti_");
    json_object_set(intent, "customer", json_object_get(session, "customer"));
    set_param(intent, "description", call, "setup_intent_data[description]");
    set_map(intent, "metadata", call, "setup_intent_data[metadata]");
    set_param(session, "currency", call, "currency");
    set_text(session, "setup_intent", get_text(intent, "id"));
    set_text(intent, "_session", get_text(session, "id"));
    set_text(session, "payment_status", "no_payment_required");
    event_happened(call, "setup_intent.created", intent);
}

void api_sessions_create(struct call *call)
{
    static const char *const names[] = {
        "mode",   "success_url",    "cancel_url",        "client_reference_id", "customer",
        "locale", "customer_email", "customer_creation", "submit_type"};
    const char *customer = call_text(call, "customer");
    if (customer && call_text(call, "customer_email"))
        call_refuse(call, ERROR_one_of_two, "customer_email", "customer", "customer_email");
    if (call_failed(call) || (customer && !call_find(call, "customer", customer, "customer")))
        return;
    json_t *session = call_new(call, "checkout.session", "cs_test_");
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        set_param(session, names[i], call, names[i]);
    set_map(session, "metadata", call, "metadata");
    set_text(session, "url",
             arena_printf(call->arena, "%s/pay/%s", call->sandbox->base, get_text(session, "id")));
    set_time(call, session);
    if (strcmp(call_text(call, "mode"), "payment") == 0)
        set_payment(call, session);
    else
        set_setup(call, session);
    if (!call_failed(call))
        call_answer(call, session);
}

/* ---- read, and ended ------------------------------------------------------------------------- */

static void expire(struct call *call, json_t *session)
{
    set_text(session, "status", "expired");
    set_text(session, "url", NULL);
    event_happened(call, "checkout.session.expired", session);
}

bool session_is_open(struct call *call, const char *id)
{
    const json_t *session = change_get(&call->change, id);
    bool open = strcmp(get_text(session, "status"), "open") == 0;
    if (open && get_int(session, "expires_at") <= call->now) {
        expire(call, change_edit(&call->change, id));
        return false;
    }
    return open;
}

void session_expire_due(struct sandbox *sandbox)
{
    struct arena *arena = arena_new();
    struct call call;
    call_init(&call, sandbox, arena);
    for (size_t i = 0; i < store_count(sandbox->store, "checkout.session"); i++)
        session_is_open(&call, store_id(sandbox->store, "checkout.session", i));
    sandbox_commit(sandbox, &call.change);
    arena_free(arena);
}

void api_sessions_get(struct call *call)
{
    if (!call_find(call, "checkout.session", call->id, "session"))
        return;
    session_is_open(call, call->id);
    call_answer(call, change_get(&call->change, call->id));
}

void api_sessions_list(struct call *call)
{
    static const char *const by[] = {"customer", "payment_intent", "status", NULL};
    list_answer(call, "checkout.session", "/v1/checkout/sessions", by);
}

void api_sessions_items(struct call *call)
{
    const json_t *session = call_find(call, "checkout.session", call->id, "session");
    if (!session)
        return;
    json_t *items = json_array(), *from = json_object_get(session, "_items");
    for (size_t i = 0; i < json_array_size(from); i++)
        json_array_append_new(items, object_public(json_array_get(from, i)));
    list_ready(call, arena_printf(call->arena, "/v1/checkout/sessions/%s/line_items", call->id),
               items);
}

void api_sessions_expire(struct call *call)
{
    if (!call_find(call, "checkout.session", call->id, "session"))
        return;
    if (!session_is_open(call, call->id)) {
        call_refuse(call, ERROR_session_state, NULL,
                    get_text(change_get(&call->change, call->id), "status"));
        return;
    }
    json_t *session = change_edit(&call->change, call->id);
    expire(call, session);
    /* What the payer had begun is over too. */
    json_t *intent = session_intent(call, session);
    if (intent && *get_text(session, "payment_intent"))
        payment_cancel(call, intent, "abandoned");
    call_answer(call, session);
}
