/* The routes that only the sandbox has: what a test sets, and what it wants to see. */
#include "server/sandbox/card.h"
#include "server/sandbox/fault.h"
#include "server/sandbox/handlers.h"
#include "server/sandbox/list.h"
#include "server/sandbox/webhook.h"

#include <stdio.h>
#include <string.h>

static void show(struct call *call)
{
    const struct faults *faults = call->sandbox->faults;
    const struct webhook_control *hooks = webhook_control(call->sandbox->webhooks);
    json_t *control = json_pack(
        "{s:s, s:{s:s?, s:I, s:s, s:s}, s:{s:I, s:I, s:I, s:I}, s:{s:I}}", "object", "control",
        "fault", "kind", faults->count > 0 && faults->fault ? faults->fault->kind : NULL, "count",
        (json_int_t)faults->count, "method", faults->method, "path", faults->path, "webhooks",
        "drop", (json_int_t)hooks->drop, "duplicate", (json_int_t)hooks->duplicate, "delay_ms",
        (json_int_t)hooks->delay_ms, "reorder", (json_int_t)hooks->reorder, "clock", "ahead",
        (json_int_t)call->sandbox->clock_ahead);
    call_answer(call, control);
    json_decref(control);
}

void api_control_set(struct call *call)
{
    struct sandbox *sandbox = call->sandbox;
    struct faults *faults = sandbox->faults;
    struct webhook_control *hooks = webhook_control(sandbox->webhooks);
    const char *kind = call_text(call, "fault[kind]"), *path = call_text(call, "fault[path]");
    const char *method = call_text(call, "fault[method]");
    if (call_bool(call, "reset")) {
        *faults = (struct faults){0};
        *hooks = (struct webhook_control){0};
        sandbox->clock_ahead = 0;
    }
    if (kind) {
        faults->fault = fault_by_kind(kind);
        faults->count = call_int(call, "fault[count]", 1);
        snprintf(faults->path, sizeof faults->path, "%s", path ? path : "");
        snprintf(faults->method, sizeof faults->method, "%s", method ? method : "");
    }
    hooks->drop = call_int(call, "webhooks[drop]", hooks->drop);
    hooks->duplicate = call_int(call, "webhooks[duplicate]", hooks->duplicate);
    hooks->delay_ms = call_int(call, "webhooks[delay_ms]", hooks->delay_ms);
    hooks->reorder = call_int(call, "webhooks[reorder]", hooks->reorder);
    sandbox->clock_ahead += call_int(call, "clock[advance]", 0);
    show(call);
}

void api_control_get(struct call *call)
{
    show(call);
}

void api_control_charges(struct call *call)
{
    static const char *const by[] = {NULL};
    list_answer(call, "charge", "/sandbox/charges", by);
}

void api_control_deliveries(struct call *call)
{
    static const char *const by[] = {NULL};
    list_answer(call, "delivery", "/sandbox/deliveries", by);
}

/* The one place that tells numbers: those that everybody may know. */
void api_control_cards(struct call *call)
{
    json_t *cards = json_array();
    for (size_t i = 0; card_at(i); i++) {
        const struct card *card = card_at(i);
        json_array_append_new(cards, json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "name", card->name,
                                               "number", card->number, "brand", card->brand, "code",
                                               card->code, "decline_code", card->decline_code));
    }
    list_ready(call, "/sandbox/cards", cards);
}
