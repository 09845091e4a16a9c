#include "server/sandbox/idempotency.h"

#include "core/pan.h"
#include "core/text.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

enum { KEY_MAX = 255, KEPT_SECONDS = 24 * 3600 };

static const char *id_of(struct call *call)
{
    return arena_printf(call->arena, "idem:%s", call->key);
}

/* Of everything that the request asks for. */
static const char *digest_of(struct call *call, enum route route)
{
    size_t len;
    const char *form = form_canonical(&call->form, &len);
    const char *whole =
        arena_printf(call->arena, "%d:%s:%s", (int)route, call->id ? call->id : "", form);
    unsigned char bytes[SHA256_DIGEST_LENGTH];
    char *hex = arena_alloc(call->arena, 2 * sizeof bytes + 1);
    SHA256((const unsigned char *)whole, strlen(whole), bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    return hex;
}

static bool is_fresh(const struct call *call, const json_t *record)
{
    return record && get_int(record, "created") + KEPT_SECONDS > call->now;
}

bool idempotency_begin(struct call *call, enum route route, const char **kept)
{
    *kept = NULL;
    size_t len = strlen(call->key);
    if (!len || len > KEY_MAX || !utf8_is_printable(call->key, len) || pan_found(call->key, len)) {
        call_refuse(call, ERROR_key_long, NULL);
        return false;
    }
    const json_t *record = store_get(call->sandbox->store, id_of(call));
    if (json_object_get(call->sandbox->in_flight, call->key)) {
        call_refuse(call, ERROR_key_in_use, NULL, call->key);
    } else if (!is_fresh(call, record)) {
        set_bool(call->sandbox->in_flight, call->key, true);
        return true;
    } else if (strcmp(get_text(record, "digest"), digest_of(call, route)) != 0) {
        call_refuse(call, ERROR_key_other, NULL, call->key);
    } else {
        *kept = arena_strdup(call->arena, get_text(record, "body"));
        call->status = (int)get_int(record, "status");
    }
    return false;
}

void idempotency_keep(struct call *call, enum route route, const char *body)
{
    change_add(&call->change,
               json_pack("{s:s, s:s, s:s, s:i, s:s, s:I}", "id", id_of(call), "object", "_key",
                         "digest", digest_of(call, route), "status", call->status, "body", body,
                         "created", (json_int_t)call->now));
}

void idempotency_end(struct sandbox *sandbox, const char *key)
{
    if (key)
        json_object_del(sandbox->in_flight, key);
}

void serve_forget_keys(struct sandbox *sandbox)
{
    struct arena *arena = arena_new();
    struct change change;
    int64_t now = sandbox_now(sandbox);
    change_init(&change, sandbox->store, arena);
    for (size_t i = 0; i < store_count(sandbox->store, "_key"); i++) {
        const char *id = store_id(sandbox->store, "_key", i);
        if (get_int(store_get(sandbox->store, id), "created") + KEPT_SECONDS > now)
            break; /* they are in the order of their making, about */
        change_drop(&change, id);
    }
    store_commit(&change);
    arena_free(arena);
}
