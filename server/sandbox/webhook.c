#include "server/sandbox/webhook.h"

#include "core/text.h"
#include "server/net/log.h"
#include "server/sandbox/call.h"
#include "server/sandbox/event.h"
#include "server/sandbox/poster.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>

enum { MAC = 32, RETRY_MOST_MS = 3600000, REORDER_MS = 2000 };
static const int64_t give_up_seconds = 3 * 24 * 3600;

/* A delivery under way. */
struct sending {
    LIST_ENTRY(sending) list;
    struct webhooks *webhooks;
    struct loop_timer *timer;
    int64_t copies, wait_ms;
    char id[64];
};

struct webhooks {
    struct sandbox *sandbox;
    struct poster *poster;
    struct webhook_config config;
    struct webhook_control control;
    LIST_HEAD(, sending) sendings;
    json_t *kept; /* ids of deliveries, to be sent in the other order */
    struct loop_timer *kept_timer;
};

const char *webhook_sign(struct arena *arena, int64_t time, const char *body,
                         const char *const *secrets, size_t n)
{
    const char *whole = arena_printf(arena, "%lld.%s", (long long)time, body);
    struct text line;
    text_init(&line, arena);
    text_printf(&line, "Stripe-Signature: t=%lld", (long long)time);
    for (size_t i = 0; i < n && secrets[i]; i++) {
        unsigned char mac[MAC];
        if (!HMAC(EVP_sha256(), secrets[i], (int)strlen(secrets[i]), (const unsigned char *)whole,
                  strlen(whole), mac, NULL))
            abort(); /* out of memory */
        text_add(&line, ",v1=");
        for (size_t k = 0; k < MAC; k++)
            text_printf(&line, "%02x", mac[k]);
    }
    return line.data;
}

/* ---- one delivery ---------------------------------------------------------------------------- */

static void sending_free(struct sending *sending)
{
    LIST_REMOVE(sending, list);
    loop_timer_free(sending->timer);
    free(sending);
}

/* Writes down how it went. */
static void record(struct webhooks *webhooks, const char *id, const char *state, int status)
{
    struct arena *arena = arena_new();
    struct change change;
    change_init(&change, webhooks->sandbox->store, arena);
    json_t *delivery = change_edit(&change, id);
    bool was_pending = strcmp(get_text(delivery, "state"), "pending") == 0;
    set_text(delivery, "state", state);
    set_int(delivery, "last_status", status);
    set_int(delivery, "attempts", get_int(delivery, "attempts") + (strcmp(state, "dropped") != 0));
    if (was_pending && strcmp(state, "delivered") == 0) {
        json_t *event = change_edit(&change, get_text(delivery, "event"));
        set_int(event, "pending_webhooks", get_int(event, "pending_webhooks") - 1);
    }
    store_commit(&change);
    arena_free(arena);
}

static void send_now(void *arg);

static void send_after(struct sending *sending, int64_t ms)
{
    sending->timer = loop_timer_new(sending->webhooks->sandbox->loop, ms, false, send_now, sending);
}

static void sent(void *arg, int status)
{
    struct sending *sending = arg;
    struct webhooks *webhooks = sending->webhooks;
    const json_t *delivery = store_get(webhooks->sandbox->store, sending->id);
    bool good = status >= 200 && status < 300;
    bool over = get_int(delivery, "created") + give_up_seconds < sandbox_now(webhooks->sandbox);
    const char *state = good || strcmp(get_text(delivery, "state"), "delivered") == 0 ? "delivered"
                        : over                                                        ? "failed"
                                                                                      : "pending";
    record(webhooks, sending->id, state, status);
    if (good && sending->copies-- > 0) {
        send_after(sending, 0);
    } else if (good || over) {
        sending_free(sending);
    } else {
        send_after(sending, sending->wait_ms);
        sending->wait_ms =
            sending->wait_ms * 2 < RETRY_MOST_MS ? sending->wait_ms * 2 : RETRY_MOST_MS;
    }
}

/* NULL when it is there no more. */
static const char *address_of(struct webhooks *webhooks, const char *endpoint,
                              const char *secrets[WEBHOOK_SECRETS])
{
    if (strcmp(endpoint, EVENT_OPTION_ENDPOINT) == 0) {
        memcpy(secrets, webhooks->config.secrets, sizeof webhooks->config.secrets);
        return webhooks->config.url;
    }
    const json_t *object = store_get(webhooks->sandbox->store, endpoint);
    secrets[0] = get_text(object, "_secret");
    secrets[1] = NULL;
    return object ? get_text(object, "url") : NULL;
}

/* What it tells is on the disk. */
static void send_safe(void *arg)
{
    struct sending *sending = arg;
    struct webhooks *webhooks = sending->webhooks;
    struct store *store = webhooks->sandbox->store;
    const char *secrets[WEBHOOK_SECRETS];
    const json_t *delivery = store_get(store, sending->id);
    const char *url = address_of(webhooks, get_text(delivery, "endpoint"), secrets);
    if (!url) {
        record(webhooks, sending->id, "failed", 0);
        sending_free(sending);
        return;
    }
    struct arena *arena = arena_new();
    json_t *event = object_public(store_get(store, get_text(delivery, "event")));
    char *body = json_dumps(event, JSON_INDENT(2));
    /* The endpoint looks at the true time, whatever /sandbox/control says. */
    poster_send(webhooks->poster, url,
                webhook_sign(arena, time(NULL), body, secrets, WEBHOOK_SECRETS), body, sent,
                sending);
    free(body);
    json_decref(event);
    arena_free(arena);
}

static void send_now(void *arg)
{
    struct sending *sending = arg;
    loop_timer_free(sending->timer);
    sending->timer = NULL;
    store_when_safe(sending->webhooks->sandbox->store, send_safe, sending);
}

/* ---- which are sent, and when ---------------------------------------------------------------- */

static void send_first(struct webhooks *webhooks, const char *id, int64_t delay_ms)
{
    struct sending *sending = calloc(1, sizeof *sending);
    if (!sending)
        abort();
    sending->webhooks = webhooks;
    sending->copies = webhooks->control.duplicate;
    sending->wait_ms = webhooks->config.retry_ms;
    snprintf(sending->id, sizeof sending->id, "%s", id);
    LIST_INSERT_HEAD(&webhooks->sendings, sending, list);
    send_after(sending, delay_ms);
}

static void send_kept(void *arg)
{
    struct webhooks *webhooks = arg;
    loop_timer_free(webhooks->kept_timer);
    webhooks->kept_timer = NULL;
    webhooks->control.reorder = 0;
    size_t n = json_array_size(webhooks->kept);
    /* A little apart, since what is sent at once may overtake. */
    for (size_t i = 0; i < n; i++)
        send_first(webhooks, json_string_value(json_array_get(webhooks->kept, n - 1 - i)),
                   webhooks->control.delay_ms + 20 * (int64_t)i);
    json_array_clear(webhooks->kept);
}

static void keep(struct webhooks *webhooks, const char *id)
{
    json_array_append_new(webhooks->kept, json_string(id));
    if ((int64_t)json_array_size(webhooks->kept) >= webhooks->control.reorder)
        send_kept(webhooks);
    else if (!webhooks->kept_timer)
        webhooks->kept_timer =
            loop_timer_new(webhooks->sandbox->loop, REORDER_MS, false, send_kept, webhooks);
}

static void take_up(struct webhooks *webhooks, const json_t *object)
{
    bool is_ours = strcmp(get_text(object, "object"), "delivery") == 0 &&
                   strcmp(get_text(object, "state"), "pending") == 0;
    const char *id = get_text(object, "id");
    if (!is_ours)
        return;
    if (webhooks->control.drop > 0) {
        webhooks->control.drop--;
        record(webhooks, id, "dropped", 0);
    } else if (webhooks->control.reorder > 0) {
        keep(webhooks, id);
    } else {
        send_first(webhooks, id, webhooks->control.delay_ms);
    }
}

void webhook_committed(struct webhooks *webhooks, const struct change *change)
{
    const char *id;
    json_t *object;
    json_object_foreach(change->put, id, object) take_up(webhooks, object);
}

struct webhooks *webhook_start(struct sandbox *sandbox, const struct webhook_config *config)
{
    struct webhooks *webhooks = calloc(1, sizeof *webhooks);
    if (!webhooks)
        abort();
    webhooks->sandbox = sandbox;
    webhooks->config = *config;
    webhooks->poster = poster_new(sandbox->loop, config->ca_file);
    webhooks->kept = json_array();
    LIST_INIT(&webhooks->sendings);
    for (size_t i = 0; i < store_count(sandbox->store, "delivery"); i++)
        take_up(webhooks, store_get(sandbox->store, store_id(sandbox->store, "delivery", i)));
    return webhooks;
}

void webhook_free(struct webhooks *webhooks)
{
    if (!webhooks)
        return;
    poster_free(webhooks->poster);
    for (struct sending *sending = LIST_FIRST(&webhooks->sendings), *next; sending;
         sending = next) {
        next = LIST_NEXT(sending, list);
        loop_timer_free(sending->timer);
        free(sending);
    }
    loop_timer_free(webhooks->kept_timer);
    json_decref(webhooks->kept);
    free(webhooks);
}

bool webhook_has_option(const struct webhooks *webhooks)
{
    return webhooks->config.url != NULL;
}

struct webhook_control *webhook_control(struct webhooks *webhooks)
{
    return &webhooks->control;
}
